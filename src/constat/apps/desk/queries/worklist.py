"""What waits, in the order in which time runs out: reports and incidents in one list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from constat.apps.desk.queries.records import Counted, area_names, counted, finest_area, incidents, reports
from constat.apps.desk.scopes import OWN_INVOLVEMENTS
from constat.apps.desk.words import SAFETY_HOLD, label
from constat.apps.incidents.models import IncidentPause
from constat.apps.reports.models import ReportPause
from constat.rules import deadlines
from constat.rules.visibility import Viewer
from constat.ui.shapes import Clock

WORKS_ON_REPORTS = ("reports.triage", "reports.link")
WORKS_ON_INCIDENTS = ("incidents.build", "incidents.grade", "incidents.close")
KINDS = ("incident", "report")  # in one list of equal moments, incidents stand first


@dataclass(frozen=True, slots=True)
class Task:
    """One record that waits for somebody. `own`: our own force may be involved. `mine`: it is the viewer's to do."""

    kind: str
    code: str
    url: str
    what: str
    where: str
    state: str
    clock: Clock
    own: bool
    mine: bool
    danger: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    """`overdue` and `running` are capped counts of the whole list, not of this page."""

    tasks: Sequence[Task]
    overdue: Counted
    running: Counted
    next: str = ""  # where the following page starts


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the two kinds of record are read alike."""

    name: str
    route: str
    state_vocabulary: str
    pauses: Any
    key: str

    def queryset(self, viewer: Viewer, at: datetime) -> "QuerySet[Any]":
        records = reports(viewer, at=at) if self.name == "report" else incidents(viewer, at=at)
        return records.filter(due_at__isnull=False)


REPORTS = _Kind("report", "reports:page", "report_state", ReportPause, "report")
INCIDENTS = _Kind("incident", "incidents:page", "incident_state", IncidentPause, "incident")


def kinds_for(viewer: Viewer) -> tuple[_Kind, ...]:
    """What this person works on. Who only reads has no worklist: it would not be theirs."""
    held = viewer.permissions
    chosen: list[_Kind] = []
    if any(permission in held for permission in WORKS_ON_INCIDENTS):
        chosen.append(INCIDENTS)
    if any(permission in held for permission in WORKS_ON_REPORTS):
        chosen.append(REPORTS)
    return tuple(chosen)


def worklist(viewer: Viewer, *, at: datetime, limit: int = 20, after: str = "", mine: bool = False,
             count: bool = True) -> Worklist:  # fmt: skip
    """Running clocks, soonest first; those that stand still are in `paused`. `after`: the `next` of the page before.

    `count`: also how many there are in all; a page that does not show it should not ask.
    """
    kinds = kinds_for(viewer)
    found: list[tuple[datetime, str, int, _Kind, Any]] = []
    running = {kind: _running(kind, viewer, at, mine) for kind in kinds}
    for kind, queryset in running.items():
        page = _after(queryset, kind, after).order_by("due_at", "id")
        found += [(row.due_at, kind.name, row.pk, kind, row) for row in page[: limit + 1]]
    found.sort(key=lambda entry: entry[:3])
    shown = found[:limit]
    following = f"{shown[-1][0].isoformat()}~{shown[-1][1]}~{shown[-1][2]}" if len(found) > limit else ""
    return Worklist(
        tasks=_tasks([(kind, row) for _, _, _, kind, row in shown], viewer, at),
        overdue=_sum(counted(queryset.filter(due_at__lt=at)) for queryset in running.values() if count),
        running=_sum(counted(queryset) for queryset in running.values() if count),
        next=following,
    )


def paused(viewer: Viewer, *, at: datetime, limit: int = 10) -> Sequence[Task]:
    """Clocks that stand still, each with the reason, soonest due first."""
    found: list[tuple[_Kind, Any]] = []
    reasons: dict[tuple[str, int], str] = {}
    for kind in kinds_for(viewer):
        # From the few open pauses to their records: asked the other way round, every running clock is looked at.
        open_now = kind.pauses.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)
        standing = kind.queryset(viewer, at).filter(
            _standing(kind, at), pk__in=open_now.values(f"{kind.key}_id")
        )
        rows = sorted(standing.order_by(), key=lambda row: (row.due_at, row.pk))[:limit]
        found += [(kind, row) for row in rows]
        reasons |= _reasons(kind, rows, at)
    found.sort(key=lambda pair: pair[1].due_at)
    return _tasks(found[:limit], viewer, at, reasons)


def safety_holds(viewer: Viewer, *, at: datetime, limit: int = 20) -> Sequence[Task]:
    """Somebody may be in danger: shown above everything else, whatever its clock says."""
    if "reports.triage" not in viewer.permissions:
        return ()
    rows = reports(viewer, at=at).filter(state=SAFETY_HOLD).order_by("due_at", "id")[:limit]
    return _tasks([(REPORTS, row) for row in rows], viewer, at)


def assigned(viewer: Viewer, *, at: datetime, limit: int = 10) -> Worklist:
    """The viewer's own assignments that have a clock, soonest first."""
    return worklist(viewer, at=at, limit=limit, mine=True, count=False)


