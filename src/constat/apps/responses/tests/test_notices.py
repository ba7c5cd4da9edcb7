"""A notice is drafted from the decision, read by a second person, and said only in the way the person allowed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from constat.apps.access.models import Event
from constat.apps.inquiries.tests.cases import at_decision
from constat.apps.responses import actions, queries
from constat.apps.responses.codes import code_of
from constat.apps.responses.errors import (
    Incomplete,
    NotAllowed,
    NothingToDo,
    NotThere,
    SamePersonTwice,
    UnsafeContact,
    WrongState,
)
from constat.apps.responses.models import Notice, NoticeStep
from constat.apps.responses.tests.cases import (
    add,
    after,
    cleared,
    decided,
    drafted,
    go,
    not_told,
    notice,
    offer,
    person,
    reported,
    row,
    tell,
    told,
)
from constat.rules.workflow import IllegalTransition
from tests.cast import NOW, exactly_one_event, viewer_for


@pytest.fixture
def case(db):
    return decided("credible")


def test_a_notice_says_what_was_decided_and_what_is_offered(case):
    key = "6d7f6d4e-0000-4000-8000-000000000001"
    import uuid

    offer(case, uuid.UUID(key), "offered", "condolence_payment")
    offer(case, uuid.UUID(key), "proposed", "apology")
    number = add(case, kind="beneficiary", key=key)

    made = notice(drafted(case, number))

    text = " ".join(made.text["written"])
    assert "nos propres forces ont pris part" in text
    assert made.measures == ["condolence_payment"], "what nobody certified is not told"
    assert "{code}" in text
    assert code_of(made) not in str(made.text), "the code is kept nowhere"


def test_before_a_decision_there_is_nothing_to_tell(db):
    waiting = at_decision()
    number = add(waiting)
    with pytest.raises(WrongState):
        drafted(waiting, number)


def test_whoever_wrote_the_text_does_not_clear_it_also_after_somebody_else_rewrote_it(case):
    code = drafted(case, add(case))
    with pytest.raises(SamePersonTwice):
        actions.clear(by=person("chen"), at=NOW, notice=code, reason="Fine")

    actions.redraft(
        by=person("dara"), at=NOW, notice=code, addition="Nous viendrons vous voir.", reason="Warmer"
    )
    for author in ("chen", "dara"):
        with pytest.raises(SamePersonTwice):
            actions.clear(by=person(author), at=NOW, notice=code, reason="Fine")

    actions.clear(by=person("amends"), at=NOW, notice=code, reason="Fine")
    assert notice(code).state == "cleared"
    assert "Nous viendrons vous voir." in notice(code).text["written"]
    assert NoticeStep.objects.get(verb="redraft").before["written"], "what it said before stays"


def test_the_database_itself_asks_for_the_second_person(case):
    code = drafted(case, add(case))
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(code=code).update(state="cleared", cleared_by=person("chen"), cleared_at=NOW)


def test_a_text_nobody_cleared_is_not_told(case):
    number = add(case)
    go(case, number)
    with pytest.raises(IllegalTransition):
        tell(drafted(case, number))


def test_no_contact_before_somebody_judged_the_risk(case):
    number = add(case)
    code = cleared(case, number)
    with pytest.raises(UnsafeContact, match="risk has not been judged"):
        tell(code)
    go(case, number, risk="no_go")
    with pytest.raises(UnsafeContact, match="judged dangerous"):
        tell(code)
    with pytest.raises(NotAllowed, match="protection focal point"):
        go(case, number, at=after(minutes=5))
    go(case, number, by=person("protection"), at=after(minutes=10))
    tell(code)
    assert notice(code).state == "told"


def test_a_judgement_made_after_the_contact_does_not_count(case):
    number = add(case)
    code = cleared(case, number)
    go(case, number, at=after(hours=2))
    with pytest.raises(UnsafeContact):
        tell(code, at=after(hours=3), contacted_at=after(hours=1))


@pytest.mark.parametrize(
    ("plan", "how", "refused"),
    [
        ({}, {"channel": "phone"}, "did not agree to this way"),
        ({"channels": ["sms"]}, {"channel": "sms"}, "Leave no content"),
        ({"channels": ["voicemail"]}, {"channel": "voicemail"}, "Leave no content"),
        ({"from_hour": 14, "until_hour": 16}, {}, "between 14:00 and 16:00"),
        ({"weekdays": [4]}, {}, "on the days noted"),
        ({"channels": ["phone"]}, {"channel": "phone"}, ""),
        ({"channels": ["sms"], "content_allowed": True}, {"channel": "sms"}, ""),
    ],
)
def test_the_plan_of_the_person_is_kept(case, plan, how, refused):
    number = add(case, **plan)
    go(case, number)
    code = cleared(case, number)
    if refused:
        with pytest.raises(UnsafeContact, match=refused):
            tell(code, **how)
        assert notice(code).state == "cleared"
    else:
        tell(code, **how)
        assert notice(code).channel == how["channel"]


def test_the_proof_says_who_how_when_in_which_language_and_before_whom(case):
    number = add(case, spoken_language="bm")
    go(case, number)
    code = cleared(case, number)
    with pytest.raises(Incomplete, match="interpreter"):
        tell(code)
    with pytest.raises(Incomplete, match="witness"):
        tell(code, proof="witness", interpreter=True)
    with pytest.raises(Incomplete, match="between the clearing"):
        tell(code, interpreter=True, contacted_at=after(days=3))

    with exactly_one_event("responses.tell", object_key=code) as events:
        tell(code, spoken_language="fr", interpreter=True, proof="witness", witness="relative")

    found = notice(code)
    assert (found.contacted_by, found.channel, found.language, found.interpreter, found.witness, found.proof) == (
        person("chen"), "in_person", "fr", True, "relative", "witness"
    )  # fmt: skip
    assert "Inventée" not in events[0].details


def test_a_survivor_is_told_by_her_adviser_and_stands_on_nobody_elses_list(case, cast):
    adviser = cast.crsv_adviser
    number = add(case, by=adviser, kind="beneficiary", survivor=True, adviser=adviser)
    code = actions.draft(by=adviser, at=NOW, inquiry=case.code, addressee=number)

    assert queries.notices_of(viewer_for(person("chen")), case, at=NOW) == []
    assert [one.code for one in queries.notices_of(viewer_for(adviser), case, at=NOW)] == [code]
    with pytest.raises(NotThere):
        actions.clear(by=person("dara"), at=NOW, notice=code, reason="Fine")
    with pytest.raises(NotThere):
        go(case, number)
    with pytest.raises(Incomplete):
        add(case, kind="beneficiary", survivor=True)


def test_a_survivor_is_not_told_through_others(case, cast):
    with pytest.raises(Incomplete, match="through nobody else"):
        add(case, by=cast.crsv_adviser, survivor=True, adviser=cast.crsv_adviser, channels=["trusted_person"])


def test_name_number_and_duress_word_are_in_the_vault_and_shown_for_a_purpose(case):
    contact = {
        "name": "Binta Inventée",
        "phone": "77001122",
        "duress_word": "la pluie",
        "cover_reason": "vaccination",
    }
    chen = person("chen")
    number = add(case, contact=contact)

    with exactly_one_event("identities.reveal"):
        assert (
            actions.reveal_contact(
                by=chen, at=NOW, inquiry=case.code, addressee=number, purpose="Visit tomorrow"
            )
            == contact
        )
    assert not Event.objects.filter(details__contains="Binta").exists()
    stored = " ".join(str(value) for value in vars(row(case, number)).values())
    assert "Binta" not in stored
    assert "pluie" not in stored


@pytest.mark.django_db(transaction=True)
def test_the_vault_shows_a_reporter_by_the_key_of_the_report():
    report, _code = reported()
    case = decided("not_enough_evidence", report)
    number = add(case, kind="reporter", report=report.code)

    found = actions.reveal_contact(
        by=person("chen"), at=NOW, inquiry=case.code, addressee=number, purpose="To tell the outcome"
    )
    assert found["name"] == "Awa Inventée"


def test_nobody_declined_who_was_never_asked(case):
    number = add(case)
    values = {"by": person("chen"), "at": NOW, "inquiry": case.code, "addressee": number, "reason": "Said so"}
    with pytest.raises(Incomplete, match="never asked"):
        actions.note_no_contact(no_contact_reason="person_declined", **values)
    with pytest.raises(Incomplete, match="only after a no-go"):
        actions.note_no_contact(no_contact_reason="unsafe", **values)

    code = actions.note_no_contact(
        no_contact_reason="person_declined", contacted_at=NOW - timedelta(days=1), **values
    )
    assert notice(code).no_contact_reason == "person_declined"


def test_somebody_found_at_last_is_told_after_the_text_was_read_once_more(case):
    number = add(case)
    code = not_told(case, number)
    with pytest.raises(IllegalTransition):
        tell(code)

    actions.reopen_notice(
        by=person("chen"), at=after(hours=2), notice=code, trigger="A cousin knows where she lives"
    )
    assert notice(code).no_contact_reason == ""
    actions.clear(by=person("dara"), at=after(hours=2), notice=code, reason="Still right")
    go(case, number, at=after(hours=2))
    tell(code, at=after(hours=3))
    assert [one.verb for one in NoticeStep.objects.order_by("pk")] == [
        "note_no_contact",
        "confirm_unreached",
        "reopen",
        "clear",
        "tell",
    ]


def test_one_person_stands_on_the_list_once_and_has_one_notice_of_one_decision(case):
    key = "6d7f6d4e-0000-4000-8000-000000000002"
    number = add(case, kind="beneficiary", key=key)
    drafted(case, number)
    with pytest.raises(NothingToDo):
        add(case, kind="beneficiary", key=key)
    with pytest.raises(NothingToDo):
        drafted(case, number)


def test_who_may_not_does_not(case, cast):
    for name in ("amina", "military", "esi", "payer", "reviewer", "farid"):
        with pytest.raises((NotAllowed, NotThere)):
            add(case, by=getattr(cast, name))
    code = told(case)
    assert queries.notices_of(viewer_for(cast.esi), case, at=NOW) == []
    assert queries.notices_of(viewer_for(cast.farid), case, at=NOW) == []
    assert [one.code for one in queries.notices_of(viewer_for(cast.commander), case, at=NOW)] == [code]
