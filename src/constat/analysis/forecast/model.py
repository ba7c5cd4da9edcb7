"""Our forecast: will there be any harm, and if so how much, each from the recent past of the area and of those around it.

Any: logistic regression on how much of the recent harm fell on the area and near it, relative to the mean of all areas, around
the recent level of all areas together. How much: log-linear in the same, with the residuals that were seen (their own shape, by
size), never a normal one. Older periods weigh less. The members differ in how far they look back (three memories, two windows
for the level, with and without position); their distributions are averaged with equal weights, none is chosen by its score.

A hurdle model (Mullahy 1986) with a linear pool of members (Stone 1961); the past enters by exponential memory as in the
benchmark models of the ViEWS prediction challenge. Deterministic: no draws, no seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError
from constat.analysis.forecast.panel import Panel
from constat.analysis.forecast.spread import Spread, of_cdf

Floats = NDArray[np.float64]
# Added to a share of the recent harm before its logarithm: nothing at all is a tenth of the mean, not minus infinity.
FLOOR = 0.1
SHRINK = 20.0
# A mean of all areas of nothing at all still leaves a chance: one area-period in a thousand.
LEVEL_FLOOR = 1e-3
# Outcomes seen for each class of size in which residuals keep a shape of their own.
PER_CLASS = 400
CLASSES = 6
MANY_AREAS = 30
# Harmed periods of the past year at which the past of an area weighs as much as what is learnt from all.
OWN = 36.0
YEAR = {"month": 12, "week": 52}


@dataclass(frozen=True)
class Settings:
    """All in periods. memories: e-folding times of the features; levels: windows of the common level; half_life: of the weight
    of a past period in the fit; history: how far back the fit looks; step: every which origin enters it."""

    memories: tuple[int, ...]
    levels: tuple[int, ...]
    half_life: float
    history: int
    step: int
    least: int


SETTINGS = {
    "month": Settings(memories=(3, 6, 12), levels=(6, 12), half_life=12, history=60, step=2, least=36),
    "week": Settings(memories=(6, 13, 39), levels=(26, 52), half_life=52, history=208, step=6, least=104),
}


def groups(horizons: Sequence[int]) -> list[list[int]]:
    """Horizons fitted together: the first two alone, since yesterday counts most there, then 3 to 14, then the rest."""
    edges = [1, 2, 3, 15]
    found: dict[int, list[int]] = {}
    for h in sorted(horizons):
        found.setdefault(sum(h >= edge for edge in edges), []).append(h)
    return list(found.values())


def predict(panel: Panel, horizons: Sequence[int]) -> dict[int, Spread]:
    """horizon -> (areas, K). InputError for horizons below 1; the caller asks `forecast.make` for refusals and accuracy."""
    if not horizons or min(horizons) < 1:
        raise InputError("A horizon is 1 period ahead or more.")
    least, known = SETTINGS[panel.unit].least, panel.counts.shape[1]
    if known < least:
        raise InputError(f"{known} {panel.unit}s of history: {least} are needed.")
    past = _Past(panel, SETTINGS[panel.unit])
    found: dict[int, Spread] = {}
    for group in groups(horizons):
        spread = past.fit(group)
        found |= dict.fromkeys(group, spread)
    return found


class _Past:
    """One origin: everything known of the panel, its features by memory, and the fits."""

    def __init__(self, panel: Panel, settings: Settings) -> None:
        self.panel, self.settings = panel, settings
        self.any = (panel.counts > 0).astype(float)
        self.log = np.log1p(panel.counts)
        self.now = panel.counts.shape[1]
        self.grid = _grid(float(panel.counts.max()))

    @cached_property
    def kernel(self) -> Floats | None:
        """(areas, areas): weights of the areas around, by distance; None without places."""
        if self.panel.places is None or len(self.panel.areas) < 3:
            return None
        weights = np.exp(-0.5 * self.panel.distances**2)
        np.fill_diagonal(weights, 0.0)
        return weights

    @cached_property
    def position(self) -> Floats:
        """(areas, 5): where the area lies, to the second order; nothing for few areas."""
        if self.panel.places is None or len(self.panel.areas) < MANY_AREAS:
            return np.empty((len(self.panel.areas), 0))
        x, y = ((self.panel.places - self.panel.places.mean(axis=0)) / self.panel.places.std(axis=0).max()).T
        return np.column_stack([x, y, x * x, y * y, x * y])

    def memory(self, length: int) -> Floats:
        """(features, areas, periods + 1): column t holds what was known before period t."""
        number = self.any if self.panel.events is None else self.panel.events
        recent = _decayed(number, length)
        parts = [_relative(recent), _relative(_decayed(self.log, length))]
        if self.kernel is not None:
            parts.append(_relative(np.einsum("ij,jt->it", self.kernel, recent)))
        return np.stack(parts)

    def fit(self, group: Sequence[int]) -> Spread:
        below = np.zeros((len(self.panel.areas), self.grid.size))
        members = 0
        positions = (False, True) if self.position.shape[1] else (False,)
        for length in self.settings.memories:
            features = self.memory(length)
            for with_position in positions:
                frame = _Frame(self, features, with_position, group)
                severity = frame.severity()
                for window in self.settings.levels:
                    chance = frame.chance(window)
                    below += (1 - chance)[:, None] + chance[:, None] * severity
                    members += 1
        return of_cdf(self.grid, self._with_own_past(below / members))

    def _with_own_past(self, below: Floats) -> Floats:
        """An area that was often harmed in the past year is told by its own past too: k harmed periods weigh k / (k + OWN)."""
        year = self.panel.counts[:, -YEAR[self.panel.unit] :]
        own = (year[:, :, None] <= self.grid[None, None, :]).mean(axis=1)
        often = (year > 0).sum(axis=1, keepdims=True)
        weight = often / (often + OWN)
        return np.asarray((1 - weight) * below + weight * own, float)

    def level(self, before: int, window: int) -> float:
        """Log of the share of area-periods with harm in the `window` periods before."""
        return float(np.log(self.any[:, max(before - window, 0) : before].mean() + LEVEL_FLOOR))


class _Frame:
    """The rows of one fit: past origins times areas, standardised, with their weights."""

    def __init__(self, past: _Past, features: Floats, with_position: bool, group: Sequence[int]) -> None:
        self.past, self.features, self.with_position, self.group = past, features, with_position, group
        settings, now = past.settings, past.now
        first = max(now - max(group) - settings.history, min(settings.levels))
        self.origins = list(range(now - min(group), first - 1, -settings.step))
        self.known = [[h for h in group if origin - 1 + h < now] for origin in self.origins]
        raw = np.stack([self._row(origin) for origin in self.origins])
        self.centre = raw.mean(axis=(0, 1))
        self.scale = raw.std(axis=(0, 1)) + 1e-9
        self.x = self._standard(raw)
        # A surge beyond anything learnt from is taken as the largest that was: a line knows nothing further out.
        self.target = np.clip(
            self._standard(self._row(now)), self.x.min(axis=(0, 1)), self.x.max(axis=(0, 1))
        )

    def _row(self, origin: int) -> Floats:
        recent = self.features[:, :, origin].T
        return np.column_stack([recent, self.past.position]) if self.with_position else recent

    def _standard(self, raw: Floats) -> Floats:
        z = (raw - self.centre) / self.scale
        return np.concatenate([np.ones((*z.shape[:-1], 1)), z], axis=-1)

    def chance(self, window: int) -> Floats:
        """(areas,): chance of any harm in a period of the group."""
        past = self.past
        n = len(past.panel.areas)
        came = np.stack(
            [
                past.any[:, [o - 1 + h for h in hs]].sum(axis=1)
                for o, hs in zip(self.origins, self.known, strict=True)
            ]
        )
        tries = np.repeat([len(hs) for hs in self.known], n).astype(float)
        weight = np.repeat([self._weight(o) for o in self.origins], n)
        offset = np.repeat([past.level(o, window) for o in self.origins], n)
        beta = _logistic(self.x.reshape(-1, self.x.shape[-1]), came.ravel(), tries, weight, offset)
        return _expit(self.target @ beta + past.level(past.now, window))

    def severity(self) -> Floats:
        """(areas, K): given harm, the chance of at most each value of the grid."""
        x, y, weight = self._harmed()
        if y.size == 0:
            return np.broadcast_to(
                (self.past.grid >= 1).astype(float), (len(self.past.panel.areas), self.past.grid.size)
            )
        beta = _ridge(x, np.log(y), weight)
        # The same outcome stands once for each origin it was looked at from.
        classes = int(
            np.clip(
                y.size / np.mean([len(hs) for hs in self.known]) * self.past.settings.step // PER_CLASS,
                1,
                CLASSES,
            )
        )
        return _dressed(np.log(y) - x @ beta, x @ beta, weight, self.target @ beta, self.past.grid, classes)

    def _harmed(self) -> tuple[Floats, Floats, Floats]:
        xs, ys, ws = [], [], []
        for row, origin, hs in zip(self.x, self.origins, self.known, strict=True):
            for h in hs:
                counts = self.past.panel.counts[:, origin - 1 + h]
                harmed = counts > 0
                xs.append(row[harmed])
                ys.append(counts[harmed])
                ws.append(np.full(int(harmed.sum()), self._weight(origin + h - 1)))
        return np.concatenate(xs), np.concatenate(ys), np.concatenate(ws)

    def _weight(self, period: int) -> float:
        return float(0.5 ** ((self.past.now - period) / self.past.settings.half_life))


def _decayed(table: Floats, length: int) -> Floats:
    """(areas, periods + 1): exponentially weighted mean of everything before each period."""
    keep = float(np.exp(-1 / length))
    found = np.zeros((table.shape[0], table.shape[1] + 1))
    for t in range(table.shape[1]):
        found[:, t + 1] = found[:, t] * keep + table[:, t] * (1 - keep)
    return found


def _relative(table: Floats) -> Floats:
    return np.asarray(np.log(table / (table.mean(axis=0, keepdims=True) + 1e-5) + FLOOR), float)


def _grid(largest: float) -> Floats:
    """Every count to 100, then steps of 4 %, to ten times what was ever seen."""
    top = max(largest * 10, 200.0)
    steps = np.round(100 * 1.04 ** np.arange(1, int(np.ceil(np.log(top / 100) / np.log(1.04))) + 1))
    return np.concatenate([np.arange(101.0), np.unique(steps)])


def _expit(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), float)


def _logistic(x: Floats, came: Floats, tries: Floats, weight: Floats, offset: Floats) -> Floats:
    """Ridge logistic regression by Newton's method with steps of at most 1; the intercept is all but free."""
    beta = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], SHRINK)
    penalty[0] = 1e-3
    for _ in range(100):
        p = _expit(x @ beta + offset)
        gradient = x.T @ (weight * (came - tries * p)) - penalty * beta
        curvature = (x * (weight * tries * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        move = np.linalg.solve(curvature, gradient)
        largest = float(np.abs(move).max())
        beta += move * min(1.0, 1.0 / max(largest, 1e-12))
        if largest < 1e-8:
            break
    return beta


def _ridge(x: Floats, y: Floats, weight: Floats) -> Floats:
    penalty = np.full(x.shape[1], SHRINK)
    penalty[0] = 1e-3
    weighted = x * weight[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ x + np.diag(penalty), weighted.T @ y), float)


def _dressed(
    residual: Floats, fitted: Floats, weight: Floats, target: Floats, grid: Floats, classes: int
) -> Floats:
    """(areas, K): the residuals seen near the same fitted size, set on the size expected now. At least one person."""
    edges = np.quantile(fitted, np.linspace(0, 1, classes + 1)[1:-1])
    member = np.searchsorted(edges, fitted, side="right")
    used = [k for k in range(classes) if (member == k).any()]
    centres = np.array([np.average(fitted[member == k], weights=weight[member == k]) for k in used])
    # A target between two classes takes from both, by its distance.
    at = np.clip(np.interp(target, centres, np.arange(len(used))), 0, len(used) - 1)
    found = np.zeros((target.size, grid.size))
    reach = np.log(np.maximum(grid, 0.5) + 0.5)[None, :] - target[:, None]
    for i, k in enumerate(used):
        share = np.clip(1 - np.abs(at - i), 0, 1)
        near = share > 0
        order = np.argsort(residual[member == k], kind="stable")
        sorted_, w = residual[member == k][order], weight[member == k][order]
        below = np.append(0.0, np.cumsum(w) / w.sum())
        found[near] += share[near, None] * below[np.searchsorted(sorted_, reach[near], side="right")]
    found[:, grid < 1] = 0.0
    return found
