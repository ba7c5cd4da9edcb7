"""Plain log-linear models with two-list effects (Fienberg 1972; Bishop, Fienberg & Holland 1975).

Up to five lists all models are fitted, beyond it a forward path; the one with the smallest BIC answers, with the profile
likelihood interval of Cormack (1992). The other models within 10 points of BIC are listed: their range is often wider than
the interval of the best, and is the more honest one.
"""

from collections.abc import Callable
from itertools import chain, combinations
from time import perf_counter

import numpy as np

from constat.analysis.undercount import poisson
from constat.analysis.undercount.lists import Lists, bearing
from constat.analysis.undercount.poisson import Fit, Pair
from constat.analysis.undercount.result import Estimate, Floats, refusal

METHOD = "loglinear"
MOST = 12
NEAR = 10.0  # Kass & Raftery 1995: beyond ten points of BIC the evidence is very strong
HALF_WIDTH = 3.841459 / 2.0


def loglinear(lists: Lists) -> Estimate:
    """Maximum likelihood estimate at 0.5 of the model with the smallest BIC, profile limits at 0.025 and 0.975."""
    began = perf_counter()
    reason, warnings = bearing(lists)
    if not reason and len(lists.names) > MOST:
        reason = (
            f"{len(lists.names)} lists: the table is too large; at most {MOST}. Merge lists, or use lcmcr."
        )
    if reason:
        return refusal(METHOD, lists.n, reason, seconds=perf_counter() - began)
    table, many = lists.table().astype(np.float64), len(lists.names)
    models = _all_models(table, many) if many <= 5 else _path(table, many)
    if not models:
        why = "No log-linear model of these lists has an estimate: too many pairs of lists share nobody."
        return refusal(METHOD, lists.n, why, seconds=perf_counter() - began, warnings=warnings)
    score = {pairs: made.deviance + made.parameters * np.log(lists.n) for pairs, made in models.items()}
    best = min(score, key=lambda pairs: score[pairs])
    near = [pairs for pairs in models if score[pairs] <= score[best] + NEAR]
    totals = [lists.n + models[pairs].unseen for pairs in near]
    limits = _profile(table, many, best, models[best])
    if limits is None:
        why = "The profile likelihood has no upper limit."
        return refusal(METHOD, lists.n, why, seconds=perf_counter() - began, warnings=warnings)
    details: dict[str, object] = {
        "effects": [f"{lists.names[i]}-{lists.names[j]}" for i, j in best],
        "bic": round(float(score[best]), 2),
        "models": len(models),
        "models_near": len(near),
        "range_near": [round(min(totals), 1), round(max(totals), 1)],
    }
    if max(totals) > 1.5 * min(totals):
        warnings += (f"Models that fit almost as well give {min(totals):.0f} to {max(totals):.0f}.",)
    quantiles = {
        "0.025": lists.n + limits[0],
        "0.5": lists.n + models[best].unseen,
        "0.975": lists.n + limits[1],
    }
    return Estimate(
        METHOD, lists.n, quantiles, None, seconds=perf_counter() - began, warnings=warnings, details=details
    )


def _all_models(table: Floats, many: int) -> dict[tuple[Pair, ...], Fit]:
    pairs = list(combinations(range(many), 2))
    # As many parameters as cells leave nothing to judge the model by: the fullest model is left out.
    sets = chain.from_iterable(combinations(pairs, size) for size in range(len(pairs) + 1))
    fits = ((some, poisson.fit(table, many, some)) for some in sets if 1 + many + len(some) < 2**many - 1)
    return {some: made for some, made in fits if made is not None}


def _path(table: Floats, many: int) -> dict[tuple[Pair, ...], Fit]:
    """Models on the forward path by BIC, with all that were tried on the way."""
    tried: dict[tuple[Pair, ...], Fit] = {}
    price = float(np.log(table.sum()))
    now: tuple[Pair, ...] = ()
    first = poisson.fit(table, many, now)
    if first is not None:
        tried[now] = first
    while True:
        steps = {}
        for pair in combinations(range(many), 2):
            some = tuple(sorted((*now, pair)))
            if pair not in now and (made := poisson.fit(table, many, some)) is not None:
                steps[some] = made
        tried |= steps
        if not steps:
            return tried
        best = min(steps, key=lambda some: steps[some].deviance + price * steps[some].parameters)
        old = tried.get(now)
        if old is not None and old.deviance + price * old.parameters <= (
            steps[best].deviance + price * steps[best].parameters
        ):
            return tried
        now = best


def _profile(table: Floats, many: int, pairs: tuple[Pair, ...], made: Fit) -> tuple[float, float] | None:
    """Where the multinomial likelihood with the unseen fixed falls by 1.92, as numbers of unseen."""
    from scipy.optimize import brentq
    from scipy.special import gammaln

    n = float(table.sum())
    on = poisson.membership(many)
    keep = np.ones(len(table), dtype=bool)
    columns = [np.ones(len(table)), *on.T]
    for i, j in pairs:
        both = on[:, i] * on[:, j]
        if float(both @ table) == 0.0:
            keep &= both == 0.0
        else:
            columns.append(both)
    design = np.column_stack(columns)[keep]

    def height(unseen: float) -> float:
        full = table.copy()
        full[0] = unseen
        found = poisson._newton(design, full[keep])
        if found is None:
            return float("-inf")
        total = n + unseen
        cells = full[keep]
        logs = float(cells @ np.log(np.maximum(found[1] / total, 1e-300)))
        return float(gammaln(total + 1.0) - gammaln(unseen + 1.0)) + logs

    top = max(height(made.unseen), height(max(made.unseen - 1.0, 0.0)))
    below: Callable[[float], float] = lambda unseen: height(unseen) - top + HALF_WIDTH  # noqa: E731
    high = max(2.0 * made.unseen, made.unseen + 10.0)
    while below(high) > 0.0:
        high *= 2.0
        if high > 1e4 * (n + made.unseen):
            return None
    low = 0.0 if below(0.0) >= 0.0 else float(brentq(below, 0.0, made.unseen, xtol=1e-3))
    return low, float(brentq(below, made.unseen, high, xtol=1e-3))
