"""Signing in and out, and everything that ends a session."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from constat.apps.access import actions
from constat.apps.access.models import Event, Person, SignIn
from constat.apps.access.signin import FAILED, AccountAdapter, MFAAdapter
from tests.cast import NOW, client_for, make_persona

PASSWORD = "une longue phrase 7"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet():
    cache.clear()


@pytest.fixture
def farid_in(farid):
    """Farid with a password. He has no post, so no page of another app is asked to draw itself."""
    farid.set_password(PASSWORD)
    farid.save()
    return farid


def sign_in(client, username="farid", password=PASSWORD, headers=None, **more):
    return client.post("/connexion/", {"login": username, "password": password, **more}, headers=headers)


def who(client):
    return client.get(reverse("access:account")).status_code


def test_name_and_password_open_the_account_and_leave_an_event(farid_in, client, one_event):
    with one_event("access.sign_in", actor=f"{farid_in.pk} Farid Test") as events:
        response = sign_in(client, next="/compte/")

    assert (response.status_code, response["Location"]) == (302, "/compte/")
    assert events[0].details == '{"ways":["password"]}'
    assert who(client) == 200


@pytest.mark.real_passwords
def test_the_password_is_stored_as_argon2id(farid_in):
    assert farid_in.password.startswith("argon2$argon2id$v=19$m=131072,t=3,p=1$")


def test_a_sign_in_never_leads_to_another_site(farid_in, client):
    assert sign_in(client, next="https://evil.example/")["Location"] == "/compte/"


@pytest.mark.parametrize(
    ("name", "first"),
    [("chen", "/"), ("administrator", "/people/"), ("data_protection", "/log/"), ("farid", "/compte/")],
)
def test_everybody_lands_on_a_page_they_may_open(cast, client, name, first):
    person = getattr(cast, name)
    person.set_password(PASSWORD)
    person.save()

    assert sign_in(client, name)["Location"] == first


WRONG = {
    "unknown name": {"username": "nobody"},
    "wrong password": {"password": "une autre phrase 8"},
    "disabled account": {"username": "gone"},
    "no password yet": {"username": "new"},
}


@pytest.fixture
def doors(farid_in, administrator):
    """An account in each of the states that must look alike from outside."""
    gone = make_persona("esi")
    Person.objects.filter(pk=gone.pk).update(username="gone", password=farid_in.password)
    gone.refresh_from_db()
    actions.disable_person(person=gone, reason="Left", by=administrator, at=NOW)
    Person.objects.filter(pk=make_persona("military").pk).update(username="new")


@pytest.mark.parametrize("case", WRONG)
def test_every_failure_gets_the_same_answer_after_the_same_work(doors, case, monkeypatch):
    """The work is the Argon2id run, some thousand times everything else: exactly one, whoever was named."""
    runs = []
    from argon2 import low_level

    def counted(name):
        real = getattr(low_level, name)
        monkeypatch.setattr(
            low_level, name, lambda *args, **more: (runs.append(name), real(*args, **more))[1]
        )

    for name in ("hash_secret", "verify_secret"):
        counted(name)
        monkeypatch.setattr(f"argon2._password_hasher.{name}", getattr(low_level, name), raising=False)
    client = Client()

    response = sign_in(client, **WRONG[case])

    assert len(runs) == 1
    assert response.status_code == 200
    page = response.content.decode().replace(WRONG[case].get("username", "farid"), "NAME")
    assert str(FAILED) in page or "error-summary" in page
    assert "sessionid" not in response.cookies
    form = response.context["form"]
    assert [str(error) for errors in form.errors.values() for error in errors] == [str(FAILED)]
    assert who(client) == 302


def test_tries_are_counted_alike_for_names_that_exist_and_that_do_not(doors):
    answers = {}
    for name in ("farid", "nobody", "gone"):
        cache.clear()
        client = Client()
        answers[name] = [
            [
                str(error)
                for errors in sign_in(client, name, "falsch falsch 1").context["form"].errors.values()
                for error in errors
            ]
            for _ in range(7)
        ]

    assert answers["farid"] == answers["nobody"] == answers["gone"]
    assert answers["farid"][0] != answers["farid"][-1]


def test_a_disabled_account_with_the_right_password_is_counted_too(doors):
    for _ in range(6):
        response = sign_in(Client(), "gone")
    assert (
        "wait" in str(response.context["form"].errors).lower()
        or "attend" in str(response.context["form"].errors).lower()
    )


def test_no_address_reaches_the_database(farid_in):
    client = Client(REMOTE_ADDR="127.77.66.55")
    sign_in(client, "farid", "falsch")
    sign_in(client)
    who(client)

    from django.db import connection

    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "127.77.66.55" not in repr(cursor.fetchall()), table
    for session in Session.objects.all():
        assert "127.77.66.55" not in repr(session.get_decoded())


def test_signing_out_ends_the_session_and_asks_the_browser_to_forget(farid_in, client, one_event):
    sign_in(client)
    cookie = client.cookies["sessionid"].value
    with one_event("access.sign_out"):
        response = client.post("/deconnexion/")

    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert response["Cache-Control"] == "no-store"
    assert not SignIn.objects.exists()
    assert not Session.objects.filter(session_key=cookie).exists()
    client.cookies["sessionid"] = cookie
    assert who(client) == 302


def test_asking_for_the_sign_out_page_signs_nobody_out(farid_in, client):
    sign_in(client)
    assert client.get("/deconnexion/").status_code == 200
    assert who(client) == 200


def test_pages_are_never_stored(farid_in, client):
    sign_in(client)
    assert client.get("/compte/")["Cache-Control"] == "no-store"
    assert "no-store" in client.get("/connexion/premier-mot-de-passe/")["Cache-Control"]


def test_fifteen_minutes_without_use_end_a_session(farid_in, client):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(minutes=14))
        assert who(client) == 200
        clock.shift(timedelta(minutes=14))
        assert who(client) == 200
        clock.shift(timedelta(minutes=15, seconds=1))
        assert who(client) == 302
    assert not SignIn.objects.exists()


def test_eight_hours_end_a_session_however_busy(farid_in, client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client)
        for _ in range(47):
            clock.shift(timedelta(minutes=10))
            assert who(client) == 200
        clock.shift(timedelta(minutes=11))
        assert who(client) == 302


def test_the_limits_hold_for_a_session_that_came_by_another_door(farid):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = client_for(farid)
        assert who(client) == 200
        clock.shift(timedelta(minutes=16))
        assert who(client) == 302


def test_disabling_an_account_ends_all_its_sessions_at_once(farid_in, administrator):
    clients = [Client() for _ in range(3)]
    for client in clients:
        sign_in(client)
    cookies = [client.cookies["sessionid"].value for client in clients]

    actions.disable_person(person=farid_in, reason="Lost telephone", by=administrator, at=NOW)

    assert [who(client) for client in clients] == [302, 302, 302]
    assert not SignIn.objects.filter(person=farid_in).exists()
    assert not Session.objects.filter(session_key__in=cookies).exists()
    assert '"sessions_ended":3' in Event.objects.get(verb="access.disable_person").details


def test_a_disabled_flag_alone_ends_a_session_too(farid_in, client):
    sign_in(client)
    Person.objects.filter(pk=farid_in.pk).update(is_active=False, disabled_at=NOW)
    assert who(client) == 302


def test_a_session_whose_row_is_gone_is_over(farid_in, client):
    sign_in(client)
    SignIn.objects.all().delete()
    assert who(client) == 302


def test_a_passkey_of_a_disabled_account_fails_like_a_wrong_password(farid_in, rf):
    """allauth asks this of the adapter once the passkey itself was right."""
    adapter, request = AccountAdapter(), rf.get("/")
    request.session = {}
    request._messages = storage = FallbackStorage(request)
    response = adapter.respond_user_inactive(request, farid_in)

    assert response["Location"] == "/connexion/"
    assert [str(message) for message in storage] == [str(FAILED)]


def test_a_passkey_gets_a_name_of_its_own(farid_in):
    assert str(MFAAdapter().generate_authenticator_name(farid_in, "webauthn")).endswith("1")


def test_nobody_signs_up(rf):
    assert not AccountAdapter().is_open_for_signup(rf.get("/"))


def test_errors_of_the_forms_are_said_and_praise_is_not(farid_in, client):
    sign_in(client)
    client.post("/compte/confirmer/", {"password": PASSWORD})
    response = client.get("/compte/securite/cles/ajouter/")
    assert response.status_code == 200
    wrong = client.post("/compte/securite/cles/ajouter/", {"name": "x", "credential": "{}"})
    assert wrong.context["form"].errors
    passkey = Client().post("/connexion/cle/", {"credential": "{}"}, follow=True)
    assert [message.level_tag for message in passkey.context["messages"]] == ["error"]


def test_a_post_that_ends_and_a_compartment_that_closes_bite_on_the_next_request(
    administrator, dara, farid, client
):
    client = client_for(farid)
    route = reverse("access:compartments")
    post = actions.appoint(
        person=farid, role="cell_chief", section="civilian_harm_cell", by=administrator, at=timezone.now()
    )
    member = actions.admit_to_compartment(
        person=farid, compartment="child", reason="R", by=dara, at=timezone.now()
    )
    assert client.get(route).wsgi_request.viewer.compartments == {"child"}

    actions.remove_from_compartment(member=member, reason="R", by=dara, at=timezone.now())
    assert client.get(route).wsgi_request.viewer.compartments == frozenset()
    actions.end_post(post=post, by=administrator, at=timezone.now())
    assert client.get(route).status_code == 404


def test_a_person_ends_all_other_sessions(farid_in, one_event):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    with one_event("access.end_sessions"):
        here.post(reverse("access:end-other-sessions"))

    assert (who(here), who(there)) == (200, 302)


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(farid_in, one_event):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    new = "une tout autre phrase 9"
    with one_event("access.change_password"):
        response = here.post(
            "/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )
    assert response["Location"] == "/compte/"

    assert (who(here), who(there)) == (200, 302)
    assert SignIn.objects.get(session_key=here.cookies["sessionid"].value)
    assert sign_in(Client(), password=new).status_code == 302


def test_a_wrong_old_password_changes_nothing(farid_in, client):
    sign_in(client)
    response = client.post(
        "/compte/mot-de-passe/", {"oldpassword": "falsch", "password1": "a", "password2": "b"}
    )

    assert response.status_code == 200
    assert Person.objects.get(pk=farid_in.pk).check_password(PASSWORD)


def test_without_a_password_there_is_none_to_change(farid):
    assert client_for(farid).get("/compte/mot-de-passe/").status_code == 404


def test_a_code_sets_the_first_password_in_the_browser(administrator, farid, client):
    code = actions.start_password(person=farid, by=administrator, at=timezone.now())
    entry = {"code": code, "password": PASSWORD, "again": PASSWORD}
    page = reverse("access:activate")

    assert client.get(page).status_code == 200
    assert client.post(page, {**entry, "again": "x"}).status_code == 422
    assert client.post(page, {**entry, "code": "AAAAA"}).status_code == 422
    assert client.post(page, entry)["Location"] == "/connexion/"
    assert sign_in(client).status_code == 302


def test_guessing_codes_is_slowed_down(db, client):
    answers = [client.post(reverse("access:activate"), {"code": "A" * 20, "password": PASSWORD, "again": PASSWORD})
               for _ in range(12)]  # fmt: skip
    errors = [str(answer.context["form"].errors) for answer in answers]

    assert errors[0] != errors[-1]


def test_somebody_who_guesses_keeps_nobody_else_from_a_first_password(administrator, farid, client):
    code = actions.start_password(person=farid, by=administrator, at=timezone.now())
    for _ in range(12):
        wrong = {"code": "B" * 20, "password": PASSWORD, "again": PASSWORD}
        Client(REMOTE_ADDR="192.0.2.7").post(reverse("access:activate"), wrong)

    response = client.post(
        reverse("access:activate"), {"code": code, "password": PASSWORD, "again": PASSWORD}
    )

    assert response["Location"] == "/connexion/"


def test_no_sentence_stays_in_a_cookie(farid_in, client):
    sign_in(client)
    client.post(reverse("access:end-other-sessions"))

    assert "messages" not in client.cookies


def test_behind_the_proxy_a_stranger_s_tries_are_not_everybody_s(farid_in, client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # as with CONSTAT_HTTPS=1
    for number in range(12):
        sign_in(Client(headers={"x-forwarded-for": "198.51.100.9"}), username=f"nobody{number}")

    assert sign_in(client, headers={"x-forwarded-for": "203.0.113.5"}).status_code == 302


# Second factor -------------------------------------------------------------------------------------------------------


@pytest.fixture
def app(farid_in, client):
    """Farid's telephone: a TOTP application set up through the pages, then signed out. Returns its secret."""
    start = timezone.now().replace(second=5, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client)
        assert client.get("/compte/securite/application/")["Location"].startswith("/compte/confirmer/")
        client.post("/compte/confirmer/", {"password": PASSWORD})
        page = client.get("/compte/securite/application/")
        secret = page.context["form"].secret
        response = client.post("/compte/securite/application/", {"code": code_of(secret)})
        assert response["Location"] == "/compte/securite/codes/"
        codes = client.get("/compte/securite/codes/").context["unused_codes"]
        assert len(codes) == 10
        assert client.get("/compte/securite/codes/").context["unused_codes"] == ["****"] * 10
        client.post("/deconnexion/")
        clock.shift(timedelta(seconds=90))
        yield secret, codes, clock


