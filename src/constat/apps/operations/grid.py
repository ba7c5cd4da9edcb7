"""Where the search looks: every operation stands in one cell of a grid and one length of time, and both are numbers.

An operation that reaches far stands in a coarser grid, one that lasts long in a longer span. So a look at a place opens,
in each of four grids, the few cells around it, and in each of three lengths the hours before it: never the whole table,
however large it is. Pure; degrees, kilometres and hours since 1970.
"""

import math
from collections.abc import Iterator
from datetime import datetime

# Reach in km up to which an operation stands in a grid, and the size of its cells in degrees.
GRIDS = ((12.0, 0.25), (50.0, 1.0), (200.0, 4.0), (math.inf, 360.0))
# Hours up to which it is of a length: a day with its slack, eight days, longer.
SPANS = (30, 200, None)
LONGEST_HOURS = 24 * 400  # nothing longer is recorded as one operation (constat.apps.operations.actions)
PER_DEGREE_KM = 111.19
# The circle around an operation and the distances of the rule are a little apart (legs of a path): see rules.overlap.cover.
MARGIN = 1.02
COLUMNS, ROWS = 1500, 800  # more than any grid has: 360 / 0.25 and 180 / 0.25


def hour(moment: datetime) -> int:
    return math.floor(moment.timestamp() / 3600)


def grid_of(reach_km: float) -> int:
    return next(level for level, (most, _size) in enumerate(GRIDS) if reach_km <= most)


def span_of(first_hour: int, last_hour: int) -> int:
    length = last_hour - first_hour
    return next(index for index, most in enumerate(SPANS) if most is None or length <= most)


def longest(span: int) -> int:
    return SPANS[span] or LONGEST_HOURS + 8


def cell_of(lon: float, lat: float, reach_km: float, span: int) -> int:
    level = grid_of(reach_km)
    size = GRIDS[level][1]
    return _number(
        span, level, math.floor((lon + 180) / size) % _columns(size), math.floor((lat + 90) / size)
    )


def _number(span: int, level: int, column: int, row: int) -> int:
    return ((span * len(GRIDS) + level) * COLUMNS + column) * ROWS + row


def _columns(size: float) -> int:
    return max(1, round(360 / size))


def cells_around(lon: float, lat: float, radius_km: float, span: int) -> Iterator[int]:
    """The cells in which an operation may stand that comes within `radius_km` of the point."""
    for level, (reach, size) in enumerate(GRIDS):
        if math.isinf(reach):
            yield from (_number(span, level, 0, row) for row in range(math.ceil(180 / size)))
            continue
        west, east, south, north = box(lon, lat, radius_km + reach)
        first, last = math.floor((west + 180) / size), math.floor((east + 180) / size)
        columns = {column % _columns(size) for column in range(first, min(last, first + _columns(size)) + 1)}
        rows = range(
            math.floor((max(south, -90.0) + 90) / size), math.floor((min(north, 90.0) + 90) / size) + 1
        )
        yield from (_number(span, level, column, row) for column in sorted(columns) for row in rows)


def box(lon: float, lat: float, km: float) -> tuple[float, float, float, float]:
    """(west, east, south, north) around a point; west and east may pass 180, and are the whole turn near a pole."""
    high = km * MARGIN / PER_DEGREE_KM
    far = min(abs(lat) + high, 90.0)
    if far > 88.0:
        return lon - 180, lon + 180, lat - high, lat + high
    wide = min(high / math.cos(math.radians(far)), 180.0)
    return lon - wide, lon + wide, lat - high, lat + high
