"""Two people withdraw one operation at the same moment: exactly one of them does it. Two files of the same log: each row once."""

import pytest

from constat.apps.operations import actions
from constat.apps.operations.errors import OperationError
from constat.apps.operations.models import Operation
from constat.apps.operations.tests.cases import draft
from tests.at_once import QUEUED, at_once
from tests.cast import NOW, make_persona

pytestmark = [pytest.mark.django_db(transaction=True), QUEUED]


def test_one_of_two_withdrawals_wins():
    military = make_persona("military")
    code = actions.record(by=military, at=NOW, draft=draft())

    def withdraw():
        actions.withdraw(by=military, at=NOW, operation=code, reason="Twice")

    assert at_once(withdraw, withdraw, refusals=(OperationError,)) == ["done", "refused"]


def test_the_same_row_of_two_files_at_once_goes_in_once():
    from uuid import UUID

    military = make_persona("military")
    row = draft(uid=UUID(int=7), content_sha256="0" * 64)

    def load():
        actions.load(by=military, at=NOW, drafts=[row], filename="log.csv", sha256="0" * 64)

    assert at_once(load, load, refusals=(OperationError,)) == ["done", "done"]
    assert Operation.objects.count() == 1
