"""Clocks: later never means earlier, paused time is accounted for, broken one second after it is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.deadlines import ClockState, Pause, clock, due, reading
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)

moments = st.integers(-5 * 24 * 60, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
clocks = st.sampled_from(list(vocabulary("clock"))).map(clock)


@st.composite
def pauses(draw):
    start, end = sorted(draw(st.tuples(moments, moments)))
    return Pause(
        start, draw(st.sampled_from([end, None])), draw(st.sampled_from(list(vocabulary("pause_reason"))))
    )


@given(clocks, st.lists(pauses(), max_size=4), moments, moments)
def test_a_later_look_never_brings_the_deadline_forward(timer, stops, one, other):
    early, late = sorted((one, other))
    assert due(START, timer, stops, early) <= due(START, timer, stops, late)


@given(clocks, st.lists(pauses(), max_size=4), pauses(), moments)
def test_one_more_pause_never_brings_the_deadline_forward(timer, stops, more, now):
    assert due(START, timer, stops, now) <= due(START, timer, [*stops, more], now)


@given(clocks, st.lists(pauses(), max_size=4), moments, st.randoms(use_true_random=False))
def test_the_order_of_the_pauses_does_not_matter(timer, stops, now, random):
    shuffled = list(stops)
    random.shuffle(shuffled)
    assert reading(START, timer, shuffled, now) == reading(START, timer, stops, now)


@given(clocks, st.lists(pauses(), max_size=4), moments)
def test_every_minute_is_either_worked_or_paused(timer, stops, now):
    found = reading(START, timer, stops, now)
    assert found.elapsed + found.paused == max(now - START, timedelta(0))
    assert found.elapsed >= timedelta(0)
    assert START + timer.limit <= found.due <= START + timer.limit + found.paused
    assert found.remaining == found.due - now
    assert (found.state is ClockState.OVERDUE) is (now > found.due)


@given(clocks, st.lists(pauses(), max_size=4), moments)
def test_pausing_twice_at_once_counts_once(timer, stops, now):
    assert reading(START, timer, stops, now) == reading(START, timer, stops * 2, now)


@given(clocks)
def test_it_breaks_at_the_next_second(timer):
    end = START + timer.limit
    assert reading(START, timer, [], end).state is ClockState.DUE_SOON
    assert reading(START, timer, [], end + SECOND).state is ClockState.OVERDUE


@given(clocks, moments, moments)
def test_what_was_finished_in_time_stays_in_time(timer, finished, now):
    found = reading(START, timer, [], now, finished=finished)
    assert found == reading(START, timer, [], min(now, finished))
