"""A visit thirty and a hundred and eighty days later; what it brings up goes to whoever protects those who spoke."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.responses import queries
from constat.apps.responses.actions._case import note, permitted, written_words
from constat.apps.responses.errors import Incomplete, NothingToDo, NotThere
from constat.apps.responses.models import FollowUp, ProtectionFlag
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

ANSWERS = ("yes", "no", "unknown")


@transaction.atomic
def record_visit(
    *, by: Person, at: datetime, source: str, days: int, reached: bool, wellbeing: str = "unknown",
    usefulness: str = "not_asked", pressure: str = "unknown", needs: str = "", no_contact_reason: str = "",
) -> None:  # fmt: skip
    """`source`: code of the notice or the offer that is followed up. A visit not yet due may be made earlier."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, at=at)
    waiting = queries.follow_up_of(viewer, source, days, at=at)
    if waiting is None:
        raise NotThere(_("No visit waits for %(code)s.") % {"code": source}, code=source)
    vocabulary("wellbeing").check(wellbeing)
    vocabulary("usefulness").check(usefulness)
    if pressure not in ANSWERS:
        raise Incomplete(_("Say yes, no or not known."), field="pressure")
    if not reached:
        vocabulary("no_contact_reason").check(no_contact_reason)
    if waiting.adviser not in (None, by.pk):
        raise Incomplete(_("Only the designated person makes contact."))
    _row, made = FollowUp.objects.get_or_create(
        source_code=source, days=days,
        defaults={
            "source_type": waiting.source_type, "incident_id": waiting.incident_id, "compartment": waiting.compartment,
            "due_on": waiting.due, "reached": reached, "wellbeing": wellbeing if reached else "unknown",
            "usefulness": usefulness, "pressure": pressure if reached else "unknown", "needs": needs.strip(),
            "no_contact_reason": "" if reached else no_contact_reason, "by": by, "at": at,
        },
    )  # fmt: skip
    if not made:
        raise NothingToDo(_("This visit is recorded already."), code=source)
    flagged = reached and bool(vocabulary("wellbeing")[wellbeing].extra.get("protection"))
    if flagged:
        ProtectionFlag.objects.create(
            incident_id=waiting.incident_id, compartment=waiting.compartment, source_type="follow_up",
            source_code=f"{source}/{days}", raised_at=at,
        )  # fmt: skip
    note(by=by, verb="follow_up", kind=waiting.source_type, key=source, at=at,
         details={"days": days, "reached": reached, "protection": flagged})  # fmt: skip


@transaction.atomic
def take_flag(*, by: Person, at: datetime, flag: int) -> None:
    """The protection focal point takes it up."""
    row = _flag(by, flag, at)
    if row.taken_by_id is not None:
        raise NothingToDo(_("Somebody has taken it up already."))
    row.taken_by, row.taken_at = by, at
    row.save(update_fields=["taken_by", "taken_at"])
    note(by=by, verb="take_flag", kind="protection", key=row.pk, at=at)


@transaction.atomic
def end_flag(*, by: Person, at: datetime, flag: int, measures: str) -> None:
    """What was done. The words stay with the protection focal point."""
    row = _flag(by, flag, at)
    if row.ended_at is not None:
        raise NothingToDo(_("This was ended already."))
    row.measures = written_words(measures, "measures", _("Write what was done to protect the person."))
    if row.taken_by_id is None:
        row.taken_by, row.taken_at = by, at
    row.ended_at = at
    row.save(update_fields=["measures", "taken_by", "taken_at", "ended_at"])
    note(by=by, verb="end_flag", kind="protection", key=row.pk, at=at)


def _flag(by: Person, pk: int, at: datetime) -> ProtectionFlag:
    viewer = permitted(by, Permission.RESPONSES_PROTECT, at=at)
    rows = ProtectionFlag.objects.select_for_update(of=("self",))
    found = rows.filter(pk__in=queries.flags(viewer, at=at).values("pk"), pk=pk).first()
    if found is None:
        raise NotThere(_("There is no such record among those you may read."))
    return found
