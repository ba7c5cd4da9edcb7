"""Is there more violence in the weeks after harm than area and week give anyway? An event study with its placebo.

log E(violence in area i, week t) = area + week + sum over k of effect[k] * (harm in area i, week t - k), Poisson with errors
that allow for weeks of one area being alike (Wooldridge 1999, J. Econometrics 90:77; the question and the design: Condra,
Felter, Iyengar, Shapiro 2010, NBER 16152). Weeks before harm (k < 0) are fitted too: harm happens where fighting has already
begun, and what had begun before cannot be a consequence. Placebo: the harm of each area moved by a random number of weeks
(round the ends), so that its own rhythm and that of violence stay as they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

Floats = NDArray[np.float64]

FEWEST_CAUSES, FEWEST_EFFECTS, FEWEST_AREAS = 15, 50, 3
STEPS, CLOSE = 60, 1e-9
DRAWS = 2000


@dataclass(frozen=True)
class Week:
    """ratio: violence in the week `lag` weeks after one harm, over what area and week give; low, high: its interval."""

    lag: int
    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Study:
    """ratio: mean over the weeks after (1..after). extra: events more per harm over those weeks. before_p: whether the weeks
    before already differ. placebo_p: share of moved calendars with an excess or a lack as large. verdict: "follows", "less
    follows", "not shown", or "already before".
    """

    areas: int
    weeks: int
    causes: int
    effects: int
    level: float
    replicates: int
    seed: int
    curve: tuple[Week, ...] = ()
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    extra: float | None = None
    extra_low: float | None = None
    extra_high: float | None = None
    before_p: float | None = None
    placebo_p: float | None = None
    dispersion: float | None = None
    verdict: str = "not shown"
    refused: bool = False
    reason: str = ""


def study(
    harm: Floats, violence: Floats, *, before: int = 4, after: int = 6, level: float = 0.95, replicates: int = 999,
    seed: int = 1,
) -> Study:  # fmt: skip
    """harm, violence: counts, shape (areas, weeks). before, after: weeks looked at on each side of harm.

    Raises InputError for negative, missing or broken counts; refuses fewer than 3 areas, 15 harms or 50 acts of violence.
    """
    d, y = np.asarray(harm, float), np.asarray(violence, float)
    _check(d, y, before, after, level, replicates)
    blank = Study(y.shape[0], y.shape[1], int(d.sum()), int(y.sum()), level, replicates, seed)
    reason = _refusal(d, y, before, after)
    if reason:
        return _refused(blank, reason)
    lags = list(range(-before, after + 1))
    inside = slice(after, y.shape[1] - before)
    x = np.array([np.roll(d, k, axis=1)[:, inside] for k in lags])
    y_in = y[:, inside]
    rows, columns = y_in.sum(axis=1) > 0, y_in.sum(axis=0) > 0
    x, y_in = x[:, rows][:, :, columns], y_in[rows][:, columns]
    if y_in.shape[0] < FEWEST_AREAS or np.linalg.matrix_rank(x.reshape(len(lags), -1)) < len(lags):
        return _refused(blank, "Harm and violence overlap in too few areas and weeks to be told apart.")
    fit = _fit(y_in, x)
    if fit is None:
        return _refused(blank, "The weeks around harm cannot be told from the areas and weeks themselves.")
    beta, covariance, fitted, dispersion = fit
    return _told(blank, d, y, x, lags, beta, covariance, fitted, dispersion)


def _check(d: Floats, y: Floats, before: int, after: int, level: float, replicates: int) -> None:
    if d.shape != y.shape or y.ndim != 2 or not y.size:
        raise InputError("Harm and violence: two tables of one shape, areas by weeks.")
    for name, table in (("harm", d), ("violence", y)):
        for i, t in np.argwhere(~np.isfinite(table) | (table < 0) | (table != np.floor(table))):
            raise InputError(
                f"{name}, area {i + 1}, week {t + 1}: {table[i, t]:g}; a count is whole, 0 or more."
            )
    if before < 1 or after < 1:
        raise InputError(f"{before} weeks before and {after} after: give 1 or more of each.")
    if not 0 < level < 1 or replicates < 19:
        raise InputError(f"Level {level:g} and {replicates} replicates: between 0 and 1, and 19 or more.")


def _refusal(d: Floats, y: Floats, before: int, after: int) -> str:
    if y.shape[0] < FEWEST_AREAS:
        return f"{y.shape[0]} area(s): fewer than {FEWEST_AREAS} leave nothing to compare with."
    if y.shape[1] < 4 * (before + after + 1):
        return f"{y.shape[1]} weeks: {4 * (before + after + 1)} are needed for {before} before and {after} after."
    if d.sum() < FEWEST_CAUSES:
        return f"{d.sum():g} harms: fewer than {FEWEST_CAUSES} cannot bear this."
    if y.sum() < FEWEST_EFFECTS:
        return f"{y.sum():g} acts of violence: fewer than {FEWEST_EFFECTS} cannot bear this."
    return ""


def _refused(blank: Study, reason: str) -> Study:
    from dataclasses import replace

    return replace(blank, refused=True, reason=reason)


def _fit(y: Floats, x: Floats) -> tuple[Floats, Floats, Floats, float] | None:
    """(effects, covariance, fitted, dispersion). Areas are taken out exactly, weeks by their normal equations."""
    p, areas, weeks = x.shape
    mu = np.outer(y.sum(axis=1), y.sum(axis=0)) / y.sum() + 1e-3
    eta = np.log(mu)
    deviance = np.inf
    for _ in range(STEPS):
        z = eta + (y - mu) / mu
        a, taken = _absorbed(x, mu)
        right = np.concatenate([np.einsum("pit,it->p", taken[0], mu * z), _week_sums(z, mu)])
        found = np.linalg.lstsq(a, right, rcond=1e-12)[0]
        linear = np.tensordot(found[:p], x, 1) + found[p:]
        level = (mu * (z - linear)).sum(axis=1) / mu.sum(axis=1)
        eta = np.clip(linear + level[:, None], -30, 30)
        mu = np.exp(eta)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = float(2 * np.sum(np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu)))
        if abs(new - deviance) < CLOSE * (abs(new) + 1):
            break
        deviance = new
    else:
        return None
    a, taken = _absorbed(x, mu)
    # Effects with areas and weeks taken out: scores by area for errors that allow for weeks being alike.
    bread = np.linalg.pinv(a, hermitian=True)[:p]
    both = np.concatenate([taken[0], np.broadcast_to(np.eye(weeks)[:, None, :], (weeks, areas, weeks))])
    if np.linalg.matrix_rank(a[:p, :p]) < p:
        return None
    residual = y - mu
    scores = np.einsum("qit,it->iq", both, residual)
    mean = mu / mu.sum(axis=1, keepdims=True)
    scores[:, p:] -= mean * residual.sum(axis=1, keepdims=True)
    meat = scores.T @ scores * areas / (areas - 1)
    df = max(y.size - p - areas - weeks + 1, 1)
    dispersion = float(np.sum(residual**2 / mu) / df)
    clustered = bread @ meat @ bread.T
    plain = bread[:, :p] * max(dispersion, 1.0)
    # The wider of the two by coefficient: with few areas errors by area are too small.
    scale = np.sqrt(np.maximum(np.diag(clustered), np.diag(plain)) / np.maximum(np.diag(plain), 1e-300))
    covariance = plain * np.outer(scale, scale)
    return found[:p], np.asarray(covariance, float), mu, dispersion


def _absorbed(x: Floats, mu: Floats) -> tuple[Floats, tuple[Floats]]:
    """Normal equations of effects and weeks with areas taken out, and the effects' columns with areas taken out."""
    total = mu.sum(axis=1)
    centred = x - (np.einsum("pit,it->pi", x, mu) / total)[:, :, None]
    xx = np.einsum("pit,it,qit->pq", centred, mu, centred, optimize=True)
    xw = np.einsum("pit,it->pt", centred, mu)
    ww = np.diag(mu.sum(axis=0)) - (mu / total[:, None]).T @ mu
    return np.block([[xx, xw], [xw.T, ww]]), (centred,)


