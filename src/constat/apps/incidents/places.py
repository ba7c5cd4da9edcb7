"""The place of an incident as this viewer may know it, for lists, pages and the map."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import shapely
from django.utils.translation import get_language

from constat.apps.access.visibility import facts_of
from constat.apps.incidents.models import Incident
from constat.apps.incidents.pages import Where
from constat.apps.incidents.precision import drawn_km
from constat.apps.register.models import AdminArea
from constat.apps.reports.queries import area_names
from constat.rules.disclosure import Area, Audience, coarsen_place
from constat.rules.visibility import Facts, Field, Viewer, may_see

KM_PER_DEGREE = 111.32
CIRCLE_POINTS = 64
AUDIENCE = {"full": Audience.CELL, "coarse": Audience.SECTION, "none": Audience.MISSION}


def language() -> str:
    return get_language() or "fr"


def facts(incident: Incident, viewer: Viewer) -> Facts:
    """The record was fetched through `readable`, so reading is settled; `granted_to` names the viewer to say so."""
    return facts_of(incident, kind="incident", granted_to=frozenset({viewer.key}))


def exactly(viewer: Viewer, incident: Incident) -> bool:
    """Does this viewer see the place as exactly as it is known?"""
    return may_see(viewer, facts(incident, viewer), Field.EXACT_PLACE).level == "full"


def where(viewer: Viewer, incident: Incident, names: Mapping[str, str]) -> Where:
    """In full, coarsened to what a section may know, or the region only."""
    held = facts(incident, viewer)
    detail = may_see(viewer, held, Field.EXACT_PLACE).level
    region = names.get(incident.adm1, "")
    if detail == "none" or may_see(viewer, held, Field.PATTERN).level != "full":
        return Where(area=region, withheld=True)
    area = ", ".join(part for part in (names.get(incident.adm2, ""), region) if part)
    name = incident.place.name if incident.place else ""
    if detail == "full":
        return Where(
            stated=incident.place_text, name=name, area=area, precision=incident.place_precision, lon=incident.lon,
            lat=incident.lat,
        )  # fmt: skip
    return Where(name=name, area=area, precision=incident.place_precision, withheld=True)


def named(incident: Incident) -> dict[str, str]:
    return area_names((incident.adm1, incident.adm2, incident.adm3))


def shape(viewer: Viewer, incident: Incident) -> dict[str, Any] | None:
    """GeoJSON geometry and kind of what may be drawn: a point only for an exact place that this viewer may know exactly;
    otherwise a circle as wide as the place is known, or the outline of the area. None: nothing can be drawn."""
    if incident.lon is None or incident.lat is None:
        return _outline(incident, (incident.adm2, incident.adm1, incident.country))
    detail = may_see(viewer, facts(incident, viewer), Field.EXACT_PLACE).level
    areas = [Area(code, level) for level, code in enumerate(_codes(incident)) if code]
    place = coarsen_place(incident.lon, incident.lat, incident.place_precision, AUDIENCE[detail], areas)
    if place.kind == "area":
        return _outline(incident, (place.area or "",)) or _circle(
            incident.lon, incident.lat, drawn_km(incident.place_precision) if detail == "full" else None
        )
    if place.kind == "withheld" or place.longitude is None or place.latitude is None:
        return _circle(
            incident.lon, incident.lat, drawn_km(incident.place_precision) if detail == "full" else None
        )
    if place.kind == "point":
        return {"kind": "point", "geometry": {"type": "Point", "coordinates": [incident.lon, incident.lat]}}
    return _circle(float(place.longitude), float(place.latitude), place.radius_km)


def _codes(incident: Incident) -> tuple[str, str, str, str]:
    return incident.country, incident.adm1, incident.adm2, incident.adm3


def _circle(lon: float, lat: float, radius_km: float | None) -> dict[str, Any] | None:
    """A ring of points on the ground; a degree of longitude is shorter away from the equator."""
    if not radius_km:
        return None
    wide = radius_km / (KM_PER_DEGREE * max(math.cos(math.radians(lat)), 0.01))
    high = radius_km / KM_PER_DEGREE
    turns = [2 * math.pi * n / CIRCLE_POINTS for n in range(CIRCLE_POINTS)]
    ring = [[round(lon + wide * math.cos(t), 5), round(lat + high * math.sin(t), 5)] for t in turns]
    return {"kind": "area", "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}


def _outline(incident: Incident, codes: tuple[str, ...]) -> dict[str, Any] | None:
    on = incident.starts_on or date.max
    for code in (code for code in codes if code):
        rows = AdminArea.objects.filter(code=code, geometry__isnull=False).order_by("valid_from")
        held = [
            row for row in rows if (row.valid_from or date.min) <= on < (row.valid_to or date.max)
        ] or list(rows)
        if held:
            # Five hundred metres are not seen in a snippet; a whole outline of a region is a megabyte.
            drawn = shapely.simplify(shapely.from_wkb(bytes(held[-1].geometry or b"")), 0.005)
            return {"kind": "area", "geometry": shapely.geometry.mapping(drawn)}
    return None


def bounds(drawn: Mapping[str, Any], margin: float = 0.35) -> str:
    """`w,s,e,n` around the shape with room beside it."""
    west, south, east, north = shapely.geometry.shape(drawn["geometry"]).bounds
    east_west, north_south = max(east - west, 0.2) * margin, max(north - south, 0.2) * margin
    return (
        f"{west - east_west:.4f},{south - north_south:.4f},{east + east_west:.4f},{north + north_south:.4f}"
    )
