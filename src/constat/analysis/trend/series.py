"""Reads a series: one row a week, month or day, in order, none missing and none twice."""

import argparse
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constat.analysis import columns
from constat.analysis.columns import Row, Table
from constat.analysis.errors import InputError

DATE = ("week_ending", "week", "date", "day", "month", "when", "period", "time", "semaine", "jour", "mois")
INDEX = ("index", "t", "n", "i")
VALUE = (
    "observed",
    "count",
    "counts",
    "events",
    "cases",
    "incidents",
    "value",
    "deaths",
    "killed",
    "nombre",
    "effectif",
)
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})$")
EXPOSURE = ("exposure", "operations", "hours", "sorties", "kms")


@dataclass(frozen=True)
class Series:
    """values (n,); labels: date or number of each row as written; days: None without dates."""

    source: str
    values: NDArray[np.float64]
    labels: tuple[str, ...]
    days: tuple[date, ...] | None = None
    unit: str = "row"
    exposure: NDArray[np.float64] | None = None

    def position(self, wanted: str) -> int:
        """Position (from 0) of a date, or of the number of a row (from 1)."""
        if wanted in self.labels:
            return self.labels.index(wanted)
        if self.days is not None and columns.is_date(wanted) and not (wanted.isdigit() and len(wanted) < 4):
            when = columns.parse(wanted, "date").day(Row(1, (wanted,)), 0)[0]
            for i, day in enumerate(self.days):
                if day >= when:
                    return i
        if self.days is None and wanted.isdigit() and 1 <= int(wanted) <= self.values.size:
            return int(wanted) - 1
        raise InputError(
            f"{self.source}: {wanted} is not in the series ({self.labels[0]} to {self.labels[-1]})."
        )


def arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("file", metavar="FILE", help="one row a week (month, day): date or number, count")
    ask("--column", metavar="NAME", help="the column of counts")
    ask("--series", metavar="NAME", help="which series, where the file holds several")
    ask("--break", dest="breaks", action="append", default=[], metavar="DATE",
        help="first row of another way of recording; may be given several times")  # fmt: skip


def read(
    path: str | Path, *, latest: date, column: str | None = None, series: str | None = None, exposure: str | None = None,
    counts: bool = True,
) -> Series:  # fmt: skip
    """The series of a file. InputError for gaps, repeated rows, future dates and what is not a count."""
    table = columns.read(path)
    if not table.rows:
        raise InputError(f"{table.source}: no rows under the names of the columns.")
    table = _one_series(table, series)
    value = _value_column(table, column)
    when = (
        table.column(*DATE)
        if table.names
        else (0 if value > 0 and columns.is_date(table.rows[0].fields[0]) else None)
    )
    year, month = table.column("year"), table.column("month")
    least = 0.0 if counts else None
    values = np.array([table.number(row, value, least=least) for row in table], float)
    paid = None if exposure is None else table.need(exposure.lower())
    operations = (
        None if paid is None else np.array([table.number(row, paid, least=0) for row in table], float)
    )
    if year is not None and month is not None:
        days = tuple(_month(table, row, year, month, latest) for row in table)
        labels = tuple(f"{day:%Y-%m}" for day in days)
        return Series(table.source, values, labels, days, _regular(table, days, "month"), operations)
    if when is None or (when == value):
        return Series(table.source, values, _numbers(table), None, "row", operations)
    found = [_day(table, row, when, latest) for row in table]
    days = tuple(day for day, _ in found)
    labels = tuple(table.text(row, when) for row in table)
    return Series(table.source, values, labels, days, _regular(table, days, found[0][1]), operations)


def _day(table: Table, row: Row, column: int, latest: date) -> tuple[date, str]:
    """As `Table.day`, and weeks of ISO 8601 by their Monday."""
    week = _WEEK.match(table.text(row, column))
    if week is None:
        return table.day(row, column, latest=latest)
    try:
        monday = date.fromisocalendar(int(week[1]), int(week[2]), 1)
    except ValueError:
        raise InputError(f"{table.at(row, column)}: {week[0]!r} is no week of the calendar.") from None
    if monday > latest:
        raise InputError(f"{table.at(row, column)}: {week[0]} lies in the future (today is {latest}).")
    return monday, "day"