def code_of(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, int(timezone.now().timestamp()) // 30))


def test_with_an_application_the_password_alone_opens_nothing(app, client):
    response = sign_in(client)

    assert response["Location"] == "/connexion/code/"
    assert who(client) == 302
    assert client.get("/connexion/code/").status_code == 200


def test_a_code_opens_once(app):
    secret, _codes, _clock = app
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)
    code = code_of(secret)
    assert first.post("/connexion/code/", {"code": code}).status_code == 302
    cache.clear()  # another process of the same node has not heard of it

    assert second.post("/connexion/code/", {"code": code}).status_code == 200
    assert (who(first), who(second)) == (200, 302)


def test_an_older_code_does_not_open_after_a_newer_one(app):
    secret, _codes, clock = app
    older = code_of(secret)
    clock.shift(timedelta(seconds=30))
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)
    assert first.post("/connexion/code/", {"code": code_of(secret)}).status_code == 302

    assert second.post("/connexion/code/", {"code": older}).status_code == 200


def test_the_code_of_the_set_up_is_used_up(farid_in):
    with time_machine.travel(timezone.now(), tick=False):
        here, there = Client(), Client()
        sign_in(here)
        here.post("/compte/confirmer/", {"password": PASSWORD})
        secret = here.get("/compte/securite/application/").context["form"].secret
        code = code_of(secret)
        here.post("/compte/securite/application/", {"code": code})
        sign_in(there)

        assert there.post("/connexion/code/", {"code": code}).status_code == 200
        assert who(there) == 302


