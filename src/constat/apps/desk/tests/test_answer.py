"""What waits in the answer: for whoever may take the step, only while it waits, nothing of a closed compartment."""

from datetime import timedelta

import pytest

from constat.apps.amends.tests import cases as amends
from constat.apps.desk.queries.answer import waiting
from constat.apps.inquiries.tests import cases
from tests.cast import NOW, client_for, viewer_for

pytestmark = pytest.mark.django_db


def lines(person, at=NOW):
    return {one.url: (one.n.n, one.late) for one in waiting(viewer_for(person), at=at)}


def test_a_decision_asks_for_measures_and_an_offer_for_its_certifier(cast):
    assert lines(cast.amends) == {} and lines(cast.certifier) == {}
    case = amends.credible(cast.chen)
    assert lines(cast.amends)["/amends/"] == (1, False)
    amends.band(cast.dara)
    amends.propose(cast.amends, case)
    assert lines(cast.certifier)["/amends/"] == (1, False)
    assert lines(cast.farid) == {}


def test_a_file_waits_for_whoever_decides_and_late_ones_stand_first(cast):
    cases.at_decision()
    approver = cases.person("approver")
    assert lines(approver)["/inquiries/?which=all&state=decision"] == (1, False)
    found = waiting(viewer_for(approver), at=NOW + timedelta(days=400))
    assert found[0].late and found[0].url == "/inquiries/late/"


def test_the_day_page_shows_them(cast):
    amends.credible(cast.chen)
    page = client_for(cast.amends).get("/").content.decode()
    assert 'id="answer"' in page
    assert 'id="answer"' not in client_for(cast.amina).get("/").content.decode()
