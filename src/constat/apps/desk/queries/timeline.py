"""Events by month or week with their ranges: one scope at a time, and what may not be compared is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.urls import reverse

from constat.apps.desk.filters import Filters
from constat.apps.desk.queries.records import Monday, Month, countable, incidents, killed, scoped, tally_of
from constat.rules.tally import NOTHING, Tally
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

MOST_PERIODS = 160  # three years of weeks; more is a line that nobody can read


@dataclass(frozen=True, slots=True)
class Bin:
    """One month or week. `incidents`: all that began in it; `tally.n`: those behind the range; both are clickable."""

    start: date
    incidents: int
    tally: Tally
    url: str
    methodologies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """`breaks`: first days of the bins in which the methodology changes. `coarse`: incidents dated worse than a bin."""

    by: str
    bins: Sequence[Bin]
    undated: int
    coarse: int
    breaks: Sequence[date]
    methodologies: Sequence[str]
    newest: datetime | None
    cut: bool


def timeline(viewer: Viewer, *, filters: Filters, by: str, at: datetime) -> Timeline:
    """by: 'month' or 'week'."""
    everything = countable(scoped(incidents(viewer, at=at), filters.scope))
    found = filters.apply(everything)
    cut = Month("starts_on") if by == "month" else Monday("starts_on")
    rows = (
        found.filter(starts_on__isnull=False)
        .annotate(bin=cut)
        .values("bin")
        .annotate(
            n=Count("id"), first_method=Min("methodology"), last_method=Max("methodology"), newest=Max("updated_at"),
            coarse=Count("id", filter=Q(date_precision__in=_coarser_than(by))), **killed(),
        )
        .order_by("-bin")[: MOST_PERIODS + 1]
    )  # fmt: skip
    newest_first = list(rows)
    shown = newest_first[:MOST_PERIODS][::-1]
    bins = _with_gaps([_bin(row, by, filters) for row in shown], by, filters)
    return Timeline(
        by=by,
        bins=bins,
        undated=_undated(everything, filters),
        coarse=sum(row["coarse"] for row in shown),
        breaks=_breaks(bins),
        methodologies=tuple(sorted({method for one in bins for method in one.methodologies})),
        newest=max((row["newest"] for row in shown), default=None),
        cut=len(newest_first) > MOST_PERIODS,
    )


def _undated(queryset: Any, filters: Filters) -> int:
    """Incidents without any day cannot stand on a line of time: said beside it, capped."""
    timeless = Filters(scope=filters.scope, type=filters.type, grade=filters.grade)
    return timeless.apply(queryset).filter(starts_on__isnull=True).order_by()[:1001].count()


def _coarser_than(by: str) -> tuple[str, ...]:
    """Date precisions that spread over more than one bin."""
    longest = 31 if by == "month" else 7
    return tuple(
        term.code for term in vocabulary("date_precision").values() if term.extra.get("days", 366) > longest
    )


def _bin(row: dict[str, Any], by: str, filters: Filters) -> Bin:
    start = date.fromisoformat(row["bin"] + ("-01" if by == "month" else ""))
    methods = tuple(sorted({row["first_method"], row["last_method"]}))
    return Bin(start, row["n"], tally_of(row), _url(start, by, filters), methods)


def _url(start: date, by: str, filters: Filters) -> str:
    """The same incidents as a list: the table of the map page, narrowed to this bin."""
    narrowed = Filters(
        filters.scope, start, following(start, by) - timedelta(days=1), "", filters.type, filters.grade
    )
    return f"{reverse('desk:map')}?{narrowed.query()}"


def following(start: date, by: str) -> date:
    if by == "week":
        return start + timedelta(days=7)
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def _with_gaps(bins: list[Bin], by: str, filters: Filters) -> tuple[Bin, ...]:
    """A month in which nothing was recorded is shown, with nothing: a line that skips it would lie."""
    filled: list[Bin] = []
    for one in bins:
        while filled and (start := following(filled[-1].start, by)) < one.start:
            filled.append(Bin(start, 0, NOTHING, _url(start, by, filters), ()))
        filled.append(one)
    return tuple(filled)


def _breaks(bins: Sequence[Bin]) -> tuple[date, ...]:
    found: list[date] = []
    before: tuple[str, ...] = ()
    for one in bins:
        if one.methodologies:
            if before and one.methodologies != before:
                found.append(one.start)
            before = one.methodologies
    return tuple(found)
