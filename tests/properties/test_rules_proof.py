"""Grades depend on the evidence alone; invariants 8 and 10."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.attribution import AttributionError, check_attribution
from constat.rules.proof import (
    OverrideWithoutReason,
    SourceView,
    at_least,
    decide_grade,
    independent_groups,
    suggest_grade,
    three_source_test,
)
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb


def codes(name):
    return st.sampled_from(list(vocabulary(name)))


sources = st.builds(
    SourceView,
    type=codes("source_type"),
    reliability=codes("reliability"),
    credibility=codes("credibility"),
    independence_group=st.sampled_from(["", "a", "b", "c", "d"]),
    access=codes("source_access"),
)
circumstances = st.fixed_dictionaries(
    dict.fromkeys(
        (
            "own_operation_nearby",
            "acknowledged_by_party",
            "competing_attribution",
            "harmed_were_fighters_or_other_party",
        ),
        st.booleans(),
    )
)
ORDER = {"ungraded": 0, "weak": 1, "fair": 2}


@given(st.lists(sources, max_size=6), circumstances, st.randoms(use_true_random=False))
def test_the_order_of_the_sources_does_not_matter(found, known, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert suggest_grade(shuffled, **known) == suggest_grade(found, **known)


@given(st.lists(sources, min_size=1, max_size=5), circumstances, st.integers(1, 5))
def test_copies_of_a_source_never_raise_the_grade(found, known, copies):
    before, after = suggest_grade(found, **known), suggest_grade(found + [found[0]] * copies, **known)
    assert (after.grade, after.rule) == (before.grade, before.rule)


@given(st.lists(sources, max_size=5), sources, st.booleans())
def test_one_more_source_never_lowers_the_support(found, more, nearby):
    before = suggest_grade(found, own_operation_nearby=nearby).grade
    after = suggest_grade([*found, more], own_operation_nearby=nearby).grade
    assert ORDER[after] >= ORDER[before]


@given(st.lists(sources, max_size=6), circumstances)
def test_a_suggestion_explains_itself(found, known):
    suggestion = suggest_grade(found, **known)
    assert suggestion.trace[-1].code == suggestion.rule
    for step in (*suggestion.trace, *suggestion.counter_evidence):
        for language in ("fr", "en", "ar"):
            assert "{" not in step.say(language)


@given(st.lists(sources, max_size=8))
def test_the_three_source_test_by_trying_every_triple(found):
    good = [one for one in found if one.credible]
    passed = any(
        a.type in {"victim", "witness"}
        and b.type in {"medical", "official"}
        and c.type not in {"victim", "witness", "medical", "official"}
        and len({a.independence_group, b.independence_group, c.independence_group}) == 3
        for a in good
        for b in good
        for c in good
    )
    assert three_source_test(found) is passed
    assert not passed or len(independent_groups(found)) >= 3


@given(codes("proof_standard"), codes("proof_standard"), codes("proof_standard"))
def test_the_ladder_is_a_ladder(low, middle, high):
    assert at_least(low, low)
    assert at_least(low, high) or at_least(high, low)
    if at_least(high, middle) and at_least(middle, low):
        assert at_least(high, low)


@given(
    st.lists(sources, max_size=4),
    circumstances,
    codes("grade"),
    st.sampled_from(["", " ", "seen the crater"]),
)
def test_an_override_needs_a_reason(found, known, chosen, reason):
    suggestion = suggest_grade(found, **known)
    if chosen != suggestion.grade and not reason.strip():
        with pytest.raises(OverrideWithoutReason) as refusal:
            decide_grade(suggestion, chosen, reason)
        assert suggestion.term.label("ar") in refusal.value.say("ar")
    else:
        decision = decide_grade(suggestion, chosen, reason)
        assert decision.overridden is (chosen != suggestion.grade)
        assert (decision.suggested, decision.rule) == (suggestion.grade, suggestion.rule)


@given(
    st.sampled_from([None, "", "a party"]),
    st.none() | codes("attribution_basis"),
    st.sampled_from([None, "", "source S-1"]),
)
def test_a_party_is_never_named_without_a_basis(party, basis, said_by):
    """Invariant 10: naming nobody is always legal; naming somebody needs a basis that names, and its source."""
    words = vocabulary("attribution_basis")
    legal = not party or (
        basis is not None and basis != "not_attributable" and (basis == "assessed_as" or bool(said_by))
    )
    assert basis is None or basis in words
    if legal:
        check_attribution(party, basis, said_by=said_by)
    else:
        with pytest.raises(AttributionError):
            check_attribution(party, basis, said_by=said_by)
