"""Record, amend, withdraw one operation."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.operations.actions import _rows
from constat.apps.operations.actions._checked import checked, exposures_of, plain, units
from constat.apps.operations.actions._gate import held, note, person, reasoned, require
from constat.apps.operations.draft import Draft
from constat.apps.operations.errors import Incomplete, NothingToDo
from constat.apps.operations.reading import draft_of
from constat.apps.register.queries.areas import areas_at
from constat.rules.permissions import Permission

# Columns an amendment may change: what was done, never what the file was or where the row came from.
AMENDABLE = frozenset(one.name for one in fields(Draft)) - {
    "uid", "external_key", "content_sha256", "row", "content", "areas", "warnings",
}  # fmt: skip


def record(*, by: Person | str, at: datetime, draft: Draft) -> str:
    """The code of the new operation. Raises NotAllowed, Planned, Incomplete: nothing is written."""
    require(by, Permission.OPERATIONS_RECORD, at)
    with transaction.atomic():
        columns = checked(draft, units([draft.unit]).get(draft.unit), at)
        (row,) = _rows.create([(draft, columns)], by=person(by), at=at)
        note(by=by, verb="record", kind="operation", key=row.code, at=at,
             details={"kind": row.kind, "unit": draft.unit})  # fmt: skip
    return row.code


def amend(
    *, by: Person | str, at: datetime, operation: str, changes: Mapping[str, object], reason: str
) -> None:
    """`changes`: field of `Draft` -> new value; what is left out stays. What it said before is kept beside it."""
    require(by, Permission.OPERATIONS_RECORD, at)
    if strange := set(changes) - AMENDABLE:
        raise Incomplete(
            _("“%(name)s” is not something an amendment changes.") % {"name": sorted(strange)[0]}
        )
    with transaction.atomic():
        row = held(operation)
        before = draft_of(row)
        # Exposure that follows from the type was never said: it is no change when it is not said again.
        old = plain(vars(before))
        after = replace(before, **changes)  # type: ignore[arg-type]
        new = plain(vars(after))
        changed = sorted(
            name for name in changes
            if new[name] != old[name] and (name != "exposures" or exposures_of(after) != exposures_of(before))
        )  # fmt: skip
        if not changed:
            raise NothingToDo(_("Nothing was changed."), code=operation)
        why = reasoned(reason)
        columns = checked(after, units([after.unit]).get(after.unit), at)
        if {"lon", "lat", "starts_at"} & set(changed):
            columns |= areas_at(after.lon, after.lat, on=after.starts_at.date()).codes()
        _rows.keep(row, {name: old[name] for name in changed}, by=person(by), at=at, reason=why)
        for name, value in columns.items():
            setattr(row, name, value)
        row.save()
        _rows.replace_lines(row, after)
        note(by=by, verb="amend", kind="operation", key=row.code, at=at, details={"columns": changed})


def withdraw(*, by: Person | str, at: datetime, operation: str, reason: str) -> None:
    """It did not take place, or stands here twice. The record stays readable and is no longer searched."""
    require(by, Permission.OPERATIONS_RECORD, at)
    with transaction.atomic():
        row = held(operation)
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = person(by), at, reasoned(reason)
        row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
        note(by=by, verb="withdraw", kind="operation", key=row.code, at=at, details={})
