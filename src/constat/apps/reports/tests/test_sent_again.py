"""Sending a report again adds nothing; other content under the same uid is kept apart, never dropped and never put over."""

import dataclasses
import uuid
from datetime import UTC, datetime

import pytest

from constat.apps.access.models import Event, Identity
from constat.apps.reports.actions.receive import KEPT_APART, RECEIVED, UNCHANGED, receive
from constat.apps.reports.draft import ConsentAnswer, Draft, HarmClaim
from constat.apps.reports.errors import RefusedDraft
from constat.apps.reports.models import KeptApart, Report

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 17, tzinfo=UTC)
DRAFT = Draft(
    channel="web_form",
    original="Deux maisons ont brûlé\r\nprès du marché. ".encode(),
    uid=uuid.UUID(int=7),
    harms=(HarmClaim("death", minimum=1, best=2),),
    consents=(ConsentAnswer("hold", "yes"),),
    identity={"phone": "70000001"},
)


def test_the_same_report_sent_again_gives_the_same_receipt_and_writes_nothing():
    first = receive(by="public", at=NOW, draft=DRAFT)
    events = Event.objects.count()

    again = receive(by="public", at=NOW.replace(hour=15), draft=DRAFT)

    assert (first.outcome, again.outcome) == (RECEIVED, UNCHANGED)
    assert (again.report, again.receipt_code) == (first.report, first.receipt_code)
    assert Report.objects.count() == 1
    assert Event.objects.count() == events
    assert Identity.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"original": DRAFT.original + b"!"},
        {"harms": (HarmClaim("death", minimum=1, best=3),)},
        {"identity": {"phone": "70000002"}},
        {"consents": ()},
    ],
)
def test_other_content_is_kept_apart_and_the_first_report_stays(change):
    first = receive(by="public", at=NOW, draft=DRAFT)
    other = dataclasses.replace(DRAFT, **change)

    second = receive(by="public", at=NOW, draft=other)
    third = receive(by="public", at=NOW, draft=other)

    report = Report.objects.get()
    kept = KeptApart.objects.get()
    assert second.outcome == third.outcome == KEPT_APART
    assert second.receipt_code == first.receipt_code
    assert bytes(report.original) == DRAFT.original
    assert bytes(kept.original) == other.original
    assert "70000002" not in str(kept.content)


def test_what_is_added_the_second_time_protects_too():
    receive(by="public", at=NOW, draft=DRAFT)

    receive(by="public", at=NOW, draft=dataclasses.replace(DRAFT, sexual_violence="yes"))

    report = Report.objects.get()
    assert (report.compartment, report.sensitivity) == ("crsv", 3)
    assert set(Identity.objects.values_list("compartment", flat=True)) == {"crsv"}


def test_an_impossible_report_is_refused_with_every_fault():
    bad = dataclasses.replace(
        DRAFT, original=b" ", channel="pigeon", harms=(HarmClaim("death", minimum=3, best=1),)
    )

    with pytest.raises(RefusedDraft) as refused:
        receive(by="public", at=NOW, draft=bad)

    assert {fault.field for fault in refused.value.faults} == {"original", "channel", "harm.death"}
    assert not Report.objects.exists()


def test_the_public_form_keeps_no_finer_time_than_the_hour():
    receive(by="public", at=NOW, draft=DRAFT)

    hour = NOW.replace(minute=0)
    assert Report.objects.get().received_at == hour
    assert Event.objects.get(verb="reports.receive").at == hour


def test_every_identity_given_so_far_follows_the_report_into_its_compartment():
    receive(by="public", at=NOW, draft=DRAFT)
    receive(by="public", at=NOW, draft=dataclasses.replace(DRAFT, identity={"phone": "70000002"}))

    third = dataclasses.replace(DRAFT, identity={"phone": "70000003"}, sexual_violence="yes")
    receive(by="public", at=NOW, draft=third)

    assert Report.objects.get().compartment == "crsv"
    assert list(Identity.objects.values_list("compartment", flat=True)) == ["crsv"] * 3
