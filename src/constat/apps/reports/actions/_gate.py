"""What every verb begins with: may this person do it, and is there such a report for them?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.access.visibility import readable
from constat.apps.reports.errors import NotAllowed, ReportNotFound
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer


def require(by: Person, permission: Permission, at: datetime) -> Viewer:
    viewer = viewer_of(by, at=at)
    decision = viewer.may(permission)
    if not decision:
        raise NotAllowed(decision.say(get_language() or "fr"))
    return viewer


@dataclass(frozen=True)
class Opened:
    """A report held under a lock for the rest of the transaction, and who holds it."""

    report: Report
    viewer: Viewer


def open_report(by: Person, permission: Permission, report: str, at: datetime) -> Opened:
    """The report of that code, locked, if this person may read it and may do the act. Inside a transaction."""
    viewer = require(by, permission, at)
    found = (
        Report.objects.select_for_update(of=("self",))
        .defer("original", "search_text", "extra")
        .filter(
            readable(viewer, kind="report", grants=ReportGrant.objects.all(), grant_key="report_id", at=at)
        )
        .filter(code=report)
        .first()
    )
    if found is None:
        raise ReportNotFound(_("There is no report %(code)s among those you may read.") % {"code": report})
    return Opened(found, viewer)