def _running(kind: _Kind, viewer: Viewer, at: datetime, mine: bool) -> "QuerySet[Any]":
    queryset = kind.queryset(viewer, at).exclude(_standing(kind, at))
    return queryset.filter(assigned_to_id=int(viewer.key)) if mine else queryset


def _standing(kind: _Kind, at: datetime) -> Exists:
    """Is the clock that runs now paused at this moment?"""
    pauses = kind.pauses.objects.filter(
        **{kind.key: OuterRef("pk")}, clock=OuterRef("clock"), starts_at__lte=at
    )
    return Exists(pauses.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)))


def _after(queryset: "QuerySet[Any]", kind: _Kind, after: str) -> "QuerySet[Any]":
    """Continue behind a place in the list. A bookmark that cannot be read starts at the top."""
    try:
        moment, name, number = after.split("~")
        due, last = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return queryset
    if due.tzinfo is None or name not in KINDS:
        return queryset
    if kind.name == name:
        return queryset.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=last))
    later = KINDS.index(kind.name) > KINDS.index(name)
    return queryset.filter(due_at__gte=due) if later else queryset.filter(due_at__gt=due)


def _reasons(kind: _Kind, rows: Sequence[Any], at: datetime) -> dict[tuple[str, int], str]:
    if not rows:
        return {}
    standing = kind.pauses.objects.filter(**{f"{kind.key}__in": rows}, starts_at__lte=at)
    pairs = standing.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).values_list(
        f"{kind.key}_id", "reason"
    )
    return {(kind.name, number): label("pause_reason", reason) for number, reason in pairs}


def _tasks(rows: "Sequence[tuple[_Kind, Any]]", viewer: Viewer, at: datetime,
           reasons: Mapping[tuple[str, int], str] | None = None) -> tuple[Task, ...]:  # fmt: skip
    names = area_names(finest_area(row) for _, row in rows)
    reasons = reasons or {}
    return tuple(
        _task(kind, row, viewer, at, names, reasons.get((kind.name, row.pk), "")) for kind, row in rows
    )


def _task(kind: _Kind, row: Any, viewer: Viewer, at: datetime, names: Mapping[str, str], reason: str) -> Task:
    return Task(
        kind=kind.name,
        code=row.code,
        url=reverse(kind.route, args=[row.code]),
        what=label("incident_type", row.incident_type),
        where=names.get(finest_area(row), ""),
        state=row.state,
        clock=clock_of(row, at, reason),
        own=row.involvement in OWN_INVOLVEMENTS,
        mine=row.assigned_to_id == int(viewer.key),
        danger=getattr(row, "in_danger", "") == "yes",
    )


def clock_of(row: Any, at: datetime, paused_because: str = "") -> Clock:
    """A record's stored deadline as the clock component draws it."""
    words = label("clock", row.clock)
    if row.due_at is None:
        return Clock("on_time", words)
    if paused_because:
        return Clock("paused", words, row.due_at, None, paused_because)
    left = row.due_at - at
    return Clock(_state(left, row.clock), words, row.due_at, left)


def _state(left: timedelta, code: str) -> str:
    if left < timedelta(0):
        return deadlines.ClockState.OVERDUE
    warning = deadlines.clock(code).warning if code else timedelta(0)
    return deadlines.ClockState.DUE_SOON if left <= warning else deadlines.ClockState.ON_TIME


def _sum(parts: Any) -> Counted:
    total = Counted(0)
    for part in parts:
        total = Counted(total.n + part.n, total.capped or part.capped)
    return total
