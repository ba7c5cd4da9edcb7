"""Log-linear models of a table of lists, by maximum likelihood, extended to tables with empty overlaps.

Where two lists share nobody and their effect is in the model, its estimate is minus infinity: the cells holding both are
fitted by zero, they and the effect leave the model, and the rest is fitted as usual. Whether the rest has an estimate at
all is a linear programme (Fienberg & Rinaldo 2012; Chan, Silverman & Vincent 2021).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from constat.analysis.undercount.result import Floats

Pair = tuple[int, int]
STEPS = 40
# exp(-14) is a person in a million: a coefficient beyond it is on its way to infinity.
FAR = 14.0


@lru_cache(maxsize=8)
def membership(lists: int) -> npt.NDArray[np.float64]:
    """(2**J, J): who is on which list in each cell, first list the lowest bit."""
    cells = np.arange(2**lists)
    return ((cells[:, None] >> np.arange(lists)) & 1).astype(np.float64)


@dataclass(frozen=True)
class Fit:
    """`mean`: (2**J - 1,) fitted means of the seen cells. `intercept`, `error`: log of the unseen and its standard error.
    `deviance` of the seen cells; `parameters` that were estimated (finite ones)."""

    mean: Floats
    intercept: float
    error: float
    deviance: float
    parameters: int

    @property
    def unseen(self) -> float:
        return float(np.exp(self.intercept))


def fit(table: Floats, lists: int, pairs: tuple[Pair, ...]) -> Fit | None:
    """Fit main effects and these pairs to `table` (2**J,; cell 0 is not used). None where there is no estimate."""
    on = membership(lists)[1:]
    seen = table[1:]
    keep = np.ones(len(seen), dtype=bool)
    columns = [np.ones(len(seen)), *on.T]
    for i, j in pairs:
        both = on[:, i] * on[:, j]
        if float(both @ seen) == 0.0:
            keep &= both == 0.0
        else:
            columns.append(both)
    design = np.column_stack(columns)[keep]
    found = _newton(design, seen[keep])
    if (
        found is None
        or np.abs(found[0]).max() > FAR + np.log1p(seen.sum())
        or not _exists(design, seen[keep], found[1])
    ):
        return None
    beta, mean_kept, covariance = found
    mean: Floats = np.zeros(len(seen))
    mean[keep] = mean_kept
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance = 2.0 * float(
            np.where(seen > 0, seen * np.log(seen / np.where(mean > 0, mean, 1.0)), 0.0).sum()
        )
    deviance += 2.0 * float(mean.sum() - seen.sum())
    return Fit(mean, float(beta[0]), float(np.sqrt(covariance[0, 0])), deviance, len(beta))


def _newton(design: Floats, seen: Floats) -> tuple[Floats, Floats, Floats] | None:
    """(coefficients, means, covariance), or None where Newton's steps do not settle on a proper maximum."""
    beta: Floats = np.zeros(design.shape[1])
    mean: Floats
    covariance: Floats
    # A start from the data (half a person in every cell) is a few steps from the end.
    weight = seen + 0.5
    try:
        beta = _solve((design.T * weight) @ design, design.T @ (weight * np.log(weight)))
        mean = np.exp(np.minimum(design @ beta, 50.0))
        value = float(seen @ (design @ beta) - mean.sum())
        for _ in range(STEPS):
            step = _solve((design.T * mean) @ design, design.T @ (seen - mean))
            size = 1.0
            while True:
                new = beta + size * step
                eta = np.minimum(design @ new, 50.0)
                mean = np.exp(eta)
                better = float(seen @ eta - mean.sum())
                if better >= value - 1e-9 * abs(value) or size < 1e-4:
                    break
                size /= 2.0
            beta, value = np.asarray(new, dtype=np.float64), better
            if np.abs(step).max() < 1e-9:
                covariance = _solve((design.T * mean) @ design, np.eye(len(beta)))
                return (beta, mean, covariance) if covariance[0, 0] > 0 else None
    except np.linalg.LinAlgError:
        return None
    return None


def _solve(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(left, right), dtype=np.float64)


def _exists(design: Floats, seen: Floats, mean: Floats) -> bool:
    """Is the estimate finite? Yes at once if no fitted mean is vanishing; else by linear programme: it is infinite when some
    direction leaves all seen cells alone and lowers an empty one."""
    if mean.min() > 1e-7:
        return True
    from scipy.optimize import linprog

    empty = seen == 0
    found = linprog(
        design[empty].sum(axis=0),
        A_ub=design[empty], b_ub=np.zeros(int(empty.sum())),
        A_eq=design[~empty], b_eq=np.zeros(int((~empty).sum())),
        bounds=(-1.0, 1.0), method="highs",
    )  # fmt: skip
    return bool(found.status == 0 and found.fun > -1e-7)
