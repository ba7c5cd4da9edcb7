"""Log-linear estimate for sparse lists (Chan, Silverman & Vincent, J. Am. Stat. Assoc. 116:1297, 2021).

From independence, two-list effects are taken in one by one: each time the one whose total of people on both lists is least
likely under the model so far (one-sided Poisson), while that is below `threshold`, and only if the larger model still has
an estimate. Interval: bias-corrected and accelerated bootstrap (DiCiccio & Efron 1996) that repeats the whole choice of
the model, so that it carries the doubt about the model within this family; the normal interval beside it does not.
"""

from itertools import combinations
from time import perf_counter

import numpy as np

from constat.analysis.undercount import poisson
from constat.analysis.undercount.lists import Lists, bearing
from constat.analysis.undercount.poisson import Fit, Pair
from constat.analysis.undercount.result import Estimate, Floats, refusal

METHOD = "sparse"
MOST = 12  # 4,095 cells; beyond it a fit is no longer a matter of milliseconds


def sparse(lists: Lists, *, threshold: float = 0.02, boots: int = 1000, seed: int = 1) -> Estimate:
    """Point estimate at 0.5, BCa limits at 0.025 and 0.975 (`boots` 0: normal limits on the log scale, no bootstrap)."""
    began = perf_counter()
    reason, warnings = bearing(lists)
    if not reason and len(lists.names) > MOST:
        reason = (
            f"{len(lists.names)} lists: the table is too large; at most {MOST}. Merge lists, or use lcmcr."
        )
    if reason:
        return refusal(METHOD, lists.n, reason, seconds=perf_counter() - began)
    table, many = lists.table().astype(np.float64), len(lists.names)
    chosen = choose(table, many, threshold)
    if chosen is None:
        why = "The likelihood has no maximum: too many pairs of lists share nobody."
        return refusal(METHOD, lists.n, why, seconds=perf_counter() - began, warnings=warnings)
    pairs, fitted = chosen
    point = lists.n + fitted.unseen
    normal = [lists.n + float(np.exp(fitted.intercept + z * fitted.error)) for z in (-1.959964, 1.959964)]
    details: dict[str, object] = {
        "effects": [f"{lists.names[i]}-{lists.names[j]}" for i, j in pairs],
        "threshold": threshold,
        "normal": [round(v, 1) for v in normal],
        "interval": "normal",
    }
    low, high = normal
    if boots:
        made = bootstrap(table, many, threshold, point, boots, np.random.default_rng(seed))
        details |= {"interval": "BCa", "boots": boots, "boots_without_estimate": made[2]}
        low, high = made[:2]
    if not np.isfinite([low, high]).all():
        why = f"The bootstrap has no upper limit: {details['boots_without_estimate']} of {boots} draws of the lists bear no estimate."
        return refusal(
            METHOD, lists.n, why, seconds=perf_counter() - began, warnings=warnings, details=details
        )
    return Estimate(
        METHOD, lists.n, {"0.025": low, "0.5": point, "0.975": high}, None,
        seconds=perf_counter() - began, warnings=warnings, details=details,
    )  # fmt: skip


def choose(table: Floats, many: int, threshold: float) -> tuple[tuple[Pair, ...], Fit] | None:
    """Forward choice of two-list effects. None where even independence has no estimate."""
    from scipy.special import pdtr, pdtrc

    on = poisson.membership(many)[1:]
    candidates = list(combinations(range(many), 2))
    both = np.column_stack([on[:, i] * on[:, j] for i, j in candidates])
    total = both.T @ table[1:]
    now = poisson.fit(table, many, ())
    if now is None:
        return None
    chosen: list[int] = []
    barred: set[int] = set()
    while True:
        mean = np.maximum(both.T @ now.mean, 1e-300)
        p = np.minimum(pdtr(total, mean), np.where(total > 0, pdtrc(np.maximum(total - 1, 0), mean), 1.0))
        p[chosen] = 1.0
        p[list(barred)] = 1.0
        best = int(np.argmin(p))
        if not p[best] < threshold:
            return tuple(candidates[c] for c in chosen), now
        larger = poisson.fit(table, many, tuple(candidates[c] for c in (*chosen, best)))
        if larger is None:
            barred.add(best)
            continue
        chosen.append(best)
        barred.clear()
        now = larger


def bootstrap(
    table: Floats, many: int, threshold: float, point: float, boots: int, rng: np.random.Generator
) -> tuple[float, float, int]:
    """(lower, upper, draws without estimate) of the total at 95 %. A draw without estimate counts as infinite."""
    from scipy.special import ndtr, ndtri

    n = int(table.sum())

    def total(drawn: Floats) -> float:
        made = choose(drawn, many, threshold)
        return float("inf") if made is None else float(drawn.sum()) + made[1].unseen

    drawn = rng.multinomial(n, table / n, size=boots).astype(np.float64)
    values = np.sort([total(one) for one in drawn])
    full = np.flatnonzero(table)
    without = np.empty(len(full))
    for at, cell in enumerate(full):
        less = table.copy()
        less[cell] -= 1.0
        without[at] = total(less)
    weight = table[full]
    finite = np.isfinite(without)
    gap = np.average(without[finite], weights=weight[finite]) - without[finite]
    square = float((weight[finite] * gap**2).sum())
    bend = float((weight[finite] * gap**3).sum()) / (6.0 * square**1.5) if square > 0 else 0.0
    below = (float((values < point).sum()) + 0.5 * float((values == point).sum())) / boots
    shift = float(ndtri(min(max(below, 0.5 / boots), 1 - 0.5 / boots)))
    limits = []
    for z in (-1.959964, 1.959964):
        level = float(ndtr(shift + (shift + z) / (1.0 - bend * (shift + z))))
        limits.append(float(np.quantile(values, level, method="lower" if z < 0 else "higher")))
    return limits[0], limits[1], int((~np.isfinite(values)).sum())
