"""The site map of operations: the list, one operation, the logs, the search, the funnel, files that were brought in."""

from django.urls import path

from constat.apps.operations import views

app_name = "operations"

urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.record, name="record"),
    path("met/", views.look, name="look"),
    path("force/", views.funnel, name="funnel"),
    path("logs/", views.coverage, name="coverage"),
    path("logs/new/", views.log, name="log"),
    path("logs/<int:pk>/withdraw/", views.withdraw_log, name="withdraw-log"),
    path("files/<int:pk>/", views.file, name="file"),
    path("files/<int:pk>/problems.csv", views.problems, name="problems"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/amend/", views.amend, name="amend"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
]
