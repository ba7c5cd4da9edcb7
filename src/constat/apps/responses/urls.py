"""The site map of responses: the public door first, then the cell's own pages."""

from django.urls import URLPattern, path

from constat.apps.responses import public, views

app_name = "responses"

urlpatterns: list[URLPattern] = [
    # Anybody, without account.
    path("public/<str:language>/", public.door, name="public-start"),
    # The cell.
    path("", views.listing, name="list"),
    path("complain/", views.complain, name="complain"),
    path("cases/<str:code>/", views.case, name="case"),
    path("cases/<str:code>/contact/<int:number>/", views.contact, name="contact"),
    path("notices/<str:code>/", views.notice, name="notice"),
    path("notices/<str:code>/paper.<str:form>", views.printed, name="printed"),
    path("complaints/<str:code>/", views.complaint, name="complaint"),
    path("complaints/<str:code>/contact/", views.complainant, name="complainant"),
    path("act/<slug:kind>/<str:code>/<slug:verb>/", views.act, name="act"),
    path("act/<slug:kind>/<str:code>/<slug:verb>/<str:target>/", views.act, name="act-on"),
]
