"""Harm to civilians read from the store for two quarters at once: what was documented, to whom, by whom, where.

Counted: incidents that stand (not merged away, not closed as a duplicate), by anybody. `verified`: graded confirmed or fair.
Where an incident is counted: in the quarter it happened in, when it was verified up to GRACE after that quarter ended;
otherwise in the quarter of its verification, once, and marked late (rules.periods).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from constat.apps.incidents.models import Attribution, HarmLine, Incident
from constat.apps.publication.compose.periods import Span, midnight
from constat.rules.periods import Period, place
from constat.rules.tally import NOTHING, Range, Tally, total
from constat.rules.vocabulary import vocabulary

# Time to verify what happened at the end of a quarter before its note is closed. A default, not a regulation.
GRACE = timedelta(days=30)
VERIFIED = frozenset({"confirmed", "fair"})  # vocabulary "grade"
FIGHTERS = frozenset({"armed_forces_member", "participating_in_hostilities"})  # vocabulary "person_status"
MERGED, DUPLICATE, UNKNOWN, PERSONS = "merged", "duplicate", "unknown", "persons"
SEVERAL, UNATTRIBUTED = "several", "unattributed"  # vocabulary "perpetrator_group"

# What a note adds up, and the topmost harms in each. Each harm is in one of them at most.
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "killed": ("death",),
    "abducted": ("abduction", "missing_disappeared"),
    "injured": ("injury",),
    "detained": ("detention_arbitrary",),
}


def _category_of() -> dict[str, str]:
    words = vocabulary("harm")
    tops = {top: name for name, harms in CATEGORIES.items() for top in harms}
    return {code: tops[one] for code in words for one in (code, *words.ancestors(code)) if one in tops}


CATEGORY_OF = _category_of()
CHILD_BANDS = frozenset(
    code for code in vocabulary("age_band") if "child" in (code, *vocabulary("age_band").ancestors(code))
)


@dataclass(frozen=True)
class Line:
    harm: str
    sex: str
    age_band: str
    status: str
    range: Range
    is_total: bool

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(name for name in ("sex", "age_band", "status") if getattr(self, name) != UNKNOWN)


@dataclass
class Harm:
    """One quarter. Tallies by category; `by_*`: (bucket, category) -> tally. Several quarters never share one."""

    killed_injured: dict[str, list[Range]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[tuple[str, str], list[Range]] = field(default_factory=lambda: defaultdict(list))
    regions: dict[tuple[str, str], list[Range]] = field(default_factory=lambda: defaultdict(list))
    women: dict[str, list[Range]] = field(default_factory=lambda: defaultdict(list))
    children: dict[str, list[Range]] = field(default_factory=lambda: defaultdict(list))
    unverified: dict[str, list[Range]] = field(default_factory=lambda: defaultdict(list))
    late: int = 0
    incidents: int = 0

    def tally(self, category: str) -> Tally:
        return total(self.killed_injured[category])


def harm(spans: Sequence[Span], at: datetime) -> dict[str, Harm]:
    """Code of the quarter -> its harm. Four queries for all quarters together."""
    periods = [Period(span.code, span.first, span.last) for span in spans]
    first, after = min(span.first for span in spans), max(span.after for span in spans)
    rows = list(_incidents(first, after, at).values_list("pk", "starts_on", "grade", "graded_at", "adm1"))
    placed = {row[0]: _place(row, periods, at) for row in rows}
    wanted = {pk: one for pk, one in placed.items() if one is not None}
    lines = _lines(first, after, at, wanted)
    groups = _groups(first, after, at)
    found = {span.code: Harm() for span in spans}
    for pk, _starts, _grade, _graded, adm1 in rows:
        if pk in wanted:
            code, late, verified = wanted[pk]
            _add(found[code], lines.get(pk, ()), verified, late, groups.get(pk, UNATTRIBUTED), adm1)
    return found


def _incidents(first: date, after: date, at: datetime) -> Any:
    return Incident.objects.filter(_within(first, after, at))


def _within(first: date, after: date, at: datetime, prefix: str = "") -> Q:
    """Incidents that may be counted between two days; `prefix` for a table that points at them."""
    happened = Q(**{f"{prefix}starts_on__gte": first, f"{prefix}starts_on__lt": after})
    verified = Q(
        **{f"{prefix}graded_at__gte": midnight(first), f"{prefix}graded_at__lt": midnight(after + 2 * GRACE)}
    )
    stands = ~Q(**{f"{prefix}state": MERGED}) & ~Q(
        **{f"{prefix}state": "closed", f"{prefix}closure_reason": DUPLICATE}
    )
    return (happened | verified) & stands & Q(**{f"{prefix}opened_at__lte": at})


def _place(row: tuple[Any, ...], periods: Sequence[Period], at: datetime) -> tuple[str, bool, bool] | None:
    """(quarter, late, verified); None outside every quarter."""
    _pk, starts, grade, graded, _adm1 = row
    verified = grade in VERIFIED and graded is not None and graded <= at
    if verified:
        day = graded.date()
        # A quarter stays open for GRACE, so a verification counts as made that much earlier.
        effective = max(starts or day, day - GRACE)
        found = place(starts or day, effective, periods)
    else:
        found = place(starts, starts, periods) if starts else None
    return None if found is None else (found.period.code, found.late, verified)


def _lines(first: date, after: date, at: datetime, wanted: Mapping[int, Any]) -> dict[int, list[Line]]:
    rows = HarmLine.objects.filter(
        _within(first, after, at, "incident__"), unit=PERSONS, harm__in=list(CATEGORY_OF)
    ).values_list(
        "incident_id", "harm", "sex", "age_band", "status", "minimum", "best", "maximum", "is_total"
    )
    found: dict[int, list[Line]] = defaultdict(list)
    for pk, code, sex, age, status, low, best, high, is_total in rows.iterator(chunk_size=5000):
        if pk in wanted:
            found[pk].append(Line(code, sex, age, status, Range(low, best, high), is_total))
    return found


def _groups(first: date, after: date, at: datetime) -> dict[int, str]:
    """incident -> perpetrator group, by the attributions that stand."""
    words = vocabulary("perpetrator_group")
    stands = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at)
    rows = Attribution.objects.filter(
        _within(first, after, at, "incident__"), stands, at__lte=at, actor__isnull=False
    ).values_list("incident_id", "actor__kind")
    kinds: dict[int, set[str]] = defaultdict(set)
    for pk, kind in rows.iterator(chunk_size=5000):
        kinds[pk].add(words.from_mapping("actor_type", kind).code)
    return {pk: next(iter(found)) if len(found) == 1 else SEVERAL for pk, found in kinds.items()}


def _add(harm_: Harm, lines: Sequence[Line], verified: bool, late: bool, group: str, adm1: str) -> None:
    if verified:
        harm_.incidents += 1
        harm_.late += late
    for category in CATEGORIES:
        mine = [line for line in lines if CATEGORY_OF[line.harm] == category]
        civilians = victims(mine)
        if civilians is None:
            continue
        if not verified:
            harm_.unverified[category].append(civilians)
            continue
        harm_.killed_injured[category].append(civilians)
        harm_.groups[group, category].append(civilians)
        harm_.regions[adm1 or UNKNOWN, category].append(civilians)
        for store, chosen in (
            (harm_.women, [line for line in mine if line.sex == "woman"]),
            (harm_.children, [line for line in mine if line.age_band in CHILD_BANDS]),
        ):
            part = _part(chosen)
            if part is not None:
                store[category].append(part)


def victims(lines: Sequence[Line]) -> Range | None:
    """Civilians and people whose status nobody knows, of one category of one incident; None without a line.

    Fighters are taken out where a part says how many they were. As wide as it must be, never narrower.
    """
    whole = [line.range for line in lines if line.is_total and line.status not in FIGHTERS]
    if not whole:
        return None
    fighters = [
        line.range
        for line in lines
        if not line.is_total and line.parts == ("status",) and line.status in FIGHTERS
    ]
    return _without(_sum(whole), _sum(fighters)) if fighters else _sum(whole)


def _sum(ranges: Iterable[Range]) -> Range:
    ranges = list(ranges)
    return sum(ranges[1:], ranges[0])


def _without(whole: Range, part: Range) -> Range:
    low = max(0, whole.min - part.max) if part.max is not None else 0
    high = None if whole.max is None else max(low, whole.max - part.min)
    best = None if whole.best is None or part.best is None else max(low, whole.best - part.best)
    return Range(low, best if best is None or high is None else min(best, high), high)


def _part(lines: Sequence[Line]) -> Range | None:
    """One way of breaking down, the coarsest there is: women by age and women at all are the same women."""
    lines = [line for line in lines if line.status not in FIGHTERS]
    if not lines:
        return None
    totals = [line for line in lines if line.is_total]
    if totals:
        return _sum(line.range for line in totals)
    coarsest = min((line.parts for line in lines), key=lambda parts: (len(parts), parts))
    return _sum(line.range for line in lines if line.parts == coarsest)


def combined(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, NOTHING)
