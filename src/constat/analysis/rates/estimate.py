"""A rate of events per exposure (operations, hours, patrol days, weapon releases) and the ratio of two, exactly.

Events are Poisson given the exposure. Exact: Garwood 1936 (Biometrika 28:437) for one rate; for two, given their sum the
first is binomial (Przyborowski and Wilenski 1940), with Clopper-Pearson limits. Exact intervals are never too short and with
few events rather long; mid-P intervals (Lancaster 1961; Cohen and Yang 1994) cover 95 % on the average instead of at least.
"""

from dataclasses import dataclass

import numpy as np

from constat.analysis.errors import InputError

# R and others call two probabilities equal within this factor when they add up "at least as unlikely".
EQUAL = 1 + 1e-7


@dataclass(frozen=True)
class Rate:
    """value: events / exposure; None with its reason where there was no exposure. high None: without upper limit."""

    events: float
    exposure: float
    value: float | None
    low: float | None
    high: float | None
    method: str
    level: float
    reason: str = ""


@dataclass(frozen=True)
class Ratio:
    """First rate over second. value None: infinite (no event in the second) or unknown, see reason. high None: no limit.

    p: two-sided exact p-value of "the two rates are equal"; None where nothing can be said.
    """

    value: float | None
    low: float | None
    high: float | None
    p: float | None
    method: str
    level: float
    reason: str = ""


def rate(events: float, exposure: float, *, level: float = 0.95, method: str = "exact") -> Rate:
    """Rate with its interval. events: whole, 0 or more; exposure: 0 or more. method: exact or midp."""
    _check(events, exposure)
    _check_method(level, method)
    if exposure == 0:
        why = "events without exposure: the record of operations is incomplete" if events else "no exposure"
        return Rate(events, exposure, None, None, None, method, level, why)
    tail = (1 - level) / 2
    low, high = (_garwood if method == "exact" else _midp_poisson)(events, tail)
    return Rate(events, exposure, events / exposure, low / exposure, high / exposure, method, level)


def ratio(
    events: float, exposure: float, events_other: float, exposure_other: float, *, level: float = 0.95,
    method: str = "exact",
) -> Ratio:  # fmt: skip
    """First rate over the other, with its interval and the exact p-value of equality."""
    _check(events, exposure)
    _check(events_other, exposure_other)
    _check_method(level, method)
    if exposure == 0 or exposure_other == 0:
        return Ratio(None, None, None, None, method, level, "no exposure on one side")
    total = events + events_other
    if total == 0:
        return Ratio(None, None, None, None, method, level, "no event on either side: any ratio fits")
    scale = exposure_other / exposure
    tail = (1 - level) / 2
    low, high = (_clopper if method == "exact" else _midp_binomial)(events, total, tail)
    p = _two_sided(events, total, exposure / (exposure + exposure_other))
    upper = None if high >= 1 else high / (1 - high) * scale
    if events_other == 0:
        return Ratio(
            None,
            low / (1 - low) * scale,
            None,
            p,
            method,
            level,
            "no event on the other side: no upper limit",
        )
    return Ratio(events / events_other * scale, low / (1 - low) * scale, upper, p, method, level)


def _check(events: float, exposure: float) -> None:
    if not np.isfinite(events) or events < 0 or events != int(events):
        raise InputError(f"{events:g} events: a whole number, 0 or more, is needed.")
    if not np.isfinite(exposure) or exposure < 0:
        raise InputError(f"An exposure of {exposure:g}: a number, 0 or more, is needed.")


def _check_method(level: float, method: str) -> None:
    if not 0 < level < 1:
        raise InputError(f"A level of {level:g} is not between 0 and 1.")
    if method not in ("exact", "midp"):
        raise InputError(f"There is no method {method!r}; choose exact or midp.")


def _garwood(x: float, tail: float) -> tuple[float, float]:
    from scipy.stats import chi2

    low = 0.0 if x == 0 else float(chi2.ppf(tail, 2 * x) / 2)
    return low, float(chi2.isf(tail, 2 * x + 2) / 2)


def _midp_poisson(x: float, tail: float) -> tuple[float, float]:
    from scipy.optimize import brentq
    from scipy.stats import poisson

    exact = _garwood(x, tail / 2)

    def above(mu: float) -> float:
        return float(poisson.sf(x, mu) + 0.5 * poisson.pmf(x, mu) - tail)

    def below(mu: float) -> float:
        return float(poisson.cdf(x - 1, mu) + 0.5 * poisson.pmf(x, mu) - tail)

    low = 0.0 if x == 0 else float(brentq(above, exact[0] / 2, max(x, 1e-9), xtol=1e-12))
    return low, float(brentq(below, max(x, 1e-9), exact[1] * 2 + 5, xtol=1e-12))


def _clopper(x: float, n: float, tail: float) -> tuple[float, float]:
    from scipy.stats import beta

    low = 0.0 if x == 0 else float(beta.ppf(tail, x, n - x + 1))
    return low, 1.0 if x == n else float(beta.isf(tail, x + 1, n - x))


def _midp_binomial(x: float, n: float, tail: float) -> tuple[float, float]:
    from scipy.optimize import brentq
    from scipy.stats import binom

    def above(p: float) -> float:
        return float(binom.sf(x, n, p) + 0.5 * binom.pmf(x, n, p) - tail)

    def below(p: float) -> float:
        return float(binom.cdf(x - 1, n, p) + 0.5 * binom.pmf(x, n, p) - tail)

    edge = 1e-15
    low = 0.0 if x == 0 else float(brentq(above, edge, x / n if x < n else 1 - edge, xtol=1e-14))
    return low, 1.0 if x == n else float(brentq(below, max(x / n, edge), 1 - edge, xtol=1e-14))


def _two_sided(x: float, n: float, p: float) -> float:
    """Sum of the probabilities of all outcomes at most as likely as the one seen."""
    from scipy.stats import binom

    weights = binom.pmf(np.arange(int(n) + 1), n, p)
    return float(min(weights[weights <= weights[int(x)] * EQUAL].sum(), 1.0))
