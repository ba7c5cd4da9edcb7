"""Places made coarse: every point becomes the centre of a group of at least k known places.

The gazetteer is cut into compact groups of k to 2k - 1 places: the place farthest from the middle with its k - 1 nearest,
then the place farthest from that one with its own, and so on (MDAV: Domingo-Ferrer & Mateo-Sanz 2002; large gazetteers are
halved first). Deterministic: the same point always gives the same answer, so that repeating it teaches nothing; a random
move would average out. `radius_km` says how coarse; the result is never drawn as a bare dot, and whoever asks for pairs near
in space leaves out what is coarser than the distance (`blur_km` of constat.analysis.clusters.knox).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from constat.analysis.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
EARTH_KM = 6371.0
AT_ONCE = 4000


@dataclass(frozen=True)
class PlaceGroups:
    """`places` (P, 2) lon, lat and `member` (P,) the group of each. Per group: `centre` (G, 2) lon, lat of its places' mean,
    `size` (G,) places in it, `radius_km` (G,) from the centre to its farthest place."""

    k: int
    places: Floats
    member: Ints
    centre: Floats
    size: Ints
    radius_km: Floats
    _near: list[object] = field(default_factory=list, repr=False, compare=False)

    def of(self, lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> Ints:
        """The group of the known place nearest to each point, (n,)."""
        from scipy.spatial import cKDTree

        points = _points(lon, lat)
        if not self._near:
            self._near.append(cKDTree(_ball(self.places)))
        found: Ints = self.member[self._near[0].query(_ball(points))[1]]  # type: ignore[attr-defined]
        return found

    def coarsen(self, lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> tuple[Floats, Floats]:
        """((n, 2) lon, lat of the group's centre, (n,) radius in km)."""
        group = self.of(lon, lat)
        return self.centre[group], self.radius_km[group]


def group_places(lon: Sequence[float] | Floats, lat: Sequence[float] | Floats, k: int) -> PlaceGroups:
    """Groups of k to 2k - 1 known places. Raises InputError for k < 2, fewer than k places, or impossible coordinates."""
    points = _points(lon, lat)
    if k < 2:
        raise InputError(f"k = {k}: a point is hidden among k places; give 2 or more.")
    different = np.unique(points, axis=0)
    if len(different) < k:
        raise InputError(f"{len(different)} different places are known; at least k = {k} are needed.")
    ball = _ball(different)
    member = np.empty(len(different), dtype=np.int64)
    groups = 0
    for part in _halves(ball, np.arange(len(different)), max(AT_ONCE, 4 * k)):
        for some in _compact(ball[part], k):
            member[part[some]] = groups
            groups += 1
    size = np.bincount(member, minlength=groups)
    centre = np.column_stack([np.bincount(member, different[:, axis], groups) / size for axis in (0, 1)])
    chord = np.linalg.norm(ball - _ball(centre)[member], axis=1)
    away = 2 * np.arcsin(np.minimum(chord / (2 * EARTH_KM), 1.0)) * EARTH_KM
    radius = np.zeros(groups)
    np.maximum.at(radius, member, away)
    return PlaceGroups(k, different, member, centre, size.astype(np.int64), radius)


def _ball(points: Floats) -> Floats:
    """Lon, lat as points of a ball in km: straight distances there grow with those on the ground."""
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    return EARTH_KM * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _halves(ball: Floats, part: Ints, most: int) -> list[Ints]:
    if len(part) <= most:
        return [part]
    axis = int(np.argmax(np.ptp(ball[part], axis=0)))
    order = part[np.argsort(ball[part, axis], kind="stable")]
    middle = len(order) // 2
    return [*_halves(ball, order[:middle], most), *_halves(ball, order[middle:], most)]


def _compact(ball: Floats, k: int) -> list[Ints]:
    """Groups of k, the last of k to 2k - 1, as positions in `ball`."""
    left = np.arange(len(ball))
    out: list[Ints] = []

    def take(seed: Floats) -> None:
        nonlocal left
        nearest = np.argsort(((ball[left] - seed) ** 2).sum(axis=1), kind="stable")[:k]
        out.append(left[nearest])
        left = np.delete(left, nearest)

    def farthest(point: Floats) -> Floats:
        found: Floats = ball[left[int(np.argmax(((ball[left] - point) ** 2).sum(axis=1)))]]
        return found

    while len(left) >= 3 * k:
        first = farthest(ball[left].mean(axis=0))
        take(first)
        take(farthest(first))
    if len(left) >= 2 * k:
        take(farthest(ball[left].mean(axis=0)))
    out.append(left)
    return out


def _points(lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> Floats:
    points: Floats = np.column_stack([np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)])
    for axis, name, most in ((0, "longitude", 180.0), (1, "latitude", 90.0)):
        bad = np.flatnonzero(~(np.abs(points[:, axis]) <= most))
        if len(bad):
            raise InputError(
                f"point {int(bad[0]) + 1}: {name} {points[bad[0], axis]} is not on the earth. Longitude comes first."
            )
    return points
