"""Does harm follow talking to us? Engagements against the background of their own area, in numbers too large to point.

Candidates: engagements followed by harm in the same area within `days` (90 as a rule; a review opens for each). Background:
harm per day of the same area outside all such windows; rate ratio over areas as Mantel and Haenszel (Greenland and Robins
1985, Biometrics 41:55). p: the engagements of each area moved by a random number of days, round the ends: harm comes in
bursts, and a formula for independent events would see reprisal in every burst. Small counts, and those they could be worked
out from, are withheld.

The figures open a review and never close one: a safe average hides the one person who was punished.
"""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FEWEST, FEWEST_HARMS, FEWEST_DAYS = 20, 10, 30
ALL = "total"


@dataclass(frozen=True)
class Group:
    """Engagements of one area and method ("total": all). Everything None where it is withheld.

    per_thousand: followed by harm per 1,000 engagements; low, high: exact interval (Clopper and Pearson 1934).
    """

    area: str
    method: str
    engagements: int | None
    followed: int | None
    per_thousand: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class After:
    """harms_in, days_in: harms and area-days within the windows; harms_out, days_out: outside. ratio: of the two rates.
    They are None where one of the two counts of harm is above 0 and below k.

    linked: harms whose record names an engagement; None when the file has no such column or the number is below k.
    verdict: "more", "less" or "not shown".
    """

    n: int
    harms: int
    areas: int
    days: int
    k: int
    level: float
    replicates: int
    seed: int
    harms_in: int | None = None
    harms_out: int | None = None
    days_in: int | None = None
    days_out: int | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    linked: int | None = None
    groups: tuple[Group, ...] = ()
    verdict: str = "not shown"
    refused: bool = False
    reason: str = ""


def after_engagement(
    area: NDArray[np.str_], day: Ints, harm_area: NDArray[np.str_], harm_day: Ints, *, end: int,
    method: NDArray[np.str_] | None = None, start: int | None = None, linked: int | None = None, days: int = 90,
    k: int = 5, level: float = 0.95, replicates: int = 999, seed: int = 1,
) -> After:  # fmt: skip
    """Engagements (area, day, method), harms (area, day); days are whole numbers on one calendar from `start` to `end`.

    start: first day watched, the first of the file by default. linked: number of harms whose record names an engagement.
    """
    area, harm_area = np.asarray(area, str), np.asarray(harm_area, str)
    day, harm_day = np.asarray(day, np.int64), np.asarray(harm_day, np.int64)
    both = np.concatenate([day, harm_day])
    first = int(both.min(initial=end)) if start is None else start
    _check(area, day, harm_area, harm_day, method, first, end, days, k, level, replicates)
    names = np.unique(np.concatenate([area, harm_area]))
    blank = After(day.size, harm_day.size, names.size, days, k, level, replicates, seed)
    length = end - first + 1
    if day.size < FEWEST or harm_day.size < FEWEST_HARMS:
        return _refused(
            blank,
            f"{day.size} engagements and {harm_day.size} harms: {FEWEST} and {FEWEST_HARMS} are needed.",
        )
    if length < days + FEWEST_DAYS:
        return _refused(blank, f"{length} days: too few beside windows of {days}.")
    harm = np.zeros((names.size, length))
    np.add.at(harm, (np.searchsorted(names, harm_area), harm_day - first), 1)
    talk = np.zeros((names.size, length))
    np.add.at(talk, (np.searchsorted(names, area), day - first), 1)
    windows = _windows(talk, days)
    if not (~windows).any() or not windows.any():
        return _refused(blank, "Every day of every area lies within a window: there is no background.")
    return _told(blank, harm, talk, windows, names, area, day - first, method, linked)


def _check(
    area: NDArray[np.str_], day: Ints, harm_area: NDArray[np.str_], harm_day: Ints, method: NDArray[np.str_] | None,
    first: int, end: int, days: int, k: int, level: float, replicates: int,
) -> None:  # fmt: skip
    if area.shape != day.shape or harm_area.shape != harm_day.shape:
        raise InputError("Areas and days must be columns of one length.")
    if method is not None and np.shape(method) != day.shape:
        raise InputError("Methods and days must be columns of one length.")
    for name, some in (("engagement", day), ("harm", harm_day)):
        for i in np.flatnonzero((some < first) | (some > end)):
            raise InputError(f"{name} {i + 1}: its day lies outside the days watched.")
    if days < 1 or k < 2 or not 0 < level < 1 or replicates < 19:
        raise InputError(
            f"{days} days, k {k}, level {level:g}, {replicates} replicates: give 1, 2, 0 to 1, 19 or more."
        )


def _refused(blank: After, reason: str) -> After:
    from dataclasses import replace

    return replace(blank, refused=True, reason=reason)


def _windows(talk: Floats, days: int) -> NDArray[np.bool_]:
    """Days on which an engagement of the same area lies 0 to `days` back."""
    total = np.cumsum(talk, axis=1)
    back = np.zeros_like(total)
    back[:, days + 1 :] = total[:, : -days - 1] if days + 1 < talk.shape[1] else 0
    return np.asarray(total - back > 0.5)


