"""/imports/: a file, its columns, a trial, the import. The finished import has its page in reports.

Activity logs have pages of their own: other people bring them in."""

from django.urls import path, re_path

from constat.integrations.spreadsheet import views
from constat.integrations.spreadsheet.operations import views as operations

app_name = "spreadsheet"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("operations/", operations.upload, name="operations"),
    re_path(r"^operations/(?P<sha256>[0-9a-f]{64})/$", operations.choose, name="operations-columns"),
    re_path(r"^operations/(?P<sha256>[0-9a-f]{64})/check/$", operations.check, name="operations-check"),
    re_path(r"^(?P<sha256>[0-9a-f]{64})/$", views.columns, name="columns"),
    re_path(r"^(?P<sha256>[0-9a-f]{64})/check/$", views.check, name="check"),
]
