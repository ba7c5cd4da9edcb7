"""How much an agreement weighs: fitted to the file itself, without labels.

Fellegi and Sunter, "A theory for record linkage", JASA 64 (1969): each comparison adds log2(m / u), m how often two records of
one thing agree like this, u how often two records of different things do. u is measured on random pairs; m comes from EM
(Dempster, Laird, Rubin 1977; Winkler 1988) over ALL pairs: the candidates that blocking brought, and the rest, which are taken
as different things, with the frequencies that u says. So no blocking rule bends m, as it would if EM saw one block only.

Independence is corrected once, at the end: `together`, how often the records of one thing differ in one, two, three ...
comparisons, against what independent errors would give. Some sources err once or never, others spoil whole records.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Nothing is impossible: an agreement never seen among matches still happens once in ten thousand.
LEAST_M = 1e-4
LEAST_U = 1e-7
# The correction for errors that come together, or alone, may weigh no more than this either way.
MOST_BITS = 3.0
# Records of one thing agree in each comparison at least this often, or the comparison is no comparison.
MOST_DIFFERING = 0.5
ROUNDS = 200


@dataclass(frozen=True)
class Fit:
    """m, u: per comparison, one share per level, level 0 = differs. together: bits added at 0, 1, 2 ... differing comparisons.

    matches: expected number of pairs of one thing among `pairs` possible ones.
    """

    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    together: Floats
    matches: float
    pairs: float
    rounds: int

    @property
    def prior(self) -> float:
        """log2 odds that two records at random are one thing."""
        share = min(max(self.matches / self.pairs, 1e-15), 1 - 1e-9)
        return float(np.log2(share / (1 - share)))

    def bits(self, comparison: int) -> Floats:
        """log2(m / u) of each level of one comparison."""
        made: Floats = np.log2(self.m[comparison] / self.u[comparison])
        return made

    def weights(self, levels: NDArray[np.int8], rarity: Floats) -> Floats:
        """log2 odds of each pair. levels: (pairs, comparisons), -1 = nothing to compare. rarity: bits for rare values."""
        tops = np.array([len(one) - 1 for one in self.u])
        total = self.prior + rarity + self.together[differing(levels, tops)]
        for j in range(levels.shape[1]):
            total += np.append(self.bits(j), 0.0)[levels[:, j]]  # -1 takes the 0.0 at the end
        return total


def probability(weights: Floats) -> Floats:
    made: Floats = 1.0 / (1.0 + np.exp2(-np.clip(weights, -500, 500)))
    return made


def fit(
    levels: NDArray[np.int8], u: Sequence[Floats], pairs: float, *, rarity: Floats | None = None, start: float = 0.0,
    strength: float = 1.0, clean: bool = False,
    chance: Callable[[Floats], Floats] | None = None, counts: Floats | None = None,
) -> Fit:  # fmt: skip
    """m and the number of matches, from the candidates. Deterministic.

    levels: (candidates, comparisons) as in Fit.weights. u: one array per comparison. pairs: how many pairs are possible at all.
    start: matches to begin with (0: one in a hundred candidates).
    clean: u was measured on pairs that hold no match. Else what the matches explain is taken off it in every round.
    chance: probabilities of all pairs from their log2 odds, where pairs exclude one another; each by itself unless given.
    strength: pseudo-observations that stand for "matches mostly agree", so that few data cannot say the absurd.
    counts: how many candidates each row of levels stands for, where they are a sample; not together with chance.
    """
    random = [np.maximum(np.asarray(one, float), LEAST_U) for one in u]
    random = [one / one.sum() for one in random]
    u = random
    rarity = np.zeros(len(levels)) if rarity is None else rarity
    # Pairs with the same levels and about the same rarity are one pattern: EM then costs thousands, not millions.
    coarse = np.round(rarity * 2).astype(np.int64)
    patterns, where, rows = _patterns(levels, coarse)
    bits = np.bincount(where, weights=rarity, minlength=len(patterns)) / rows
    counts = rows if counts is None else _sums(where, weights=counts, minlength=len(patterns))
    m = [_first_guess(len(one)) for one in u]
    guess = [one.copy() for one in m]
    n = levels.shape[1]
    none = np.zeros(n + 1)
    matches = start or max(float(counts.sum()) / 100, 1.0)
    rounds = 0
    for rounds in range(1, ROUNDS + 1):
        now = Fit(tuple(m), tuple(u), none, matches, pairs, rounds)
        total = np.full(len(patterns), now.prior) + bits
        for j in range(n):
            total += np.append(now.bits(j), 0.0)[patterns[:, j]]
        if chance is None:
            expected = probability(total) * counts
        else:
            each = chance((total - bits)[where] + rarity)
            expected = _sums(where, weights=each, minlength=len(patterns))
        found = float(expected.sum())
        made = []
        for j in range(n):
            seen = patterns[:, j] >= 0
            tally = _sums(patterns[seen, j], weights=expected[seen], minlength=len(u[j]))
            tally = tally[: len(u[j])] + strength * guess[j]
            share = np.maximum(tally / tally.sum(), LEAST_M)
            share /= share.sum()
            made.append(_mostly_agreeing(share))
        if not clean:
            u = [_without_matches(one, share, found / pairs) for one, share in zip(random, made, strict=True)]
        moved = max(
            abs(found - matches) / max(matches, 1.0),
            *(np.abs(a - b).max() for a, b in zip(made, m, strict=True)),
        )
        m, matches = made, max(found, 1e-6)
        if moved < 1e-5 and rounds > 5:
            break
    tops = np.array([len(one) - 1 for one in u])
    together = _together(patterns, counts, now.weights(patterns, bits), differing(patterns, tops), m)
    return Fit(tuple(m), tuple(u), together, matches, pairs, rounds)


def differing(levels: NDArray[np.int8], tops: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many comparisons of a pair are neither absent nor at their best level."""
    found: NDArray[np.int64] = ((levels >= 0) & (levels < tops)).sum(axis=1)
    return found


