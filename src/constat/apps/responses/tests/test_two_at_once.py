"""Two people close one case at the same moment: exactly one of them does it."""

import pytest

from constat.apps.inquiries.models import Inquiry
from constat.apps.responses.errors import ResponseError
from constat.apps.responses.tests.cases import close, decided, person
from tests.at_once import QUEUED, at_once


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_two_closings_at_once_and_exactly_one_wins():
    case = decided("not_enough_evidence")
    dara, approver = person("dara"), person("approver")

    outcomes = at_once(
        lambda: close(case, by=dara), lambda: close(case, by=approver), refusals=(ResponseError,)
    )

    assert outcomes == ["done", "refused"]
    assert Inquiry.objects.get(pk=case.pk).state == "closed"
