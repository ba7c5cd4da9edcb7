"""Judging the shape of an area before it decides for years in which cercle a report lies.

Repaired with a note: a ring that does not close, a border that crosses itself if that changes next to nothing. Refused:
what is not a polygon, numbers that are not finite or not on Earth, rings of no area, repairs that would change the area.
"""

import math
from collections.abc import Iterator
from typing import Any

import shapely
from django.utils.translation import gettext as _

# A repair may change the area by this share: a loop of a few metres on a border, never a missing piece.
MOST_CHANGE = 0.001
MOST_POINTS = 2_000_000


class BadShape(ValueError):
    """The message is the sentence for the list of problems."""


def polygon(value: Any) -> tuple[Any, list[str]]:
    """GeoJSON geometry -> (shapely polygon or multipolygon, notes about repairs). Raises BadShape."""
    if not isinstance(value, dict) or value.get("type") not in {"Polygon", "MultiPolygon"}:
        raise BadShape(_("The shape is not a polygon."))
    parts = value.get("coordinates")
    parts = [parts] if value["type"] == "Polygon" else parts
    notes: list[str] = []
    try:
        made = [_part(rings, notes) for rings in parts]  # type: ignore[union-attr]
    except (TypeError, IndexError, KeyError) as error:
        raise BadShape(_("The coordinates are not lists of longitude and latitude.")) from error
    if not made:
        raise BadShape(_("The shape has no points."))
    shape = made[0] if len(made) == 1 else shapely.MultiPolygon(made)
    return _valid(shape, notes), list(dict.fromkeys(notes))


def _part(rings: list[Any], notes: list[str]) -> Any:
    outer, *holes = [list(_ring(ring, notes)) for ring in rings]
    return shapely.Polygon(outer, holes)


def _ring(ring: list[Any], notes: list[str]) -> Iterator[tuple[float, float]]:
    points = [position(point[0], point[1]) for point in ring]
    if len(points) > MOST_POINTS:
        raise BadShape(_("The border has too many points."))
    if points and points[0] != points[-1]:
        notes.append(_("A ring was not closed; it was closed with a straight line."))
        points.append(points[0])
    if len(set(points)) < 3:
        raise BadShape(_("A ring has fewer than three different points."))
    yield from points


def position(lon: Any, lat: Any) -> tuple[float, float]:
    """(lon, lat) as finite degrees on Earth. Raises BadShape."""
    if isinstance(lon, bool) or isinstance(lat, bool):
        raise TypeError("a truth value is no coordinate")
    try:
        lon, lat = float(lon), float(lat)
    except ValueError as error:
        raise BadShape(_("Longitude or latitude is not a number.")) from error
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadShape(_("Longitude or latitude is not a number."))
    if abs(lat) > 90 >= abs(lon):
        raise BadShape(_("The latitude is beyond 90 degrees: longitude and latitude are probably exchanged."))
    if abs(lat) > 90 or abs(lon) > 180:
        raise BadShape(
            _("The point does not lie on Earth: the coordinates are perhaps in metres, not degrees.")
        )
    return lon, lat


def _valid(shape: Any, notes: list[str]) -> Any:
    if shape.is_valid and shape.area > 0:
        return shape
    repaired = shapely.make_valid(shape, method="structure")
    parts = [part for part in shapely.get_parts(repaired) if part.geom_type == "Polygon"]
    whole = shapely.MultiPolygon(parts) if len(parts) != 1 else parts[0]
    size = max(abs(shape.area), whole.area)
    if (
        not size
        or shapely.symmetric_difference(whole, shape.buffer(0)).area + abs(whole.area - abs(shape.area))
        > MOST_CHANGE * size
    ):
        raise BadShape(_("The border crosses itself and cannot be repaired without changing the area."))
    notes.append(_("The border crossed itself at a point; it was repaired, the area is the same."))
    return whole
