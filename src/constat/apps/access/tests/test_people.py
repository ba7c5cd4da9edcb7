from datetime import timedelta

import pytest

from constat.apps.access import actions
from constat.apps.access.errors import NotAllowed, Refused
from constat.apps.access.models import Activation, Person
from constat.apps.access.queries import viewer_of
from tests.cast import NOW, refuses, viewer_for

PASSWORD = "une longue phrase 7"


def test_an_administrator_makes_an_account_without_any_right(administrator, one_event):
    with one_event("access.create_person") as events:
        person = actions.create_person(username="gali", display_name="Gali Test", by=administrator, at=NOW)

    assert not person.has_usable_password()
    assert viewer_for(person).roles == frozenset()
    assert events[0].object_key == str(person.pk)
    assert "Gali" not in events[0].details


@pytest.mark.parametrize("name", ["amina", "bruno", "chen", "dara", "esi", "farid", "auditor", "military"])
def test_nobody_else_makes_accounts(cast, name):
    with pytest.raises(NotAllowed) as refusal:
        actions.create_person(username="gali", display_name="Gali", by=getattr(cast, name), at=NOW)

    assert refusal.value.code == "permission_missing"
    assert refusal.value.say("fr") != refusal.value.say("ar")


def test_the_public_makes_no_account(db):
    with refuses("nobody"):
        actions.create_person(username="gali", display_name="Gali", by="public", at=NOW)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"username": " "}, "username"), ({"display_name": ""}, "display_name"), ({"language": "xx"}, "language"),
     ({"username": "AMINA"}, "username")],
)  # fmt: skip
def test_a_wrong_entry_is_named(administrator, amina, values, field):
    entry = {"username": "gali", "display_name": "Gali", "language": "fr", **values}

    with pytest.raises(Refused) as refusal:
        actions.create_person(**entry, by=administrator, at=NOW)

    assert refusal.value.field == field


def test_a_person_sets_the_password_with_a_code_that_works_once(administrator, amina, one_event):
    with one_event("access.start_password") as events:
        code = actions.start_password(person=amina, by=administrator, at=NOW)
    assert code not in events[0].details
    assert not Activation.objects.filter(lookup__contains=code).exists()

    with one_event("access.set_password", actor=f"{amina.pk} Amina Test"):
        actions.set_password(code=code.lower().replace("-", " "), password=PASSWORD, at=NOW)

    assert Person.objects.get(pk=amina.pk).check_password(PASSWORD)
    with refuses("no_such_code"):
        actions.set_password(code=code, password=PASSWORD + "8", at=NOW)


def test_a_code_ends_after_three_days_and_when_a_newer_one_is_made(administrator, amina):
    old = actions.start_password(person=amina, by=administrator, at=NOW)
    with pytest.raises(Refused):
        actions.set_password(code=old, password=PASSWORD, at=NOW + timedelta(hours=72))

    actions.start_password(person=amina, by=administrator, at=NOW)
    with pytest.raises(Refused):
        actions.set_password(code=old, password=PASSWORD, at=NOW)


def test_a_weak_password_is_refused_and_the_code_still_works(administrator, amina):
    code = actions.start_password(person=amina, by=administrator, at=NOW)
    with pytest.raises(Refused) as refusal:
        actions.set_password(code=code, password="short", at=NOW)
    assert refusal.value.field == "password"

    actions.set_password(code=code, password=PASSWORD, at=NOW)


def test_a_disabled_person_may_do_nothing_and_their_code_is_dead(administrator, chen, one_event):
    code = actions.start_password(person=chen, by=administrator, at=NOW)
    with one_event("access.disable_person", purpose="Left the mission"):
        actions.disable_person(person=chen, reason="Left the mission", by=administrator, at=NOW)

    chen.refresh_from_db()
    assert not viewer_of(chen, at=NOW).permissions
    with pytest.raises(Refused):
        actions.set_password(code=code, password=PASSWORD, at=NOW)
    with refuses("already_disabled"):
        actions.disable_person(person=chen, reason="Again", by=administrator, at=NOW)


def test_a_person_is_enabled_again_by_somebody_else(administrator, chen, one_event):
    actions.disable_person(person=chen, reason="Leave", by=administrator, at=NOW)
    with one_event("access.enable_person"):
        actions.enable_person(person=chen, reason="Back", by=administrator, at=NOW)

    assert Person.objects.get(pk=chen.pk).is_active
    with refuses("already_enabled"):
        actions.enable_person(person=chen, reason="Back", by=administrator, at=NOW)
    with pytest.raises(NotAllowed):
        actions.enable_person(person=administrator, reason="Me", by=administrator, at=NOW)


def test_an_administrator_cannot_lock_the_door_from_inside(administrator):
    with refuses("self_disable"):
        actions.disable_person(person=administrator, reason="Oops", by=administrator, at=NOW)


def test_a_reason_is_asked(administrator, chen):
    with pytest.raises(Refused) as refusal:
        actions.disable_person(person=chen, reason="  ", by=administrator, at=NOW)
    assert refusal.value.field == "reason"


def test_offices(administrator, one_event):
    with one_event("access.create_office", object_key="kidal"):
        actions.create_office(code="Kidal", name="Kidal", by=administrator, at=NOW)
    with refuses("office_exists"):
        actions.create_office(code="kidal", name="Kidal", by=administrator, at=NOW)


def test_a_person_chooses_a_language(amina, one_event):
    with one_event("access.speak"):
        actions.speak(language="ar", by=amina, at=NOW)
    assert Person.objects.get(pk=amina.pk).language == "ar"
    with pytest.raises(Refused):
        actions.speak(language="tlh", by=amina, at=NOW)
