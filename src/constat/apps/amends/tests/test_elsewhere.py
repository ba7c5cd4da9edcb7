"""No harm is settled elsewhere on the word of one person: another confirms it, and until then it is open everywhere."""

import pytest
from django.db import IntegrityError, transaction

from constat.apps.amends import actions, queries
from constat.apps.amends.errors import NotAllowed, OfferNotFound, SamePersonTwice
from constat.apps.amends.models import Offer
from constat.apps.amends.queries.pages import offer_page, turn
from constat.apps.amends.tests import cases
from constat.apps.inquiries.actions import settle_response
from constat.rules.amends import SettledAlready
from constat.rules.speech import RuleError
from constat.rules.workflow import IllegalTransition
from tests.at_once import QUEUED, at_once
from tests.cast import NOW, Cast, exactly_one_event, make_person, viewer_for

LETTER = "Letter of the country, 12 January"


@pytest.fixture
def ready(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    actions.set_rate(
        by=cast.dara, at=NOW, base="EUR", quote="USD", value=cases.D("1.1"), on=NOW.date(), source="Bank"
    )


@pytest.fixture
def case(cast, ready):
    return cases.credible(cast.chen)


def said(by, case, **over):
    given = {"measure": "condolence_payment", "payer": "contributing_country", "amount": cases.D("3000"), "currency": "EUR",
             "reason": LETTER, "band": "death", "person": next(iter(cases.persons_of(case)), None), "harm": "death"}  # fmt: skip
    given |= over
    return actions.settled_elsewhere(by=by, at=NOW, inquiry=case.code, **given)


def confirm(by, code):
    actions.confirm_settled(by=by, at=NOW, offer=code, reason="I have read the letter")


def test_a_claim_leaves_the_harm_open_in_the_queue_in_the_clock_and_before_the_end(cast, case):
    with exactly_one_event("amends.settled_elsewhere"):
        code = said(cast.amends, case)

    assert cases.state(code) == "said_settled"
    (found,) = queries.queue(viewer_for(cast.amends), at=NOW)
    assert found.claimed == (code,) and found.settled == 0 and found.clock is not None
    assert [one.code for one in turn(viewer_for(cast.certifier), at=NOW)] == [code]
    assert [one.code for one in turn(viewer_for(cast.legal), at=NOW)] == [code]
    assert turn(viewer_for(cast.amends), at=NOW) == [] == turn(viewer_for(cast.payer), at=NOW)
    assert queries.claimed(case) == [code]


@pytest.mark.parametrize("name", ["certifier", "legal"])
def test_a_second_person_confirms_and_then_it_is_settled(cast, case, name):
    code = said(cast.amends, case)

    with exactly_one_event("amends.confirm_settled"):
        confirm(getattr(cast, name), code)

    row = Offer.objects.get(code=code)
    assert (row.state, row.certified_by, row.fund) == ("delivered", getattr(cast, name), None)
    assert queries.queue(viewer_for(cast.amends), at=NOW) == [] == queries.harms_waiting(case)
    assert queries.claimed(case) == []
    assert cases.sums() == (10000, 0, 0), "no money of ours moves"
    with pytest.raises(IllegalTransition):
        confirm(cast.certifier, code)


def test_sent_back_with_a_reason_the_harm_waits_for_an_offer_again(cast, case):
    code = said(cast.amends, case)
    with pytest.raises(Exception, match="reason"):
        actions.send_back_claim(by=cast.certifier, at=NOW, offer=code, reason="  ")

    with exactly_one_event("amends.send_back_claim"):
        actions.send_back_claim(
            by=cast.certifier, at=NOW, offer=code, reason="The letter names another village"
        )

    assert cases.state(code) == "cancelled"
    (found,) = queries.queue(viewer_for(cast.amends), at=NOW)
    assert [one.harm for one in found.to_offer] == ["death"] and found.claimed == ()
    assert (
        offer_page(viewer_for(cast.amends), code, at=NOW).history[0].words
        == "The letter names another village"
    )
    assert cases.propose(cast.amends, case)


def test_neither_the_one_who_said_so_nor_the_one_who_recorded_the_harm_confirms(cast, case):
    """One person with both posts is still one person."""
    from constat.apps.access.models import Post

    for person in (cast.amends, cast.chen):
        Post.objects.create(person=person, role="certifying_officer", section="mission_support",
                            starts_at=NOW.replace(year=2025))  # fmt: skip
    code = said(cast.amends, case)
    for person in (cast.amends, cast.chen):
        with pytest.raises(SamePersonTwice):
            confirm(person, code)
        with pytest.raises(SamePersonTwice):
            actions.send_back_claim(by=person, at=NOW, offer=code, reason="No")
        assert "confirm_settled" not in [
            one.verb for one in offer_page(viewer_for(person), code, at=NOW).steps
        ]
    confirm(cast.certifier, code)


def test_figures_are_not_confirmed_by_whoever_set_them(cast, ready):
    from constat.apps.access.models import Post
    from constat.apps.incidents.harms import HarmEntry

    case = cases.credible(cast.chen, persons=(), lines=[HarmEntry(harm="death", minimum=2)])
    other = make_person("other", role="certifying_officer", section="mission_support")
    Post.objects.create(
        person=cast.chen, role="legal_adviser", section="legal", starts_at=NOW.replace(year=2025)
    )
    code = said(cast.amends, case, person=None, quantity=cases.D(2))
    with pytest.raises(SamePersonTwice):
        confirm(cast.chen, code)
    confirm(other, code)


def test_who_holds_no_leave_to_confirm_is_refused_and_who_may_not_read_finds_nothing(cast, case):
    code = said(cast.amends, case)
    for name in ("chen", "dara", "payer", "approver", "reviewer", "esi", "farid"):
        with pytest.raises(NotAllowed):
            confirm(getattr(cast, name), code)
    protected = cases.credible(cast.crsv_adviser, compartment="crsv")
    hidden = said(cast.crsv_adviser, protected)
    with pytest.raises(OfferNotFound):
        confirm(cast.certifier, hidden)


def test_nothing_else_is_offered_while_it_waits_and_any_claims_officer_takes_the_claim_back(cast, case):
    code = said(cast.amends, case)
    with pytest.raises(SettledAlready, match=code):
        cases.propose(cast.amends, case)
    with pytest.raises(SettledAlready, match=code):
        said(cast.amends, case)
    other = make_person("other", role="amends_officer", section="claims")
    actions.give_up(by=other, at=NOW, offer=code, verb="withdraw", reason="The letter was withdrawn")
    assert cases.propose(cast.amends, case)


def test_the_database_refuses_one_word_too(cast, case):
    row = Offer.objects.get(code=said(cast.amends, case))
    for change in ({"state": "delivered"}, {"state": "delivered", "certified_by": cast.amends, "certified_at": NOW},
                   {"payer": "", "legal_nature": "ex_gratia"}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Offer.objects.filter(pk=row.pk).update(**change)


def test_an_unconfirmed_claim_is_compared_with_nothing(cast, case):
    from constat.apps.amends.queries.pages import comparability_page

    code = said(cast.amends, case)
    assert comparability_page(viewer_for(cast.dara), at=NOW) == []
    confirm(cast.legal, code)
    assert [one.n for one in comparability_page(viewer_for(cast.dara), at=NOW)] == [1]


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_of_a_confirmation_and_a_sending_back_at_the_same_moment_one_is_taken():
    cast = Cast()
    case = cases.credible(cast.chen)
    cases.fund(cast.dara)
    code = said(cast.amends, case, band="")
    sira, pia = cast.certifier, cast.legal

    done = at_once(
        lambda: confirm(sira, code),
        lambda: actions.send_back_claim(by=pia, at=NOW, offer=code, reason="Not this harm"),
        refusals=(RuleError,),
    )

    assert done == ["done", "refused"]


def test_a_claim_stays_in_the_queue_when_somebody_calls_the_measures_settled(cast, case):
    code = said(cast.amends, case)
    settle_response(by=cast.amends, at=NOW, inquiry=case.code, reason="All done")
    (found,) = queries.queue(viewer_for(cast.amends), at=NOW)
    assert found.claimed == (code,) and found.clock is not None
    confirm(cast.legal, code)
    assert queries.queue(viewer_for(cast.amends), at=NOW) == []
