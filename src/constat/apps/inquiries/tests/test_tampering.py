"""`constat verify` names a decision that was removed or signed anew, and what was rewritten together with its hash."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from constat.apps.access.log import canonical
from constat.apps.access.models import Event
from constat.apps.inquiries import actions, proof
from constat.apps.inquiries.models import Baseline, Decision, Finding, Inquiry, Investigation
from constat.apps.inquiries.tests import cases
from tests.cast import NOW


def named():
    return [(one.record, one.what) for one in proof.faults()]


def returned_then_credible(chen):
    found = cases.at_decision(chen)
    cases.decide(found, outcome="returned")
    cases.assess(found)
    actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="Again")
    cases.decide(found)
    return found


@pytest.mark.parametrize("number", [1, 2])
def test_a_decision_that_was_removed_is_named(chen, number):
    found = returned_then_credible(chen)
    assert named() == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM inquiries_decision WHERE number = %s", [number])
    assert named() == [(found.code, f"decision {number} is missing: the log tells of it")]
    Event.objects.filter(verb="inquiries.decide").update(details="", salt="")
    assert (found.code, "1 decision(s) missing: the log tells of 2") in named()


def test_a_decision_signed_anew_with_another_key_is_named_even_where_its_event_lost_the_details(chen):
    found = cases.credible(chen)
    # The one change of an event that the triggers of the log allow, because a law may ask for it.
    Event.objects.filter(verb="inquiries.decide").update(details="", salt="")
    assert named() == [], "an erasure by law is no tampering"
    row = Decision.objects.get(inquiry=found)
    content = canonical(json.loads(bytes(row.content)) | {"outcome": "no_civilian_harm"}).encode()
    key, digest = Ed25519PrivateKey.generate(), proof.sha256(content)
    Decision.objects.filter(pk=row.pk).update(
        outcome="no_civilian_harm", content=content, content_hash=digest,
        signature=key.sign(proof.PREFIX + bytes.fromhex(digest)).hex(), public_key=key.public_key().public_bytes_raw().hex(),
    )  # fmt: skip
    assert [record for record, _what in named()] == [found.code]


def test_a_baseline_rewritten_with_its_hash_is_named(chen):
    found = cases.opened(chen)
    assert named() == []
    Baseline.objects.update(content=b"{}", sha256=proof.sha256(b"{}"))
    assert named() == [(found.code, "what was reported (the baseline) was changed")]


def test_what_was_sealed_is_compared_with_the_log_and_with_what_stands(db):
    found = cases.under_investigation()
    cases.add_finding(found)
    actions.protect(
        by=cases.person("investigator"), at=NOW, inquiry=found.code, text="Moved to the next town"
    )
    actions.submit_findings(by=cases.person("investigator"), at=NOW, inquiry=found.code, reason="Done")
    assert named() == []
    Finding.objects.update(statement="Nobody fired.")
    assert named() == [(found.code, "investigation 1 was changed after it was sealed")]
    one = Investigation.objects.select_related("inquiry").get()
    content = canonical(proof.sealed(one)).encode()
    Investigation.objects.update(sealed_content=content, sha256=proof.sha256(content))
    assert named() == [(found.code, "investigation 1 was changed after it was sealed")]


def test_an_inquiry_closed_past_the_program_is_named(chen):
    found = cases.credible(chen)
    Inquiry.objects.update(
        state="closed", closed_at=NOW, closed_by=chen, closure_reason="insufficient_evidence", clock="",
        clock_started_at=None, due_at=None,
    )  # fmt: skip
    assert named() == [(found.code, "it is closed, and the log tells of no closing")]
