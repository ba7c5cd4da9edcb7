"""Months and quarters as they are named ("2026-10", "2026-Q3") and as moments. Days begin at midnight of the node's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from constat.apps.publication.composed import PublicationError


class UnknownPeriod(PublicationError):
    """A month is written 2026-10, a quarter 2026-Q3."""


@dataclass(frozen=True, slots=True)
class Span:
    """`first` and `after`: the first day, and the first day that no longer belongs."""

    code: str
    first: date
    after: date

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.after)

    @property
    def last(self) -> date:
        return date.fromordinal(self.after.toordinal() - 1)


def midnight(day: date) -> datetime:
    """The moment the day begins where the node stands."""
    return timezone.make_aware(datetime.combine(day, time()))


def month(code: str) -> Span:
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", code)
    if match is None:
        raise UnknownPeriod(_("Write the month as 2026-10, not %(code)s.") % {"code": code})
    return _span(code, int(match[1]), int(match[2]), 1)


def quarter(code: str) -> Span:
    match = re.fullmatch(r"(\d{4})-Q([1-4])", code)
    if match is None:
        raise UnknownPeriod(_("Write the quarter as 2026-Q3, not %(code)s.") % {"code": code})
    return _span(code, int(match[1]), int(match[2]) * 3 - 2, 3)


def before(quarter_: Span) -> Span:
    last = date.fromordinal(quarter_.first.toordinal() - 1)
    return quarter(f"{last.year}-Q{(last.month + 2) // 3}")


def _span(code: str, year: int, first_month: int, months: int) -> Span:
    ends = first_month - 1 + months
    return Span(code, date(year, first_month, 1), date(year + ends // 12, ends % 12 + 1, 1))
