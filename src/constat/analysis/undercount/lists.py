"""Reading lists, refusing wrong ones, and asking whether they can bear an estimate."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from constat.analysis import columns
from constat.analysis.errors import InputError
from constat.analysis.undercount.result import Ints

MOST_LISTS = 60
MOST_PEOPLE = 100_000_000
# Chapman's estimator is all but unbiased from seven recaptures on (Robson & Regier 1964); with fewer, intervals are fiction.
FEWEST_SEEN_TWICE = 7
# People on lists that share nobody with the others may be that share of all, no more: nothing ties them to the rest.
MOST_APART = 0.10
REPLICATE = "replicate"
COUNT = ("count", "counts", "n", "freq", "frequency")


@dataclass(frozen=True)
class Lists:
    """Capture patterns. `patterns`: (P, J) of 0/1, distinct, none empty. `counts`: (P,) people with that pattern, > 0."""

    names: tuple[str, ...]
    patterns: npt.NDArray[np.int8]
    counts: Ints

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    def shared(self) -> Ints:
        """(J, J): people on both lists; on the diagonal, people on the list."""
        wide = self.patterns.astype(np.int64)
        both: Ints = wide.T @ (wide * self.counts[:, None])
        return both

    def seen_twice(self) -> int:
        return int(self.counts[self.patterns.sum(axis=1) >= 2].sum())

    def table(self) -> Ints:
        """(2**J,): counts by pattern read as a binary number, first list lowest; the unseen cell 0 holds 0."""
        full = np.zeros(2 ** len(self.names), dtype=np.int64)
        full[self.patterns.astype(np.int64) @ (1 << np.arange(len(self.names)))] = self.counts
        return full


def read_lists(path: str | Path) -> dict[str, Lists]:
    """The tables of a CSV file: one row per capture pattern, lists as 0/1 columns, the last column the count.

    A first column named `replicate` splits the file into tables of the same population (imputations, or draws of a
    record linkage). Returns {replicate: Lists}, with the key "" where there is no such column.
    Raises InputError naming file, row (the header is row 1), column and value.
    """
    where = str(path)
    rows = columns.cells(path, where, blanks=True)
    header, rows = _header(rows)
    if not rows:
        raise InputError(f"{where}: needs a header row and at least one row of figures.")
    order = _order(header, rows)
    left_out = len(header) - len(order)
    header = [header[at] for at in order]
    first = 1 if header[0].lower() == REPLICATE else 0
    found: dict[str, list[tuple[int, list[int], int]]] = {}
    width = len(order) + left_out
    for number, cells in rows:
        if len(cells) != width:
            raise InputError(f"{where}, row {number}: has {len(cells)} cells, the header has {width}.")
        row = [cells[at] for at in order]
        on = [
            _zero_or_one(cell, where, number, name)
            for cell, name in zip(row[first:-1], header[first:-1], strict=True)
        ]
        count = _count(row[-1], where, number, header[-1])
        found.setdefault(row[0].strip() if first else "", []).append((number, on, count))
    return {
        key: lists_from(
            header[first:-1],
            [on for _, on, _ in some],
            [count for _, _, count in some],
            where=where,
            rows=[number for number, _, _ in some],
        )
        for key, some in found.items()
    }


def _header(rows: list[tuple[int, list[str]]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Names of the columns and the rows below. Where the first row is figures already, lists are named L1, L2 and on."""
    if not rows:
        return [], []
    first = rows[0][1]
    if len(first) > 2 and all(cell in ("0", "1") for cell in first[:-1]) and columns.is_number(first[-1]):
        return [*(f"L{at}" for at in range(1, len(first))), "count"], rows
    return first, rows[1:]


