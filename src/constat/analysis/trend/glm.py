"""Log-linear Poisson regression with over-dispersion, small and quick: one fit per watched week.

Iteratively reweighted least squares (McCullagh and Nelder 1989). A few hundred rows and a handful of columns: a fit is a
fraction of a millisecond, where a general library spends most of its time on what is not used here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 50
CLOSE = 1e-10


@dataclass(frozen=True)
class Fit:
    """beta (k,), covariance for dispersion 1 (k, k), fitted (n,), dispersion >= 0 (nan without degrees of freedom).

    hat (n,): leverages. converged: whether the deviance settled.
    """

    beta: Floats
    covariance: Floats
    fitted: Floats
    hat: Floats
    dispersion: float
    df: int
    converged: bool


def poisson(y: Floats, x: Floats, *, weights: Floats | None = None, offset: Floats | None = None) -> Fit:
    """Fit log E(y) = x beta + offset. y (n,) counts; x (n, k) of full column rank on rows with weight; weights (n,) > 0.

    Dispersion: weighted squared Pearson residuals over n - k, as quasi-Poisson.
    """
    w = np.ones(y.size) if weights is None else weights
    off = np.zeros(y.size) if offset is None else offset
    mu = y + 0.1
    eta = np.log(mu)
    deviance, converged = np.inf, False
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        working = eta - off + (y - mu) / mu
        pull = x.T * (w * mu)
        beta = _solve(pull @ x, pull @ working)
        eta = np.clip(x @ beta + off, -30, 30)
        mu = np.exp(eta)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(y > 0, y * np.log(y / mu), 0.0)
        new = float(2 * np.sum(w * (part - (y - mu))))
        if abs(new - deviance) < CLOSE * (abs(new) + 0.1):
            converged = True
            break
        deviance = new
    design = x * np.sqrt(w * mu)[:, None]
    covariance = np.asarray(np.linalg.pinv(design.T @ design, hermitian=True), float)
    hat = np.einsum("ij,ij->i", design @ covariance, design)
    # The trace of the hat matrix is the rank: columns that say nothing new take no degree of freedom.
    df = int(np.sum(w > 0)) - round(float(hat.sum()))
    dispersion = float(np.sum(w * (y - mu) ** 2 / mu) / df) if df > 0 else float("nan")
    return Fit(beta, covariance, mu, hat, dispersion, df, converged)


def _solve(a: Floats, b: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(a, b), float)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(a, b, rcond=None)[0], float)
