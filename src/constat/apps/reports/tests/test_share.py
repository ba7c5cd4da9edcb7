"""Leave to read one report: given to another, never to oneself, and ended at once."""

from datetime import timedelta

import pytest

from constat.apps.reports import queries
from constat.apps.reports.actions.receive import receive
from constat.apps.reports.actions.share import share, unshare
from constat.apps.reports.draft import Draft
from constat.apps.reports.errors import ReportNotFound
from constat.apps.reports.models import ReportGrant
from constat.rules.separation import SamePerson
from tests.cast import NOW, viewer_for

pytestmark = pytest.mark.django_db
UNTIL = NOW + timedelta(days=7)


@pytest.fixture
def code():
    return receive(by="system", at=NOW, draft=Draft(channel="phone", original=b"x")).report


def test_nobody_opens_a_report_to_oneself_for_the_time_after_the_post(dara, code):
    with pytest.raises(SamePerson):
        share(by=dara, at=NOW, report=code, reason="For later", until=UNTIL, person=dara)

    assert not ReportGrant.objects.exists()


def test_a_report_is_open_to_the_other_person_until_it_is_closed_again(dara, military, code):
    grant = share(by=dara, at=NOW, report=code, reason="Their patrol was there", until=UNTIL, person=military)
    assert queries.get(viewer_for(military), code, at=NOW).code == code

    unshare(by=dara, at=NOW + timedelta(hours=1), report=code, grant=grant.pk)

    with pytest.raises(ReportNotFound):
        queries.get(viewer_for(military), code, at=NOW + timedelta(hours=2))
