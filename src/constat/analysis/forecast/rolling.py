"""The past accuracy of a forecast: made again at past dates with what was known then, and scored on what came.

Nothing after the origin is seen: the panel is cut before anything is computed from it. Baselines are scored on the same rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constat.analysis.forecast import baselines, model, scores
from constat.analysis.forecast.panel import Panel
from constat.analysis.forecast.scores import Scores
from constat.analysis.forecast.spread import Spread

Floats = NDArray[np.float64]
MODEL = "model"
# How many past origins, how far apart: a year of months, a year of weeks.
ORIGINS = {"month": (6, 2), "week": (6, 8)}
LEAST_ORIGINS = 3


@dataclass(frozen=True)
class Accuracy:
    """Scores over all areas and `origins` at one horizon. `by`: name -> Scores, the model and each baseline on the same rows.

    skill: 1 - CRPS of the model / CRPS of the best baseline; negative when that baseline was better.
    """

    horizon: int
    origins: tuple[str, ...]
    by: Mapping[str, Scores]

    @property
    def best_baseline(self) -> str:
        return min((name for name in self.by if name != MODEL), key=lambda name: self.by[name].crps)

    @property
    def skill(self) -> float | None:
        best = self.by[self.best_baseline].crps
        return 1 - self.by[MODEL].crps / best if best > 0 else None


def origins(panel: Panel, horizon: int, *, number: int | None = None, every: int | None = None) -> list[int]:
    """Past origins, oldest first, that leave `horizon` periods after them and enough before."""
    usual, apart = ORIGINS[panel.unit]
    last, least = panel.counts.shape[1] - horizon, model.SETTINGS[panel.unit].least
    wanted = [last - i * (every or apart) for i in range(number or usual)]
    return sorted(origin for origin in wanted if origin >= least)


def accuracy(
    panel: Panel,
    horizons: Sequence[int],
    at: Sequence[int],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Accuracy]:
    """One Accuracy per horizon over the origins `at` (numbers of periods known)."""
    found: dict[int, dict[str, list[tuple[Spread, Floats]]]] = {h: {} for h in horizons}
    for i, origin in enumerate(at):
        known = panel.until(origin)
        simple = baselines.everyone(known.counts, known.neighbours, baselines.WINDOWS[panel.unit])
        ours = model.predict(known, horizons)
        for h in horizons:
            truth = panel.counts[:, origin - 1 + h]
            for name, spread in ({MODEL: ours[h]} | simple).items():
                found[h].setdefault(name, []).append((spread, truth))
        if progress is not None:
            progress(i + 1, len(at))
    labels = tuple(panel.periods[origin - 1] for origin in at)
    return [
        Accuracy(
            h, labels, {name: together([scores.score(s, y) for s, y in parts]) for name, parts in by.items()}
        )
        for h, by in found.items()
    ]


def together(parts: Sequence[Scores]) -> Scores:
    """The scores of several sets of rows as one."""
    n = sum(part.n for part in parts)
    n_open = sum(part.n_open for part in parts)

    def mean(figure: Callable[[Scores], float]) -> float:
        return sum(part.n * figure(part) for part in parts) / n

    held = sum(part.n_open * part.covered_open for part in parts if part.covered_open is not None)
    return Scores(
        n=n, crps=mean(lambda s: s.crps), ign=mean(lambda s: s.ign), mis=mean(lambda s: s.mis),
        covered=mean(lambda s: s.covered), n_open=n_open, covered_open=held / n_open if n_open else None,
    )  # fmt: skip
