"""What may go into a bag: every way out, and that nothing goes by default."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.handover import (
    BasisUnclear,
    Consent,
    ItemFacts,
    MitigationMissing,
    RiskTooHigh,
    admit,
    admit_name,
    check_basis,
    check_risk,
    profile,
    profile_of,
    stricter,
)
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb

COURT, PARTNER, INQUIRY = profile("court"), profile("partner"), profile("inquiry")
GIVEN = Consent("given")


@pytest.mark.parametrize(
    ("item", "to", "basis", "answer"),
    [
        (ItemFacts("original", GIVEN), COURT, "consent", "given"),
        (ItemFacts("original", Consent("not_needed")), COURT, "consent", "not_needed"),
        (ItemFacts("original", Consent("none")), COURT, "consent", "no_consent"),
        (ItemFacts("original", Consent("other")), COURT, "consent", "other_recipient"),
        (ItemFacts("original", Consent("withdrawn")), COURT, "consent", "consent_withdrawn"),
        (ItemFacts("original", Consent("withdrawn")), COURT, "vital_interest", "consent_withdrawn"),
        (ItemFacts("original", Consent("withdrawn")), COURT, "court_order", "court_order"),
        (ItemFacts("original", Consent("none")), COURT, "court_order", "court_order"),
        (ItemFacts("original", Consent("none")), COURT, "mandate", "no_consent"),
        (ItemFacts("original", GIVEN, needed=False), COURT, "consent", "not_needed"),
        (ItemFacts("original", GIVEN, privileged=True), COURT, "court_order", "privileged"),
        (ItemFacts("original", GIVEN, closed_compartment=True), COURT, "court_order", "compartment"),
        (ItemFacts("original", GIVEN, risk="high"), COURT, "court_order", "risk"),
        (ItemFacts("original", GIVEN, risk="medium"), COURT, "consent", "given"),
        (ItemFacts("original", GIVEN), PARTNER, "consent", "not_in_profile"),
        (ItemFacts("redacted", GIVEN), PARTNER, "consent", "given"),
        (ItemFacts("interview", GIVEN), INQUIRY, "consent", "not_in_profile"),
        (ItemFacts("interview", GIVEN), COURT, "consent", "given"),
    ],
)
def test_an_item(item, to, basis, answer):
    assert admit(item, to=to, basis=basis).detail == answer


@pytest.mark.parametrize(
    ("consent", "to", "basis", "answer"),
    [
        ("given", COURT, "consent", "given"),
        ("none", COURT, "consent", "no_consent"),
        ("none", COURT, "vital_interest", "no_consent"),
        ("none", COURT, "court_order", "court_order"),
        ("withdrawn", COURT, "consent", "consent_withdrawn"),
        ("given", INQUIRY, "court_order", "not_in_profile"),
    ],
)
def test_a_name_needs_the_person_or_a_court(consent, to, basis, answer):
    assert admit_name(Consent(consent), to=to, basis=basis).detail == answer


consents = st.sampled_from(["given", "none", "withdrawn", "other", "not_needed"]).map(Consent)
items = st.builds(
    ItemFacts,
    kind=st.sampled_from(["original", "working", "redacted", "interview"]),
    consent=consents,
    risk=st.sampled_from(list(vocabulary("handover_risk"))),
    privileged=st.booleans(),
    needed=st.booleans(),
    closed_compartment=st.booleans(),
)


@given(
    items,
    st.sampled_from(list(vocabulary("handover_profile"))),
    st.sampled_from(list(vocabulary("legal_basis"))),
)
def test_nothing_goes_without_consent_or_a_basis_in_its_place(item, to, basis):
    decision = admit(item, to=profile(to), basis=basis)

    if decision:
        replaced = vocabulary("legal_basis")[basis].extra["replaces_consent"]
        assert item.consent.answer in ("given", "not_needed") or replaced
        assert item.needed and not item.privileged and not item.closed_compartment and item.risk != "high"
    else:
        assert decision.detail in vocabulary("withheld_reason")
        assert decision.say("fr").startswith("Retenu")


def test_risk_of_the_whole():
    assert check_risk("low", "").code == "low"
    assert check_risk("medium", "un véhicule banalisé").code == "medium"
    with pytest.raises(MitigationMissing):
        check_risk("medium", "  ")
    with pytest.raises(RiskTooHigh):
        check_risk("high", "tout est prévu")


def test_a_basis_cites_its_paper():
    assert check_basis("consent", "").code == "consent"
    assert check_basis("court_order", "Ordonnance 12/2026").code == "court_order"
    with pytest.raises(BasisUnclear):
        check_basis("mandate", "")


def test_every_authority_has_a_profile_and_gets_never_more():
    for authority in vocabulary("referral_authority"):
        assert stricter(profile_of(authority).code, authority)
    assert stricter("partner", "national_prosecutor")
    assert not stricter("court", "unmas")
