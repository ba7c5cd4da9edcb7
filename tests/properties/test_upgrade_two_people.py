"""A node that was filled before two people were asked for: what one person had said waits for the second, and nothing is lost."""

import uuid

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from constat.apps.amends.actions import confirm_settled
from constat.apps.amends.models import Offer
from constat.apps.responses import actions
from constat.apps.responses.models import Notice
from constat.apps.responses.tests.cases import add, decided, person, said_unreached
from tests.cast import NOW
from tests.properties.effort import THOROUGH

BEFORE = [("amends", "0002_only_added_to"), ("responses", "0001_initial")]
AFTER = [("amends", "0004_admission_by_name"), ("responses", "0002_two_people_say_unreached")]


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.skipif(not THOROUGH, reason="goes back and forth through migrations for a minute: make prove")
@pytest.mark.django_db(transaction=True)
def test_what_one_person_had_said_waits_for_the_second():
    case = decided("credible")
    code = said_unreached(case, add(case))
    key = uuid.uuid4()
    old = migrate(BEFORE)
    assert Notice.objects.values_list("state", flat=True).get(code=code) == "not_told", "as it read before"
    offer = {
        "inquiry_id": case.pk, "state": "delivered", "person": key, "subject": str(key), "harm": "injury", "settles": "injury",
        "event": "I", "slot": "settlement", "measure": "ex_gratia_injury", "legal_nature": "third_party_payer",
        "payer": "host_state", "currency": "XOF", "comparable_currency": "XOF", "payee_rule": "person_harmed",
        "proposed_by_id": person("amends").pk, "proposed_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    old.get_model("amends", "Offer").objects.create(code="A-2026-000777", **offer)

    migrate(AFTER)

    assert Offer.objects.get(code="A-2026-000777").state == "said_settled"
    assert Notice.objects.get(code=code).state == "unreached"
    confirm_settled(by=person("certifier"), at=NOW, offer="A-2026-000777", reason="Seen")
    actions.confirm_unreached(by=person("dara"), at=NOW, notice=code, reason="Read")
    assert Offer.objects.get(code="A-2026-000777").state == "delivered"
