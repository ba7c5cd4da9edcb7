"""Pairs -> clusters: who is one, all evidence taken together and nothing joined that is known to be apart.

Greedy agglomeration on the mean weight between two clusters (average linkage; a pair nobody compared counts as `unseen`
bits against), a heuristic for correlation clustering (Bansal, Blum, Chawla, Machine Learning 56, 2004). So one strong pair does
not chain two groups that otherwise disagree, as connected components do.

Three kinds of knowledge bind it: must-link and cannot-link, "the records of this source are different things", and "these are
different units" (an event of a day, an episode of several). What people said to be one stays one. A fourth is learned: where the file's clusters are mostly pairs, a third record needs more evidence than the second did (the size
prior of microclustering, Betancourt, Zanella, Steorts, Electronic Journal of Statistics 2022, in its simplest form).
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

# A pair that no blocking rule brought, or that hardly agrees: worth so many bits against.
UNSEEN = -5.0
# Weights beyond this say no more when averaged: one pair cannot outvote four. Below UNSEEN a pair counts as unseen.
MOST = 14.0


@dataclass(frozen=True, slots=True)
class Decision:
    """Two groups that were joined, or were not: their records, and the bits for it (0 = as likely as not).

    barred: the evidence was for it and a constraint forbade it.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    bits: float
    joined: bool
    barred: bool = False


@dataclass(frozen=True)
class Grouping:
    """cluster: number of each record's cluster, by first record. decisions: the doubtful ones, within `DOUBT` bits."""

    cluster: NDArray[np.int64]
    decisions: tuple[Decision, ...]
    growth: Mapping[int, float]


DOUBT = 7.0


@dataclass(frozen=True)
class Known:
    """What people know: pairs of rows that are one, pairs that are not; the source of each row if sources never repeat.

    units: what sort of thing a row is, -1 where that is open; two sorts are never joined but by people.
    """

    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    sources: NDArray[np.int64] | None = None
    units: NDArray[np.int64] | None = None

    def barred(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
        """Whether a source or a unit forbids that these rows are one."""
        if self.sources is not None and np.isin(self.sources[one], self.sources[other]).any():
            return True
        return self.units is not None and _two_units(
            set(self.units[one].tolist()), set(self.units[other].tolist())
        )


def _two_units(one: set[int], other: set[int]) -> bool:
    """Two clusters of different units. One that people made of both is open."""
    one, other = one - {-1}, other - {-1}
    return len(one) == 1 and len(other) == 1 and one != other


def group(
    n: int, left: NDArray[np.int64], right: NDArray[np.int64], weights: NDArray[np.float64], *, known: Known | None = None,
    threshold: float = 0.0, unseen: float = UNSEEN,
) -> Grouping:  # fmt: skip
    """Clusters of n records from the log2 odds of pairs. InputError where what is known contradicts itself.

    threshold: mean bits from which two groups are joined. Deterministic: ties go to the smaller row numbers.
    """
    known = known or Known()
    keep = weights > unseen
    left, right, bits = left[keep], right[keep], np.minimum(weights[keep], MOST)
    grown: dict[int, float] = {}
    for _ in range(3):
        cluster, decisions = _once(n, left, right, bits, known, threshold, unseen, grown)
        before, grown = grown, growth(cluster)
        if all(abs(grown.get(size, 0.0) - before.get(size, 0.0)) < 0.25 for size in {*grown, *before}):
            break
    return Grouping(cluster, tuple(decisions), grown)


def growth(cluster: NDArray[np.int64]) -> dict[int, float]:
    """size -> bits, at most 0, that a cluster of this size pays for one more record.

    How often clusters of `size` go on, against how often single records do.
    """
    sizes = np.bincount(np.unique(cluster, return_counts=True)[1])
    tails = np.append(sizes[::-1].cumsum()[::-1], 0).astype(float)
    if len(tails) < 4 or tails[2] < 1:
        tails = np.append(tails, np.zeros(4))
    base = (tails[2] + 0.5) / (tails[1] + 1.0)
    made = {}
    for size in range(2, len(tails) - 1):
        if tails[size] < 1:
            break
        made[size] = min(0.0, float(np.log2((tails[size + 1] + 0.5) / (tails[size] + 1.0) / base)))
    return made


def _once(
    n: int, left: NDArray[np.int64], right: NDArray[np.int64], bits: NDArray[np.float64], known: Known, threshold: float,
    unseen: float, grown: Mapping[int, float],
) -> tuple[NDArray[np.int64], list[Decision]]:  # fmt: skip
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    cluster = np.arange(n)
    decisions: list[Decision] = []
    together = np.array(known.together, np.int64).reshape(-1, 2)
    strong = bits >= threshold
    a, b = np.append(left[strong], together[:, 0]), np.append(right[strong], together[:, 1])
    component = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)[1]
    sizes = np.bincount(component, minlength=n)
    of_edge = component[left]
    inside = of_edge == component[right]
    special = {int(component[row]) for pair in (*known.together, *known.apart) for row in pair}
    plain = inside & (sizes[of_edge] == 2)
    if special:
        plain &= ~np.isin(of_edge, list(special))
    _pairs(cluster, decisions, left[plain], right[plain], bits[plain], known, threshold)
    rest = np.flatnonzero(inside & ~plain)
    rest = rest[np.argsort(of_edge[rest], kind="stable")]
    cuts = np.flatnonzero(np.diff(of_edge[rest])) + 1
    edges = {int(of_edge[part[0]]): part for part in np.split(rest, cuts) if len(part)}
    costs: dict[tuple[int, int], float] = {}
    for one in sorted({*edges, *special}):
        part = edges.get(one, np.zeros(0, np.int64))
        work = _Component(known, threshold, unseen, grown, costs)
        if one in special:
            work.hold(component, one)
        work.add(left[part].tolist(), right[part].tolist(), bits[part].tolist())
        work.run()
        for members in work.members.values():
            cluster[members] = min(members)
        decisions += work.made
    decisions += _refused(cluster, left, right, bits, known, threshold, unseen, grown)
    return cluster, decisions


