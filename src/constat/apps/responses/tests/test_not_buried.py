"""An appeal is not made to go away by whoever it is about; what is not one's own is neither shown, nor ended, nor named."""

import re

import pytest
from django.urls import reverse

from constat.apps.access.models import Post
from constat.apps.incidents.models import Incident
from constat.apps.responses import actions
from constat.apps.responses.codes import code_of
from constat.apps.responses.errors import NotThere, SamePersonTwice
from constat.apps.responses.models import ClaimLimit, Complaint, Consequence
from constat.apps.responses.tests.cases import after, complaint, decided, notice, person, told
from constat.rules.workflow import IllegalTransition
from tests.cast import NOW, client_for


def about_a_case(**over):
    """A complaint from outside about a case in which Chen and Dara took part."""
    case = decided("credible")
    return case, complaint(code_of(notice(told(case))), kind="decision", **over)[0]


def appoint(username, role):
    someone = person(username)
    Post.objects.create(person=someone, role=role, section="human_rights", starts_at=NOW)
    return someone


def test_whoever_took_part_in_the_case_does_not_withdraw_the_complaint(db):
    _case, row = about_a_case()
    chen = appoint("chen", "complaint_reviewer")
    with pytest.raises(SamePersonTwice):
        actions.withdraw(by=chen, at=after(days=2), complaint=row.code, reason="At the wish of the person")
    row.refresh_from_db()
    assert row.state == "received"


def test_whoever_wrote_it_down_and_took_part_asks_a_reviewer_to_withdraw_it(db):
    case = decided("credible")
    row, _receipt = complaint(code_of(notice(told(case))), by=person("chen"))
    with pytest.raises(SamePersonTwice):
        actions.withdraw(by=person("chen"), at=after(days=2), complaint=row.code, reason="At their wish")
    actions.withdraw(by=person("reviewer"), at=after(days=2), complaint=row.code, reason="The person said so")


def test_a_complaint_is_not_carried_to_another_case_by_whoever_took_part_in_its_own(db):
    _case, row = about_a_case()
    other = decided("credible")
    chen = appoint("dara", "complaint_reviewer")
    with pytest.raises((SamePersonTwice, IllegalTransition)):
        actions.relate(
            by=chen, at=after(days=2), complaint=row.code, inquiry=other.code, reason="Belongs there"
        )
    row.refresh_from_db()
    assert row.incident_id != other.incident_id


def upheld():
    _case, row = about_a_case()
    actions.take(by=person("reviewer"), at=after(days=2), complaint=row.code, reason="My turn")
    actions.answer(by=person("reviewer"), at=after(days=3), complaint=row.code, outcome="upheld", answer="You are right.",
                   grounds="The file", consequences=("apology",))  # fmt: skip
    return Consequence.objects.get(complaint=row)


def test_a_consequence_of_a_closed_compartment_is_not_ended_from_outside_it(db):
    asked = upheld()
    Complaint.objects.filter(pk=asked.complaint_id).update(compartment="crsv")
    with pytest.raises(NotThere) as theirs:
        actions.carry_out(by=person("amends"), at=after(days=4), consequence=asked.pk, result="Nothing to do")
    with pytest.raises(NotThere) as absent:
        actions.carry_out(by=person("amends"), at=after(days=4), consequence=999, result="Nothing to do")
    assert str(theirs.value) == str(absent.value)
    asked.refresh_from_db()
    assert asked.done_at is None


def test_a_consequence_whose_case_one_does_not_read_is_not_there(db):
    asked = upheld()
    Incident.objects.filter(pk=asked.complaint.incident_id).update(compartment="crsv")
    with pytest.raises(NotThere):
        actions.carry_out(by=person("amends"), at=after(days=4), consequence=asked.pk, result="Nothing to do")


def test_the_claim_of_a_case_that_is_not_ones_own_reads_like_one_that_is_not_there(db):
    case = decided("credible")
    pk = actions.set_limit(
        by=person("chen"), at=after(days=1), incident=case.incident.code, damage_on=after(days=0).date()
    )
    Incident.objects.filter(pk=case.incident_id).update(compartment="crsv")
    client = client_for(person("amends"))
    body = {"filed_on": "2026-03-02"}
    ClaimLimit.objects.filter(pk=pk).update(id=4711)
    pages = [
        client.post(reverse("responses:act", args=["claim", one, "filed"]), body) for one in ("4711", "4712")
    ]
    texts = [
        re.sub(r'value="[A-Za-z0-9]{64}"', "", one.content.decode()).replace("4712", "4711") for one in pages
    ]
    assert texts[0] == texts[1]
    assert case.incident.code not in texts[0]
    assert not ClaimLimit.objects.filter(filed_on__isnull=False).exists()
