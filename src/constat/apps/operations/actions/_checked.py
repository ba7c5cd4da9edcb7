"""From a draft to the columns of an operation: everything that must hold, and what the search will look by."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from constat.apps.operations import grid
from constat.apps.operations.actions._gate import language
from constat.apps.operations.draft import Draft, EncounterDraft, WeaponLine
from constat.apps.operations.errors import Incomplete, OperationError, Planned
from constat.apps.operations.zones import zone_known
from constat.apps.register.models import Unit
from constat.rules import overlap
from constat.rules.escalation import used_force
from constat.rules.overlap import Area, PlaceOutside
from constat.rules.vocabulary import VocabularyError, vocabulary

LONGEST = timedelta(days=400)
WIDEST_KM = 500.0
MOST_POINTS = 500
TIME_PRECISIONS = ("time_of_day", "day")
SLACK = timedelta(hours=overlap.CLOCK_HOURS)
_WORDS = {"kind": "operation_type", "phase": "operation_phase", "planning": "operation_planning", "fire": "fire_mode",
          "place_precision": "place_precision"}  # fmt: skip
# Copied as they are.
SAME = (
    "kind", "starts_at", "ends_at", "zone", "time_precision", "radius_km", "place_text", "place_precision", "place_id",
    "phase", "tasking", "kinetic", "partners", "supported_force", "planning", "fire", "warning_given", "recordings",
    "rules_card", "risk_sheet", "lon", "lat", "external_key", "content_sha256",
)  # fmt: skip


def units(codes: Iterable[str]) -> dict[str, Unit]:
    return {one.code: one for one in Unit.objects.filter(code__in=set(codes)).select_related("actor")}


def checked(draft: Draft, unit: Unit | None, at: datetime) -> dict[str, Any]:
    """The columns of the operation but for its code and its areas. Raises OperationError: the first thing that is wrong."""
    if unit is None:
        raise Incomplete(
            _("There is no unit “%(code)s” in the register. Add it there first.") % {"code": draft.unit},
            field="unit", reason="unit_unknown",
        )  # fmt: skip
    if not unit.actor.is_own:
        raise Incomplete(
            _("%(unit)s is not a unit of our own force. Only our own operations stand in this log.")
            % {"unit": unit.name},
            field="unit", reason="unit_not_own",
        )  # fmt: skip
    for name, words in _WORDS.items():
        _word(words, getattr(draft, name), name)
    for domain in draft.domains:
        _word("operation_domain", domain, "domains")
    _times(draft, at)
    areas = _areas(draft)
    _lines(draft)
    row: dict[str, Any] = {name: getattr(draft, name) for name in SAME}
    row |= {"unit": unit, "path": [list(point) for point in draft.path], "domains": list(draft.domains)}
    return row | _look(draft, areas)


def _word(name: str, code: str, field: str) -> None:
    try:
        vocabulary(name).check(code)
    except VocabularyError as error:
        raise Incomplete(error.say(language()), field=field, reason="unknown_code") from error


def _times(draft: Draft, at: datetime) -> None:
    if draft.starts_at.utcoffset() is None or draft.ends_at.utcoffset() is None or not zone_known(draft.zone):
        raise Incomplete(
            _("Say in which time zone the log was written: UTC, +01:00, Africa/Bamako."), field="zone",
            reason="zone_unknown",
        )  # fmt: skip
    if draft.time_precision not in TIME_PRECISIONS:
        raise Incomplete(
            _("The time of an operation is known to the hour or to the day."), field="time_precision",
            reason="unknown_code",
        )  # fmt: skip
    if draft.ends_at < draft.starts_at:
        raise Incomplete(
            _("The operation ends before it starts. Correct one of the two."), field="ends_at",
            reason="dates_backwards",
        )  # fmt: skip
    # A day known only as such ends at its midnight; today's is not over yet.
    latest = at + timedelta(days=1) if draft.time_precision == "day" else at
    if draft.starts_at > at or draft.ends_at > latest:
        raise Planned(
            _("This operation lies in the future. The log holds what was done; nothing is planned here."),
            field="starts_at" if draft.starts_at > at else "ends_at",
        )
    if draft.ends_at - draft.starts_at > LONGEST:
        raise Incomplete(
            _("An operation longer than %(days)d days is recorded in parts.") % {"days": LONGEST.days},
            field="ends_at", reason="too_long",
        )  # fmt: skip


def _areas(draft: Draft) -> list[Area]:
    if not 0 <= draft.radius_km <= WIDEST_KM:
        raise Incomplete(
            _("The radius lies between 0 and %(km)d km.") % {"km": WIDEST_KM},
            field="radius_km",
            reason="radius",
        )
    if len(draft.path) > MOST_POINTS:
        raise Incomplete(
            _("A path has at most %(n)d points. Leave out those that lie in line.") % {"n": MOST_POINTS},
            field="path", reason="path_too_long",
        )  # fmt: skip
    try:
        return areas_of(draft.lon, draft.lat, draft.radius_km, draft.path, draft.weapons)
    except PlaceOutside as error:
        raise Incomplete(error.say(language()), field="lat", reason="point_outside") from error


def areas_of(
    lon: float, lat: float, radius_km: float, path: Iterable[Iterable[float]], weapons: Iterable[WeaponLine]
) -> list[Area]:
    """Where it was, then where it fired: a shot is between its shooter and its target."""
    points = tuple((float(east), float(north)) for east, north in path)
    found = [Area(points or ((lon, lat),), radius_km)]
    for line in weapons:
        shot = tuple(point for point in (line.shooter, line.target) if point is not None)
        if shot:
            found.append(Area(shot))
    return found


def _lines(draft: Draft) -> None:
    for measure, quantity in draft.exposures.items():
        _word("exposure_unit", measure, "exposures")
        if not quantity.is_finite() or quantity < 0:
            raise Incomplete(
                _("A measure of exposure is a number, 0 or more."), field="exposures", reason="exposure"
            )
    for line in draft.weapons:
        _word("weapon", line.weapon, "weapons")
        _word("fire_mode", line.fire, "weapons")
        _inside(line.at, draft, "weapons")
    for one in draft.encounters:
        _word("light", one.light, "encounters")
        _word("force_outcome", one.outcome, "encounters")
        _inside(one.at, draft, "encounters")
        if not one.steps:
            raise Incomplete(
                _("An encounter has at least one step. Leave the line out if nothing was done."),
                field="encounters", reason="no_step",
            )  # fmt: skip
        for step, _distance in one.steps:
            _word("force_step", step, "encounters")


def _inside(moment: datetime | None, draft: Draft, field: str) -> None:
    if moment is None:
        return
    if moment.utcoffset() is None or not draft.starts_at - SLACK <= moment <= draft.ends_at + SLACK:
        raise Incomplete(
            _("A shot or an encounter lies outside the time of the operation. Correct one of the two."),
            field=field, reason="outside_time",
        )  # fmt: skip


def exposures_of(draft: Draft) -> dict[str, Decimal]:
    """What was given, and 1 where each operation of its type is one by nature (a meeting, a task)."""
    measure = str(vocabulary("operation_type")[draft.kind].extra["exposure"])
    one = {measure: Decimal(1)} if vocabulary("exposure_unit")[measure].extra["each"] else {}
    return {**one, **draft.exposures}


def _look(draft: Draft, areas: list[Area]) -> dict[str, Any]:
    lon, lat, reach = overlap.cover(areas, draft.place_precision)
    first, last = grid.hour(draft.starts_at - SLACK), grid.hour(draft.ends_at + SLACK)
    span = grid.span_of(first, last)
    force = force_of(draft.kinetic, bool(draft.weapons), draft.encounters)
    return {"at_lon": lon, "at_lat": lat, "reach_km": reach, "first_hour": first, "last_hour": last, "span": span,
            "cell": grid.cell_of(lon, lat, reach, span), "force": force}  # fmt: skip


def force_of(kinetic: bool | None, weapons: bool, encounters: Iterable[EncounterDraft]) -> int:
    if weapons or any(used_force(step for step, _distance in one.steps) for one in encounters):
        return 2
    return 1 if kinetic else 0


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON keeps it."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, WeaponLine | EncounterDraft):
        return plain(vars(value))
    return value


__all__ = [
    "OperationError",
    "areas_of",
    "checked",
    "exposures_of",
    "force_of",
    "plain",
    "units",
    "zone_known",
]
