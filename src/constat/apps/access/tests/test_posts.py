from datetime import timedelta

import pytest

from constat.apps.access import actions
from constat.apps.access.errors import NotAllowed, Refused
from constat.apps.access.models import CompartmentMember, Office, Post
from constat.rules.vocabulary import UnknownTerm
from tests.cast import NOW, refuses, viewer_for

LATER = NOW + timedelta(days=30)


def test_a_post_gives_rights_until_it_ends(administrator, farid, one_event):
    with one_event("access.appoint", object_key=str(farid.pk)):
        post = actions.appoint(
            person=farid, role="analyst", section="civilian_harm_cell", by=administrator, at=NOW
        )
    assert viewer_for(farid).roles == {"analyst"}

    with one_event("access.end_post"):
        actions.end_post(post=post, by=administrator, at=LATER)

    assert viewer_for(farid, at=LATER).roles == frozenset()
    assert viewer_for(farid, at=LATER - timedelta(seconds=1)).roles == {"analyst"}
    with refuses("post_over"):
        actions.end_post(post=post, by=administrator, at=LATER)


def test_a_post_with_an_end_ends_by_itself(administrator, farid):
    actions.appoint(
        person=farid, role="analyst", section="civilian_harm_cell", ends_at=LATER, by=administrator, at=NOW
    )

    assert viewer_for(farid).roles == {"analyst"}
    assert viewer_for(farid, at=LATER).roles == frozenset()
    with refuses("ends_before"):
        actions.appoint(person=farid, role="approver", section="hom", ends_at=NOW, by=administrator, at=NOW)


def test_nobody_appoints_oneself(administrator):
    with pytest.raises(NotAllowed) as refusal:
        actions.appoint(
            person=administrator, role="cell_chief", section="civilian_harm_cell", by=administrator, at=NOW
        )
    assert refusal.value.code == "same_person"


def test_the_same_post_is_not_given_twice(administrator, chen):
    with refuses("post_held"):
        actions.appoint(person=chen, role="analyst", section="civilian_harm_cell", by=administrator, at=NOW)


def test_an_office_role_needs_its_office(administrator, farid):
    with pytest.raises(Refused) as refusal:
        actions.appoint(person=farid, role="intake_officer", section="field_office", by=administrator, at=NOW)
    assert refusal.value.field == "office"

    office = Office.objects.create(code="gao", name="Gao")
    actions.appoint(
        person=farid, role="intake_officer", section="field_office", office=office, by=administrator, at=NOW
    )
    assert viewer_for(farid).offices == {"gao"}


def test_role_and_section_are_words_of_the_vocabulary(administrator, farid):
    with pytest.raises(UnknownTerm):
        actions.appoint(person=farid, role="king", section="civilian_harm_cell", by=administrator, at=NOW)
    with pytest.raises(UnknownTerm):
        actions.appoint(person=farid, role="analyst", section="moon", by=administrator, at=NOW)


def test_a_disabled_account_gets_no_post(administrator, farid):
    actions.disable_person(person=farid, reason="Left", by=administrator, at=NOW)
    with refuses("disabled"):
        actions.appoint(person=farid, role="analyst", section="civilian_harm_cell", by=administrator, at=NOW)


def test_the_system_may_set_up_the_first_administrator(farid, one_event):
    with one_event("access.appoint", actor="system"):
        post = actions.appoint(
            person=farid, role="system_administrator", section="mission_support", by="system", at=NOW
        )
    assert post.appointed_by is None


def test_a_compartment_is_opened_by_the_cell_chief_and_closed_again(dara, chen, one_event):
    with one_event("access.admit", purpose="Files on detained boys"):
        member = actions.admit_to_compartment(
            person=chen, compartment="child", reason="Files on detained boys", by=dara, at=NOW
        )
    assert viewer_for(chen).compartments == {"child"}
    with refuses("admitted"):
        actions.admit_to_compartment(person=chen, compartment="child", reason="Again", by=dara, at=NOW)

    with one_event("access.remove", purpose="Work done"):
        actions.remove_from_compartment(member=member, reason="Work done", by=dara, at=LATER)

    assert viewer_for(chen, at=LATER).compartments == frozenset()
    with refuses("not_admitted"):
        actions.remove_from_compartment(member=member, reason="Work done", by=dara, at=LATER)


def test_an_admission_that_ran_out_can_be_given_again(dara, chen):
    actions.admit_to_compartment(person=chen, compartment="child", reason="A", ends_at=LATER, by=dara, at=NOW)

    actions.admit_to_compartment(person=chen, compartment="child", reason="B", by=dara, at=LATER)

    assert viewer_for(chen, at=LATER).compartments == {"child"}


def test_nobody_admits_oneself_and_the_administrator_admits_nobody(dara, chen, administrator):
    with pytest.raises(NotAllowed) as refusal:
        actions.admit_to_compartment(person=dara, compartment="child", reason="I", by=dara, at=NOW)
    assert refusal.value.code == "same_person"
    with pytest.raises(NotAllowed):
        actions.admit_to_compartment(person=chen, compartment="child", reason="I", by=administrator, at=NOW)
    assert not CompartmentMember.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [({"compartment": "general"}, "compartment"), ({"reason": " "}, "reason"), ({"ends_at": NOW}, "ends_at")],
)
def test_a_wrong_admission_is_named(dara, chen, values, field):
    entry = {"compartment": "child", "reason": "Needed", **values}
    with pytest.raises(Refused) as refusal:
        actions.admit_to_compartment(person=chen, **entry, by=dara, at=NOW)
    assert refusal.value.field == field


def test_a_post_that_had_not_begun_never_counts(administrator, farid):
    post = Post.objects.create(person=farid, role="analyst", section="civilian_harm_cell", starts_at=LATER)

    actions.end_post(post=post, by=administrator, at=NOW)

    assert viewer_for(farid, at=LATER).roles == frozenset()
