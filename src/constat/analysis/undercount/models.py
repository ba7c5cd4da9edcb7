"""The four models under one name, and side by side."""

import sys
from collections.abc import Callable

from constat.analysis.errors import InputError
from constat.analysis.undercount.graphs import graph_average
from constat.analysis.undercount.latentclass import latent_class
from constat.analysis.undercount.lists import Lists
from constat.analysis.undercount.loglinear import loglinear
from constat.analysis.undercount.result import Estimate
from constat.analysis.undercount.sparse import sparse


def _tell(line: str) -> None:
    """Progress of a long run, for whoever sits at a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(line + "\n")


METHODS: dict[str, tuple[Callable[[Lists, int], Estimate], str]] = {
    "lcmcr": (
        lambda lists, seed: latent_class(lists, seed=seed, progress=_tell),
        "latent classes, four chains",
    ),
    "dga": (lambda lists, seed: graph_average(lists), "average over decomposable graphs, up to five lists"),
    "sparse": (lambda lists, seed: sparse(lists, seed=seed), "log-linear for sparse lists, BCa bootstrap"),
    "loglinear": (lambda lists, seed: loglinear(lists), "all log-linear models with two-list effects"),
}


def estimate(lists: Lists, method: str, *, seed: int = 1) -> Estimate:
    """One model's answer. Raises InputError for a method that is not in METHODS."""
    if method not in METHODS:
        raise InputError(f"there is no method {method!r}; there are {', '.join(METHODS)}.")
    return METHODS[method][0](lists, seed)


def side_by_side(
    lists: Lists, *, seed: int = 1, methods: tuple[str, ...] = tuple(METHODS)
) -> tuple[Estimate, ...]:
    """Every model's answer or refusal, in the order of METHODS."""
    return tuple(estimate(lists, method, seed=seed) for method in methods)


def sensitivity(found: Estimate, factors: tuple[float, ...] = (0.5, 1.0, 2.0)) -> dict[float, float] | None:
    """The total if the unseen were that many times what the model's untestable assumption makes them.

    Any table of lists fits perfectly with any odds at the highest order (Aleshin-Guendel, Sadinle & Wakefield 2024): the
    number of unseen is the model's times an unknown factor. None where the model refused.
    """
    if found.quantiles is None:
        return None
    middle = found.quantiles["0.5"]
    return {factor: found.n + factor * (middle - found.n) for factor in factors}
