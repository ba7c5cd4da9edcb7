"""Which pairs are worth comparing: records that share a key, and which keys are worth their pairs.

A key is made of atoms (a name in any spelling, a year and month of birth, a village). A key whose values are so common that it
would bring too many pairs keeps its rarer values and is narrowed, by each other atom, into keys that bring fewer. In a large file
a key stays only if it finds enough matches that no narrower key found: that is measured on a sample of its pairs.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constat.analysis.linkage import weights as weighing

Ints = NDArray[np.int64]
Compare = Callable[[Ints, Ints], NDArray[np.int8]]

# How many candidate pairs one key may bring: so many, and so many for each record.
BUDGET, BUDGET_EACH = 400_000, 0.5
# Up to so many pairs in all, and so many for each record, every key is used; beyond, those that earn their pairs.
FREE, FREE_EACH = 4_000_000, 1.0
# One more match for so many more pairs compared, or the key is dropped. Seen on so many of its pairs.
EARNS, SAMPLE = 1 / 2000, 20_000
# A word of a name in a long list of words, and the numbers that tell atoms apart when they are mixed.
_MIXING = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Atoms:
    """What keys are made of. single: name -> one number per record, 0 for nothing. listed: name -> (record, number), any times.

    narrows: atoms that may be added to a key that is too broad. implied: atom -> atoms that say less of the same thing.
    alike: atoms that mean the same when exchanged (given name and surname).
    """

    n: int
    single: Mapping[str, NDArray[np.uint64]]
    listed: Mapping[str, tuple[NDArray[np.int64], NDArray[np.uint64]]]
    narrows: Sequence[str]
    implied: Mapping[str, frozenset[str]]
    alike: frozenset[str]


@dataclass(frozen=True)
class Key:
    """Records that share a value stand next to one another in `rows`; each makes a pair with the `later` that follow it.

    block: number of each record's value, -1 where it brings no pair; None where a record may have several values.
    brought: pairs. broad: too common values were left out.
    """

    name: str
    rows: NDArray[np.int32]
    later: NDArray[np.int32]
    block: NDArray[np.int32] | None
    brought: int
    broad: bool

    def pairs(self, n: int) -> Ints:
        """Every pair as smaller row * n + larger row."""
        many = self.later.astype(np.int64)
        here = np.repeat(np.arange(len(self.rows)), many)
        there = here + 1 + np.arange(len(here)) - np.repeat(np.cumsum(many) - many, many)
        return _coded(self.rows[here], self.rows[there], n)

    def some(self, n: int, at_most: int, seed: int) -> Ints:
        """A random part of the pairs, each at most once."""
        before = np.cumsum(self.later, dtype=np.int64)
        chosen = np.unique(np.random.default_rng(seed).integers(0, self.brought, at_most))
        here = np.searchsorted(before, chosen, side="right")
        there = here + 1 + chosen - (before[here] - self.later[here])
        return _once(_coded(self.rows[here], self.rows[there], n))


def _coded(one: NDArray[np.int32], other: NDArray[np.int32], n: int) -> Ints:
    made: Ints = np.minimum(one, other).astype(np.int64) * n + np.maximum(one, other)
    return made


def keys(atoms: Atoms, wanted: Sequence[tuple[str, ...]], *, threads: int = 2) -> list[Key]:
    """A key for each set of atoms, and narrower ones for those too broad; the narrowest first. Keys that bring nothing are left out."""
    budget = int(BUDGET + BUDGET_EACH * atoms.n)
    made: dict[frozenset[str], Key | None] = {}

    def make(some: list[frozenset[str]]) -> None:
        with ThreadPoolExecutor(threads) as pool:
            made.update(zip(some, pool.map(lambda one: _key(atoms, one, budget), some), strict=True))

    make(list(dict.fromkeys(frozenset(one) for one in wanted)))
    broad = [one for one, key in made.items() if key is not None and key.broad]
    narrower = dict.fromkeys(_narrowed(atoms, one, more) for one in broad for more in atoms.narrows)
    make([one for one in narrower if one not in made])
    found = [key for key in made.values() if key is not None]
    return sorted(found, key=lambda key: (key.brought, key.name))


def _narrowed(atoms: Atoms, one: frozenset[str], more: str) -> frozenset[str]:
    both = one | {more}
    return both - frozenset(less for atom in both for less in atoms.implied.get(atom, ()))


def _key(atoms: Atoms, some: frozenset[str], budget: int) -> Key | None:
    listed = [one for one in some if one in atoms.listed]
    with np.errstate(over="ignore"):
        if listed:
            rows, value = atoms.listed[listed[0]]
            value = value.copy()
        else:
            rows, value = np.arange(atoms.n), np.zeros(atoms.n, np.uint64)
        known = np.ones(len(rows), bool)
        for one in sorted(some - set(listed)):
            of_row = atoms.single[one][rows] if listed else atoms.single[one]
            known &= of_row != 0
            value += of_row * np.uint64(_salt(one, atoms))
    rows, value = rows[known], value[known]
    order = np.argsort(value, kind="stable")
    rows, value = rows[order], value[order]
    first = np.flatnonzero(np.append(True, value[1:] != value[:-1])) if len(value) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(first, len(value)))
    brings = sizes * (sizes - 1) // 2
    total = int(brings.sum())
    if not total:
        return None
    keep = sizes > 1
    if total > budget:
        # Rarer values first; of equally rare ones, whatever their number says.
        by_size = np.lexsort((value[first], sizes))
        within = np.cumsum(brings[by_size]) <= budget
        keep[by_size] &= within
        if not keep.any():
            return None
    inside = np.repeat(keep, sizes)
    members = rows[inside].astype(np.int32)
    sizes = sizes[keep]
    ends = np.repeat(np.cumsum(sizes), sizes)
    later = (ends - np.arange(len(members)) - 1).astype(np.int32)
    block = None
    if not listed:
        block = np.full(atoms.n, -1, np.int32)
        block[members] = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    name = " and ".join(sorted(some))
    return Key(name, members, later, block, int(later.sum(dtype=np.int64)), total > budget)


def _salt(atom: str, atoms: Atoms) -> int:
    """An odd number for each atom, one for those that may be exchanged."""
    import zlib

    name = min(atoms.alike) if atom in atoms.alike else atom
    return (zlib.crc32(name.encode()) * _MIXING | 1) % 2**64


def _once(codes: Ints) -> Ints:
    """Each code once, in order. Sorting beats the hashing of np.unique on millions."""
    codes = np.sort(codes)
    made: Ints = codes[np.append(True, codes[1:] != codes[:-1])] if len(codes) else codes
    return made


def _among(codes: Ints, known: Ints) -> NDArray[np.bool_]:
    """Whether each code stands among those known, which are in order."""
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    made: NDArray[np.bool_] = known[at] == codes
    return made


def pairs(found: Sequence[Key], n: int) -> tuple[Ints, Ints]:
    """(left, right), left < right, in order, of every pair that a key brings."""
    codes = _once(np.concatenate([key.pairs(n) for key in found])) if found else np.zeros(0, np.int64)
    return codes // n, codes % n


def earning(
    found: Sequence[Key], n: int, possible: float, u: Sequence[NDArray[np.float64]], compare: Compare, *, seed: int = 1,
) -> list[Key]:  # fmt: skip
    """The keys worth their pairs, the narrowest first; all of them where they bring few.

    A sample of each key's pairs is compared, weights are fitted to it, and a key stays if it adds one expected match for 1 / EARNS
    pairs that no narrower key brought.
    """
    if sum(key.brought for key in found) <= FREE + FREE_EACH * n:
        return list(found)
    samples = [
        key.pairs(n) if key.brought <= SAMPLE else key.some(n, SAMPLE, seed + i)
        for i, key in enumerate(found)
    ]
    samples = [_once(one) for one in samples]
    codes = _once(np.concatenate(samples))
    left, right = codes // n, codes % n
    brings = np.zeros((len(codes), len(found)), bool)
    for k, key in enumerate(found):
        if key.block is not None:
            brings[:, k] = (key.block[left] >= 0) & (key.block[left] == key.block[right])
        else:
            brings[:, k] = _among(codes, _once(key.pairs(n)))
    share = np.array([len(some) / key.brought for some, key in zip(samples, found, strict=True)])
    counts = 1.0 / np.maximum(brings @ share, 1e-12)
    levels = compare(left, right)
    fit = weighing.fit(levels, u, possible, counts=counts)
    chance = weighing.probability(fit.weights(levels, np.zeros(len(codes))))
    kept: list[Key] = []
    already = np.zeros(len(codes), bool)
    for k, key in enumerate(found):
        at = np.searchsorted(codes, samples[k])
        new = at[~already[at]]
        if len(new) and chance[new].sum() >= EARNS * len(new):
            kept.append(key)
            already |= brings[:, k]
    return kept
