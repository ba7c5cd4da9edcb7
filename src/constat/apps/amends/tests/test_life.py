"""An offer from the proposal to the hand-over and back, by three people, and what it does to the fund line."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest

from constat.apps.access.models import Event, Identity
from constat.apps.amends import actions, queries
from constat.apps.amends.actions import PayeeDraft, Terms
from constat.apps.amends.errors import AmendsError, Incomplete, NotAllowed, OfferNotFound, SamePersonTwice
from constat.apps.amends.models import Entry, Offer
from constat.apps.amends.tests import cases
from constat.rules.amends import NotForSurvivors, OutsideBand, SettledAlready, UnsafeHandover, WrongPayee
from constat.rules.ledger import NotEnoughFunds
from constat.rules.money import NotExact, RateUnfit
from constat.rules.workflow import IllegalTransition, MissingNeed
from tests.cast import NOW, make_person, viewer_for


@pytest.fixture
def set_up(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    return cases.credible(cast.chen)


def test_three_people_take_an_offer_to_the_family_and_the_books_follow(cast, set_up, one_event):
    with one_event("amends.propose", object_type="offer"):
        code = cases.propose(cast.amends, set_up)
    assert cases.sums() == (10000, 0, 0)
    with one_event("amends.certify"):
        actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")
    assert cases.sums() == (10000, 2250, 0)
    for verb in ("put_to_family", "accept_offer"):
        with one_event(f"amends.{verb}"):
            actions.answer(
                by=cast.amends, at=NOW, offer=code, verb=verb, reason="Yes", contact=cases.contact()
            )
    with one_event("amends.deliver"):
        actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Done", handover=cases.handover())

    assert cases.state(code) == "delivered" and cases.sums() == (10000, 2250, 2250)
    assert queries.open_offers(set_up) == []
    (found,) = queries.delivered(viewer_for(cast.amends), at=NOW)
    assert (found.offer, found.payees, found.survivor) == (code, 1, False)


def test_money_that_came_back_is_available_again(cast, set_up):
    code = cases.delivered(cast, set_up)
    actions.take_back(by=cast.payer, at=NOW, offer=code, reason="Given back", receipt_sha256="cd" * 32)
    assert cases.state(code) == "returned" and cases.sums() == (10000, 0, 0)
    assert queries.delivered(viewer_for(cast.amends), at=NOW) == []


def test_a_handover_that_never_happened_is_reversed_by_an_entry_that_names_it(cast, set_up):
    code = cases.delivered(cast, set_up)
    with pytest.raises(NotAllowed):
        actions.reverse_delivery(by=cast.payer, at=NOW, offer=code, reason="Mistake")
    actions.reverse_delivery(by=cast.certifier, at=NOW, offer=code, reason="Wrong offer")
    last = Entry.objects.order_by("pk").last()
    assert (last.kind, last.reverses.kind, last.source, last.target) == (
        "reversal",
        "disbursement",
        "disbursed",
        "committed",
    )
    assert cases.sums() == (10000, 2250, 0)
    actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Now", handover=cases.handover())
    assert cases.sums() == (10000, 2250, 2250)


@pytest.mark.parametrize("verb", ["decline_offer", "cancel", "withdraw", "refuse_to_certify"])
def test_an_offer_that_falls_frees_its_money(cast, set_up, verb):
    if verb in ("withdraw", "refuse_to_certify"):
        code = cases.propose(cast.amends, set_up)
        who = cast.amends if verb == "withdraw" else cast.certifier
        actions.give_up(by=who, at=NOW, offer=code, verb=verb, reason="Not so")
    elif verb == "cancel":
        code = cases.certified(cast, set_up)
        actions.give_up(by=cast.certifier, at=NOW, offer=code, verb=verb, reason="Not so")
    else:
        code = cases.accepted(cast, set_up)
        actions.answer(by=cast.amends, at=NOW, offer=code, verb=verb, reason="No", contact=cases.contact())
    assert cases.state(code) in ("declined", "cancelled") and cases.sums() == (10000, 0, 0)
    assert cases.propose(cast.amends, set_up) != code  # and another one may follow


def test_nobody_takes_two_of_the_three_steps(cast, set_up):
    from constat.apps.access.models import Post

    two_posts = make_person("two", role="amends_officer", section="claims")
    for role in ("certifying_officer", "paying_agent"):
        Post.objects.create(person=two_posts, role=role, section="claims", starts_at=NOW - timedelta(days=9))
    code = cases.propose(two_posts, set_up)
    with pytest.raises(SamePersonTwice):
        actions.certify(by=two_posts, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")
    actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")
    for verb in ("put_to_family", "accept_offer"):
        actions.answer(by=cast.amends, at=NOW, offer=code, verb=verb, reason="Yes", contact=cases.contact())
    with pytest.raises(SamePersonTwice):
        actions.deliver(by=two_posts, at=NOW, offer=code, reason="Done", handover=cases.handover())
    Post.objects.create(
        person=cast.certifier, role="paying_agent", section="x", starts_at=NOW - timedelta(days=9)
    )
    with pytest.raises(SamePersonTwice):
        actions.deliver(by=cast.certifier, at=NOW, offer=code, reason="Done", handover=cases.handover())
    assert cases.sums() == (10000, 2250, 0) and cases.state(code) == "accepted"


def test_no_promise_without_money(cast, set_up):
    cases.fund(cast.dara, "SMALL", "2249.99")
    code = cases.propose(cast.amends, set_up)
    with pytest.raises(NotEnoughFunds) as refusal:
        actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="SMALL")
    assert "2249.99" in refusal.value.say("en") and cases.state(code) == "proposed"
    assert cases.sums("SMALL") == (D("2249.99"), 0, 0)
    with pytest.raises(MissingNeed):
        actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="")
    with pytest.raises(OfferNotFound):
        actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="NONE")


def test_outside_the_band_needs_a_coded_reason_and_words(cast, set_up):
    high = Terms(measure="condolence_payment", band="death", base=D("11000"))
    with pytest.raises(OutsideBand) as refusal:
        cases.propose(cast.amends, set_up, terms=high)
    assert "2000.00 USD" in refusal.value.say("fr")
    with pytest.raises(OutsideBand):
        cases.propose(cast.amends, set_up, terms=replace(high, deviation="no_band", deviation_words="x"))
    code = cases.propose(
        cast.amends, set_up, terms=replace(high, deviation="decision_of_court", deviation_words="Judgment")
    )
    offer = Offer.objects.get(code=code)
    assert (offer.position, offer.deviation, offer.comparable) == ("above", "decision_of_court", 11000)


def test_adjustments_are_coded_and_stay_in_the_band(cast, set_up):
    terms = Terms(
        measure="condolence_payment",
        band="death",
        adjustments=[("dependants", D("200")), ("partial_loss", D("-50"))],
    )
    offer = Offer.objects.get(code=cases.propose(cast.amends, set_up, terms=terms))
    assert (offer.base_amount, offer.amount, offer.position, offer.deviation) == (2250, 2400, "within", "")
    assert offer.adjustments == [["dependants", "200.00"], ["partial_loss", "-50.00"]]


def test_another_currency_goes_through_a_rate_with_its_day(cast, set_up):
    terms = Terms(measure="condolence_payment", band="death", currency="XOF", base=D(1400000))
    with pytest.raises(RateUnfit):
        cases.propose(cast.amends, set_up, terms=terms)
    actions.set_rate(
        by=cast.dara, at=NOW, base="USD", quote="XOF", value=D("600.5"), on=cases.DAY, source="Treasury"
    )
    code = cases.propose(cast.amends, set_up, terms=terms)
    actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")
    offer = Offer.objects.get(code=code)
    assert (offer.amount, offer.currency, offer.fund_amount) == (1400000, "XOF", D("2331.39"))
    assert (offer.rate, offer.rate_on, offer.comparable) == ("USD/XOF 600.5", cases.DAY, D("2331.39"))
    other = cases.credible(cast.chen)
    with pytest.raises(NotExact):
        cases.propose(cast.amends, other, terms=replace(terms, base=D("1.5")))


def test_nobody_declined_who_was_never_spoken_to(cast, set_up):
    code = cases.certified(cast, set_up)
    actions.answer(
        by=cast.amends, at=NOW, offer=code, verb="put_to_family", reason="Told", contact=cases.contact()
    )
    with pytest.raises(MissingNeed) as refusal:
        actions.answer(by=cast.amends, at=NOW, offer=code, verb="decline_offer", reason="No", contact=None)
    assert refusal.value.need == "contact" and cases.state(code) == "offered"
    with pytest.raises(Incomplete):
        actions.answer(by=cast.amends, at=NOW, offer=code, verb="decline_offer", reason="No",
                       contact=cases.contact(on=cases.DAY + timedelta(days=1)))  # fmt: skip


def test_an_appeal_is_heard_by_somebody_who_did_not_make_the_offer(cast, set_up):
    code = cases.accepted(cast, set_up)
    actions.answer(
        by=cast.amends, at=NOW, offer=code, verb="appeal", reason="Too little", contact=cases.contact()
    )
    assert cases.sums() == (10000, 2250, 0)
    with pytest.raises(NotAllowed):
        actions.review_appeal(by=cast.amends, at=NOW, offer=code, verb="uphold", reason="x")
    actions.review_appeal(by=cast.reviewer, at=NOW, offer=code, verb="uphold", reason="As the band says")
    assert cases.state(code) == "accepted"
    actions.answer(by=cast.amends, at=NOW, offer=code, verb="appeal", reason="Again", contact=cases.contact())
    actions.review_appeal(by=cast.reviewer, at=NOW, offer=code, verb="grant_appeal", reason="Two wives")
    assert cases.state(code) == "cancelled" and cases.sums() == (10000, 0, 0)
    new = cases.propose(cast.amends, set_up, replaces=code)
    assert Offer.objects.get(code=new).replaces.code == code


def test_a_declined_offer_does_not_come_back_beside_another(cast, set_up):
    code = cases.accepted(cast, set_up)
    actions.answer(
        by=cast.amends, at=NOW, offer=code, verb="decline_offer", reason="No", contact=cases.contact()
    )
    second = cases.propose(cast.amends, set_up)
    with pytest.raises(SettledAlready, match=second):
        actions.answer(
            by=cast.amends, at=NOW, offer=code, verb="appeal", reason="Now yes", contact=cases.contact()
        )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"armed_in_view": True}, UnsafeHandover),
        ({"receipt_sha256": "photo"}, Incomplete),
        ({"receipt_sha256": ""}, MissingNeed),
        ({"witness": ""}, MissingNeed),
        ({"place": ""}, MissingNeed),
        ({"witness": "colleague"}, Incomplete),
        ({"read_aloud": False}, Incomplete),
        ({"on": cases.DAY + timedelta(days=1)}, Incomplete),
        ({"on": cases.DAY - timedelta(days=1)}, Incomplete),
    ],
)
def test_a_handover_is_whole_or_it_is_not(cast, set_up, change, refusal):
    code = cases.accepted(cast, set_up)
    with pytest.raises(refusal):
        actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Done", handover=cases.handover(**change))
    assert cases.state(code) == "accepted" and cases.sums() == (10000, 2250, 0)


def test_the_witness_is_not_one_of_the_three(cast, set_up):
    code = cases.accepted(cast, set_up)
    for one in (cast.payer, cast.certifier, cast.amends):
        with pytest.raises(Incomplete):
            actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Done",
                            handover=cases.handover(witness="colleague", colleague=one))  # fmt: skip
    actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Done",
                    handover=cases.handover(witness="colleague", colleague=cast.bruno))  # fmt: skip


def test_several_heirs_whose_shares_make_one_whole_and_names_only_in_the_vault(cast, set_up):
    heirs = [PayeeDraft("daughter", Fraction(1, 3), {"name": f"Héritière {n}"}) for n in range(3)]
    with pytest.raises(WrongPayee):
        cases.propose(cast.amends, set_up, payees=heirs[:2], rule="heirs")
    with pytest.raises(WrongPayee):
        cases.propose(cast.amends, set_up, payees=heirs, rule="heirs", payee_basis=" ")
    with pytest.raises(WrongPayee):
        cases.propose(cast.amends, set_up, payees=heirs, rule="person_harmed")
    with pytest.raises(Incomplete):
        cases.propose(cast.amends, set_up, payees=[PayeeDraft("wife", Fraction(1), {"phone": "1"})])
    code = cases.propose(cast.amends, set_up, payees=heirs, rule="heirs")
    offer = Offer.objects.get(code=code)
    assert offer.payees.count() == 3 and Identity.objects.filter(kind="payee").count() == 3
    assert Identity.objects.filter(pk=offer.beneficiary).exists()
    told = " ".join(event.details + event.object_key for event in Event.objects.all())
    assert "Héritière" not in told


def test_who_may_not_read_the_incident_finds_no_offer(cast, set_up):
    code = cases.propose(cast.amends, set_up)
    assert queries.get(viewer_for(cast.certifier), code, at=NOW).code == code
    for stranger in (cast.farid, cast.esi):
        with pytest.raises(OfferNotFound):
            queries.get(viewer_for(stranger), code, at=NOW)
    with pytest.raises(AmendsError):
        actions.certify(by=cast.farid, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")
    with pytest.raises(NotAllowed):
        cases.propose(cast.chen, set_up)


def test_only_a_credible_case_has_offers(cast, set_up):
    type(set_up).objects.filter(pk=set_up.pk).update(state="assessment")
    with pytest.raises(Incomplete):
        cases.propose(cast.amends, set_up)
    with pytest.raises(OfferNotFound):
        actions.hold_back(
            by=cast.amends, at=NOW, inquiry="Q-2026-999999", harm="death", no_offer_reason="not_found", words="x"
        )  # fmt: skip


def test_an_offer_in_the_wrong_state_says_what_can_be_done(cast, set_up):
    code = cases.propose(cast.amends, set_up)
    with pytest.raises(IllegalTransition) as refusal:
        actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Done", handover=cases.handover())
    assert "Certify" in refusal.value.say("en")


def test_a_survivor_is_never_put_through_a_commander_or_a_community(cast):
    from constat.apps.amends.models import Payee
    from constat.apps.incidents import actions as incident_actions
    from constat.apps.incidents.models import Incident, PersonHarm

    cases.fund(cast.dara)
    adviser = cast.crsv_adviser
    from constat.apps.incidents.tests.cases import build, make_report

    incident = build(adviser, make_report(compartment="crsv"))
    incident_actions.add_person(by=adviser, at=NOW, incident=incident.code, harms=["sexual_violence"])
    case = cases.inquiry_on(Incident.objects.get(pk=incident.pk), adviser)
    person = str(PersonHarm.objects.get(incident=incident).person_id)
    own = [PayeeDraft("self", Fraction(1), {"name": "Secret"})]
    for measure in ("dialogue_mediation", "acknowledgement_public", "community_project"):
        with pytest.raises(NotForSurvivors):
            cases.propose(adviser, case, person=person, harm="sexual_violence", payees=own, rule="person_harmed",
                          terms=Terms(measure=measure, currency="USD"))  # fmt: skip
    code = cases.propose(
        adviser, case, person=person, harm="sexual_violence", payees=own, rule="person_harmed",
        terms=Terms(measure="psychosocial", currency="USD", base=D(0), in_kind_unit="days", in_kind_quantity=D(10),
                    valuation="own_means"),
    )  # fmt: skip
    assert Offer.objects.get(code=code).survivor
    assert Identity.objects.get(pk=Payee.objects.get().key).compartment == "crsv"
    # Nobody outside the compartment sees that there is such an offer, nor such a case.
    for other in (cast.amends, cast.certifier, cast.dara):
        with pytest.raises(OfferNotFound):
            queries.get(viewer_for(other), code, at=NOW)
        assert queries.queue(viewer_for(other), at=NOW) == []
    with pytest.raises(OfferNotFound):
        actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked")
    admitted = make_person(
        "admitted", role="certifying_officer", section="mission_support", compartments=("crsv",)
    )
    actions.certify(by=admitted, at=NOW, offer=code, reason="Checked")
    assert cases.state(code) == "certified" and Offer.objects.get(code=code).fund is None
    for method in ("commander_visit", "community_meeting", "family_and_elders"):
        with pytest.raises(NotForSurvivors):
            actions.answer(by=adviser, at=NOW, offer=code, verb="put_to_family", reason="Told",
                           contact=cases.contact(method=method))  # fmt: skip
    actions.answer(by=adviser, at=NOW, offer=code, verb="put_to_family", reason="Told",
                   contact=cases.contact(method="through_adviser", with_whom="self"))  # fmt: skip
