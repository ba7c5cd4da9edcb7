"""How good a linkage is where the answer is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Score:
    """Pairs of records, all of them, also those no rule compared. None where there is nothing to divide by."""

    true_pairs: int
    found_pairs: int
    right_pairs: int

    @property
    def precision(self) -> float | None:
        return self.right_pairs / self.found_pairs if self.found_pairs else None

    @property
    def recall(self) -> float | None:
        return self.right_pairs / self.true_pairs if self.true_pairs else None

    @property
    def f1(self) -> float | None:
        both = self.true_pairs + self.found_pairs
        return 2 * self.right_pairs / both if both else None


@dataclass(frozen=True)
class Bin:
    """Pairs said to match with a probability from `low` to `high`: how many, what was said, what was so."""

    low: float
    high: float
    n: int
    said: float
    was: float


@dataclass(frozen=True)
class Calibration:
    """error: mean distance between said and so, weighted by pairs; worst: the largest of a bin with at least 30 pairs."""

    bins: tuple[Bin, ...]
    error: float
    worst: float


def score(cluster: NDArray[np.int64], truth: Sequence[str | None]) -> Score:
    """Pairwise precision and recall of clusters. A record without truth counts as a thing of its own."""
    known = numbered(truth)
    both = cluster.astype(np.int64) * (int(known.max(initial=0)) + 1) + known
    return Score(
        _pairs(np.unique(known, return_counts=True)[1]),
        _pairs(np.unique(cluster, return_counts=True)[1]),
        _pairs(np.unique(both, return_counts=True)[1]),
    )


def numbered(truth: Sequence[str | None]) -> NDArray[np.int64]:
    """A number for each thing; a record without truth is a thing of its own."""
    names: dict[str, int] = {}
    known = np.array([-1 if one is None else names.setdefault(one, len(names)) for one in truth], np.int64)
    alone = known < 0
    known[alone] = len(names) + np.arange(int(alone.sum()))
    return known


def _pairs(sizes: NDArray[np.int64]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def calibration(probability: NDArray[np.float64], match: NDArray[np.bool_], bins: int = 10) -> Calibration:
    """Said against so, in `bins` equal bins of probability. Pairs no rule compared are not in it."""
    at = np.minimum((probability * bins).astype(int), bins - 1)
    found = []
    for i in range(bins):
        inside = at == i
        if inside.any():
            found.append(
                Bin(
                    i / bins,
                    (i + 1) / bins,
                    int(inside.sum()),
                    float(probability[inside].mean()),
                    float(match[inside].mean()),
                )
            )
    total = sum(one.n for one in found)
    error = sum(one.n * abs(one.said - one.was) for one in found) / total if total else 0.0
    worst = max((abs(one.said - one.was) for one in found if one.n >= 30), default=0.0)
    return Calibration(tuple(found), error, worst)
