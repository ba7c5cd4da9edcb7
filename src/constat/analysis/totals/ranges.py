"""Reports joined into incidents, and what the joining keeps.

Reports of the same part of an incident are the same people counted twice: what one report holds certain stays certain, so the
joined minimum is the largest of the minima, and the joined maximum the largest of the maxima. Joining therefore never falls
below the largest single report. Reports of different parts are different people: they add.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from constat.analysis.errors import InputError
from constat.rules.tally import InvalidRange, Range, Tally, total

NOT_LOCATED = "(not located)"
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Report:
    """One report. areas: area -> chance that it was there, summing to 1. where: the line it came from, for errors."""

    key: str
    incident: str
    range: Range
    areas: Mapping[str, float] = field(default_factory=lambda: {NOT_LOCATED: 1.0})
    part: str = ""
    where: str = ""


@dataclass(frozen=True)
class Incident:
    """range: of all its reports together. contradicts: reports of one part whose ranges have nothing in common."""

    key: str
    range: Range
    areas: Mapping[str, float]
    reports: tuple[str, ...]
    contradicts: bool = False


def report(
    key: str, incident: str, figures: Sequence[int | None], areas: Mapping[str, float] | None = None, *,
    part: str = "", where: str = "",
) -> Report:  # fmt: skip
    """figures: min, best, max; best and max may be None. InputError names `where` what contradicts itself."""
    least, best, most = figures
    if least is None:
        raise InputError(f"{where}: no minimum. Write 0 when nobody is certain.")
    try:
        found = Range(least, best, most)
    except InvalidRange as error:
        raise InputError(f"{where}: {error}") from None
    places = dict(areas) if areas else {NOT_LOCATED: 1.0}
    if (
        any(not math.isfinite(w) or w < 0 for w in places.values())
        or abs(sum(places.values()) - 1) > TOLERANCE
    ):
        shares = ", ".join(f"{area} {w:g}" for area, w in places.items())
        raise InputError(f"{where}: the chances of the areas do not sum to 1 ({shares}).")
    return Report(key, incident, found, places, part, where)


def incidents(reports: Iterable[Report]) -> list[Incident]:
    """Reports joined, in the order in which incidents first appear. InputError for a report that stands twice."""
    groups: dict[str, list[Report]] = {}
    seen: dict[str, str] = {}
    for one in reports:
        if one.key in seen:
            raise InputError(f"{one.where}: report {one.key} stands in {seen[one.key]} too.")
        seen[one.key] = one.where
        groups.setdefault(one.incident, []).append(one)
    return [_incident(key, group) for key, group in groups.items()]


def _incident(key: str, group: Sequence[Report]) -> Incident:
    parts: dict[str, list[Range]] = {}
    for one in group:
        parts.setdefault(one.part, []).append(one.range)
    joined = [join(ranges) for ranges in parts.values()]
    whole = joined[0]
    for other in joined[1:]:
        whole = whole + other
    areas: dict[str, float] = {}
    for one in group:
        for area, weight in one.areas.items():
            areas[area] = areas.get(area, 0.0) + weight / len(group)
    return Incident(
        key, whole, {area: w for area, w in areas.items() if w > 0}, tuple(one.key for one in group),
        any(_apart(ranges) for ranges in parts.values()),
    )  # fmt: skip


def join(ranges: Sequence[Range]) -> Range:
    """The same people, reported several times."""
    least = max(one.min for one in ranges)
    most = (
        None
        if any(one.max is None for one in ranges)
        else max(one.max for one in ranges if one.max is not None)
    )
    known = [one.best for one in ranges if one.best is not None]
    best = None if not known else max(least, round(statistics.median_high(known)))
    return Range(least, best, most)


def _apart(ranges: Sequence[Range]) -> bool:
    tops = [one.max for one in ranges if one.max is not None]
    return bool(tops) and max(one.min for one in ranges) > min(tops)


def tally(found: Sequence[Incident]) -> Tally:
    """[sum of min, sum of max] with how much of it is not known: the arithmetic of the record itself."""
    return total(one.range for one in found)