def _refused(
    cluster: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64], bits: NDArray[np.float64], known: Known,
    threshold: float, unseen: float, grown: Mapping[int, float],
) -> list[Decision]:  # fmt: skip
    """The clusters that nearly were one: mean bits above -DOUBT."""
    a, b = cluster[left], cluster[right]
    apart = a != b
    a, b, bits = np.minimum(a, b)[apart], np.maximum(a, b)[apart], bits[apart]
    keys, where = np.unique(np.stack([a, b], axis=1), axis=0, return_inverse=True)
    if not len(keys):
        return []
    where = where.ravel()
    total, seen = np.bincount(where, weights=bits), np.bincount(where)
    size = np.bincount(cluster, minlength=len(cluster))
    every = size[keys[:, 0]] * size[keys[:, 1]]
    mean = (total + (every - seen) * unseen) / every - threshold
    order = np.argsort(cluster, kind="stable")
    begin = np.searchsorted(cluster[order], np.arange(len(cluster) + 1))
    work = _Component(known, threshold, unseen, grown, {})
    barred = {(min(x, y), max(x, y)) for x, y in ((int(cluster[c]), int(cluster[d])) for c, d in known.apart)}
    found = []
    for i in np.flatnonzero(mean > -DOUBT).tolist():
        one, other = (order[begin[k] : begin[k + 1]] for k in keys[i].tolist())
        value = float(mean[i]) + work._cost(len(one), len(other))
        repeated = known.barred(one, other)
        if value <= -DOUBT or tuple(keys[i].tolist()) in barred or (repeated and value < 0):
            continue
        found.append(Decision(tuple(one.tolist()), tuple(other.tolist()), value, False, barred=repeated))
    return found


def _pairs(
    cluster: NDArray[np.int64], decisions: list[Decision], left: NDArray[np.int64], right: NDArray[np.int64],
    bits: NDArray[np.float64], known: Known, threshold: float,
) -> None:  # fmt: skip
    """Components of two records, at once."""
    barred = (
        np.zeros(len(left), bool) if known.sources is None else known.sources[left] == known.sources[right]
    )
    if known.units is not None:
        one, other = known.units[left], known.units[right]
        barred |= (one >= 0) & (other >= 0) & (one != other)
    joined = (bits >= threshold) & ~barred
    low = np.minimum(left, right)
    cluster[left[joined]] = low[joined]
    cluster[right[joined]] = low[joined]
    decisions.extend(
        Decision((int(left[i]),), (int(right[i]),), float(bits[i] - threshold), True)
        for i in np.flatnonzero(joined & (bits - threshold < DOUBT)).tolist()
    )


