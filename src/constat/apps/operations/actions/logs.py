"""Say of which days a unit's log is here, and of which it is missing."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.operations.actions._checked import units
from constat.apps.operations.actions._gate import language, note, person, reasoned, require
from constat.apps.operations.errors import AlreadyWithdrawn, Incomplete, OperationNotFound, Planned
from constat.apps.operations.models import ActivityLog, LogFile
from constat.rules.permissions import Permission
from constat.rules.vocabulary import VocabularyError, vocabulary

RECEIVED, MISSING = "received", "missing"  # vocabulary "log_state"


def log_received(
    *, by: Person | str, at: datetime, unit: str, first: date, last: date, sha256: str = "", brought_by: str = "",
    note_text: str = "", log_file: LogFile | None = None,
) -> int:  # fmt: skip
    """The whole log of the unit for these days is here, on paper or as a file. Returns the number of the row."""
    require(by, Permission.OPERATIONS_RECORD, at)
    return _write(by=by, at=at, unit=unit, first=first, last=last, state=RECEIVED, sha256=sha256,
                  brought_by=brought_by, note_text=note_text, log_file=log_file)  # fmt: skip


def log_missing(
    *, by: Person | str, at: datetime, unit: str, first: date, last: date, reason: str, note_text: str = ""
) -> int:
    """It was asked for and is not here: why, as far as somebody knows."""
    require(by, Permission.OPERATIONS_RECORD, at)
    try:
        vocabulary("log_gap_reason").check(reason)
    except VocabularyError as error:
        raise Incomplete(error.say(language()), field="reason", reason="unknown_code") from error
    return _write(
        by=by, at=at, unit=unit, first=first, last=last, state=MISSING, reason=reason, note_text=note_text
    )


def _write(
    *, by: Person | str, at: datetime, unit: str, first: date, last: date, state: str, reason: str = "",
    sha256: str = "", brought_by: str = "", note_text: str = "", log_file: LogFile | None = None,
) -> int:  # fmt: skip
    with transaction.atomic():
        row = made(by=by, at=at, unit=unit, first=first, last=last, state=state, reason=reason, sha256=sha256,
                   brought_by=brought_by, note_text=note_text, log_file=log_file)  # fmt: skip
        row.save(force_insert=True)
        note(by=by, verb=f"log_{state}", kind="activity_log", key=row.pk, at=at,
             details={"unit": unit, "first": first.isoformat(), "last": last.isoformat()})  # fmt: skip
    return row.pk


def made(
    *, by: Person | str, at: datetime, unit: str, first: date, last: date, state: str, reason: str = "",
    sha256: str = "", brought_by: str = "", note_text: str = "", log_file: LogFile | None = None,
) -> ActivityLog:  # fmt: skip
    """The row, checked and not yet saved."""
    found = units([unit]).get(unit)
    if found is None or not found.actor.is_own:
        raise Incomplete(_("Choose a unit of our own force."), field="unit", reason="unit_unknown")
    if last < first:
        raise Incomplete(_("The last day is before the first day. Correct one of them."), field="last",
                         reason="dates_backwards")  # fmt: skip
    if last > at.date():
        raise Planned(_("No log can have been kept for days that have not come yet."), field="last")
    if sha256 and (len(sha256) != 64 or any(sign not in "0123456789abcdef" for sign in sha256)):
        raise Incomplete(
            _("A SHA-256 digest has 64 signs, 0 to 9 and a to f. Leave the field empty if there is no file."),
            field="sha256", reason="digest",
        )  # fmt: skip
    return ActivityLog(
        unit=found, first_day=first, last_day=last, state=state, reason=reason, note=note_text.strip(), sha256=sha256,
        brought_by=brought_by.strip(), log_file=log_file, recorded_by=person(by), recorded_at=at,
    )  # fmt: skip


def withdraw_log(*, by: Person | str, at: datetime, log: int, reason: str) -> None:
    """The entry was wrong. It stays, with its end; the days count as before it was written."""
    require(by, Permission.OPERATIONS_RECORD, at)
    with transaction.atomic():
        row = ActivityLog.objects.select_for_update().filter(pk=log).first()
        if row is None:
            raise OperationNotFound(_("There is no such entry."))
        if row.withdrawn_at is not None:
            raise AlreadyWithdrawn(_("This entry was withdrawn before."))
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = person(by), at, reasoned(reason)
        row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
        note(by=by, verb="withdraw_log", kind="activity_log", key=row.pk, at=at, details={})
