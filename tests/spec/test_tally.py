"""Ranges, totals, sums and percentages, row by row of tally.md (published figures among them)."""

from datetime import date
from decimal import Decimal

import pytest

from constat.rules.percentages import percent_change, rounding_residual, share
from constat.rules.periods import Period, PeriodsOverlap, check_periods, place
from constat.rules.tally import (
    InvalidRange,
    QueueBalance,
    Range,
    check_components,
    queue_agrees,
    reconcile,
    total,
)
from tests.spec.table import number, rows, ticked, titles, words

pytestmark = [pytest.mark.onedb, pytest.mark.golden]

TOTALS = rows("tally.md", "Totals")
REFUSED = rows("tally.md", "Ranges refused")
SUMS = rows("tally.md", "Rows whose parts do not add up")
PERCENT = rows("tally.md", "Percentages")
QUEUES = rows("tally.md", "Queues")
PERSONS = rows("tally.md", "Persons against totals")
LATE = rows("tally.md", "Harm verified late")
QUARTERS = (
    Period("Q1", date(2025, 1, 1), date(2025, 3, 31)),
    Period("Q2", date(2025, 4, 1), date(2025, 6, 30)),
    Period("Q3", date(2025, 7, 1), date(2025, 9, 30)),
    Period("Q4", date(2025, 10, 1), date(2025, 12, 31)),
)


def figures(text: str) -> tuple[int | None, int | None, int | None]:
    least, best, most = text.split("/")
    return number(least), number(best), None if most == "+" else number(most)


@pytest.mark.parametrize("row", TOTALS, ids=titles(TOTALS))
def test_total(row):
    found = total(Range(*figures(text)) for text in words(row["ranges"], ";"))
    assert (found.min, found.best, found.max) == figures(row["total"])
    assert (found.n, found.n_best_unknown, found.n_max_open) == tuple(
        int(row[name]) for name in ("lines", "best unknown", "open-ended")
    )


@pytest.mark.parametrize("row", REFUSED, ids=titles(REFUSED))
def test_range_refused(row):
    with pytest.raises(InvalidRange) as refusal:
        Range(*figures(row["range"]))
    assert row["sentence contains"] in str(refusal.value)
    assert refusal.value.facts["field"] in ("min", "best", "max")


@pytest.mark.parametrize("row", SUMS, ids=titles(SUMS))
def test_components(row):
    parts = {str(place): number(part) for place, part in enumerate(words(row["parts"]))}
    found = check_components(int(row["total"]), parts)
    assert (found.agrees, found.difference) == (ticked(row["agrees"]), int(row["difference"]))


@pytest.mark.parametrize("row", PERCENT, ids=titles(PERCENT))
def test_percentage(row):
    if row["of"] == "share":
        part, whole = map(int, row["is"].split(" of "))
        assert share(part, whole, int(row["decimals"])) == Decimal(row["answer"])
    else:
        before, after = map(int, row["is"].split(" to "))
        assert percent_change(before, after, int(row["decimals"])) == Decimal(row["answer"])


def test_rounding_residual_of_a_published_table():
    """Tactics of the half year 2018: 29, 28, 17, 9, 7 and 5 percent leave 5 percent to say."""
    assert rounding_residual([29, 28, 17, 9, 7, 5]) == 5


@pytest.mark.parametrize("row", QUEUES, ids=titles(QUEUES))
def test_queue(row):
    balance = QueueBalance(*(int(row[name]) for name in ("carried", "new", "reopened", "closed")))
    by_reason = [int(n) for n in words(row["by reason"])]
    assert queue_agrees(balance, int(row["open"]), by_reason) is ticked(row["agrees"])


@pytest.mark.parametrize("row", PERSONS, ids=titles(PERSONS))
def test_persons_against_totals(row):
    stated = {} if row["stated"] == "-" else {"death": Range(*figures(row["stated"]))}
    silent = reconcile({"death": int(row["listed"])}, stated)
    assert silent.differences[0].kind == row["answer"]
    assert silent.settled is (row["answer"] == "agrees")
    assert reconcile({"death": int(row["listed"])}, stated, {"death": "two bodies not recovered"}).settled


@pytest.mark.parametrize("row", LATE, ids=titles(LATE))
def test_harm_verified_late(row):
    verified = None if row["verified"] == "-" else date.fromisoformat(row["verified"])
    found = place(date.fromisoformat(row["occurred"]), verified, QUARTERS)
    assert (found.period.code if found else "-", bool(found and found.late)) == (
        row["counted in"],
        ticked(row["late"]),
    )


def test_one_day_in_two_periods_is_one_too_many():
    check_periods(QUARTERS)
    touching = Period("again", date(2025, 12, 31), date(2026, 1, 31))
    with pytest.raises(PeriodsOverlap):
        check_periods((*QUARTERS, touching))
