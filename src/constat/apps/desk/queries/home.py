"""The first page of the day, made for the posts a person holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from constat.apps.desk.queries.answer import Waiting, waiting
from constat.apps.desk.queries.coverage import Coverage, coverage
from constat.apps.desk.queries.records import (
    Counted,
    Harm,
    area_names,
    counted,
    finest_area,
    incidents,
    killed_between,
    reports,
    scoped,
)
from constat.apps.desk.queries.worklist import (
    Task,
    Worklist,
    assigned,
    kinds_for,
    paused,
    safety_holds,
    worklist,
)
from constat.apps.desk.scopes import Scope
from constat.apps.desk.words import label
from constat.rules.visibility import Viewer

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One record in a short list."""

    code: str
    url: str
    what: str
    where: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Season:
    """A number of the last days beside the same days a year earlier: seasons matter more than last month."""

    now: Counted
    year_before: Counted


@dataclass(frozen=True, slots=True)
class Changes:
    """Since the same hour yesterday."""

    since: datetime
    reports: Counted
    incidents: Counted
    newest_reports: Sequence[Line]
    newest_incidents: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Three at most. `killed` is of our own force, over thirty days; `age` is the newest change behind the numbers."""

    list: Worklist
    killed: Harm | None
    killed_year_before: Harm | None
    received: Season | None
    newest: datetime | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Home:
    """`works`: has a worklist. `records`: may write a report down. `own_reports`: what the viewer wrote down before."""

    at: datetime
    works: bool
    records: bool
    holds: Sequence[Task]
    list: Worklist
    paused: Sequence[Task]
    mine: Worklist
    changes: Changes
    numbers: Numbers | None
    coverage: Coverage
    own_reports: Sequence[Line]
    answer: Sequence[Waiting]


def home(viewer: Viewer, *, at: datetime, language: str) -> Home:
    works = bool(kinds_for(viewer))
    everything = worklist(viewer, at=at, limit=15)
    return Home(
        at=at,
        works=works,
        records="reports.record" in viewer.permissions,
        holds=safety_holds(viewer, at=at),
        list=everything,
        paused=paused(viewer, at=at),
        mine=assigned(viewer, at=at, limit=6),
        changes=changes(viewer, at=at),
        numbers=_numbers(viewer, everything, at) if works else None,
        coverage=coverage(viewer, at=at, language=language),
        own_reports=() if works else own_reports(viewer, at=at),
        answer=waiting(viewer, at=at),
    )


def own_reports(viewer: Viewer, *, at: datetime, limit: int = 12) -> Sequence[Line]:
    """What this person wrote down, newest first, and where it stands now."""
    rows = list(
        reports(viewer, at=at).filter(recorded_by_id=int(viewer.key)).order_by("-received_at", "-id")[:limit]
    )
    return _report_lines(rows)


def changes(viewer: Viewer, *, at: datetime, limit: int = 6) -> Changes:
    since = at - timedelta(days=1)
    new = (
        reports(viewer, at=at)
        .filter(received_at__gte=since, received_at__lte=at)
        .order_by("-received_at", "-id")
    )
    touched = (
        incidents(viewer, at=at)
        .filter(updated_at__gte=since, updated_at__lte=at)
        .order_by("-updated_at", "-id")
    )
    reads_reports = "reports.read" in viewer.permissions
    reads_incidents = "incidents.read" in viewer.permissions
    return Changes(
        since=since,
        reports=counted(new) if reads_reports else Counted(0),
        incidents=counted(touched) if reads_incidents else Counted(0),
        newest_reports=_report_lines(list(new[:limit])) if reads_reports else (),
        newest_incidents=_incident_lines(list(touched[:limit])) if reads_incidents else (),
    )


def _numbers(viewer: Viewer, everything: Worklist, at: datetime) -> Numbers:
    last, first = at.date(), (at - MONTH).date()
    own = scoped(incidents(viewer, at=at), Scope.OWN)
    known = "incidents.read" in viewer.permissions
    received = reports(viewer, at=at) if "reports.read" in viewer.permissions else None
    newest = (
        received.order_by("-received_at").values_list("received_at", flat=True).first()
        if received is not None
        else None
    )
    return Numbers(
        list=everything,
        killed=killed_between(own, first, last) if known else None,
        killed_year_before=killed_between(own, year_before(first), year_before(last)) if known else None,
        received=season(received, at) if received is not None else None,
        newest=newest,
        first=first,
        last=last,
    )


def season(received: object, at: datetime) -> Season:
    """Reports of the last seven days, and of the same seven days a year before."""

    def within(end: datetime) -> Counted:
        return counted(received.filter(received_at__gt=end - WEEK, received_at__lte=end))  # type: ignore[attr-defined]

    return Season(within(at), within(at - timedelta(days=364)))  # 52 weeks: the same day of the week


def year_before(day: date) -> date:
    """The same day a year earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _report_lines(rows: list) -> Sequence[Line]:  # type: ignore[type-arg]
    names = area_names(finest_area(row) for row in rows)
    return tuple(
        Line(row.code, reverse("reports:page", args=[row.code]), label("channel", row.channel),
             names.get(finest_area(row), ""), row.state, row.received_at)
        for row in rows
    )  # fmt: skip


def _incident_lines(rows: list) -> Sequence[Line]:  # type: ignore[type-arg]
    names = area_names(finest_area(row) for row in rows)
    return tuple(
        Line(row.code, reverse("incidents:page", args=[row.code]), label("incident_type", row.incident_type),
             names.get(finest_area(row), ""), row.state, row.updated_at)
        for row in rows
    )  # fmt: skip