class _Component:
    """One connected part of the graph, agglomerated with a heap of candidate joins."""

    def __init__(
        self, known: Known, threshold: float, unseen: float, grown: Mapping[int, float], costs: dict[tuple[int, int], float]
    ) -> None:  # fmt: skip
        self.known, self.threshold, self.unseen, self.grown = known, threshold, unseen, grown
        self.costs = costs  # of growing, by the two sizes; shared by the components of one round
        self.members: dict[int, list[int]] = {}
        self.sources: dict[int, set[int]] = {}
        self.units: dict[int, set[int]] = {}
        self.sums: dict[int, dict[int, tuple[float, int]]] = {}
        self.apart: dict[int, set[int]] = {}
        self.together: list[tuple[int, int]] = []
        self.made: list[Decision] = []
        self.heap: list[tuple[float, int, int, int]] = []
        self.last = max(grown, default=1)

    def _row(self, row: int) -> None:
        if row not in self.members:
            self.members[row] = [row]
            self.sums[row] = {}
            self.apart[row] = set()
            if self.known.sources is not None:
                self.sources[row] = {int(self.known.sources[row])}
            if self.known.units is not None:
                self.units[row] = {int(self.known.units[row])}

    def hold(self, component: NDArray[np.int64], one: int) -> None:
        for a, b in self.known.apart:
            if component[a] == one and component[b] == one:
                self._row(a)
                self._row(b)
                self.apart[a].add(b)
                self.apart[b].add(a)
        self.together = [pair for pair in self.known.together if component[pair[0]] == one]
        for pair in self.together:
            self._row(pair[0])
            self._row(pair[1])

    def add(self, left: Sequence[int], right: Sequence[int], bits: Sequence[float]) -> None:
        for a, b, value in zip(left, right, bits, strict=True):
            self._row(a)
            self._row(b)
            total, seen = self.sums[a].get(b, (0.0, 0))
            self.sums[a][b] = self.sums[b][a] = (total + value, seen + 1)

    def run(self) -> None:
        owner = {row: row for row in self.members}

        def holder(row: int) -> int:
            while owner[row] != row:
                row = owner[row]
            return row

        for pair in self.together:
            a, b = holder(pair[0]), holder(pair[1])
            if a != b:
                if self._forbidden(a, b):
                    raise InputError(
                        f"Rows {pair[0] + 1} and {pair[1] + 1} are said to be one, and what else is known says they cannot be."
                    )
                keep, gone = self._join(a, b)
                owner[gone] = keep
        for a, near in self.sums.items():
            for b in near:
                if a < b:
                    self._push(a, b)
        while self.heap:
            negative, a, b, stamp = heapq.heappop(self.heap)
            if a not in self.members or b not in self.members or stamp != self._stamp(a, b):
                continue
            if -negative < 0:
                break
            if self._barred(a, b):
                continue
            if -negative < DOUBT:
                self._note(a, b, -negative, joined=True)
            keep, _ = self._join(a, b)
            for other in self.sums[keep]:
                self._push(min(keep, other), max(keep, other))

    def _stamp(self, a: int, b: int) -> int:
        return len(self.members[a]) * 1_000_000 + len(self.members[b])

    def bits(self, a: int, b: int) -> float:
        """Bits for joining two clusters, above the threshold: mean of all pairs between them, and what growing costs."""
        total, seen = self.sums[a][b]
        one, other = len(self.members[a]), len(self.members[b])
        every = one * other
        mean = (total + (every - seen) * self.unseen) / every
        return mean - self.threshold + self._cost(one, other)

    def _cost(self, one: int, other: int) -> float:
        made = self.costs.get((one, other))
        if made is None:
            most, least = max(one, other), min(one, other)
            made = min(
                (self.grown.get(min(size, self.last), 0.0) for size in range(most, most + least) if size > 1),
                default=0.0,
            )
            self.costs[one, other] = made
        return made

    def _push(self, a: int, b: int) -> None:
        bits = self.bits(a, b)
        if bits >= 0:
            heapq.heappush(self.heap, (-bits, a, b, self._stamp(a, b)))

    def _barred(self, a: int, b: int) -> bool:
        return self._forbidden(a, b) or (bool(self.units) and _two_units(self.units[a], self.units[b]))

    def _forbidden(self, a: int, b: int) -> bool:
        if self.known.sources is not None and self.sources[a] & self.sources[b]:
            return True
        return b in self.apart[a]

    def _join(self, a: int, b: int) -> tuple[int, int]:
        keep, gone = (a, b) if len(self.sums[a]) >= len(self.sums[b]) else (b, a)
        self.members[keep] += self.members.pop(gone)
        if self.known.sources is not None:
            self.sources[keep] |= self.sources.pop(gone)
        if self.known.units is not None:
            self.units[keep] |= self.units.pop(gone)
        for other in self.apart.pop(gone):
            self.apart[other].discard(gone)
            self.apart[other].add(keep)
            self.apart[keep].add(other)
        for other, (total, seen) in self.sums.pop(gone).items():
            del self.sums[other][gone]
            if other != keep:
                before = self.sums[keep].get(other, (0.0, 0))
                self.sums[keep][other] = self.sums[other][keep] = (before[0] + total, before[1] + seen)
        return keep, gone

    def _note(self, a: int, b: int, bits: float, *, joined: bool, barred: bool = False) -> None:
        self.made.append(
            Decision(tuple(sorted(self.members[a])), tuple(sorted(self.members[b])), bits, joined, barred)
        )


def agree(decided: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Pairs with the smaller row first, each once, in order."""
    return tuple(sorted({(min(a, b), max(a, b)) for a, b in decided if a != b}))
