"""The independent team: who may be of it, what it writes, the seal after which nothing changes."""

from datetime import date, timedelta

import pytest

from constat.apps.incidents.tests.cases import incident_of
from constat.apps.inquiries import actions, proof, queries
from constat.apps.inquiries.errors import (
    Incomplete,
    InquiryError,
    InquiryNotFound,
    NotAllowed,
    NothingToDo,
    NotIndependent,
)
from constat.apps.inquiries.models import Finding, Investigation, InvestigationTask
from constat.apps.inquiries.tests import cases
from constat.apps.inquiries.tests.cases import after
from tests.cast import NOW, make_person, viewer_for

pytestmark = pytest.mark.django_db


def test_an_order_opens_an_investigation_and_the_case_to_its_team(chen, investigator):
    found = cases.at_decision(chen)
    cases.decide(found, outcome="investigate", remarks="Find out who fired first.")
    assert Investigation.objects.get(inquiry=found).order == "Find out who fired first."
    assert incident_of(found.incident.code).state == "open", "facts can be worked on again"
    with pytest.raises(InquiryNotFound):
        queries.get(viewer_for(investigator), found.code, at=NOW)
    actions.name_investigator(by=cases.person("approver"), at=NOW, inquiry=found.code, person=investigator)
    assert queries.get(viewer_for(investigator), found.code, at=NOW) == found
    actions.release_investigator(
        by=cases.person("approver"), at=after(days=1), inquiry=found.code, person=investigator, reason="Ill"
    )
    with pytest.raises(InquiryNotFound):
        queries.get(viewer_for(investigator, after(days=2)), found.code, at=after(days=2))


@pytest.mark.parametrize("serves", ["company-71", "battalion-7", "brigade"])
def test_a_member_of_the_unit_involved_does_not_investigate(serves, chen, investigator):
    brigade = cases.unit("brigade")
    cases.unit("company-71", cases.unit("battalion-7", brigade))
    found = cases.at_assessment(chen)
    actions.name_unit(by=chen, at=NOW, inquiry=found.code, unit="battalion-7", basis="Their patrol")
    cases.assess(found, chen)
    actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="Ready")
    cases.decide(found, outcome="investigate")
    cases.serve(investigator, serves)
    with pytest.raises(NotIndependent):
        actions.name_investigator(
            by=cases.person("approver"), at=NOW, inquiry=found.code, person=investigator
        )


def test_named_before_the_unit_was_known_and_out_since(chen):
    """Independent when named. Then his own unit turns out to have been there: nothing more is open to him."""
    found = cases.under_investigation()
    oumar = cases.person("investigator")
    cases.unit("battalion-7")
    cases.serve(oumar, "battalion-7")
    actions.name_unit(by=chen, at=NOW, inquiry=found.code, unit="battalion-7", basis="Cases of their calibre")
    with pytest.raises(NotIndependent):
        cases.add_finding(found)


def test_nothing_before_the_declaration(chen, investigator):
    found = cases.at_decision(chen)
    cases.decide(found, outcome="investigate")
    actions.name_investigator(by=cases.person("approver"), at=NOW, inquiry=found.code, person=investigator)
    with pytest.raises(NotIndependent, match="Declare first"):
        cases.add_finding(found)
    with pytest.raises(Incomplete):
        actions.declare(by=investigator, at=NOW, inquiry=found.code, declaration=" ")
    actions.declare(by=investigator, at=NOW, inquiry=found.code, declaration="No tie.")
    assert cases.add_finding(found) == 1


def test_only_investigators_and_nobody_by_oneself(chen, dara):
    found = cases.at_decision(chen)
    cases.decide(found, outcome="investigate")
    kadi = cases.person("approver")
    with pytest.raises(NotAllowed):
        actions.name_investigator(by=kadi, at=NOW, inquiry=found.code, person=dara)
    from constat.apps.access.models import Post

    Post.objects.create(person=kadi, role="investigator", section="human_rights", starts_at=NOW)
    with pytest.raises(Exception, match="cannot take both steps"):
        actions.name_investigator(by=kadi, at=NOW, inquiry=found.code, person=kadi)


def test_somebody_outside_the_team_writes_nothing(chen):
    found = cases.under_investigation()
    other = make_person("other", role="investigator", section="human_rights")
    with pytest.raises(InquiryNotFound):
        cases.add_finding(found, by=other) if False else actions.progress(
            by=other, at=NOW, inquiry=found.code, text="I came by"
        )


