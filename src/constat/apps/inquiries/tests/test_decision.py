"""Who may sign, over what, and how anybody can tell later that it still says what was signed."""

import json

import pytest
from django.core.management import CommandError, call_command

from constat.apps.access.models import Event
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.tests.cases import build
from constat.apps.inquiries import actions, proof
from constat.apps.inquiries.errors import Incomplete, NotAllowed, NotIndependent, NotSigned, SamePersonTwice
from constat.apps.inquiries.models import Assessment, Baseline, Decision
from constat.apps.inquiries.tests import cases
from constat.rules.inquiry import NotADecision
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def both(name, *roles):
    """A person who also holds other roles: what separates is what one did, not what one is called."""
    from constat.apps.access.models import Post

    found = cases.person(name)
    for role in roles:
        Post.objects.create(person=found, role=role, section="civilian_harm_cell", starts_at=NOW)
    return found


def test_a_decision_is_signed_over_everything_it_decided_upon(chen):
    found = cases.at_decision(chen)
    cases.decide(found)
    row = Decision.objects.get(inquiry=found)
    content = json.loads(bytes(row.content))
    assert content["assessment"]["contrary_evidence"].startswith("One witness heard")
    assert content["baseline"] == found.baseline.sha256
    assert content["searches"][0]["conclusion"]
    assert content["facts"]["incident"] == found.incident.code
    assert (content["properly_conducted"], content["consistent"], content["criteria_met"]) == (
        True,
        True,
        True,
    )
    assert row.content_hash == proof.sha256(bytes(row.content))
    assert proof.signature_holds(row.content_hash, row.signature, row.public_key)
    assert row.public_key == proof.public_key()
    event = Event.objects.get(verb="inquiries.decide")
    assert row.content_hash in event.details
    assert "I have read" not in event.details, "no words in the log"
    assert list(proof.faults()) == []


@pytest.mark.parametrize("password", ["", "guess"])
def test_nothing_is_signed_without_the_password_of_that_moment(password, chen):
    found = cases.at_decision(chen)
    with pytest.raises(NotSigned):
        cases.decide(found, password=password)
    assert not Decision.objects.exists()
    assert cases.inquiry_of(found.code).state == "decision"


def test_who_assessed_does_not_approve():
    chen = both("chen", "approver")
    found = cases.at_decision(chen)
    with pytest.raises(SamePersonTwice):
        cases.decide(found, chen)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("work", ["search", "unit", "facts", "merged"])
def test_any_work_on_the_facts_counts(work, chen):
    kadi = both("approver", "analyst")
    incident = cases.alleged(chen)
    if work == "facts":
        incidents.add_source(
            by=kadi, at=NOW, incident=incident.code, kind="victim", reliability="B", credibility="2",
            independence_group="", access="eyewitness", supports=True, note_text="",
        )  # fmt: skip
    if work == "merged":
        mine = build(kadi)
        incidents.merge(by=chen, at=NOW, kept=incident.code, absorbed=mine.code, reason="One event")
    found = cases.opened(chen, incident)
    cases.search(found, kadi if work == "search" else chen)
    if work == "unit":
        cases.unit("battalion-7")
        actions.name_unit(by=kadi, at=NOW, inquiry=found.code, unit="battalion-7", basis="Said so")
    actions.propose_closure(
        by=chen, at=NOW, inquiry=found.code, outcome="not_enough_evidence", reason="Little"
    )
    with pytest.raises(SamePersonTwice):
        cases.decide(found, kadi, "not_enough_evidence")


@pytest.mark.parametrize("serves", ["company-71", "battalion-7", "brigade"])
def test_nobody_in_the_chain_of_the_unit_decides(serves, chen):
    brigade = cases.unit("brigade")
    battalion = cases.unit("battalion-7", brigade)
    cases.unit("company-71", battalion)
    found = cases.at_assessment(chen)
    actions.name_unit(by=chen, at=NOW, inquiry=found.code, unit="battalion-7", basis="Their patrol")
    cases.assess(found, chen)
    actions.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="Ready")
    kadi = cases.person("approver")
    cases.serve(kadi, serves)
    with pytest.raises(NotIndependent, match="in the chain"):
        cases.decide(found, kadi)
    cases.unit("battalion-9", brigade)
    cases.serve(kadi, "battalion-9")
    cases.decide(found, kadi)


def test_while_no_unit_is_named_whoever_serves_in_one_does_not_decide(chen):
    found = cases.at_decision(chen)
    cases.unit("battalion-9")
    kadi = cases.person("approver")
    cases.serve(kadi, "battalion-9")
    with pytest.raises(NotIndependent, match="No unit is named"):
        cases.decide(found, kadi)
    cases.serve(kadi, "batallion-9")
    with pytest.raises(NotIndependent, match="not in the register"):
        cases.decide(found, kadi)


