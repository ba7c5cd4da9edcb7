"""How good a forecast was, once the truth is known. Lower is better for CRPS, IGN and MIS.

CRPS  mean distance between the forecast and what happened, in persons (Gneiting and Raftery 2007).
IGN   surprise in bits, over classes of size (Good 1952; classes and pseudo-count as in the ViEWS prediction challenge).
MIS   width of the 90 % interval, plus 20 for each person outside it (Gneiting and Raftery 2007, eq. 43).

All return one figure per row, (n,); the mean over rows is the score of a forecaster. A score is only comparable on the same rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constat.analysis.errors import InputError
from constat.analysis.forecast.spread import ROUNDING, Spread, of_draws

Floats = NDArray[np.float64]
LEVEL = 0.9
# Lower edges of the classes; the last one is open above.
BINS = (0.0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5)
# A distribution known exactly is scored as if it had been given by this many draws, so that it competes on equal terms.
DRAWS = 1000


@dataclass(frozen=True)
class Scores:
    """Means over `n` rows. `covered`: share of rows inside the 90 % interval; `n_open`, `covered_open`: the same over rows
    whose interval is more than the single value zero (the others say nothing about calibration)."""

    n: int
    crps: float
    ign: float
    mis: float
    covered: float
    n_open: int
    covered_open: float | None


def crps(forecast: Spread | ArrayLike, observed: ArrayLike, *, fair: bool = False) -> Floats:
    """(n,): E|X - y| - E|X - X'| / 2, exactly, for any chances. O(n K).

    `fair`: for m draws, the estimate that does not reward or punish their number (Ferro 2014): m (m - 1) in place of m squared.
    """
    spread, y = _pair(forecast, observed)
    p, v = spread.chances, spread.values
    away = (p * np.abs(v - y[:, None])).sum(axis=1)
    below = spread.below[:, :-1]
    apart = (below * (1 - below) * np.diff(v, axis=1)).sum(axis=1)
    if fair:
        m = v.shape[1]
        if m < 2 or not np.allclose(p, 1 / m):
            raise InputError("The fair score is for two draws or more of equal chance.")
        apart = apart * m / (m - 1)
    scores: Floats = away - apart
    return scores


def ignorance(forecast: Spread | ArrayLike, observed: ArrayLike) -> Floats:
    """(n,): -log2 of the chance of the class that came, with one pseudo-draw in each class."""
    spread, y = _pair(forecast, observed)
    edges = np.asarray(BINS)
    draws = spread.values.shape[1] if not isinstance(forecast, Spread) else DRAWS
    came = np.searchsorted(edges, y, side="right") - 1
    if (came < 0).any():
        raise InputError(f"observed, row {int(np.argmax(came < 0)) + 1}: a count is never negative.")
    same = np.searchsorted(edges, spread.values, side="right") - 1 == came[:, None]
    chance = (np.where(same, spread.chances, 0.0).sum(axis=1) * draws + 1) / (draws + len(edges))
    scores: Floats = -np.log2(chance)
    return scores


def interval_score(low: ArrayLike, high: ArrayLike, observed: ArrayLike, *, level: float = LEVEL) -> Floats:
    """(n,): (high - low) + 2 / (1 - level) for each person outside."""
    lo, hi, y = (np.asarray(part, float) for part in (low, high, observed))
    scores: Floats = (hi - lo) + 2 / (1 - level) * (np.maximum(lo - y, 0) + np.maximum(y - hi, 0))
    return scores


def mean_interval_score(forecast: Spread | ArrayLike, observed: ArrayLike, *, level: float = LEVEL) -> Floats:
    """(n,): the interval score of the central interval, its ends as the challenge takes them: interpolated between draws."""
    spread, y = _pair(forecast, observed)
    tail = (1 - level) / 2
    if isinstance(forecast, Spread):
        low, high = spread.quantile(tail), spread.quantile(1 - tail)
    else:
        low, high = np.quantile(spread.values, [tail, 1 - tail], axis=1)
    return interval_score(low, high, y, level=level)


def interval(forecast: Spread | ArrayLike, *, level: float = LEVEL) -> tuple[Floats, Floats]:
    """(n,), (n,): the shortest interval holding at least `level`; of equally short ones the lowest.

    For counts that are mostly zero the central interval is [0, 95 % quantile] and holds 95 %, never 90 %. The shortest does
    what it says.
    """
    spread = forecast if isinstance(forecast, Spread) else of_draws(forecast)
    below = spread.below
    low = np.empty(spread.n)
    high = np.empty(spread.n)
    first = spread.chances[:, 0] >= level - ROUNDING
    low[first] = high[first] = spread.values[first, 0]
    for i in np.flatnonzero(~first):
        row, values, chances = below[i], spread.values[i], spread.chances[i]
        end = np.searchsorted(row, row - chances + level - ROUNDING, side="left")
        start = np.flatnonzero((end < row.size) & (chances > 0))
        width = values[end[start]] - values[start]
        best = start[int(np.argmin(width))]
        low[i], high[i] = values[best], values[end[best]]
    return low, high


def inside(
    forecast: Spread | ArrayLike, observed: ArrayLike, *, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """(n,) 1 where the truth lay in the shortest interval, (n,) 1 where that interval is more than the single value zero."""
    _, y = _pair(forecast, observed)
    low, high = interval(forecast, level=level)
    return ((y >= low) & (y <= high)).astype(float), (high > 0).astype(float)


def ranks(forecast: Spread | ArrayLike, observed: ArrayLike, *, bins: int = 10) -> Floats:
    """(bins,): histogram of where the truth fell in its forecast, 1 in each class when calibrated.

    For counts the truth covers a stretch of ranks, from the chance of less to the chance of at most (Czado, Gneiting, Held 2009).
    """
    spread, y = _pair(forecast, observed)
    upper = np.where(spread.values <= y[:, None], spread.chances, 0.0).sum(axis=1)
    lower = np.where(spread.values < y[:, None], spread.chances, 0.0).sum(axis=1)
    edges = np.linspace(0, 1, bins + 1)
    width = upper - lower
    point = width < ROUNDING
    share = np.clip((edges[None, :] - lower[:, None]) / np.where(point, 1.0, width)[:, None], 0, 1)
    share[point] = (edges[None, :] >= np.minimum(upper[point, None], 1 - ROUNDING)).astype(float)
    share[:, 0], share[:, -1] = 0.0, 1.0
    histogram: Floats = np.diff(share, axis=1).mean(axis=0) * bins
    return histogram


def score(forecast: Spread | ArrayLike, observed: ArrayLike, *, level: float = LEVEL) -> Scores:
    """All scores of one forecaster over the rows."""
    y = np.asarray(observed, float)
    held, opened = inside(forecast, y, level=level)
    n_open = int(opened.sum())
    return Scores(
        n=y.size, crps=float(crps(forecast, y).mean()), ign=float(ignorance(forecast, y).mean()),
        mis=float(mean_interval_score(forecast, y, level=level).mean()), covered=float(held.mean()), n_open=n_open,
        covered_open=float((held * opened).sum() / n_open) if n_open else None,
    )  # fmt: skip


def _pair(forecast: Spread | ArrayLike, observed: ArrayLike) -> tuple[Spread, Floats]:
    spread = forecast if isinstance(forecast, Spread) else of_draws(forecast)
    y = np.asarray(observed, float)
    if y.shape != (spread.n,):
        raise InputError(f"{spread.n} forecasts and {y.size} observed counts: one of each per row.")
    if not np.isfinite(y).all():
        raise InputError(f"observed, row {int(np.argmax(~np.isfinite(y))) + 1}: not a number.")
    return spread, y
