"""The table beside the map: the same incidents, a page at a time, for everybody without a map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from constat.apps.access.visibility import facts_of
from constat.apps.desk.filters import Filters
from constat.apps.desk.queries.map import GRID, PLACELESS, Box, areas_in, vague, worst_detail
from constat.apps.desk.queries.records import (
    Counted,
    area_names,
    counted,
    finest_area,
    incidents,
    newest_first,
    scoped,
)
from constat.apps.desk.words import label
from constat.apps.incidents.models import Incident
from constat.rules.roles import Detail
from constat.rules.visibility import Field, Viewer, may_see
from constat.ui.shapes import Range


@dataclass(frozen=True, slots=True)
class MapRow:
    """One incident of the table: what the map draws of it, in words."""

    code: str
    url: str
    what: str
    where: str
    precision: str
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    grade: str
    deaths: Range


@dataclass(frozen=True, slots=True)
class MapTable:
    """`total`: capped count of the filters and the box. `next`: where the following page starts."""

    rows: Sequence[MapRow]
    total: Counted
    placeless: Counted
    next: str


def table(
    viewer: Viewer, *, filters: Filters, box: Box | None, at: datetime, before: str = "", limit: int = 25
) -> MapTable:
    """The same incidents as the map, newest first; without a box, also those that have no place at all."""
    everything = filters.apply(scoped(incidents(viewer, at=at), filters.scope))
    found = everything if box is None else _boxed(everything, box, worst_detail(viewer))
    shown, following = newest_first(found, "starts_on", before, limit)
    names = area_names(finest_area(row) for row in shown)
    return MapTable(
        rows=tuple(_map_row(viewer, row, names) for row in shown),
        total=counted(found),
        placeless=counted(everything.filter(PLACELESS)) if box is None else Counted(0),
        next=following,
    )


def _boxed(queryset: "QuerySet[Incident]", box: Box, detail: Detail) -> "QuerySet[Incident]":
    """Incidents that the map draws in this box: by their point as the viewer may know it, else by their area."""
    wide = areas_in(box)
    by_level = {level: [code for code, area in wide.items() if area.level == level] for level in (0, 1, 2)}
    # The finest area that is known decides, as on the map.
    in_area = (
        Q(adm2__in=by_level[2])
        | Q(adm2="", adm1__in=by_level[1])
        | Q(adm2="", adm1="", country__in=by_level[0])
    )
    if detail is Detail.NONE:
        return queryset.filter(in_area)
    seen = box if detail is Detail.FULL else box.widened(GRID)
    inside = Q(lon__gte=seen.west, lon__lte=seen.east, lat__gte=seen.south, lat__lte=seen.north)
    return queryset.filter((~vague() & inside) | (vague() & in_area))


def _map_row(viewer: Viewer, row: Incident, names: Mapping[str, str]) -> MapRow:
    facts = facts_of(row, kind="incident", granted_to=frozenset({viewer.key}))
    area = names.get(finest_area(row), "")
    stated = row.place_text if may_see(viewer, facts, Field.EXACT_PLACE).level is Detail.FULL else ""
    return MapRow(
        code=row.code,
        url=reverse("incidents:page", args=[row.code]),
        what=label("incident_type", row.incident_type),
        where=f"{stated} ({area})" if stated and area else stated or area,
        precision=row.place_precision,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        date_precision=row.date_precision,
        grade=row.grade,
        deaths=Range(row.deaths_min, row.deaths_best, row.deaths_max),
    )
