"""Is the same harm answered alike? Amounts by class of harm: median, spread, number, and the offers that stand out, named.

The rule, stated so that whoever is named can check it by hand. An amount stands out when
  band    it lies outside the band in force when it was proposed (explained or not: the page says which);
  factor  it is more than twice the median, or less than half of it;
  spread  with at least five amounts, it is further from the median than 3.5 scaled median absolute deviations;
  ends    with fewer than five amounts, it is the highest or the lowest and the highest is more than twice the lowest.
The first two and the last hold for two or three amounts, where no statistic can; the third finds what hides in a large class.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from constat.rules.speech import RuleError

FACTOR = 2
ENOUGH = 5
LIMIT = Fraction(7, 2)
SCALE = Fraction(14826, 10000)  # makes the deviation comparable with a standard deviation


class NothingToCompare(RuleError):
    """A class without an amount."""


@dataclass(frozen=True)
class Amount:
    """One offer. `position`: within, below, above, no_band. `explained`: its deviation has a written reason."""

    offer: str
    value: Decimal
    position: str = "no_band"
    explained: bool = False
    region: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Outlier:
    amount: Amount
    reasons: tuple[str, ...]  # band, factor, spread, ends


@dataclass(frozen=True)
class Comparison:
    """One class in one currency. `mad`: median absolute deviation, not scaled. `ratio`: highest to lowest."""

    n: int
    total: Decimal
    median: Decimal
    lowest: Decimal
    highest: Decimal
    mad: Decimal
    ratio: Decimal | None
    outliers: tuple[Outlier, ...]


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle one; between the two middle ones where there are two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def compare(amounts: Iterable[Amount]) -> Comparison:
    """The class as a whole. A class is made by its first amount: none at all raises NothingToCompare."""
    rows = sorted(amounts, key=lambda row: (row.value, row.offer))
    if not rows:
        raise NothingToCompare("nothing_to_compare")
    values = [row.value for row in rows]
    middle = median(values)
    mad = median([abs(value - middle) for value in values])
    lowest, highest = values[0], values[-1]
    ends = {lowest, highest} if 1 < len(values) < ENOUGH and highest > FACTOR * lowest else set()
    outliers = []
    for row in rows:
        reasons = _reasons(row, middle, mad, len(values))
        if row.value in ends:
            reasons.append("ends")
        if reasons:
            outliers.append(Outlier(row, tuple(reasons)))
    ratio = (highest / lowest).quantize(Decimal("0.1")) if lowest else None
    return Comparison(
        n=len(rows),
        total=sum(values, Decimal(0)),
        median=middle,
        lowest=lowest,
        highest=highest,
        mad=mad,
        ratio=ratio,
        outliers=tuple(outliers),
    )


def _reasons(row: Amount, middle: Decimal, mad: Decimal, n: int) -> list[str]:
    found = []
    if row.position in ("below", "above"):
        found.append("band")
    if row.value > FACTOR * middle or FACTOR * row.value < middle:
        found.append("factor")
    # With a deviation of zero (most amounts equal) the smallest difference would stand out: the other rules see to it.
    if n >= ENOUGH and mad and abs(row.value - middle) > LIMIT * SCALE * Fraction(mad):
        found.append("spread")
    return found
