"""Reads harm per area and period: a table of counts per area and period, or a table of events with a date each."""

import argparse
import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constat.analysis import columns
from constat.analysis.columns import Row, Table
from constat.analysis.errors import InputError
from constat.analysis.forecast.panel import UNITS, Panel, from_degrees

AREA = (
    "area",
    "cercle",
    "commune",
    "region",
    "admin2",
    "adm2",
    "admin1",
    "adm1",
    "series",
    "pcode",
    "country",
)
COUNT = (
    "count",
    "deaths",
    "killed",
    "harmed",
    "best_death",
    "best",
    "battle_deaths",
    "observed",
    "value",
    "events",
)
EVENT = ("date", "day", "when", "date_start", "occurred")
PERIOD = ("period", "week_ending", "week_starting", "week", "month")
LATITUDE, LONGITUDE, ID = (
    ("latitude", "lat", "y"),
    ("longitude", "lon", "lng", "x"),
    ("id", "event_id", "code"),
)
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})$")


@dataclass(frozen=True)
class Asked:
    """How to read the file. cell: side of the cells in degrees; where: column -> values kept; absent_is_zero: an area-period
    without a row had no harm (never assumed for tables of counts)."""

    unit: str
    column: str | None = None
    area: str | None = None
    cell: float | None = None
    since: str | None = None
    until: str | None = None
    where: Sequence[str] = ()
    absent_is_zero: bool = False
    today: date = date.max  # a day after it is refused


def arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("file", metavar="FILE", help="counts per area and period, or events with a date each")
    ask("--unit", choices=UNITS, default="month")
    ask("--horizon", type=int, metavar="N", default=3, help="periods ahead: 1 to 13 weeks, 1 to 3 months; 3")
    ask("--column", metavar="NAME", help="the column of counts")
    ask("--area", metavar="NAME", help="the column of areas")
    ask(
        "--cell",
        type=float,
        metavar="DEGREES",
        help="areas are cells of this side, from latitude and longitude",
    )
    ask("--where", action="append", default=[], metavar="COLUMN=VALUE[,VALUE]", help="only these rows")
    ask("--since", metavar="DATE", help="events: first day recorded")
    ask("--until", metavar="DATE", help="last day whose record is complete")
    ask("--absent-is-zero", action="store_true", help="counts: an area and period without a row had no harm")


def asked(options: argparse.Namespace) -> Asked:
    return Asked(
        options.unit, options.column, options.area, options.cell, options.since, options.until, options.where,
        options.absent_is_zero, options.today,
    )  # fmt: skip


def read(path: str | Path, how: Asked) -> Panel:
    """The panel of a file. InputError names file, line and column of what cannot be read."""
    table = _kept(columns.read(path), how.where)
    if not table.names:
        raise InputError(f"{table.source}: the first line must name the columns.")
    if not table.rows:
        raise InputError(f"{table.source}: no rows.")
    reader = _Reader(table, how)
    return reader.panel()


