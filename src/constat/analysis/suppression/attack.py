"""What a reader can work out from all released tables together: smallest and largest possible count of every cell withheld.

The unknown is the full cross-table of all dimensions that occur; each published count is one equation on it, each cell
withheld two linear programmes (Fischetti & Salazar 2001). Bounds are those of the linear relaxation, rounded inwards to
whole people: the true integer bounds are never wider.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from constat.analysis.errors import InputError
from constat.analysis.suppression.programme import OPTIMAL, Programme
from constat.analysis.suppression.tables import MOST_CELLS, TOTAL, Cell, Nested, Released, parts

CLOSE = 1e-6


@dataclass(frozen=True)
class Bound:
    """A cell withheld in `source` and what can be known of it. `upper` None: no upper limit."""

    source: str
    cell: Cell
    lower: int
    upper: int | None

    @property
    def exact(self) -> bool:
        return self.upper is not None and self.upper <= self.lower


def attack(tables: Sequence[Released], nested: Sequence[Nested] = ()) -> tuple[Bound, ...] | None:
    """Bounds of every cell withheld, over all tables at once. None when the tables contradict one another, so that no set
    of people can lie behind them. `nested`: what every reader knows of places that lie in one region only. Raises InputError for no table or for a cross-table too large to solve.
    """
    if not tables:
        raise InputError("no table to attack: name at least one released file.")
    system = System(tables)
    rows, sums = system.equations(tables)
    zero = np.zeros(system.size)
    programme = Programme(
        rows, sums, sums, zero, np.where(system.possible(nested), np.inf, 0.0), zero, primal=True
    )
    if programme.solve()[0] != OPTIMAL:
        return None
    bounds = []
    for table in tables:
        for cell in [cell for cell, value in table.values.items() if value is None]:
            target = np.asarray(system.row(table.names, cell).todense(), dtype=np.float64).ravel()
            ends: list[float] = []
            for sign in (1.0, -1.0):
                programme.prices(sign * target)
                status, paid, _, _ = programme.solve()
                ends.append(sign * paid if status == OPTIMAL else float("inf"))
            low = int(np.ceil(ends[0] - CLOSE))
            high = None if np.isinf(ends[1]) else int(np.floor(ends[1] + CLOSE))
            bounds.append(Bound(table.source, cell, max(low, 0), high))
    return tuple(bounds)


class System:
    """The cross-table of all dimensions of some tables, and the row of sums that a published cell is."""

    def __init__(self, tables: Sequence[Released]) -> None:
        self.names = tuple(dict.fromkeys(name for table in tables for name in table.names))
        self.labels: tuple[tuple[str, ...], ...] = tuple(
            tuple(
                dict.fromkeys(
                    label
                    for table in tables
                    if name in table.names
                    for cell in table.values
                    if cell[table.names.index(name)] != TOTAL
                    for label in parts(cell[table.names.index(name)], ())
                )
            )
            or (TOTAL,)
            for name in self.names
        )
        self.size = int(np.prod([len(some) for some in self.labels]))
        if self.size > MOST_CELLS:
            raise InputError(
                f"the tables span {self.size} cells together; at most {MOST_CELLS} can be solved."
            )
        self._digits = np.indices([len(some) for some in self.labels]).reshape(len(self.labels), -1)

    def possible(self, nested: Sequence[Nested]) -> npt.NDArray[np.bool_]:
        """Which inner cells can hold anyone: a place lies in one region only."""
        out = np.ones(self.size, dtype=bool)
        for one in nested:
            if one.child in self.names and one.parent in self.names:
                child, parent = self.names.index(one.child), self.names.index(one.parent)
                within = np.array([one.within.get(label, "") for label in self.labels[child]])
                out &= within[self._digits[child]] == np.array(self.labels[parent])[self._digits[parent]]
        return out

    def row(self, names: Sequence[str], cell: Cell) -> Any:
        """Sparse 0/1 row over the cross-table: the inner cells a published cell sums."""
        from scipy.sparse import csr_matrix

        inside = np.ones(self.size, dtype=bool)
        for name, label in zip(names, cell, strict=True):
            if label != TOTAL:
                at = self.names.index(name)
                places = [self.labels[at].index(one) for one in parts(label, self.labels[at])]
                inside &= np.isin(self._digits[at], places)
        return csr_matrix(inside[None, :].astype(np.float64))

    def equations(self, tables: Sequence[Released]) -> tuple[Any, Any]:
        """(rows, sums) of all published counts."""
        from scipy.sparse import csr_matrix, vstack

        shown = [
            (t.names, cell, value) for t in tables for cell, value in t.values.items() if value is not None
        ]
        if not shown:
            return csr_matrix((0, self.size)), np.zeros(0)
        return vstack([self.row(names, cell) for names, cell, _ in shown]), np.array(
            [float(v) for *_, v in shown]
        )

    def inner(self) -> list[Cell]:
        return list(product(*self.labels))