def test_tasks_have_an_owner_of_the_team_and_a_day_to_come(chen):
    found = cases.under_investigation()
    oumar = cases.person("investigator")
    values = {"by": oumar, "at": NOW, "inquiry": found.code, "text": "Hear the market guards"}
    with pytest.raises(Incomplete):
        actions.add_task(**values, owner=chen, due_on=date(2026, 4, 1))
    with pytest.raises(Incomplete):
        actions.add_task(**values, owner=oumar, due_on=date(2026, 1, 1))
    task = actions.add_task(**values, owner=oumar, due_on=date(2026, 3, 20))
    late = queries.tasks_overdue(viewer_for(oumar), at=after(days=30))
    assert [(line.inquiry, line.text) for line in late] == [(found.code, "Hear the market guards")]
    actions.finish_task(by=oumar, at=after(days=30), inquiry=found.code, task=task, result="Four were heard")
    assert queries.tasks_overdue(viewer_for(oumar), at=after(days=31)) == []
    with pytest.raises(NothingToDo):
        actions.finish_task(by=oumar, at=after(days=30), inquiry=found.code, task=task, result="Again")


def test_a_month_without_a_word_is_shown(chen):
    found = cases.under_investigation()
    viewer = viewer_for(chen)
    assert queries.progress_overdue(viewer, at=after(days=30)) == []
    assert [line.inquiry for line in queries.progress_overdue(viewer, at=after(days=30, seconds=1))] == [
        found.code
    ]
    actions.progress(
        by=cases.person("investigator"), at=after(days=31), inquiry=found.code, text="Two places seen"
    )
    assert queries.progress_overdue(viewer, at=after(days=60)) == []
    assert len(queries.progress_overdue(viewer, at=after(days=62))) == 1


def seal(found, at=NOW):
    actions.submit_findings(by=cases.person("investigator"), at=at, inquiry=found.code, reason="This is all")


def test_no_seal_without_a_finding_and_without_protection_of_witnesses(chen):
    found = cases.under_investigation()
    oumar = cases.person("investigator")
    with pytest.raises(Incomplete, match="no finding"):
        seal(found)
    cases.add_finding(found)
    with pytest.raises(Incomplete, match="witnesses"):
        seal(found)
    actions.protect(by=oumar, at=NOW, inquiry=found.code, text="Heard in town, never at the camp.")
    seal(found)
    assert cases.inquiry_of(found.code).state == "decision"


def sealed(chen):
    found = cases.under_investigation()
    actions.protect(by=cases.person("investigator"), at=NOW, inquiry=found.code, text="Heard in town.")
    cases.add_finding(found)
    seal(found)
    return cases.inquiry_of(found.code)


def test_after_the_seal_nothing_changes(chen):
    found = sealed(chen)
    oumar = cases.person("investigator")
    values = {"by": oumar, "at": NOW, "inquiry": found.code}
    for act in (
        lambda: cases.add_finding(found),
        lambda: actions.withdraw_finding(**values, number=1, reason="Doubt"),
        lambda: actions.plan(**values, text="Another plan"),
        lambda: actions.protect(**values, text="Another plan"),
        lambda: actions.progress(**values, text="Late word"),
        lambda: actions.add_task(**values, text="Late", owner=oumar, due_on=NOW.date() + timedelta(days=1)),
    ):
        with pytest.raises(InquiryError):
            act()
    assert list(proof.faults()) == []
    Investigation.objects.update(sealed_content=b"{}")
    assert "sealed" in next(iter(proof.faults())).what


def test_the_sealed_findings_are_decided_upon(chen):
    found = sealed(chen)
    cases.decide(found, proof_standard="balance_of_probabilities")
    row = found.decisions.get(outcome="credible")
    seal_of = Investigation.objects.get(inquiry=found).sha256
    assert seal_of.encode() in bytes(row.content)
    assert cases.inquiry_of(found.code).state == "response"


def test_who_investigated_does_not_sign(chen):
    from constat.apps.access.models import Post

    found = sealed(chen)
    oumar = cases.person("investigator")
    Post.objects.create(person=oumar, role="approver", section="chief_of_staff", starts_at=NOW)
    with pytest.raises(Exception, match="same person"):
        cases.decide(found, oumar)


def test_a_finding_withdrawn_stays_readable(chen):
    found = cases.under_investigation()
    cases.add_finding(found)
    actions.withdraw_finding(
        by=cases.person("investigator"), at=NOW, inquiry=found.code, number=1, reason="The cases are older"
    )
    row = Finding.objects.get()
    assert (row.statement, row.withdrawn_reason) == ("The patrol fired eleven rounds.", "The cases are older")
    assert cases.add_finding(found) == 2, "numbers are never used again"
    assert not InvestigationTask.objects.exists()
