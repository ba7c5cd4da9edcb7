"""Incidents on the map: counted in groups from afar, one by one from near, and never nearer than the viewer may know.

What is drawn for one incident follows from how exactly its place is known and from what the viewer may see of it
(constat.rules.disclosure): a point, a circle, or a whole administrative area. A box that somebody draws on the map is
widened to the grid they may see, so that moving its edge a little tells nothing either.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from django.db.models import Avg, Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from constat.apps.access.visibility import facts_of
from constat.apps.desk.filters import Filters
from constat.apps.desk.queries.records import Step, area_names, incidents, scoped
from constat.apps.desk.words import label
from constat.apps.incidents.models import Incident
from constat.apps.register.models import AdminArea
from constat.rules.disclosure import Area, Audience, CoarsePlace, coarsen_place
from constat.rules.roles import Detail
from constat.rules.visibility import Field, Viewer, may_see
from constat.rules.vocabulary import vocabulary

# More than this many single incidents hide one another and weigh more than a page may: they are counted in groups.
MOST_SINGLE = 300
MOST_GROUPS = 600
# A group is a square of about this many pixels.
GROUP_PIXELS = 72
# Degrees. A box wider than a region of the Sahel is answered from the index of patterns.
LARGE = 2.5
# What a viewer of coarse places may tell apart: 0.01 degree, about a kilometre (constat.rules.disclosure).
GRID = 0.01
AUDIENCES = {Detail.FULL: Audience.CELL, Detail.COARSE: Audience.SECTION, Detail.NONE: Audience.MISSION}


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def read(cls, text: str) -> "Box | None":
        """From `w,s,e,n`; None when it is not a box. Longitudes beyond the date line are cut to it."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            return None
        if (
            not all(math.isfinite(value) for value in (west, south, east, north))
            or west > east
            or south > north
        ):
            return None
        return cls(max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))

    def widened(self, step: float) -> "Box":
        """To the edges of the grid cells it touches: every place of a cell is inside, or none is."""
        return Box(
            (math.floor(self.west / step + 0.5) - 0.5) * step,
            (math.floor(self.south / step + 0.5) - 0.5) * step,
            (math.ceil(self.east / step - 0.5) + 0.5) * step,
            (math.ceil(self.north / step - 0.5) + 0.5) * step,
        )

    def __str__(self) -> str:
        return f"{self.west:.4f},{self.south:.4f},{self.east:.4f},{self.north:.4f}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the map shows: GeoJSON features, and whether they are single incidents or groups."""

    features: Sequence[Mapping[str, Any]]
    grouped: bool
    complete: bool  # False: there were more groups than are drawn


def area_precisions() -> tuple[str, ...]:
    """Precisions that say no more than an area."""
    return tuple(
        term.code for term in vocabulary("place_precision").values() if term.extra.get("radius_km") is None
    )


# Neither a point nor an area: only the table can show it.
PLACELESS = Q(lon__isnull=True, country="", adm1="", adm2="")


def vague() -> Q:
    """Known to an area only: by what is said of the place, or because no point was given."""
    return Q(place_precision__in=area_precisions()) | Q(lon__isnull=True) | Q(lat__isnull=True)


def worst_detail(viewer: Viewer) -> Detail:
    """How much of the place of a record that is not their own this viewer sees."""
    details = [role.fields[Field.EXACT_PLACE] for role in viewer.held]
    return max(details, key=lambda detail: detail.rank, default=Detail.NONE)


def on_map(viewer: Viewer, *, filters: Filters, at: datetime) -> "QuerySet[Incident]":
    return filters.apply(scoped(incidents(viewer, at=at), filters.scope)).filter(
        lon__isnull=False, lat__isnull=False
    )


