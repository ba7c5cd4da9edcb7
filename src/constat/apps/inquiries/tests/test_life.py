"""The inquiry from its opening to its end: every step with its needs, nothing lost on the way."""

import json
from datetime import timedelta

import pytest

from constat.apps.access.models import Event
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.errors import IncidentError
from constat.apps.incidents.errors import WrongState as IncidentWrongState
from constat.apps.incidents.models import Closure
from constat.apps.incidents.tests.cases import build, incident_of, make_report
from constat.apps.inquiries import actions, queries
from constat.apps.inquiries.differences import differences
from constat.apps.inquiries.errors import Incomplete, InquiryNotFound, NotAllowed, WrongState
from constat.apps.inquiries.models import Assessment, Baseline, Decision, Inquiry, OperationSearch
from constat.apps.inquiries.tests import cases
from constat.apps.inquiries.tests.cases import after
from constat.rules.workflow import IllegalTransition, MissingNeed
from tests.cast import NOW, viewer_for

pytestmark = pytest.mark.django_db


def test_an_inquiry_opens_where_somebody_says_that_our_force_was_involved(chen):
    incident = cases.alleged(chen)
    code = actions.open_inquiry(
        by=chen, at=NOW, incident=incident.code, reason="A patrol is said to have fired"
    )

    found = cases.inquiry_of(code)
    assert (found.state, found.clock, found.officer) == ("initial_review", "initial_review", chen)
    assert found.due_at == NOW + timedelta(days=14)
    assert incident_of(incident.code).docket == code
    assert Event.objects.filter(verb="inquiries.open", object_key=code).count() == 1


def test_it_does_not_open_where_nobody_says_so(chen):
    incident = build(chen, make_report(involvement="not_alleged"))
    with pytest.raises(WrongState, match="Nobody says"):
        actions.open_inquiry(by=chen, at=NOW, incident=incident.code, reason="Curious")
    assert not Inquiry.objects.exists()


def test_one_inquiry_at_a_time_on_an_incident(chen, dara):
    found = cases.opened(chen)
    with pytest.raises(IncidentError, match=found.code):
        actions.open_inquiry(by=dara, at=NOW, incident=found.incident.code, reason="Again")


@pytest.mark.parametrize("name", ["amina", "esi", "farid", "military"])
def test_who_may_not_open_one_learns_nothing(name, chen, cast):
    incident = cases.alleged(chen)
    with pytest.raises(NotAllowed):
        actions.open_inquiry(by=getattr(cast, name), at=NOW, incident=incident.code, reason="No")


def test_not_yours_is_absent(chen, esi, farid, military):
    found = cases.opened(chen)
    for person in (esi, farid, military):
        with pytest.raises(InquiryNotFound):
            queries.get(viewer_for(person), found.code, at=NOW)
    assert queries.get(viewer_for(chen), found.code, at=NOW) == found


def test_no_outcome_of_the_review_before_the_logs_were_searched(chen):
    found = cases.opened(chen)
    for act in (actions.open_assessment, actions.investigate_at_once):
        with pytest.raises(MissingNeed) as refusal:
            act(by=chen, at=NOW, inquiry=found.code, reason="So")
        assert refusal.value.need == "operation_search"
    with pytest.raises(MissingNeed):
        actions.propose_closure(
            by=chen, at=NOW, inquiry=found.code, outcome="own_force_not_involved", reason="So"
        )


def test_nothing_found_is_a_finding_with_its_gaps(chen):
    """There is no log at all here: the search says so, unit by unit, instead of saying nothing."""
    cases.unit("battalion-7")
    found = cases.opened(chen)
    number = cases.search(found, chen)
    row = OperationSearch.objects.get(inquiry=found, number=number)
    assert (row.count, row.hits, row.searched) == (0, [], [])
    assert row.missing, "a unit without a log is a gap, and the gap is on record"
    assert "battalion" in json.dumps(row.missing).lower()
    assert row.conclusion


@pytest.mark.parametrize(
    ("act", "state", "clock"),
    [
        ("open_assessment", "assessment", "assessment"),
        ("investigate_at_once", "investigation", "investigation"),
        ("propose_closure", "decision", "decision"),
    ],
)
def test_each_outcome_of_the_review_is_reachable(act, state, clock, chen):
    found = cases.opened(chen)
    cases.search(found, chen)
    extra = {"outcome": "own_force_not_involved"} if act == "propose_closure" else {}
    getattr(actions, act)(by=chen, at=NOW, inquiry=found.code, reason="That is why", **extra)
    found.refresh_from_db()
    assert (found.state, found.clock) == (state, clock)


