"""Control charts for weekly (or daily, monthly) counts: is this week more than the past lets expect?

  ears       C1, C2, C3: mean and spread of the seven weeks before (Hutwagner, Thompson, Seeman, Treadwell 2003, J Urban
             Health 80:i89; C3 as upper bound: Fricker, Hegler, Dunfee 2008, Stat Med 27:3407)
  farrington the same weeks of earlier years, over-dispersed Poisson regression (Farrington, Andrews, Beale, Catchpole
             1996, JRSS A 159:547); flexible: all past weeks with seasonal levels (Noufaily et al. 2013, Stat Med 32:1206)
  cusum      small lasting rises add up: Poisson likelihood ratio against a rise by a factor (Lucas 1985; Höhle and Paul
             2008, CSDA 52:4357)

Each returns for the watched weeks the upper bound (the count above which there is an alarm), the expected count where the
method has one, and why a week could not be judged. A week is compared only with weeks recorded the same way: `breaks`
(first week of each new way of recording) fence off what came before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError
from constat.analysis.trend.glm import Fit, poisson

Floats = NDArray[np.float64]

BASELINE = 7
LAG = {"ears-c1": 1, "ears-c2": 3, "ears-c3": 3}
C3_SUM = 3
C3_ALARM = 2.0
# Farrington: fewer reports than this in so many weeks are judged by a person, not by a bound.
FEW_CASES, FEW_WEEKS = 5, 4
TREND_P = 0.05
# Anscombe residuals above which a past week counts as an outbreak of its own and weighs less.
OUTBREAK, OUTBREAK_FLEXIBLE = 1.0, 2.58
PAST_LEFT_OUT = 26
SEASONS = 10


@dataclass(frozen=True)
class Point:
    """One watched week. index: position in the series from 0. upper: alarm above it; None where the week is not judged.

    reason: why not judged, "" otherwise. trend: whether the expected count follows a trend in time.
    statistic, rule_of_two: of C3 only, the sum over three weeks with this one, and whether it passes 2 (Hutwagner's rule).
    """

    index: int
    observed: float
    expected: float | None
    upper: float | None
    alarm: bool
    reason: str = ""
    trend: bool = False
    statistic: float | None = None
    rule_of_two: bool | None = None


@dataclass(frozen=True)
class Chart:
    """points: the watched weeks in order. n: length of the whole series. breaks: where recording changed."""

    method: str
    n: int
    alpha: float | None
    points: tuple[Point, ...]
    breaks: tuple[int, ...] = ()
    refused: bool = False
    reason: str = ""

    @property
    def alarms(self) -> tuple[int, ...]:
        return tuple(point.index for point in self.points if point.alarm)


def check_counts(counts: Floats, breaks: Sequence[int]) -> Floats:
    """The series as floats. InputError for what is not a count."""
    y = np.asarray(counts, float)
    if y.ndim != 1 or not y.size:
        raise InputError("The series is empty, or not one column.")
    for i in np.flatnonzero(~np.isfinite(y) | (y < 0)):
        raise InputError(f"Value {i + 1} of the series is {y[i]:g}. A count is finite, 0 or more.")
    for at in breaks:
        if not 0 <= at < y.size:
            raise InputError(f"A break at position {at} lies outside the series of {y.size}.")
    return y


def _starts(n: int, breaks: Sequence[int]) -> NDArray[np.int64]:
    """For each week the first week it may be compared with."""
    marks = np.array(sorted({0, *breaks}), np.int64)
    return np.asarray(marks[np.searchsorted(marks, np.arange(n), side="right") - 1], np.int64)


def _range(n: int, watch: Sequence[int] | None, first: int) -> list[int]:
    if watch is None:
        return list(range(first, n))
    for at in watch:
        if not 0 <= at < n:
            raise InputError(f"Week {at} to be watched lies outside the series of {n}.")
    return list(watch)


def _refused(method: str, n: int, need: str) -> Chart:
    return Chart(
        method,
        n,
        None,
        (),
        refused=True,
        reason=f"{n} counts: {method} needs {need} before the first one watched.",
    )


# EARS ----------------------------------------------------------------------------------------------------------------


def ears(
    counts: Floats, method: str, *, alpha: float | None = None, baseline: int = BASELINE,
    watch: Sequence[int] | None = None, breaks: Sequence[int] = (),
) -> Chart:  # fmt: skip
    """C1: the 7 weeks just before. C2: two weeks between, so that a slow rise does not hide itself. C3: C2 over three weeks.

    C3 comes in two readings. `alarm` and `upper` are those of the reference program in use, whose bound moves with this
    week's own count: it alarms when the TWO WEEKS BEFORE were together too high, one week after C1 and C2 would. The sum
    with this week, and the rule that it must not pass 2, stand beside it as `statistic` and `rule_of_two`: act on those.

    alpha: false alarms a week if counts were normal, 0.001. watch: positions from 0; all that can be
    judged by default. With a baseline that never varied the bound is its mean: any count above it alarms.
    """
    from scipy.special import ndtri

    if method not in LAG:
        raise InputError(f"There is no EARS chart {method!r}; choose {', '.join(LAG)}.")
    y = check_counts(counts, breaks)
    level = 0.001 if alpha is None else alpha
    _check_alpha(level)
    lag = LAG[method]
    reach = baseline + lag - 1 + (C3_SUM - 1 if method == "ears-c3" else 0)
    if y.size <= reach:
        return _refused(method, y.size, f"{reach} counts")
    start = _starts(y.size, breaks)
    quantile = float(ndtri(1 - level))
    points = []
    for t in _range(y.size, watch, reach):
        if t - reach < start[t]:
            points.append(Point(t, y[t], None, None, False, "too few comparable weeks before"))
            continue
        past = y[t - lag - baseline + 1 : t - lag + 1]
        mean, spread = float(past.mean()), float(past.std(ddof=1))
        if method != "ears-c3":
            upper = mean + spread * quantile
            points.append(Point(t, y[t], mean, upper, bool(y[t] > upper)))
            continue
        before = sum(max(0.0, _excess(y, s, lag, baseline) - 1) for s in range(t - C3_SUM + 1, t))
        total = before + max(0.0, _excess(y, t, lag, baseline) - 1)
        upper = max(y[t] + spread * (quantile - before), 0.0) if np.isfinite(before) else 0.0
        points.append(
            Point(t, y[t], mean, upper, bool(y[t] > upper), statistic=total, rule_of_two=total > C3_ALARM)
        )
    return Chart(method, y.size, level, tuple(points), tuple(breaks))


def _excess(y: Floats, t: int, lag: int, baseline: int) -> float:
    past = y[t - lag - baseline + 1 : t - lag + 1]
    mean, spread = float(past.mean()), float(past.std(ddof=1))
    if spread == 0:
        return 0.0 if y[t] <= mean else np.inf
    return float((y[t] - mean) / spread)


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise InputError(f"alpha {alpha:g} is not between 0 and 1.")


# Farrington ----------------------------------------------------------------------------------------------------------


def farrington(
    counts: Floats, *, alpha: float = 0.01, years: int = 3, half_window: int = 3, period: int = 52,
    watch: Sequence[int] | None = None, breaks: Sequence[int] = (),
) -> Chart:  # fmt: skip
    """Against the weeks t-w..t+w of `years` earlier years. The bound comes from the 2/3 power of the count, two-sided alpha.

    A trend is kept when it is significant (5 %), three years long, and expects no more than was ever seen. Past outbreaks
    weigh less. A week after which the last four weeks hold fewer than five is not judged: bound 0, no alarm, with the reason.
    """
    y = check_counts(counts, breaks)
    _check_alpha(alpha)
    _check_window(years, half_window, period)
    reach = years * period + half_window
    if y.size <= reach:
        return _refused("farrington", y.size, f"{reach} counts")
    start = _starts(y.size, breaks)
    points = [
        _farrington_week(y, t, int(start[t]), alpha, years, half_window, period, reach)
        for t in _range(y.size, watch, reach)
    ]
    return Chart("farrington", y.size, alpha, tuple(points), tuple(breaks))


def _check_window(years: int, half_window: int, period: int) -> None:
    if years < 1 or half_window < 0 or period < 2 or 2 * half_window + 1 > period:
        raise InputError(
            f"{years} years, {half_window} weeks either side and {period} weeks a year do not fit together."
        )


def _few(y: Floats, t: int) -> bool:
    return bool(y[max(t - FEW_WEEKS + 1, 0) : t + 1].sum() < FEW_CASES)


def _farrington_week(
    y: Floats, t: int, start: int, alpha: float, years: int, half_window: int, period: int, reach: int
) -> Point:
    from scipy.special import ndtri

    if t - reach < start:
        return Point(t, y[t], None, None, False, "too few comparable weeks before")
    at = np.concatenate(
        [
            np.arange(t - i * period - half_window, t - i * period + half_window + 1)
            for i in range(years, 0, -1)
        ]
    )
    past = y[at]
    none = np.empty((past.size, 0))
    model = _model(past, at, t, none, np.empty(0), years, TREND_P, OUTBREAK)
    if model is None:
        return Point(t, y[t], 0.0, None, False, "no count in the weeks compared with")
    mu, variance, phi, trend = model
    spread = np.sqrt(4 / 9 * mu ** (1 / 3) * (phi + variance / mu))
    upper = float(max(mu ** (2 / 3) + ndtri(1 - alpha / 2) * spread, 0.0) ** 1.5)
    if _few(y, t):
        return Point(
            t, y[t], mu, 0.0, False, f"fewer than {FEW_CASES} in {FEW_WEEKS} weeks: not judged", trend
        )
    return Point(t, y[t], mu, upper, bool(y[t] > upper), "", trend)


def _model(
    past: Floats, at: NDArray[np.int64], t: int, season: Floats, season_now: Floats, years: int, trend_p: float,
    outbreak: float,
) -> tuple[float, float, float, bool] | None:  # fmt: skip
    """(expected now, its variance, dispersion, trend kept); None where nothing was ever counted.

    season (n, s): indicator columns of the past weeks, season_now (s,) of the week judged.
    """
    from scipy.special import stdtr

    if past.sum() == 0:
        return None
    one = np.ones((past.size, 1))
    with_trend = np.hstack([one, (at - t)[:, None].astype(float), season])
    now = np.concatenate([[1.0, 0.0], season_now])
    fit, phi = _reweighted(past, with_trend, outbreak)
    keep = fit.converged and years >= 3
    if keep and trend_p < 1:
        error = np.sqrt(fit.covariance[1, 1] * _dispersion(fit))
        p = 2 * stdtr(fit.df, -abs(fit.beta[1]) / error) if error > 0 else 0.0
        keep = bool(p < trend_p)
    if keep:
        keep = bool(np.exp(now @ fit.beta) <= past.max())
    if not keep:
        fit, phi = _reweighted(past, np.hstack([one, season]), outbreak)
        now = np.concatenate([[1.0], season_now])
    mu = float(np.exp(now @ fit.beta))
    variance = float(phi * mu**2 * (now @ fit.covariance @ now))
    return mu, variance, phi, keep


def _dispersion(fit: Fit) -> float:
    return fit.dispersion if np.isfinite(fit.dispersion) else 1.0


def _reweighted(past: Floats, x: Floats, outbreak: float) -> tuple[Fit, float]:
    """Fit, weigh down past outbreaks by their standardised Anscombe residuals, fit again (Farrington 1996, section 3.6)."""
    fit = poisson(past, x)
    phi = max(_dispersion(fit), 1.0)
    residual = 1.5 * (past ** (2 / 3) * fit.fitted ** (-1 / 6) - np.sqrt(fit.fitted))
    residual = residual / np.sqrt(phi * np.maximum(1 - fit.hat, 1e-12))
    high = residual > outbreak
    inverse = np.where(high, residual, 1.0) ** -2.0
    weights = past.size / inverse.sum() * inverse
    fit = poisson(past, x, weights=weights)
    return fit, max(_dispersion(fit), 1.0)


def farrington_flexible(
    counts: Floats, *, alpha: float = 0.01, years: int = 3, half_window: int = 3, period: int = 52,
    seasons: int = SEASONS, past_left_out: int = PAST_LEFT_OUT, trend_p: float = 1.0,
    watch: Sequence[int] | None = None, breaks: Sequence[int] = (),
) -> Chart:  # fmt: skip
    """Against all weeks of `years` years but the last `past_left_out`, with `seasons` levels through the year.

    The bound is the 1 - alpha quantile of a negative binomial with the fitted mean and dispersion. The weeks around the same
    date are one level; the rest of the year is cut into equal levels.
    """
    y = check_counts(counts, breaks)
    _check_alpha(alpha)
    _check_window(years, half_window, period)
    if seasons < 1 or not 0 <= past_left_out < period:
        raise InputError(
            f"{seasons} seasonal levels and {past_left_out} weeks left out do not fit into {period} weeks."
        )
    reach = years * period + half_window
    if y.size <= reach:
        return _refused("farrington-flexible", y.size, f"{reach} counts")
    start = _starts(y.size, breaks)
    points = []
    for t in _range(y.size, watch, reach):
        if t - reach < start[t]:
            points.append(Point(t, y[t], None, None, False, "too few comparable weeks before"))
            continue
        points.append(
            _flexible_week(y, t, alpha, years, half_window, period, seasons, past_left_out, trend_p, reach)
        )
    return Chart("farrington-flexible", y.size, alpha, tuple(points), tuple(breaks))


def _flexible_week(
    y: Floats, t: int, alpha: float, years: int, half_window: int, period: int, seasons: int, past_left_out: int,
    trend_p: float, reach: int,
) -> Point:  # fmt: skip
    at = np.arange(t - reach, t - past_left_out)
    past = y[at]
    level = _season(at - t, half_window, period, seasons)
    columns = np.array(sorted(set(level.tolist()) - {0}), np.int64)
    season = (level[:, None] == columns[None, :]).astype(float)
    model = _model(past, at, t, season, np.zeros(columns.size), years, trend_p, OUTBREAK_FLEXIBLE)
    if model is None:
        return Point(t, y[t], 0.0, None, False, "no count in the weeks compared with")
    mu, _, phi, trend = model
    upper = float(_quantile(mu, phi, 1 - alpha))
    if _few(y, t):
        return Point(
            t, y[t], mu, upper, False, f"fewer than {FEW_CASES} in {FEW_WEEKS} weeks: not judged", trend
        )
    return Point(t, y[t], mu, upper, bool(y[t] > upper), "", trend)


def _quantile(mu: float, phi: float, level: float) -> int:
    """Smallest count whose distribution function reaches the level: negative binomial with variance phi * mu, or Poisson."""
    from scipy.special import betainc, gammaincc

    room = 64
    while True:
        k = np.arange(room)
        upto = betainc(mu / (phi - 1), k + 1, 1 / phi) if phi > 1 else gammaincc(k + 1, mu)
        if upto[-1] >= level:
            return int(np.searchsorted(upto, level * (1 - 64 * np.finfo(float).eps)))
        room *= 2


def _season(
    weeks_from_now: NDArray[np.int64], half_window: int, period: int, seasons: int
) -> NDArray[np.int64]:
    """Seasonal level of past weeks: 0 for the weeks around the same date, 1.. for equal parts of the rest of the year."""
    place = (weeks_from_now + half_window) % period
    rest = period - (2 * half_window + 1)
    if seasons == 1:
        return np.zeros(place.size, np.int64)
    part = ((place - (2 * half_window + 1)) * (seasons - 1)) // rest
    return np.where(place <= 2 * half_window, 0, part + 1).astype(np.int64)


# CUSUM ---------------------------------------------------------------------------------------------------------------


def cusum(
    counts: Floats, *, factor: float = 2.0, threshold: float = 5.0, expected: float | Floats | None = None,
    learn: int | None = None, watch: Sequence[int] | None = None, breaks: Sequence[int] = (),
) -> Chart:  # fmt: skip
    """Poisson likelihood ratio CUSUM against a rise by `factor`; alarm above `threshold`, then it starts again from zero.

    expected: the count of a quiet week, one number or one per week; by default the mean of the weeks before the first one
    watched (the first `learn`, by default half of the series). After a break in recording the sum starts again, and the
    expected count is learnt from the weeks since it. upper: the count this week that would raise the alarm.
    """
    y = check_counts(counts, breaks)
    if not (np.isfinite(factor) and factor > 0 and factor != 1) or not threshold > 0:
        raise InputError("A CUSUM needs a factor above 0 other than 1, and a threshold above 0.")
    weeks = _range(y.size, watch, y.size // 2 if learn is None else learn)
    if not weeks or (expected is None and weeks[0] < BASELINE):
        return _refused("cusum", y.size, f"{BASELINE} counts to learn from")
    start = _starts(y.size, breaks)
    gain, points, total, last = float(np.log(factor)), [], 0.0, -1
    mean = 0.0
    for t in weeks:
        if last < 0 or start[t] != start[last]:
            total, first = 0.0, int(start[t])
            learnt = y[first : weeks[0]] if first < weeks[0] else y[first : first + BASELINE]
            mean = float(learnt.mean()) if learnt.size else 0.0
            wait = max(first + BASELINE, 0) if expected is None and first >= weeks[0] else 0
        last = t
        mu = mean if expected is None else float(np.broadcast_to(expected, y.shape)[t])
        if t < wait or (expected is None and learnt.size < BASELINE):
            points.append(Point(t, y[t], None, None, False, "too few comparable weeks before"))
            continue
        if not mu > 0:
            points.append(Point(t, y[t], mu, None, False, "no count in the weeks learnt from"))
            continue
        step = mu * (factor - 1)
        upper = (threshold - total + step) / gain
        total = max(0.0, total + y[t] * gain - step)
        alarm = total > threshold
        if alarm:
            total = 0.0
        points.append(Point(t, y[t], mu, max(upper, 0.0), bool(alarm)))
    return Chart("cusum", y.size, None, tuple(points), tuple(breaks))