def _week_sums(z: Floats, mu: Floats) -> Floats:
    mean = (mu * z).sum(axis=1) / mu.sum(axis=1)
    return np.asarray((mu * (z - mean[:, None])).sum(axis=0), float)


def _told(
    blank: Study, d: Floats, y: Floats, x: Floats, lags: list[int], beta: Floats, covariance: Floats, fitted: Floats,
    dispersion: float,
) -> Study:  # fmt: skip
    from scipy.stats import norm, t

    # As many independent things as areas: t, not normal.
    quantile = float(t.ppf(0.5 + blank.level / 2, max(min(fitted.shape[0] - 1, 200), 2)))
    error = np.sqrt(np.diag(covariance))
    curve = tuple(
        Week(k, *(float(np.exp(beta[i] + q * quantile * error[i])) for q in (0, -1, 1)))
        for i, k in enumerate(lags)
    )
    later, earlier = np.array([k >= 1 for k in lags]), np.array([k < 0 for k in lags])
    mean, se = _mean(beta, covariance, later)
    mean_before, se_before = _mean(beta, covariance, earlier)
    before_p = float(2 * norm.sf(abs(mean_before) / se_before))
    low, high = mean - quantile * se, mean + quantile * se
    # Events above what there would be without harm, per harm. Under each drawn effect the level without harm is kept.
    per = max(x[later].sum() / later.sum(), 1.0)
    base = fitted * np.exp(-np.tensordot(beta[later], x[later], 1))
    extra = float((fitted - base).sum() / per)
    rng = np.random.default_rng(blank.seed)
    drawn = rng.multivariate_normal(beta[later], covariance[np.ix_(later, later)], DRAWS, method="eigh")
    near = np.any(x[later] > 0, axis=0)
    columns, level = x[later][:, near], base[near]
    swing = np.expm1(np.clip(drawn @ columns, -30, 30)) @ level / per
    tail = (1 - blank.level) / 2
    extra_low, extra_high = np.quantile(swing, [tail, 1 - tail])
    placebo = _placebo(d, y, int(later.sum()), blank.replicates, rng)
    verdict = "not shown"
    if (low > 0 or high < 0) and placebo <= 1 - blank.level:
        verdict = "follows" if low > 0 else "less follows"
        if before_p <= 0.05 and (mean_before > 0) == (mean > 0):
            verdict = "already before"
    return Study(
        blank.areas, blank.weeks, blank.causes, blank.effects, blank.level, blank.replicates, blank.seed, curve,
        float(np.exp(mean)), float(np.exp(low)), float(np.exp(high)), extra, float(extra_low), float(extra_high),
        before_p, placebo, dispersion, verdict,
    )  # fmt: skip


