"""Two people close one case at the same moment: exactly one of them does it."""

import threading

import pytest
from django.db import connection, connections

from constat.apps.inquiries.models import Inquiry
from constat.apps.responses.errors import ResponseError
from constat.apps.responses.tests.cases import close, decided, person


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="the test database in memory has no queue of writers; the file of a node has",
)
@pytest.mark.django_db(transaction=True)
def test_two_closings_at_once_and_exactly_one_wins():
    case = decided("not_enough_evidence")
    people = (person("dara"), person("approver"))
    start, outcomes = threading.Barrier(2), []

    def run(who):
        start.wait()
        try:
            close(case, by=who)
            outcomes.append("closed")
        except ResponseError:
            outcomes.append("refused")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(outcomes) == ["closed", "refused"]
    assert Inquiry.objects.get(pk=case.pk).state == "closed"