class _Reader:
    def __init__(self, table: Table, how: Asked) -> None:
        self.table, self.how = table, how
        self.today = how.today
        self.value = table.need(*((how.column.lower(),) if how.column else COUNT))
        self.events = self._is_events()
        self.at = [self._period(row) for row in table]
        self.first, self.last = self._span()
        # What lies outside is not there at all: a cell that only later had an event is not known yet.
        inside = [self.first <= at <= self.last for at in self.at]
        self.table = Table(table.source, table.names, tuple(itertools.compress(table.rows, inside)))
        self.at = list(itertools.compress(self.at, inside))
        self.keys, self.places = self._areas()

    def _is_events(self) -> bool:
        named = self.table.column
        return named("day") is not None or (named(*PERIOD) is None and named("year") is None)

    def _period(self, row: Row) -> int:
        """Months since year 0, or weeks (Monday to Sunday) since 0001-01-01."""
        table, unit = self.table, self.how.unit
        year, month, day, week = (table.column(name) for name in ("year", "month", "day", "week"))
        if year is not None and month is not None:
            parts = [self._whole(row, at) for at in (year, month)] + [
                1 if day is None else self._whole(row, day)
            ]
            if unit == "week" and day is None:
                raise InputError(f"{table.at(row, month)}: a month is too coarse for weeks.")
            return self._index(row, month, self._date(row, day or month, parts))
        if year is not None and week is not None:
            return self._numbered(row, year, week)
        at = table.need(*EVENT, *PERIOD) if not self.events else table.need(*EVENT)
        if match := _WEEK.match(table.text(row, at)):
            return self._iso(row, at, int(match[1]), int(match[2]))
        when, precision = table.day(row, at, latest=self.today)
        if precision == "year" or (precision == "month" and unit == "week"):
            raise InputError(f"{table.at(row, at)}: {table.text(row, at)!r} is too coarse for {unit}s.")
        return _number(when, unit)

    def _numbered(self, row: Row, year: int, week: int) -> int:
        """Year and number of the week, ISO 8601."""
        if self.how.unit == "month":
            raise InputError(f"{self.table.at(row, week)}: a week has no month; ask for --unit week.")
        y, w = self._whole(row, year), self._whole(row, week)
        if not 1 <= w <= 53:
            raise InputError(f"{self.table.at(row, week)}: {w} is not a week of a year.")
        return self._iso(row, week, y, w)

    def _iso(self, row: Row, at: int, year: int, week: int) -> int:
        try:
            monday = date.fromisocalendar(year, week, 1)
        except ValueError:
            raise InputError(f"{self.table.at(row, at)}: {year} has no week {week} (ISO 8601).") from None
        return self._index(row, at, monday)

    def _index(self, row: Row, at: int, when: date) -> int:
        if when > self.today:
            raise InputError(f"{self.table.at(row, at)}: {when} lies in the future (today is {self.today}).")
        return _number(when, self.how.unit)

    def _whole(self, row: Row, at: int) -> int:
        found = self.table.number(row, at, least=0)
        if found != int(found):
            raise InputError(f"{self.table.at(row, at)}: {self.table.text(row, at)} is not a whole number.")
        return int(found)

    def _date(self, row: Row, at: int, parts: Sequence[int]) -> date:
        try:
            return date(*parts)
        except ValueError:
            raise InputError(f"{self.table.at(row, at)}: {'-'.join(map(str, parts))} is not a day.") from None

    def _areas(self) -> tuple[list[str], dict[str, NDArray[np.float64]]]:
        """The area of each row, and where each area lies (nothing when unknown)."""
        lat, lon = self.table.column(*LATITUDE), self.table.column(*LONGITUDE)
        if self.how.cell is not None:
            if lat is None or lon is None:
                raise InputError(f"{self.table.source}: --cell needs columns latitude and longitude.")
            return self._cells(lat, lon, self.how.cell)
        at = self.table.need(self.how.area.lower()) if self.how.area else self.table.column(*AREA)
        keys = ["all" if at is None else self.table.text(row, at) for row in self.table]
        if lat is None or lon is None or len(set(keys)) < 2:
            return keys, {}
        return keys, self._centres(keys, lat, lon)

    def _centres(self, keys: Sequence[str], lat: int, lon: int) -> dict[str, NDArray[np.float64]]:
        points: dict[str, list[tuple[float, float]]] = {}
        for key, row in zip(keys, self.table, strict=True):
            points.setdefault(key, []).append(self._point(row, lat, lon))
        means = {key: np.mean(found, axis=0) for key, found in points.items()}
        flat = from_degrees([p[0] for p in means.values()], [p[1] for p in means.values()])
        return dict(zip(means, flat, strict=True))

    def _cells(self, lat: int, lon: int, side: float) -> tuple[list[str], dict[str, NDArray[np.float64]]]:
        if not 0 < side <= 10:
            raise InputError(f"--cell {side}: a side in degrees, above 0 and to 10.")
        points = [self._point(row, lat, lon) for row in self.table]
        found = [(math.floor(y / side), math.floor(x / side)) for y, x in points]
        near = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        places = {
            _cell((a + i, b + j), side): np.array([a + i, b + j], float)
            for a, b in sorted(set(found))
            for i, j in near
        }
        return [_cell(cell, side) for cell in found], places

    def _point(self, row: Row, lat: int, lon: int) -> tuple[float, float]:
        y, x = self.table.number(row, lat), self.table.number(row, lon)
        if abs(y) > 90 or abs(x) > 180:
            raise InputError(
                f"{self.table.at(row, lat)}: {y:g}, {x:g} is no place on Earth; are latitude and longitude in the right columns?"
            )
        return y, x

    def panel(self) -> Panel:
        areas = sorted(self.places) if self.how.cell is not None else sorted(set(self.keys))
        first, last = self.first, self.last
        position = {area: i for i, area in enumerate(areas)}
        counts = np.zeros((len(areas), last - first + 1))
        seen = np.zeros(counts.shape, int)
        ids: dict[str, int] = {}
        name = self.table.column(*ID) if self.events else None
        for row, key, at in zip(self.table, self.keys, self.at, strict=True):
            value = self._whole(row, self.value)
            if (
                name is not None
                and (twice := ids.setdefault(self.table.text(row, name), row.line)) != row.line
            ):
                raise InputError(f"{self.table.at(row, name)}: the same event stands in line {twice}.")
            cell = position[key], at - first
            if seen[cell] and not self.events:
                raise InputError(
                    f"{self.table.at(row, self.value)}: {key} in {label(at, self.how.unit)} stands in an earlier line too."
                )
            seen[cell] += 1
            counts[cell] += value
        if not self.events and not self.how.absent_is_zero:
            self._complete(areas, seen, first)
        places = np.array([self.places[area] for area in areas]) if self.places else None
        return Panel(
            counts, tuple(areas), tuple(label(first + i, self.how.unit) for i in range(counts.shape[1])), self.how.unit,
            seen.astype(float) if self.events else None, places,
        )  # fmt: skip

    def _span(self) -> tuple[int, int]:
        """First and last period. `--until` inside a period leaves that period out: it is not complete."""
        first, last = min(self.at), max(self.at)
        if self.how.since:
            first = _number(_day(self.how.since, "--since"), self.how.unit)
        if self.how.until:
            last = _number(_day(self.how.until, "--until") + timedelta(days=1), self.how.unit) - 1
        if last < first or not any(first <= at <= last for at in self.at):
            raise InputError(
                f"{self.table.source}: no row in a complete {self.how.unit} between the first and the last day."
            )
        return first, last

    def _complete(self, areas: Sequence[str], seen: NDArray[np.int64], first: int) -> None:
        missing = np.argwhere(seen == 0)
        if missing.size:
            area, at = missing[0]
            raise InputError(
                f"{self.table.source}: no row for {areas[area]} in {label(first + int(at), self.how.unit)} "
                f"({len(missing)} such). If nothing happened there, write 0, or say --absent-is-zero."
            )


