"""One incident that a source tells in parts: ten killed at the market, four at the bridge; another source says fourteen.

Two records of one source are never one because they look alike. They are parts of one incident where another source tells the
whole: each agrees with it in all but the count, they stand near one another in time and place and name nobody different, their
counts together lie in its range, and none does so alone. Then they are compared as one record with the sum of their counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from constat.analysis.linkage.accounts import Floats, Incidents, counts_alike, distance
from constat.analysis.linkage.link import Compared

# Parts stand at most so far from one another, beyond what the precision of both leaves open.
DAYS, KM = 2.0, 25.0
# How seldom a file tells in parts speaks against each part beside the first: so many bits at least and at most, fitted in so many rounds.
LEAST, MOST_AGAINST, ROUNDS = 1.0, 13.0, 4
# At most so many parts, out of so many records that fit one whole.
MOST, AMONG = 3, 8


@dataclass(frozen=True)
class Told:
    """rows: the parts, one source. whole: a record of another source that their counts together agree with. bits: for it."""

    rows: tuple[int, ...]
    whole: int
    bits: float


def find(
    given: Incidents, compared: Compared, *, who: Sequence[str], decided: frozenset[int] = frozenset()
) -> list[Told]:
    """Records told in parts, no record in two of them, the surest first. compared: pairs of different sources.

    who: the attributes that name somebody; parts name the same, or nobody. decided: rows that people decided about.
    """
    counts = np.where(np.isnan(given.best), given.low, given.best)
    if np.isnan(counts).all():
        return []
    everything, but_counts = _weights(compared)
    wholes: dict[int, dict[int, list[tuple[int, int]]]] = {}
    for left, right, at in zip(
        *(one.tolist() for one in (compared.left, compared.right, np.arange(len(compared.left)))), strict=True
    ):
        if but_counts[at] < 0:
            continue
        for whole, part in ((left, right), (right, left)):
            if part not in decided and 1 <= counts[part] <= _most(given, whole):
                wholes.setdefault(whole, {}).setdefault(int(given.source[part]), []).append((part, at))
    found, twins = [], 0
    rivals = _Rivals(given, compared, everything)
    for whole, by_source in wholes.items():
        low, high = _least(given, whole), _most(given, whole)
        for near in by_source.values():
            if any(low <= counts[part] <= high and everything[at] >= 0 for part, at in near):
                # One tells the whole: it is the twin, and what stands beside it another incident.
                twins += counts[whole] >= 2
                continue
            near = [one for one in near if counts[one[0]] < low]
            near = sorted(near, key=lambda one: -but_counts[one[1]])[:AMONG]
            for n in range(2, min(MOST, len(near)) + 1):
                for some in combinations(near, n):
                    rows = tuple(sorted(part for part, _ in some))
                    if low <= float(counts[list(rows)].sum()) <= high and _one_place(given, rows, who):
                        bits = _bits(given, compared, counts, rows, whole, [at for _, at in some], but_counts)
                        bits -= max(0.0, *(float(everything[at]) for _, at in some))
                        if bits >= LEAST and not rivals.elsewhere(
                            [(part, float(but_counts[at])) for part, at in some], whole
                        ):
                            found.append(Told(rows, whole, bits))
    found.sort(key=lambda one: (-one.bits, one.rows, one.whole))
    return _chosen(found, twins)


def _chosen(found: Sequence[Told], twins: int) -> list[Told]:
    """Those for which more speaks than how seldom this file tells in parts speaks against. twins: wholes told by one record."""
    against = LEAST
    for _ in range(ROUNDS):
        told = len({(one.whole, one.rows) for one in found if one.bits >= against * (len(one.rows) - 1)})
        against = float(np.clip(np.log2((twins + 1.0) / (told + 0.5)), LEAST, MOST_AGAINST))
    taken: set[int] = set()
    chosen = []
    for one in found:
        if one.bits >= against * (len(one.rows) - 1) and not taken & set(one.rows):
            taken |= set(one.rows)
            chosen.append(one)
    return chosen


def as_one(given: Incidents, told: Sequence[Told]) -> Incidents:
    """The first row of each with the days, places and counts of all."""
    names = ("first", "last", "low", "best", "high", "radius", "slack")
    columns = {name: getattr(given, name).copy() for name in names}
    for one in told:
        first, rows = one.rows[0], list(one.rows)
        columns["first"][first], columns["last"][first] = given.first[rows].min(), given.last[rows].max()
        for name in ("radius", "slack"):
            columns[name][first] = getattr(given, name)[rows].max()
        best = np.where(np.isnan(given.best[rows]), given.low[rows], given.best[rows])
        columns["best"][first] = best.sum()
        for name in ("low", "high"):
            values = getattr(given, name)[rows]
            if not np.isnan(values).all():
                columns[name][first] = np.where(np.isnan(values), best, values).sum()
    return replace(given, **columns)


def shared(compared: Compared, told: Sequence[Told]) -> Compared:
    """The pairs of a first part said of every part, and a pair of each two parts: they stand or fall with the whole."""
    if not told:
        return compared
    others = {one.rows[0]: one.rows[1:] for one in told}
    left, right, n = compared.left, compared.right, len(compared.left)
    more: list[tuple[int, int, int]] = []
    touched = np.isin(left, list(others)) | np.isin(right, list(others))
    with_whole: dict[tuple[int, int], float] = {}
    for at in np.flatnonzero(touched).tolist():
        a, b = int(left[at]), int(right[at])
        with_whole[a, b] = float(compared.bits[at])
        more += [
            (min(one, other), max(one, other), at)
            for one in (a, *others.get(a, ()))
            for other in (b, *others.get(b, ()))
            if (one, other) != (a, b)
        ]
    new = np.array(more, np.int64).reshape(-1, 3)
    index = np.append(np.arange(n), new[:, 2])
    between = [
        (a, b, with_whole.get((min(one.rows[0], one.whole), max(one.rows[0], one.whole)), 0.0))
        for one in told
        for a, b in combinations(one.rows, 2)
    ]
    bits = np.array([bits for _, _, bits in between])
    nothing = np.zeros(len(between))
    alone = compared.fit.prior + compared.fit.together[0]
    return replace(
        compared,
        left=np.concatenate([left, new[:, 0], np.array([a for a, _, _ in between], np.int64)]),
        right=np.concatenate([right, new[:, 1], np.array([b for _, b, _ in between], np.int64)]),
        levels=np.append(
            compared.levels[index], np.full((len(between), compared.levels.shape[1]), -1, np.int8), axis=0
        ),
        bits=np.append(compared.bits[index], bits),
        rarity=np.append(compared.rarity[index], nothing),
        extra=(
            *((name, np.append(some[index], nothing)) for name, some in compared.extra),
            ("together what another source tells as one", np.append(np.zeros(len(index)), bits - alone)),
        ),
        parts=tuple(one.rows for one in told),
    )


def _weights(compared: Compared) -> tuple[Floats, Floats]:
    """Log2 odds of each pair by itself: with the counts, and without them."""
    beside = compared.rarity + sum(
        (bits for name, bits in compared.extra if name != RIVALS), np.zeros(len(compared.left))
    )
    without = compared.levels.copy()
    without[:, _deaths(compared)] = -1
    return compared.fit.weights(compared.levels, beside), compared.fit.weights(without, beside)


# The reason under which `incident.compare` notes what other records of a source take from a pair.
RIVALS = "others in the same source fit too"


def _deaths(compared: Compared) -> int:
    return next(j for j, one in enumerate(compared.comparisons) if one.name == "deaths")


def _least(given: Incidents, row: int) -> float:
    return float(given.best[row] if np.isnan(given.low[row]) else given.low[row])


def _most(given: Incidents, row: int) -> float:
    return float(given.best[row] if np.isnan(given.high[row]) else given.high[row])


def _one_place(given: Incidents, rows: tuple[int, ...], who: Sequence[str]) -> bool:
    """Near in time and place, and nobody named by one and somebody else by another."""
    for a, b in combinations(rows, 2):
        gap = max(given.first[a] - given.last[b], given.first[b] - given.last[a], 0.0)
        if gap > DAYS + given.slack[a] + given.slack[b]:
            return False
        away = distance(given, np.array([a]), np.array([b]))[0]
        if away > KM + given.radius[a] + given.radius[b]:
            return False
        for name in who:
            x, y = given.called[name][a], given.called[name][b]
            if x >= 0 and y >= 0 and x != y:
                return False
    return True


def _bits(
    given: Incidents, compared: Compared, counts: Floats, rows: tuple[int, ...], whole: int, at: Sequence[int], but_counts: Floats
) -> float:  # fmt: skip
    """Bits for "these are the whole": each part by all but its count, and the sum by its count."""
    low, high = (float(sum(end(given, row) for row in rows)) for end in (_least, _most))
    level = counts_alike(
        np.array([float(counts[list(rows)].sum()), _best(given, whole)]),
        np.array([low, _least(given, whole)]), np.array([high, _most(given, whole)]), np.array([0]), np.array([1]),
    )[0]  # fmt: skip
    deaths = float(compared.fit.bits(_deaths(compared))[int(level)])
    return float(sum(but_counts[one] for one in at)) + deaths


def _best(given: Incidents, row: int) -> float:
    return float(given.low[row] if np.isnan(given.best[row]) else given.best[row])


class _Rivals:
    """What else a record may be: the strongest pair of each record with each source."""

    def __init__(self, given: Incidents, compared: Compared, bits: Floats) -> None:
        self.given = given
        self.near: dict[tuple[int, int], list[tuple[float, int]]] = {}
        for at in np.flatnonzero(bits >= 0).tolist():
            a, b = int(compared.left[at]), int(compared.right[at])
            for one, other in ((a, b), (b, a)):
                self.near.setdefault((one, int(given.source[other])), []).append((float(bits[at]), other))

    def elsewhere(self, parts: Sequence[tuple[int, float]], whole: int) -> bool:
        """Whether a part has a twin of its own in the source of the whole, likelier than the whole itself."""
        source = int(self.given.source[whole])
        return any(
            other != whole and bits > own
            for row, own in parts
            for bits, other in self.near.get((row, source), ())
        )
