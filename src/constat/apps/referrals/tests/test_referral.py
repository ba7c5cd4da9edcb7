"""From a draft to an answer: two people, consent item by item, names by consent only, one event each."""

import json
import subprocess
import sys
from datetime import timedelta

import bagit
import pytest

from constat.apps.access.models import Event
from constat.apps.evidence.models import ItemConsent
from constat.apps.referrals import actions, queries
from constat.apps.referrals.errors import (
    Changed,
    Incomplete,
    NotAllowed,
    ReferralError,
    ReferralNotFound,
    SamePersonTwice,
    WrongState,
)
from constat.apps.referrals.models import Referral, WrittenBag
from constat.apps.referrals.signing import public_key
from constat.apps.referrals.tests.cases import NAMES, approved, case, item, referral
from constat.apps.referrals.tests.test_bag import VERIFIER
from constat.rules.handover import HandoverError
from tests.cast import NOW, viewer_for

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def world(cast):
    """Dara's case: one item may go to the prosecutor, one to nobody, one to somebody else."""
    incident = case(cast.dara)
    items = (
        item(cast.dara, incident, 10, consent="national_prosecutor"),
        item(cast.dara, incident, 20),
        item(cast.dara, incident, 30, consent="icc_otp"),
    )
    return cast, incident, items


def written(cast, code, folder, *, by=None, at=LATER):
    return actions.write_bag(by=by or cast.dara, at=at, referral=code).into_folder(folder)


def test_what_goes_and_what_is_withheld_with_its_reason(world, tmp_path):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, *items)

    made = written(cast, code, tmp_path / "bag")

    assert bagit.Bag(str(tmp_path / "bag")).validate()
    case_json = json.loads((tmp_path / "bag/data/case.json").read_text("utf-8"))
    assert [one["code"] for one in case_json["items"]] == [items[0].code]
    assert case_json["withheld"] == [
        {"code": items[1].code, "reason": "no_consent"},
        {"code": items[2].code, "reason": "other_recipient"},
    ]
    assert (tmp_path / "bag" / case_json["items"][0]["path"]).read_bytes()[:2] == b"\xff\xd8"
    bag = WrittenBag.objects.get()
    assert (bag.digest, bag.included) == (made.digest, [items[0].code])
    found = subprocess.run([sys.executable, "-I", "-S", str(VERIFIER), str(tmp_path / "bag"), "--key", public_key()],
                           capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"})  # fmt: skip
    assert found.returncode == 0, found.stdout


def test_no_name_goes_without_the_consent_of_the_person(world, tmp_path):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0])
    written(cast, code, tmp_path / "without")

    everything = b"".join(path.read_bytes() for path in (tmp_path / "without").rglob("*") if path.is_file())
    assert not any(name.encode() in everything for name in NAMES)
    assert not Event.objects.filter(verb="vault.reveal").exists()


def test_the_name_of_who_consented_goes_and_the_other_does_not(world, tmp_path):
    cast, incident, items = world
    code = referral(cast.dara, incident, items[0])
    first = incident.persons.order_by("pk").first().person_id
    actions.record_consent(
        by=cast.dara, at=NOW, referral=code, person=str(first), said_by="kin", given_at=NOW
    )
    actions.judge_risk(by=cast.protection, at=NOW, referral=code, risk="medium", mitigation="Sous pli fermé.")
    actions.submit_for_review(by=cast.dara, at=NOW, referral=code, reason="Prêt.")
    actions.approve(by=cast.legal, at=NOW, referral=code, reason="Vu.")

    written(cast, code, tmp_path / "bag")

    persons = json.loads((tmp_path / "bag/data/case.json").read_text("utf-8"))["persons"]
    # Listed by key, which is drawn at random, so that the order tells nothing.
    assert sorted(one.get("name", "") for one in persons) == ["", NAMES[0]]


def test_a_consent_taken_back_after_approval_keeps_the_bag_in(world, tmp_path):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0])
    ItemConsent.objects.filter(item=items[0]).update(
        withdrawn_at=NOW + timedelta(minutes=1), withdrawn_by=cast.dara
    )

    with pytest.raises(Changed):
        written(cast, code, tmp_path / "bag")
    assert not WrittenBag.objects.exists()


@pytest.mark.parametrize("profile", ["inquiry", "partner"])
def test_a_stricter_profile_gets_coarser_places_and_no_names(world, tmp_path, profile):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0], profile=profile)

    written(cast, code, tmp_path / "bag")

    found = json.loads((tmp_path / "bag/data/case.json").read_text("utf-8"))
    assert "as_stated" not in found["incident"]["where"]
    assert all("name" not in one for one in found["persons"])
    assert found["incident"]["where"]["shown_as"] == {"inquiry": "cell", "partner": "area"}[profile]


def test_nobody_approves_what_they_prepared(world):
    cast, incident, items = world
    code = referral(cast.dara, incident, items[0])
    actions.judge_risk(by=cast.protection, at=NOW, referral=code, risk="low")
    actions.submit_for_review(by=cast.dara, at=NOW, referral=code, reason="Prêt.")

    with pytest.raises(SamePersonTwice):
        actions.approve(by=cast.dara, at=NOW, referral=code, reason="Moi aussi.")


def test_who_changes_it_last_is_who_prepared_it(world):
    cast, incident, items = world
    code = referral(cast.dara, incident, items[0])
    actions.amend(by=cast.chen, at=NOW, referral=code, terms=actions.Terms(
        authority="national_prosecutor", recipient="Parquet", asked="Enquêter.", legal_basis="consent", summary="Bref."))  # fmt: skip

    assert Referral.objects.get(code=code).prepared_by == cast.chen


