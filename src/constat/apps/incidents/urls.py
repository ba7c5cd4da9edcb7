"""The site map of incidents: the list, the page, what may belong together, the acts."""

from django.urls import include, path

from constat.apps.incidents import views

CODE = "<str:code>"

routes = [
    path("", views.listing, name="list"),
    path("for-report/<str:code>/", views.suggest, name="suggest"),
    path(f"{CODE}/", views.page, name="page"),
    path(f"{CODE}/shape/", views.shape, name="shape"),
    path(f"{CODE}/candidates/", views.candidates, name="candidates"),
    path(f"{CODE}/harm/", views.harm, name="harm"),
    path(f"{CODE}/merge/", views.merge, name="merge"),
    path(f"{CODE}/split_out/", views.split_out, name="split_out"),
    path(f"{CODE}/person/<str:key>/identity/", views.reveal, name="reveal"),
    path(f"{CODE}/<slug:verb>/", views.act, name="act"),
    path(f"{CODE}/<slug:verb>/<str:target>/", views.act, name="act-on"),
]

urlpatterns = [path("", include((routes, "incidents")))]