def test_a_step_without_a_reason_is_none(chen):
    found = cases.opened(chen)
    cases.search(found, chen)
    for empty in ("", "   "):
        with pytest.raises(MissingNeed) as refusal:
            actions.open_assessment(by=chen, at=NOW, inquiry=found.code, reason=empty)
        assert refusal.value.need == "reason"


def test_a_reviewer_closes_nothing(chen, approver):
    """A proposed closure is still signed by somebody else."""
    found = cases.opened(chen)
    cases.search(found, chen)
    actions.propose_closure(
        by=chen, at=NOW, inquiry=found.code, outcome="own_force_not_involved", reason="No operation that day"
    )
    assert incident_of(found.incident.code).state == "in_review"
    cases.decide(found, cases.person("approver"), "own_force_not_involved")
    assert incident_of(found.incident.code).involvement == "excluded"
    assert cases.inquiry_of(found.code).state == "notification"


def test_the_baseline_stays_byte_for_byte_while_findings_grow(chen):
    found = cases.at_assessment(chen)
    before = bytes(Baseline.objects.get(inquiry=found).content)
    incidents.describe(
        by=chen, at=NOW, incident=found.incident.code, changes={"incident_type": "escalation_of_force"}, reason="Seen"
    )  # fmt: skip
    cases.assess(found, chen, deaths=(3, 3, 3))
    cases.assess(found, chen, deaths=(3, 4, 5), findings="A fourth person died later.")

    baseline = Baseline.objects.get(inquiry=found)
    assert bytes(baseline.content) == before
    assert [row.number for row in Assessment.objects.filter(inquiry=found).order_by("number")] == [1, 2]
    difference = {
        line.name: (line.baseline, line.amplified) for line in differences(viewer_for(chen), found, at=NOW)
    }
    assert difference["incident_type"] == ("ground_engagement", "escalation_of_force")
    assert difference["deaths"] == ((2, 3, 4), (3, 4, 5))


def test_the_baseline_tells_nothing_of_a_report_of_a_closed_compartment(chen, child_adviser):
    incident = cases.alleged(chen)
    child = make_report(words="A boy was taken.", compartment="child", sensitivity=3, involvement="alleged")
    incidents.link(
        by=child_adviser, at=NOW, incident=incident.code, reports=[child.code], relation="same_event"
    )
    found = cases.opened(chen, incident)
    assert child.code.encode() not in bytes(found.baseline.content)
    assert child.original_sha256.encode() not in bytes(found.baseline.content)


@pytest.mark.parametrize("empty", ["", "  "])
def test_no_findings_without_what_speaks_against_them(empty, chen):
    found = cases.at_assessment(chen)
    with pytest.raises(Incomplete) as refusal:
        cases.assess(found, chen, contrary_evidence=empty)
    assert refusal.value.field == "contrary_evidence"


def test_ranges_in_order_or_refused(chen):
    found = cases.at_assessment(chen)
    with pytest.raises(Incomplete):
        cases.assess(found, chen, deaths=(3, 2, 4))
    with pytest.raises(Incomplete):
        cases.assess(found, chen, injured=(0, None, -1))
    assert not Assessment.objects.exists()


def test_nothing_goes_to_decision_without_findings(chen):
    found = cases.at_assessment(chen)
    with pytest.raises(MissingNeed) as refusal:
        actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="Ready")
    assert refusal.value.need == "findings_version"


def test_facts_stand_still_while_somebody_decides(chen):
    found = cases.at_decision(chen)
    with pytest.raises(IncidentWrongState):
        incidents.describe(
            by=chen, at=NOW, incident=found.incident.code, changes={"weapon": "unknown"}, reason="Late idea"
        )
    with pytest.raises(WrongState):
        cases.assess(found, chen)


def test_dissent_goes_with_the_file_in_its_author_s_name(chen, dara):
    found = cases.at_assessment(chen)
    actions.dissent(by=dara, at=NOW, inquiry=found.code, text="Two of the three were fighters.")
    cases.assess(found, chen)
    actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="Ready")
    cases.decide(found)
    row = Decision.objects.get(inquiry=found)
    assert [(one["by"], one["text"]) for one in row.dissent] == [(dara.pk, "Two of the three were fighters.")]


def test_a_return_says_why_and_deletes_nothing(chen):
    found = cases.at_decision(chen)
    cases.decide(found, outcome="returned", remarks="Ask the clinic first.")
    found = cases.inquiry_of(found.code)
    assert (found.state, incident_of(found.incident.code).state) == ("assessment", "open")
    assert Assessment.objects.filter(inquiry=found).count() == 1
    assert Decision.objects.get(inquiry=found).remarks == "Ask the clinic first."
    with pytest.raises(MissingNeed):
        actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="The same again")
    cases.assess(found, chen, findings="The clinic confirms three.")
    actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="With the clinic")
    assert cases.inquiry_of(found.code).state == "decision"