def _kept(table: Table, where: Sequence[str]) -> Table:
    rows = table.rows
    for condition in where:
        name, sign, values = condition.partition("=")
        if not sign:
            raise InputError(f"--where {condition}: write COLUMN=VALUE.")
        at, wanted = table.need(name.strip().lower()), {value.strip() for value in values.split(",")}
        rows = tuple(row for row in rows if at < len(row.fields) and row.fields[at] in wanted)
    return Table(table.source, table.names, rows)


def _number(when: date, unit: str) -> int:
    return when.year * 12 + when.month - 1 if unit == "month" else (when.toordinal() - 1) // 7


def label(number: int, unit: str) -> str:
    """2019-03, or 2019-W12 (ISO 8601)."""
    if unit == "month":
        return f"{number // 12}-{number % 12 + 1:02d}"
    year, week, _ = date.fromordinal(number * 7 + 1).isocalendar()
    return f"{year}-W{week:02d}"


def after(period: str, ahead: int, unit: str) -> str:
    """The label `ahead` periods after this one."""
    if unit == "month":
        return label(int(period[:4]) * 12 + int(period[5:7]) - 1 + ahead, unit)
    return label(_number(date.fromisocalendar(int(period[:4]), int(period[6:]), 1), unit) + ahead, unit)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text}: write a day, 2019-03-31.") from None


def _cell(cell: tuple[int, int], side: float) -> str:
    """The south-west corner in degrees."""
    return f"{cell[0] * side:g} {cell[1] * side:g}"
