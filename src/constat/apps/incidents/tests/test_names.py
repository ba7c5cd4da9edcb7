"""A name in the vault is for those whose incident it is: no act on the rows of incidents makes somebody the owner of one."""

from datetime import timedelta

import pytest

from constat.apps.incidents import actions
from constat.apps.incidents.errors import NotAllowed
from constat.apps.incidents.models import Incident
from constat.apps.incidents.tests.cases import build, incident_of, make_report
from tests.cast import NOW, make_person

LATER = NOW + timedelta(hours=1)
NAME = {"name": "Invented Person"}
VAULT = pytest.mark.django_db(transaction=True)  # the vault commits its event before it opens a row


@pytest.fixture
def ousmane(db):
    """Another analyst: reads every incident of the cell, and no name but those of own incidents."""
    return make_person("ousmane", role="analyst", section="civilian_harm_cell")


def named(by, incident: Incident):
    return actions.add_person(by=by, at=NOW, incident=incident.code, harms=["death"], identity=NAME)


@VAULT
def test_taking_a_person_out_into_a_new_incident_does_not_open_the_name(chen, ousmane):
    reports = [make_report(), make_report()]
    incident = build(chen, *reports)
    person = named(chen, incident)

    new = actions.split_out(
        by=ousmane,
        at=LATER,
        incident=incident.code,
        reason="Two events",
        reports=[reports[1].code],
        persons=[person],
    )

    with pytest.raises(NotAllowed):
        actions.reveal_identity(by=ousmane, at=LATER, incident=new, person=person, purpose="curious")
    assert incident_of(new).recorded_by == chen
    shown = actions.reveal_identity(
        by=chen, at=LATER, incident=new, person=person, purpose="To call the family"
    )
    assert shown == NAME


@VAULT
def test_merging_into_ones_own_incident_does_not_open_the_names_of_the_other(chen, ousmane):
    theirs, own = build(chen), build(ousmane)
    person = named(chen, theirs)

    with pytest.raises(NotAllowed):
        actions.merge(by=ousmane, at=LATER, kept=own.code, absorbed=theirs.code, reason="The same market")

    assert incident_of(theirs.code).state == "open"
    assert (
        actions.reveal_identity(by=chen, at=LATER, incident=theirs.code, person=person, purpose="To call")
        == NAME
    )


def test_names_move_with_a_merge_when_somebody_who_may_see_them_decides(chen, dara, ousmane):
    theirs, own = build(chen), build(ousmane)
    named(chen, theirs)

    actions.merge(by=dara, at=LATER, kept=own.code, absorbed=theirs.code, reason="The same market")

    assert incident_of(theirs.code).state == "merged"


def test_persons_without_a_name_hinder_no_merge(chen, ousmane):
    theirs, own = build(chen), build(ousmane)
    actions.add_person(by=chen, at=NOW, incident=theirs.code, harms=["death"])

    actions.merge(by=ousmane, at=LATER, kept=own.code, absorbed=theirs.code, reason="The same market")

    assert incident_of(theirs.code).state == "merged"