def test_credible_waits_for_its_response_and_says_so_on_the_incident(chen):
    found = cases.credible(chen)
    assert (found.state, found.clock) == ("response", "response_plan")
    assert incident_of(found.incident.code).involvement == "confirmed"
    assert list(queries.credible(viewer_for(chen), at=NOW)) == [found]
    assert queries.current_decision(found).outcome == "credible"


def test_the_incident_is_not_closed_past_its_inquiry(chen):
    found = cases.concluded()
    with pytest.raises(IncidentError, match=found.code):
        incidents.close(
            by=cases.person("approver"), at=NOW, incident=found.incident.code, closure_reason="insufficient_evidence",
            explanation="Past the inquiry",
        )  # fmt: skip
    cases.end(found)
    assert incident_of(found.incident.code).state == "closed"
    assert incident_of(found.incident.code).docket == ""


def test_no_end_without_notices_and_none_against_the_decision(chen):
    found = cases.concluded()
    values = {"by": cases.person("approver"), "at": NOW, "inquiry": found.code, "explanation": "So it is"}
    with pytest.raises(MissingNeed) as refusal:
        actions.close(**values, closure_reason="insufficient_evidence", notices=[])
    assert refusal.value.need == "notices"
    with pytest.raises(Incomplete, match="something else than the decision"):
        actions.close(**values, closure_reason="established", notices=["N-2026-000001"])
    assert cases.inquiry_of(found.code).state == "notification"


def test_reopening_keeps_the_first_decision(chen):
    found = cases.closed()
    first = Decision.objects.get(inquiry=found)
    signed = (bytes(first.content), first.signature)
    actions.reopen(
        by=cases.person("approver"), at=after(days=40), inquiry=found.code, trigger="A second witness came"
    )

    found = cases.inquiry_of(found.code)
    assert (found.state, found.clock) == ("initial_review", "reopened")
    assert found.due_at == after(days=50)
    assert incident_of(found.incident.code).docket == found.code
    assert Closure.objects.get(incident=found.incident).trigger == "A second witness came"
    first.refresh_from_db()
    assert (bytes(first.content), first.signature) == signed
    kept = found.reopenings.get()
    assert (kept.decision, kept.closure_reason, kept.notices) == (
        first,
        "insufficient_evidence",
        ["N-2026-000001"],
    )
    assert queries.current_decision(found) is None, "while it is looked at again, nothing stands"


def test_reopened_twice_and_decided_again(chen):
    found = cases.closed()
    for day in (40, 80):
        at = after(days=day)
        actions.reopen(by=cases.person("approver"), at=at, inquiry=found.code, trigger="New")
        actions.propose_closure(by=cases.person("chen"), at=at, inquiry=found.code,
                                outcome="not_enough_evidence", reason="It changes nothing")  # fmt: skip
        cases.decide(found, outcome="not_enough_evidence", at=at)
        cases.end(found, at=at)
    assert Decision.objects.filter(inquiry=found).count() == 3
    assert queries.current_decision(cases.inquiry_of(found.code)).number == 3


def test_an_incident_with_an_open_inquiry_is_not_merged_away(chen):
    found = cases.opened(chen)
    other = build(chen)
    with pytest.raises(IncidentError, match="Keep"):
        incidents.merge(by=chen, at=NOW, kept=other.code, absorbed=found.incident.code, reason="One event")
    incidents.merge(by=chen, at=NOW, kept=found.incident.code, absorbed=other.code, reason="One event")
    assert incident_of(found.incident.code).docket == found.code


def test_facts_do_not_change_by_a_merge_under_whoever_decides(chen):
    found = cases.at_decision(chen)
    with pytest.raises(IncidentError, match="decision is being taken"):
        incidents.merge(
            by=chen, at=NOW, kept=found.incident.code, absorbed=build(chen).code, reason="One event"
        )


def test_undoing_a_merge_leaves_the_mark_of_the_inquiry(chen):
    incident, other = cases.alleged(chen), build(chen)
    merge = incidents.merge(by=chen, at=NOW, kept=incident.code, absorbed=other.code, reason="One event")
    found = cases.opened(chen, incident_of(incident.code))
    assert merge
    incidents.split(by=chen, at=NOW, absorbed=other.code, reason="Two events")
    assert incident_of(incident.code).docket == found.code


def test_what_is_not_in_the_table_does_not_exist(chen):
    found = cases.opened(chen)
    with pytest.raises(WrongState):
        cases.decide(found)
    with pytest.raises(IllegalTransition):
        actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="At once")