def _mean(beta: Floats, covariance: Floats, some: NDArray[np.bool_]) -> tuple[float, float]:
    weight = some / some.sum()
    return float(weight @ beta), float(np.sqrt(weight @ covariance @ weight))


def _placebo(d: Floats, y: Floats, after: int, replicates: int, rng: np.random.Generator) -> float:
    """Share of calendars of harm, each area's moved at random, with as large an excess in the weeks after."""
    residual = y - np.outer(y.sum(axis=1), y.sum(axis=0)) / y.sum()
    window = np.zeros(y.shape[1])
    window[1 : after + 1] = 1.0
    reach = np.fft.irfft(np.fft.rfft(d) * np.fft.rfft(window), y.shape[1])
    # excess[i, s]: violence after harm in area i, above what area and week give, when harm is moved by s weeks.
    excess = np.fft.irfft(np.fft.rfft(residual) * np.conj(np.fft.rfft(reach)), y.shape[1])
    moved = excess[np.arange(y.shape[0]), rng.integers(0, y.shape[1], (replicates, y.shape[0]))].sum(axis=1)
    middle = excess.mean(axis=1).sum()
    as_far = int(np.sum(np.abs(moved - middle) >= abs(excess[:, 0].sum() - middle) - 1e-9))
    return (1 + as_far) / (1 + replicates)
