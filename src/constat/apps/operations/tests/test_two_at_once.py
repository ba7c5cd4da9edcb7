"""Two people withdraw one operation at the same moment: exactly one of them does it. Two files of the same log: each row once."""

import threading

import pytest
from django.db import connection, connections

from constat.apps.operations import actions
from constat.apps.operations.errors import OperationError
from constat.apps.operations.models import Operation
from constat.apps.operations.tests.cases import draft
from tests.cast import NOW, make_persona

pytestmark = [
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="the test database in memory has no queue of writers; the file of a node has",
    ),
    pytest.mark.django_db(transaction=True),
]


def both(*acts):
    start, outcomes = threading.Barrier(2), []

    def run(act):
        start.wait()
        try:
            act()
            outcomes.append("done")
        except OperationError:
            outcomes.append("refused")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_one_of_two_withdrawals_wins():
    military = make_persona("military")
    code = actions.record(by=military, at=NOW, draft=draft())

    def withdraw():
        actions.withdraw(by=military, at=NOW, operation=code, reason="Twice")

    assert both(withdraw, withdraw) == ["done", "refused"]


def test_the_same_row_of_two_files_at_once_goes_in_once():
    from uuid import UUID

    military = make_persona("military")
    row = draft(uid=UUID(int=7), content_sha256="0" * 64)

    def load():
        actions.load(by=military, at=NOW, drafts=[row], filename="log.csv", sha256="0" * 64)

    assert both(load, load) == ["done", "done"]
    assert Operation.objects.count() == 1
