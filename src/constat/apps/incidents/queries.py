"""Fetchers of incidents. Each takes the viewer; what is not theirs is absent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from constat.apps.access.visibility import readable
from constat.apps.incidents.errors import IncidentNotFound
from constat.apps.incidents.grading import groups_of, heard
from constat.apps.incidents.models import HarmLine, Incident, IncidentGrant, IncidentPause, Source
from constat.apps.incidents.pages import ListPage, Row
from constat.apps.incidents.places import language, where
from constat.apps.register.models import AdminArea
from constat.apps.register.textindex import matching
from constat.apps.reports.queries import area_names
from constat.rules import deadlines
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Clock, Pager, Range

PAGE = 25
CAP = 1000  # counting further costs a walk of the table and tells nobody anything
MERGED = "merged"  # vocabulary "incident_state"
OWN, ALL = "own", "all"
OWN_INVOLVEMENTS = tuple(t.code for t in vocabulary("involvement").values() if t.extra["own_scope"])


def readable_incidents(viewer: Viewer, *, at: datetime) -> QuerySet[Incident]:
    """All incidents this viewer may read: the only way to them."""
    grants = IncidentGrant.objects.all()
    return Incident.objects.filter(
        readable(viewer, kind="incident", grants=grants, grant_key="incident_id", at=at)
    )


def get(viewer: Viewer, code: str, *, at: datetime) -> Incident:
    """Raises IncidentNotFound, also for an incident that is there and not theirs."""
    rows = readable_incidents(viewer, at=at).select_related(
        "place", "assigned_to", "graded_by", "merged_into"
    )
    found = rows.defer("search_text").filter(code=code).first()
    if found is None:
        raise IncidentNotFound(
            _("There is no incident %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


@dataclass(frozen=True)
class Filters:
    """scope: "own" (our own force alleged or more) or "all"; the two are never added. first, last: days of the event."""

    scope: str = ALL
    first: date | None = None
    last: date | None = None
    area: str = ""  # AdminArea.code of level 1
    type: str = ""
    grade: str = ""
    state: str = ""
    words: str = ""

    def apply(self, rows: QuerySet[Incident]) -> QuerySet[Incident]:
        # What was merged away is found in the incident that absorbed it, unless somebody asks for it.
        rows = rows.filter(state=self.state) if self.state else rows.exclude(state=MERGED)
        if self.scope == OWN:
            rows = rows.filter(involvement__in=OWN_INVOLVEMENTS)
        wanted = {"starts_on__gte": self.first, "starts_on__lte": self.last, "adm1": self.area,
                  "incident_type": self.type, "grade": self.grade}  # fmt: skip
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        return matching(rows, self.words) if self.words else rows


def listing(
    viewer: Viewer,
    *,
    at: datetime,
    filters: Filters,
    cursor: str = "",
    link: Callable[[str], str] | None = None,
) -> ListPage:
    """One page, newest event first; those without a date come after all others. `link`: cursor -> address."""
    found = filters.apply(readable_incidents(viewer, at=at))
    rows = _slice(found, cursor)
    total = found.order_by().values("pk")[: CAP + 1].count()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    pager = Pager(
        newer=link("") if link and cursor else "", older=link(_cursor(rows[-1])) if link and more else "",
        shown=len(rows), total=min(total, CAP), capped=total > CAP,
    )  # fmt: skip
    return ListPage(rows=lines(viewer, rows, at), pager=pager)


def _cursor(row: Incident) -> str:
    return f"{row.starts_on or ''}_{row.pk}"


def _slice(found: QuerySet[Incident], cursor: str) -> list[Incident]:
    """Keyset over (starts_on, id). Databases disagree where no date sorts, so the undated are a part of their own."""
    found = found.select_related("place").defer("search_text", "narrative", "grade_trace")
    day, _bar, pk = cursor.partition("_")
    dated = found.filter(starts_on__isnull=False).order_by("-starts_on", "-id")
    undated = found.filter(starts_on__isnull=True).order_by("-id")
    try:
        edge = (date.fromisoformat(day) if day else None, int(pk)) if cursor else None
    except ValueError:
        edge = None
    if edge and edge[0] is None:
        return list(undated.filter(pk__lt=edge[1])[: PAGE + 1])
    if edge:
        dated = dated.filter(Q(starts_on__lt=edge[0]) | Q(starts_on=edge[0], pk__lt=edge[1]))
    rows = list(dated[: PAGE + 1])
    return rows if len(rows) > PAGE else [*rows, *undated[: PAGE + 1 - len(rows)]]


def lines(viewer: Viewer, rows: Sequence[Incident], at: datetime) -> list[Row]:
    ids = [row.pk for row in rows]
    names = area_names(code for row in rows for code in (row.adm1, row.adm2))
    sources: dict[int, list[Source]] = {}
    for source in heard(incident_id__in=ids):
        sources.setdefault(source.incident_id, []).append(source)
    pauses: dict[int, list[IncidentPause]] = {}
    for pause in IncidentPause.objects.filter(incident_id__in=ids):
        pauses.setdefault(pause.incident_id, []).append(pause)
    return [_line(viewer, row, names, sources.get(row.pk, []), pauses.get(row.pk, []), at) for row in rows]


def _line(
    viewer: Viewer, row: Incident, names: dict[str, str], sources: Sequence[Source], pauses: Sequence[IncidentPause],
    at: datetime,
) -> Row:  # fmt: skip
    return Row(
        code=row.code, state=row.state, incident_type=row.incident_type, starts_on=row.starts_on, ends_on=row.ends_on,
        date_precision=row.date_precision, where=where(viewer, row, names), killed=killed(row), injured=injured(row),
        grade=row.grade, groups=groups_of(sources), reports=row.report_count,
        own=row.involvement in OWN_INVOLVEMENTS, clock=clock_of(row, pauses, at), sensitivity=row.sensitivity,
        compartment=row.compartment,
    )  # fmt: skip


def harm_lines(incident: Incident) -> list[HarmLine]:
    """In the order in which they were written. The incident was fetched for a viewer (`get`)."""
    return list(HarmLine.objects.filter(incident=incident).order_by("pk"))


def killed(row: Incident) -> Range | None:
    return _counted(row.deaths_min, row.deaths_best, row.deaths_max)


def injured(row: Incident) -> Range | None:
    return _counted(row.injured_min, row.injured_best, row.injured_max)


def _counted(least: int, best: int | None, most: int | None) -> Range | None:
    """None where no line says anything: "nothing recorded" is not "nobody"."""
    return None if (least, best, most) == (0, None, None) else Range(least, best, most)


def clock_of(incident: Incident, pauses: Iterable[IncidentPause], at: datetime) -> Clock | None:
    """The running clock as it reads now."""
    started = incident.clock_started_at
    if not incident.clock or started is None:
        return None
    mine = [pause for pause in pauses if pause.clock == incident.clock and pause.starts_at >= started]
    spans = [deadlines.Pause(pause.starts_at, pause.ends_at, pause.reason) for pause in mine]
    read = deadlines.reading(started, deadlines.clock(incident.clock), spans, max(at, started))
    standing = next((pause for pause in mine if pause.ends_at is None), None)
    return Clock(
        state=read.state.value,
        label=vocabulary("clock").label(incident.clock, language()),
        due=read.due,
        left=read.remaining,
        reason=vocabulary("pause_reason").label(standing.reason, language()) if standing else "",
    )


def regions() -> list[tuple[str, str]]:
    """(code, name) of the regions that stand today, for the filter."""
    rows = (
        AdminArea.objects.filter(level=1, valid_to__isnull=True)
        .order_by("name")
        .values_list("code", "name", "name_ar")
    )
    arabic = language() == "ar"
    return [(code, name_ar if arabic and name_ar else name) for code, name, name_ar in rows]


__all__: list[Any] = ["ALL", "CAP", "OWN", "Filters", "clock_of", "get", "injured", "killed", "lines", "listing",
                      "readable_incidents", "regions"]  # fmt: skip
