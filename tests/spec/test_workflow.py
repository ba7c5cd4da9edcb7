"""The tables of workflow.md against the product: every row exists, every other pair is refused."""

from datetime import UTC, datetime

import pytest

from constat.rules.inquiry import CONDUCT, INQUIRY
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import ALWAYS, INCIDENT, REPORT, IllegalTransition, MissingNeed
from tests.spec.table import rows, words

pytestmark = pytest.mark.onedb

TABLES = {
    "report": (REPORT, rows("workflow.md", "Report")),
    "incident": (INCIDENT, rows("workflow.md", "Incident")),
    "inquiry": (INQUIRY, rows("workflow.md", "Inquiry")),
    "conduct": (CONDUCT, rows("workflow.md", "Conduct")),
}
MOMENT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def supply(row=None, **more):
    """Everything a step may need, so that only the table can refuse."""
    needs = dict.fromkeys(vocabulary("need"), "given")
    return needs | {"at": MOMENT, "previous_state": row["to"] if row else "open"} | more


@pytest.mark.parametrize("name", TABLES)
def test_the_table_is_the_product(name):
    flow, table = TABLES[name]
    written = [
        (r["from"], r["verb"], r["to"], r["permission"], words(r["also needs"]), r["starts the clock"])
        for r in table
    ]
    built = [
        (
            s.source,
            s.verb,
            s.target,
            s.permission.value,
            [n for n in s.needs if n not in ALWAYS],
            s.clock or "-",
        )
        for s in flow.transitions
    ]
    assert built == written


@pytest.mark.parametrize("name", TABLES)
def test_every_row_can_be_taken(name):
    flow, table = TABLES[name]
    for row in table:
        assert flow.check(row["from"], row["verb"], supply(row)).target == row["to"]


@pytest.mark.parametrize("name", TABLES)
def test_every_other_pair_is_refused(name):
    flow, table = TABLES[name]
    legal = {(row["from"], row["verb"]) for row in table}
    refused = 0
    for state in flow.states:
        for verb in vocabulary("verb"):
            if (state, verb) not in legal:
                with pytest.raises(IllegalTransition):
                    flow.check(state, verb, supply())
                refused += 1
    assert refused == len(flow.states) * len(vocabulary("verb")) - len(legal)


@pytest.mark.parametrize("name", TABLES)
def test_walks_to_depth_six_stay_on_the_table(name):
    """Every sequence of verbs, legal or not: the state is always the one the written table gives."""
    flow, table = TABLES[name]
    follow = {}
    for row in table:
        follow.setdefault((row["from"], row["verb"]), set()).add(row["to"])
    walks = {(flow.initial,)}
    for _ in range(6):
        longer = set()
        for walk in walks:
            for verb in vocabulary("verb"):
                targets = follow.get((walk[-1], verb), set())
                for target in targets or {"open"}:
                    try:
                        step = flow.check(walk[-1], verb, supply(previous_state=target))
                    except IllegalTransition:
                        assert not targets
                    else:
                        assert step.target == target
                        assert targets
                        longer.add((*walk, target))
        walks = longer
        assert walks


@pytest.mark.parametrize("name", TABLES)
def test_every_need_is_really_needed(name):
    flow, _ = TABLES[name]
    for step in flow.transitions:
        for need in step.needs:
            for empty in (None, "", "  "):
                with pytest.raises(MissingNeed) as refusal:
                    flow.check(step.source, step.verb, supply(previous_state=step.target) | {need: empty})
                assert refusal.value.need == need


@pytest.mark.parametrize("name", TABLES)
def test_no_state_is_forgotten(name):
    flow, _ = TABLES[name]
    assert flow.states is vocabulary(f"{name}_state")
    touched = {step.source for step in flow.transitions} | {step.target for step in flow.transitions}
    assert touched == set(flow.states)
    reached = {flow.initial}
    while more := {s.target for s in flow.transitions if s.source in reached} - reached:
        reached |= more
    assert reached == set(flow.states)
    left = {step.source for step in flow.transitions if step.target != step.source}
    assert set(flow.states) - left <= flow.final <= set(flow.states)


def test_nobody_is_forgotten_when_a_report_ends():
    """Whatever the outcome, duplicates included, a closed report starts the clock to tell the person."""
    ends = [step for step in REPORT.transitions if step.target in REPORT.final]
    assert ends
    assert all(step.clock == "notify" and "explanation" in step.needs for step in ends)


def test_closed_can_always_be_reopened():
    for flow in (REPORT, INCIDENT, INQUIRY, CONDUCT):
        assert any(step.source == "closed" and step.verb == "reopen" for step in flow.transitions)
    (reopen,) = INCIDENT.steps("closed", "reopen")
    assert "original_decision" in reopen.needs


def test_a_merge_cannot_be_restored_to_where_it_never_was():
    with pytest.raises(IllegalTransition, match="cannot return"):
        INCIDENT.check("merged", "restore", supply(previous_state="merged"))
