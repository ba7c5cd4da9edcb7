"""The attacker: every way to change the true cross-table that leaves all that is published as it is.

A count may rise without limit and fall to zero, where its cell is withheld. The dual of the attacker's programme is an
inequality that every safe choice of cells obeys (capacity constraints, Fischetti & Salazar 2001, theirs strengthened by
capping each coefficient at what is needed).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from constat.analysis.suppression.attack import System
from constat.analysis.suppression.programme import INFEASIBLE, OPTIMAL, UNBOUNDED, Programme
from constat.analysis.suppression.tables import TOTAL, Cell, Nested, Released, Table

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Need = tuple[int, float, float]
CLOSE = 1e-6
NOTHING = 1e-8
KEPT = 1000


class Game:
    """`needs`: (cell, +1 or -1, by how much the attacker must be unable to exclude it to rise or fall) of every small count.
    Columns of its programmes: the inner cells of the whole cross-table where the release is only a part of it, then the
    cells of the release and, after them, the small counts that it does not hold but that must stay unknown: those withheld in
    an earlier release, and those of the tables in `watch`. `lines`: every total with the cells it sums, as positions."""

    def __init__(
        self,
        table: Table,
        part: Table,
        cells: Sequence[Cell],
        earlier: Sequence[Released],
        k: int,
        watch: Sequence[Sequence[str]] = (),
        nested: Sequence[Nested] = (),
    ) -> None:
        from scipy.sparse import csr_matrix, eye, hstack, vstack

        inner = [cell for cell in table.cells() if TOTAL not in cell]
        system = System([Released("", table.names, dict.fromkeys(inner, 0))])
        true = table.counts.ravel().astype(np.float64)
        asked = {_place(part.names, cell) for cell in cells}
        unseen: dict[frozenset[tuple[str, str]], tuple[tuple[str, ...], Cell]] = {}
        for names, cell in _unpublished(table, earlier, watch):
            if _place(names, cell) not in asked and 0 < float((system.row(names, cell) @ true)[0]) < k:
                unseen.setdefault(_place(names, cell), (names, cell))
        self.named = [(part.names, cell) for cell in cells] + list(unseen.values())
        self.released = len(cells)
        sums = vstack([system.row(names, cell) for names, cell in self.named]).tocsr()
        value = sums @ true
        shown = [(one.names, cell) for one in earlier for cell, v in one.values.items() if v is not None]
        known = (
            vstack([system.row(names, cell) for names, cell in shown])
            if shown
            else csr_matrix((0, system.size))
        )
        self.value, self.most, self.count = value, float(value.max()) + 1_000.0, len(value)
        if part.counts.size == table.counts.size and not unseen:
            self.base = np.zeros(0)
            single = np.flatnonzero(np.asarray([TOTAL not in cell for cell in cells]))
            total = np.flatnonzero(np.asarray([TOTAL in cell for cell in cells]))
            place = csr_matrix(
                (np.ones(len(single)), (np.asarray(sums[single].argmax(axis=1)).ravel(), single)),
                shape=(system.size, len(cells)),
            )
            ones = csr_matrix(
                (np.ones(len(total)), (np.arange(len(total)), total)), shape=(len(total), len(cells))
            )
            self.rows = vstack([sums[total] @ place - ones, known @ place]).tocsc()
        else:
            self.base = true
            self.rows = vstack(
                [hstack([sums, -eye(len(value))]), hstack([known, csr_matrix((len(shown), len(value)))])]
            ).tocsc()  # fmt: skip
        self.rows.sort_indices()
        self._top = self.most * system.possible(nested) if len(self.base) else np.zeros(0)
        self.small = np.flatnonzero((value > 0) & (value < k))
        self.allowed: Marks = value > 0
        self.needs: list[Need] = [
            need for at in self.small for need in ((int(at), 1.0, float(k) - value[at]), (int(at), -1.0, 1.0))
        ]
        self.lines = _lines(cells)
        columns = len(self.base) + self.count
        zero = np.zeros(self.rows.shape[0])
        self._attack = Programme(
            self.rows, zero, zero, np.zeros(columns), np.zeros(columns), np.zeros(columns), primal=True
        )
        self._path: Programme | None = None
        self._transposed = self.rows.T.tocsr()
        self._low = np.concatenate([self.base, value])
        self._uses = np.zeros((KEPT, self.count), dtype=np.float32)
        self._met = np.zeros((KEPT, len(self.needs)), dtype=np.bool_)
        self._next = 0
        self._order = {need: place for place, need in enumerate(self.needs)}
        self._need_at = np.array([len(self.base) + at for at, _, _ in self.needs], dtype=np.int64)
        self._need_sign = np.array([sign for _, sign, _ in self.needs])
        self._need_size = np.array([size for _, _, size in self.needs])

    # What the attacker can do

    def most_change(self, need: Need, low: Floats, high: Floats) -> tuple[float, Floats, Floats]:
        """(how far the cell can go, the change of every column, the price of every cell and inner cell in the dual)."""
        at, sign, _ = need
        edge = len(self.base)
        self._attack.box(np.concatenate([-self.base, -low]), np.concatenate([self._top, high]))
        price = np.zeros(edge + self.count)
        price[edge + at] = -sign
        self._attack.prices(price)
        status, paid, change, dual = self._attack.solve()
        if status != OPTIMAL:
            raise ArithmeticError(
                f"the attacker's programme is {status}, yet it holds 'no change' and is bounded"
            )
        return -paid, change, -price - self._transposed @ -np.round(dual, 9)

    def cut(self, need: Need, weight: Floats) -> Floats | None:
        """Coefficients of an inequality coefficients . withheld >= 1 that every safe choice obeys; None where the dual says
        nothing of what is withheld now."""
        _, _, must = need
        inner, cells = weight[: len(self.base)], weight[len(self.base) :]
        must -= float(
            (self.base * np.maximum(-inner, 0.0) + self._top * np.where(inner > NOTHING, inner, 0.0)).sum()
        )
        if must <= CLOSE:
            return None
        reach = np.where(
            cells > NOTHING, self.most * cells, np.where(cells < -NOTHING, -self.value * cells, 0.0)
        )
        return np.minimum(reach / must, 1.0)

    def tight(self, need: Need, share: Floats) -> tuple[float, Floats, Floats]:
        """The attack where no cell counts for more than is needed: what cuts a fraction `share` of the cells off."""
        at, _, must = need
        low: Floats = np.asarray(np.minimum(self.value, must) * share, dtype=np.float64)
        high: Floats = np.asarray(must * share, dtype=np.float64)
        (high if need[1] > 0 else low)[at] = 2 * must
        return self.most_change(need, low, high)

    def loose(self, need: Need, withheld: Marks) -> tuple[float, Floats, Floats]:
        return self.most_change(need, self.value * withheld, np.where(withheld, self.most, 0.0))

    # What is safe

    def learn(self, change: Floats) -> None:
        """Keeps a change the attacker cannot exclude: the cells it uses, and the needs it meets when stretched as far as it goes
        one way or the other. Only the latest are kept."""
        change = np.where(np.abs(change) < NOTHING, 0.0, change)
        met = np.zeros(len(self.needs), dtype=np.bool_)
        for way in (change, -change):
            falls = float(np.min(self._low / np.maximum(-way, NOTHING), where=way < 0, initial=np.inf))
            rises = float(np.min(self.most / np.maximum(way, NOTHING), where=way > 0, initial=np.inf))
            end = min(falls, rises)
            if np.isfinite(end):
                met |= way[self._need_at] * self._need_sign * end >= self._need_size - CLOSE
        self._uses[self._next] = change[len(self.base) :] != 0
        self._met[self._next] = met
        self._next = (self._next + 1) % KEPT

    def open_needs(self, withheld: Marks, among: Iterable[Need] | None = None) -> list[Need]:
        """Needs that no change learnt so far meets within what is withheld."""
        shown = (~withheld).astype(np.float32)
        met = self._met[self._uses @ shown == 0].any(axis=0)
        still = [need for need, done in zip(self.needs, met, strict=True) if not done]
        if among is None:
            return still
        asked = set(among)
        return [need for need in still if need in asked]

    def latest_met(self, asked: Sequence[Need]) -> list[Need]:
        """Those of `asked` that the change learnt last does not meet."""
        met = self._met[self._next - 1]
        return [need for need in asked if not met[self._order[need]]]

    def broken(self, withheld: Marks, first: int | None = None) -> list[tuple[Need, Floats]]:
        """Needs not met, each with the dual of the attacker's programme; all of them, or the `first` few."""
        out: list[tuple[Need, Floats]] = []
        asked = self.open_needs(withheld)
        if len(asked) > 2:
            asked = self._together(asked, withheld)
        while asked:
            need = asked.pop(0)
            far, change, weight = self.loose(need, withheld)
            if far >= need[2] - CLOSE:
                self.learn(change)
                asked = self.latest_met(asked)
                continue
            out.append((need, weight))
            if first is not None and len(out) >= first:
                break
        return out

    def _together(self, asked: list[Need], withheld: Marks) -> list[Need]:
        """One programme in which as many needs as can be are met at once, and those that are left."""
        edge, most = len(self.base), max(size for _, _, size in asked)
        price = np.zeros(edge + self.count)
        high = np.where(withheld, np.minimum(most, self.most), 0.0)
        for at, sign, size in asked:
            if sign > 0:
                price[edge + at], high[at] = -1.0, size
        if not price.any():
            return asked
        self._attack.box(
            np.concatenate([-self.base, -np.minimum(self.value, most) * withheld]),
            np.concatenate([self._top, high]),
        )
        self._attack.prices(price)
        status, _, change, _ = self._attack.solve()
        if status == OPTIMAL and change.any():
            self.learn(change)
            return self.latest_met(asked)
        return asked

    def cheapest(self, need: Need, price: Floats, allowed: Marks) -> Floats | None:
        """A change that meets the need over the cheapest cells, None where there is none among those allowed."""
        from scipy.sparse import hstack

        edge = len(self.base)
        if self._path is None:
            cells = self.rows[:, edge:]
            matrix = hstack([self.rows[:, :edge], cells, -cells]).tocsc()
            zero, columns = np.zeros(self.rows.shape[0]), np.zeros(edge + 2 * self.count)
            self._path = Programme(matrix, zero, zero, columns, columns, columns)
        up, down = self.most * allowed, self.value * allowed
        low = np.concatenate([-self.base, np.zeros(2 * self.count)])
        at, sign, must = need
        here = edge + at + (0 if sign > 0 else self.count)
        (down if sign > 0 else up)[at] = 0.0
        high = np.concatenate([self._top, up, down])
        low[here] = must
        if high[here] < must:
            return None
        self._path.box(low, high)
        self._path.prices(np.concatenate([np.zeros(edge), price, price]))
        status, _, found, _ = self._path.solve()
        if status in (INFEASIBLE, UNBOUNDED):
            return None
        cells_change = found[edge : edge + self.count] - found[edge + self.count :]
        return np.concatenate([found[:edge], cells_change])


def _place(names: Sequence[str], cell: Cell) -> frozenset[tuple[str, str]]:
    return frozenset((name, label) for name, label in zip(names, cell, strict=True) if label != TOTAL)


def _unpublished(
    table: Table, earlier: Sequence[Released], watch: Sequence[Sequence[str]]
) -> Iterator[tuple[tuple[str, ...], Cell]]:
    for one in earlier:
        yield from ((one.names, cell) for cell, value in one.values.items() if value is None)
    for names in watch:
        axes = [table.labels[table.names.index(name)] for name in names]
        yield from ((tuple(names), cell) for cell in product(*[(*some, TOTAL) for some in axes]))


def _lines(cells: Sequence[Cell]) -> list[npt.NDArray[np.int64]]:
    groups: dict[tuple[int, Cell], list[int]] = {}
    for at, cell in enumerate(cells):
        for d in range(len(cell)):
            groups.setdefault((d, cell[:d] + cell[d + 1 :]), []).append(at)
    total = {key: next(at for at in some if cells[at][key[0]] == TOTAL) for key, some in groups.items()}
    # The total first, then what it sums.
    return [np.array([total[key], *(at for at in some if at != total[key])]) for key, some in groups.items()]
