"""Text tables as people have them: comma, semicolon, tab or blanks between columns, with or without a line of names.

Every row keeps its line number, so that whoever refuses a value can say where it stands.
"""

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from constat.analysis.errors import InputError

_NUMBER = re.compile(r"[-+]?(\d+([.]\d*)?|[.]\d+)([eE][-+]?\d+)?$")
_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[T ].*)?$")


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file (1 is the first line) and its fields."""

    line: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """names: the line of names in lower case, () where the file has none."""

    source: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, *wanted: str) -> int | None:
        """Position of the first of these names the table has."""
        return next((self.names.index(name) for name in wanted if name in self.names), None)

    def need(self, *wanted: str) -> int:
        found = self.column(*wanted)
        if found is None:
            raise InputError(
                f"{self.source}: no column named {' or '.join(wanted)}; the columns are {', '.join(self.names)}."
            )
        return found

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def at(self, row: Row, column: int | str) -> str:
        """Where a value stands, for the sentence of an error."""
        name = self.names[column] if isinstance(column, int) and self.names else column
        place = f"column {name}" if isinstance(name, str) else f"column {name + 1}"
        return f"{self.source}, line {row.line}, {place}"

    def text(self, row: Row, column: int) -> str:
        if column >= len(row.fields) or not row.fields[column]:
            raise InputError(f"{self.at(row, column)}: nothing stands here.")
        return row.fields[column]

    def number(self, row: Row, column: int, *, least: float | None = None) -> float:
        """A finite number, at least `least`. "nan", "inf" and "1,5" are refused, never read as something else."""
        value = self.text(row, column)
        if not _NUMBER.match(value):
            raise InputError(f"{self.at(row, column)}: {value!r} is not a number.")
        found = float(value)
        if not math.isfinite(found):
            raise InputError(f"{self.at(row, column)}: {value!r} is too large.")
        if least is not None and found < least:
            raise InputError(f"{self.at(row, column)}: {value} is less than {least:g}.")
        return found

    def day(self, row: Row, column: int, *, latest: date | None = None) -> tuple[date, str]:
        """(first day, unit: day, month or year) of 2019/3/31, 2019-03-31, 2019-03 or 2019."""
        value = self.text(row, column)
        found = _DATE.match(value)
        if not found:
            raise InputError(
                f"{self.at(row, column)}: {value!r} is not a date. Write 2019-03-31, 2019-03 or 2019."
            )
        year, month, day = found.groups()
        try:
            when = date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            raise InputError(f"{self.at(row, column)}: {value!r} is not a day of the calendar.") from None
        if latest is not None and when > latest:
            raise InputError(f"{self.at(row, column)}: {value} lies in the future (today is {latest}).")
        return when, "day" if day else "month" if month else "year"


def dated(table: Table) -> Table:
    """With a column date where the file has year, month and day apart, as UCDP's files have."""
    wanted = ("year", "month", "day")
    if "date" in table.names or not set(wanted) <= set(table.names):
        return table
    at = [table.names.index(name) for name in wanted]
    rows = (
        Row(
            row.line,
            (
                *row.fields[: len(table.names)],
                *[""] * (len(table.names) - len(row.fields)),
                "-".join(table.text(row, i) for i in at),
            ),
        )
        for row in table
    )
    return Table(table.source, (*table.names, "date"), tuple(rows))


def is_date(value: str) -> bool:
    return bool(_DATE.match(value))


def is_number(value: str) -> bool:
    return bool(_NUMBER.match(value))


def read(path: str | Path, *, columns: int = 1, named: bool | None = None) -> Table:
    """The table in a file. InputError where it cannot be read, is empty or has a line with fewer than `columns` fields.

    The first line holds names when it has no number and no date while the next one has, or when `named` says it must.
    """
    source = Path(path).name
    try:
        text = Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{source}: not a text file in UTF-8.") from None
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}.") from None
    return parse(text, source, columns=columns, named=named)


