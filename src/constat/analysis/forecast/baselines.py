"""What a forecast has to beat: nothing happens, the last value, and the past year drawn again (the ViEWS prediction challenge).

Each takes what was known at the origin, counts (areas, periods), the last column the last complete period, and answers with the
same distribution for every horizon. They are exact; the challenge draws 1,000 times from the same distributions.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError
from constat.analysis.forecast.spread import Spread, of_draws

Floats = NDArray[np.float64]
# The past year, in periods of each unit.
WINDOW = 12
WINDOWS = {"month": WINDOW, "week": 52}
# Midpoints of 1,000 equal slices of chance: the Poisson distribution to a thousandth without drawing.
SLICES = (np.arange(1000) + 0.5) / 1000


def zero(counts: Floats) -> Spread:
    """Nothing happens."""
    return of_draws(np.zeros((counts.shape[0], 1)))


def last_value(counts: Floats) -> Spread:
    """Poisson with the last count as its mean."""
    from scipy.special import pdtr, pdtrik

    values = np.zeros((counts.shape[0], SLICES.size))
    for i in np.flatnonzero(counts[:, -1] > 0):
        mean = counts[i, -1]
        first = pdtr(0, mean) >= SLICES
        values[i] = np.where(first, 0.0, np.ceil(pdtrik(np.where(first, 0.5, SLICES), mean) - 1e-9))
    return of_draws(np.maximum(values, 0.0))


def bootstrap(counts: Floats, window: int = WINDOW) -> Spread:
    """The last `window` periods of all areas in one bag."""
    values, times = np.unique(_last(counts, window), return_counts=True)
    shape = (counts.shape[0], values.size)
    return Spread(np.broadcast_to(values, shape), np.broadcast_to(times / times.sum(), shape))


def conflictology(counts: Floats, window: int = WINDOW) -> Spread:
    """The last `window` periods of the area itself."""
    return of_draws(_last(counts, window))


def conflictology_neighbours(
    counts: Floats, neighbours: Sequence[NDArray[np.int64]], window: int = WINDOW
) -> Spread:
    """The last `window` periods of the area and of its neighbours (positions, without itself), all alike."""
    past = _last(counts, window)
    groups = [np.append(i, near).astype(int) for i, near in enumerate(neighbours)]
    width = max(map(len, groups)) * past.shape[1]
    values = np.zeros((len(groups), width))
    chances = np.zeros((len(groups), width))
    for i, group in enumerate(groups):
        pool = np.sort(past[group].ravel())
        # The unused places repeat the largest value with no chance at all, so that each row keeps rising.
        values[i, : pool.size], values[i, pool.size :] = pool, pool[-1]
        chances[i, : pool.size] = 1 / pool.size
    return Spread(values, chances)


def everyone(
    counts: Floats, neighbours: Sequence[NDArray[np.int64]] | None = None, window: int = WINDOW
) -> dict[str, Spread]:
    """All baselines by name; the one with neighbours where somebody has any."""
    found = {
        "zero": zero(counts),
        "last": last_value(counts),
        "bootstrap": bootstrap(counts, window),
        "conflictology": conflictology(counts, window),
    }
    if neighbours is not None and any(map(len, neighbours)):
        found["conflictology_neighbours"] = conflictology_neighbours(counts, neighbours, window)
    return found


def _last(counts: Floats, window: int) -> Floats:
    if counts.ndim != 2 or counts.shape[1] < window:
        raise InputError(f"{counts.shape[-1]} periods known; this baseline needs the last {window}.")
    return counts[:, counts.shape[1] - window :]
