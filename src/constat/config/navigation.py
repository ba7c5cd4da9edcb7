"""The main navigation: what a person may open, in the order of the work. A link is shown only if its gate would open.

Sixteen pages do not fit a bar. Those that answer one question stand together under one word; the others of the group are a
second row while one of them is open. Without rights to the first of a group, its word leads to the first that opens.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from constat.rules.visibility import Viewer


@dataclass(frozen=True)
class Entry:
    """A page: its word, its route, the permission of its gate."""

    label: str
    route: str
    permission: str


def groups() -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """(word of the group, its pages), in the order of the work."""
    yield _("Today"), (Entry(_("Today"), "desk:home", "desk.read"),)
    yield _("Reports"), (Entry(_("Reports"), "reports:queue", "reports.read"),)
    yield _("Incidents"), (Entry(_("Incidents"), "incidents:list", "incidents.read"),)
    yield (
        _("Inquiries"),
        (
            Entry(_("Inquiries"), "inquiries:list", "inquiries.read"),
            Entry(_("Evidence"), "evidence:list", "evidence.read"),
        ),
    )
    yield (
        pgettext("to those harmed", "Answers"),
        (
            Entry(_("Amends"), "amends:queue", "responses.read"),
            Entry(_("Notices and complaints"), "responses:list", "responses.read"),
            Entry(_("Referrals"), "referrals:list", "referrals.read"),
        ),
    )
    yield _("Publication"), (Entry(_("Publication"), "publication:list", "publication.read"),)
    yield (
        _("Patterns"),
        (
            Entry(_("Map"), "desk:map", "desk.read"),
            Entry(_("Timeline"), "desk:timeline", "desk.read"),
            Entry(_("Totals"), "desk:totals", "desk.totals"),
            Entry(_("Operations"), "operations:list", "operations.read"),
        ),
    )
    yield _("Register"), (Entry(_("Register"), "register:home", "register.read"),)
    yield (
        _("Administration"),
        (
            Entry(_("People"), "access:people", "access.manage"),
            Entry(_("Compartments"), "access:compartments", "access.grant"),
            Entry(_("Log"), "access:log", "log.verify"),
        ),
    )


def navigation(path: str, viewer: Viewer) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The bar, and the second row of the group that is open (empty when it has one page)."""
    bar: list[dict[str, object]] = []
    second: list[dict[str, object]] = []
    for word, entries in groups():
        pages = [_page(entry, path) for entry in entries if entry.permission in viewer.permissions]
        if not pages:
            continue
        current = any(page["current"] for page in pages)
        # Alone, a page goes by its own name: "Administration" would promise an auditor more than the log.
        label = word if len(pages) > 1 else pages[0]["label"]
        bar.append({"label": label, "url": pages[0]["url"], "current": current})
        if current and len(pages) > 1:
            second = pages
    return bar, second


def _page(entry: Entry, path: str) -> dict[str, object]:
    url = reverse(entry.route)
    return {
        "label": entry.label,
        "url": url,
        "current": path == url or (url != "/" and path.startswith(url)),
    }