def cells(path: str | Path, source: str, *, blanks: bool = False) -> list[tuple[int, list[str]]]:
    """(line, cells) of every line that holds something: comma, semicolon or tab, whichever cuts all lines alike and most;
    with `blanks` also blanks. InputError for what cannot be read."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except UnicodeDecodeError:
        raise InputError(f"{source}: cannot be read as a table in UTF-8. Save it as CSV in UTF-8.") from None
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror or error}.") from None
    best: list[tuple[int, list[str]]] = []
    for sign in ",;\t":
        reader, found, last = csv.reader(text.splitlines(keepends=True), delimiter=sign), [], 0
        try:
            for row in reader:
                # A quoted cell may hold a line break: a row is named by its first line.
                found.append((last + 1, [cell.strip() for cell in row]))
                last = reader.line_num
        except csv.Error as error:
            raise InputError(f"{source}, line {reader.line_num}: cannot be read as CSV: {error}.") from None
        found = [(line, row) for line, row in found if any(row)]
        if not best or len(found[0][1]) > len(best[0][1]):
            best = found
    if blanks and best and len(best[0][1]) == 1:
        lines = enumerate(text.splitlines(), 1)
        return [
            (line, next(csv.reader([" ".join(row.split())], delimiter=" ")))
            for line, row in lines
            if row.strip()
        ]
    return best


def parse(text: str, source: str, *, columns: int = 1, named: bool | None = None) -> Table:
    lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise InputError(f"{source}: the file is empty.")
    first = lines[0][1]
    # The sign that cuts the first line most: a name may hold the other one ("exposure; hours, all").
    delimiter = max(",;", key=lambda sign: _width(first, sign)) if "," in first or ";" in first else None
    if delimiter is None and all("\t" in line and "\t\t" not in line for _, line in lines):
        delimiter = "\t"
    rows = _blank_cut(lines) if delimiter is None else _cut(text, source, delimiter)
    bare = not any(map(_valued, rows[0].fields))
    # A file that must have names has them, even where the row below holds no value that can be read.
    named = bare and (bool(named) or len(rows) == 1 or any(map(_valued, rows[1].fields)))
    names = tuple(name.lower() for name in rows[0].fields) if named else ()
    rows = rows[1:] if named else rows
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{source}: two columns are named {name!r}.")
    for row in rows:
        if len(row.fields) < columns:
            raise InputError(f"{source}, line {row.line}: {len(row.fields)} columns; {columns} are needed.")
        if names and any(row.fields[len(names) :]):
            raise InputError(
                f"{source}, line {row.line}: {len(row.fields)} cells, and {len(names)} columns have names. A decimal comma, "
                "or a comma in a text, needs quotation marks, or semicolons between the columns."
            )
    return Table(source, names, rows)


def _width(line: str, sign: str) -> int:
    return len(next(csv.reader([line], delimiter=sign)))


def _blank_cut(lines: Sequence[tuple[int, str]]) -> tuple[Row, ...]:
    return tuple(Row(number, tuple(line.split())) for number, line in lines)


def _cut(text: str, source: str, delimiter: str) -> tuple[Row, ...]:
    """A quoted cell may hold a line break: a row is named by its first line. A quotation mark that nobody closes would
    swallow the rows below, silently: it is refused."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    found, last = [], 0
    try:
        for parts in reader:
            fields = tuple(part.strip() for part in parts)
            # A line of blanks is no row; a line of separators is one, whose cells are missing.
            if len(fields) > 1 or any(fields):
                found.append(Row(last + 1, fields))
            last = reader.line_num
    except csv.Error:
        raise InputError(
            f"{source}, line {last + 1}: a quotation mark is not closed, or text follows the closing one. Double it where it "
            "is part of the text."
        ) from None
    return tuple(found)


def _valued(field: str) -> bool:
    return is_number(field) or is_date(field)
