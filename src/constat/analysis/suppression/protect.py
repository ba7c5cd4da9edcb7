"""Withhold the small counts, and as few others as keep them from being worked out (Fischetti & Salazar, JASA 96:1211, 2001).

Primary: 0 < count < k. A withheld small count a is protected when, given everything released now and earlier, the attacker
can exclude neither a count of k or more nor one below a. Complementary cells: the fewest, found by integer programming over
cuts: the attacker's linear programme for an unprotected cell gives by its dual an inequality every safe choice obeys; cuts
are added until the attacker fails. Cells of zero are shown: zero deaths point at nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from constat.analysis.errors import InputError
from constat.analysis.suppression.attack import System
from constat.analysis.suppression.tables import TOTAL, Cell, Released, Table

Floats = npt.NDArray[np.float64]
ROUNDS = 300
CLOSE = 1e-6


@dataclass(frozen=True)
class Release:
    """`values`: what may be shown, None where withheld. `optimal`: proven fewest complementary cells. `refused`: nothing may
    be released; `reason` says why."""

    names: tuple[str, ...]
    k: int
    values: dict[Cell, int | None]
    primary: tuple[Cell, ...]
    complementary: tuple[Cell, ...]
    optimal: bool
    seconds: float
    refused: bool = False
    reason: str = ""

    def as_released(self, source: str = "release") -> Released:
        return Released(source, self.names, self.values)


def suppress(
    table: Table,
    k: int,
    *,
    by: Sequence[str] | None = None,
    earlier: Sequence[Released] = (),
    seconds: float = 60.0,
) -> Release:
    """The table (summed to the dimensions `by`, default all) with its totals, made safe together with `earlier` releases of
    the same people, whose dimensions must be among those of `table`. Refused when an earlier release already gives a small
    count away, or when no safe choice was found within `seconds`. Raises InputError for k < 2 or a dimension that is not there.
    """
    began = perf_counter()
    if k < 2:
        raise InputError(f"k = {k}: a count below k is withheld; give 2 or more.")
    names = tuple(by) if by else table.names
    for name in (*names, *(name for one in earlier for name in one.names)):
        if name not in table.names:
            raise InputError(f"there is no dimension {name!r}; the table has {', '.join(table.names)}.")
    part = _summed(table, names)
    cells = part.cells()
    value = np.array([part.value(cell) for cell in cells], dtype=np.float64)
    small = np.flatnonzero((value > 0) & (value < k))
    game = _Game(table, part, cells, value, earlier)
    withheld = np.zeros(len(cells), dtype=bool)
    withheld[small] = True
    everything = value > 0
    reason, optimal = "", True
    for at in small:
        if game.play(int(at), everything, k) is not None:
            reason = (
                f"{' / '.join(cells[at])}: earlier releases give this small count away, whatever is withheld now. "
                "Merge categories or leave the dimension out."
            )
            break
    cuts: list[tuple[Floats, float]] = []
    seen: set[bytes] = set()
    for _ in range(0 if reason else ROUNDS):
        broken = [cut for at in small if (cut := game.play(int(at), withheld, k)) is not None]
        if not broken:
            break
        left = seconds - (perf_counter() - began)
        if left <= 0 or withheld.tobytes() in seen:
            # Out of time: a safe choice that is not proven fewest, by taking cells in until the attacker fails.
            withheld, optimal = game.greedy(small, withheld, everything, k), False
            break
        seen.add(withheld.tobytes())
        cuts += broken
        withheld, proven = _fewest(cuts, small, value, left)
        optimal = optimal and proven
    else:
        if not reason:
            withheld, optimal = game.greedy(small, withheld, everything, k), False
    values: dict[Cell, int | None] = {}
    if not reason:
        values = {
            cell: None if hide else int(v) for cell, v, hide in zip(cells, value, withheld, strict=True)
        }
    first = {int(at) for at in small}
    return Release(
        names=part.names, k=k, values=values,
        primary=tuple(cells[at] for at in small),
        complementary=() if reason else tuple(cells[at] for at in np.flatnonzero(withheld) if int(at) not in first),
        optimal=optimal and not reason, seconds=perf_counter() - began, refused=bool(reason), reason=reason,
    )  # fmt: skip


def _summed(table: Table, names: tuple[str, ...]) -> Table:
    axes = [table.names.index(name) for name in names]
    out = tuple(at for at in range(len(table.names)) if at not in axes)
    summed = table.counts.sum(axis=out) if out else table.counts
    kept = sorted(axes)
    return Table(
        names, tuple(table.labels[at] for at in axes), np.transpose(summed, [kept.index(at) for at in axes])
    )


def _fewest(
    cuts: Sequence[tuple[Floats, float]], small: Any, value: Floats, seconds: float
) -> tuple[Any, bool]:
    """The fewest cells that satisfy all cuts; among these, small totals rather than large. (chosen, proven)."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    price = 1.0 + 0.5 * np.log1p(value) / (np.log1p(value).sum() + 1.0)
    lower, upper = np.zeros(len(value)), (value > 0).astype(np.float64)
    lower[small] = 1.0
    found = milp(
        price,
        constraints=LinearConstraint(
            np.array([cut for cut, _ in cuts]), lb=np.array([need for _, need in cuts])
        ),
        bounds=Bounds(lower, upper),
        integrality=np.ones(len(value)),
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return value > 0, False
    return np.asarray(found.x) > 0.5, bool(found.status == 0)


class _Game:
    """The attacker: deviations d of the true cross-table that leave everything shown as it is."""

    def __init__(
        self, table: Table, part: Table, cells: Sequence[Cell], value: Floats, earlier: Sequence[Released]
    ) -> None:
        from scipy.sparse import csr_matrix, eye, hstack, vstack

        inner = dict.fromkeys(table.cells(), 0)
        whole = Released("", table.names, {cell: 0 for cell in inner if TOTAL not in cell})
        system = System([whole])
        self.value, self.base = value, table.counts.ravel().astype(np.float64)
        self.most = float(value.max()) + 1_000.0
        sums = vstack([system.row(part.names, cell) for cell in cells])
        blocks = [hstack([sums, -eye(len(cells))])]
        shown = [(one.names, cell) for one in earlier for cell, v in one.values.items() if v is not None]
        if shown:
            rows = vstack([system.row(names, cell) for names, cell in shown])
            blocks.append(hstack([rows, csr_matrix((len(shown), len(cells)))]))
        self.rows = vstack(blocks).tocsc()
        self.full = part.counts.size == table.counts.size

    def play(self, at: int, withheld: Any, k: int) -> tuple[Floats, float] | None:
        """None when cell `at` is protected, else a cut (coefficients, need) that every safe choice obeys."""
        from scipy.optimize import linprog

        up, down = np.full(len(self.value), self.most), self.value
        free = np.full(len(self.base), -np.inf) if self.full else -self.base
        low = np.concatenate([free, -down * withheld])
        high = np.concatenate([np.full(len(self.base), np.inf), up * withheld])
        for sign, need in ((1.0, float(k) - self.value[at]), (-1.0, min(1.0, self.value[at]))):
            price = np.zeros(len(low))
            price[len(self.base) + at] = -sign
            found = linprog(
                price, A_eq=self.rows, b_eq=np.zeros(self.rows.shape[0]),
                bounds=np.column_stack([low, high]), method="highs",
            )  # fmt: skip
            if found.status != 0:
                raise InputError(f"the attacker's programme did not end: {found.message}")
            if -found.fun >= need - CLOSE:
                continue
            # gain(d) = sum of r * y over the box, for any duals: a bound on the attacker that is linear in what is withheld.
            r = -(price - self.rows.T @ found.eqlin.marginals)
            cells = r[len(self.base) :]
            constant = 0.0 if self.full else float((self.base * np.maximum(-r[: len(self.base)], 0.0)).sum())
            coefficient = np.where(cells > CLOSE, up * cells, np.where(cells < -CLOSE, -down * cells, 0.0))
            must = need - constant
            return np.minimum(coefficient, must), must - 1e-7
        return None

    def greedy(self, small: Any, withheld: Any, allowed: Any, k: int) -> Any:
        """A safe choice, not the fewest: the cheapest cell of each broken cut is taken in until none breaks."""
        now = withheld.copy()
        while True:
            broken = [cut for at in small if (cut := self.play(int(at), now, k)) is not None]
            if not broken:
                return now
            score = sum(np.where(now | ~allowed, 0.0, cut) for cut, _ in broken)
            if not np.max(score) > 0:
                return allowed.copy()
            now[int(np.argmax(score))] = True
