"""The search behind "what could have met": few rows by index, then the rule on each.

Two ways in, each an index that holds everything that decides: by the cells around the place, or by the hours alone. A
short look at the second says which is shorter. Both find the same operations; only their cost differs.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet, Value
from django.utils import timezone

from constat.apps.operations import grid
from constat.apps.operations.models import Operation, WeaponUse
from constat.rules import overlap
from constat.rules.overlap import Activity, Area, Meeting, Window

# So many rows read by time alone cost less than opening the cells.
PROBE = 3000
# Beyond so many cells the place says too little; only country-wide looks get there.
MOST_CELLS = 4000
# What is opened at most. A look so wide that more come into question is told so, and shows the weightiest and nearest.
MOST_OPENED = 2000
FAR_KM = 300.0  # what reaches further is not sorted out by the flat box
CHUNK = 500
FORCE = {0: "none", 1: "kinetic", 2: "weapon"}


@dataclass(frozen=True)
class Met:
    """An operation that could have met, under its primary key."""

    pk: int
    meeting: Meeting


@dataclass(frozen=True)
class Found:
    """`capped`: more came into question than were opened. `way`: "cells" or "hours", the index that led."""

    met: list[Met]
    capped: bool
    way: str


def moments(first: date | datetime, last: date | datetime) -> Window:
    """Days stand for all of their hours, where the node stands."""
    return Window(_moment(first, time(0)), _moment(last, time(23, 59, 59)))


def _moment(value: date | datetime, edge: time) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, edge, timezone.get_current_timezone())


def search(asked: Window, lon: float, lat: float, radius_km: float, *, force: int = 0) -> Found:
    """Everything that could have met, best first. `force`: 1 only kinetic or force-using ones."""
    rows, way = _candidates(asked, lon, lat, radius_km, force)
    capped = len(rows) > MOST_OPENED
    near = [row[0] for row in rows[:MOST_OPENED]
            if overlap.km(lon, lat, row[1], row[2]) <= (radius_km + row[3]) * grid.MARGIN]  # fmt: skip
    met = [
        Met(pk, meeting)
        for pk, one in _opened(near)
        if (meeting := overlap.meet(asked, lon, lat, radius_km, one))
    ]
    met.sort(key=lambda one: (-one.meeting.score, one.meeting.distance_km, one.pk))
    return Found(met, capped, way)


def _candidates(
    asked: Window, lon: float, lat: float, radius_km: float, force: int
) -> tuple[list[tuple[int, float, float, float]], str]:
    first, last = grid.hour(asked.first), grid.hour(asked.last)
    spans = range(len(grid.SPANS))
    timed = {span: _in_time(span, first, last, force) for span in spans}
    cells: dict[int, list[int]] = {}
    way = "hours"
    if _more_than(PROBE, timed.values()):
        cells = {span: list(grid.cells_around(lon, lat, radius_km, span)) for span in spans}
        if len(cells[0]) <= MOST_CELLS:
            way = "cells"
    found: list[tuple[int, float, float, float]] = []
    for span in spans:
        rows = timed[span] if way == "hours" else _in_cells(cells[span], first, last, span, force)
        found += _nearest(rows, lon, lat, radius_km)
    return found, way


def _live(force: int) -> QuerySet[Operation]:
    rows = Operation.objects.filter(withdrawn_at__isnull=True)
    return rows.filter(force__gte=force) if force else rows


def _hours(first: int, last: int, span: int) -> Q:
    """Began before the end of what is asked and, being no longer than its span, not long before its beginning."""
    return Q(first_hour__gte=first - grid.longest(span), first_hour__lte=last, last_hour__gte=first)


def _in_time(span: int, first: int, last: int, force: int) -> QuerySet[Operation]:
    return _live(force).filter(_hours(first, last, span), span=span)


def _in_cells(cells: list[int], first: int, last: int, span: int, force: int) -> QuerySet[Operation]:
    return _live(force).filter(_hours(first, last, span), cell__in=cells)


def _more_than(most: int, several: Iterable[QuerySet[Operation]]) -> bool:
    count = 0
    for rows in several:
        count += rows.order_by().values("pk")[: most + 1 - count].count()
        if count > most:
            return True
    return False


def _nearest(
    rows: QuerySet[Operation], lon: float, lat: float, radius_km: float
) -> list[tuple[int, float, float, float]]:
    """(pk, lon, lat, reach) inside the box, force first, then the nearest: at most one more than may be opened."""
    rows = rows.order_by()
    # The box grows with the reach of each row: a far-reaching one stands further away and still meets.
    high = (Value(radius_km) + F("reach_km")) * Value(grid.MARGIN / grid.PER_DEGREE_KM)
    rows = rows.annotate(north=ExpressionWrapper(F("at_lat") - Value(lat), FloatField()))
    rows = rows.filter(north__lte=high).filter(north__gte=-1 * high)
    flat = math.cos(math.radians(lat))
    furthest = abs(lat) + (radius_km + FAR_KM) / grid.PER_DEGREE_KM
    if furthest < 66 and abs(lon) < 150:
        # Away from poles and date line a flat map tells east from west; elsewhere the sphere decides alone, later.
        wide = math.cos(math.radians(furthest))
        rows = rows.annotate(east=ExpressionWrapper((F("at_lon") - Value(lon)) * Value(wide), FloatField()))
        rows = rows.filter(Q(reach_km__gt=FAR_KM) | Q(east__lte=high, east__gte=-1 * high))
    apart = ExpressionWrapper(
        F("north") * F("north")
        + (F("at_lon") - Value(lon)) * (F("at_lon") - Value(lon)) * Value(flat * flat),
        FloatField(),
    )
    found = rows.order_by("-force", apart).values_list("pk", "at_lon", "at_lat", "reach_km")
    return list(found[: MOST_OPENED + 1])


def _opened(pks: list[int]) -> Iterator[tuple[int, Activity]]:
    names = ("pk", "lon", "lat", "radius_km", "path", "place_precision", "starts_at", "ends_at", "force")
    for start in range(0, len(pks), CHUNK):
        rows = list(Operation.objects.filter(pk__in=pks[start : start + CHUNK]).values_list(*names))
        shots = _shots([row[0] for row in rows if row[8] == 2])
        for pk, lon, lat, radius_km, path, precision, starts_at, ends_at, force in rows:
            points = tuple((east, north) for east, north in path) or ((lon, lat),)
            areas = (Area(points, radius_km), *shots.get(pk, ()))
            yield pk, Activity(Window(starts_at, ends_at), areas, precision, FORCE[force])


def _shots(pks: list[int]) -> dict[int, list[Area]]:
    if not pks:
        return {}
    names = ("operation_id", "shooter_lon", "shooter_lat", "target_lon", "target_lat")
    placed = Q(shooter_lon__isnull=False) | Q(target_lon__isnull=False)
    found: dict[int, list[Area]] = {}
    for pk, *ends in WeaponUse.objects.filter(placed, operation_id__in=pks).values_list(*names):
        points: Any = [(ends[at], ends[at + 1]) for at in (0, 2) if ends[at] is not None]
        found.setdefault(pk, []).append(Area(tuple(points)))
    return found


def days_of(asked: Window) -> tuple[date, date]:
    """The days whose logs answer: those of the window, with the slack of a log's clock."""
    slack, here = timedelta(hours=overlap.CLOCK_HOURS), timezone.get_current_timezone()
    return (asked.first - slack).astimezone(here).date(), (asked.last + slack).astimezone(here).date()
