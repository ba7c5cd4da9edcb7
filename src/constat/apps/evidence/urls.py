"""The site map of evidence: what is held, then interviews, then one item and what can be done with it."""

from django.urls import URLPattern, include, path

from constat.apps.evidence import views

app_name = "evidence"
CODE = "<str:code>"

routes: list[URLPattern] = [
    path("", views.listing, name="list"),
    path("deposit/", views.deposit, name="deposit"),
    path("integrity/", views.check, name="integrity"),
    path(f"case/<slug:kind>/{CODE}/", views.case, name="case"),
    path("interviews/record/", views.record_interview, name="record-interview"),
    path(f"interviews/{CODE}/", views.interview, name="interview"),
    path(f"interviews/{CODE}/<slug:verb>/", views.interview_act, name="interview-act"),
    path(f"interviews/{CODE}/<slug:verb>/<str:target>/", views.interview_act, name="interview-act-on"),
    path(f"{CODE}/", views.page, name="page"),
    path(f"{CODE}/download/", views.download, name="download"),
    path(f"{CODE}/redact/", views.redact, name="redact"),
    path(f"{CODE}/page/<int:number>.png", views.preview, name="preview"),
    path(f"{CODE}/<slug:verb>/", views.act, name="act"),
    path(f"{CODE}/<slug:verb>/<str:target>/", views.act, name="act-on"),
]

urlpatterns = [path("", include(routes))]
