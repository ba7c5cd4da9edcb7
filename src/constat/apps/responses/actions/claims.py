"""Until when a claim against the mission is in time, and the exceptions somebody decided in writing."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.responses import reading
from constat.apps.responses.actions._case import held_addressee, held_incident, note, permitted, written_words
from constat.apps.responses.errors import Incomplete, NothingToDo, NotThere
from constat.apps.responses.models import ClaimLimit
from constat.rules.answers import limitation
from constat.rules.permissions import Permission

# Whoever advises on claims and whoever proposes measures keeps the dates.
KEEPERS = (Permission.RESPONSES_PROPOSE, Permission.RESPONSES_NOTIFY)


@transaction.atomic
def set_limit(
    *, by: Person, at: datetime, incident: str, damage_on: date, discovered_on: date | None = None,
    mandate_ends_on: date | None = None, addressee: int | None = None,
) -> int:  # fmt: skip
    """The dates of a claim, for everybody of the incident or for one who learned of the damage later. The key of the row."""
    viewer = permitted(by, *KEEPERS, at=at)
    found = held_incident(viewer, incident, at)
    row = held_addressee(viewer, found, addressee, at) if addressee else None
    limitation(damage_on, discovered=discovered_on, mandate_ends=mandate_ends_on)
    if damage_on > at.date() or (discovered_on and discovered_on > at.date()):
        raise Incomplete(_("This day is still to come."), field="damage_on")
    limit, _made = ClaimLimit.objects.update_or_create(
        incident=found, addressee=row,
        defaults={"damage_on": damage_on, "discovered_on": discovered_on, "mandate_ends_on": mandate_ends_on,
                  "set_by": by, "set_at": at},
    )  # fmt: skip
    note(by=by, verb="set_limit", kind="incident", key=incident, at=at, details={"limit": limit.pk})
    return limit.pk


@transaction.atomic
def file_claim(*, by: Person, at: datetime, limit: int, filed_on: date) -> None:
    """The claim was filed. Late without an exception: refused, with what to do."""
    row = _limit(by, limit, at)
    if row.filed_on is not None:
        raise NothingToDo(_("The claim is filed already."))
    found = limitation(
        row.damage_on, discovered=row.discovered_on, mandate_ends=row.mandate_ends_on, exception=row.exception
    )
    if filed_on > at.date():
        raise Incomplete(_("This day is still to come."), field="filed_on")
    if not found.in_time(filed_on):
        raise Incomplete(
            _("The last day was %(day)s. Have an exception recorded with its reason, then file the claim.")
            % {"day": found.last_day.isoformat()},
            field="filed_on",
        )
    row.filed_on = filed_on
    row.save(update_fields=["filed_on"])
    note(by=by, verb="file_claim", kind="incident", key=row.incident.code, at=at, details={"limit": limit})


@transaction.atomic
def except_claim(*, by: Person, at: datetime, limit: int, reason: str) -> None:
    """A later claim is accepted, for a reason in writing. The dates stay as they are."""
    row = _limit(by, limit, at)
    row.exception = written_words(reason, "reason", _("Write why a later claim is accepted."))
    row.exception_by, row.exception_at = by, at
    row.save(update_fields=["exception", "exception_by", "exception_at"])
    note(by=by, verb="except_claim", kind="incident", key=row.incident.code, at=at, details={"limit": limit})


def _limit(by: Person, pk: int, at: datetime) -> ClaimLimit:
    viewer = permitted(by, *KEEPERS, at=at)
    rows = ClaimLimit.objects.select_for_update(of=("self",)).select_related("incident")
    row = rows.filter(pk__in=reading.claims(viewer, at=at).values("pk"), pk=pk).first()
    if row is None:
        raise NotThere(_("There is no such claim."))
    return row
