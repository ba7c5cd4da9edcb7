"""Of which days the logs of which units are here. "Nothing found" is worth what was searched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from constat.apps.operations.models import ActivityLog
from constat.apps.register.models import Unit
from constat.rules.overlap import uncovered


@dataclass(frozen=True)
class LogSpan:
    """`unit`: its name. `reason`: of a missing one, vocabulary "log_gap_reason"; "" when nobody said."""

    unit: str
    unit_code: str
    first: date
    last: date
    reason: str = ""

    @property
    def period(self) -> tuple[date, date]:
        return self.first, self.last


@dataclass(frozen=True)
class Coverage:
    searched: tuple[LogSpan, ...]
    missing: tuple[LogSpan, ...]


def expected_units(first: date, last: date) -> list[Unit]:
    """Own units that stood at some time of these days and keep a log: those without parts, and those that once had one."""
    stood = (Q(valid_from__isnull=True) | Q(valid_from__lte=last)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gt=first)
    )
    above = set(Unit.objects.filter(parent__isnull=False).values_list("parent_id", flat=True))
    logged = (
        set(ActivityLog.objects.filter(unit_id__in=above).values_list("unit_id", flat=True))
        if above
        else set()
    )
    rows = Unit.objects.filter(stood, actor__is_own=True).order_by(F("name"))
    return [row for row in rows if row.pk not in above or row.pk in logged]


def coverage(first: date, last: date) -> Coverage:
    """Both lists by unit, then by day. A day counts as missing unless somebody said that its log was received."""
    rows = ActivityLog.objects.filter(withdrawn_at__isnull=True, first_day__lte=last, last_day__gte=first)
    by_unit: dict[int, list[ActivityLog]] = {}
    for row in rows.order_by("first_day", "pk"):
        by_unit.setdefault(row.unit_id, []).append(row)
    searched: list[LogSpan] = []
    missing: list[LogSpan] = []
    for unit in expected_units(first, last):
        begins = max(first, unit.valid_from or first)
        ends = min(last, date.fromordinal(unit.valid_to.toordinal() - 1) if unit.valid_to else last)
        entries = by_unit.get(unit.pk, [])
        received = [(one.first_day, one.last_day) for one in entries if one.state == "received"]
        gaps = uncovered(begins, ends, received)
        searched += [LogSpan(unit.name, unit.code, *one) for one in _between(begins, ends, gaps)]
        missing += [LogSpan(unit.name, unit.code, *one, _reason(one, entries)) for one in gaps]
    return Coverage(tuple(searched), tuple(missing))


def _between(first: date, last: date, gaps: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The days that are covered are those outside the gaps."""
    return uncovered(first, last, gaps)


def _reason(gap: tuple[date, date], entries: Iterable[ActivityLog]) -> str:
    for one in entries:
        if one.state == "missing" and one.first_day <= gap[1] and one.last_day >= gap[0]:
            return one.reason
    return ""
