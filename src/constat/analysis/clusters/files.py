"""Reads the files of a scan.

Without a line of names the columns are: cases and controls `place count [date [groups...]]`; places `place latitude
longitude [precision in km]` or `place x y`; population `place date size [groups...]` or `place size`. With names the order
is free. A file of events (latitude, longitude, date) needs no places file.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from constat.analysis import columns
from constat.analysis.clusters import tables
from constat.analysis.clusters.tables import Cases, Floats, Places, Population
from constat.analysis.columns import Row, Table
from constat.analysis.errors import InputError

PLACE = ("place", "id", "location", "place_id", "pcode", "county", "area", "lieu", "localité")
COUNT = ("count", "cases", "n", "events", "controls", "nombre", "effectif")
DATE = ("date", "day", "when", "week_ending", "date_start", "month", "year", "time", "jour", "mois", "année")
IDENTITY = ("id", "event_id", "incident_id")
LATITUDE = ("latitude", "lat")
LONGITUDE = ("longitude", "lon", "lng", "long")
PRECISION = ("precision_km", "blur_km", "radius_km", "uncertainty_km")
SIZE = ("population", "size", "pop", "people")

# UCDP GED codebook, where_prec: 1 exact, 2 within about 25 km, 3 second-order division, 4 first-order division,
# 5 linear or fuzzy area, 6 country, 7 international waters or air. Kilometres from 3 on: the usual reach in the Sahel.
WHERE_PREC_KM = {1: 0.0, 2: 25.0, 3: 60.0, 4: 250.0, 5: 250.0, 6: 800.0, 7: 1500.0}
# Days and months before years, and months by name.
_OTHER_DATE = re.compile(r"\d{1,2}[-/. ]\w{1,9}[-/. ]\d{2,4}$|\d{8}$|\d{1,2}[-/.]\d{4}$")
# A row this far from the middle that comes this near when its coordinates are exchanged was written the other way round.
STRAY_KM, HOME_KM = 1500.0, 500.0


def read_cases(path: str | Path, *, latest: date | None = None) -> Cases:
    """place, count, date (day, month or year, the same in all rows), groups."""
    table = columns.read(path, columns=2)
    if table.names:
        place, count, when = table.need(*PLACE), table.column(*COUNT), table.column(*DATE)
        groups = [
            i for i, name in enumerate(table.names) if name.startswith("group") or name in ("age", "sex")
        ]
    else:
        place, count = 0, 1
        dated = (
            bool(table.rows) and len(table.rows[0].fields) > 2 and columns.is_date(table.rows[0].fields[2])
        )
        when = 2 if dated else None
        groups = list(range(3 if dated else 2, len(table.rows[0].fields)))
        for row in table if not dated else ():
            # Taken for a group, a date written otherwise would take all dates out of the scan, unseen.
            if len(row.fields) > 2 and _OTHER_DATE.match(row.fields[2]):
                raise InputError(
                    f"{table.at(row, 2)}: {row.fields[2]!r} is not a date. Write 2019-03-31, 2019-03 or 2019."
                )
    numbers = [1.0 if count is None else table.number(row, count, least=0) for row in table]
    days, unit = _days(table, when, latest)
    return Cases(
        tuple(table.text(row, place) for row in table),
        np.array(numbers, float),
        days,
        unit,
        tuple(tuple(table.text(row, i) for i in groups) for row in table) if groups else None,
        table.source,
        tuple(row.line for row in table),
    )


def _days(table: Table, column: int | None, latest: date | None) -> tuple[tables.Ints | None, tables.Unit]:
    if column is None:
        return None, "none"
    found = [table.day(row, column, latest=latest) for row in table]
    units = Counter(unit for _, unit in found)
    if len(units) > 1:
        usual = units.most_common(1)[0][0]
        row = next(row for row, (_, unit) in zip(table, found, strict=True) if unit != usual)
        raise InputError(
            f"{table.at(row, column)}: {table.text(row, column)!r} is not known to the {usual} like the others. "
            "Give all rows the same precision, or leave it out."
        )
    unit: tables.Unit = {"day": "day", "month": "month", "year": "year"}[next(iter(units), "day")]  # type: ignore[assignment]
    return np.array([tables.day_number(day) for day, _ in found], np.int64), unit


def read_places(path: str | Path, *, plane: bool | None = None) -> Places:
    """Places with coordinates and, where the file has it, how well each is known. plane None: seen from the values."""
    table = columns.read(path, columns=3)
    if table.names:
        place = table.need(*PLACE)
        lat, lon = table.column(*LATITUDE), table.column(*LONGITUDE)
        x, y = table.column("x", "x_km"), table.column("y", "y_km")
        if lat is not None and lon is not None:
            one, two, plane = lat, lon, bool(plane)
        elif x is not None and y is not None:
            one, two, plane = x, y, True
        else:
            raise InputError(f"{table.source}: no columns latitude and longitude, nor x and y.")
        blur = blur_of(table)
    else:
        place, one, two = 0, 1, 2
        for row in table:
            if len(row.fields) > 4:
                raise InputError(
                    f"{table.source}, line {row.line}: {len(row.fields)} columns; place, latitude, longitude and precision "
                    "are four. Decimals are written with a point; more columns need names."
                )
        wide = all(len(row.fields) > 3 for row in table)
        blur = np.array([table.number(row, 3, least=0) for row in table], float) if wide else None
    return _places(table, [table.text(row, place) for row in table], one, two, plane, blur)


def _places(
    table: Table, ids: Sequence[str], one: int, two: int, plane: bool | None, blur: Floats | None
) -> Places:
    if not table.rows:
        raise InputError(f"{table.source}: no rows under the names of the columns.")
    first = np.array([table.number(row, one) for row in table], float)
    second = np.array([table.number(row, two) for row in table], float)
    seen: dict[str, Row] = {}
    for name, row in zip(ids, table, strict=True):
        if name in seen:
            raise InputError(
                f"{table.source}, line {row.line}: {name!r} stands on line {seen[name].line} already."
            )
        seen[name] = row
    if plane is None:
        plane = bool(np.any((np.abs(first) > 180) | (np.abs(second) > 180)))
    if not plane:
        for i in np.flatnonzero((np.abs(first) > 90) | (np.abs(second) > 180)).tolist():
            raise InputError(
                f"{table.source}, line {table.rows[i].line}: {ids[i]!r} is at latitude {first[i]:g}, longitude "
                f"{second[i]:g}. Latitude (-90 to 90) comes first, then longitude (-180 to 180); they look exchanged. "
                "For x and y in a plane say so."
            )
    places = Places(tuple(ids), first, second, plane, blur)
    if not plane:
        no_exchanged(table, ids, first, second)
    return places


def no_exchanged(table: Table, ids: Sequence[str], one: Floats, two: Floats) -> None:
    """One row with longitude first among others with latitude first would sit in another country, unseen."""
    lat, lon = float(np.median(one)), float(np.median(two))
    away = tables.distance(lat, lon, one, two, False)
    for i in np.flatnonzero(away > STRAY_KM).tolist():
        if abs(two[i]) > 90:
            continue
        other = float(tables.distance(lat, lon, two[i], one[i], False))
        if other < HOME_KM:
            raise InputError(
                f"{table.source}, line {table.rows[i].line}: {ids[i]!r} lies {away[i]:.0f} km from the middle "
                f"of the others, and {other:.0f} km with its coordinates exchanged. Latitude comes first."
            )


def blur_of(table: Table) -> Floats | None:
    at = table.column(*PRECISION)
    if at is not None:
        return np.array([table.number(row, at, least=0) for row in table], float)
    at = table.column("where_prec", "precision_code")
    if at is None:
        return None
    out = []
    for row in table:
        code = table.number(row, at)
        if code not in WHERE_PREC_KM:
            raise InputError(
                f"{table.at(row, at)}: {table.text(row, at)!r} is not a precision code from 1 to 7."
            )
        out.append(WHERE_PREC_KM[int(code)])
    return np.array(out, float)


@dataclass(frozen=True)
class Events:
    """Cases that carry their own coordinates, as places and cases of a scan."""

    cases: Cases
    places: Places


def read_events(path: str | Path, *, latest: date | None = None, plane: bool | None = None) -> Events:
    """A file of events: latitude and longitude (or x and y), date, and where known count and precision."""
    table = columns.dated(columns.read(path, columns=3, named=True))
    if not table.names:
        raise InputError(f"{table.source}: without a places file the first line must name the columns.")
    lat, lon = table.column(*LATITUDE), table.column(*LONGITUDE)
    if lat is None or lon is None:
        lat, lon, plane = table.need("x", "x_km"), table.need("y", "y_km"), True
    once(table)
    count = table.column(*COUNT)
    days, unit = _days(table, table.column(*DATE), latest)
    blur = blur_of(table)
    ids = [f"event {row.line}" for row in table]
    each = _places(table, ids, lat, lon, bool(plane), blur)
    points: dict[tuple[float, float, float], int] = {}
    at = []
    for i in range(len(each)):
        key = (float(each.one[i]), float(each.two[i]), 0.0 if blur is None else float(blur[i]))
        at.append(points.setdefault(key, len(points)))
    names = tuple(f"{one:g} {two:g}" + (f" ±{wide:g} km" if wide else "") for one, two, wide in points)
    if len(set(names)) < len(names):
        names = tuple(f"{one!r} {two!r} ±{wide:g} km" for one, two, wide in points)
    spots = np.array(list(points), float).reshape(-1, 3)
    places = Places(names, spots[:, 0], spots[:, 1], each.cartesian, None if blur is None else spots[:, 2])
    numbers = [1.0 if count is None else table.number(row, count, least=0) for row in table]
    for row, number in zip(table, numbers, strict=True):
        if number != int(number):
            raise InputError(f"{table.at(row, count or 0)}: {number:g} events; a whole number is needed.")
    cases = Cases(tuple(names[i] for i in at), np.array(numbers, float), days, unit, None, table.source)
    return Events(cases, places)


def once(table: Table, at: int | None = None) -> None:
    """No event twice, where events have an id (column `at`). InputError names the second line."""
    at = table.column(*IDENTITY) if at is None else at
    seen: dict[str, int] = {}
    for row in table if at is not None else ():
        name = table.text(row, at or 0)
        if name in seen:
            raise InputError(f"{table.at(row, at or 0)}: {name!r} stands on line {seen[name]} already.")
        seen[name] = row.line


def read_population(path: str | Path) -> Population:
    """place, [date], size, [groups]. A year alone means the middle of that year; 73 is 1973."""
    table = columns.read(path, columns=2)
    if table.names:
        place, size, when = table.need(*PLACE), table.need(*SIZE), table.column(*DATE)
        groups = [
            i for i, name in enumerate(table.names) if name.startswith("group") or name in ("age", "sex")
        ]
    else:
        place = 0
        dated = bool(table.rows) and len(table.rows[0].fields) > 2
        when, size = (1, 2) if dated else (None, 1)
        groups = list(range(size + 1, len(table.rows[0].fields)))
    days = None if when is None else np.array([_census_day(table, row, when) for row in table], np.int64)
    return Population(
        tuple(table.text(row, place) for row in table),
        np.array([table.number(row, size, least=0) for row in table], float),
        days,
        tuple(tuple(table.text(row, i) for i in groups) for row in table) if groups else None,
        table.source,
        tuple(row.line for row in table),
    )


def _census_day(table: Table, row: Row, column: int) -> int:
    value = table.text(row, column)
    if value.isdigit() and len(value) == 2:
        century = 1900 if int(value) >= 30 else 2000
        return tables.day_number(date(century + int(value), 7, 1))
    day, unit = table.day(row, column)
    if unit == "year":
        return tables.day_number(date(day.year, 7, 1))
    return tables.day_number(day)