def test_a_recovery_code_opens_once(app):
    _secret, codes, _clock = app
    for client, expected in ((Client(), 302), (Client(), 200)):
        sign_in(client)
        assert client.post("/connexion/code/", {"code": codes[0]}).status_code == expected


def test_a_new_password_does_not_skip_the_second_factor(app, farid_in, administrator, client):
    code = actions.start_password(person=farid_in, by=administrator, at=timezone.now())
    actions.set_password(code=code, password="encore une phrase 11", at=timezone.now())

    assert sign_in(client, password="encore une phrase 11")["Location"] == "/connexion/code/"
    assert who(client) == 302


def test_secrets_of_factors_are_sealed_in_the_database(app):
    secret, codes, _clock = app
    stored = repr(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_each_change_of_factors_leaves_an_event(app, client):
    secret, _codes, clock = app
    sign_in(client)
    client.post("/connexion/code/", {"code": code_of(secret)})
    clock.shift(timedelta(seconds=60))
    client.post("/compte/confirmer/code/", {"code": code_of(secret)})
    for page in ("/compte/securite/", "/compte/securite/codes/nouveaux/", "/compte/securite/application/retirer/",
                 "/compte/confirmer/code/", "/compte/confirmer/"):  # fmt: skip
        assert client.get(page).status_code == 200, page
    client.post("/compte/securite/codes/nouveaux/")
    client.post("/compte/securite/application/retirer/")

    verbs = list(Event.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["access.sign_in", "access.add_totp", "access.sign_out", "access.sign_in", "access.new_recovery_codes",
                     "access.remove_totp"]  # fmt: skip
    assert not Authenticator.objects.exists()
    assert "totp" in Event.objects.get(seq=4).details


def test_if_the_event_cannot_be_written_the_factor_does_not_change(app, client, monkeypatch):
    from constat.apps.access import log

    secret, _codes, clock = app
    sign_in(client)
    client.post("/connexion/code/", {"code": code_of(secret)})
    clock.shift(timedelta(seconds=60))
    client.post("/compte/confirmer/code/", {"code": code_of(secret)})
    monkeypatch.setattr(log, "record", lambda **values: (_ for _ in ()).throw(log.LogError("disk full")))

    with pytest.raises(log.LogError):
        client.post("/compte/securite/application/retirer/")

    assert Authenticator.objects.filter(type="totp").exists()


def test_if_the_event_cannot_be_written_nobody_is_in(farid_in, client, monkeypatch):
    from constat.apps.access import log

    monkeypatch.setattr(log, "record", lambda **values: (_ for _ in ()).throw(log.LogError("disk full")))
    with pytest.raises(log.LogError):
        sign_in(client)

    assert not SignIn.objects.exists()
    assert who(client) == 302
