"""The site map of publication: the desk's pages, then what everybody may read."""

from django.urls import path

from constat.apps.publication import public, views

app_name = "publication"
CODE = "<str:code>"

urlpatterns = [
    path("", views.listing, name="list"),
    path("new/<slug:kind>/", views.begin, name="begin"),
    path("about/<str:incident>/", views.facts, name="facts"),
    path("about/<str:incident>/fact/", views.propose, name="propose"),
    path("about/<str:incident>/statement/", views.state, name="state"),
    path(f"fact/{CODE}/<slug:verb>/", views.decide_fact, name="fact"),
    path("public/<slug:language>/", public.index, name="public"),
    path(f"public/<slug:language>/{CODE}/", public.page, name="public-page"),
    path(f"public/<slug:language>/{CODE}/<slug:form>/", public.file, name="public-file"),
    path(f"{CODE}/", views.page, name="page"),
    path(f"{CODE}/file/<slug:language>/<slug:form>/", views.file, name="file"),
    path(f"{CODE}/texts/", views.texts, name="texts"),
    path(f"{CODE}/<slug:verb>/", views.act, name="act"),
]
