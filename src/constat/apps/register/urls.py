"""Who and where: areas, places, protected sites, actors, units."""

from django.urls import path

from constat.apps.register import views

app_name = "register"

urlpatterns = [
    path("", views.home, name="home"),
    path("areas/<str:code>/", views.area, name="area"),
    path("places/new/", views.add_place, name="add-place"),
    path("places/<int:pk>/", views.place, name="place"),
    path("sites/", views.sites, name="sites"),
    path("sites/new/", views.add_site, name="add-site"),
    path("sites/<int:pk>/end/", views.end_site, name="end-site"),
    path("actors/", views.actors, name="actors"),
    path("actors/new/", views.add_actor, name="add-actor"),
    path("actors/relate/", views.relate_actors, name="relate-actors"),
    path("units/", views.units, name="units"),
    path("units/new/", views.add_unit, name="add-unit"),
]
