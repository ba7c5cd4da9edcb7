"""What a decision must hold, and who stands outside a chain."""

from datetime import UTC, datetime, timedelta

import pytest

from constat.rules.inquiry import (
    CONCLUDING,
    CONDUCT,
    INQUIRY,
    VERB_OF,
    InTheChain,
    Judgements,
    NotADecision,
    chain_of,
    check_decision,
    outside_chain,
    progress_due,
    require_outside_chain,
)
from constat.rules.vocabulary import UnknownTerm, vocabulary

pytestmark = pytest.mark.onedb

# Two brigades; a battalion of the first with two companies, one of the second; a unit that stands alone.
PARENTS = {
    "brigade-1": "", "battalion-11": "brigade-1", "company-111": "battalion-11", "company-112": "battalion-11",
    "battalion-12": "brigade-1", "brigade-2": "", "battalion-21": "brigade-2", "hospital": "",
}  # fmt: skip
YES = Judgements(True, True, True)


@pytest.mark.parametrize(
    ("unit", "chain"),
    [
        ("battalion-11", {"brigade-1", "battalion-11", "company-111", "company-112"}),
        ("company-111", {"brigade-1", "battalion-11", "company-111"}),
        ("brigade-1", {"brigade-1", "battalion-11", "battalion-12", "company-111", "company-112"}),
        ("hospital", {"hospital"}),
    ],
)
def test_a_chain_goes_up_and_down_and_not_sideways(unit, chain):
    assert chain_of(unit, PARENTS) == chain


def test_two_units_that_are_part_of_one_another_hang_nothing():
    assert chain_of("a", {"a": "b", "b": "a"}) == {"a", "b"}


@pytest.mark.parametrize(
    ("serves", "involved", "reason"),
    [
        ((), (), "outside_the_chain"),
        ((), ("battalion-11",), "outside_the_chain"),
        (("battalion-21",), ("battalion-11",), "outside_the_chain"),
        (("battalion-12",), ("battalion-11",), "outside_the_chain"),
        (("battalion-12",), (), "unit_not_named"),
        (("battalion-11",), ("battalion-11",), "in_the_chain"),
        (("company-111",), ("battalion-11",), "in_the_chain"),
        (("brigade-1",), ("company-112",), "in_the_chain"),
        (("hospital", "brigade-1"), ("battalion-21", "company-112"), "in_the_chain"),
        (("batallion-21",), ("battalion-11",), "unit_unknown"),
    ],
)
@pytest.mark.parametrize("rule", ["unit_signoff", "unit_investigator"])
def test_who_stands_outside_the_chain(serves, involved, reason, rule):
    decision = outside_chain(serves, involved, PARENTS, rule)
    assert (decision.reason, bool(decision)) == (reason, reason == "outside_the_chain")
    for language in ("fr", "en", "ar"):
        assert vocabulary("separation").label(rule, language) in decision.say(language)
    if decision:
        require_outside_chain(serves, involved, PARENTS, rule)
    else:
        with pytest.raises(InTheChain) as refusal:
            require_outside_chain(serves, involved, PARENTS, rule)
        assert refusal.value.code == reason


def test_a_conclusion_needs_all_three_and_a_return_needs_one_to_fail():
    for outcome in CONCLUDING:
        check_decision(outcome, YES, "beyond_reasonable_doubt")
        for failed in (
            Judgements(False, True, True),
            Judgements(True, False, True),
            Judgements(True, True, False),
        ):
            with pytest.raises(NotADecision) as refusal:
                check_decision(outcome, failed, "beyond_reasonable_doubt")
            assert refusal.value.code == "judgement_failed"
            assert refusal.value.say("en")
            check_decision("returned", failed, "none_met")
            check_decision("investigate", failed, "none_met")
    with pytest.raises(NotADecision) as refusal:
        check_decision("returned", YES, "none_met")
    assert refusal.value.code == "nothing_to_return"
    check_decision("investigate", YES, "none_met")


def test_the_bar_that_is_written_down_is_the_bar_applied():
    least = vocabulary("proof_standard")[
        str(vocabulary("decision_outcome")["credible"].extra["proof_at_least"])
    ]
    for term in vocabulary("proof_standard").values():
        if (term.rank or 0) < (least.rank or 0):
            with pytest.raises(NotADecision) as refusal:
                check_decision("credible", YES, term.code)
            assert refusal.value.code == "proof_too_low"
        else:
            check_decision("credible", YES, term.code)
        # Not enough evidence is said by any standard, the highest included: it was not met.
        check_decision("not_enough_evidence", YES, term.code)
    with pytest.raises(UnknownTerm):
        check_decision("false", YES, "none_met")


def test_every_outcome_has_its_step_and_every_conclusion_its_end():
    for outcome, verb in VERB_OF.items():
        (step,) = INQUIRY.steps("decision", verb)
        assert {"judgements", "signature"} <= set(step.needs)
        assert ("proof_standard" in step.needs) is (outcome in CONCLUDING)
        reasons = vocabulary("decision_outcome")[outcome].extra.get("closes_as", ())
        assert bool(reasons) is (outcome in CONCLUDING)
        assert set(reasons) <= set(vocabulary("closure_reason"))


def test_nothing_ends_without_a_signature_and_without_telling():
    for step in INQUIRY.transitions:
        if step.target in ("response", "notification") and step.source == "decision":
            assert "signature" in step.needs
        if step.target == "closed":
            assert {"notices", "closure_reason", "explanation"} <= set(step.needs)
            assert step.source in ("response", "notification")
        if step.verb == "reopen":
            assert {"trigger", "original_decision"} <= set(step.needs)
            assert step.clock == "reopened"


def test_a_docket_that_was_closed_can_be_reopened():
    assert CONDUCT.verbs_from("closed") == ("reopen",)


def test_a_word_on_where_it_stands_is_due_every_thirty_days():
    ordered = datetime(2026, 3, 1, tzinfo=UTC)
    assert progress_due(ordered, ()) == ordered + timedelta(days=30)
    assert progress_due(
        ordered, (ordered + timedelta(days=12), ordered + timedelta(days=5))
    ) == ordered + timedelta(days=42)


def test_not_enough_evidence_is_never_worded_as_false():
    words = vocabulary("decision_outcome")["not_enough_evidence"]
    for language in ("fr", "en", "ar"):
        said = (words.label(language) + words.defined(language)).lower()
        assert not any(
            bad in said for bad in ("false", "faux", "untrue", "not credible", "non crédible", "كاذب", "باطل")
        )
