"""Whoever must call back reads how to reach the reporter, for a purpose that is in the log first; nobody else does."""

import pytest

from constat.apps.access.models import Event
from constat.apps.reports.actions.receive import receive
from constat.apps.reports.actions.reveal import reveal
from constat.apps.reports.draft import Draft
from constat.apps.reports.errors import NothingToDo, NotNeeded, ReportNotFound
from tests.cast import NOW, client_for

pytestmark = pytest.mark.django_db(transaction=True)
IDENTITY = {"name": "Veli Drumelin", "phone": "+000 11 22 33", "safe_hours": "18-20"}


def reported(by, **said):
    draft = Draft(channel="phone", original=b"Une mine", identity=IDENTITY, **said)
    return receive(by=by, at=NOW, draft=draft).report


def test_the_officer_who_took_the_call_reads_the_way_to_call_back_and_no_name(amina):
    report = reported(amina)

    values = reveal(by=amina, at=NOW, report=report, purpose="rappeler pour le soin")

    assert values == {"phone": "+000 11 22 33", "safe_hours": "18-20"}
    event = Event.objects.order_by("-seq").first()
    assert (event.verb, event.purpose) == ("identities.reveal", "rappeler pour le soin")


def test_no_purpose_no_contact_and_no_event(amina):
    report = reported(amina)
    before = Event.objects.count()

    with pytest.raises(NothingToDo):
        reveal(by=amina, at=NOW, report=report, purpose="  ")

    assert Event.objects.count() == before


def test_an_analyst_who_did_not_take_the_call_sees_a_grade_and_no_contact(amina, chen):
    report = reported(amina)

    with pytest.raises(NotNeeded):
        reveal(by=chen, at=NOW, report=report, purpose="curiosite")


def test_a_report_of_a_compartment_is_absent(amina, chen):
    report = reported(amina, child_involved="yes")

    with pytest.raises(ReportNotFound):
        reveal(by=chen, at=NOW, report=report, purpose="curiosite")


def test_the_page_shows_nothing_before_a_purpose_is_given(amina):
    report = reported(amina)
    client = client_for(amina)

    first = client.get(f"/reports/{report}/reporter/")
    empty = client.post(f"/reports/{report}/reporter/", {"purpose": ""})
    shown = client.post(f"/reports/{report}/reporter/", {"purpose": "rappeler"})

    assert b"11 22 33" not in first.content + empty.content
    assert b"11 22 33" in shown.content
    assert b"Drumelin" not in shown.content
    assert "no-store" in shown["Cache-Control"]
