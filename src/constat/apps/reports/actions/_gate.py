"""What every verb begins with: may this person do it, and is there such a report for them?"""

from datetime import datetime

from django.utils.translation import gettext as _

from constat.apps.access.errors import NotAllowed
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.access.visibility import readable
from constat.apps.reports.errors import ReportNotFound
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer


def require(by: Person, *permissions: Permission, at: datetime) -> Viewer:
    """The person as the rules see one, if any of the permissions is held. Raises NotAllowed."""
    viewer = viewer_of(by, at=at)
    if not any(viewer.may(permission) for permission in permissions):
        NotAllowed.unless(viewer.may(permissions[0]))
    return viewer


def open_report(by: Person, *permissions: Permission, report: str, at: datetime) -> Report:
    """The report of that code, locked until the transaction ends, if this person may read it and may do the act."""
    viewer = require(by, *permissions, at=at)
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
    return found
