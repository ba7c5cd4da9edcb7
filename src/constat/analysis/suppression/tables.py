"""Tables of counts: the true one (every inner cell), and released ones (with totals, and with cells withheld)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from constat.analysis import columns
from constat.analysis.errors import InputError

TOTAL = "total"
# Not a plus or a slash: categories such as "drone + artillery" are names, not sums.
TOGETHER = "|"
WITHHELD = ("", "x", "..", "*")
COUNT = ("count", "counts", "n", "effectif", "effectifs", "nombre")
# What a published table may call the line that sums the others: read as such, never as one more category.
SUMS = frozenset((TOTAL, "totals", "totaux", "ensemble", "all", "sum", "somme", "tous", "toutes", "المجموع", "مجموع", "الإجمالي", "الكل"))  # fmt: skip
MOST_CELLS = 20_000
Cell = tuple[str, ...]


def parts(label: str, known: Sequence[str]) -> list[str]:
    """The categories a label sums: itself, or those joined by '|', such as the months of a release that grew."""
    return [label] if label in known else label.split(TOGETHER)


@dataclass(frozen=True)
class Table:
    """True counts. `names`: the dimensions. `labels`: per dimension its categories. `counts`: array of that shape."""

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    counts: npt.NDArray[np.int64]

    def cells(self) -> list[Cell]:
        """Every cell with its totals: a dimension summed over reads 'total'."""
        return list(product(*[(*some, TOTAL) for some in self.labels]))

    def value(self, cell: Cell) -> int:
        at = [
            np.arange(len(some)) if c == TOTAL else np.array([some.index(one) for one in parts(c, some)])
            for c, some in zip(cell, self.labels, strict=True)
        ]
        return int(self.counts[np.ix_(*at)].sum())


@dataclass(frozen=True)
class Released:
    """What was published: cell -> count, None where withheld. Cells that are not there were not published. A label may join
    several categories by '|'."""

    source: str
    names: tuple[str, ...]
    values: dict[Cell, int | None]


@dataclass(frozen=True)
class Nested:
    """Every category of dimension `child` lies in one of dimension `parent`: `within` says in which."""

    child: str
    parent: str
    within: dict[str, str]


def nesting(table: Table, child: str, parent: str) -> Nested:
    """Read from the true counts. Raises InputError where a category has people in two."""
    for name in (child, parent):
        if name not in table.names:
            raise InputError(f"there is no dimension {name!r}; the table has {', '.join(table.names)}.")
    one, two = table.names.index(child), table.names.index(parent)
    others = tuple(at for at in range(len(table.names)) if at not in (one, two))
    summed = table.counts.sum(axis=others)
    found = summed if one < two else summed.T
    within = {}
    for label, row in zip(table.labels[one], found, strict=True):
        places = np.flatnonzero(row)
        if len(places) > 1:
            raise InputError(
                f"{child} {label!r} lies in {parent} {table.labels[two][places[0]]!r} and in {table.labels[two][places[1]]!r}."
            )
        if len(places):
            within[label] = table.labels[two][places[0]]
    return Nested(child, parent, within)


def read_table(path: str | Path) -> Table:
    """CSV: one row per inner cell, dimensions first, the count last. Cells left out hold zero. Totals are ours to make."""
    source, header, rows = _rows(path)
    found: dict[Cell, int] = {}
    for number, row in rows:
        cell = tuple(row[:-1])
        if any(word.casefold() in SUMS for word in cell):
            raise InputError(
                f"{source}, row {number}: a total; give the inner cells only, totals are summed here."
            )
        if cell in found:
            raise InputError(f"{source}, row {number}: the cell {' / '.join(cell)} stands there twice.")
        count = _count(source, number, header[-1], row[-1])
        if count is None:
            raise InputError(
                f"{source}, row {number}, column {header[-1]!r}: no count; the true table has no gap."
            )
        found[cell] = count
    return table_of(header[:-1], found, source)


def table_of(names: Sequence[str], found: dict[Cell, int], source: str = "table") -> Table:
    labels = tuple(tuple(dict.fromkeys(cell[d] for cell in found)) for d in range(len(names)))
    size = int(np.prod([len(some) + 1 for some in labels]))
    if size > MOST_CELLS:
        raise InputError(
            f"{source}: {size} cells with totals; at most {MOST_CELLS}. Take dimensions out or merge categories."
        )
    counts = np.zeros([len(some) for some in labels], dtype=np.int64)
    for cell, count in found.items():
        counts[tuple(some.index(c) for c, some in zip(cell, labels, strict=True))] = count
    if not counts.any():
        raise InputError(f"{source}: every count is zero; there is nothing to protect.")
    return Table(tuple(names), labels, counts)


def read_released(path: str | Path) -> Released:
    """CSV as published: 'total' (ensemble, المجموع) in a dimension marks a sum; an empty count, x, * or .. marks a cell withheld."""
    source, header, rows = _rows(path)
    values: dict[Cell, int | None] = {}
    for number, row in rows:
        cell = tuple(TOTAL if c.casefold() in SUMS else c for c in row[:-1])
        if cell in values:
            raise InputError(f"{source}, row {number}: the cell {' / '.join(cell)} stands there twice.")
        values[cell] = _count(source, number, header[-1], row[-1])
    return Released(source, tuple(header[:-1]), values)


def aligned(tables: Sequence[Table | Released]) -> list[Released]:
    """The released tables among `tables`, with every dimension and category written as the first table that has it writes it:
    AREA and area are one dimension, Nord and nord one category, and what they give away together is seen."""
    dimension: dict[str, str] = {}
    category: dict[tuple[str, str], str] = {}
    made = []
    for table in tables:
        names = tuple(dimension.setdefault(name.casefold(), name) for name in table.names)
        if isinstance(table, Table):
            for name, some in zip(names, table.labels, strict=True):
                category.update({(name, label.casefold()): label for label in some})
            continue
        values: dict[Cell, int | None] = {}
        for cell, count in table.values.items():
            values[
                tuple(
                    TOGETHER.join(category.setdefault((name, c.casefold()), c) for c in label.split(TOGETHER))
                    for name, label in zip(names, cell, strict=True)
                )
            ] = count
        made.append(Released(table.source, names, values))
    return made


def read_nesting(path: str | Path) -> Nested:
    """CSV of two columns, such as cercle,region: which lies in which."""
    source = str(path)
    rows = columns.cells(path, source)
    if len(rows) < 2 or any(len(row) != 2 for _, row in rows):
        raise InputError(
            f"{source}: needs two columns, the inner dimension and the outer, a header row and one row each."
        )
    within: dict[str, str] = {}
    for number, (child, parent) in rows[1:]:
        if within.setdefault(child, parent) != parent:
            raise InputError(f"{source}, row {number}: {child} lies in {within[child]!r} and in {parent!r}.")
    return Nested(rows[0][1][0], rows[0][1][1], within)


def _rows(path: str | Path) -> tuple[str, list[str], list[tuple[int, list[str]]]]:
    """(source, names, (row, cells)). Without a line of names the dimensions are called dimension 1 and on: a first row with a
    count is a row of people, never a heading."""
    source = str(path)
    rows = columns.cells(path, source)
    if rows and len(rows[0][1]) > 1 and _countlike(rows[0][1][-1]):
        names = [*(f"dimension {at}" for at in range(1, len(rows[0][1]))), "count"]
    else:
        names, rows = (rows[0][1], rows[1:]) if rows else ([], [])
    if not rows or len(names) < 2:
        raise InputError(f"{source}: needs a header row (dimensions, then the count) and at least one row.")
    if len(set(names)) < len(names):
        raise InputError(f"{source}, row 1: two columns have the same name.")
    for number, row in rows:
        if len(row) != len(names):
            raise InputError(f"{source}, row {number}: has {len(row)} cells, the header has {len(names)}.")
    named = [at for at, name in enumerate(names) if name.lower() in COUNT]
    if len(named) == 1 and named[0] != len(names) - 1:
        order = [*(at for at in range(len(names)) if at != named[0]), named[0]]
        names, rows = (
            [names[at] for at in order],
            [(number, [row[at] for at in order]) for number, row in rows],
        )
    if len({name.casefold() for name in names}) < len(names):
        raise InputError(f"{source}, row 1: two columns differ by capital letters alone.")
    seen: dict[tuple[str, str], str] = {}
    for number, row in rows:
        for name, cell in zip(names[:-1], row[:-1], strict=True):
            if cell != (first := seen.setdefault((name, cell.casefold()), cell)):
                raise InputError(
                    f"{source}, row {number}, column {name!r}: {cell!r} stands above as {first!r}; write one category one way."
                )
            if not cell:
                raise InputError(
                    f"{source}, row {number}, column {name!r}: no category; write one, such as unknown."
                )
    return source, names, rows


def _countlike(text: str) -> bool:
    return text.lower() in WITHHELD or columns.is_number(text)


def _count(source: str, number: int, column: str, text: str) -> int | None:
    if text.lower() in WITHHELD:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value < 1e12 or value != int(value):
        raise InputError(
            f"{source}, row {number}, column {column!r}: {text!r}; a count is a whole number, zero or more."
        )
    return int(value)
