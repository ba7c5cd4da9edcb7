"""The rows of checked operations: many at once, their lines with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from constat.apps.access.counters import reserve_codes
from constat.apps.access.models import Person
from constat.apps.operations.actions._checked import exposures_of
from constat.apps.operations.draft import Draft
from constat.apps.operations.models import (
    Encounter,
    Exposure,
    ForceStep,
    LogFile,
    Operation,
    OperationRevision,
    WeaponUse,
)
from constat.apps.register.queries.areas import areas_of

BATCH = 500


def create(
    made: Sequence[tuple[Draft, dict[str, Any]]],
    *,
    by: Person | None,
    at: datetime,
    log_file: LogFile | None = None,
) -> list[Operation]:
    """The caller holds the transaction and writes the one event."""
    if not made:
        return []
    codes = reserve_codes("O", at.year, len(made))
    found = _areas(made)
    rows = []
    for (draft, columns), code, where in zip(made, codes, found, strict=True):
        known = {"uid": draft.uid} if draft.uid else {}
        rows.append(
            Operation(
                **columns, **where, **known, code=code, recorded_by=by, recorded_at=at, log_file=log_file
            )
        )
    Operation.objects.bulk_create(rows, batch_size=BATCH)
    add_lines([(row, draft) for row, (draft, _columns) in zip(rows, made, strict=True)])
    return rows


def _areas(made: Sequence[tuple[Draft, dict[str, Any]]]) -> list[dict[str, str]]:
    """Country and areas of each, as they were on its day: one look for all of a day, none where the draft knows them."""
    found: list[dict[str, str]] = [dict(draft.areas or {}) for draft, _columns in made]
    by_day: dict[Any, list[int]] = {}
    for index, (draft, _columns) in enumerate(made):
        if draft.areas is None:
            by_day.setdefault(draft.starts_at.date(), []).append(index)
    for day, indexes in by_day.items():
        points = [(made[index][0].lon, made[index][0].lat) for index in indexes]
        for index, here in zip(indexes, areas_of(points, on=day), strict=True):
            found[index] = here.codes()
    return found


def add_lines(pairs: Sequence[tuple[Operation, Draft]]) -> None:
    """Exposure, weapon uses and encounters. The operations are saved already."""
    exposures = [
        Exposure(operation=row, measure=measure, quantity=quantity)
        for row, draft in pairs
        for measure, quantity in exposures_of(draft).items()
    ]
    Exposure.objects.bulk_create(exposures, batch_size=BATCH)
    uses = []
    for row, draft in pairs:
        for line in draft.weapons:
            shooter, target = line.shooter or (None, None), line.target or (None, None)
            uses.append(
                WeaponUse(
                    operation=row, weapon=line.weapon, rounds=line.rounds, fire=line.fire, at=line.at, note=line.note,
                    shooter_lon=shooter[0], shooter_lat=shooter[1], target_lon=target[0], target_lat=target[1],
                )
            )  # fmt: skip
    WeaponUse.objects.bulk_create(uses, batch_size=BATCH)
    _add_encounters(pairs)


def _add_encounters(pairs: Sequence[tuple[Operation, Draft]]) -> None:
    drafts = [(row, one) for row, draft in pairs for one in draft.encounters]
    rows = [
        Encounter(operation=row, at=one.at, light=one.light, outcome=one.outcome, note=one.note)
        for row, one in drafts
    ]
    Encounter.objects.bulk_create(rows, batch_size=BATCH)
    steps = [
        ForceStep(encounter=row, position=position, step=step, distance_m=distance)
        for row, (_operation, one) in zip(rows, drafts, strict=True)
        for position, (step, distance) in enumerate(one.steps, 1)
    ]
    ForceStep.objects.bulk_create(steps, batch_size=BATCH)


def replace_lines(row: Operation, draft: Draft) -> None:
    Exposure.objects.filter(operation=row).delete()
    WeaponUse.objects.filter(operation=row).delete()
    Encounter.objects.filter(operation=row).delete()
    add_lines([(row, draft)])


def keep(row: Operation, before: dict[str, Any], *, by: Person | None, at: datetime, reason: str) -> None:
    OperationRevision.objects.create(operation=row, before=before, reason=reason, by=by, at=at)
