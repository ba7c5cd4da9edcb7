"""Fetchers of whole pages: the list, one operation, the coverage of logs, the funnel, a file that was brought in."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.operations import pages, search
from constat.apps.operations.coverage import coverage, expected_units
from constat.apps.operations.errors import OperationNotFound
from constat.apps.operations.models import (
    ActivityLog,
    Encounter,
    Exposure,
    LogFile,
    LogFileProblem,
    Operation,
    OperationRevision,
)
from constat.apps.operations.queries import get
from constat.apps.operations.reading import draft_of
from constat.apps.register.models import AdminArea
from constat.rules import escalation
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Moment, Pager

PAGE = 25
CAP = 1000  # counting further costs a walk of the table and tells nobody anything
MONTHS = 12
PROBLEMS_SHOWN = 500
# Column of a revision -> the vocabulary of its words.
WORDS = {"kind": "operation_type", "phase": "operation_phase", "planning": "operation_planning", "fire": "fire_mode",
         "place_precision": "place_precision", "time_precision": "date_precision"}  # fmt: skip


def language() -> str:
    return get_language() or "fr"


@dataclass(frozen=True)
class Filters:
    """first, last: days on which it began. withdrawn: only those that were taken back."""

    kind: str = ""
    unit: str = ""
    first: date | None = None
    last: date | None = None
    area: str = ""
    force: bool = False
    withdrawn: bool = False

    def apply(self, rows: QuerySet[Operation]) -> QuerySet[Operation]:
        rows = rows.filter(withdrawn_at__isnull=not self.withdrawn)
        wanted = {"kind": self.kind, "unit__code": self.unit, "adm1": self.area}
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        here = timezone.get_current_timezone()
        if self.first:
            rows = rows.filter(starts_at__gte=datetime.combine(self.first, time(0), here))
        if self.last:
            rows = rows.filter(starts_at__lt=datetime.combine(self.last + timedelta(days=1), time(0), here))
        return rows.filter(force__gt=0) if self.force else rows


def _readable(viewer: Viewer) -> QuerySet[Operation]:
    rows = Operation.objects.all()
    return rows if Permission.OPERATIONS_READ in viewer.permissions else rows.none()


def listing(
    viewer: Viewer,
    *,
    at: datetime,
    filters: Filters,
    cursor: str = "",
    link: Callable[[str], str] | None = None,
) -> pages.ListPage:
    """One page, latest first. `link`: cursor -> address."""
    found = filters.apply(_readable(viewer)).order_by("-starts_at", "-id")
    total = found.order_by().values("pk")[: CAP + 1].count()
    rows = list(_after(found, cursor).select_related("unit")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    older = f"{rows[-1].starts_at.isoformat()}_{rows[-1].pk}" if more else ""
    pager = Pager(
        newer=link("") if link and cursor else "", older=link(older) if link and older else "", shown=len(rows),
        total=min(total, CAP), capped=total > CAP,
    )  # fmt: skip
    names = _area_names(code for row in rows for code in (row.adm1, row.adm2))
    return pages.ListPage([_row(row, names) for row in rows], pager)


def _after(rows: QuerySet[Operation], cursor: str) -> QuerySet[Operation]:
    moment, _bar, pk = cursor.partition("_")
    try:
        edge = (datetime.fromisoformat(moment), int(pk)) if cursor else None
    except ValueError:
        edge = None
    if edge is None or edge[0].utcoffset() is None:
        return rows
    return rows.filter(Q(starts_at__lt=edge[0]) | Q(starts_at=edge[0], pk__lt=edge[1]))


def _area_names(codes: Iterable[str]) -> dict[str, str]:
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    arabic = language() == "ar"
    rows = (
        AdminArea.objects.filter(code__in=wanted)
        .order_by("valid_from")
        .values_list("code", "name", "name_ar")
    )
    return {code: name_ar if arabic and name_ar else name for code, name, name_ar in rows}


def _row(row: Operation, names: dict[str, str]) -> pages.Row:
    areas = [names[code] for code in (row.adm2, row.adm1) if code in names]
    return pages.Row(
        code=row.code, kind=row.kind, unit=row.unit.name, starts_at=row.starts_at, ends_at=row.ends_at,
        time_precision=row.time_precision, place=row.place_text, precision=row.place_precision, area=", ".join(areas),
        force=search.FORCE[row.force], withdrawn=row.withdrawn_at is not None,
    )  # fmt: skip


def page(viewer: Viewer, code: str, *, at: datetime) -> pages.Page:
    """Raises OperationNotFound."""
    row = get(viewer, code, at=at)
    draft = draft_of(row)
    wanted = str(vocabulary("operation_type")[row.kind].extra["exposure"])
    return pages.Page(
        row=_row(row, _area_names((row.adm1, row.adm2))), unit_code=draft.unit, zone=row.zone, lon=draft.lon,
        lat=draft.lat, radius_km=row.radius_km, path=draft.path, phase=row.phase, tasking=row.tasking,
        kinetic=row.kinetic, domains=row.domains, partners=row.partners, supported_force=row.supported_force,
        planning=row.planning, fire=row.fire, warning_given=row.warning_given, recordings=row.recordings,
        rules_card=row.rules_card, risk_sheet=row.risk_sheet, exposures=list(draft.exposures.items()),
        exposure_wanted="" if wanted in draft.exposures else wanted, weapons=draft.weapons,
        encounters=draft.encounters, revisions=_revisions(row),
        recorded_by=row.recorded_by.display_name if row.recorded_by else "", recorded_at=row.recorded_at,
        from_file=row.log_file.filename if row.log_file else "", external_key=row.external_key,
        withdrawn_at=row.withdrawn_at, withdrawn_by=row.withdrawn_by.display_name if row.withdrawn_by else "",
        withdrawn_reason=row.withdrawn_reason, history=_history(row),
    )  # fmt: skip


def _revisions(row: Operation) -> list[pages.Revision]:
    rows = OperationRevision.objects.filter(operation=row).select_related("by").order_by("-at", "-pk")
    labels = column_labels()
    return [
        pages.Revision(
            one.at, one.by.display_name if one.by else "", one.reason,
            [(labels.get(name, name), _said(name, value)) for name, value in one.before.items()],
        )
        for one in rows
    ]  # fmt: skip


def column_labels() -> dict[str, str]:
    return {
        "unit": _("Unit"), "kind": _("Type"), "starts_at": _("Beginning"), "ends_at": _("End"), "zone": _("Time zone"),
        "time_precision": _("Precision of the time"), "lon": _("Longitude"), "lat": _("Latitude"),
        "radius_km": _("Radius in km"), "path": _("Route"), "place_text": _("Place"),
        "place_precision": _("Precision of the place"), "phase": _("Phase"), "tasking": _("Tasking"),
        "kinetic": _("Kinetic"), "domains": _("Domains"), "partners": _("Partners"),
        "supported_force": _("Supported force"), "planning": _("Planned or not"), "fire": _("Kind of fire"),
        "warning_given": _("Warning given"), "recordings": _("Recordings held"), "rules_card": _("Rules card"),
        "risk_sheet": _("Risk sheet"), "exposures": _("Exposure"), "weapons": _("Use of weapons"),
        "encounters": _("Escalation of force"),
    }  # fmt: skip


def _said(name: str, value: object) -> str:
    if value in ("", None, [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in WORDS and isinstance(value, str) and value in vocabulary(WORDS[name]):
        return vocabulary(WORDS[name]).label(value, language())
    if isinstance(value, dict):
        return ", ".join(
            f"{vocabulary('exposure_unit').label(key, language())} {one}" for key, one in value.items()
        )
    if name in {"weapons", "encounters"} and isinstance(value, list):
        return _("%(n)d lines") % {"n": len(value)}
    if isinstance(value, list):
        return "; ".join(", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value)
    return str(value)


def _history(row: Operation) -> list[Moment]:
    titles = {
        "operations.record": _("Recorded"), "operations.amend": _("Amended"), "operations.withdraw": _("Withdrawn"),
    }  # fmt: skip
    return [
        Moment(
            one.at, titles.get(one.verb, one.verb), by=one.actor.partition(" ")[2] or one.actor, kind="event"
        )
        for one in log.events_of("operation", row.code, limit=50)
    ]


# The coverage of logs


def coverage_page(viewer: Viewer, *, at: datetime, until: date | None = None) -> pages.CoveragePage:
    """Twelve months up to that of `until` (of today), own units by month."""
    today = at.date()
    last_month = (until or today).replace(day=1)
    months = [_shifted(last_month, -step) for step in range(MONTHS - 1, -1, -1)]
    first, last = months[0], min(_end(months[-1]), today)
    if Permission.OPERATIONS_READ not in viewer.permissions or last < first:
        return pages.CoveragePage(months, (), (), "", "", 0, 0, ())
    found = coverage(first, last)
    received: Counter[tuple[str, date]] = Counter()
    for span in found.searched:
        for month in months:
            received[span.unit_code, month] += _days_in(month, span.first, span.last)
    days: Counter[tuple[str, date]] = Counter(received)
    reasons: dict[tuple[str, date], str] = {}
    for span in found.missing:
        for month in months:
            if inside := _days_in(month, span.first, span.last):
                days[span.unit_code, month] += inside
                if span.reason:
                    reasons.setdefault((span.unit_code, month), span.reason)
    counted = _operations_by_month(first, last)
    lines = [
        pages.UnitLine(
            unit.name, unit.code,
            [pages.Month(month, days[unit.code, month], received[unit.code, month],
                         reasons.get((unit.code, month), ""), counted[unit.code, month]) for month in months],
        )
        for unit in expected_units(first, last)
    ]  # fmt: skip
    later = _shifted(last_month, MONTHS)
    return pages.CoveragePage(
        months, lines, _entries(first, last), earlier=_shifted(last_month, -MONTHS).isoformat(),
        later="" if last_month >= today.replace(day=1) else min(later, today.replace(day=1)).isoformat(),
        received=sum(received.values()), days=sum(days.values()), missing=found.missing,
    )  # fmt: skip


def _shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _days_in(month: date, first: date, last: date) -> int:
    return max((min(last, _end(month)) - max(first, month)).days + 1, 0)


def _operations_by_month(first: date, last: date) -> Counter[tuple[str, date]]:
    here = timezone.get_current_timezone()
    begins = datetime.combine(first, time(0), here)
    ends = datetime.combine(last + timedelta(days=1), time(0), here)
    counted: Counter[tuple[str, date]] = Counter()
    rows = Operation.objects.filter(withdrawn_at__isnull=True, starts_at__gte=begins, starts_at__lt=ends)
    by_month = rows.annotate(month=TruncMonth("starts_at", tzinfo=here)).order_by()
    for unit, month, n in by_month.values_list("unit__code", "month").annotate(Count("pk")):
        counted[unit, month.date().replace(day=1)] = n
    return counted


def _entries(first: date, last: date) -> list[pages.Entry]:
    rows = ActivityLog.objects.filter(first_day__lte=last, last_day__gte=first)
    rows = rows.select_related("unit", "recorded_by").order_by("-recorded_at", "-pk")[:100]
    return [
        pages.Entry(
            one.pk, one.unit.name, one.first_day, one.last_day, one.state, one.reason, one.note, one.brought_by,
            one.sha256, one.recorded_by.display_name if one.recorded_by else "", one.recorded_at, one.withdrawn_reason,
            one.withdrawn_at is not None,
        )
        for one in rows
    ]  # fmt: skip


# The funnel of escalation of force


def funnel_page(viewer: Viewer, *, at: datetime, filters: Filters) -> pages.FunnelPage:
    """Counted from every encounter of the operations that the filter leaves."""
    operations = filters.apply(_readable(viewer))
    rows = Encounter.objects.filter(operation__in=operations)
    found = [
        escalation.Encounter(tuple(step.step for step in sorted(one.steps.all(), key=lambda step: step.position)),
                             one.outcome, one.light)
        for one in rows.prefetch_related("steps")
    ]  # fmt: skip
    counted = escalation.funnel(found)
    sums = (
        Exposure.objects.filter(operation__in=operations)
        .order_by()
        .values_list("measure")
        .annotate(Sum("quantity"))
    )
    lights = {light for stage in counted.stages for light in stage.light}
    outcomes = {outcome for stage in counted.stages for outcome in stage.outcomes}
    totals: dict[str, Decimal] = dict(sums)
    return pages.FunnelPage(
        counted, [code for code in vocabulary("light") if code in lights],
        [code for code in vocabulary("force_outcome") if code in outcomes],
        operations=rows.values("operation").distinct().count(),
        exposure={code: totals[code] for code in vocabulary("exposure_unit") if code in totals},
    )  # fmt: skip


# Files that were brought in


def file_page(viewer: Viewer, pk: int, *, at: datetime) -> pages.FilePage:
    row = None
    if Permission.OPERATIONS_IMPORT in viewer.permissions:
        row = LogFile.objects.select_related("by").filter(pk=pk).first()
    if row is None:
        raise OperationNotFound(_("There is no such file."))
    names = ("row", "severity", "field", "message")
    problems = LogFileProblem.objects.filter(log_file=row).order_by("row", "pk")
    shown: Any = list(problems.values_list(*names)[:PROBLEMS_SHOWN])
    counts = {name: getattr(row, name) for name in ("rows", "imported", "unchanged", "changed", "refused")}
    return pages.FilePage(
        row.pk, row.filename, row.sha256, row.at, row.by.display_name if row.by else "", counts, shown,
        max(0, problems.count() - PROBLEMS_SHOWN),
    )  # fmt: skip


def problems_of(viewer: Viewer, pk: int, *, at: datetime) -> Sequence[LogFileProblem]:
    """All of them, for the table to take home."""
    file_page(viewer, pk, at=at)
    return list(LogFileProblem.objects.filter(log_file_id=pk).order_by("row", "pk"))
