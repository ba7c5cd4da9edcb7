"""The daily desk."""

from django.urls import include, path, re_path

from constat.apps.desk import views

pages = [
    path("", views.home, name="home"),
    path("worklist/", views.worklist, name="worklist"),
    path("commander/", views.commander, name="commander"),
    path("search/", views.search, name="search"),
    path("map/", views.map_page, name="map"),
    path("map/incidents.geojson", views.map_data, name="map-data"),
    path("map/outlines.geojson", views.outlines, name="map-outlines"),
    path("timeline/", views.timeline, name="timeline"),
    path("totals/", views.totals, name="totals"),
    re_path(r"^totals/totals\.(?P<kind>csv|xlsx)$", views.totals_file, name="totals-file"),
]

urlpatterns = [path("", include((pages, "desk")))]
