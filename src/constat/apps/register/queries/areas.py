"""In which country, region, cercle and commune a point lies on a given day; and the outlines of areas for a map.

The shapes of all areas stay in memory, prepared, in a tree; they are read again when the table changed. A look takes some
20 microseconds and, to know whether the table changed, two queries (1 to 2 ms): for many points use `areas_of` once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import numpy as np
import shapely
from django.db.models import Count, Max

from constat.apps.register.models import AdminArea

# What an outline file may weigh: with the page it must arrive on a slow line (trust: dashboard <= 250 KiB with its map).
BUDGET_BYTES = 150 * 1024
FIRST_TOLERANCE = 0.0005  # degrees, about 50 m: finer cannot be seen on a map of a country


@dataclass(frozen=True, slots=True)
class AreasAt:
    """Codes, empty where no area of that level is known there; `names` maps each code to its name on that day."""

    country: str = ""
    adm1: str = ""
    adm2: str = ""
    adm3: str = ""
    names: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.country or self.adm1 or self.adm2 or self.adm3)

    def codes(self) -> dict[str, str]:
        return {"country": self.country, "adm1": self.adm1, "adm2": self.adm2, "adm3": self.adm3}


class _Atlas:
    def __init__(self, stamp: object) -> None:
        self.stamp = stamp
        self.rows = list(AdminArea.objects.defer("folded", "source").order_by("level", "code", "valid_from"))
        drawn = [row for row in self.rows if row.geometry]
        self.drawn = drawn
        self.shapes = shapely.from_wkb([bytes(row.geometry or b"") for row in drawn])
        shapely.prepare(self.shapes)
        self.tree = shapely.STRtree(self.shapes)
        self.outlines: dict[tuple[int, date, int], str] = {}

    def named(self, code: str, on: date) -> AdminArea | None:
        return next((row for row in self.rows if row.code == code and _holds(row, on)), None)


_lock = Lock()
_loaded: list[_Atlas] = []


def _holds(area: AdminArea, on: date) -> bool:
    return (area.valid_from is None or area.valid_from <= on) and (
        area.valid_to is None or on < area.valid_to
    )


def _stamp() -> object:
    counts = AdminArea.objects.aggregate(
        n=Count("pk"),
        last=Max("pk"),
        drawn=Count("geometry"),
        ended=Count("valid_to"),
        latest=Max("valid_to"),
    )
    last = AdminArea.objects.order_by("-pk").values_list("code", "name", "lon", "lat").first()
    return (*counts.values(), last)


def _atlas() -> _Atlas:
    stamp = _stamp()
    with _lock:
        if not _loaded or _loaded[0].stamp != stamp:
            _loaded[:] = [_Atlas(stamp)]
        return _loaded[0]


def areas_at(lon: float, lat: float, *, on: date) -> AreasAt:
    """The areas that hold the point on that day. On a common border the first code in the alphabet, always the same one.

    Where the shape of an upper level is absent, it is told by the parent of the lower one.
    """
    return areas_of([(lon, lat)], on=on)[0]


def areas_of(points: Sequence[tuple[float, float]], *, on: date) -> list[AreasAt]:
    """`areas_at` for many points at once."""
    if not points:
        return []
    atlas = _atlas()
    hits: list[list[AdminArea]] = [[] for _ in points]
    # The slice, because shapely takes (n, 2) arrays; "intersects" so that a point on the outer border is inside.
    pairs = atlas.tree.query(shapely.points(np.asarray(points, dtype=float)), predicate="intersects")
    for point, shape in zip(*pairs.tolist(), strict=True):
        if _holds(atlas.drawn[shape], on):
            hits[point].append(atlas.drawn[shape])
    return [_codes(atlas, found, on) for found in hits]


def _codes(atlas: _Atlas, found: list[AdminArea], on: date) -> AreasAt:
    by_level: dict[int, AdminArea] = {}
    for area in sorted(found, key=lambda area: area.code):
        by_level.setdefault(area.level, area)
    for level in (3, 2, 1):
        lower = by_level.get(level)
        if lower and level - 1 not in by_level and lower.parent_code:
            parent = atlas.named(lower.parent_code, on)
            if parent and parent.level == level - 1:
                by_level[level - 1] = parent
    country = next((area.country for _level, area in sorted(by_level.items())), "")
    codes = {level: area.code for level, area in by_level.items()}
    names = tuple((area.code, area.name) for _level, area in sorted(by_level.items()))
    return AreasAt(country, codes.get(1, ""), codes.get(2, ""), codes.get(3, ""), names)


def outlines(level: int, *, on: date, budget: int = BUDGET_BYTES) -> str:
    """GeoJSON text of the areas of a level on a day, simplified together so that neighbours keep one border.

    Simplified further until it weighs no more than `budget` bytes. Properties: code, name, name_ar, level, parent.
    """
    atlas = _atlas()
    key = (level, on, budget)
    if key not in atlas.outlines:
        chosen = [i for i, row in enumerate(atlas.drawn) if row.level == level and _holds(row, on)]
        atlas.outlines[key] = _within_budget([atlas.drawn[i] for i in chosen], atlas.shapes[chosen], budget)
    return atlas.outlines[key]


def _within_budget(rows: list[AdminArea], shapes: Any, budget: int) -> str:
    tolerance = FIRST_TOLERANCE
    while True:
        simple = shapely.coverage_simplify(shapes, tolerance) if len(rows) else shapes
        text = _geojson(rows, simple)
        if len(text.encode()) <= budget or tolerance > 1:
            return text
        tolerance *= 2


def _geojson(rows: list[AdminArea], shapes: Any) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": row.code, "name": row.name, "name_ar": row.name_ar, "level": row.level, "parent": row.parent_code,
            },
            "geometry": rounded(shapely.geometry.mapping(shape)),
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]  # fmt: skip
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
    )


def rounded(geometry: dict[str, Any], digits: int = 4) -> dict[str, Any]:
    """Coordinates to some 10 m. Rounding is done alike for both neighbours, so common borders stay common."""

    def walk(value: Any) -> Any:
        return round(value, digits) if isinstance(value, float) else [walk(part) for part in value]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
