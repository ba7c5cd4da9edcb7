"""Two periods, units or tactics compared stratum by stratum, and the warning when the total misleads.

A falling total can hide that nothing fell: when operations move from a dangerous kind to a safe kind, each kind may harm as
often as before, or more often, while the whole looks better (Simpson's paradox; for coalition-caused casualties in
Afghanistan see Shortland, Nader and Sari 2019: air against ground). So the ratio within strata (Mantel-Haenszel, Greenland
and Robins 1985), and rates standardised to one mix of operations (interval: Fay and Feuer 1997), stand beside the crude one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constat.analysis.errors import InputError
from constat.analysis.rates.estimate import Rate, Ratio, rate, ratio

CLEAR = 1.1


@dataclass(frozen=True)
class Cell:
    """Events and exposure of one group (period, unit) in one stratum (tactic, region)."""

    group: str
    stratum: str
    events: float
    exposure: float


@dataclass(frozen=True)
class StratumRatio:
    stratum: str
    ratio: Ratio


@dataclass(frozen=True)
class Comparison:
    """group against reference. crude: of the totals. adjusted: within strata. standardised: rates with the mix of both.

    heterogeneity_p: small when the strata disagree about the ratio, so that one adjusted figure hides a difference.
    warnings: (code, sentence); codes: simpson-reversal, simpson-composition, strata-differ, stratum-without-exposure.
    """

    group: str
    reference: str
    crude: Ratio
    adjusted: Ratio | None
    strata: tuple[StratumRatio, ...]
    standardised: tuple[Rate, ...]
    heterogeneity_p: float | None
    warnings: tuple[tuple[str, str], ...]


def compare(cells: Sequence[Cell], group: str, reference: str, *, level: float = 0.95) -> Comparison:
    """group over reference, crude and within strata. Cells of one group and stratum are added up."""
    tables = _tables(cells, group, reference)
    mine, other = (np.array([tables[s][i] for s in tables], float) for i in (0, 1))
    crude = ratio(*mine.sum(axis=0), *other.sum(axis=0), level=level)
    each = tuple(StratumRatio(s, ratio(*tables[s][0], *tables[s][1], level=level)) for s in tables)
    usable = (mine[:, 1] > 0) & (other[:, 1] > 0)
    adjusted = mantel_haenszel(mine[usable], other[usable], level=level) if len(tables) > 1 else None
    weights = mine[:, 1] + other[:, 1]
    standard = ()
    if len(tables) > 1 and usable.any():
        standard = tuple(standardised(side[usable], weights[usable], level=level) for side in (mine, other))  # type: ignore[assignment]
    p = _heterogeneity(mine[usable], other[usable], adjusted)
    warnings = _warnings(
        crude, adjusted, each, p, [s for s, ok in zip(tables, usable, strict=True) if not ok]
    )
    return Comparison(group, reference, crude, adjusted, each, standard, p, warnings)


def _tables(
    cells: Sequence[Cell], group: str, reference: str
) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
    names = {cell.group for cell in cells}
    for wanted in (group, reference):
        if wanted not in names:
            raise InputError(f"There is no group {wanted!r}; the groups are {', '.join(sorted(names))}.")
    out: dict[str, list[list[float]]] = {}
    for cell in cells:
        side = {group: 0, reference: 1}.get(cell.group)
        if side is None:
            continue
        sums = out.setdefault(cell.stratum, [[0.0, 0.0], [0.0, 0.0]])
        sums[side][0] += cell.events
        sums[side][1] += cell.exposure
    return {s: ((a[0], a[1]), (b[0], b[1])) for s, (a, b) in out.items()}


def mantel_haenszel(mine: np.ndarray, other: np.ndarray, *, level: float = 0.95) -> Ratio | None:
    """Common ratio over strata. mine, other: (strata, 2) events and exposure, exposure above 0."""
    from scipy.stats import norm

    total = mine[:, 1] + other[:, 1]
    top = float(np.sum(mine[:, 0] * other[:, 1] / total))
    bottom = float(np.sum(other[:, 0] * mine[:, 1] / total))
    if not total.size or top <= 0 or bottom <= 0:
        return None
    value = top / bottom
    seen = mine[:, 0] + other[:, 0]
    variance = float(np.sum(seen * mine[:, 1] * other[:, 1] / total**2)) / (top * bottom)
    expected = float(np.sum(seen * mine[:, 1] / total))
    spread = float(np.sum(seen * mine[:, 1] * other[:, 1] / total**2))
    z = float(norm.ppf(0.5 + level / 2))
    p = float(2 * norm.sf(abs(mine[:, 0].sum() - expected) / np.sqrt(spread)))
    half = z * np.sqrt(variance)
    return Ratio(value, value * np.exp(-half), value * np.exp(half), p, "mantel-haenszel", level)


def standardised(side: np.ndarray, weights: np.ndarray, *, level: float = 0.95) -> Rate:
    """Rate the side would have with the given mix of exposure: gamma interval of Fay and Feuer.

    side: (strata, 2) events and exposure above 0; weights: (strata,) exposure of the standard.
    """
    from scipy.stats import chi2

    share = weights / weights.sum() / side[:, 1]
    value = float(np.sum(share * side[:, 0]))
    variance = float(np.sum(share**2 * side[:, 0]))
    widest = float(share.max())
    tail = (1 - level) / 2
    low = 0.0 if value == 0 else variance / (2 * value) * float(chi2.ppf(tail, 2 * value**2 / variance))
    shifted, spread = value + widest, variance + widest**2
    high = spread / (2 * shifted) * float(chi2.isf(tail, 2 * shifted**2 / spread))
    return Rate(float(side[:, 0].sum()), float(side[:, 1].sum()), value, low, high, "standardised", level)


def _heterogeneity(mine: np.ndarray, other: np.ndarray, adjusted: Ratio | None) -> float | None:
    """Likelihood ratio test that one ratio fits all strata."""
    from scipy.stats import chi2

    if adjusted is None or adjusted.value is None or mine.shape[0] < 2:
        return None
    seen = mine[:, 0] + other[:, 0]
    some = seen > 0
    if some.sum() < 2:
        return None
    expected = seen * mine[:, 1] * adjusted.value / (mine[:, 1] * adjusted.value + other[:, 1])
    rest = seen - expected

    def part(x: np.ndarray, e: np.ndarray) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.sum(np.where(x > 0, x * np.log(x / e), 0.0)))

    deviance = 2 * (part(mine[some, 0], expected[some]) + part(other[some, 0], rest[some]))
    return float(chi2.sf(max(deviance, 0.0), int(some.sum()) - 1))


def _warnings(
    crude: Ratio, adjusted: Ratio | None, each: Sequence[StratumRatio], p: float | None, empty: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    out = []
    for name in empty:
        sentence = f"Stratum {name}: no exposure on one side; it cannot be compared and is left out of the adjusted ratio."
        out.append(("stratum-without-exposure", sentence))
    if adjusted is not None and crude.value is not None and adjusted.value is not None:
        out.extend(_simpson(crude, crude.value, adjusted, adjusted.value, each))
    if p is not None and p < 0.05:
        out.append(("strata-differ", "The strata disagree about the ratio: read them one by one."))
    return tuple(out)


def _simpson(
    crude: Ratio, whole: float, adjusted: Ratio, within: float, each: Sequence[StratumRatio]
) -> list[tuple[str, str]]:
    known = [s.ratio.value for s in each if s.ratio.value is not None]
    opposed = bool(known) and (all(v > 1 for v in known) if whole < 1 else all(v < 1 for v in known))
    if (whole - 1) * (within - 1) < 0 and (opposed or max(whole, 1 / whole, within, 1 / within) >= CLEAR):
        way = "fell" if whole < 1 else "rose"
        inside = "rose" if within > 1 else "fell"
        return [
            (
                "simpson-reversal",
                f"The total rate {way} (ratio {whole:.2f}) while within strata it {inside} (ratio {within:.2f}): the mix "
                "of operations changed. Do not report the total as an improvement or a worsening.",
            )
        ]
    if _excludes_one(crude) and not _excludes_one(adjusted):
        return [
            (
                "simpson-composition",
                f"The total rate changed (ratio {whole:.2f}) but within strata no change is shown (ratio {within:.2f}): "
                "the mix of operations explains it.",
            )
        ]
    return []


def _excludes_one(found: Ratio) -> bool:
    return (found.low is not None and found.low > 1) or (found.high is not None and found.high < 1)


__all__ = ["Cell", "Comparison", "StratumRatio", "compare", "mantel_haenszel", "rate", "standardised"]
