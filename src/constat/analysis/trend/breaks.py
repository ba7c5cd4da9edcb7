"""Change points: when did the level, or the way a series runs, change? With an interval for each date.

All ways to cut the series are compared by dynamic programming (Bai and Perron 1998, Econometrica 66:47; 2003, J Appl
Econometrics 18:1), the number of breaks by the Bayesian information criterion. The interval of a date is that of Bai (1997,
Review of Economics and Statistics 79:551): a small change is dated less sharply than a large one.

A break found is a question, not an answer: before it is called an effect, look whether the recording changed that day.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

Floats = NDArray[np.float64]

MOST = 5


@dataclass(frozen=True)
class Break:
    """after: position (from 0) of the last value before the change. low, high: interval of that position."""

    after: int
    low: int
    high: int


@dataclass(frozen=True)
class Breaks:
    """breaks: in order. bic: of 0, 1, 2.. breaks. levels: mean of each segment."""

    n: int
    breaks: tuple[Break, ...] = ()
    levels: tuple[float, ...] = ()
    bic: tuple[float, ...] = ()
    level: float = 0.95
    refused: bool = False
    reason: str = ""


def change_points(
    y: Floats, x: Floats | None = None, *, shortest: float = 0.15, most: int | None = None, number: int | None = None,
    level: float = 0.95,
) -> Breaks:  # fmt: skip
    """Where the mean of y (or its regression on x, shape (n, k), with the constant among the columns) changes.

    shortest: share of the series (below 1) or number of values of the shortest segment. most: at most so many breaks.
    number: exactly so many instead of the number that BIC finds.
    """
    y = np.asarray(y, float)
    if y.ndim != 1 or not np.all(np.isfinite(y)):
        raise InputError("Change points: the series must be one column of finite numbers.")
    design = np.ones((y.size, 1)) if x is None else np.asarray(x, float)
    if design.ndim != 2 or design.shape[0] != y.size or not np.all(np.isfinite(design)):
        raise InputError("Change points: the columns must be finite and as long as the series.")
    if not 0 < level < 1:
        raise InputError(f"A level of {level:g} is not between 0 and 1.")
    least = int(np.floor(shortest * y.size)) if shortest < 1 else int(shortest)
    if least <= design.shape[1] or y.size < 2 * least or y.size < 10:
        return Breaks(
            y.size, refused=True, reason=f"{y.size} values cannot be cut into segments of {max(least, 2)}."
        )
    if y.std() == 0:
        return Breaks(
            y.size,
            levels=(float(y[0]),),
            refused=True,
            reason="All values are equal: there is nothing to date.",
        )
    room = y.size // least - 1
    top = min(room, MOST if most is None else most, room if number is None else max(number, 0))
    if number is not None and number > room:
        raise InputError(f"{number} breaks do not fit: {y.size} values hold {room} with segments of {least}.")
    squares = _squares(y, design, least)
    cost, back = _cut(squares, least, top)
    bic = tuple(_bic(cost[m], y.size, design.shape[1], m) for m in range(top + 1))
    chosen = int(np.argmin(bic)) if number is None else number
    ends = _trace(back, chosen, y.size)
    found = tuple(_dated(y, design, ends, i, level) for i in range(1, chosen + 1))
    levels = tuple(float(y[a:b].mean()) for a, b in itertools.pairwise(ends))
    return Breaks(y.size, found, levels, bic, level)


def _squares(y: Floats, x: Floats, least: int) -> Floats:
    """Residual sum of squares of every segment i..j (both inside), inf where too short; shape (n, n)."""
    n, _k = x.shape
    out = np.full((n, n), np.inf)
    moments = np.einsum("ni,nj->nij", x, x)
    products, squares = x * y[:, None], y**2
    for i in range(n - least + 1):
        a = np.cumsum(moments[i:], axis=0)[least - 1 :]
        b = np.cumsum(products[i:], axis=0)[least - 1 :]
        c = np.cumsum(squares[i:])[least - 1 :]
        try:
            beta = np.linalg.solve(a, b[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:
            beta = np.einsum("nij,nj->ni", np.linalg.pinv(a, hermitian=True), b)
        out[i, i + least - 1 :] = np.maximum(c - np.einsum("ni,ni->n", beta, b), 0.0)
    return out


def _cut(squares: Floats, least: int, top: int) -> tuple[list[float], list[NDArray[np.int64]]]:
    """Least total for 0..top breaks, and for each number the best last break before each end."""
    n = squares.shape[0]
    best = squares[0].copy()
    cost, back = [float(best[-1])], []
    for _ in range(top):
        total = np.full(n, np.inf)
        last = np.full(n, -1, np.int64)
        for j in range(2 * least - 1, n):
            ends = best[: j - least + 1] + squares[1 : j - least + 2, j]
            last[j] = int(np.argmin(ends))
            total[j] = ends[last[j]]
        best = total
        cost.append(float(best[-1]))
        back.append(last)
    return cost, back


def _trace(back: list[NDArray[np.int64]], number: int, n: int) -> list[int]:
    """Borders of the segments: 0, first value after each break, n."""
    ends, j = [n], n - 1
    for m in range(number - 1, -1, -1):
        j = int(back[m][j])
        ends.append(j + 1)
    return [0, *ends[::-1]]


def _bic(rss: float, n: int, k: int, breaks: int) -> float:
    """Of a normal model: (k + 1) coefficients and dates for each further segment, and the variance."""
    if not np.isfinite(rss):
        return float("inf")
    free = (k + 1) * (breaks + 1)
    return float(n * (np.log(max(rss, 1e-300)) + 1 - np.log(n) + np.log(2 * np.pi)) + np.log(n) * free)


def _dated(y: Floats, x: Floats, ends: list[int], i: int, level: float) -> Break:
    """The interval of break i from the segments on its two sides (Bai 1997, section 5)."""
    before, after = slice(ends[i - 1], ends[i]), slice(ends[i], ends[i + 1])
    parts = []
    for part in (before, after):
        beta = np.linalg.lstsq(x[part], y[part], rcond=None)[0]
        rest = y[part] - x[part] @ beta
        parts.append((beta, x[part].T @ x[part] / rest.size, float(rest @ rest) / rest.size))
    change = parts[1][0] - parts[0][0]
    size1, size2 = (float(change @ moment @ change) for _, moment, _ in parts)
    noise1, noise2 = (size * variance for size, (_, _, variance) in zip((size1, size2), parts, strict=True))
    at = ends[i] - 1
    if min(size1, size2, noise1, noise2) <= 0:
        return Break(at, at, at)
    xi = size2 / size1
    phi = (noise2 / size2) / (noise1 / size1)
    scale = noise1 / size1**2
    high = _quantile(1 - (1 - level) / 2, xi, phi) * scale
    low = _quantile((1 - level) / 2, xi, phi) * scale
    reach = (int(np.floor(at - high)), int(np.ceil(at - low)))
    return Break(at, max(reach[0], ends[i - 1]), min(reach[1], ends[i + 1] - 1))


def _quantile(p: float, xi: float, phi: float) -> float:
    from scipy.optimize import brentq

    edge = 1.0
    while not (_law(-edge, xi, phi) < p < _law(edge, xi, phi)):
        edge *= 2
    return float(brentq(lambda x: _law(x, xi, phi) - p, -edge, edge, xtol=1e-9))


def _law(x: float, xi: float, phi: float) -> float:
    """Distribution of the place of the largest value of a two-sided Brownian motion with drift (Bai 1997, appendix B)."""
    from scipy.stats import norm

    z = abs(x)
    root = np.sqrt(z)
    if x <= 0:
        a, b = 0.5 * (xi / phi) * (1 + xi / phi), 0.5 + xi / phi
        c = phi * (phi + 2 * xi) / (xi * (phi + xi))
        d = (phi + 2 * xi) ** 2 / ((phi + xi) * xi)
        tail = np.exp(np.log(c) + a * z + norm.logcdf(-b * root))
        return float(
            -np.sqrt(z / (2 * np.pi)) * np.exp(-z / 8) - tail + (d - 2 + z / 2) * norm.cdf(-root / 2)
        )
    a, b = (phi + xi) / 2, (2 * phi + xi) / (2 * np.sqrt(phi))
    c = xi * (xi + 2 * phi) / ((xi + phi) * phi)
    d = (xi + 2 * phi) ** 2 / ((xi + phi) * phi)
    tail = np.exp(np.log(c) + a * z + norm.logcdf(-b * root))
    drift = xi * root / (2 * np.sqrt(phi))
    first = xi / np.sqrt(phi) * np.sqrt(z / (2 * np.pi)) * np.exp(-(xi**2) * z / (8 * phi))
    return float(1 + first + tail + (2 - d - xi**2 * z / (2 * phi)) * norm.cdf(-drift))
