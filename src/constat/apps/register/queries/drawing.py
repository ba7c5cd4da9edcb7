"""Areas as a small picture inside the page: no script, no tiles, each area a link."""

import json
from dataclasses import dataclass
from datetime import date
from math import cos, radians
from typing import Any

import shapely

from constat.apps.register.queries.areas import outlines

WIDTH = 640
# The picture is part of the page and comes with every view of it: less detail than the map of incidents.
BUDGET_BYTES = 40 * 1024


@dataclass(frozen=True, slots=True)
class Drawn:
    """One area: its code and name, and its outline as an SVG path."""

    code: str
    name: str
    name_ar: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    areas: tuple[Drawn, ...]


def picture(level: int, *, on: date, parent: str = "", code: str = "") -> Picture | None:
    """The areas of a level on a day; only those of a parent, or the one of a code. None when no outline is known."""
    data = json.loads(outlines(level, on=on, budget=BUDGET_BYTES))
    features = [
        feature
        for feature in data["features"]
        if (not parent or feature["properties"]["parent"] == parent)
        and (not code or feature["properties"]["code"] == code)
    ]
    polygons = [_polygons(feature["geometry"]) for feature in features]
    points = [point for shape in polygons for rings in shape for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2))  # a degree of longitude is shorter than one of latitude
    scale = WIDTH / max((east - west) * squeeze, (north - south), 1e-6)

    def at(point: list[float]) -> tuple[int, int]:
        return round((point[0] - west) * squeeze * scale), round((north - point[1]) * scale)

    drawn = []
    for feature, shape in zip(features, polygons, strict=True):
        path = "".join(
            "M" + "L".join("{} {}".format(*at(point)) for point in ring) + "Z"
            for rings in shape
            for ring in rings
        )
        x, y = at(_middle(shape))
        known = feature["properties"]
        drawn.append(Drawn(known["code"], known["name"], known["name_ar"], path, x, y))
    return Picture(
        max(1, round((east - west) * squeeze * scale)), max(1, round((north - south) * scale)), tuple(drawn)
    )


def _middle(polygons: list[Any]) -> list[float]:
    """Where a label fits best: the middle of the largest circle inside the largest part."""
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons]
    centre = shapely.maximum_inscribed_circle(max(parts, key=lambda part: part.area), tolerance=0.02).coords[
        0
    ]
    return [centre[0], centre[1]]


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    found: list[Any] = geometry["coordinates"]
    return [found] if geometry["type"] == "Polygon" else found
