"""Cut: this report does not belong to this incident. The link stays in the record, with its end and its reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import LIVE, held_report, open_incident
from constat.apps.incidents.actions._links import leave, tell
from constat.apps.incidents.errors import NothingToDo
from constat.apps.incidents.models import Incident, IncidentReport
from constat.apps.reports.models import Report
from constat.rules.permissions import Permission


@transaction.atomic
def cut(*, by: Person, at: datetime, incident: str, report: str, reason: str) -> None:
    """Raises Incomplete without a reason, NothingToDo when there is no such link."""
    opened = open_incident(by, Permission.REPORTS_LINK, incident, at, states=LIVE)
    account = held_report(opened.viewer, report, at)
    leave(live_link(opened.incident, account), reason=reason, by=by, at=at)
    sums.refresh(opened.incident, at=at)
    tell(by=by, verb="cut", incident=opened.incident, report=account, at=at, details={})


def live_link(incident: Incident, report: Report) -> IncidentReport:
    found = (
        IncidentReport.objects.select_for_update(of=("self",))
        .filter(incident=incident, report=report, cut_at__isnull=True)
        .first()
    )
    if found is None:
        raise NothingToDo(
            _("%(report)s is not linked to %(incident)s.")
            % {"report": report.code, "incident": incident.code},
            code=report.code,
        )
    return found
