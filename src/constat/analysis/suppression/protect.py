"""Withhold the small counts, and as few others as keep them from being worked out (Fischetti & Salazar, JASA 96:1211, 2001).

Primary: 0 < count < k. A withheld small count a is protected when, given everything released now and earlier, the attacker
can exclude neither a count of k or more nor one below a. Complementary cells: the fewest, by branch and cut (`fewest.py`).
Cells of zero are shown: zero deaths point at nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from constat.analysis.errors import InputError
from constat.analysis.suppression.fewest import Search
from constat.analysis.suppression.game import Game
from constat.analysis.suppression.tables import TOTAL, Cell, Released, Table, nesting, parts


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

    def as_released(self, source: str = "release", only: Mapping[str, str] | None = None) -> Released:
        """As an earlier release of a table with more dimensions, `only` says which categories of those it held: {"added": "1|2"}."""
        more = dict(only or {})
        return Released(
            source,
            (*self.names, *more),
            {(*cell, *more.values()): value for cell, value in self.values.items()},
        )


def suppress(
    table: Table,
    k: int,
    *,
    by: Sequence[str] | None = None,
    earlier: Sequence[Released] = (),
    seconds: float = 60.0,
    watch: Sequence[Sequence[str]] = (),
    nested: Sequence[tuple[str, str]] = (),
) -> Release:
    """The table (summed to the dimensions `by`, default all) with its totals, made safe together with `earlier` releases of
    the same people, whose dimensions must be among those of `table`. After `seconds` the best safe choice so far is given, not
    proven fewest. Small counts withheld in an earlier release stay protected together with those of this one. `watch`: tables (each
    the names of its dimensions) that are not published, but whose small counts must stay unknown too, such as the deaths added
    since the last release. `nested`: (dimension, the one it lies in), such as ("cercle", "region"): every reader knows which lies
    in which. Refused when an earlier release already gives a small count away. Raises InputError for k < 2 or a dimension
    that is not there.
    """
    began = perf_counter()
    if k < 2:
        raise InputError(f"k = {k}: a count below k is withheld; give 2 or more.")
    names = tuple(by) if by else table.names
    for name in (*names, *(name for one in (*(e.names for e in earlier), *watch) for name in one)):
        if name not in table.names:
            raise InputError(f"there is no dimension {name!r}; the table has {', '.join(table.names)}.")
    changed = _changed(table, earlier)
    if changed:
        return Release(names, k, {}, (), (), False, perf_counter() - began, refused=True, reason=changed)
    part = _summed(table, names)
    cells = part.cells()
    known = [nesting(table, child, parent) for child, parent in nested]
    game = Game(table, part, cells, earlier, k, watch, known)
    value = game.value[: len(cells)]
    primary = tuple(cells[at] for at in game.small if at < len(cells))
    given = game.broken(game.allowed, 1)
    if given:
        dimensions, cell = game.named[given[0][0][0]]
        where = " / ".join(cell) + ("" if dimensions == part.names else f" ({', '.join(dimensions)})")
        reason = (
            f"{where}: earlier releases give this small count away, whatever is withheld now. "
            "Merge categories or leave the dimension out."
        )
        return Release(
            part.names, k, {}, primary, (), False, perf_counter() - began, refused=True, reason=reason
        )
    found = Search(game, seconds - (perf_counter() - began)).run()
    hidden = found.withheld[: len(cells)]
    return Release(
        names=part.names, k=k,
        values={cell: None if hide else int(v) for cell, v, hide in zip(cells, value, hidden, strict=True)},
        primary=primary,
        complementary=tuple(cells[at] for at in np.flatnonzero(hidden) if not 0 < value[at] < k),
        optimal=found.proven, seconds=perf_counter() - began, bound=found.fewest,
    )  # fmt: skip


def _changed(table: Table, earlier: Sequence[Released]) -> str:
    """Why an earlier release is not of the same people: a published count that is another now."""
    for one in earlier:
        part = _summed(table, one.names)
        for cell, value in one.values.items():
            for name, label, known in zip(one.names, cell, part.labels, strict=True):
                if label != TOTAL and not set(parts(label, known)) <= set(known):
                    raise InputError(f"{one.source}: the table has no {name} {label!r}.")
            if value is not None and value != part.value(cell):
                return (
                    f"{one.source}: {' / '.join(cell)} was published as {value} and is {part.value(cell)} now. Give the table a dimension "
                    "that tells the people of that release from those added since, and name it in the earlier release."
                )
    return ""


def _summed(table: Table, names: tuple[str, ...]) -> Table:
    axes = [table.names.index(name) for name in names]
    out = tuple(at for at in range(len(table.names)) if at not in axes)
    summed = table.counts.sum(axis=out) if out else table.counts
    kept = sorted(axes)
    return Table(
        names, tuple(table.labels[at] for at in axes), np.transpose(summed, [kept.index(at) for at in axes])
    )
