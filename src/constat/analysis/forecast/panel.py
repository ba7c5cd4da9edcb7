"""Harm per area and period, as the model takes it, and what may be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

Floats = NDArray[np.float64]
UNITS = ("week", "month")
# Neighbours lie within one and a half times the usual distance between areas: the eight around a cell.
NEAR = 1.5


@dataclass(frozen=True)
class Panel:
    """counts (areas, periods): persons harmed, whole, none missing. events: how many events they come from, where known.

    places (areas, 2): positions of the areas in units of the usual distance between neighbouring areas; None when unknown.
    """

    counts: Floats
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    unit: str = "month"
    events: Floats | None = None
    places: Floats | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise InputError(f"unit {self.unit!r}: choose one of {', '.join(UNITS)}.")
        for name, table in (("counts", self.counts), ("events", self.events)):
            if table is not None:
                _check(name, table, self.areas, self.periods)
        if len(set(self.areas)) < len(self.areas):
            twice = next(name for name in self.areas if self.areas.count(name) > 1)
            raise InputError(f"area {twice!r} stands twice.")
        if self.places is not None and (
            self.places.shape != (len(self.areas), 2) or not np.isfinite(self.places).all()
        ):
            raise InputError("places: two finite coordinates for each area.")

    @cached_property
    def neighbours(self) -> tuple[NDArray[np.int64], ...]:
        """Positions of the areas beside each one; nobody where places are unknown."""
        if self.places is None:
            return tuple(np.empty(0, np.int64) for _ in self.areas)
        near = self.distances <= NEAR
        np.fill_diagonal(near, False)
        return tuple(np.flatnonzero(row) for row in near)

    @cached_property
    def distances(self) -> Floats:
        if self.places is None:
            raise InputError("The areas have no places: no distances.")
        found: Floats = np.sqrt(((self.places[:, None, :] - self.places[None, :, :]) ** 2).sum(axis=2))
        return found

    def until(self, known: int) -> "Panel":
        """What was known when only the first `known` periods were."""
        return Panel(
            self.counts[:, :known], self.areas, self.periods[:known], self.unit,
            None if self.events is None else self.events[:, :known], self.places,
        )  # fmt: skip


def from_degrees(lat: Sequence[float], lon: Sequence[float]) -> Floats:
    """(n, 2): positions in units of the median distance to the nearest other area."""
    y = np.asarray(lat, float)
    flat = np.column_stack([y, np.asarray(lon, float) * np.cos(np.radians(y.mean()))])
    apart = np.sqrt(((flat[:, None] - flat[None]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    usual = float(np.median(apart.min(axis=1))) if len(flat) > 1 else 1.0
    if not np.isfinite(usual) or usual <= 0:
        raise InputError("Half of the areas or more stand at the same coordinates.")
    return flat / usual


def _check(name: str, table: Floats, areas: Sequence[str], periods: Sequence[str]) -> None:
    if table.shape != (len(areas), len(periods)):
        raise InputError(f"{name}: {table.shape} for {len(areas)} areas and {len(periods)} periods.")
    if table.size == 0:
        raise InputError(f"{name}: no area or no period.")
    wrong = ~np.isfinite(table) | (table < 0) | (table != np.round(table))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InputError(
            f"{name}, area {areas[row]}, period {periods[column]}: {table[row, column]} is not a count of 0 or more."
        )