def _order(header: list[str], rows: list[tuple[int, list[str]]]) -> list[int]:
    """Columns as they are taken: replicate first, the count last; a nameless first column of row numbers is left out."""
    order = list(range(len(header)))
    numbers = [str(at) for at in range(1, len(rows) + 1)]
    if len(header) > 2 and not header[0] and [row[0] for _, row in rows] == numbers:
        order = order[1:]
    words = [header[at].lower() for at in order]
    named = [at for at, word in zip(order, words, strict=True) if word in COUNT]
    if len(named) == 1 and words[-1] not in COUNT:
        order = [*(at for at in order if at != named[0]), named[0]]
    split = [at for at in order if header[at].lower() == REPLICATE]
    return [*split[:1], *(at for at in order if at not in split[:1])] if len(split) == 1 else order


def lists_from(
    names: Sequence[str],
    patterns: Sequence[Sequence[int]] | npt.NDArray[np.int8] | Ints,
    counts: Sequence[int] | Ints,
    *,
    where: str = "lists",
    rows: Sequence[int] | None = None,
) -> Lists:
    """Lists from columns; raises InputError for anything that would make a silent number."""
    numbers = list(rows) if rows is not None else list(range(1, len(counts) + 1))
    if not names:
        raise InputError(f"{where}: no list. Needed: one 0/1 column per list, then the count.")
    if len(names) == 1:
        raise InputError(
            f"{where}: one list ({names[0]}). Nobody can be found missing from one list; at least three are needed."
        )
    if len(names) > MOST_LISTS:
        raise InputError(f"{where}: {len(names)} lists; at most {MOST_LISTS} are taken.")
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InputError(f"{where}, column {name!r}: two lists have that name.")
    wide, many = _arrays(patterns, counts, where, numbers)
    seen: dict[tuple[int, ...], int] = {}
    for number, on in zip(numbers, wide.tolist(), strict=True):
        if tuple(on) in seen:
            raise InputError(
                f"{where}, row {number}: the same pattern as row {seen[tuple(on)]}. One row per pattern."
            )
        seen[tuple(on)] = number
    none = ~wide.any(axis=1)
    if (many[none] > 0).any():
        number = numbers[int(np.flatnonzero(none & (many > 0))[0])]
        raise InputError(
            f"{where}, row {number}: {int(many[none].sum())} people on no list. Those are what is asked for; take the row out."
        )
    keep = many > 0
    if not keep.any():
        raise InputError(f"{where}: every count is zero; there is nobody to count from.")
    wide, many = wide[keep], many[keep]
    for j, name in enumerate(names):
        if not wide[:, j].any():
            raise InputError(f"{where}, column {name!r}: nobody is on this list. Take the column out.")
        for i in range(j):
            if (wide[:, i] == wide[:, j]).all():
                raise InputError(
                    f"{where}, columns {names[i]!r} and {name!r}: the same list twice. Take one out."
                )
    return Lists(names=tuple(names), patterns=wide.astype(np.int8), counts=many.astype(np.int64))


def bearing(lists: Lists) -> tuple[str, tuple[str, ...]]:
    """(reason to refuse or "", warnings): can these lists bear any estimate?"""
    names, both = lists.names, lists.shared()
    if len(names) < 3:
        pair = int(both[0, 1])
        return (
            f"Two lists, {pair} people on both: an estimate would rest on the two being independent, which two lists "
            "cannot show. At least three lists that overlap are needed.",
            (),
        )
    twice = lists.seen_twice()
    groups = _groups(both > 0)
    main = max(groups, key=len)
    apart = [j for group in groups if group is not main for j in group]
    outside = int(lists.counts[lists.patterns[:, main].sum(axis=1) == 0].sum())
    shown = ", ".join(names[j] for j in apart)
    if len(main) < 3:
        return f"Fewer than three lists share people with one another ({shown} share none with the rest).", ()
    if twice < FEWEST_SEEN_TWICE:
        return f"Only {twice} people are on more than one list; at least {FEWEST_SEEN_TWICE} are needed.", ()
    if outside > MOST_APART * lists.n:
        return f"{outside} of {lists.n} people are on lists that share nobody with the others ({shown}).", ()
    return "", tuple(_warnings(lists, both, twice, shown))