def test_risk_is_judged_by_somebody_else_and_a_high_one_stops(world):
    cast, incident, items = world
    code = referral(cast.dara, incident, items[0])

    with pytest.raises(SamePersonTwice):
        actions.judge_risk(by=cast.dara, at=NOW, referral=code, risk="low")
    with pytest.raises(Incomplete) as refusal:
        actions.submit_for_review(by=cast.dara, at=NOW, referral=code, reason="Prêt.")
    assert refusal.value.field == "risk"
    actions.judge_risk(by=cast.protection, at=NOW, referral=code, risk="high")
    with pytest.raises(HandoverError):
        actions.submit_for_review(by=cast.dara, at=NOW, referral=code, reason="Prêt.")


def test_nothing_is_written_before_approval(world, tmp_path):
    cast, incident, items = world

    with pytest.raises(WrongState):
        written(cast, referral(cast.dara, incident, items[0]), tmp_path / "bag")


def test_whoever_may_not_open_an_item_does_not_write_the_bag(world, tmp_path):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0])

    with pytest.raises(NotAllowed, match=items[0].code):
        written(cast, code, tmp_path / "bag", by=cast.chen)


def test_hand_over_needs_a_written_bag_and_a_receipt_and_starts_the_wait(world, tmp_path):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0])
    hand = {
        "by": cast.dara,
        "at": LATER,
        "referral": code,
        "received_by": "Greffe",
        "reason": "En main propre.",
    }
    with pytest.raises(ReferralError, match=r".") as refusal:
        actions.hand_over(**hand, receipt="R 12")
    assert refusal.value.field == "receipt"
    made = written(cast, code, tmp_path / "bag")
    with pytest.raises(Incomplete) as refusal:
        actions.hand_over(**hand, receipt=" ")
    assert refusal.value.field == "receipt"

    actions.hand_over(**hand, receipt="R 12")

    row = Referral.objects.get(code=code)
    assert (row.state, row.bag_digest, row.due_at) == ("handed_over", made.digest, LATER + timedelta(days=30))
    line = items[0].custody.last()
    assert (line.kind, line.reason, line.digest_checked, line.place_class) == (
        "copy_left",
        code,
        True,
        "sealed_store",
    )
    again = written(cast, code, tmp_path / "again", at=LATER + timedelta(days=1))
    assert again.digest == made.digest


def test_silence_is_overdue_then_noted_then_an_answer_settles(world, tmp_path):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0])
    written(cast, code, tmp_path / "bag")
    actions.hand_over(
        by=cast.dara, at=LATER, referral=code, received_by="Greffe", receipt="R 12", reason="Remis."
    )
    after = LATER + timedelta(days=31)
    viewer = viewer_for(cast.dara)
    assert [one.code for one in queries.listing(viewer, at=after, overdue=True)] == [code]

    say = {"by": cast.dara, "referral": code, "words": "Rien reçu."}
    actions.note_answer(**say, at=after, kind="silence", said_at=after)
    assert queries.count_overdue(viewer, at=after) == 0
    actions.note_answer(**say, at=after, kind="concluded", said_at=after, reference="RP 88")
    actions.close(by=cast.dara, at=after, referral=code, explanation="Procès tenu.")

    row = Referral.objects.get(code=code)
    assert (row.state, [one.kind for one in row.answers.all()]) == ("closed", ["silence", "concluded"])


def test_a_stop_takes_the_approval_back(world):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0])

    actions.stop(by=cast.protection, at=LATER, referral=code, reason="Menaces rapportées hier.")

    row = Referral.objects.get(code=code)
    assert (row.state, row.approved_by, row.risk) == ("draft", None, "")


def test_each_act_leaves_one_event_without_words(world, one_event):
    cast, incident, items = world
    with one_event("referrals.prepare") as events:
        code = actions.prepare(by=cast.dara, at=NOW, incident=incident.code, terms=actions.Terms(
            authority="icc_otp", recipient="Bureau", asked="Secret à garder", legal_basis="consent", summary="x"))  # fmt: skip
    assert "Secret" not in events[0].details
    with one_event("referrals.choose"):
        actions.choose(
            by=cast.dara, at=NOW, referral=code, choices={items[0].code: actions.Choice(needed=True)}
        )
    with one_event("referrals.judge_risk"):
        actions.judge_risk(by=cast.protection, at=NOW, referral=code, risk="low")
    with one_event("referrals.submit_for_review") as events:
        actions.submit_for_review(by=cast.dara, at=NOW, referral=code, reason="Mots à garder")
    assert "garder" not in events[0].details


@pytest.mark.parametrize(
    ("terms", "field"),
    [({"recipient": " "}, "recipient"), ({"asked": ""}, "asked"), ({"summary": ""}, "summary"),
     ({"authority": "unmas", "profile": "court"}, "profile"), ({"answer_days": 0}, "answer_days")],
)  # fmt: skip
def test_bad_input_names_the_field_and_begins_nothing(world, terms, field):
    cast, incident, _items = world

    with pytest.raises(Incomplete) as refusal:
        referral(cast.dara, incident, **terms)
    assert refusal.value.field == field
    assert not Referral.objects.exists()


def test_to_an_outsider_it_does_not_exist(world):
    cast, incident, items = world
    code = referral(cast.dara, incident, items[0])

    for person in (cast.farid, cast.amina, cast.esi):
        with pytest.raises(ReferralNotFound):
            queries.get(viewer_for(person), code, at=NOW)
    with pytest.raises(NotAllowed):
        actions.submit_for_review(by=cast.legal, at=NOW, referral=code, reason="x")


def test_two_approvals_at_once_one_wins(world):
    cast, incident, items = world
    code = approved(cast, cast.dara, incident, items[0])

    with pytest.raises(WrongState):
        actions.approve(by=cast.approver, at=LATER, referral=code, reason="Aussi.")
