"""Random acts by random people on one inquiry: whatever they try, invariants 5 to 8 hold and nobody plays two parts.

Several of them hold two roles, so that what keeps them apart is what they did and not what they are called. An act that is
refused must have changed nothing.
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from constat.apps.access.errors import AccessError
from constat.apps.access.models import Event, Post
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.errors import IncidentError
from constat.apps.inquiries import actions, proof, queries
from constat.apps.inquiries.errors import InquiryError
from constat.apps.inquiries.models import Decision, Finding, Investigation, Step
from constat.apps.inquiries.tests import cases
from constat.rules.inquiry import INQUIRY, chain_of
from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary
from tests.cast import NOW, make_person
from tests.properties.effort import THOROUGH, examples

REFUSED = (InquiryError, IncidentError, RuleError, AccessError)
OUTCOMES = list(vocabulary("decision_outcome"))
STANDARDS = list(vocabulary("proof_standard"))
PARENTS = {"brigade": "", "battalion-7": "brigade", "company-71": "battalion-7", "battalion-9": "brigade"}
# Acts on the facts, as the test counts them, not as the program does.
ON_THE_FACTS = {
    "search", "name_unit", "open_assessment", "investigate_at_once", "propose", "assess", "submit", "finding", "seal",
    "describe",
}  # fmt: skip
# What leads on from each state: drawn twice out of three times, so that random lives become long.
LIKELY = {
    "initial_review": ("search", "open_assessment", "investigate_at_once", "propose", "name_unit"),
    "assessment": ("assess", "submit", "describe", "dissent", "pause"),
    "decision": ("decide", "decide", "decide", "resume"),
    "investigation": ("name", "declare", "finding", "protect", "seal"),
    "response": ("settle", "close", "reopen"),
    "notification": ("close", "reopen"),
    "closed": ("reopen",),
}
# Whose posts allow it, by their place in the list of people: drawn where a life is to lead on. Others try it otherwise.
ABLE = {
    **dict.fromkeys(("search", "name_unit"), (0, 1, 7)),
    **dict.fromkeys(
        ("open_assessment", "investigate_at_once", "propose", "assess", "submit", "describe"), (0, 1, 7)
    ),
    **dict.fromkeys(("dissent", "pause", "resume", "name"), (0, 1, 2)),
    **dict.fromkeys(("decide", "reopen", "close"), (0, 2, 2, 3, 4)),
    **dict.fromkeys(("declare", "finding", "protect", "seal"), (4, 5, 6)),
    "settle": (9,),
}
ALL = sorted({act for acts in LIKELY.values() for act in acts})


class LifeOfAnInquiry(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        # Each life is undone when it ends.
        self.room = transaction.atomic()
        self.room.__enter__()
        brigade = cases.unit("brigade")
        cases.unit("company-71", cases.unit("battalion-7", brigade))
        cases.unit("battalion-9", brigade)
        self.people = [
            self.somebody("analyst-and-approver", "analyst", "approver"),
            self.somebody("analyst", "analyst"),
            self.somebody("approver", "approver"),
            self.somebody("approver-of-the-company", "approver", unit="company-71"),
            self.somebody("investigator-and-approver", "investigator", "approver"),
            self.somebody("investigator-of-the-battalion", "investigator", unit="battalion-7"),
            self.somebody("investigator", "investigator"),
            self.somebody("chief", "cell_chief"),
            self.somebody("press", "public_information"),
            self.somebody("amends", "amends_officer"),
        ]
        self.clock = NOW
        self.found = cases.opened(self.people[1], cases.alleged(self.people[1]))
        self.on_the_facts = {self.people[1].pk}
        self.baseline = bytes(self.found.baseline.content)
        self.signed = {}
        self.sealed = {}
        self.named = set()
        self.problems = []

    @initialize(
        stage=st.sampled_from(("opened", "searched", "at_decision", "investigated", "credible", "concluded"))
    )
    def begin(self, stage):
        """Lives begin at any stage, led there properly: thirty random acts seldom lead through a whole one."""
        analyst, approver, investigator = self.people[1], self.people[2], self.people[6]
        if stage == "opened":
            return
        self.try_search(analyst, None)
        if stage == "searched":
            return
        actions.open_assessment(**self.given(analyst, reason="Because"))
        cases.assess(self.found, analyst, at=self.clock)
        actions.submit_to_decision(**self.given(analyst, reason="Because"))
        if stage == "investigated":
            cases.decide(self.found, approver, "investigate", at=self.clock)
            actions.name_investigator(**self.given(approver, person=investigator))
            actions.declare(**self.given(investigator, declaration="No tie."))
            actions.protect(**self.given(investigator, text="In town."))
            self.on_the_facts.add(investigator.pk)
        elif stage != "at_decision":
            outcome = "credible" if stage == "credible" else "not_enough_evidence"
            cases.decide(self.found, approver, outcome, at=self.clock)
        for row in Decision.objects.all():
            self.signed[row.pk] = (bytes(row.content), row.signature, row.outcome, row.remarks)

    def somebody(self, name, *roles, unit=""):
        person = make_person(name, role=roles[0], section="civilian_harm_cell")
        for role in roles[1:]:
            Post.objects.create(
                person=person, role=role, section="civilian_harm_cell", starts_at=NOW - timedelta(days=1)
            )
        person.posts.update(unit=unit)
        person.set_password(cases.PASSWORD)
        person.save()
        return person

    def teardown(self):
        try:
            assert list(proof.faults()) == []
        finally:
            transaction.set_rollback(True)
            self.room.__exit__(None, None, None)

    @rule(data=st.data())
    def act(self, data):
        state = cases.inquiry_of(self.found.code).state
        self.likely = likely = data.draw(st.integers(0, 3), label="likely") > 0
        name = data.draw(st.sampled_from(LIKELY[state] if likely else ALL), label="act")
        able = [self.people[n] for n in ABLE[name]] if likely else self.people
        person = data.draw(st.sampled_from(able), label="by")
        self.clock += timedelta(hours=5)
        steps, events = Step.objects.count(), self.events()
        try:
            with transaction.atomic():
                getattr(self, f"try_{name}")(person, data)
        except REFUSED:
            after = cases.inquiry_of(self.found.code)
            assert (after.state, Step.objects.count(), self.events()) == (state, steps, events), (
                "refused, and yet"
            )
            return
        self.remember(name, person, state, steps, events)

    def events(self):
        return Event.objects.filter(object_type="inquiry", object_key=self.found.code).count()

    def remember(self, name, person, state, steps, events):
        after = cases.inquiry_of(self.found.code)
        REACHED[name] += 1
        REACHED[after.state] += 1
        if name != "describe":
            assert self.events() == events + 1, "one act, one event"
        if after.state != state:
            # Invariant 5: who, when and why of every change of state.
            assert Step.objects.count() == steps + 1
            step = Step.objects.order_by("pk").last()
            assert (step.source, step.target, step.by, step.at) == (state, after.state, person, self.clock)
            assert step.reason.strip()
            assert after.state in {one.target for one in INQUIRY.steps(state, step.verb)}
        if name in ON_THE_FACTS:
            self.on_the_facts.add(person.pk)
        if name == "decide":
            row = Decision.objects.order_by("number").last()
            # Invariant 6, and the chain of command.
            assert person.pk not in self.on_the_facts, "who worked on the facts signed"
            serves = set(person.posts.values_list("unit", flat=True)) - {""}
            assert not serves or (self.named and not serves & self.chain()), "in the chain, and signed"
            self.signed[row.pk] = (bytes(row.content), row.signature, row.outcome, row.remarks)
        if name == "seal":
            row = Investigation.objects.exclude(sha256="").order_by("number").last()
            self.sealed[row.pk] = (bytes(row.sealed_content), row.sha256)
        if name == "finding":
            serves = set(person.posts.values_list("unit", flat=True)) - {""}
            assert not serves & self.chain(), "a member of the unit investigated"

    def chain(self):
        return {one for unit in self.named for one in chain_of(unit, PARENTS)}

    # The acts -----------------------------------------------------------------------------------------------------

    def given(self, by, /, **more):
        return {"by": by, "at": self.clock, "inquiry": self.found.code, **more}

    def why(self, data):
        return "Because" if self.likely else data.draw(st.sampled_from(["Because", "", " "]), label="why")

    def try_search(self, person, data):
        cases.search(self.found, person, at=self.clock)

    def try_name_unit(self, person, data):
        unit = data.draw(st.sampled_from(["battalion-7", "battalion-9"]))
        actions.name_unit(**self.given(person, unit=unit, basis="Their patrol"))
        self.named.add(unit)

    def try_open_assessment(self, person, data):
        actions.open_assessment(**self.given(person, reason=self.why(data)))

    def try_investigate_at_once(self, person, data):
        actions.investigate_at_once(**self.given(person, reason=self.why(data)))

    def try_propose(self, person, data):
        outcome = data.draw(st.sampled_from(OUTCOMES[1:4] if self.likely else OUTCOMES))
        actions.propose_closure(**self.given(person, outcome=outcome, reason=self.why(data)))

    def try_assess(self, person, data):
        cases.assess(self.found, person, at=self.clock, proof_standard=data.draw(st.sampled_from(STANDARDS)))

    def try_describe(self, person, data):
        weapon = data.draw(st.sampled_from(["unknown", "small_arms_light", "heavy_explosive"]))
        incidents.describe(
            by=person,
            at=self.clock,
            incident=self.found.incident.code,
            changes={"weapon": weapon},
            reason="Seen",
        )

    def try_submit(self, person, data):
        actions.submit_to_decision(**self.given(person, reason=self.why(data)))

    def try_dissent(self, person, data):
        actions.dissent(**self.given(person, text="I see it otherwise."))

    def try_decide(self, person, data):
        outcome = data.draw(st.sampled_from(OUTCOMES), label="outcome")
        answers = [self.likely or data.draw(st.booleans()) for _ in range(3)]
        if outcome == "returned" and self.likely:
            answers[0] = False
        cases.decide(
            self.found, person, outcome, at=self.clock, properly_conducted=answers[0], consistent=answers[1],
            criteria_met=answers[2], proof_standard=data.draw(st.sampled_from(STANDARDS)),
            password=cases.PASSWORD if self.likely else data.draw(st.sampled_from([cases.PASSWORD, "guess"])),
        )  # fmt: skip

    def try_name(self, person, data):
        chosen = data.draw(st.sampled_from(self.people[4:7] if self.likely else self.people), label="whom")
        actions.name_investigator(**self.given(person, person=chosen))

    def try_declare(self, person, data):
        actions.declare(**self.given(person, declaration="No tie."))

    def try_finding(self, person, data):
        actions.add_finding(
            **self.given(person, statement="Shots.", proof_standard=data.draw(st.sampled_from(STANDARDS)),
                         basis="E-2026-000001", contrary_evidence="The log.")
        )  # fmt: skip

    def try_protect(self, person, data):
        actions.protect(**self.given(person, text="In town."))

    def try_seal(self, person, data):
        actions.submit_findings(**self.given(person, reason=self.why(data)))

    def try_settle(self, person, data):
        actions.settle_response(**self.given(person, reason=self.why(data)))

    def try_close(self, person, data):
        stands = queries.current_decision(self.found)
        fitting = (
            vocabulary("decision_outcome")[stands.outcome].extra["closes_as"]
            if stands and self.likely
            else None
        )
        reason = data.draw(st.sampled_from(fitting or list(vocabulary("closure_reason"))))
        values = {"closure_reason": reason, "explanation": "So."}
        notices = ["N-2026-000001"] if self.likely else data.draw(st.sampled_from([["N-2026-000001"], []]))
        actions.close(**self.given(person, notices=notices, **values))
        incidents.close(by=person, at=self.clock, incident=self.found.incident.code, **values)

    def try_reopen(self, person, data):
        actions.reopen(**self.given(person, trigger="A new witness" if self.likely else " "))

    def try_pause(self, person, data):
        actions.pause(**self.given(person, reason=data.draw(st.sampled_from(["access_denied", "too_busy"]))))

    def try_resume(self, person, data):
        actions.resume(**self.given(person))

    # What must hold, whatever happened ------------------------------------------------------------------------------

    @invariant()
    def what_was_reported_stays(self):
        self.found.baseline.refresh_from_db()
        assert bytes(self.found.baseline.content) == self.baseline

    @invariant()
    def what_was_signed_and_what_was_sealed_stays(self):
        """Invariant 7: every decision is still there, as it was signed."""
        rows = {
            row.pk: (bytes(row.content), row.signature, row.outcome, row.remarks)
            for row in Decision.objects.all()
        }
        assert rows == self.signed
        held = Investigation.objects.exclude(sha256="")
        assert {row.pk: (bytes(row.sealed_content), row.sha256) for row in held} == self.sealed

    @invariant()
    def the_mark_stands_while_it_is_open_and_what_is_closed_can_be_reopened(self):
        found = cases.inquiry_of(self.found.code)
        assert found.incident.docket == ("" if found.state == "closed" else found.code)
        if found.state in ("response", "notification", "closed"):
            assert "reopen" in INQUIRY.verbs_from(found.state)
            assert self.signed, "nothing ends without a signature"
        if found.state == "closed":
            assert found.notices
            assert found.incident.state == "closed"
        if found.state == "decision":
            assert found.incident.state == "in_review", "facts stand still while somebody decides"

    @invariant()
    def not_enough_evidence_is_never_said_as_false(self):
        """Invariant 8."""
        for row in Decision.objects.filter(outcome="not_enough_evidence"):
            for language, words in (("fr", "à ce jour"), ("en", "now"), ("ar", "حتى الآن")):
                assert words in vocabulary("decision_outcome").label(row.outcome, language)

    @invariant()
    def nobody_found_anything_who_was_not_of_the_team(self):
        for row in Finding.objects.select_related("investigation"):
            assert row.investigation.team.filter(person=row.by, declared_at__isnull=False).exists()


@pytest.mark.django_db
def test_whatever_people_try(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    run_state_machine_as_test(LifeOfAnInquiry, settings=HARD)
    print(sorted(REACHED.items()))
    assert REACHED["decide"], "lives in which nobody ever signs prove nothing"


# What was done, and where it led; printed with `-s`.
REACHED: Counter[str] = Counter()

HARD = settings(
    max_examples=examples(20),
    derandomize=not THOROUGH,
    stateful_step_count=30,
    deadline=None,
    # A life is a list of thirty acts: shrinking one takes longer than reading it.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
