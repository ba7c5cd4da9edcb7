"""Do events near in space come near in time? Knox (1964) test and near repeat bands.

Pairs of events closer than a distance and closer than a span of days are counted and compared with what the same places
and the same dates give when dates are shuffled (Knox, Applied Statistics 13:25, 1964; Mantel 1967; bands as in Townsley,
Homel, Chaseling 2003). Expected: pairs near in space times pairs near in time over all pairs. Only pairs within the largest
distance are kept, so the work grows with near pairs and not with all.

Not for places known only by their region: events at one centre point are near one another by construction.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from constat.analysis.clusters import tables
from constat.analysis.clusters.tables import Floats, Ints
from constat.analysis.errors import InputError

FEWEST = 5
ROWS = 256
CHUNK = 4_000_000


@dataclass(frozen=True)
class KnoxCell:
    """One pair of limits. near_space, near_time, both (observed), expected: numbers of pairs.

    p: share of shuffles with at least as many pairs in both. low, high: 2.5 % and 97.5 % of the shuffles.
    From `near_repeat` the limits are bands: more than km_from and up to km, days_from..days.
    """

    km: float
    days: float
    near_space: int
    near_time: int
    observed: int
    expected: float
    ratio: float | None
    low: float
    high: float
    p: float
    km_from: float = 0.0
    days_from: float = 0.0


@dataclass(frozen=True)
class KnoxResult:
    """cells: one per distance and span, in the order asked. left_out: events at places that are not points."""

    n: int
    replicates: int
    seed: int
    cells: tuple[KnoxCell, ...] = ()
    left_out: int = 0
    limit_km: float | None = None
    refused: bool = False
    reason: str = ""


def knox(
    one: Floats, two: Floats, day: Ints, *, km: tuple[float, ...], days: tuple[float, ...], plane: bool = False,
    blur_km: Floats | None = None, limit_km: float | None = None, replicates: int = 999, seed: int = 1,
) -> KnoxResult:  # fmt: skip
    """Knox test for each distance (<= km) and span (<= days).

    one, two: latitude and longitude in degrees, or x and y in km when `plane`; shape (n,). day: whole days, shape (n,).
    blur_km: how far each event may lie from its point; above limit_km (default: the smallest km) it is left out and counted.
    """
    return _test(one, two, day, km, days, plane, blur_km, limit_km, replicates, seed, bands=False)


def near_repeat(
    one: Floats, two: Floats, day: Ints, *, km: tuple[float, ...], days: tuple[float, ...], plane: bool = False,
    blur_km: Floats | None = None, limit_km: float | None = None, replicates: int = 999, seed: int = 1,
) -> KnoxResult:  # fmt: skip
    """The same in bands: pairs between two successive limits, the first band from zero on."""
    return _test(one, two, day, km, days, plane, blur_km, limit_km, replicates, seed, bands=True)


def _test(
    one: Floats, two: Floats, day: Ints, km: tuple[float, ...], days: tuple[float, ...], plane: bool,
    blur_km: Floats | None, limit_km: float | None, replicates: int, seed: int, *, bands: bool,
) -> KnoxResult:  # fmt: skip
    _check(one, two, day, km, days, replicates)
    # In ascending order inside, so that a band is what one limit adds to the one before.
    kms, spans = tuple(sorted(set(km))), tuple(sorted(set(days)))
    limit = kms[0] if limit_km is None else limit_km
    sharp = np.ones(day.size, np.bool_) if blur_km is None else blur_km <= limit
    blank = KnoxResult(
        int(sharp.sum()), replicates, seed, (), int((~sharp).sum()), None if blur_km is None else limit
    )
    one, two, day = one[sharp], two[sharp], day[sharp].astype(np.int64)
    refusal = _refusal(one, two, day, blank)
    if refusal:
        return KnoxResult(
            blank.n, replicates, seed, (), blank.left_out, blank.limit_km, refused=True, reason=refusal
        )
    first, second, ring = _near_pairs(one, two, kms, plane)
    observed = _counts(day[None, :], first, second, ring, kms, spans, bands)[0]
    drawn = _shuffled(day, first, second, ring, kms, spans, bands, replicates, seed)
    in_space = np.bincount(ring, minlength=len(kms))
    in_time = _near_in_time(day, spans)
    if not bands:
        in_space = np.cumsum(in_space)
    else:
        in_time = np.diff(in_time, prepend=0)
    pairs = day.size * (day.size - 1) // 2
    cells = []
    for i in range(len(kms)):
        for j in range(len(spans)):
            expected = float(in_space[i]) * float(in_time[j]) / pairs
            chance = drawn[:, i, j]
            seen = int(observed[i, j])
            low, high = np.quantile(chance, [0.025, 0.975])
            cells.append(
                KnoxCell(
                    kms[i],
                    spans[j],
                    int(in_space[i]),
                    int(in_time[j]),
                    seen,
                    expected,
                    seen / expected if expected > 0 else None,
                    float(low),
                    float(high),
                    (1 + int(np.sum(chance >= seen))) / (replicates + 1),
                    kms[i - 1] if bands and i else 0.0,
                    spans[j - 1] if bands and j else 0.0,
                )
            )
    if not bands:
        order = {(cell.km, cell.days): cell for cell in cells}
        cells = [order[(a, b)] for a in km for b in days]
    return KnoxResult(blank.n, replicates, seed, tuple(cells), blank.left_out, blank.limit_km)


def _check(
    one: Floats, two: Floats, day: Ints, km: tuple[float, ...], days: tuple[float, ...], replicates: int
) -> None:
    if not one.shape == two.shape == day.shape or one.ndim != 1:
        raise InputError("Knox: coordinates and days must be columns of one length.")
    if not (np.all(np.isfinite(one)) and np.all(np.isfinite(two))):
        raise InputError("Knox: a coordinate is missing or not finite.")
    if not km or not days:
        raise InputError("Knox: give one distance and one span of days, or more.")
    for name, values in (("km", km), ("days", days)):
        for value in values:
            if not np.isfinite(value) or value < 0:
                raise InputError(f"Knox: {name} {value:g}: give zero or more.")
    if replicates < 9:
        raise InputError(f"{replicates} replicates cannot give a p-value; ask for 99 or more, 999 as a rule.")


def _refusal(one: Floats, two: Floats, day: Ints, blank: KnoxResult) -> str:
    if day.size < FEWEST:
        away = f" ({blank.left_out} more are at places that are not points)" if blank.left_out else ""
        return f"{day.size} events{away}: fewer than {FEWEST} make too few pairs."
    if np.unique(day).size < 2:
        return "All events are on one day: there are no dates to shuffle."
    if np.unique(np.column_stack([one, two]), axis=0).shape[0] < 2:
        return "All events are at one point: nothing is nearer than anything else."
    return ""


def _near_pairs(one: Floats, two: Floats, kms: tuple[float, ...], plane: bool) -> tuple[Ints, Ints, Ints]:
    """Pairs within the largest distance: (first, second, index of the smallest limit that holds them)."""
    first, second, ring = [], [], []
    limits = np.array(kms)
    for start in range(0, one.size, ROWS):
        stop = min(start + ROWS, one.size)
        away = tables.distance(
            one[start:stop, None], two[start:stop, None], one[None, :], two[None, :], plane
        )
        i, j = np.nonzero(away <= limits[-1])
        keep = j > i + start
        i, j = i[keep], j[keep]
        first.append(i + start)
        second.append(j)
        ring.append(np.searchsorted(limits, away[i, j], side="left"))
    return np.concatenate(first), np.concatenate(second), np.concatenate(ring)


def _counts(
    day: Ints,
    first: Ints,
    second: Ints,
    ring: Ints,
    kms: tuple[float, ...],
    spans: tuple[float, ...],
    bands: bool,
) -> Ints:
    """Pairs near in both, shape (rows of day, distances, spans)."""
    apart = np.abs(day[:, first] - day[:, second])
    column = np.searchsorted(np.array(spans), apart, side="left")
    rows, cells = day.shape[0], len(kms) * (len(spans) + 1)
    key = column + ring * (len(spans) + 1) + (np.arange(rows) * cells)[:, None]
    out = np.bincount(key.ravel(), minlength=rows * cells).reshape(rows, len(kms), len(spans) + 1)[:, :, :-1]
    return np.asarray(out if bands else out.cumsum(axis=1).cumsum(axis=2), np.int64)


def _shuffled(
    day: Ints, first: Ints, second: Ints, ring: Ints, kms: tuple[float, ...], spans: tuple[float, ...], bands: bool,
    replicates: int, seed: int,
) -> Ints:  # fmt: skip
    rng = np.random.default_rng(seed)
    rows = max(1, min(replicates, CHUNK // max(first.size, 1)))
    parts: list[Any] = []
    for start in range(0, replicates, rows):
        some = np.broadcast_to(day, (min(rows, replicates - start), day.size))
        parts.append(_counts(rng.permuted(some, axis=1), first, second, ring, kms, spans, bands))
    return np.concatenate(parts)


def _near_in_time(day: Ints, spans: tuple[float, ...]) -> Ints:
    """Pairs of events within each span, from the sorted days."""
    order = np.sort(day)
    reach = [np.searchsorted(order, order + span, side="right") for span in spans]
    return np.array([int(np.sum(upto - np.arange(day.size) - 1)) for upto in reach], np.int64)
