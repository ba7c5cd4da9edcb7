"""Two people act on one offer, or on the last money of one line, at the same moment: exactly one of them does."""

from functools import partial

import pytest

from constat.apps.amends import actions
from constat.apps.amends.errors import AmendsError
from constat.apps.amends.models import Delivery, Entry
from constat.apps.amends.tests import cases
from constat.apps.amends.verify import faults
from constat.rules.speech import RuleError
from tests.at_once import QUEUED
from tests.at_once import at_once as together
from tests.cast import NOW, Cast, make_person

pytestmark = [pytest.mark.django_db(transaction=True), QUEUED]
at_once = partial(together, refusals=(AmendsError, RuleError))


def test_two_certifications_of_one_offer_and_exactly_one_wins():
    cast = Cast()
    cases.fund(cast.dara)
    cases.band(cast.dara)
    second = make_person("second", role="certifying_officer", section="mission_support")
    code = cases.propose(cast.amends, cases.credible(cast.chen))
    cast.certifier  # noqa: B018

    def certify(person):
        return lambda: actions.certify(by=person, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")

    assert at_once(certify(cast.certifier), certify(second)) == ["done", "refused"]
    assert cases.sums() == (10000, 2250, 0) and list(faults()) == []


def test_two_payments_of_one_offer_and_exactly_one_wins():
    cast = Cast()
    cases.fund(cast.dara)
    cases.band(cast.dara)
    second = make_person("second", role="paying_agent", section="mission_support")
    code = cases.accepted(cast, cases.credible(cast.chen))

    def pay(person):
        return lambda: actions.deliver(
            by=person, at=NOW, offer=code, reason="Done", handover=cases.handover()
        )

    assert at_once(pay(cast.payer), pay(second)) == ["done", "refused"]
    assert Delivery.objects.count() == 1 and cases.sums() == (10000, 2250, 2250) and list(faults()) == []


def test_the_last_money_is_promised_once():
    cast = Cast()
    cases.fund(cast.dara, amount="3000")
    cases.band(cast.dara)
    codes = [cases.propose(cast.amends, cases.credible(cast.chen)) for _ in range(2)]
    cast.certifier  # noqa: B018

    def certify(code):
        return lambda: actions.certify(
            by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="AMENDS-1"
        )

    assert at_once(*map(certify, codes)) == ["done", "refused"]
    assert cases.sums() == (3000, 2250, 0) and Entry.objects.count() == 2


def test_two_proposals_for_one_harm_and_exactly_one_stands():
    cast = Cast()
    cases.band(cast.dara)
    case = cases.credible(cast.chen)
    second = make_person("second", role="amends_officer", section="claims")
    cast.amends  # noqa: B018
    acts = [lambda person=person: cases.propose(person, case) for person in (cast.amends, second)]
    assert at_once(*acts) == ["done", "refused"]
