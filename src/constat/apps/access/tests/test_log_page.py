"""Who reads how much of the log: the chief the acts, the data protection focal point and the auditor every event."""

import pytest
from django.db import transaction

from constat.apps.access import log, queries
from tests.cast import NOW, viewer_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(bruno):
    """An event on a record of a compartment, and one on an account."""
    with transaction.atomic():
        log.record(by=bruno, verb="reports.reclassify", object_type="report", object_key="R-2026-000007", at=NOW,
                   purpose="for a reason", details={"compartment": "crsv"})  # fmt: skip
        log.record(
            by="system",
            verb="access.appoint",
            object_type="person",
            object_key=12,
            at=NOW,
            details={"role": "analyst"},
        )


def line(person, verb):
    return next(one for one in queries.log_page(viewer_for(person)).events if one.verb == verb)


def test_the_log_tells_the_chief_of_no_record_of_a_compartment(told, dara, bruno):
    seen = line(dara, "reports.reclassify")

    assert (seen.actor, seen.record, seen.purpose, seen.details) == (
        f"{bruno.pk} Bruno Test",
        "report",
        "",
        "",
    )
    assert line(dara, "access.appoint").record == "person 12"


def test_ones_own_acts_are_read_in_full(dara):
    with transaction.atomic():
        log.record(by=dara, verb="reports.share", object_type="report", object_key="R-2026-000007", at=NOW)

    assert line(dara, "reports.share").record == "report R-2026-000007"


@pytest.mark.parametrize("name", ["data_protection", "auditor"])
def test_whoever_watches_over_the_log_reads_every_event(told, cast, name):
    seen = line(getattr(cast, name), "reports.reclassify")

    assert (seen.record, seen.purpose, seen.details) == (
        "report R-2026-000007",
        "for a reason",
        '{"compartment":"crsv"}',
    )


def test_whoever_only_verifies_it_reads_verbs_and_hashes(told, administrator):
    seen = line(administrator, "reports.reclassify")

    assert (seen.actor, seen.record, seen.details) == ("", "", "")
    assert seen.hash


@pytest.mark.parametrize(("verb", "kind", "key"), [
    ("evidence.deposit", "item", "E-2026-000003"), ("evidence.interview", "interview", "V-2026-000001"),
    ("responses.complain", "complaint", "K-2026-000002"), ("responses.tell", "notice", "N-2026-000002"),
    ("responses.open_track", "track", "4"), ("referrals.approve", "referral", "X-2026-000001"),
    ("publication.begin_statement", "publication", "P-2026-000001"), ("later.act", "a kind nobody named yet", "Z-1"),
])  # fmt: skip
def test_of_no_kind_of_record_does_the_chief_read_which_one(dara, bruno, verb, kind, key):
    with transaction.atomic():
        log.record(by=bruno, verb=verb, object_type=kind, object_key=key, at=NOW, purpose="why",
                   details={"subject": "D-2026-000001"})  # fmt: skip
    seen = line(dara, verb)
    assert (seen.record, seen.purpose, seen.details) == (kind, "", "")
