"""Review, decision, reopening, clocks, sharing: who may, and what stays."""

from datetime import timedelta

import pytest

from constat.apps.incidents import actions, queries
from constat.apps.incidents.errors import Incomplete, NotAllowed, SamePersonTwice, WrongState
from constat.apps.incidents.models import Closure
from constat.apps.incidents.tests.cases import build, make_report
from tests.cast import NOW, viewer_for


def at(hours):
    return NOW + timedelta(hours=hours)


@pytest.fixture
def reviewed(chen):
    incident = build(chen)
    actions.submit_for_review(by=chen, at=at(1), incident=incident.code, reason="As far as it goes")
    return incident


def test_whoever_worked_on_it_does_not_close_it(dara):
    incident = build(dara)
    actions.submit_for_review(by=dara, at=at(1), incident=incident.code, reason="Done")

    with pytest.raises(SamePersonTwice):
        actions.close(
            by=dara, at=at(2), incident=incident.code, closure_reason="established", explanation="Clear"
        )


def test_a_decision_stays_as_signed_when_the_incident_is_reopened(reviewed, dara, approver):
    actions.close(by=approver, at=at(2), incident=reviewed.code, closure_reason="insufficient_evidence",
                  explanation="Two accounts, one source")  # fmt: skip
    actions.reopen(by=dara, at=at(3), incident=reviewed.code, trigger="A third witness")
    actions.submit_for_review(by=dara, at=at(4), incident=reviewed.code, reason="Again")
    actions.close(
        by=approver, at=at(5), incident=reviewed.code, closure_reason="established", explanation="Three agree"
    )

    first, second = Closure.objects.order_by("at")
    assert (first.reason, first.explanation, first.by) == (
        "insufficient_evidence",
        "Two accounts, one source",
        approver,
    )
    assert (first.trigger, first.reopened_by) == ("A third witness", dara)
    assert (second.reason, second.reopened_at) == ("established", None)


def test_a_case_without_enough_evidence_is_never_called_false(reviewed, approver, client_for, chen):
    actions.close(
        by=approver,
        at=at(2),
        incident=reviewed.code,
        closure_reason="insufficient_evidence",
        explanation="One source",
    )
    client = client_for(chen)

    for language, words, never in (
        ("fr", "Pas assez d’éléments", "faux"),
        ("en", "Not enough evidence", "false"),
    ):
        client.cookies["django_language"] = language
        page = client.get(f"/incidents/{reviewed.code}/").content.decode()
        assert words.lower() in page.lower(), language
        assert f">{never}" not in page.lower()


def test_closing_needs_an_explanation_and_the_right(reviewed, approver, chen):
    with pytest.raises(Incomplete):
        actions.close(
            by=approver, at=at(2), incident=reviewed.code, closure_reason="established", explanation=" "
        )
    with pytest.raises(NotAllowed):
        actions.close(
            by=chen, at=at(2), incident=reviewed.code, closure_reason="established", explanation="Clear"
        )


def test_each_stage_starts_its_clock(reviewed, approver):
    reviewed.refresh_from_db()
    assert (reviewed.clock, reviewed.due_at) == ("decision", at(1) + timedelta(days=7))

    actions.return_to_open(by=approver, at=at(2), incident=reviewed.code, reason="Ask the clinic")

    reviewed.refresh_from_db()
    assert (reviewed.state, reviewed.clock) == ("open", "assessment")


def test_a_pause_moves_the_deadline_by_its_length(chen):
    incident = build(chen)
    actions.pause(by=chen, at=at(1), incident=incident.code, reason="access_denied")
    actions.resume(by=chen, at=at(49), incident=incident.code)

    incident.refresh_from_db()
    assert incident.due_at == NOW + timedelta(days=32)


def test_a_closed_incident_takes_new_reports_but_no_new_facts(reviewed, approver, chen):
    actions.close(
        by=approver, at=at(2), incident=reviewed.code, closure_reason="established", explanation="Clear"
    )

    actions.link(
        by=chen,
        at=at(3),
        incident=reviewed.code,
        reports=[make_report().code],
        relation="duplicate_with_value",
    )
    with pytest.raises(WrongState):
        actions.grade(by=chen, at=at(3), incident=reviewed.code, grade="fair", reason="New")


def test_a_grant_opens_the_incident_until_it_ends(dara, chen, cast):
    from tests.cast import make_person

    inquirer = make_person("inquirer", role="investigator", section="civilian_harm_cell")
    incident = build(chen)
    assert not queries.readable_incidents(viewer_for(inquirer), at=NOW).exists()

    actions.share(
        by=dara, at=NOW, incident=incident.code, person=inquirer, reason="Their inquiry", until=at(24)
    )

    assert queries.readable_incidents(viewer_for(inquirer), at=at(1)).get() == incident
    assert not queries.readable_incidents(viewer_for(inquirer), at=at(25)).exists()


def test_nobody_opens_an_incident_to_themselves(dara, chen):
    incident = build(chen)

    with pytest.raises(SamePersonTwice):
        actions.share(by=dara, at=NOW, incident=incident.code, person=dara, reason="Mine", until=at(24))


def test_only_somebody_who_may_read_it_can_be_assigned(dara, chen, farid):
    incident = build(chen)

    with pytest.raises(NotAllowed):
        actions.assign(by=dara, at=NOW, incident=incident.code, to=farid)
    actions.assign(by=dara, at=NOW, incident=incident.code, to=chen)
    incident.refresh_from_db()
    assert incident.assigned_to == chen


def test_assigning_is_not_for_those_who_would_see_more_by_it(chen):
    incident = build(chen)

    with pytest.raises(NotAllowed):
        actions.assign(by=chen, at=NOW, incident=incident.code, to=chen)
