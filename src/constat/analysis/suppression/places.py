"""Places made coarse: every point becomes the centre of a group of at least k known places.

The gazetteer is halved along its longer side, again and again, while both halves keep k places (Mondrian: LeFevre, DeWitt &
Ramakrishnan 2006). Deterministic: the same point always gives the same answer, so that repeating it teaches nothing; a
random move would average out. `radius_km` says how coarse; the result is never drawn as a bare dot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from constat.analysis.errors import InputError

Floats = npt.NDArray[np.float64]
KM_PER_DEGREE = 111.195


@dataclass(frozen=True)
class PlaceGroups:
    """`splits`: (axis, value, left, right) per node, axis -1 at a leaf whose number is `left`. Per leaf: `centre` (G, 2) lon,
    lat of its places' mean, `size` (G,) places in it, `radius_km` (G,) from the centre to its farthest place."""

    k: int
    splits: tuple[tuple[int, float, int, int], ...]
    centre: Floats
    size: npt.NDArray[np.int64]
    radius_km: Floats

    def of(self, lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> npt.NDArray[np.int64]:
        """The group of each point, (n,)."""
        points = _points(lon, lat)
        found = np.empty(len(points), dtype=np.int64)
        for at, point in enumerate(points):
            node = 0
            while self.splits[node][0] >= 0:
                axis, value, left, right = self.splits[node]
                node = left if point[axis] < value else right
            found[at] = self.splits[node][2]
        return found

    def coarsen(self, lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> tuple[Floats, Floats]:
        """((n, 2) lon, lat of the group's centre, (n,) radius in km)."""
        group = self.of(lon, lat)
        return self.centre[group], self.radius_km[group]


def group_places(lon: Sequence[float] | Floats, lat: Sequence[float] | Floats, k: int) -> PlaceGroups:
    """Groups of k to about 2k known places. Raises InputError for k < 2, fewer than k places, or impossible coordinates."""
    points = _points(lon, lat)
    if k < 2:
        raise InputError(f"k = {k}: a point is hidden among k places; give 2 or more.")
    different = np.unique(points, axis=0)
    if len(different) < k:
        raise InputError(f"{len(different)} different places are known; at least k = {k} are needed.")
    splits: list[tuple[int, float, int, int]] = []
    centre: list[Floats] = []
    size: list[int] = []
    radius: list[float] = []

    def grow(inside: Floats) -> int:
        node = len(splits)
        splits.append((-1, 0.0, len(centre), -1))
        narrow = np.cos(np.radians(inside[:, 1].mean()))
        spans = np.ptp(inside, axis=0) * np.array([narrow, 1.0])
        for axis in np.argsort(-spans):
            value = float(np.median(inside[:, axis]))
            below = inside[:, axis] < value
            if below.sum() >= k and (~below).sum() >= k:
                left = grow(inside[below])
                right = grow(inside[~below])
                splits[node] = (int(axis), value, left, right)
                return node
        mean = inside.mean(axis=0)
        apart = (inside - mean) * np.array([narrow, 1.0]) * KM_PER_DEGREE
        splits[node] = (-1, 0.0, len(centre), -1)
        centre.append(mean)
        size.append(len(inside))
        radius.append(float(np.hypot(*apart.T).max()))
        return node

    grow(different)
    return PlaceGroups(k, tuple(splits), np.array(centre), np.array(size, dtype=np.int64), np.array(radius))


def _points(lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> Floats:
    points: Floats = np.column_stack([np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)])
    for axis, name, most in ((0, "longitude", 180.0), (1, "latitude", 90.0)):
        bad = np.flatnonzero(~(np.abs(points[:, axis]) <= most))
        if len(bad):
            raise InputError(
                f"point {int(bad[0]) + 1}: {name} {points[bad[0], axis]} is not on the earth. Longitude comes first."
            )
    return points