def _told(
    blank: After, harm: Floats, talk: Floats, windows: NDArray[np.bool_], names: NDArray[np.str_],
    area: NDArray[np.str_], day: Ints, method: NDArray[np.str_] | None, linked: int | None,
) -> After:  # fmt: skip
    from scipy.stats import norm

    inside, outside = (harm * windows).sum(axis=1), (harm * ~windows).sum(axis=1)
    days_in, days_out = windows.sum(axis=1).astype(float), (~windows).sum(axis=1).astype(float)
    length = windows.shape[1]
    up, down = float(np.sum(inside * days_out)) / length, float(np.sum(outside * days_in)) / length
    rng = np.random.default_rng(blank.seed)
    p = _moved(harm, talk, windows, blank.days, blank.replicates, rng)
    ratio = low = high = None
    if up > 0 and down > 0:
        ratio = up / down
        spread = sqrt(float(np.sum((inside + outside) * days_in * days_out)) / length**2 / (up * down))
        z = float(norm.ppf(0.5 + blank.level / 2))
        low, high = ratio * exp(-z * spread), ratio * exp(z * spread)
    verdict = "not shown"
    if p <= 1 - blank.level and (ratio is None or low is None or high is None or not low <= 1 <= high):
        verdict = "more" if (ratio is None and down == 0) or (ratio or 0) > 1 else "less"
    seen = [int(inside.sum()), int(outside.sum())]
    # The ratio gives a small count away to whoever knows the total and the days.
    if any(0 < value < blank.k for value in seen):
        shown: list[int | None] = [None, None]
        ratio = low = high = None
    else:
        shown = [*seen]
    groups = _groups(blank, harm, names, area, day, method)
    return After(
        blank.n, blank.harms, blank.areas, blank.days, blank.k, blank.level, blank.replicates, blank.seed, shown[0],
        shown[1], int(days_in.sum()), int(days_out.sum()), ratio, low, high, p,
        None if linked is None or 0 < linked < blank.k else linked, groups, verdict,
    )  # fmt: skip


def _moved(
    harm: Floats,
    talk: Floats,
    windows: NDArray[np.bool_],
    days: int,
    replicates: int,
    rng: np.random.Generator,
) -> float:
    """Two-sided share of moved calendars with as many, or as few, harms inside the windows."""
    total = np.fft.rfft(harm)
    # The calendar goes round: a window that the last day cuts goes on in the first days, in the observed set as in the moved.
    count = np.cumsum(np.concatenate([talk[:, -days:], talk], axis=1), axis=1)
    round_windows = (count[:, days:] - np.concatenate([np.zeros((talk.shape[0], 1)), count[:, :-days - 1]], axis=1)) > 0.5  # fmt: skip
    inside = np.fft.irfft(total * np.conj(np.fft.rfft(round_windows.astype(float))), harm.shape[1])
    drawn = inside[np.arange(harm.shape[0]), rng.integers(0, harm.shape[1], (replicates, harm.shape[0]))].sum(
        axis=1
    )
    seen, middle = inside[:, 0].sum(), inside.mean(axis=1).sum()
    return (1 + int(np.sum(np.abs(drawn - middle) >= abs(seen - middle) - 1e-6))) / (1 + replicates)


def _groups(
    blank: After,
    harm: Floats,
    names: NDArray[np.str_],
    area: NDArray[np.str_],
    day: Ints,
    method: NDArray[np.str_] | None,
) -> tuple[Group, ...]:
    """All, each area, each method. The two lists share nothing but their total: what is withheld in one is safe from the other."""
    upto = np.concatenate([np.zeros((harm.shape[0], 1)), np.cumsum(harm, axis=1)], axis=1)
    at = np.searchsorted(names, area)
    last = np.minimum(day + blank.days + 1, harm.shape[1])
    followed = upto[at, last] - upto[at, day] > 0.5
    whole = int(followed.sum())
    out = [_group(ALL, ALL, None if _small(day.size, whole, blank.k) else (day.size, whole), blank)]
    out += [_group(name, ALL, counts, blank) for name, counts in _shown(area, followed, blank.k)]
    if method is not None:
        ways = _shown(np.asarray(method, str), followed, blank.k)
        out += [_group(ALL, name, counts, blank) for name, counts in ways]
    return tuple(out)


def _small(many: int, followed: int, k: int) -> bool:
    return many < k or 0 < followed < k or 0 < many - followed < k


def _shown(
    column: NDArray[np.str_], followed: NDArray[np.bool_], k: int
) -> list[tuple[str, tuple[int, int] | None]]:
    """(engagements, followed) of each word, None where withheld. Those withheld are two or more and together not small."""
    words = np.unique(column)
    counts = {str(w): (int(np.sum(column == w)), int(followed[column == w].sum())) for w in words.tolist()}
    hidden = {w for w, (many, some) in counts.items() if _small(many, some, k)}
    for word in sorted(counts, key=lambda w: counts[w]):
        many, some = (sum(counts[w][i] for w in hidden) for i in (0, 1))
        if not hidden or (len(hidden) > 1 and some >= k and many - some >= k):
            break
        hidden.add(word)
    return [(word, None if word in hidden else pair) for word, pair in counts.items()]


def _group(area: str, method: str, counts: tuple[int, int] | None, blank: After) -> Group:
    if counts is None:
        return Group(area, method, None, None, None, None, None)
    from scipy.stats import beta

    many, followed = counts
    tail = (1 - blank.level) / 2
    low = 0.0 if followed == 0 else float(beta.ppf(tail, followed, many - followed + 1))
    high = 1.0 if followed == many else float(beta.isf(tail, followed + 1, many - followed))
    return Group(area, method, many, followed, 1000 * followed / many, 1000 * low, 1000 * high)
