"""Sources: who speaks, how reliable they are, how credible what they say is, and whom they copy. Two axes, judged apart."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import held_report, note, open_incident, shows
from constat.apps.incidents.errors import Incomplete, Mixed, NothingToDo
from constat.apps.incidents.models import UNESTABLISHED, Source
from constat.rules.permissions import Permission
from constat.rules.proof import SourceView


@transaction.atomic
def add_source(
    *, by: Person, at: datetime, incident: str, kind: str, reliability: str = "F", credibility: str = "6",
    independence_group: str = "", access: str = "unknown", supports: bool = True, note_text: str = "", report: str = "",
) -> int:  # fmt: skip
    """The source's id. independence_group empty: not established, counts together with all others of that kind.

    report: code of the report it stands in, if any. No name: a source who must be named is in the vault.
    """
    opened = open_incident(by, Permission.INCIDENTS_GRADE, incident, at)
    account = held_report(opened.viewer, report, at) if report else None
    if account is not None and not shows(opened.incident, account):
        raise Mixed(
            _("%(code)s belongs to a closed compartment. It cannot be a source where others would see it.")
            % {"code": report},
            code=report,
        )
    _checked(kind, reliability, credibility, independence_group, access)
    row = Source.objects.create(
        incident=opened.incident, report=account, kind=kind, reliability=reliability, credibility=credibility,
        independence_group=independence_group.strip() or UNESTABLISHED, access=access, supports=supports,
        note=note_text.strip(), graded_by=by, graded_at=at,
    )  # fmt: skip
    sums.refresh(opened.incident, at=at)
    note(by=by, verb="add_source", incident=opened.incident, at=at,
         details={"source": row.pk, "kind": kind, "grading": reliability + credibility})  # fmt: skip
    return row.pk


@transaction.atomic
def grade_source(
    *, by: Person, at: datetime, incident: str, source: int, kind: str, reliability: str, credibility: str,
    independence_group: str = "", access: str = "unknown", supports: bool = True, note_text: str = "",
) -> None:  # fmt: skip
    """Judge a source anew. Which two axes stood before is in the log."""
    opened = open_incident(by, Permission.INCIDENTS_GRADE, incident, at)
    row = Source.objects.filter(pk=source, incident=opened.incident, ended_at__isnull=True).first()
    if row is None:
        raise NothingToDo(_("There is no such source in %(code)s.") % {"code": incident}, code=incident)
    _checked(kind, reliability, credibility, independence_group, access)
    before = row.reliability + row.credibility
    row.kind, row.reliability, row.credibility, row.access = kind, reliability, credibility, access
    row.independence_group = independence_group.strip() or UNESTABLISHED
    row.supports, row.note, row.graded_by, row.graded_at = supports, note_text.strip(), by, at
    row.save()
    sums.refresh(opened.incident, at=at)
    note(by=by, verb="grade_source", incident=opened.incident, at=at,
         details={"source": row.pk, "grading": reliability + credibility, "before": before})  # fmt: skip


def _checked(kind: str, reliability: str, credibility: str, group: str, access: str) -> None:
    if len(group.strip()) > 80:
        raise Incomplete(
            _("The name of the independence group is too long: 80 characters at most."), field="group"
        )
    SourceView(kind, reliability, credibility, group, access)
