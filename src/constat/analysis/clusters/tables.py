"""The tables a scan reads: where the places are and how well they are known, what happened there and when, who lived there.

Times are days since 1970-01-01 (int64) with the unit they are known to: a case known to the year is never a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

Unit = Literal["day", "month", "year", "none"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EPOCH = date(1970, 1, 1)
# The sphere of the published reference answers; the mean radius is 6371.0, and the difference (0.06 %) only matters where
# a place lies at the very limit of a circle.
EARTH_KM = 6367.0


def day_number(day: date) -> int:
    return (day - EPOCH).days


def to_date(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


@dataclass(frozen=True)
class Places:
    """Places of a scan. ids: unique. one, two: latitude and longitude in degrees, or x and y when `cartesian`.

    blur_km: how far the true place may lie from the point (0: exact). A region known by its centre has a large blur.
    """

    ids: tuple[str, ...]
    one: Floats
    two: Floats
    cartesian: bool = False
    blur_km: Floats | None = None

    def __post_init__(self) -> None:
        n = len(self.ids)
        if self.one.shape != (n,) or self.two.shape != (n,):
            raise InputError(f"Places: {n} identifiers but {self.one.size} and {self.two.size} coordinates.")
        repeated = _first_repeated(self.ids)
        if repeated is not None:
            raise InputError(f"Places: {repeated!r} stands twice. Give each place one line.")
        for i in np.flatnonzero(~(np.isfinite(self.one) & np.isfinite(self.two))):
            raise InputError(f"Places: {self.ids[i]!r} has no finite coordinates.")
        if not self.cartesian:
            _check_degrees(self)
        if self.blur_km is not None and (
            self.blur_km.shape != (n,) or not np.all(np.isfinite(self.blur_km)) or np.any(self.blur_km < 0)
        ):
            raise InputError("Places: a precision in km is a number, zero or more, for every place.")

    def __len__(self) -> int:
        return len(self.ids)

    def keep(self, kept: NDArray[np.bool_]) -> "Places":
        ids = tuple(name for name, stays in zip(self.ids, kept, strict=True) if stays)
        blur = None if self.blur_km is None else self.blur_km[kept]
        return Places(ids, self.one[kept], self.two[kept], self.cartesian, blur)


def _check_degrees(places: Places) -> None:
    wrong = np.flatnonzero((np.abs(places.one) > 90) | (np.abs(places.two) > 180))
    if not wrong.size:
        return
    i = int(wrong[0])
    swapped = bool(np.all(np.abs(places.two) <= 90) and np.all(np.abs(places.one) <= 180))
    advice = (
        "Latitude and longitude look exchanged: latitude comes first."
        if swapped
        else "Latitude (-90 to 90) comes first, then longitude (-180 to 180); for x and y in a plane say so."
    )
    raise InputError(
        f"Places: {places.ids[i]!r} is at latitude {places.one[i]:g}, longitude {places.two[i]:g}. {advice}"
    )


@dataclass(frozen=True)
class Cases:
    """What happened: count of cases (>= 0) at a place on a day. day: first day of the unit; None without times."""

    place: tuple[str, ...]
    count: Floats
    day: Ints | None = None
    unit: Unit = "none"
    group: tuple[tuple[str, ...], ...] | None = None
    source: str = "cases"
    lines: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        n = len(self.place)
        if self.count.shape != (n,) or (self.day is not None and self.day.shape != (n,)):
            raise InputError(f"{self.source}: the columns have different lengths.")
        for i in np.flatnonzero(~np.isfinite(self.count) | (self.count < 0)):
            raise InputError(
                f"{self.source}, row {i + 1}: {self.count[i]:g} cases at {self.place[i]!r}. A count is 0 or more."
            )
        if (self.day is None) != (self.unit == "none"):
            raise InputError(f"{self.source}: days need a unit (day, month, year), and a unit needs days.")


@dataclass(frozen=True)
class Population:
    """People or operations at risk at a place, at one or several moments, by group. day: None means always."""

    place: tuple[str, ...]
    size: Floats
    day: Ints | None = None
    group: tuple[tuple[str, ...], ...] | None = None
    source: str = "population"
    lines: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        for i in np.flatnonzero(~np.isfinite(self.size) | (self.size < 0)):
            raise InputError(f"{self.source}, row {i + 1}: {self.size[i]:g} people at {self.place[i]!r}.")


def positions(names: Sequence[str], places: Places, source: str, lines: Sequence[int] | None = None) -> Ints:
    """Position of each name among the places. InputError naming the first unknown row, by its line in the file if known."""
    index = {name: i for i, name in enumerate(places.ids)}
    found = np.empty(len(names), np.int64)
    for row, name in enumerate(names):
        try:
            found[row] = index[name]
        except KeyError:
            where = f"row {row + 1}" if lines is None else f"line {lines[row]}"
            raise InputError(f"{source}, {where}: the place {name!r} is not in the places file.") from None
    return found


def _first_repeated(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def distances(places: Places, centre: int) -> Floats:
    """Distance from one place to all, shape (places,): km on the sphere, or the unit of the plane."""
    return distance(places.one[centre], places.two[centre], places.one, places.two, places.cartesian)


def distance(one: Any, two: Any, ones: Any, twos: Any, cartesian: bool) -> Floats:
    """Distances of points to points: plane, or great circle (haversine, which stays exact for near points)."""
    if cartesian:
        return np.asarray(np.hypot(ones - one, twos - two), float)
    lat, lats = np.radians(one), np.radians(ones)
    half = np.sin((lats - lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(lats) * np.sin(np.radians(twos - two) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))), float)


@dataclass(frozen=True)
class Circles:
    """Every circle of every centre: near[ptr[i]:ptr[i+1]] are the places of centre i, nearest first.

    closed[k]: the circle may end at k. It may not between places at the same distance: no circle parts them.
    """

    ptr: Ints
    near: Ints
    away: Floats
    closed: NDArray[np.bool_]


# Two distances this close are one: coordinates carry five or six decimals, some centimetres.
TIE = 1e-9


def circles(
    places: Places, *, max_km: float | None, size: Floats, max_share: float, max_places: int | None = None
) -> Circles:
    """Circles around each place up to max_km, max_places and max_share of the total size (people, or cases)."""
    limit = max_share * float(size.sum())
    ptr, near, away, closed = [0], [], [], []
    for centre in range(len(places)):
        far = distances(places, centre)
        order = np.argsort(far, kind="stable")
        order = order[: np.searchsorted(far[order], np.inf if max_km is None else max_km, side="right")]
        order = order[:max_places]
        inside = np.cumsum(size[order]) <= limit * (1 + 1e-12)
        ends = np.append(np.diff(far[order]) > TIE * np.maximum(far[order[1:]], 1.0), True)
        # A circle that would part ties or pass the limit is not allowed; what is beyond the last allowed one is dropped.
        allowed = ends & inside
        last = int(np.flatnonzero(allowed)[-1]) + 1 if allowed.any() else 0
        near.append(order[:last])
        away.append(far[order[:last]])
        closed.append(allowed[:last])
        ptr.append(ptr[-1] + last)
    return Circles(
        np.array(ptr, np.int64),
        np.concatenate(near).astype(np.int64),
        np.concatenate(away),
        np.concatenate(closed),
    )
