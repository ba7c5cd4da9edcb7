"""One sheet for whoever commands or leads: our own force only, no identity, no exact place, what must be decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from constat.apps.desk.queries.answer import Waiting
from constat.apps.desk.queries.answer import waiting as answered
from constat.apps.desk.queries.coverage import Coverage, coverage
from constat.apps.desk.queries.home import MONTH, year_before
from constat.apps.desk.queries.records import (
    Counted,
    Harm,
    area_names,
    counted,
    incidents,
    killed_between,
    scoped,
)
from constat.apps.desk.queries.worklist import clock_of
from constat.apps.desk.scopes import OWN_INVOLVEMENTS, Scope
from constat.apps.desk.words import IN_REVIEW, label
from constat.apps.incidents.models import Incident
from constat.rules.visibility import Viewer
from constat.rules.workflow import INCIDENT
from constat.ui.shapes import Clock

UNFINISHED = tuple(state for state in INCIDENT.states if state not in INCIDENT.final)
A_DAY = 3000  # more changes than that in a day are an import, not work


@dataclass(frozen=True, slots=True)
class Decision:
    """An incident in which our force may be involved and that waits for a decision. Region and month, no nearer."""

    code: str
    url: str
    what: str
    region: str
    month: date | None
    grade: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class Sheet:
    """`newest`: the last change of any incident behind the numbers; `newer` and `changed`: since the same hour yesterday."""

    at: datetime
    first: date
    last: date
    killed: Harm
    killed_year_before: Harm
    open: Counted
    overdue: Counted
    waiting: Counted
    decisions: Sequence[Decision]
    opened: Counted
    changed: Counted
    newest: datetime | None
    since: datetime
    coverage: Coverage
    answer: Sequence[Waiting]


def sheet(viewer: Viewer, *, at: datetime, language: str, limit: int = 8) -> Sheet:
    own = scoped(incidents(viewer, at=at), Scope.OWN)
    last, first, since = at.date(), (at - MONTH).date(), at - timedelta(days=1)
    unfinished = own.filter(state__in=UNFINISHED)
    waiting = own.filter(state=IN_REVIEW).order_by("due_at", "id")
    opened, changed = _recent(viewer, since, at)
    return Sheet(
        at=at,
        first=first,
        last=last,
        killed=killed_between(own, first, last),
        killed_year_before=killed_between(own, year_before(first), year_before(last)),
        open=counted(unfinished),
        overdue=counted(unfinished.filter(due_at__lt=at)),
        waiting=counted(waiting),
        decisions=_decisions(list(waiting[:limit]), at),
        opened=opened,
        changed=changed,
        newest=own.filter(updated_at__lte=at)
        .order_by("-updated_at", "-id")
        .values_list("updated_at", flat=True)
        .first(),
        since=since,
        coverage=coverage(viewer, at=at, language=language),
        answer=answered(viewer, at=at),
    )


def _recent(viewer: Viewer, since: datetime, at: datetime) -> tuple[Counted, Counted]:
    """(opened, changed) of our own force since a moment. The day's changes are read and sorted out here: asked with the
    involvement, SQLite walks everything our force was ever involved in."""
    day = (
        incidents(viewer, at=at)
        .filter(updated_at__gte=since, updated_at__lte=at)
        .order_by("-updated_at", "-id")
    )
    rows = list(day.values_list("involvement", "opened_at")[: A_DAY + 1])
    own = [opened for involvement, opened in rows if involvement in OWN_INVOLVEMENTS]
    capped = len(rows) > A_DAY
    return Counted(sum(opened >= since for opened in own), capped), Counted(len(own), capped)


def _decisions(rows: list[Incident], at: datetime) -> Sequence[Decision]:
    names = area_names(row.adm1 for row in rows)
    return tuple(
        Decision(
            code=row.code,
            url=reverse("incidents:page", args=[row.code]),
            what=label("incident_type", row.incident_type),
            region=names.get(row.adm1, ""),
            month=row.starts_on,
            grade=row.grade,
            clock=clock_of(row, at),
        )
        for row in rows
    )
