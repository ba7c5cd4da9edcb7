"""In which reporting period harm is counted when it is verified late.

Practice of the monitoring and reporting mechanism on children: an incident verified after the report of its
own period was closed is counted in the period of its verification, marked late, and never in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from constat.rules.speech import RuleError


class PeriodsOverlap(RuleError):
    """Two reporting periods share a day: harm could be counted twice."""


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both days included."""

    code: str
    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True)
class Placement:
    """Where one incident is counted. `late`: verified after its own period; printed on a line apart."""

    period: Period
    late: bool


def place(occurred: date, verified: date | None, periods: Sequence[Period]) -> Placement | None:
    """The one period an incident is counted in; None while unverified or outside every period."""
    check_periods(periods)
    if verified is None:
        return None
    for period in periods:
        if max(occurred, verified) in period:
            return Placement(period, late=occurred < period.start)
    return None


def check_periods(periods: Sequence[Period]) -> None:
    ordered = sorted(periods, key=lambda period: period.start)
    for earlier, later in pairwise(ordered):
        if later.start <= earlier.end:
            raise PeriodsOverlap("periods_overlap", first=earlier.code, second=later.code)
