"""The site map of reports: the public door first, then the cell's own pages."""

from django.urls import URLPattern, include, path

from constat.apps.reports.public import status as public_status
from constat.apps.reports.public import views as public

LANGUAGE = "<str:language>"

routes: list[URLPattern] = [
    # Anybody, without account.
    path("signaler/", public.start, name="public"),
    path(f"signaler/{LANGUAGE}/", public.start, name="public-start"),
    path(f"signaler/{LANGUAGE}/questions/", public.question, name="public-question"),
    path(f"signaler/{LANGUAGE}/suivi/", public_status.status, name="public-status"),
]

urlpatterns = [path("", include((routes, "reports")))]
