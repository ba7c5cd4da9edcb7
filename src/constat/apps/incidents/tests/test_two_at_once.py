"""Two people merge the same incident at the same moment: exactly one of them does it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from constat.apps.incidents import actions
from constat.apps.incidents.errors import IncidentError
from constat.apps.incidents.models import Merge
from constat.apps.incidents.tests.cases import build
from tests.at_once import QUEUED, at_once
from tests.cast import NOW, make_persona


def test_the_database_itself_refuses_a_second_merge_of_one_incident(chen):
    first, second, wanted = build(chen), build(chen), build(chen)
    actions.merge(by=chen, at=NOW, kept=first.code, absorbed=wanted.code, reason="One event")

    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(
            kept=second, absorbed=wanted, moved={}, before={}, reason="Around the gate", by=chen, at=NOW
        )


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_two_merges_of_one_incident_at_once_and_exactly_one_wins():
    chen, dara = make_persona("chen"), make_persona("dara")
    first, second, wanted = build(chen), build(chen), build(chen)

    def merge(person, kept):
        return lambda: actions.merge(
            by=person, at=NOW + timedelta(minutes=1), kept=kept.code, absorbed=wanted.code, reason="One event"
        )

    outcomes = at_once(merge(chen, first), merge(dara, second), refusals=(IncidentError,))

    assert outcomes == ["done", "refused"]
    assert Merge.objects.filter(absorbed=wanted, undone_at__isnull=True).count() == 1