def _month(table: Table, row: Row, year: int, month: int, latest: date) -> date:
    """The first day of a month whose year and number stand in two columns."""
    parts = []
    for column, most in ((year, 9999), (month, 12)):
        number = table.number(row, column)
        if number != int(number) or not 1 <= number <= most:
            raise InputError(
                f"{table.at(row, column)}: {table.text(row, column)} is no {table.names[column]}."
            )
        parts.append(int(number))
    first = date(parts[0], parts[1], 1)
    if first > latest:
        raise InputError(f"{table.at(row, month)}: {first:%Y-%m} lies in the future (today is {latest}).")
    return first


def _one_series(table: Table, series: str | None) -> Table:
    at = table.column("series", "name", "area")
    if at is None:
        if series is not None:
            raise InputError(f"{table.source}: there is no column named series.")
        return table
    names = list(dict.fromkeys(table.text(row, at) for row in table))
    if series is None and len(names) > 1:
        raise InputError(
            f"{table.source} holds several series ({', '.join(names)}): choose one with --series."
        )
    wanted = names[0] if series is None else series
    if wanted not in names:
        raise InputError(f"{table.source}: there is no series {wanted!r}; there are {', '.join(names)}.")
    return Table(table.source, table.names, tuple(row for row in table if table.text(row, at) == wanted))


def _value_column(table: Table, column: str | None) -> int:
    if column is not None:
        if not table.names:
            raise InputError(f"{table.source}: the columns have no names, so none is {column!r}.")
        return table.need(column.lower())
    if not table.names:
        return len(table.rows[0].fields) - 1
    found = table.column(*VALUE)
    if found is None:
        raise InputError(
            f"{table.source}: which column holds the counts? Give --column; there are {', '.join(table.names)}."
        )
    return found


def _numbers(table: Table) -> tuple[str, ...]:
    at = table.column(*INDEX) if table.names else None
    if at is None:
        return tuple(str(i + 1) for i in range(len(table.rows)))
    numbers = [table.number(row, at) for row in table]
    for i, row in enumerate(table.rows[1:], 1):
        if numbers[i] != numbers[i - 1] + 1:
            raise InputError(
                f"{table.at(row, at)}: {numbers[i]:g} follows {numbers[i - 1]:g}; rows must be in order, none missing."
            )
    return tuple(f"{number:g}" for number in numbers)


def _regular(table: Table, days: Sequence[date], precision: str) -> str:
    """The step of the series: day, week or month. Equal steps, none missing."""
    if len(days) < 2:
        return precision
    steps = [(b - a).days for a, b in itertools.pairwise(days)]
    months = [(b.year - a.year) * 12 + b.month - a.month for a, b in itertools.pairwise(days)]
    usual = sorted(steps)[len(steps) // 2]
    if usual < 0:
        # Read as they stand, the oldest row would be judged as the latest one.
        raise InputError(
            f"{table.source}, line {table.rows[1].line}: {days[1]} follows {days[0]}. Sort the rows, oldest first."
        )
    monthly = 28 <= usual <= 31
    for i, (step, month) in enumerate(zip(steps, months, strict=True), 1):
        right = month == 1 if monthly else month == 12 if usual in (365, 366) else step == usual
        if not right:
            row = table.rows[i]
            raise InputError(
                f"{table.source}, line {row.line}: {days[i]} follows {days[i - 1]}. Rows must be in order, one each "
                f"{'month' if monthly else f'{usual} days'}: write a row with 0 where nothing was recorded."
            )
    return {1: "day", 7: "week"}.get(
        usual, "month" if monthly else "year" if usual in (365, 366) else f"{usual} days"
    )
