"""Share: leave to read one report, for a person or a section, with a reason and an end. It never opens a compartment."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import written
from constat.apps.reports.errors import ReportError
from constat.apps.reports.models import ReportGrant
from constat.rules.permissions import Permission
from constat.rules.separation import require_separate
from constat.rules.vocabulary import vocabulary


class IncompleteGrant(ReportError):
    """A grant without reader, reason or end."""


def share(
    *, by: Person, at: datetime, report: str, reason: str, until: datetime,
    person: Person | None = None, section: str = "",
) -> ReportGrant:  # fmt: skip
    """Exactly one of `person` and `section` (vocabulary "section"). Raises SamePerson: nobody opens a report to oneself,
    for after the post that opens it today has ended."""
    if (person is None) == (not section):
        raise IncompleteGrant(_("Choose one person or one section."))
    if not reason.strip():
        raise IncompleteGrant(_("Write why this reader needs the report."))
    if until <= at:
        raise IncompleteGrant(_("Choose an end in the future."))
    if section:
        vocabulary("section").check(section)
    require_separate([str(person.pk)] if person else [], str(by.pk), "grant_self")
    with transaction.atomic():
        found = open_report(by, Permission.ACCESS_GRANT, report=report, at=at)
        grant = ReportGrant.objects.create(
            report=found, person=person, section=section, reason=reason.strip(), granted_by=by, starts_at=at,
            ends_at=until,
        )  # fmt: skip
        written(found, "share", by=by, at=at,
                details={"person": person.pk if person else None, "section": section, "until": until})  # fmt: skip
    return grant


def unshare(*, by: Person, at: datetime, report: str, grant: int) -> None:
    """End a grant now. The row stays: who could read, and until when, is part of the record."""
    with transaction.atomic():
        found = open_report(by, Permission.ACCESS_GRANT, report=report, at=at)
        ended = ReportGrant.objects.filter(report=found, pk=grant, ends_at__gt=at).update(ends_at=at)
        if not ended:
            raise IncompleteGrant(_("This grant has ended already."))
        written(found, "unshare", by=by, at=at, details={"grant": grant})
