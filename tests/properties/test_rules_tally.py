"""Invariants 1, 2, 3, 4, 13 and 20: counting loses nothing, invents nothing, counts nothing twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.periods import Period, PeriodsOverlap, place
from constat.rules.tally import (
    DIMENSIONS,
    NOTHING,
    UNKNOWN,
    InvalidRange,
    Line,
    MixedUnits,
    QueueBalance,
    Range,
    check_components,
    counts,
    disaggregation_fits,
    reconcile,
    roll_up,
    total,
)
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb
counted = st.integers(min_value=0, max_value=10_000)


@st.composite
def ranges(draw):
    least, best, most = sorted(draw(st.tuples(counted, counted, counted)))
    return Range(least, draw(st.sampled_from([best, None])), draw(st.sampled_from([most, None])))


def codes(name):
    return st.sampled_from(list(vocabulary(name)))


lines = st.builds(
    Line,
    harm=codes("harm"),
    range=ranges(),
    sex=codes("sex"),
    age_band=codes("age_band"),
    status=codes("person_status"),
)


@given(st.integers(-5, 50), st.none() | st.integers(-5, 50), st.none() | st.integers(-5, 50))
def test_a_range_is_ordered_or_refused(least, best, most):
    """Invariant 1, against a second writing of the rule."""
    known = [figure for figure in (least, best, most) if figure is not None]
    legal = all(figure >= 0 for figure in known) and known == sorted(known)
    if legal:
        made = Range(least, best, most)
        assert (made.min, made.best, made.max) == (least, best, most)
        assert made.open_ended is (most is None)
    else:
        with pytest.raises(InvalidRange):
            Range(least, best, most)


@given(st.lists(ranges()))
def test_a_total_is_ordered_and_unknown_is_not_zero(found):
    """Invariant 1 for totals: min <= best <= max, and no best appears out of nothing."""
    whole = total(found)
    assert Range(whole.min, whole.best, whole.max) == whole.range
    assert whole.n == len(found)
    assert whole.n_best_unknown == sum(one.best is None for one in found)
    assert whole.n_max_open == sum(one.max is None for one in found)
    assert (whole.best is None) is all(one.best is None for one in found)
    assert (whole.max is None) is any(one.max is None for one in found)
    assert whole.min == sum(one.min for one in found)


@given(st.lists(ranges(), max_size=8), st.randoms(use_true_random=False), st.integers(0, 8))
def test_a_total_does_not_depend_on_order_or_on_who_adds_first(found, random, cut):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert total(shuffled) == total(found)
    assert total(found[:cut]) + total(found[cut:]) == total(found)
    assert total(found) + NOTHING == total(found)


@given(st.lists(ranges(), min_size=1))
def test_the_total_of_fully_known_ranges_is_their_sum(found):
    whole = found[0]
    for one in found[1:]:
        whole = whole + one
    assert whole.min == total(found).min
    assert whole.max == total(found).max
    if whole.best is not None:
        assert whole.best == total(found).best


@given(st.lists(lines), st.lists(st.sampled_from([d for d in DIMENSIONS if d != "unit"]), unique=True))
def test_a_roll_up_keeps_every_person_and_the_unknown_bucket(found, dimensions):
    """Invariant 2: nothing is lost by breaking down, and the unknown bucket is always there."""
    table = roll_up(found, *dimensions)
    assert tuple(UNKNOWN for _ in dimensions) in table
    whole = NOTHING
    for part in table.values():
        whole = whole + part
    kept = [one.range for one in found if "harm" in dimensions or counts(one)]
    assert whole == total(kept)


@given(st.lists(lines), st.sampled_from(["age_group", "harm_group"]))
def test_a_group_holds_its_finer_codes(found, group):
    fine = {"age_group": ("age_band", "age_band"), "harm_group": ("harm", "harm")}[group]
    dimension, words = fine[0], vocabulary(fine[1])
    found = [one for one in found if counts(one)]
    grouped = roll_up(found, group)
    for (bucket,), tally in roll_up(found, dimension).items():
        above = (bucket, *words.ancestors(bucket))[-1]
        assert tally.n <= grouped[(above,)].n
    assert all(words[bucket].parent is None for (bucket,) in grouped)


@given(lines, lines)
def test_a_near_miss_enters_no_total_of_harm(line, other):
    near = Line("near_miss", line.range)
    assert roll_up([near, other], "sex") == roll_up([other], "sex")
    assert roll_up([near], "harm")[("near_miss",)].n == 1


def test_persons_and_animals_are_never_added():
    herd = Line("livestock", Range(40, 50, 60), unit="animals")
    person = Line("death", Range(1, 1, 1))
    with pytest.raises(MixedUnits, match="Animals, Persons"):
        roll_up([herd, person], "sex")
    assert roll_up([herd, person], "unit")[("animals",)].best == 50


@given(ranges(), st.lists(ranges(), max_size=6))
def test_a_disaggregation_fits_or_is_flagged(whole, parts):
    """Invariant 2: the minima of the parts never exceed the maximum of the whole."""
    fit = disaggregation_fits(whole, parts)
    assert bool(fit) is (whole.max is None or sum(part.min for part in parts) <= whole.max)


@given(st.lists(ranges(), min_size=1, max_size=6))
def test_parts_always_fit_the_total_made_of_them(parts):
    assert disaggregation_fits(total(parts).range, parts)


@given(
    st.dictionaries(codes("harm"), counted, max_size=4),
    st.dictionaries(codes("harm"), ranges(), max_size=4),
    st.dictionaries(codes("harm"), st.sampled_from(["", "  ", "two not recovered"]), max_size=4),
)
def test_persons_and_totals_reconcile_or_say_why(persons, totals, reasons):
    """Invariant 3."""
    found = reconcile(persons, totals, reasons)
    for one in found.differences:
        inside = (
            one.stated is not None
            and one.stated.min <= one.listed
            and (one.stated.max is None or one.listed <= one.stated.max)
        )
        assert (one.kind == "agrees") is inside
        assert one.settled is (inside or bool(reasons.get(one.harm, "").strip()))
    assert {one.harm for one in found.differences} == persons.keys() | totals.keys()
    assert found.settled is (not found.open)


@given(
    st.lists(st.sampled_from(["new", "reopen", "close"]), max_size=60), st.integers(0, 20), st.integers(0, 60)
)
def test_the_queue_balances_whatever_happens(events, start, cut):
    """Invariant 4, against counting one by one, and over two periods as over one."""

    def period(carried, happened):
        waiting, done, tally = carried, 0, {"new": 0, "reopen": 0, "close": 0}
        for event in happened:
            if (event == "close" and not waiting) or (event == "reopen" and not done):
                continue
            tally[event] += 1
            waiting += -1 if event == "close" else 1
            done += {"close": 1, "reopen": -1, "new": 0}[event]
        return QueueBalance(carried, tally["new"], tally["reopen"], tally["close"]), waiting

    balance, waiting = period(start, events)
    assert balance.open == waiting
    first, between = period(start, events[:cut])
    second, _ = period(between, events[cut:])
    assert second.carried == first.open


@given(counted, st.lists(st.none() | counted, max_size=6))
def test_a_row_that_does_not_add_up_is_flagged(whole, parts):
    """Invariant 20. A missing part is missing, not zero."""
    found = check_components(whole, {str(n): part for n, part in enumerate(parts)})
    known = sum(part for part in parts if part is not None)
    assert found.difference == known - whole
    assert found.agrees is (known <= whole if None in parts else known == whole)


days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
QUARTERS = tuple(
    Period(f"{year}-Q{quarter}", start, (start + timedelta(days=95)).replace(day=1) - timedelta(days=1))
    for year in (2025, 2026)
    for quarter, start in enumerate((date(year, month, 1) for month in (1, 4, 7, 10)), start=1)
)


@given(days, st.none() | days)
def test_harm_verified_late_is_counted_once_in_the_period_of_verification(occurred, verified):
    """Invariant 13."""
    found = place(occurred, verified, QUARTERS)
    if verified is None:
        assert found is None
        return
    assert found is not None
    own = next(period for period in QUARTERS if occurred in period)
    proved = next(period for period in QUARTERS if max(occurred, verified) in period)
    assert found.period == proved
    assert found.late is (proved != own)
    assert sum(max(occurred, verified) in period for period in QUARTERS) == 1


def test_outside_every_period_it_is_not_counted():
    assert place(date(2030, 1, 1), date(2030, 1, 2), QUARTERS) is None


def test_overlapping_periods_are_refused():
    twice = Period("2025-H1", date(2025, 1, 1), date(2025, 6, 30))
    with pytest.raises(PeriodsOverlap, match="share a day"):
        place(date(2025, 2, 1), date(2025, 2, 2), (twice, *QUARTERS))