def drawn(viewer: Viewer, *, box: Box, zoom: float, filters: Filters, at: datetime) -> Drawn:
    """Everything of these filters inside the box. Two to five queries, whatever the number of incidents."""
    found = on_map(viewer, filters=filters, at=at)
    detail = worst_detail(viewer)
    if detail is Detail.NONE:
        # Nobody's place is theirs to see: areas and counts, and the box only chooses areas.
        features = _areas(_counted_areas(found, areas_in(box)), filters)
        return Drawn(features, grouped=True, complete=True)
    inside = _inside(found.exclude(vague()), box if detail is Detail.FULL else box.widened(GRID))
    # Without an order: all of them are wanted or none is, and sorting would read all to find out which.
    rows = list(inside.order_by()[: MOST_SINGLE + 1])
    wide = _counted_areas(found.filter(vague()), areas_in(box))
    if len(rows) <= MOST_SINGLE:
        return Drawn([*_areas(wide, filters), *_single(viewer, rows)], grouped=False, complete=True)
    groups = _groups(inside, zoom)
    return Drawn(
        [*_areas(wide, filters), *groups[:MOST_GROUPS]], grouped=True, complete=len(groups) <= MOST_GROUPS
    )


def _inside(queryset: "QuerySet[Incident]", box: Box) -> "QuerySet[Incident]":
    """A small box is looked up in the index of places. A large one holds half of everything: there an index that leads
    to each record one by one is the slow way, so the longitude is disguised and the index of patterns is read through."""
    if box.east - box.west <= LARGE:
        return queryset.filter(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)
    disguised = queryset.annotate(longitude=Coalesce("lon", Value(0.0)), latitude=Coalesce("lat", Value(0.0)))
    return disguised.filter(
        longitude__gte=box.west, longitude__lte=box.east, latitude__gte=box.south, latitude__lte=box.north
    )


# Groups ------------------------------------------------------------------------------------------------------------


def _groups(queryset: "QuerySet[Incident]", zoom: float) -> list[dict[str, Any]]:
    """Squares with their count. The mark stands on the mean of the places as everybody may know them: on the grid."""
    step = max(GROUP_PIXELS * 360 / (512 * 2 ** max(0.0, min(zoom, 22.0))), GRID)
    rows = (
        queryset.annotate(column=Step(F("lon"), size=step), row=Step(F("lat"), size=step))
        .values("column", "row")
        .annotate(n=Count("id"), x=Avg(Step(F("lon"), size=GRID)), y=Avg(Step(F("lat"), size=GRID)))
        .order_by("-n")[: MOST_GROUPS + 1]
    )
    return [
        _feature(
            "cluster",
            _point(float(row["x"]) * GRID - Step.OFFSET, float(row["y"]) * GRID - Step.OFFSET),
            count=row["n"],
        )
        for row in rows
    ]


# Areas -------------------------------------------------------------------------------------------------------------


def areas_in(box: Box) -> dict[str, AdminArea]:
    """Countries, regions and cercles that the box touches, without their outlines."""
    touching = Q(min_lon__lte=box.east, max_lon__gte=box.west, min_lat__lte=box.north, max_lat__gte=box.south)
    rows = (
        AdminArea.objects.filter(touching, level__lte=2)
        .defer("geometry")
        .order_by(F("valid_from").asc(nulls_first=True))
    )
    return {area.code: area for area in rows}


def _counted_areas(queryset: "QuerySet[Incident]", inside: Mapping[str, AdminArea]) -> dict[str, int]:
    """Incidents known to an area only, by the finest area they may be shown as."""
    counts: dict[str, int] = {}
    # Disguised as above: grouping by the bare column makes SQLite follow the index of areas from record to record.
    regions = queryset.annotate(region=Coalesce("adm1", Value(""))).values_list(
        "region", "adm2", "country", "place_precision"
    )
    rows = regions.annotate(n=Count("id")).order_by()
    for adm1, adm2, country, precision, n in rows:
        level = int(vocabulary("place_precision")[precision].extra["level"])
        levels = {2: adm2, 1: adm1, 0: country}
        code = next((levels[one] for one in (2, 1, 0) if one <= level and levels[one] in inside), "")
        if code:
            counts[code] = counts.get(code, 0) + n
    return counts