def leaning(lists: Lists) -> tuple[int, int, float]:
    """(pairs of lists that share more people than chance, pairs looked at, z of all together).

    Only people who are also on a third list are looked at: among them nobody is unseen, so chance is known. One pair that
    leans is a copy or a partnership, and models with effects between pairs carry it; when nearly all lean, people differ in
    how easily any list reaches them (Chao, Biometrics 43:783, 1987), and the hardest to reach are missed.
    """
    on, counts = lists.patterns.astype(bool), lists.counts.astype(np.float64)
    more = looked = 0
    above = spread = 0.0
    for i, j in combinations(range(len(lists.names)), 2):
        third = np.delete(on, [i, j], axis=1).any(axis=1)
        n, first, second, both = (
            float(counts[third & some].sum()) for some in (third, on[:, i], on[:, j], on[:, i] & on[:, j])
        )
        if not (0 < first < n and 0 < second < n):
            continue
        chance = first * second / n
        above += both - chance
        spread += chance * (n - first) * (n - second) / (n * (n - 1))
        more, looked = more + int(both > chance), looked + 1
    return more, looked, above / float(np.sqrt(spread)) if spread > 0 else 0.0


def _warnings(lists: Lists, both: Ints, twice: int, apart: str) -> list[str]:
    said = []
    if apart:
        said.append(f"Share nobody with the other lists: {apart}.")
    if twice < 0.05 * lists.n:
        said.append(
            f"Only {twice} of {lists.n} people are on more than one list; the models will differ widely."
        )
    size = np.diag(both)
    for j, name in enumerate(lists.names):
        inside = [
            lists.names[i] for i in range(len(size)) if i != j and both[i, j] == size[j] and size[j] >= 10
        ]
        if inside:
            said.append(f"Everybody on {name} is also on {', '.join(inside)}: is it a copy?")
    return said


def _groups(touches: npt.NDArray[np.bool_]) -> list[list[int]]:
    left, groups = set(range(len(touches))), []
    while left:
        todo, group = [left.pop()], []
        while todo:
            j = todo.pop()
            group.append(j)
            near = {i for i in left if touches[i, j]}
            left -= near
            todo.extend(near)
        groups.append(sorted(group))
    return groups


def _arrays(patterns: object, counts: object, where: str, rows: Sequence[int]) -> tuple[Ints, Ints]:
    wide, many = np.asarray(patterns), np.asarray(counts)
    if wide.ndim != 2 or many.ndim != 1 or len(wide) != len(many):
        raise InputError(f"{where}: needs one pattern and one count per row.")
    for number, on, count in zip(rows, wide, many, strict=True):
        if not np.isin(on, (0, 1)).all():
            raise InputError(f"{where}, row {number}: a list holds {on.tolist()}; only 0 and 1 are meant.")
        if not np.isfinite(count) or count < 0 or count != int(count):
            raise InputError(
                f"{where}, row {number}: count {count}; a count is a whole number, zero or more."
            )
    return wide.astype(np.int64), many.astype(np.int64)


def _zero_or_one(cell: str, where: str, row: int, column: str) -> int:
    if cell.strip() not in ("0", "1"):
        raise InputError(f"{where}, row {row}, column {column!r}: {cell!r}; a list column holds 0 or 1.")
    return int(cell)


def _count(cell: str, where: str, row: int, column: str) -> int:
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not 0 <= value < float("inf") or value != int(value):
        raise InputError(
            f"{where}, row {row}, column {column!r}: {cell!r}; a count is a whole number, zero or more."
        )
    if value > MOST_PEOPLE:
        raise InputError(
            f"{where}, row {row}, column {column!r}: {cell!r} people; at most {MOST_PEOPLE:,} are taken."
        )
    return int(value)
