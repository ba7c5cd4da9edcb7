"""A forecast is a distribution: for each row, values and the chance of each. Draws are the case of equal chances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constat.analysis.errors import InputError

Floats = NDArray[np.float64]
# Chances are sums of products: a quantile at 0.95 must not move to the next value because of the 16th digit.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Spread:
    """values (n, K), rising along each row; chances (n, K), summing to 1 along each row. Unit: persons per period."""

    values: Floats
    chances: Floats

    @property
    def n(self) -> int:
        return int(self.chances.shape[0])

    @property
    def below(self) -> Floats:
        """(n, K): chance of at most each value."""
        return np.asarray(np.minimum(np.cumsum(self.chances, axis=1), 1.0), float)

    @property
    def mean(self) -> Floats:
        return np.asarray((self.values * self.chances).sum(axis=1), float)

    def chance_above(self, limit: float) -> Floats:
        """(n,): chance of more than `limit`."""
        above = np.where(self.values > limit, self.chances, 0.0).sum(axis=1)
        return np.asarray(np.clip(above, 0.0, 1.0), float)

    def quantile(self, level: float) -> Floats:
        """(n,): the smallest value with at least this chance of no more than it."""
        at = np.argmax(self.below >= level - ROUNDING, axis=1)
        return np.asarray(self.values[np.arange(self.n), at], float)

    def draws(self, m: int, rng: np.random.Generator) -> Floats:
        """(n, m): random draws, rows independent of each other."""
        u = rng.random((self.n, m))
        at = np.stack([np.searchsorted(row, x, side="right") for row, x in zip(self.below, u, strict=True)])
        return np.take_along_axis(self.values, np.minimum(at, self.values.shape[1] - 1), axis=1)

    def rows(self, which: NDArray[np.int64]) -> "Spread":
        return Spread(self.values[which], self.chances[which])


def of_draws(draws: ArrayLike) -> Spread:
    """Each of the m draws of a row is as likely as the others. draws (n, m)."""
    values = np.asarray(draws, float)
    if values.ndim != 2 or not values.size:
        raise InputError("Draws are a table: one row a forecast, one column a draw.")
    values = np.sort(values, axis=1)
    if not np.isfinite(values).all():
        row = int(np.argmax(~np.isfinite(values).all(axis=1)))
        raise InputError(f"draws, row {row + 1}: a draw is not a number.")
    return Spread(values, np.full(values.shape, 1 / values.shape[1]))


def of_cdf(support: ArrayLike, below: ArrayLike) -> Spread:
    """support (K,) rising, below (n, K) the chance of at most each value; the last is taken as 1."""
    values, cdf = np.asarray(support, float), np.asarray(below, float).copy()
    cdf[:, -1] = 1.0
    chances = np.diff(np.maximum.accumulate(np.clip(cdf, 0.0, 1.0), axis=1), axis=1, prepend=0.0)
    return Spread(np.broadcast_to(values, chances.shape), chances)
