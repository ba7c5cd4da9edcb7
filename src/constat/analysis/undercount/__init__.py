"""How many nobody reported: multiple systems estimation from lists that overlap.

Several lists name the dead (or the detained, the wounded). Who is on which lists tells something about those on none.
It never tells it for sure: every model rests on an assumption about the unseen that no data can test (Aleshin-Guendel,
Sadinle & Wakefield 2024), so the answer is a set of models side by side, each with its interval, and a refusal where the
lists do not bear it.

    from constat.analysis.undercount import read_lists, estimate, side_by_side
    lists = read_lists("lists.csv")[""]
    for found in side_by_side(lists, seed=1): print(found.method, found.quantiles)

`lcmcr` Bayesian latent classes (Manrique-Vallier 2016); `dga` averaging over decomposable graphs (Madigan & York 1997);
`sparse` log-linear for sparse lists with extended maximum likelihood (Chan, Silverman & Vincent 2021); `loglinear` all
log-linear models with two-list effects (Fienberg 1972; Cormack 1992).
"""

from constat.analysis.undercount.lists import Lists, bearing, read_lists
from constat.analysis.undercount.models import METHODS, estimate, sensitivity, side_by_side
from constat.analysis.undercount.pooling import pool_linkage, pool_replicates
from constat.analysis.undercount.result import Estimate, Pooled

__all__ = [
    "METHODS", "Estimate", "Lists", "Pooled", "bearing", "estimate", "pool_linkage", "pool_replicates", "read_lists",
    "sensitivity", "side_by_side",
]  # fmt: skip
