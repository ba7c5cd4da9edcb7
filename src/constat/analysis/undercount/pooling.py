"""One answer over several tables of the same people.

Two cases, two rules. Replicates of an imputation: Rubin's rules on the log of the unseen (Gelman et al., Bayesian Data
Analysis, 3rd edition, 18.2). Draws of a record linkage from its posterior: the posterior draws of all are mixed in equal
parts, which carries the doubt about the links into the total (Sadinle 2018).
"""

from collections.abc import Sequence

import numpy as np

from constat.analysis.errors import InputError
from constat.analysis.undercount.result import Floats, Pooled, spread


def pool_replicates(seen: Sequence[int], draws: Sequence[Floats]) -> Pooled:
    """`seen`: people seen in each replicate; `draws`: posterior draws of each replicate's total, each longer than 1.

    Mean: of all means. Limits: mean of `seen` + exp(location -+ t sqrt(within + (1 + 1/R) between)) on log unseen.
    Raises InputError where a draw is not above the number seen, or where there are fewer than two replicates.
    """
    if len(seen) != len(draws) or len(seen) < 2:
        raise InputError(
            f"{len(draws)} replicates, {len(seen)} numbers of people seen: at least two of each are needed."
        )
    from scipy.stats import t

    logs: list[Floats] = []
    for at, (n, some) in enumerate(zip(seen, draws, strict=True), start=1):
        unseen = np.asarray(some, dtype=np.float64).ravel() - n
        if len(unseen) < 2 or not np.isfinite(unseen).all():
            raise InputError(f"replicate {at}: needs at least two finite draws.")
        if (unseen < 0).any():
            raise InputError(f"replicate {at}: a draw of the total is below the {n} people seen.")
        logs.append(np.log(np.maximum(unseen, 0.5)))  # nobody unseen counts as half a person: a log is needed
    many = len(seen)
    middle = float(np.mean([one.mean() for one in logs]))
    within = float(np.mean([one.var(ddof=1) for one in logs]))
    between = float(np.var([one.mean() for one in logs], ddof=1))
    degrees = (many - 1) * (1.0 + within / ((many + 1) * between)) ** 2 if between > 0 else float("inf")
    half = float(t.ppf(0.975, degrees)) * float(np.sqrt(within + (1.0 + 1.0 / many) * between))
    seen_mean = float(np.mean(seen))
    quantiles = {
        "0.025": seen_mean + float(np.exp(middle - half)),
        "0.5": seen_mean + float(np.exp(middle)),
        "0.975": seen_mean + float(np.exp(middle + half)),
    }
    mean = float(np.mean([np.mean(some) for some in draws]))
    return Pooled(seen_mean, quantiles, mean, many, within, between, degrees)


def pool_linkage(seen: Sequence[int], draws: Sequence[Floats], *, seed: int = 1) -> Pooled:
    """Equal mixture of the posteriors under each draw of the links (draws of the partition, not point estimates of it)."""
    if len(seen) != len(draws) or not seen:
        raise InputError(
            f"{len(draws)} draws of the linkage, {len(seen)} numbers of people seen: one of each is needed."
        )
    rng = np.random.default_rng(seed)
    flat = [np.asarray(some, dtype=np.float64).ravel() for some in draws]
    size = min(len(some) for some in flat)
    mixed = np.concatenate(
        [some if len(some) == size else rng.choice(some, size, replace=False) for some in flat]
    )
    between = float(np.var([some.mean() for some in flat], ddof=1)) if len(flat) > 1 else 0.0
    return Pooled(
        float(np.mean(seen)), spread(mixed), float(mixed.mean()), len(flat),
        float(np.mean([some.var(ddof=1) for some in flat])), between, float("inf"),
    )  # fmt: skip
