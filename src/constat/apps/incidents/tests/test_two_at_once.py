"""Two people merge the same incident at the same moment: exactly one of them does it."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from constat.apps.incidents import actions
from constat.apps.incidents.errors import IncidentError
from constat.apps.incidents.models import Merge
from constat.apps.incidents.tests.cases import build
from tests.cast import NOW, make_persona


def test_the_database_itself_refuses_a_second_merge_of_one_incident(chen):
    first, second, wanted = build(chen), build(chen), build(chen)
    actions.merge(by=chen, at=NOW, kept=first.code, absorbed=wanted.code, reason="One event")

    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(
            kept=second, absorbed=wanted, moved={}, before={}, reason="Around the gate", by=chen, at=NOW
        )


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="the test database in memory has no queue of writers; the file of a node has",
)
@pytest.mark.django_db(transaction=True)
def test_two_merges_of_one_incident_at_once_and_exactly_one_wins():
    chen, dara = make_persona("chen"), make_persona("dara")
    first, second, wanted = build(chen), build(chen), build(chen)
    start, outcomes = threading.Barrier(2), []

    def merge(person, kept):
        start.wait()
        try:
            actions.merge(
                by=person,
                at=NOW + timedelta(minutes=1),
                kept=kept.code,
                absorbed=wanted.code,
                reason="One event",
            )
            outcomes.append("merged")
        except IncidentError:
            outcomes.append("refused")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((chen, first), (dara, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["merged", "refused"]
    assert Merge.objects.filter(absorbed=wanted, undone_at__isnull=True).count() == 1