@pytest.mark.parametrize("judgement", ["properly_conducted", "consistent", "criteria_met"])
def test_no_conclusion_against_one_of_the_three_judgements(judgement, chen):
    found = cases.at_decision(chen)
    with pytest.raises(NotADecision):
        cases.decide(found, **{judgement: False})
    cases.decide(found, outcome="returned", **{"criteria_met": True, judgement: False})
    assert getattr(Decision.objects.get(inquiry=found), judgement) is False


def test_nothing_is_returned_that_is_right_in_all_three(chen):
    with pytest.raises(NotADecision):
        cases.decide(cases.at_decision(chen), outcome="returned", criteria_met=True)


@pytest.mark.parametrize("standard", ["none_met", "reasonable_suspicion"])
def test_credible_asks_for_the_standard_that_is_written_down(standard, chen):
    found = cases.at_decision(chen)
    with pytest.raises(NotADecision, match="at least"):
        cases.decide(found, proof_standard=standard)
    cases.decide(found, outcome="not_enough_evidence", proof_standard=standard)
    assert Decision.objects.get(inquiry=found).proof_standard == standard


def test_no_decision_without_remarks(chen):
    with pytest.raises(Incomplete):
        cases.decide(cases.at_decision(chen), remarks="  ")


@pytest.mark.parametrize("name", ["bruno", "dara", "investigator", "commander", "legal"])
def test_who_may_not_decide(name, chen):
    found = cases.at_decision(chen)
    with pytest.raises(NotAllowed):
        cases.decide(found, cases.person(name))


def test_the_second_decision_on_one_file_is_refused(chen):
    found = cases.at_decision(chen)
    cases.decide(found)
    with pytest.raises(Exception, match="can be done only while"):
        cases.decide(found, outcome="not_enough_evidence")
    assert Decision.objects.count() == 1


TAMPERING = {
    "content": lambda row: Decision.objects.filter(pk=row.pk).update(content=bytes(row.content).replace(b"credible", b"returned", 1)),
    "outcome": lambda row: Decision.objects.filter(pk=row.pk).update(outcome="no_civilian_harm"),
    "judgement": lambda row: Decision.objects.filter(pk=row.pk).update(consistent=False),
    "remarks": lambda row: Decision.objects.filter(pk=row.pk).update(remarks="I have read nothing."),
    "signer": lambda row: Decision.objects.filter(pk=row.pk).update(signed_by=cases.person("dara")),
    "signature": lambda row: Decision.objects.filter(pk=row.pk).update(signature="00" * 64),
    "findings": lambda row: Assessment.objects.filter(pk=row.assessment_id).update(findings="Nobody was killed."),
    "baseline": lambda row: Baseline.objects.update(content=b"{}"),
    "baseline and its hash": lambda row: Baseline.objects.update(content=b"{}", sha256=proof.sha256(b"{}")),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
def test_whatever_is_changed_afterwards_is_named(what, chen):
    found = cases.at_decision(chen)
    cases.decide(found)
    TAMPERING[what](Decision.objects.get(inquiry=found))
    assert [fault.record for fault in proof.faults()][:1] == [found.code]


def test_a_whole_decision_made_anew_does_not_fit_the_log(chen):
    """Somebody who holds the database and the key writes content, hash and signature anew: the log tells."""
    found = cases.at_decision(chen)
    cases.decide(found)
    row = Decision.objects.get(inquiry=found)
    content = bytes(row.content).replace(b'"remarks":"I have read the whole file."', b'"remarks":"No."')
    digest = proof.sha256(content)
    Decision.objects.filter(pk=row.pk).update(
        content=content, content_hash=digest, signature=proof.sign(digest), remarks="No."
    )
    assert [fault.what for fault in proof.faults()] == [
        "decision 1: the log holds no event of this decision with this content"
    ]


def test_verify_names_the_inquiry_whose_decision_was_changed(chen, capsys):
    found = cases.at_decision(chen)
    cases.decide(found)
    call_command("verify", "--json", "--log-only")
    assert json.loads(capsys.readouterr().out)["decisions"] == []
    Decision.objects.update(outcome="no_civilian_harm")
    with pytest.raises(CommandError, match=f"{found.code}: decision 1: its columns differ"):
        call_command("verify", "--json", "--log-only")
    assert json.loads(capsys.readouterr().out)["ok"] is False
