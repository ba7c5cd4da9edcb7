"""The queue makes itself of the decisions; one harm is settled once, whoever pays and under whatever code."""

from datetime import timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from constat.apps.amends import actions, queries
from constat.apps.amends.actions import PayeeDraft, Terms
from constat.apps.amends.errors import Incomplete
from constat.apps.amends.models import Offer
from constat.apps.amends.tests import cases
from constat.apps.incidents import actions as incident_actions
from constat.apps.incidents.harms import HarmEntry
from constat.apps.incidents.models import Incident, PersonHarm
from constat.rules.amends import MoreThanHarmed, SettledAlready
from tests.cast import NOW, viewer_for

COWS = HarmEntry(harm="livestock", minimum=5, best=7, maximum=9, unit="animals")


@pytest.fixture
def ready(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    cases.band(cast.dara, "animal", "250", "320", "400")


def test_a_credible_case_is_in_the_queue_with_every_harm_and_its_clock(cast, ready):
    case = cases.credible(cast.chen, persons=[("death",), ("injury_serious",)], lines=[COWS])
    (found,) = queries.queue(viewer_for(cast.amends), at=NOW)
    assert found.inquiry == case.code and not found.breached and found.clock.state == "on_time"
    assert [(w.harm, w.left, w.person is None) for w in found.to_offer] == [
        ("death", 1, False), ("injury_serious", 1, False), ("livestock", 7, True),
    ]  # fmt: skip
    (late,) = queries.queue(viewer_for(cast.amends), at=NOW + timedelta(days=28))
    assert late.breached and late.clock.state == "overdue"
    cases.propose(cast.amends, case)
    (found,) = queries.queue(viewer_for(cast.amends), at=NOW)
    assert [w.harm for w in found.to_offer] == ["injury_serious", "livestock"] and len(found.open_offers) == 1


def test_a_case_leaves_the_queue_when_everything_is_answered(cast, ready):
    case = cases.credible(cast.chen)
    code = cases.accepted(cast, case)
    (found,) = queries.queue(viewer_for(cast.amends), at=NOW + timedelta(days=99))
    # They know the offer: what remains is to hand it over, and the clock of the offer no longer runs.
    assert (
        found.to_offer == () and found.clock is None and not found.breached and found.open_offers == (code,)
    )
    actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Done", handover=cases.handover())
    assert queries.queue(viewer_for(cast.amends), at=NOW) == []


def test_why_nothing_is_offered_stays_on_the_case(cast, ready):
    case = cases.credible(cast.chen)
    person = cases.persons_of(case)[0]
    actions.hold_back(by=cast.amends, at=NOW, inquiry=case.code, person=person, harm="death", no_offer_reason="not_found",
                      words="Three visits; again in May")  # fmt: skip
    (found,) = queries.queue(viewer_for(cast.amends), at=NOW)
    assert found.to_offer == () and found.held_back[0].no_offer.reason == "not_found"
    with pytest.raises(Incomplete):
        actions.hold_back(by=cast.amends, at=NOW, inquiry=case.code, person=person, harm="death",
                          no_offer_reason="not_found", words="x")  # fmt: skip
    actions.take_up(by=cast.amends, at=NOW, inquiry=case.code, person=person, harm="death")
    assert len(queries.queue(viewer_for(cast.amends), at=NOW)[0].to_offer) == 1


def test_the_second_offer_for_one_harm_is_refused_naming_the_first(cast, ready):
    case = cases.credible(cast.chen)
    first = cases.propose(cast.amends, case)
    with pytest.raises(SettledAlready, match=first):
        cases.propose(cast.amends, case)
    # Care stands beside the settlement; a second payment under another name does not.
    care = Terms(measure="medical_follow_up", currency="USD", base=D(0), in_kind_unit="days", in_kind_quantity=D(30),
                 valuation="own_means")  # fmt: skip
    cases.propose(cast.amends, case, terms=care)
    with pytest.raises(SettledAlready):
        cases.propose(cast.amends, case, terms=Terms(measure="ex_gratia_injury", band="death"))
    row = Offer.objects.get(code=first)
    row.pk, row.code = None, "A-2026-999999"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_another_payer_settled_is_not_settled_again(cast, ready):
    case = cases.credible(cast.chen)
    person = cases.persons_of(case)[0]
    code = actions.settled_elsewhere(
        by=cast.amends, at=NOW, inquiry=case.code, person=person, harm="death", measure="condolence_payment",
        payer="contributing_country", amount=D("3000"), currency="EUR", reason="Letter of the country", band="death",
    )  # fmt: skip
    with pytest.raises(SettledAlready, match=code):
        cases.propose(cast.amends, case)
    actions.confirm_settled(by=cast.certifier, at=NOW, offer=code, reason="The letter is in the file")
    with pytest.raises(SettledAlready, match=code):
        cases.propose(cast.amends, case)
    assert cases.sums() == (10000, 0, 0) and queries.queue(viewer_for(cast.amends), at=NOW) == []
    with pytest.raises(Incomplete):
        actions.take_back(by=cast.payer, at=NOW, offer=code, reason="x", receipt_sha256=cases.RECEIPT)


def test_nobody_dies_twice_in_two_incidents(cast, ready):
    one, two = cases.credible(cast.chen), cases.credible(cast.chen)
    person = cases.persons_of(one)[0]
    PersonHarm.objects.filter(incident=two.incident).update(person_id=person)
    first = cases.propose(cast.amends, one, person=person)
    with pytest.raises(SettledAlready, match=first):
        cases.propose(cast.amends, two, person=person)


def test_merging_two_incidents_does_not_open_a_second_settlement(cast, ready):
    cases.band(cast.dara, "injury_serious", "400", "900", "1500")
    one = cases.credible(cast.chen, persons=[("injury_serious",)])
    two = cases.credible(cast.chen, persons=[("injury_serious",)])
    person = cases.persons_of(one, "injury_serious")[0]
    terms = Terms(measure="ex_gratia_injury", band="injury_serious")
    own = [PayeeDraft("self", Fraction(1), {"name": "X"})]
    first = cases.propose(
        cast.amends, one, person=person, harm="injury_serious", terms=terms, payees=own, rule="person_harmed"
    )
    Incident.objects.filter(pk=one.incident_id).update(state="merged", merged_into=two.incident_id)
    PersonHarm.objects.filter(person=person).update(incident=two.incident)
    two.refresh_from_db()
    with pytest.raises(SettledAlready, match=first):
        cases.propose(
            cast.amends,
            two,
            person=person,
            harm="injury_serious",
            terms=terms,
            payees=own,
            rule="person_harmed",
        )
    waiting = queries.harms_waiting(two)
    assert [str(one.person) for one in waiting] == [
        one for one in cases.persons_of(two, "injury_serious") if one != person
    ]


def test_seven_cows_are_replaced_in_parts_by_three_people_and_never_an_eighth(cast, ready):
    case = cases.credible(cast.chen, lines=[COWS])
    herd = {
        "person": None,
        "harm": "livestock",
        "rule": "household",
        "payees": [PayeeDraft("self", Fraction(1), {"name": "H"})],
    }

    def cows(n):
        return Terms(measure="livestock_crop_in_kind", band="animal", base=D(320 * n), in_kind_unit="animals",
                     in_kind_quantity=D(n), valuation="market_price")  # fmt: skip

    first = cases.propose(cast.amends, case, terms=cows(4), quantity=D(4), **herd)
    with pytest.raises(MoreThanHarmed) as refusal:
        cases.propose(cast.amends, case, terms=cows(4), quantity=D(4), **herd)
    assert first in refusal.value.say("en")
    cases.propose(cast.amends, case, terms=cows(3), quantity=D(3), **herd)
    actions.certify(by=cast.certifier, at=NOW, offer=first, reason="Checked", fund="AMENDS-1")
    assert cases.sums() == (10000, 1280, 0)
    offer = Offer.objects.get(code=first)
    assert (offer.in_kind_quantity, offer.comparable, offer.position) == (4, 320, "within")
    for verb in ("put_to_family", "accept_offer"):
        actions.answer(by=cast.amends, at=NOW, offer=first, verb=verb, reason="Yes", contact=cases.contact())
    actions.deliver(
        by=cast.payer,
        at=NOW,
        offer=first,
        reason="At the market",
        handover=cases.handover(place="market_or_farm"),
    )
    assert cases.sums() == (10000, 1280, 1280)


def test_figures_can_change_under_an_offer_and_nothing_breaks(cast, ready):
    case = cases.credible(cast.chen, lines=[COWS])
    cases.propose(cast.amends, case)
    incident_actions.set_harm(by=cast.chen, at=NOW, incident=case.incident.code, reason="Recount",
                              lines=[HarmEntry(harm="death", minimum=1), HarmEntry(harm="livestock", minimum=2, unit="animals")])  # fmt: skip
    (waiting,) = queries.queue(viewer_for(cast.amends), at=NOW)[0].to_offer
    assert (waiting.harm, waiting.left) == ("livestock", 2)
