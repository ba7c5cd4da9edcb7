"""The demo's amends go through the actions people use, and the books hold afterwards."""

from datetime import timedelta

from constat.apps.amends import queries
from constat.apps.amends.models import Offer
from constat.apps.amends.tests import cases
from constat.apps.amends.verify import faults
from constat.apps.incidents.harms import HarmEntry
from constat.demo import amends as demo
from tests.cast import NOW, viewer_for


def test_credible_cases_are_answered_by_three_people(cast):
    demo.open_lines(finance=cast.dara, at=NOW)
    cows = HarmEntry(harm="livestock", minimum=3, unit="animals")
    for _ in range(2):
        cases.credible(cast.chen, persons=[("death",), ("injury_serious",)], lines=[cows])
    done = demo.answer_cases(officer=cast.amends, certifier=cast.certifier, payer=cast.payer, at=NOW)
    assert done == {"proposed": 3, "delivered": 3, "deferred": 0, "declined": 0}
    assert set(Offer.objects.values_list("measure", flat=True)) == {
        "condolence_payment", "ex_gratia_injury", "livestock_crop_in_kind",
    }  # fmt: skip
    (left,) = queries.queue(viewer_for(cast.amends), at=NOW + timedelta(days=20))
    assert len(left.to_offer) == 3 and list(faults()) == []


def test_one_harm_settled_elsewhere_on_the_word_of_two_and_one_that_waits(cast):
    demo.open_lines(finance=cast.dara, at=NOW)
    one, two = (cases.credible(cast.chen) for _ in range(2))
    confirmed = demo.settled_elsewhere(officer=cast.amends, second=cast.legal, inquiry=one, at=NOW)
    waits = demo.settled_elsewhere(officer=cast.amends, second=None, inquiry=two, at=NOW)
    assert (cases.state(confirmed), cases.state(waits)) == ("delivered", "said_settled")
    (left,) = queries.queue(viewer_for(cast.amends), at=NOW)
    assert left.claimed == (waits,)
