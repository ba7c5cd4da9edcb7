"""Could this operation have met that incident? Both are known only so exactly: a span of time, a place and a radius.

Looks back only: it answers "was it us", after the fact. A meeting is a question to the log, never a finding; its score
orders a list and is no probability. Distances are kilometres on a sphere, times are aware.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from constat.rules.speech import RuleError, Sentence
from constat.rules.vocabulary import vocabulary

EARTH_KM = 6371.0088
# A place called exact is that of a village or a bend of the road, not of a surveyor.
EXACT_KM = 2.0
METRE = 0.001  # less than this is the arithmetic, not the ground
# What a log's own clock is worth: rounded to the hour, written after the return.
CLOCK_HOURS = 2.0
# Wider than these, "an operation nearby" would be true of nearly every incident and would say nothing.
NEARBY_KM = 50.0
NEARBY_DAYS = 31
# Where a score has halved.
HALF_KM, HALF_HOURS, HALF_VAGUE_KM = 10.0, 6.0, 100.0
# What was done -> its weight in the score, its sentence.
FORCE = {
    "weapon": (1.0, "overlap_force_weapon"), "kinetic": (0.8, "overlap_force_kinetic"), "none": (0.5, "overlap_force_none"),
}  # fmt: skip
UNKNOWN = "unknown"
SHOWN_AS_UNKNOWN_DAYS = 31  # a day nobody can bound is looked for in its month, as it is drawn


class OverlapError(RuleError):
    """The tree of this module."""


class WindowBackwards(OverlapError):
    """A span of time that ends before it starts."""


class WindowWithoutZone(OverlapError):
    """A time without its zone: two readers would look in two different logs."""


class PlaceOutside(OverlapError):
    """Not a position in degrees, or not a distance."""


@dataclass(frozen=True)
class Window:
    """From `first` to `last`, both included."""

    first: datetime
    last: datetime

    def __post_init__(self) -> None:
        if self.first.utcoffset() is None or self.last.utcoffset() is None:
            raise WindowWithoutZone("overlap_without_zone")
        if self.last < self.first:
            raise WindowBackwards("overlap_backwards", first=self.first, last=self.last)

    def hours_from(self, other: "Window") -> float:
        """Hours between the two; 0.0 when they share a moment."""
        apart = max(other.first - self.last, self.first - other.last, timedelta(0))
        return apart / timedelta(hours=1)


@dataclass(frozen=True)
class Area:
    """One point: a circle. Several: a corridor along them. `width_km`: how far to each side it reaches."""

    points: tuple[tuple[float, float], ...]  # (lon, lat) in degrees, at least one
    width_km: float = 0.0

    def __post_init__(self) -> None:
        fits = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in self.points)
        if not (self.points and fits and 0 <= self.width_km < math.inf):
            raise PlaceOutside("overlap_outside")

    def distance_km(self, lon: float, lat: float) -> float:
        """From a point to the nearest edge; 0.0 inside."""
        legs = zip(self.points, self.points[1:] or self.points, strict=False)
        beyond = min(_to_leg(lon, lat, start, end) for start, end in legs) - self.width_km
        return beyond if beyond > METRE else 0.0


@dataclass(frozen=True)
class Activity:
    """What the rule needs of an operation. `areas`: where it was and where it fired. `force`: weapon, kinetic or none."""

    window: Window
    areas: tuple[Area, ...]
    place_precision: str = "exact"  # vocabulary "place_precision"
    force: str = "none"


@dataclass(frozen=True)
class Meeting:
    """`distance_km`, `hours_apart`: between what was recorded and what is asked, uncertainty left aside.
    `score`: 0 to 1, for the order of a list. `reasons`: sentences, the weightiest first."""

    meets: bool
    distance_km: float
    hours_apart: float
    score: float
    reasons: tuple[Sentence, ...]

    def __bool__(self) -> bool:
        return self.meets


def meet(asked: Window, lon: float, lat: float, radius_km: float, operation: Activity) -> Meeting:
    """Whether the operation could have been within `radius_km` of the point during `asked`, and how good a match it is."""
    if not (0 <= radius_km < math.inf):
        raise PlaceOutside("overlap_outside")
    Area(((lon, lat),))
    distance = min(area.distance_km(lon, lat) for area in operation.areas)
    hours = asked.hours_from(operation.window)
    vague = slack_km(operation.place_precision)
    near, then = distance <= radius_km + vague, hours <= CLOCK_HOURS
    if not (near and then):
        return Meeting(False, distance, hours, 0.0, tuple(_against(distance, hours, near, then)))
    weight, _ = FORCE[operation.force]
    score = weight / (1 + distance / HALF_KM) / (1 + hours / HALF_HOURS) / (1 + vague / HALF_VAGUE_KM)
    return Meeting(True, distance, hours, round(score, 4), tuple(_for(distance, hours, operation)))


def _against(distance: float, hours: float, near: bool, then: bool) -> Iterable[Sentence]:
    if not near:
        yield Sentence("overlap_too_far", {"km": _figure(distance)})
    if not then:
        yield Sentence("overlap_other_time", {"hours": _figure(hours)})


def _for(distance: float, hours: float, operation: Activity) -> Iterable[Sentence]:
    _, spoken = FORCE[operation.force]
    yield Sentence(spoken)
    yield Sentence("overlap_near", {"km": _figure(distance)}) if distance else Sentence("overlap_inside")
    yield Sentence("overlap_clock", {"hours": _figure(hours)}) if hours else Sentence("overlap_same_time")
    if slack_km(operation.place_precision):
        term = vocabulary("place_precision")[operation.place_precision]
        yield Sentence("overlap_vague", {"precision": term})


def _figure(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def slack_km(precision: str) -> float:
    """How much further than recorded an operation may have been."""
    return float(vocabulary("place_precision")[precision].extra["drawn_km"])


def radius_km(precision: str) -> float:
    """The circle in which an incident of this place precision may have happened."""
    return max(slack_km(precision), EXACT_KM)


def days(precision: str, first: date, last: date | None) -> tuple[date, date]:
    """First and last day on which it may have happened: what the bounds do not already span lies to both sides."""
    last = last or first
    width = vocabulary("date_precision")[precision].extra.get("days", SHOWN_AS_UNKNOWN_DAYS)
    slack = timedelta(days=max(int(width) - (last - first).days - 1, 0))
    return first - slack, last + slack


def tells_nearby(first: date, last: date, radius_km: float) -> bool:
    """Is this narrow enough for "an operation nearby" to mean something?"""
    return radius_km <= NEARBY_KM and (last - first).days < 2 * NEARBY_DAYS


def cover(areas: Sequence[Area], precision: str = "exact") -> tuple[float, float, float]:
    """(lon, lat, reach in km) of a circle that holds all of them with the slack of their precision: for an index."""
    lon0, _ = areas[0].points[0]
    turned = [(_turn(lon, lon0), lat) for area in areas for lon, lat in area.points]
    lon = (min(lon for lon, _ in turned) + max(lon for lon, _ in turned)) / 2
    lat = (min(lat for _, lat in turned) + max(lat for _, lat in turned)) / 2
    lon = (lon + 180) % 360 - 180
    reach = max(km(lon, lat, *point) + area.width_km for area in areas for point in area.points)
    # The legs of a corridor are straight on the map, not on the sphere: what that can add is far below this margin.
    margin = 0.1 + reach * 0.03 if len(turned) > 1 else 0.0
    return lon, lat, reach + margin + slack_km(precision)


def km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Along the great circle."""
    one, two = math.radians(lat), math.radians(other_lat)
    half = math.radians(other_lon - lon) / 2
    chord = math.sin((two - one) / 2) ** 2 + math.cos(one) * math.cos(two) * math.sin(half) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def _to_leg(lon: float, lat: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Distance to a leg: the nearest point of it by a flat map around the point, its distance by the sphere."""
    flat = math.cos(math.radians(lat))
    begun = _turn(start[0], lon)
    ended = _turn(end[0], begun)
    ax, ay = (begun - lon) * flat, start[1] - lat
    bx, by = (ended - lon) * flat, end[1] - lat
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = min(max(-(ax * (bx - ax) + ay * (by - ay)) / length, 0.0), 1.0) if length else 0.0
    return km(lon, lat, begun + share * (ended - begun), start[1] + share * (end[1] - start[1]))


def _turn(lon: float, around: float) -> float:
    """The same meridian, written within 180 degrees of `around`: 179 and -179 are neighbours."""
    return around + (lon - around + 180) % 360 - 180


def uncovered(first: date, last: date, received: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The days of `first`..`last` for which no log was received, as spans in order."""
    found: list[tuple[date, date]] = []
    at = first
    for begins, ends in sorted(received):
        if begins > last or at > last:
            break
        if begins > at:
            found.append((at, begins - timedelta(days=1)))
        at = max(at, ends + timedelta(days=1))
    if at <= last:
        found.append((at, last))
    return found
