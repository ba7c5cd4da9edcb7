"""What sources say of incidents, one entry per row, and the two measures that both comparing and joining parts ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Incidents:
    """One entry per row. first, last: days since 1970; slack: days; lat, lon: degrees, NaN for none; radius: km; counts: NaN for none.

    called: attribute -> code of what the source calls it, -1 for nothing; names: the words of each code.
    """

    first: Floats
    last: Floats
    slack: Floats
    lat: Floats
    lon: Floats
    radius: Floats
    low: Floats
    best: Floats
    high: Floats
    place: Ints
    places: tuple[str, ...]
    called: Mapping[str, Ints]
    names: Mapping[str, tuple[str, ...]]
    words: tuple[frozenset[str], ...]
    source: Ints

    @property
    def n(self) -> int:
        return len(self.first)


def distance(given: Incidents, a: Ints, b: Ints) -> Floats:
    """Great-circle kilometres; NaN where a place is unknown."""
    lat1, lat2 = np.radians(given.lat[a]), np.radians(given.lat[b])
    half = np.sin((lat2 - lat1) / 2) ** 2
    half += np.cos(lat1) * np.cos(lat2) * np.sin(np.radians(given.lon[b] - given.lon[a]) / 2) ** 2
    made: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return made


def counts_alike(best: Floats, low: Floats, high: Floats, a: Ints, b: Ints) -> NDArray[np.int8]:
    """Best figures first; where they differ, whether the ranges from minimum to maximum meet."""
    x, y = best[a], best[b]
    big, gap = np.maximum(x, y), np.abs(x - y)
    meet = (low[a] <= high[b]) & (low[b] <= high[a])
    ranged = (low[a] == low[b]) & (high[a] == high[b]) & (high[a] > low[a])
    # With NaN every comparison is false: 0, and -1 at the end.
    made = np.select(
        [ranged & (gap == 0), ranged, (gap == 0) & (x >= 10), (gap == 0) & (x >= 4), gap == 0, (gap <= 0.3 * big) & (big >= 10), meet,
         gap <= np.maximum(1, 0.3 * big), big <= 2 * np.minimum(x, y)],
        [9, 8, 7, 6, 5, 4, 3, 2, 1], 0,
    )  # fmt: skip
    return np.where(np.isnan(x) | np.isnan(y), -1, made).astype(np.int8)
