"""The four models under one name, and side by side."""

import sys
from collections.abc import Callable
from dataclasses import replace

from constat.analysis.errors import InputError
from constat.analysis.undercount.graphs import graph_average
from constat.analysis.undercount.latentclass import latent_class
from constat.analysis.undercount.lists import Lists, leaning
from constat.analysis.undercount.loglinear import loglinear
from constat.analysis.undercount.result import Estimate
from constat.analysis.undercount.sparse import sparse


def _tell(line: str) -> None:
    """Progress of a long run, for whoever sits at a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(line + "\n")


# From here on the lists together lean: passed in 1-2 of 100 tables of independent lists. Measured where two fifths of the
# people are reached by any list with 0.4-0.5 and three fifths with 0.05-0.08: half are on no list, the models find an eighth to
# two fifths of them, and their limits miss the truth (so does plain Gibbs sampling). The figure stands, the reader is told.
LEANS = 3.5

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
    found = METHODS[method][0](lists, seed)
    if found.refused:
        return found
    more, looked, z = leaning(lists)
    if z < LEANS or more < 0.75 * looked:
        return found
    said = (
        f"{more} of {looked} pairs of lists share more people than chance, also among people who are on a third list: some "
        "people are easier to reach than others. Those hardest to reach leave little trace in the lists, and every model here "
        "may count too few of them: the total may lie above the upper limit. See `sensitivity`, and the other models."
    )
    return replace(found, warnings=(*found.warnings, said))


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
