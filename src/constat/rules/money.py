"""Money: a decimal amount of an ISO 4217 currency, never a binary fraction; a rate has a date, or it is no rate.

Rounding rule, stated once: halves are rounded away from zero, to the smallest unit of the currency (`currency.toml`).
What is divided among several is rounded so that the parts sum to the whole: the largest remainders take the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary

# A rate older than this tells of another market. A default of the product, to be set by each mission.
RATE_DAYS = 31


class MoneyError(RuleError):
    """The tree of this module."""


class NotExact(MoneyError):
    """A binary fraction, something that is no number, or more decimals than the currency has."""


class MixedCurrencies(MoneyError):
    """Two currencies cannot be added or compared: convert one, with a rate and its day."""


class RateUnfit(MoneyError):
    """A rate that is not above zero, not for these currencies, from after the day, or too old for it."""


def digits(currency: str) -> int:
    """Decimals of that currency: 2 for USD, 0 for XOF."""
    return int(vocabulary("currency")[currency].extra["digits"])


@dataclass(frozen=True, order=False)
class Money:
    """`amount`: Decimal with no more decimals than the currency has. May be negative (an adjustment)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        places = digits(self.currency)
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise NotExact("money_not_exact", value=self.amount, currency=self.currency, digits=places)
        rounded = self.amount.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)
        if rounded != self.amount:
            raise NotExact("money_not_exact", value=self.amount, currency=self.currency, digits=places)
        object.__setattr__(self, "amount", rounded + 0)  # 2.5 and 2.50 are one amount; no negative zero

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise MixedCurrencies("mixed_currencies", first=self.currency, second=other.currency)
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def zero(currency: str) -> Money:
    return Money(Decimal(0), currency)


def rounded(amount: Decimal | Fraction, currency: str) -> Money:
    """The nearest amount the currency knows; halves away from zero."""
    places = digits(currency)
    scaled = Fraction(amount) * 10**places
    whole = int((abs(scaled) + Fraction(1, 2)).__floor__())
    return Money(Decimal(whole if scaled >= 0 else -whole).scaleb(-places), currency)


def times(price: Money, quantity: Decimal) -> Money:
    """So many at that price each."""
    return rounded(Fraction(price.amount) * Fraction(quantity), price.currency)


@dataclass(frozen=True)
class Rate:
    """One `base` is worth `value` of `quote`, as noted on the day `on`."""

    base: str
    quote: str
    value: Decimal
    on: date

    def __post_init__(self) -> None:
        digits(self.base), digits(self.quote)
        if not isinstance(self.value, Decimal) or not self.value.is_finite() or self.value <= 0:
            raise RateUnfit("rate_not_positive", base=self.base, quote=self.quote)


def convert(money: Money, currency: str, rate: Rate | None, on: date) -> Money:
    """`money` in `currency` on that day. Within one currency no rate is asked."""
    if money.currency == currency:
        return money
    if rate is None or {rate.base, rate.quote} != {money.currency, currency}:
        raise RateUnfit("rate_missing", base=money.currency, quote=currency)
    if not 0 <= (on - rate.on).days <= RATE_DAYS:
        raise RateUnfit("rate_too_old", base=money.currency, quote=currency, on=rate.on, days=RATE_DAYS)
    factor = Fraction(rate.value) if rate.base == money.currency else 1 / Fraction(rate.value)
    return rounded(Fraction(money.amount) * factor, currency)


def divided(money: Money, shares: Sequence[Fraction]) -> list[Money]:
    """`money` in parts of these shares, which sum to one; the parts sum to `money` to the last unit."""
    places = digits(money.currency)
    units = int(money.amount.scaleb(places))
    exact = [units * share for share in shares]
    parts = [part.__floor__() for part in exact]
    order = sorted(range(len(shares)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: units - sum(parts)]:
        parts[at] += 1
    return [Money(Decimal(part).scaleb(-places), money.currency) for part in parts]


def mean(total: Decimal, n: int, step: Decimal = Decimal("0.01")) -> Decimal:
    """The mean of `n` amounts that sum to `total`, halves rounded away from zero to a multiple of `step`."""
    share = Fraction(total) / n / Fraction(step)
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal(1), ROUND_HALF_UP) * step
