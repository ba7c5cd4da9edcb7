"""Did a directive change anything? Interrupted time series of counts, per operation where operations are known.

log E(count) = level + trend + season + effect after the date + log(exposure), over-dispersed Poisson (Bernal, Cummins,
Gasparrini 2017, Int J Epidemiol 46:348). Beside the usual interval stands one that allows for neighbouring months being
alike (Newey and West 1987), and a placebo test: the same question asked of every earlier date at which nothing was ordered.
Only an effect that is large against those is called one.

It cannot tell the directive from anything else that began the same month: fewer operations (give the exposure), another
way of recording (give the break: a break at the same date is refused), another season, the enemy's choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError
from constat.analysis.trend.glm import Fit, poisson

Floats = NDArray[np.float64]

FEWEST_SIDE = 8
FEWEST_PLACEBO = 10
FEWEST_COUNTS = 10
CLEAR = 0.1


@dataclass(frozen=True)
class Effect:
    """ratio: count (or rate per exposure) after over what was to be expected; low, high: its interval.

    hac_low, hac_high: allowing for autocorrelation up to `lags`. placebo_p: share of earlier dates with an effect at least as
    clear; None where too few can be tried. verdict: "changed" when the interval excludes 1 and the placebo agrees, "not
    shown" otherwise: never "no effect". coefficients: name -> (estimate, standard error).
    """

    n: int
    before: int
    after: int
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    hac_low: float | None = None
    hac_high: float | None = None
    lags: int = 0
    dispersion: float | None = None
    autocorrelation: float | None = None
    placebo_p: float | None = None
    placebos: tuple[float, ...] = ()
    verdict: str = "not shown"
    level: float = 0.95
    coefficients: dict[str, tuple[float, float]] = field(default_factory=dict)
    expected: tuple[float, ...] = ()
    fitted: tuple[float, ...] = ()
    refused: bool = False
    reason: str = ""


def effect(
    counts: Floats, at: int, *, exposure: Floats | None = None, period: int = 12, harmonics: int = 2,
    first_season: int = 1, breaks: Sequence[int] = (), level: float = 0.95, lags: int | None = None,
) -> Effect:  # fmt: skip
    """Effect of what began at position `at` (from 0; the first value under it).

    exposure: operations, hours, kilometres of each period, above 0. period: values a year; harmonics: 0 for no season.
    first_season: season of the first value (1 for January). breaks: first value of each new way of recording: each gets a
    level of its own.
    """
    y = np.asarray(counts, float)
    _check(y, at, exposure, level, breaks, harmonics, period)
    after = y.size - at
    blank = Effect(y.size, at, after, level=level)
    why = _refusal(y, at, breaks, exposure)
    if why:
        return Effect(y.size, at, after, level=level, refused=True, reason=why)
    offset = None if exposure is None else np.log(np.asarray(exposure, float))
    names, x = _design(y.size, at, period, harmonics, first_season, breaks)
    fit = poisson(y, x, offset=offset)
    if not fit.converged or fit.df < 5:
        return Effect(
            y.size,
            at,
            after,
            level=level,
            refused=True,
            reason="The series is too short for its season and trend.",
        )
    return _told(blank, y, x, offset, fit, names, at, period, harmonics, first_season, breaks, lags)


def _check(
    y: Floats,
    at: int,
    exposure: Floats | None,
    level: float,
    breaks: Sequence[int],
    harmonics: int,
    period: int,
) -> None:
    if y.ndim != 1 or not y.size:
        raise InputError("The series is empty, or not one column.")
    for i in np.flatnonzero(~np.isfinite(y) | (y < 0)):
        raise InputError(f"Value {i + 1} of the series is {y[i]:g}. A count is finite, 0 or more.")
    if not 0 <= at < y.size:
        raise InputError(f"The directive at position {at} lies outside the series of {y.size}.")
    if not 0 < level < 1 or harmonics < 0 or period < 1 or 2 * harmonics > period:
        raise InputError(f"Level {level:g}, period {period} and {harmonics} harmonics do not fit together.")
    for mark in breaks:
        if not 0 < mark < y.size:
            raise InputError(f"A break at position {mark} lies outside the series of {y.size}.")
    if exposure is None:
        return
    operations = np.asarray(exposure, float)
    if operations.shape != y.shape:
        raise InputError(f"{operations.size} exposures for {y.size} counts.")
    for i in np.flatnonzero(~np.isfinite(operations) | (operations <= 0)):
        raise InputError(
            f"Exposure {i + 1} is {operations[i]:g}: leave periods without operations out, or give their number."
        )


def _refusal(y: Floats, at: int, breaks: Sequence[int], exposure: Floats | None) -> str:
    if min(at, y.size - at) < FEWEST_SIDE:
        return f"{at} values before and {y.size - at} after: {FEWEST_SIDE} on each side are needed."
    if at in breaks:
        return "The way of recording changed on the same date: the two cannot be told apart."
    if y[:at].sum() < FEWEST_COUNTS or y.sum() == 0:
        return f"{y[:at].sum():g} counted before: too few to expect anything from."
    if y[at:].sum() == 0:
        return "Nothing was counted after: the ratio is 0, and this model has no interval for it; compare rates instead."
    return ""


def _design(
    n: int, at: int, period: int, harmonics: int, first_season: int, breaks: Sequence[int]
) -> tuple[list[str], Floats]:
    t = np.arange(1, n + 1, dtype=float)
    names = ["level", "effect", "trend"]
    columns = [np.ones(n), (np.arange(n) >= at).astype(float), t]
    angle = 2 * np.pi * (np.arange(n) + first_season) / period
    for k in range(1, harmonics + 1):
        for name, wave in (("sin", np.sin), ("cos", np.cos)):
            if name == "sin" and 2 * k == period:
                continue
            names.append(f"{name}{k}")
            columns.append(wave(k * angle))
    for mark in sorted(set(breaks)):
        names.append(f"recording from {mark + 1}")
        columns.append((np.arange(n) >= mark).astype(float))
    return names, np.column_stack(columns)


def _told(
    blank: Effect, y: Floats, x: Floats, offset: Floats | None, fit: Fit, names: list[str], at: int, period: int,
    harmonics: int, first_season: int, breaks: Sequence[int], lags: int | None,
) -> Effect:  # fmt: skip
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + blank.level / 2))
    error = np.sqrt(np.diag(fit.covariance) * fit.dispersion)
    reach = int(np.floor(4 * (y.size / 100) ** (2 / 9))) if lags is None else lags
    robust = np.sqrt(np.maximum(np.diag(_newey_west(y, x, fit, reach)), 0.0))
    beta, se, hac = float(fit.beta[1]), float(error[1]), float(robust[1])
    placebos = _placebos(y, offset, at, period, harmonics, first_season, breaks)
    clear = abs(beta) / max(se, hac)
    p = (
        (1 + int(np.sum(np.abs(placebos) >= clear))) / (1 + placebos.size)
        if placebos.size >= FEWEST_PLACEBO
        else None
    )
    low, high = np.exp(beta - z * se), np.exp(beta + z * se)
    hac_low, hac_high = np.exp(beta - z * hac), np.exp(beta + z * hac)
    outside = not min(low, hac_low) <= 1 <= max(high, hac_high)
    residual = (y - fit.fitted) / np.sqrt(fit.fitted)
    same = float(residual @ residual)
    return Effect(
        blank.n, blank.before, blank.after, float(np.exp(beta)), float(low), float(high), float(hac_low),
        float(hac_high), reach, fit.dispersion, float(residual[1:] @ residual[:-1] / same) if same > 0 else 0.0, p,
        tuple(placebos.tolist()), "changed" if outside and (p is None or p <= CLEAR) else "not shown", blank.level,
        {name: (float(b), float(e)) for name, b, e in zip(names, fit.beta, error, strict=True)},
        tuple(np.where(x[:, 1] > 0, fit.fitted / np.exp(beta), fit.fitted).tolist()), tuple(fit.fitted.tolist()),
    )  # fmt: skip


def _newey_west(y: Floats, x: Floats, fit: Fit, lags: int) -> Floats:
    """Covariance of the coefficients when neighbouring residuals go together, with the small-sample factor n / (n - k)."""
    score = x * (y - fit.fitted)[:, None]
    middle = score.T @ score
    for lag in range(1, lags + 1):
        part = score[lag:].T @ score[:-lag]
        middle = middle + (1 - lag / (lags + 1)) * (part + part.T)
    n, k = x.shape
    return np.asarray(fit.covariance @ middle @ fit.covariance * n / (n - k), float)


def _placebos(
    y: Floats,
    offset: Floats | None,
    at: int,
    period: int,
    harmonics: int,
    first_season: int,
    breaks: Sequence[int],
) -> Floats:
    """z of the effect at every date before the directive, on the values before it alone."""
    past, early = y[:at], [mark for mark in breaks if mark < at]
    out = []
    for date in range(FEWEST_SIDE, at - FEWEST_SIDE + 1):
        if date in early or past[date:].sum() == 0 or past[:date].sum() == 0:
            continue
        _, x = _design(at, date, period, harmonics, first_season, early)
        fit = poisson(past, x, offset=None if offset is None else offset[:at])
        if not fit.converged or fit.df < 5:
            continue
        lags = int(np.floor(4 * (at / 100) ** (2 / 9)))
        hac = float(np.sqrt(max(_newey_west(past, x, fit, lags)[1, 1], 0.0)))
        error = max(float(np.sqrt(fit.covariance[1, 1] * fit.dispersion)), hac)
        if error > 0:
            out.append(float(fit.beta[1]) / error)
    return np.array(out)
