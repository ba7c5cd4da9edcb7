"""The site map of inquiries: the list, who is late, the page, its acts; conduct dockets."""

from django.urls import path

from constat.apps.inquiries import annex_views, conduct_views, views

app_name = "inquiries"

urlpatterns = [
    path("", views.listing, name="list"),
    path("late/", views.late, name="late"),
    path("open/<str:incident>/", views.open_inquiry, name="open"),
    path("conduct/", conduct_views.listing, name="conduct"),
    path("conduct/open/", conduct_views.open_docket, name="conduct-open"),
    path("conduct/open/<str:incident>/", conduct_views.open_docket, name="conduct-open-from"),
    path("conduct/<str:code>/", conduct_views.page, name="docket"),
    path("conduct/<str:code>/<slug:verb>/", conduct_views.act, name="docket-act"),
    path("<str:code>/", views.page, name="page"),
    path("<str:code>/annex/", annex_views.annex, name="annex"),
    path("<str:code>/<slug:verb>/", views.act, name="act"),
    path("<str:code>/<slug:verb>/<str:target>/", views.act, name="act-on"),
]