def _together(
    patterns: NDArray[np.int8],
    counts: Floats,
    weights: Floats,
    unlike: NDArray[np.int64],
    m: Sequence[Floats],
) -> Floats:
    """Bits by number of differing comparisons. m stays as fitted: else the correction and m would feed one another."""
    n = patterns.shape[1]
    mask = ((patterns >= 0) * (1 << np.arange(n))).sum(axis=1)
    masks, where = np.unique(mask, return_inverse=True)
    chances = np.zeros((len(masks), n + 1))
    for i, one in enumerate(masks.tolist()):
        chance = np.ones(1)
        for j in range(n):
            if one >> j & 1:
                chance = np.convolve(chance, (m[j][-1], 1 - m[j][-1]))
        chances[i, : len(chance)] = chance
    bits = np.zeros(n + 1)
    for _ in range(5):
        expected = probability(weights + bits[unlike]) * counts
        seen = np.bincount(unlike, weights=expected, minlength=n + 1)
        independent = chances.T @ np.bincount(where, weights=expected)
        # As many pseudo-pairs as make ten pairs persuasive and one not.
        pseudo = 5.0 * independent / max(independent.sum(), 1e-9) + 0.5
        bits = np.clip(np.log2((seen + pseudo) / (independent + pseudo)), -MOST_BITS, MOST_BITS)
    # Records alike in everything are never likelier to be two things than records that differ in one.
    bits[0] = max(bits[0], bits[1], 0.0) if n else 0.0
    return bits


def _mostly_agreeing(m: Floats) -> Floats:
    """m with at most MOST_DIFFERING on "differs": without it EM can call whole crowds of namesakes one person."""
    if m[0] <= MOST_DIFFERING:
        return m
    made: Floats = m * (1 - MOST_DIFFERING) / (1 - m[0])
    made[0] = MOST_DIFFERING
    return made


def _sums(where: NDArray[np.integer[Any]], *, weights: Floats, minlength: int) -> Floats:
    made: Floats = np.bincount(where, weights=weights, minlength=minlength).astype(np.float64)
    return made


def _without_matches(random: Floats, m: Floats, share: float) -> Floats:
    """u of random pairs of which `share` are matches. A tenth stays: a sample cannot show that strangers never agree."""
    share = min(share, 0.5)
    left = np.maximum(random - share * m, 0.1 * random)
    made: Floats = np.maximum(left, LEAST_U)
    made /= made.sum()
    return made


def _patterns(
    levels: NDArray[np.int8], coarse: NDArray[np.int64]
) -> tuple[NDArray[np.int8], NDArray[np.int64], Floats]:
    """(patterns, pattern of each pair, how many pairs each)."""
    code = coarse - coarse.min(initial=0)
    for j in range(levels.shape[1]):
        code = code * 16 + (levels[:, j].astype(np.int64) + 1)
    _, first, where, counts = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    return levels[first], where, counts.astype(float)


def _first_guess(n: int) -> Floats:
    """Matches mostly agree: 0.8 for the best level, each worse one half of the one above, the last 0.05 at most."""
    made: Floats = 0.5 ** np.arange(n - 1, -1, -1.0)
    made[-1] = max(4 * made[:-1].sum(), 1e-9) if n > 1 else 1.0
    share: Floats = made / made.sum()
    return share
