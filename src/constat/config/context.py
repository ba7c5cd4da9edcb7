"""What every page gets: who is looking, the navigation they may use, whether the data are invented."""

from django.http import HttpRequest

from constat.config.navigation import navigation
from constat.config.node import node


def shell(request: HttpRequest) -> dict[str, object]:
    viewer = getattr(request, "viewer", None)
    return {
        "synthetic": node().synthetic,
        "mission_name": node().name,
        "version": node().version,
        "viewer": viewer,
        "nav": navigation(request.path, viewer) if viewer else [],
    }
