"""The distribution of a total between [sum of min, sum of max], for all and per area.

Inside one range the best estimate is the likeliest and the chance falls to both ends along a straight line; without a best
estimate all figures of the range are alike. That is a convention, not a finding: it is stated with every answer. Two readings
stand side by side: incidents err independently (narrow), or all err the same way, as when one source counts high (wide).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constat.analysis.totals.ranges import Incident, tally
from constat.rules.tally import Range, Tally

Floats = NDArray[np.float64]
LEVELS = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
# Above this many products a sum of two distributions is taken by Fourier transform; below, directly.
DIRECT = 4_000_000


@dataclass(frozen=True)
class Total:
    """chances (K,): of first, first + 1, ... persons, incidents independent. expected: their mean.

    quantiles: level -> persons, independent; together: level -> persons when all err the same way. An open maximum enters with
    the best estimate or the minimum: then `open_ended` is set and upper quantiles are lower bounds.
    """

    tally: Tally
    first: int
    chances: Floats
    expected: float
    quantiles: Mapping[float, int]
    together: Mapping[float, int]
    open_ended: bool


def chances(one: Range) -> Floats:
    """(max - min + 1,): chance of each figure of a range. Open maximum: up to the best estimate."""
    top = one.max if one.max is not None else (one.min if one.best is None else one.best)
    k = np.arange(one.min, top + 1, dtype=float)
    if one.best is None:
        weights = np.ones(k.size)
    else:
        weights = np.minimum(
            (k - one.min + 1) / (one.best - one.min + 1), (top - k + 1) / (top - one.best + 1)
        )
    return np.asarray(weights / weights.sum(), float)


def over(found: Sequence[Incident]) -> Total:
    """The total of all incidents."""
    parts = [(one.range.min, chances(one.range)) for one in found]
    return _total(tally(found), parts)


def by_area(found: Sequence[Incident]) -> dict[str, Total]:
    """The total of each area. The expected counts of all areas sum to the expected total.

    min: incidents surely there; max: all that may have been there. Areas in alphabetical order.
    """
    totals = {}
    for area in sorted({area for one in found for area in one.areas}):
        there = [one for one in found if one.areas.get(area)]
        sure = tally([one for one in there if one.areas[area] >= 1])
        may = tally(there)
        parts = [_maybe(one.range, one.areas[area]) for one in there]
        bounds = Tally(sure.min, sure.best, may.max, may.n, may.n_best_unknown, may.n_max_open)
        totals[area] = _total(bounds, parts)
    return totals


def _maybe(one: Range, chance: float) -> tuple[int, Floats]:
    """There with this chance; otherwise it adds nobody."""
    inside = chances(one)
    if chance >= 1:
        return one.min, inside
    found = np.zeros(one.min + inside.size)
    found[one.min :] = inside * chance
    found[0] += 1 - chance
    return 0, found


def _total(bounds: Tally, parts: Sequence[tuple[int, Floats]]) -> Total:
    first = sum(low for low, _ in parts)
    together = {level: sum(low + _quantile(p, level) for low, p in parts) for level in LEVELS}
    expected = float(sum(low + float(np.arange(p.size) @ p) for low, p in parts))
    whole = _sum([p for _, p in parts])
    return Total(
        bounds, first, whole, expected, {level: first + _quantile(whole, level) for level in LEVELS}, together,
        bounds.max is None,
    )  # fmt: skip


def _quantile(p: Floats, level: float) -> int:
    at = int(np.searchsorted(np.cumsum(p), level - 1e-12, side="left"))
    return min(at, p.size - 1)


def _sum(parts: Sequence[Floats]) -> Floats:
    """The distribution of a sum: in pairs, smallest first, always in the same order, so that the digits are the same."""
    queue = sorted(parts, key=lambda p: p.size) or [np.ones(1)]
    while len(queue) > 1:
        pairs = [_convolved(a, b) for a, b in zip(queue[::2], queue[1::2], strict=False)]
        queue = pairs + ([queue[-1]] if len(queue) % 2 else [])
    return queue[0]


def _convolved(a: Floats, b: Floats) -> Floats:
    if a.size * b.size <= DIRECT:
        return np.asarray(np.convolve(a, b), float)
    size = a.size + b.size - 1
    length = 1 << (size - 1).bit_length()
    whole = np.fft.irfft(np.fft.rfft(a, length) * np.fft.rfft(b, length), length)[:size]
    whole = np.maximum(whole, 0.0)
    return np.asarray(whole / whole.sum(), float)
