"""Who spoke is in the vault, what was said is sealed, consent is purpose by purpose and can be taken back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from constat.apps.evidence import actions, queries
from constat.apps.evidence.actions import Yes
from constat.apps.evidence.errors import Incomplete, ItemNotFound, NotAllowed, NothingToDo
from constat.apps.evidence.models import Interview
from tests.cast import NOW, viewer_for
from tests.evidence.items import case, deposit

pytestmark = pytest.mark.django_db
SAID = "CANARI a vu deux véhicules au marché."


def interview(by, incident, **over) -> Interview:
    values = {
        "form": "individual", "held_at": NOW - timedelta(days=1), "language": "fr", "setting": "neutral_place",
        "risk_before": "medium", "risk_after": "medium", "summary": SAID, "conditions": ["in_private", "interpreter"],
        "source_type": "witness", "sex": "woman", "age_band": "unknown", "interpreter": True,
        "identity": {"name": "CANARI Sangaré", "contact": "par la voisine"},
    }  # fmt: skip
    values.update(over)
    code = actions.interview(by=by, at=NOW, subject=("incident", incident.code), **values)
    return Interview.objects.get(code=code)


def test_neither_words_nor_identity_are_in_clear_in_the_database(dara, one_event):
    incident = case(dara)
    with one_event("evidence.interview", object_type="interview"):
        row = interview(dara, incident)
    assert row.code.startswith("V-") and row.sensitivity == 3
    with connection.cursor() as cursor:
        for table in ("evidence_interview", "access_identity", "access_event"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "CANARI" not in "".join(
                bytes(cell).decode("utf-8", "replace") if isinstance(cell, (bytes, memoryview)) else str(cell)
                for line in cursor.fetchall() for cell in line
            ), table  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_was_said_and_who_said_it_are_read_with_a_trace(investigator, chen, one_event):
    incident = case(investigator, builder=chen)
    row = interview(investigator, incident)
    with one_event("evidence.read_interview", object_key=row.code):
        assert actions.read(by=investigator, at=NOW, interview=row.code)["summary"] == SAID
    with one_event("identities.reveal", purpose="Recontacter"):
        found = actions.reveal(by=investigator, at=NOW, interview=row.code, purpose="Recontacter")
    assert found["name"] == "CANARI Sangaré"


def test_readers_are_few(chen, dara, investigator, legal, bruno):
    incident = case(investigator, builder=chen)
    row = interview(investigator, incident)
    for person in (dara, chen, legal, bruno):
        with pytest.raises(ItemNotFound):
            queries.get_interview(viewer_for(person), row.code, at=NOW)
    assert queries.interviews_of(viewer_for(dara), subjects=[("incident", incident.code)], at=NOW) == []
    # The head of the cell can open it to somebody without having read it, but not to themselves.
    actions.share_interview(
        by=dara, at=NOW, interview=row.code, section="human_rights", reason="Enquête conjointe"
    )
    assert queries.interviews_of(
        viewer_for(investigator), subjects=[("incident", incident.code)], at=NOW
    ) == [row]
    with pytest.raises(NotAllowed):
        actions.share_interview(by=chen, at=NOW, interview=row.code, person=bruno, reason="x")


def test_silence_is_no_and_a_yes_is_for_one_purpose_and_one_recipient(investigator, chen):
    row = interview(investigator, case(investigator, builder=chen),
                    consents=[Yes("hold"), Yes("court", "icc_otp")])  # fmt: skip
    viewer = viewer_for(investigator)

    def given(purpose, recipient=""):
        state = queries.consent_of(viewer, row, purpose, NOW, recipient)
        assert state.reason
        return state.given, state.code

    assert given("hold") == (True, "consent_given")
    assert given("publish") == (False, "consent_never_given")
    assert given("court", "icc_otp") == (True, "consent_given")
    assert given("court", "national_prosecutor") == (False, "consent_other_recipient")
    assert given("court") == (False, "consent_other_recipient")


def test_a_withdrawn_consent_is_a_no_with_its_day_and_stays_on_record(investigator, chen, one_event):
    row = interview(
        investigator, case(investigator, builder=chen), consents=[Yes("share_named_body", "icrc")]
    )
    later = NOW + timedelta(days=3)
    with one_event("evidence.withdraw_consent"):
        actions.withdraw_consent(
            by=investigator, at=later, record=row.code, purpose="share_named_body", recipient="icrc"
        )
    viewer = viewer_for(investigator)
    state = queries.consent_of(viewer, row, "share_named_body", later, "icrc")
    assert not state.given and state.code == "consent_withdrawn" and "2026-03-05" in state.reason
    assert queries.consent_of(viewer, row, "share_named_body", later - timedelta(seconds=1), "icrc").given
    assert row.consents.count() == 1
    with pytest.raises(NothingToDo):
        actions.withdraw_consent(
            by=investigator, at=later, record=row.code, purpose="share_named_body", recipient="icrc"
        )
    actions.consent(
        by=investigator,
        at=later,
        record=row.code,
        purpose="share_named_body",
        recipient="icrc",
        method="mark",
    )
    assert queries.consent_of(viewer, row, "share_named_body", later, "icrc").given
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        row.consents.filter(withdrawn_at__isnull=False).update(withdrawn_at=None, withdrawn_by=None)


def test_a_copy_is_bound_by_the_consents_of_its_original(chen):
    item = deposit(chen, case(chen), b"Une parole de temoin\n")
    actions.consent(by=chen, at=NOW, record=item.code, purpose="publish", method="spoken")
    copy = queries.get(
        viewer_for(chen), actions.redact(by=chen, at=NOW, item=item.code, lines=[1], reason="x"), at=NOW
    )
    assert queries.consent_of(viewer_for(chen), copy, "publish", NOW).given
    later = NOW + timedelta(hours=1)
    actions.withdraw_consent(by=chen, at=later, record=copy.code, purpose="publish")
    for one in (item, copy):
        assert queries.consent_of(viewer_for(chen), one, "publish", later).code == "consent_withdrawn"


def test_an_item_that_comes_from_nobody_needs_nobodys_consent(chen):
    item = deposit(chen, case(chen), consent_basis="mission_record")
    state = queries.consent_of(viewer_for(chen), item, "publish", NOW)
    assert state.given and state.code == "consent_not_needed"


REFUSED = [
    ({"summary": " "}, "summary"), ({"form": "group"}, "persons"), ({"persons": 4}, "persons"),
    ({"held_at": NOW + timedelta(days=1)}, "held_at"), ({"risk_after": "high"}, "protection_plan"),
    ({"consents": [Yes("court")]}, "recipient"),
]  # fmt: skip


@pytest.mark.parametrize(("over", "field"), REFUSED)
def test_what_is_missing_is_named_and_nothing_is_kept(dara, over, field):
    from constat.apps.access.models import Identity

    incident = case(dara)
    with pytest.raises(Incomplete) as refusal:
        interview(dara, incident, **over)
    assert refusal.value.field == field
    assert not Interview.objects.exists() and not Identity.objects.exists()


def test_a_person_may_stay_unknown(dara):
    row = interview(dara, case(dara), identity=None)
    assert row.identity_key is None
    with pytest.raises(NothingToDo):
        actions.reveal(by=dara, at=NOW, interview=row.code, purpose="x")


def test_the_risk_is_weighed_again_and_the_first_view_stays(dara):
    row = interview(dara, case(dara))
    actions.weigh_risk(by=dara, at=NOW, interview=row.code, level="extreme")
    assert row.risks.get().level == "extreme" and Interview.objects.get(pk=row.pk).risk_after == "medium"


def test_an_interview_is_never_changed(dara):
    row = interview(dara, case(dara))
    for change in ("UPDATE evidence_interview SET risk_after = 'low'", "DELETE FROM evidence_interview",
                   "UPDATE evidence_interview SET identity_key = NULL"):  # fmt: skip
        with (
            pytest.raises(DatabaseError, match="only added to"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    assert Interview.objects.get(pk=row.pk).language == "fr"


def test_whoever_could_not_read_it_again_does_not_record_it(chen):
    with pytest.raises(NotAllowed, match="L3"):
        interview(chen, case(chen))
    assert not Interview.objects.exists()
