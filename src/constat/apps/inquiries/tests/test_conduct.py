"""Conduct dockets: outside their compartment there is none. Letters age until they are answered."""

from datetime import date

import pytest

from constat.apps.access import queries as access
from constat.apps.access.models import Event
from constat.apps.incidents.page_query import page as incident_page
from constat.apps.inquiries import actions
from constat.apps.inquiries import conduct as dockets_of
from constat.apps.inquiries.errors import DocketNotFound, Incomplete, NotAllowed
from constat.apps.inquiries.models import ConductDocket, ConductLetter
from constat.apps.inquiries.tests import cases
from constat.apps.inquiries.tests.cases import after
from constat.rules.workflow import MissingNeed
from tests.cast import NOW, PERSONAS, make_person, viewer_for

pytestmark = pytest.mark.django_db


def docket(by, **over):
    values = {"allegation": "ill_treatment", "summary": "Beaten at a checkpoint.", "contributor": "TCD"}
    return actions.open_docket(by=by, at=NOW, **{**values, **over})


@pytest.mark.parametrize("name", sorted(set(PERSONAS) - {"conduct"}))
def test_nobody_else_of_the_cast_learns_that_there_is_one(name, conduct, cast):
    code = docket(conduct)
    viewer = viewer_for(getattr(cast, name))
    assert conduct_rows(viewer) == []
    with pytest.raises(DocketNotFound):
        get(viewer, code)
    with pytest.raises(NotAllowed):
        docket(getattr(cast, name))


def conduct_rows(viewer):
    return dockets_of.dockets(viewer, at=NOW)


def get(viewer, code):
    return dockets_of.get(viewer, code, at=NOW)


def test_the_role_without_the_admission_opens_nothing(conduct):
    code = docket(conduct)
    other = make_person("other", role="conduct_officer", section="conduct_discipline")
    assert conduct_rows(viewer_for(other)) == []
    with pytest.raises(DocketNotFound):
        get(viewer_for(other), code)
    with pytest.raises(NotAllowed, match="admitted"):
        docket(other)


def test_the_case_it_came_from_shows_no_trace(chen, conduct):
    found = cases.opened(chen)
    before = incident_page(viewer_for(chen), found.incident.code, at=NOW)
    events = Event.objects.filter(object_key__in=[found.code, found.incident.code]).count()
    code = docket(conduct, incident=found.incident.code)
    assert Event.objects.filter(object_key__in=[found.code, found.incident.code]).count() == events
    assert incident_page(viewer_for(chen), found.incident.code, at=NOW) == before
    assert get(viewer_for(conduct), code).incident == found.incident


@pytest.mark.parametrize("name", ["chen", "dara", "administrator", "auditor"])
def test_the_log_does_not_name_the_act(name, conduct, cast):
    docket(conduct)
    page = access.log_page(viewer_for(getattr(cast, name)))
    told = repr([(line.verb, line.record, line.actor, line.details) for line in page.events])
    full = any(
        one.fields[access.Field.READ_LOG] is access.Detail.FULL
        for one in viewer_for(getattr(cast, name)).held
    )
    assert full or ("conduct" not in told and "docket" not in told and "Umar" not in told)


def test_a_docket_never_leaves_its_compartment(conduct):
    from django.db import IntegrityError, transaction

    code = docket(conduct)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConductDocket.objects.filter(code=code).update(compartment="general")


def test_correspondence_ages_until_it_is_answered(conduct):
    code = docket(conduct)
    with pytest.raises(MissingNeed) as refusal:
        actions.notify_contributor(by=conduct, at=NOW, docket=code, reason="Told")
    assert refusal.value.need == "letter"
    sent = actions.write_letter(
        by=conduct, at=NOW, docket=code, kind="notification", on=date(2026, 3, 1), due_on=date(2026, 3, 15),
        summary="The permanent mission was told.",
    )  # fmt: skip
    actions.notify_contributor(by=conduct, at=NOW, docket=code, reason="By note verbale")
    viewer = viewer_for(conduct)
    (line,) = conduct_at(viewer, code, after(days=20)).letters
    assert (line.days, line.overdue) == (21, True)
    assert dockets_of.dockets(viewer, at=after(days=20))[0].unanswered == 1
    actions.write_letter(
        by=conduct, at=after(days=20), docket=code, kind="reply", on=date(2026, 3, 21), answers=sent,
        summary="A national officer is named.",
    )  # fmt: skip
    line = conduct_at(viewer, code, after(days=40)).letters[0]
    assert (line.days, line.overdue, line.answered_on) == (20, False, date(2026, 3, 21))
    with pytest.raises(Incomplete):
        actions.write_letter(by=conduct, at=after(days=21), docket=code, kind="reply", on=date(2026, 3, 22),
                             answers=sent, summary="Twice")  # fmt: skip


def conduct_at(viewer, code, at):
    return dockets_of.docket_page(viewer, code, at=at)


def test_days_of_letters_make_sense(conduct):
    code = docket(conduct)
    values = {"by": conduct, "at": NOW, "docket": code, "summary": "A letter"}
    with pytest.raises(Incomplete):
        actions.write_letter(**values, kind="request", on=date(2026, 3, 20))
    with pytest.raises(Incomplete):
        actions.write_letter(**values, kind="request", on=date(2026, 3, 1), due_on=date(2026, 2, 1))
    with pytest.raises(Incomplete):
        actions.write_letter(**values, kind="reply", on=date(2026, 3, 1), due_on=date(2026, 3, 2))
    assert not ConductLetter.objects.exists()


def test_a_docket_goes_to_its_end_and_is_taken_up_again(conduct):
    code = docket(conduct, contributor="")
    with pytest.raises(Incomplete, match="No contributing country"):
        actions.notify_contributor(by=conduct, at=NOW, docket=code, reason="Told")
    actions.open_conduct_investigation(by=conduct, at=NOW, docket=code, reason="The mission investigates")
    actions.report_outcome(
        by=conduct,
        at=NOW,
        docket=code,
        outcome="substantiated",
        action_taken="Repatriated",
        reason="Reported",
    )
    actions.close_docket(by=conduct, at=NOW, docket=code, explanation="Action was taken")
    actions.reopen_docket(by=conduct, at=after(days=3), docket=code, trigger="A second person came")
    found = get(viewer_for(conduct), code)
    assert (found.state, found.clock, found.outcome) == ("received", "conduct_screening", "substantiated")
    assert [step.verb for step in dockets_of.docket_page(viewer_for(conduct), code, at=NOW).steps] == [
        "open_conduct_investigation", "report_outcome", "close", "reopen",
    ]  # fmt: skip


def test_of_a_unit_the_register_knows_the_contributor(conduct):
    cases.unit("battalion-7", contributor="TCD")
    code = docket(conduct, contributor="", unit="battalion-7")
    assert get(viewer_for(conduct), code).contributor == "TCD"
    with pytest.raises(Incomplete):
        docket(conduct, unit="nowhere")
