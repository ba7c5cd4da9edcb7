"""/imports/: a file, its columns, a trial, the import. The finished import has its page in reports."""

from django.urls import path, re_path

from constat.integrations.spreadsheet import views

app_name = "spreadsheet"
urlpatterns = [
    path("", views.upload, name="upload"),
    re_path(r"^(?P<sha256>[0-9a-f]{64})/$", views.columns, name="columns"),
    re_path(r"^(?P<sha256>[0-9a-f]{64})/check/$", views.check, name="check"),
]
