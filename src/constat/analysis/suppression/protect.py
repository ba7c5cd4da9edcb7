"""Withhold the small counts, and as few others as keep them from being worked out (Fischetti & Salazar, JASA 96:1211, 2001).

Primary: 0 < count < k. A withheld small count a is protected when, given everything released now and earlier, the attacker
can exclude neither a count of k or more nor one below a. Complementary cells: the fewest, by branch and cut (`fewest.py`).
Cells of zero are shown: zero deaths point at nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from constat.analysis.errors import InputError
from constat.analysis.suppression.fewest import Search
from constat.analysis.suppression.game import Game
from constat.analysis.suppression.tables import Cell, Released, Table


@dataclass(frozen=True)
class Release:
    """`values`: what may be shown, None where withheld. `optimal`: proven fewest complementary cells. `bound`: no safe release
    has fewer complementary cells than so many. `refused`: nothing may be released; `reason` says why. No complementary cell
    can be shown again by itself, proven or not."""

    names: tuple[str, ...]
    k: int
    values: dict[Cell, int | None]
    primary: tuple[Cell, ...]
    complementary: tuple[Cell, ...]
    optimal: bool
    seconds: float
    refused: bool = False
    reason: str = ""
    bound: int = 0

    @property
    def at_most_too_many(self) -> int:
        """So many cells more than the fewest are withheld, at most."""
        return len(self.complementary) - self.bound

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
    the same people, whose dimensions must be among those of `table`. After `seconds` the best safe choice so far is given, not
    proven fewest. Refused when an earlier release already gives a small count away. Raises InputError for k < 2 or a dimension
    that is not there.
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
    game = Game(table, part, cells, value, earlier, k)
    primary = tuple(cells[at] for at in game.small)
    given = game.broken(game.allowed, 1)
    if given:
        reason = (
            f"{' / '.join(cells[given[0][0][0]])}: earlier releases give this small count away, whatever is withheld now. "
            "Merge categories or leave the dimension out."
        )
        return Release(
            part.names, k, {}, primary, (), False, perf_counter() - began, refused=True, reason=reason
        )
    found = Search(game, seconds - (perf_counter() - began)).run()
    hidden = found.withheld
    return Release(
        names=part.names, k=k,
        values={cell: None if hide else int(v) for cell, v, hide in zip(cells, value, hidden, strict=True)},
        primary=primary,
        complementary=tuple(cells[at] for at in np.flatnonzero(hidden) if not 0 < value[at] < k),
        optimal=found.proven, seconds=perf_counter() - began, bound=found.fewest,
    )  # fmt: skip


def _summed(table: Table, names: tuple[str, ...]) -> Table:
    axes = [table.names.index(name) for name in names]
    out = tuple(at for at in range(len(table.names)) if at not in axes)
    summed = table.counts.sum(axis=out) if out else table.counts
    kept = sorted(axes)
    return Table(
        names, tuple(table.labels[at] for at in axes), np.transpose(summed, [kept.index(at) for at in axes])
    )
