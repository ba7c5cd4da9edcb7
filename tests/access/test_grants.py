from datetime import timedelta

import pytest

from constat.apps.access import actions, queries
from constat.apps.access.errors import AccessError, NotAllowed, Refused
from constat.apps.access.visibility import facts_of, granted_to
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.visibility import may_read
from tests.cast import NOW, refuses, viewer_for


@pytest.fixture
def report(db):
    return Report.objects.create(
        code="R-2026-000001",
        channel="phone",
        received_at=NOW,
        original=b"",
        original_sha256="",
        sensitivity=1,
    )


def facts(report, at=NOW):
    return facts_of(report, kind="report", granted_to=granted_to(report.grants.all(), at=at))


def give(report, by, **more):
    entry = {"reason": "Patrol next week", "person": None, **more}
    return actions.grant(report.grants, facts=facts(report), object_key=report.code, by=by, at=NOW, **entry)


def test_a_record_is_opened_to_a_person_until_the_leave_ends(report, dara, military, one_event):
    assert not may_read(viewer_for(military), facts(report))
    with one_event("access.grant", object_type="report", object_key=report.code, purpose="Patrol next week"):
        given = give(report, dara, person=military)
    assert may_read(viewer_for(military), facts(report)).reason == "granted"

    later = NOW + timedelta(days=1)
    with one_event("access.end_grant", object_key=report.code):
        actions.end_grant(given, object_type="report", object_key=report.code, by=dara, at=later)

    assert not may_read(viewer_for(military), facts(report, at=later))
    with refuses("grant_over"):
        actions.end_grant(given, object_type="report", object_key=report.code, by=dara, at=later)


def test_a_record_is_opened_to_a_section(report, dara, military):
    give(report, dara, section="force_operations", ends_at=NOW + timedelta(days=7))

    assert may_read(viewer_for(military), facts(report))
    assert not may_read(viewer_for(military), facts(report, at=NOW + timedelta(days=7)))


@pytest.mark.parametrize("name", ["amina", "bruno", "chen", "administrator"])
def test_nobody_else_opens_records(report, cast, military, name):
    with pytest.raises(NotAllowed):
        give(report, getattr(cast, name), person=military)
    assert not ReportGrant.objects.exists()


def test_nobody_opens_a_record_to_oneself(report, dara):
    with pytest.raises(NotAllowed) as refusal:
        give(report, dara, person=dara)
    assert refusal.value.code == "same_person"


@pytest.mark.parametrize(("values", "field"), [({}, "person"), ({"section": "jmac", "reason": " "}, "reason"),
                                               ({"section": "jmac", "ends_at": NOW}, "ends_at")])  # fmt: skip
def test_a_wrong_entry_is_named(report, dara, values, field):
    with pytest.raises(Refused) as refusal:
        give(report, dara, **values)
    assert refusal.value.field == field


def test_both_a_person_and_a_section_is_one_too_many(report, dara, military):
    with refuses("one_receiver"):
        give(report, dara, person=military, section="jmac")


def test_a_leave_that_would_open_nothing_is_refused(report, dara, child_adviser, esi):
    with pytest.raises(NotAllowed) as refusal:
        give(report, dara, person=esi)  # reads up to L0 only
    assert refusal.value.code == "above_ceiling"


def test_a_compartment_is_not_opened_by_a_leave(report, dara, chen):
    Report.objects.filter(pk=report.pk).update(compartment="child")
    report.refresh_from_db()
    with pytest.raises(NotAllowed):
        give(report, dara, person=chen)  # the chief is outside it, too
    from constat.apps.access.models import CompartmentMember

    CompartmentMember.objects.create(person=dara, compartment="child", reason="Test", starts_at=NOW)
    with pytest.raises(Refused) as refusal:
        give(report, dara, person=chen)
    assert refusal.value.code == "outside_compartment"


def test_only_managers_get_lines_about_people(amina, chen, administrator, dara):
    assert queries.people(viewer_for(chen), at=NOW) == []
    assert queries.person_page(amina.pk, viewer_for(chen), at=NOW) is None
    assert queries.admissions(viewer_for(administrator), at=NOW) == ()
    with pytest.raises(NotAllowed):
        actions.read_log(by=chen, viewer=viewer_for(chen), at=NOW)


def test_an_error_speaks_for_itself():
    assert AccessError("code").say("fr") == "code"
