"""Not the same: a person looked at a suggestion and said no. It is remembered, and can be taken back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents.actions._case import (
    LIVE,
    held_report,
    held_together,
    note,
    open_incident,
    permitted,
)
from constat.apps.incidents.actions._links import tell
from constat.apps.incidents.errors import NothingToDo
from constat.apps.incidents.models import IncidentReport, NotOneEvent, NotTheSame
from constat.rules.permissions import Permission


@transaction.atomic
def refuse_suggestion(*, by: Person, at: datetime, report: str, incident: str, reason: str = "") -> None:
    """This report is not about this incident: do not propose it again. Refusing twice changes nothing and says so."""
    opened = open_incident(by, Permission.REPORTS_LINK, incident, at, states=LIVE)
    account = held_report(opened.viewer, report, at)
    if IncidentReport.objects.filter(incident=opened.incident, report=account, cut_at__isnull=True).exists():
        raise NothingToDo(
            _("%(code)s is linked to it. Cut the link instead.") % {"code": report}, code=report
        )
    row, made = NotTheSame.objects.get_or_create(
        report=account, incident=opened.incident, defaults={"by": by, "at": at, "reason": reason.strip()}
    )
    if not made:
        raise NothingToDo(
            _("This suggestion was refused already, by %(name)s.") % {"name": row.by}, code=report
        )
    tell(by=by, verb="refuse_suggestion", incident=opened.incident, report=account, at=at, details={})


@transaction.atomic
def reconsider_suggestion(*, by: Person, at: datetime, report: str, incident: str) -> None:
    """Take the refusal back: the pair may be proposed again."""
    opened = open_incident(by, Permission.REPORTS_LINK, incident, at, states=LIVE)
    account = held_report(opened.viewer, report, at)
    count, _by_model = NotTheSame.objects.filter(report=account, incident=opened.incident).delete()
    if not count:
        raise NothingToDo(_("This suggestion was not refused."), code=report)
    tell(by=by, verb="reconsider_suggestion", incident=opened.incident, report=account, at=at, details={})


@transaction.atomic
def not_one_event(*, by: Person, at: datetime, incident: str, other: str, reason: str = "") -> None:
    """Two incidents that look alike are two events: do not propose to merge them again."""
    viewer = permitted(by, Permission.INCIDENTS_MERGE, at)
    first, second = sorted(held_together(viewer, [incident, other], at, states=LIVE), key=lambda one: one.pk)
    _row, made = NotOneEvent.objects.get_or_create(
        one=first, other=second, defaults={"by": by, "at": at, "reason": reason.strip()}
    )
    if not made:
        raise NothingToDo(_("These two were told apart already."), code=incident)
    note(by=by, verb="not_one_event", incident=first, at=at, details={"other": second.code})
    note(by=by, verb="not_one_event", incident=second, at=at, details={"other": first.code})


@transaction.atomic
def perhaps_one_event(*, by: Person, at: datetime, incident: str, other: str) -> None:
    """Take that back."""
    viewer = permitted(by, Permission.INCIDENTS_MERGE, at)
    first, second = sorted(held_together(viewer, [incident, other], at, states=LIVE), key=lambda one: one.pk)
    count, _by_model = NotOneEvent.objects.filter(one=first, other=second).delete()
    if not count:
        raise NothingToDo(_("These two were not told apart."), code=incident)
    note(by=by, verb="perhaps_one_event", incident=first, at=at, details={"other": second.code})
    note(by=by, verb="perhaps_one_event", incident=second, at=at, details={"other": first.code})
