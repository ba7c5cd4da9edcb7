"""Invariants 5, 7 and 9: nothing changes silently, what is closed can be reopened, nobody is forgotten."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import ALWAYS, INCIDENT, REPORT, IllegalTransition, MissingNeed
from constat.rules.workflows import WORKFLOWS

pytestmark = pytest.mark.onedb
MOMENT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
VERBS = list(vocabulary("verb"))
NEEDS = list(vocabulary("need"))
EVERYTHING = dict.fromkeys(NEEDS, "given") | {"at": MOMENT}


@given(
    st.sampled_from(WORKFLOWS),
    st.sampled_from(VERBS),
    st.sets(st.sampled_from(NEEDS)),
    st.data(),
)
def test_a_step_is_taken_only_with_everything_it_needs(flow, verb, supplied, data):
    """Invariant 5: who, when and why are among the needs of every step."""
    state = data.draw(st.sampled_from(list(flow.states)))
    steps = flow.steps(state, verb)
    given_ = {need: EVERYTHING[need] for need in supplied}
    if "previous_state" in given_:
        given_["previous_state"] = data.draw(st.sampled_from([step.target for step in steps] or ["open"]))
    if not steps:
        with pytest.raises(IllegalTransition):
            flow.check(state, verb, given_)
    elif set(steps[0].needs) <= supplied:
        assert flow.check(state, verb, given_) in steps
        assert set(ALWAYS) <= supplied
    else:
        with pytest.raises(MissingNeed) as refusal:
            flow.check(state, verb, given_)
        assert refusal.value.need in set(steps[0].needs) - supplied


def test_a_time_without_zone_is_no_time():
    with pytest.raises(MissingNeed, match="the moment") as refusal:
        REPORT.check("received", "take", EVERYTHING | {"at": MOMENT.replace(tzinfo=None)})
    assert refusal.value.need == "at"


class LifeOfAReport(RuleBasedStateMachine):
    """Random verbs on one report. A closed one can always be reopened, and closing always tells the person."""

    def __init__(self):
        super().__init__()
        self.state = REPORT.initial
        self.clocks = list(REPORT.starts)
        self.history = []

    @rule(verb=st.sampled_from(VERBS))
    def act(self, verb):
        legal = verb in REPORT.verbs_from(self.state)
        try:
            step = REPORT.check(self.state, verb, EVERYTHING)
        except IllegalTransition:
            assert not legal
            return
        assert legal
        self.history.append((self.state, verb, step.target))
        self.state = step.target
        if step.clock:
            self.clocks.append(step.clock)

    @invariant()
    def somebody_will_tell_the_person(self):
        if self.state in REPORT.final:
            assert self.clocks[-1] == "notify"

    @invariant()
    def it_can_be_taken_up_again(self):
        if self.state == "closed":
            assert "reopen" in REPORT.verbs_from(self.state)


class LifeOfAnIncident(RuleBasedStateMachine):
    """Random verbs on one incident. A merge is undone to the state before it; decisions pile up, none is lost."""

    def __init__(self):
        super().__init__()
        self.state = INCIDENT.initial
        self.before_merge = None
        self.decisions = []

    @rule(verb=st.sampled_from(VERBS))
    def act(self, verb):
        supplied = EVERYTHING | {"previous_state": self.before_merge}
        if verb == "reopen" and not self.decisions:
            supplied["original_decision"] = None
        try:
            step = INCIDENT.check(self.state, verb, supplied)
        except (IllegalTransition, MissingNeed):
            return
        if verb == "absorb":
            self.before_merge = self.state
        if verb == "restore":
            assert step.target == self.before_merge
            self.before_merge = None
        if verb == "close":
            self.decisions.append(len(self.decisions))
        self.state = step.target

    @invariant()
    def closed_means_decided(self):
        if self.state == "closed":
            assert self.decisions

    @invariant()
    def a_merged_incident_knows_where_it_was(self):
        assert (self.state == "merged") is (self.before_merge is not None)


# Twenty verbs reach every state of either table several times over.
LifeOfAReport.TestCase.settings = settings(stateful_step_count=20)
LifeOfAnIncident.TestCase.settings = settings(stateful_step_count=20)
TestLifeOfAReport = LifeOfAReport.TestCase
TestLifeOfAnIncident = LifeOfAnIncident.TestCase
TestLifeOfAReport.pytestmark = TestLifeOfAnIncident.pytestmark = [pytest.mark.onedb]
