"""The main navigation: what a person may open, in the order of the work. A link is shown only if its gate would open."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from constat.rules.visibility import Viewer


def entries() -> Iterator[tuple[str, str, str]]:
    """(label, route name, permission), in the order of the work."""
    yield _("Today"), "desk:home", "desk.read"
    yield _("Reports"), "reports:queue", "reports.read"
    yield _("Incidents"), "incidents:list", "incidents.read"
    yield _("Map"), "desk:map", "desk.read"
    yield _("Timeline"), "desk:timeline", "desk.read"
    yield _("Totals"), "desk:totals", "desk.totals"
    yield _("Register"), "register:home", "register.read"
    yield _("People"), "access:people", "access.manage"
    yield _("Compartments"), "access:compartments", "access.grant"
    yield _("Log"), "access:log", "log.verify"


def navigation(path: str, viewer: Viewer) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    for label, route, permission in entries():
        if permission not in viewer.permissions:
            continue
        url = reverse(route)
        items.append(
            {"label": label, "url": url, "current": path == url or (url != "/" and path.startswith(url))}
        )
    return items
