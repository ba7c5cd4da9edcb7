"""A decision that was removed, or signed anew with another key, is named by `constat verify`."""

from django.db import connection

from constat.apps.access.guards import lift_guards, set_guards
from constat.apps.access.models import Event
from constat.apps.inquiries import proof
from constat.apps.inquiries.models import Decision
from constat.apps.inquiries.tests import cases


def remove(table, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])


def test_a_decision_that_was_removed_is_named(chen):
    found = cases.at_decision(chen)
    cases.decide(found, outcome="returned")
    cases.assess(found)
    from constat.apps.inquiries import actions
    from tests.cast import NOW

    actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="Again")
    cases.decide(found)
    assert list(proof.faults()) == []
    remove("inquiries_decision", Decision.objects.get(inquiry=found, number=2).pk)
    assert [(one.record, "decision 2" in one.what) for one in proof.faults()] == [(found.code, True)]


def test_a_decision_signed_anew_with_another_key_is_named_even_where_the_details_of_its_event_were_erased(
    chen,
):
    import json

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from constat.apps.access.log import canonical

    found = cases.credible(chen)
    row = Decision.objects.get(inquiry=found)
    data = json.loads(bytes(row.content)) | {"outcome": "no_civilian_harm"}
    content = canonical(data).encode()
    key, digest = Ed25519PrivateKey.generate(), proof.sha256(content)
    Decision.objects.filter(pk=row.pk).update(
        outcome="no_civilian_harm", content=content, content_hash=digest,
        signature=key.sign(proof.PREFIX + bytes.fromhex(digest)).hex(), public_key=key.public_key().public_bytes_raw().hex(),
    )  # fmt: skip
    # The one change the triggers of the log allow.
    Event.objects.filter(verb="inquiries.decide").update(details="", salt="")
    assert [one.record for one in proof.faults()] == [found.code]


__all__ = ["lift_guards", "set_guards"]
