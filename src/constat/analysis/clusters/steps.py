"""The study period cut into steps."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from constat.analysis.clusters import tables
from constat.analysis.clusters.tables import Ints


@dataclass(frozen=True)
class Calendar:
    """Study period cut into steps of equal nature. edges: day numbers, steps + 1; step i is edges[i] .. edges[i+1] - 1."""

    edges: Ints
    unit: str
    label: str

    @property
    def steps(self) -> int:
        return self.edges.size - 1

    def step_of(self, days: Ints) -> Ints:
        return np.asarray(np.searchsorted(self.edges, days, side="right") - 1, np.int64)


def calendar(unit: tables.Unit, step_days: int, first: int, last: int) -> Calendar:
    """Steps of whole years or months, or of step_days days counted back from the last day (the first may be shorter)."""
    if unit == "none":
        return Calendar(np.array([0, 1], np.int64), unit, "one period")
    if unit == "day":
        count = -(-(last - first + 1) // step_days)
        edges = last + 1 - step_days * np.arange(count, -1, -1)
        edges[0] = max(edges[0], first)
        return Calendar(edges.astype(np.int64), unit, "1 day" if step_days == 1 else f"{step_days} days")
    begin, end = tables.to_date(first), tables.to_date(last)
    if unit == "year":
        marks = [date(year, 1, 1) for year in range(begin.year, end.year + 2)]
    else:
        months = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month + 1)
        marks = [date(m // 12, m % 12 + 1, 1) for m in months]
    return Calendar(np.array([tables.day_number(mark) for mark in marks], np.int64), unit, f"1 {unit}")
