"""Invariants 6 to 9 on the way to the end of a case: two people on each text, nobody forgotten, nothing promised left open."""

from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from constat.rules.amends import OFFER, SAID
from constat.rules.answers import COMPLAINT, NOTICE, Owed, gaps
from constat.rules.separation import separate
from constat.rules.workflow import WorkflowError
from tests.properties.effort import examples

pytestmark = pytest.mark.onedb
PEOPLE = ("1", "2", "3")
REVIEWERS = ("3", "8", "9")
NEEDS = {"at": datetime(2026, 3, 2, 9, tzinfo=UTC), "reason": "r", "proof": "witness", "no_contact_reason": "not_found",
         "trigger": "t", "complaint_outcome": "upheld", "explanation": "e"}  # fmt: skip
NOTICE_VERBS = sorted({step.verb for step in NOTICE.transitions})
OFFER_VERBS = sorted({step.verb for step in OFFER.transitions})
COMPLAINT_VERBS = sorted({step.verb for step in COMPLAINT.transitions})


class CaseOnItsWay(RuleBasedStateMachine):
    """Notices of a case, its offers, complaints about it, and attempts to close it, in any order, by anybody."""

    @initialize(people=st.integers(1, 4), offers=st.integers(0, 3))
    def begin(self, people, offers):
        self.notices = [
            {
                "state": NOTICE.initial,
                "author": None,
                "cleared": None,
                "given": [],
                "said": None,
                "second": None,
            }
            for _ in range(people)
        ]
        self.offers = {f"A-{number}" for number in range(offers)}
        self.part, self.complaints, self.closed = set(), [], False
        self.claims, self.said_by, self.settled_by = {}, {}, {}

    @precondition(lambda self: not self.closed)
    @rule(data=st.data(), verb=st.sampled_from(NOTICE_VERBS), by=st.sampled_from(PEOPLE))
    def act_on_a_notice(self, data, verb, by):
        one = data.draw(st.sampled_from(self.notices))
        one["author"] = one["author"] or by
        self.part.add(one["author"])
        if verb == "clear" and not separate({one["author"]}, by, "notice_clearance"):
            return
        second = verb in ("confirm_unreached", "send_back_claim") and one["state"] == "unreached"
        if second and not separate({one["said"]}, by, "unreached_confirmer"):
            return
        try:
            step = NOTICE.check(one["state"], verb, {**NEEDS, "actor": by})
        except WorkflowError:
            return
        self.part.add(by)
        one["state"] = step.target
        one["given"].append(verb)
        if verb == "clear":
            one["cleared"] = by
        if verb == "note_no_contact":
            one["said"] = by
        if verb == "confirm_unreached":
            one["second"] = by
        if step.target == "draft":
            one["cleared"] = one["said"] = one["second"] = None

    @precondition(lambda self: not self.closed and self.offers)
    @rule(data=st.data())
    def settle_an_offer(self, data):
        self.offers.discard(data.draw(st.sampled_from(sorted(self.offers))))

    @precondition(lambda self: not self.closed and len(self.claims) < 3)
    @rule(by=st.sampled_from(PEOPLE))
    def say_settled_elsewhere(self, by):
        code = f"A-9{len(self.claims)}"
        self.claims[code], self.said_by[code] = SAID, by

    @precondition(lambda self: not self.closed and self.claims)
    @rule(data=st.data(), verb=st.sampled_from(OFFER_VERBS), by=st.sampled_from(PEOPLE))
    def act_on_a_claim(self, data, verb, by):
        code = data.draw(st.sampled_from(sorted(self.claims)))
        second = verb in ("confirm_settled", "send_back_claim")
        if self.claims[code] != SAID or (
            second and not separate({self.said_by[code]}, by, "settled_confirmer")
        ):
            return
        try:
            step = OFFER.check(SAID, verb, {**NEEDS, "actor": by})
        except WorkflowError:
            return
        self.claims[code] = step.target
        if step.target == "delivered":
            self.settled_by[code] = by

    @rule(by=st.sampled_from((None, *REVIEWERS)))
    def complain(self, by):
        self.complaints.append({"state": COMPLAINT.initial, "wrote": by, "reviewer": None, "answers": 0})

    @precondition(lambda self: self.complaints)
    @rule(data=st.data(), verb=st.sampled_from(COMPLAINT_VERBS), by=st.sampled_from(REVIEWERS))
    def act_on_a_complaint(self, data, verb, by):
        one = data.draw(st.sampled_from(self.complaints))
        wrote = {one["wrote"]} if one["wrote"] else set()
        independent = separate(self.part, by, "decision_complaint") and separate(wrote, by, "complaint_self")
        if verb in ("take", "answer") and not independent:
            return
        if verb in ("answer", "step_aside") and one["reviewer"] not in (None, by):
            return
        try:
            step = COMPLAINT.check(one["state"], verb, {**NEEDS, "actor": by})
        except WorkflowError:
            return
        one["state"] = step.target
        one["reviewer"] = by if verb == "take" else None if step.target == "received" else one["reviewer"]
        one["independent"] = independent if verb == "answer" else one.get("independent", True)
        one["answers"] += verb == "answer"

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self):
        owed = [
            Owed(str(number), one["state"] in NOTICE.final, said=one["state"] == "unreached")
            for number, one in enumerate(self.notices)
        ]
        claimed = [code for code, state in self.claims.items() if state == SAID]
        found = gaps(owed, sorted(self.offers), claimed=claimed)
        waiting = sum(not one.settled for one in owed) + len(self.offers) + len(claimed)
        assert len(found) == waiting, "each missing one is named, and nothing else"
        self.closed = not found

    @invariant()
    def nobody_is_told_a_text_only_its_author_has_read(self):
        for one in getattr(self, "notices", ()):
            if one["state"] == "told":
                assert one["cleared"] is not None
                assert one["cleared"] != one["author"]

    @invariant()
    def a_closed_case_left_nobody_and_nothing_behind(self):
        if getattr(self, "closed", False):
            assert all(one["state"] in ("told", "not_told") for one in self.notices)
            assert not self.offers
            assert SAID not in self.claims.values()
            for one in self.notices:
                assert {"tell", "confirm_unreached"} & set(one["given"])

    @invariant()
    def nothing_ends_on_the_word_of_one(self):
        for one in getattr(self, "notices", ()):
            if one["state"] == "not_told":
                assert one["second"] not in (None, one["said"])
        for code, state in getattr(self, "claims", {}).items():
            if state == "delivered":
                assert self.settled_by[code] != self.said_by[code]

    @invariant()
    def nobody_answers_a_complaint_about_their_own_work(self):
        for one in getattr(self, "complaints", ()):
            if one["state"] == "answered":
                assert one["reviewer"] is not None
                assert one["reviewer"] != one["wrote"]
                assert one["independent"]

    @invariant()
    def a_complaint_that_ended_can_be_taken_up_again(self):
        for one in getattr(self, "complaints", ()):
            if one["state"] in COMPLAINT.final:
                assert "reopen" in COMPLAINT.verbs_from(one["state"])


TestCaseOnItsWay = CaseOnItsWay.TestCase
TestCaseOnItsWay.settings = settings(
    max_examples=examples(80, thorough=1_000), stateful_step_count=40, deadline=None
)
