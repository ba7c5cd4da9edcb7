"""The queue as a statement counts it: what opens, answers, reopens a report, and that the five figures agree."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.queue import (
    CLOSED,
    NEW,
    REOPENED,
    RESTATED,
    Balance,
    Correction,
    Entry,
    Finding,
    NegativeCount,
    QueueUnbalanced,
    Tie,
    answer,
    balance,
    changes,
    corrections,
    figures,
)

START = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def kinds(entry):
    return [(one.kind, one.reason) for one in changes(entry)]


def test_a_report_is_open_until_something_answers_it():
    assert kinds(Entry("R", day(1))) == [(NEW, "")]
    own = Entry("R", day(1), (Finding(day(3), "insufficient_evidence"),))
    assert kinds(own) == [(NEW, ""), (CLOSED, "insufficient_evidence")]
    assert (answer(own, day(2)), answer(own, day(3))) == ("", "insufficient_evidence")


def test_a_copy_is_answered_by_its_tie_and_opens_again_when_it_is_cut():
    entry = Entry("R", day(1), ties=(Tie(day(2), until=day(5), duplicate=True),))
    assert kinds(entry) == [(NEW, ""), (CLOSED, "duplicate"), (REOPENED, "")]


def test_a_report_on_two_incidents_waits_for_both():
    first, second = Finding(day(3), "insufficient_evidence"), Finding(day(6), "credible")
    entry = Entry(
        "R", day(1), ties=(Tie(day(2), (first,)), Tie(day(2), (second,)), Tie(day(2), duplicate=True))
    )
    assert kinds(entry) == [(NEW, ""), (CLOSED, "credible")]
    assert changes(entry)[-1].at == day(6)


def test_a_reopened_finding_opens_the_report_and_a_second_one_answers_it():
    entry = Entry("R", day(1), ties=(Tie(day(2), (Finding(day(3), "no_own_operation", day(5)), Finding(day(9), "credible"))),))  # fmt: skip
    assert kinds(entry) == [(NEW, ""), (CLOSED, "no_own_operation"), (REOPENED, ""), (CLOSED, "credible")]


def test_another_finding_without_reopening_is_a_restatement_and_no_second_closing():
    entry = Entry("R", day(1), ties=(Tie(day(2), (Finding(day(3), "insufficient_evidence"), Finding(day(5), "credible"))),))  # fmt: skip
    assert kinds(entry) == [(NEW, ""), (CLOSED, "insufficient_evidence"), (RESTATED, "credible")]
    assert changes(entry)[-1].before == "insufficient_evidence"
    sheet, moved = balance([entry], START, END)
    assert (sheet.closed, sheet.open, len(moved)) == ({"insufficient_evidence": 1}, 0, 3)


def test_filed_after_its_case_was_decided_keeps_what_the_case_found():
    tie = Tie(day(2), (Finding(day(3), "credible"),))
    assert kinds(Entry("R", day(1), (Finding(day(5), "set_aside"),), (tie,)))[1:] == [(CLOSED, "credible")]
    assert kinds(Entry("R", day(1), (Finding(day(5), "set_aside"),), (Tie(day(2)),)))[1:] == [
        (CLOSED, "set_aside")
    ]
    assert kinds(Entry("R", day(1), (Finding(day(5), "duplicate"),), (tie,)))[1:] == [
        (CLOSED, "credible"),
        (RESTATED, "duplicate"),
    ]


def test_answered_before_it_came_counts_as_answered_on_receipt():
    entry = Entry("R", day(4), (Finding(day(2), "duplicate"),))
    assert [(one.at, one.kind) for one in changes(entry)] == [(day(4), NEW), (day(4), CLOSED)]


def test_the_edges_of_a_month():
    entries = [
        Entry("before", day(-1)),
        Entry("first moment", START),
        Entry("last moment", END),
        Entry("answered on the edge", day(-3), (Finding(START, "duplicate"),)),
    ]
    sheet, moved = balance(entries, START, END)
    assert (sheet.carried, sheet.new, sheet.reopened, sheet.closed, sheet.open) == (
        2,
        1,
        0,
        {"duplicate": 1},
        2,
    )
    assert [one.key for one in moved] == ["answered on the edge", "first moment"]


def test_five_figures_that_disagree_cannot_be_made():
    with pytest.raises(QueueUnbalanced) as error:
        Balance(43, 27, 0, {"credible": 9, "insufficient_evidence": 17}, 42)
    assert error.value.facts["difference"] == -2
    assert "43" in error.value.say("fr")
    with pytest.raises(NegativeCount):
        Balance(1, -1, 0, {}, 0)


def test_closings_by_finding_count_finer_reasons_once():
    sheet = Balance(5, 0, 0, {"credible": 1, "no_own_operation": 1, "no_civilian_harm": 1}, 2)
    assert sheet.by_finding == {"credible": 1, "not_enough_evidence": 2, "duplicate": 0, "set_aside": 0}


def test_a_figure_that_changed_is_a_correction_and_one_that_vanished_too():
    now = figures(Balance(3, 1, 0, {"credible": 1}, 3), "2026-09 ")
    assert corrections(now, now) == ()
    published = now | {"2026-09 open": 4, "2026-09 closed.duplicate": 2}
    found = corrections(published, now)
    assert found == (Correction("2026-09 open", 4, 3), Correction("2026-09 closed.duplicate", 2, 0))
    assert [one.difference for one in found] == [-1, -2]


moments = st.integers(-40, 60).map(day)
reasons = st.sampled_from(["credible", "insufficient_evidence", "duplicate", "set_aside"])


@st.composite
def findings(draw):
    at = draw(moments)
    return Finding(
        at, draw(reasons), draw(st.none() | st.integers(1, 30).map(lambda n: at + timedelta(days=n)))
    )


@st.composite
def ties(draw):
    at = draw(moments)
    until = draw(st.none() | st.integers(1, 30).map(lambda n: at + timedelta(days=n)))
    return Tie(at, tuple(draw(st.lists(findings(), max_size=2))), until, draw(st.booleans()))


entries = st.builds(
    Entry,
    key=st.just("R"),
    received=moments,
    findings=st.lists(findings(), max_size=2).map(tuple),
    ties=st.lists(ties(), max_size=3).map(tuple),
)


@given(st.lists(entries, max_size=12))
def test_open_is_carried_and_new_and_reopened_less_closed_for_any_history(history):
    """Invariant 4, and month after month: what one leaves open the next carries over."""
    months = [(START - timedelta(days=31), START), (START, END), (END, END + timedelta(days=30))]
    sheets = [balance(history, start, end)[0] for start, end in months]
    for earlier, later in pairwise(sheets):
        assert earlier.open == later.carried
    # The order in which reports are read changes nothing.
    assert balance(list(reversed(history)), START, END)[0] == sheets[1]
