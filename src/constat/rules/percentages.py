"""Percentages as they are printed: exact arithmetic, halves rounded away from zero, the rest stated."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from constat.rules.speech import RuleError


class NoDenominator(RuleError):
    """A percentage of nothing was asked."""


def _percent(value: Fraction, decimals: int) -> Decimal:
    # A fraction keeps 0.125 from becoming 0.12499: a printed figure must be the one a reader computes by hand.
    scaled = value * 100 * 10**decimals
    whole = (Decimal(scaled.numerator) / Decimal(scaled.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    return whole.scaleb(-decimals)


def share(part: int, whole: int, decimals: int = 0) -> Decimal:
    """`part` as a percentage of `whole`."""
    if whole == 0:
        raise NoDenominator("no_denominator", part=part)
    return _percent(Fraction(part, whole), decimals)


def percent_change(before: int, after: int, decimals: int = 0) -> Decimal:
    """From `before` to `after`, in percent. From nothing there is no percentage: say both counts instead."""
    if before == 0:
        raise NoDenominator("no_denominator", part=after)
    return _percent(Fraction(after - before, before), decimals)


def rounding_residual(percentages: Iterable[Decimal | int]) -> Decimal:
    """What is missing to 100 (negative: too much), to print under a table of rounded shares."""
    return Decimal(100) - sum((Decimal(value) for value in percentages), Decimal(0))
