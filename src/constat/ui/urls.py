"""Language, errors and, for developers only, the gallery of components."""

from django.conf import settings
from django.urls import URLPattern, include, path

from constat.ui import gallery, views

shared: list[URLPattern] = [
    path("language/<str:code>/", views.language, name="language"),
    path("leave/", views.leave, name="leave"),
    path("signed-in/", views.signed_in, name="signed-in"),
]
if settings.DEBUG or getattr(settings, "CONSTAT_GALLERY", False):
    shared += [
        path("gallery/", gallery.components, name="gallery"),
        path("gallery/public/", gallery.public, name="gallery-public"),
        path("gallery/bare/", gallery.bare, name="gallery-bare"),
        path("gallery/error/<str:name>/", gallery.error, name="gallery-error"),
        path("gallery/map.geojson", gallery.geojson, name="gallery-geojson"),
        path("gallery/outlines.geojson", gallery.outlines, name="gallery-outlines"),
    ]

urlpatterns = [
    # The name django.conf.urls.i18n gives it, outside the namespace, as templates and packages expect it.
    path("language/", views.set_language, name="set_language"),
    path("", include((shared, "ui"))),
]
