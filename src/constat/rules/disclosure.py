"""What may leave, and how blurred: thresholds for counts, coarsening of place and time, safe cells.

Coarsening is deterministic: the same point always gives the same answer. Nothing is ever moved at random,
because the average of many random moves is the true place. Deaths are never perturbed: a count is printed,
or it is suppressed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from math import sqrt

from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary

# A public cell below these counts is suppressed. Sensitive: children, sexual violence, detention.
K_GENERAL = 5
K_SENSITIVE = 10
SENSITIVE_HARMS = frozenset({"sexual_violence", "detention", "child_grave_violation"})
# A public area holds at least that many people, and a release waits at least that long after the event.
PUBLIC_POPULATION = 20_000
RELEASE_DELAY = timedelta(days=14)


class DisclosureError(RuleError):
    """The tree of this module."""


class ImpossiblePlace(DisclosureError):
    """A latitude or longitude that is not on the earth."""


class Audience(StrEnum):
    """From the fewest readers to everybody; each sees no more than the one before."""

    CELL = "cell"
    SECTION = "section"
    MISSION = "mission"
    PARTNER = "partner"
    PUBLIC = "public"


@dataclass(frozen=True)
class Area:
    """An administrative area holding the place. `level`: 0 country ... 3 commune. `population`: if known."""

    code: str
    level: int
    population: int | None = None


@dataclass(frozen=True)
class CoarsePlace:
    """`kind`: 'point' (the true point), 'cell' (centre of a grid cell), 'area' (its code), 'withheld'.

    A cell or a point with `radius_km` > 0 is drawn as a circle of that radius, never as a bare dot.
    """

    kind: str
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    radius_km: float | None = None
    area: str | None = None


@dataclass(frozen=True)
class CoarseTime:
    """From `start` to `end`, both included. `text`: ISO 8601, no finer than the audience may know."""

    granularity: str
    text: str
    start: date
    end: date


WITHHELD = CoarsePlace("withheld")

# About 1 km: a village. 0.01 degree of latitude is 1.1 km.
_SECTION_STEP = Decimal("0.01")
_KM_PER_DEGREE = 111.32
# The finest administrative level an audience may be told.
_FINEST_LEVEL = {Audience.MISSION: 3, Audience.PARTNER: 2, Audience.PUBLIC: 2}
_TIME = {
    Audience.CELL: "minute",
    Audience.SECTION: "day",
    Audience.MISSION: "day",
    Audience.PARTNER: "week",
    Audience.PUBLIC: "month",
}
_TIME_ORDER = ("minute", "day", "week", "month", "year")


def radius_km(precision: str) -> float | None:
    """How far from the given point the event may have been, for a place precision; None: use an area."""
    radius = vocabulary("place_precision")[precision].extra.get("radius_km")
    return None if radius is None else float(radius)


def drawn_radius_km(precision: str) -> float:
    """The circle to draw on a map when no area is at hand, so that no place looks better known than it is."""
    return float(vocabulary("place_precision")[precision].extra["drawn_km"])


def coarsen_place(
    longitude: Decimal | float,
    latitude: Decimal | float,
    precision: str,
    audience: Audience,
    areas: Sequence[Area] = (),
) -> CoarsePlace:
    """What an audience may know of a place. `areas`: those that hold the point, any order.

    precision: code of `place_precision`. A place known only to an area is never shown as a point.
    """
    point = Decimal(str(longitude)), Decimal(str(latitude))
    if abs(point[0]) > 180 or abs(point[1]) > 90:
        raise ImpossiblePlace("impossible_place", longitude=longitude, latitude=latitude)
    known = radius_km(precision)
    if audience in _FINEST_LEVEL or known is None:
        return _area(areas, audience, precision)
    if audience is Audience.CELL:
        return CoarsePlace("point" if known == 0 else "cell", point[0], point[1], known)
    return _cell(point, known)


def _cell(point: tuple[Decimal, Decimal], known: float) -> CoarsePlace:
    """Snap to the grid of the audience, or to a wider one when the place is known less well than that."""
    step = max(_SECTION_STEP, _step_for(known))
    longitude, latitude = (_snap(value, step) for value in point)
    # Snapping moves the centre by up to half a diagonal: the circle grows by that, so the true place stays inside.
    moved = float(step) * _KM_PER_DEGREE / sqrt(2)
    return CoarsePlace("cell", longitude, latitude, round(known + moved, 1))


def _step_for(km: float) -> Decimal:
    """The decimal step that says no more than `km`: 25 km allows steps of 0.1 degree, not of 0.01."""
    degrees = km / _KM_PER_DEGREE
    return next((step for step in (Decimal(1), Decimal("0.1")) if degrees >= step), _SECTION_STEP)


def _snap(value: Decimal, step: Decimal) -> Decimal:
    # To a multiple of the step: a point already snapped stays where it is, however often it passes.
    return value.quantize(step, ROUND_HALF_EVEN)


def _area(areas: Sequence[Area], audience: Audience, precision: str) -> CoarsePlace:
    finest = min(_FINEST_LEVEL.get(audience, 3), int(vocabulary("place_precision")[precision].extra["level"]))
    for area in sorted(areas, key=lambda area: -area.level):
        if area.level <= finest and (audience is not Audience.PUBLIC or _populous(area)):
            return CoarsePlace("area", area=area.code)
    return WITHHELD


def _populous(area: Area) -> bool:
    # A country is large enough to hide anybody; for anything smaller an unknown population is too small.
    return area.level == 0 or (area.population is not None and area.population >= PUBLIC_POPULATION)


def coarsen_time(moment: datetime, audience: Audience, precision: str = "day") -> CoarseTime:
    """What an audience may know of a time: the coarser of what it may know and what anybody knows.

    precision: code of `date_precision`. The date is the one in the zone of `moment`.
    """
    known = str(vocabulary("date_precision")[precision].extra["granularity"])
    granularity = max(_TIME[audience], known, key=_TIME_ORDER.index)
    day = moment.date()
    start, end, text = _span(granularity, day)
    if granularity == "minute":
        text = moment.strftime("%Y-%m-%dT%H:%M%z")
    return CoarseTime(granularity, text, start, end)


def _span(granularity: str, day: date) -> tuple[date, date, str]:
    if granularity == "week":
        monday = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return monday, monday + timedelta(days=6), f"{year}-W{week:02}"
    if granularity == "month":
        first = day.replace(day=1)
        return first, _next_month(first) - timedelta(days=1), f"{day:%Y-%m}"
    if granularity == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31), f"{day:%Y}"
    return day, day, day.isoformat()


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


class Cell(StrEnum):
    """The three things a published cell can be besides a number; each has its own symbol."""

    SHOWN = "shown"
    ZERO = "zero"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


def threshold(harm: str = "", *, child: bool = False) -> int:
    """The smallest count that may be printed."""
    above = (harm, *vocabulary("harm").ancestors(harm)) if harm else ()
    return K_SENSITIVE if child or SENSITIVE_HARMS & set(above) else K_GENERAL


def public_cell(count: int | None, k: int) -> Cell:
    """Zero, unknown and suppressed are three different answers and never look alike."""
    if count is None:
        return Cell.UNKNOWN
    if count == 0:
        return Cell.ZERO
    return Cell.SHOWN if count >= k else Cell.SUPPRESSED


def releasable(occurred: datetime, now: datetime) -> bool:
    """Has the default delay passed?"""
    return now - occurred >= RELEASE_DELAY


# A spreadsheet runs a cell that starts with one of these as a formula, some also after spaces. The full-width
# signs are read as the plain ones by spreadsheets in East Asian settings.
_FORMULA = re.compile(r"'*[\s\x00]*[=+\-@\t\r\n\x00＝＋－＠]")


def spreadsheet_safe(value: object) -> object:
    """A value for a cell: dangerous text gets an apostrophe in front; true numbers stay numbers."""
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value


def spreadsheet_original(value: object) -> object:
    """The value before `spreadsheet_safe`, for a file of ours that comes back."""
    if isinstance(value, str) and value.startswith("'") and _FORMULA.match(value[1:]):
        return value[1:]
    return value