def _areas(counts: Mapping[str, int], filters: Filters) -> list[dict[str, Any]]:
    if not counts:
        return []
    names = area_names(counts)
    rows = AdminArea.objects.filter(code__in=counts).order_by(F("valid_from").asc(nulls_first=True))
    latest = {area.code: area for area in rows}
    made = []
    for code, area in sorted(latest.items(), key=lambda pair: pair[1].level):
        n = counts[code]
        text = ngettext(
            "%(n)s incident somewhere in this area", "%(n)s incidents somewhere in this area", n
        ) % {"n": n}
        url = f"{reverse('desk:map')}?{filters.query(bbox=_box_of(area))}"
        if geometry := _outline(area):
            made.append(_feature("area", geometry, count=n, label=names.get(code, code), text=text, url=url))
        elif area.lon is not None and area.lat is not None:
            radius = _drawn_km(area.level)
            made.append(
                _feature("circle", _point(area.lon, area.lat), count=n, label=names.get(code, code), text=text,
                         url=url, radius_km=radius)
            )  # fmt: skip
    return made


def _outline(area: AdminArea) -> dict[str, Any] | None:
    """The area's shape, simplified to what a screen shows: a few kilobytes instead of hundreds."""
    if not area.geometry:
        return None
    shape = shapely.from_wkb(bytes(area.geometry))
    west, south, east, north = shape.bounds
    simple = shape.simplify(max(east - west, north - south) / 200, preserve_topology=True)
    return _rounded(shapely.geometry.mapping(simple))


def _rounded(geometry: Mapping[str, Any]) -> dict[str, Any]:
    def walk(value: Any) -> Any:
        return round(value, 3) if isinstance(value, float) else [walk(part) for part in value]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


def _box_of(area: AdminArea) -> str:
    if area.min_lon is None or area.min_lat is None or area.max_lon is None or area.max_lat is None:
        return ""
    return str(Box(area.min_lon, area.min_lat, area.max_lon, area.max_lat))


def _drawn_km(level: int) -> float:
    """How wide a circle stands for an area without an outline: said in the vocabulary, by level."""
    found = [float(term.extra["drawn_km"]) for term in vocabulary("place_precision").values()
             if term.extra["level"] == level and term.extra.get("radius_km") is None]  # fmt: skip
    return max(found, default=50.0)


# Single incidents --------------------------------------------------------------------------------------------------


def place_for(viewer: Viewer, incident: Incident) -> CoarsePlace:
    """Where this viewer may know the incident to be. The incident was fetched as one they may read."""
    facts = facts_of(incident, kind="incident", granted_to=frozenset({viewer.key}))
    detail = may_see(viewer, facts, Field.EXACT_PLACE).level
    areas = [
        Area(code, level)
        for level, code in ((0, incident.country), (1, incident.adm1), (2, incident.adm2), (3, incident.adm3))
        if code
    ]
    if incident.lon is None or incident.lat is None:
        raise ValueError(f"{incident.code} has no place: only incidents of `on_map` come here")
    return coarsen_place(incident.lon, incident.lat, incident.place_precision, AUDIENCES[detail], areas)


def _single(viewer: Viewer, rows: Iterable[Incident]) -> list[dict[str, Any]]:
    """One mark per place: incidents that may only be told apart by more than the viewer knows share it."""
    together: dict[tuple[Any, ...], list[Incident]] = {}
    for incident in rows:
        place = place_for(viewer, incident)
        if place.longitude is not None and place.latitude is not None:
            key = (place.kind, float(place.longitude), float(place.latitude), place.radius_km or 0.0)
            together.setdefault(key, []).append(incident)
    made = []
    for (kind, lon, lat, radius), here in together.items():
        first = here[0]
        words = {
            "label": first.code,
            "url": reverse("incidents:page", args=[first.code]),
            "text": _line(first),
        }
        if len(here) > 1:
            words["text"] = _("%(line)s, and %(n)s more at the same place") % {
                "line": words["text"],
                "n": len(here) - 1,
            }
        if kind == "point" and not radius:
            made.append(_feature("point", _point(lon, lat), count=len(here), **words))
        else:
            made.append(_feature("circle", _point(lon, lat), count=len(here), radius_km=radius, **words))
    return made


def _line(incident: Incident) -> str:
    day: date | None = incident.starts_on
    return (
        f"{label('incident_type', incident.incident_type)}, {day.isoformat() if day else _('date unknown')}"
    )


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]}


def _feature(kind: str, geometry: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties}}
