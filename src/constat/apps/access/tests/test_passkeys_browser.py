"""Passkeys in real Chromium, with the browser's own virtual authenticator: made, used, refused for another origin."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from constat.apps.access.models import Event, SignIn
from constat.apps.access.passwords import Argon2id
from tests.cast import make_persona

PASSWORD = "une longue phrase 7"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(monkeypatch, chromium):
    monkeypatch.setattr(Argon2id, "memory_cost", 64)
    cache.clear()
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    complaints = []
    page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def authenticator(page):
    """A key in the machine that keeps its secrets and always recognises its owner's finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


@pytest.fixture
def farid(db):
    person = make_persona("farid")
    person.set_password(PASSWORD)
    person.save()
    return person


def address(live_server):
    # A passkey belongs to a name, never to a bare address.
    return live_server.url.replace("127.0.0.1", "localhost")


def enter(page, url):
    page.goto(f"{url}/connexion/?next=/compte/")
    page.fill("[name=login]", "farid")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) button[type=submit]")
    page.wait_for_url("**/compte/")


def add_passkey(page, url, *, alone):
    page.goto(f"{url}/compte/securite/cles/ajouter/")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) button[type=submit]")
    page.wait_for_selector("[name=name]")
    page.fill("[name=name]", "Clé du bureau")
    if alone:
        page.check("[name=passwordless]")
    page.click("form[data-passkey] button[type=submit]")
    page.wait_for_url("**/compte/securite/codes/")


def leave(page, url):
    page.goto(f"{url}/deconnexion/")
    page.click("main button[type=submit]")
    page.wait_for_url("**/connexion/**")


def test_a_passkey_is_made_and_opens_the_account_alone(page, authenticator, live_server, farid):
    url = address(live_server)
    enter(page, url)
    add_passkey(page, url, alone=True)
    page.goto(f"{url}/compte/securite/")
    assert "Clé du bureau" in page.inner_text("main")
    leave(page, url)

    page.click("form[data-passkey=login] button")
    page.wait_for_url(lambda address: "/connexion" not in address)
    page.goto(f"{url}/compte/")

    assert "Farid Test" in page.inner_text("h1 + .lead")
    verbs = list(Event.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["access.sign_in", "access.add_passkey", "access.sign_out", "access.sign_in"]
    assert '"ways":["webauthn"]' in Event.objects.get(seq=4).details


def test_a_passkey_is_the_second_step_after_the_password(page, authenticator, live_server, farid):
    url = address(live_server)
    enter(page, url)
    add_passkey(page, url, alone=False)
    leave(page, url)

    page.goto(f"{url}/connexion/?next=/compte/")
    page.fill("[name=login]", "farid")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) button[type=submit]")
    page.wait_for_url("**/connexion/code/**")
    page.click("form[data-passkey=get] button")
    page.wait_for_url("**/compte/")

    assert SignIn.objects.filter(person=farid).count() == 1


def test_a_removed_passkey_opens_nothing_and_says_so_like_any_failure(
    page, authenticator, live_server, farid
):
    url = address(live_server)
    enter(page, url)
    add_passkey(page, url, alone=True)
    key = Authenticator.objects.get(type="webauthn")
    page.goto(f"{url}/compte/securite/cles/{key.pk}/retirer/")
    page.click("main button[type=submit]")
    page.wait_for_url("**/compte/securite/")
    leave(page, url)

    page.click("form[data-passkey=login] button")
    page.wait_for_load_state("networkidle")

    assert page.url.split("?")[0] == f"{url}/connexion/"
    assert not SignIn.objects.exists()


def test_an_assertion_made_for_another_origin_is_refused(page, authenticator, live_server, farid):
    """What a phisher's proxy would send: a real signature, over another origin's name in the client data."""
    url = address(live_server)
    enter(page, url)
    add_passkey(page, url, alone=True)
    leave(page, url)
    page.evaluate(
        """() => {
            const real = navigator.credentials.get.bind(navigator.credentials);
            navigator.credentials.get = async (options) => {
                const one = await real(options);
                const data = JSON.parse(new TextDecoder().decode(one.response.clientDataJSON));
                data.origin = "https://constat.example";
                const bytes = new TextEncoder().encode(JSON.stringify(data)).buffer;
                return {
                    type: one.type, id: one.id, rawId: one.rawId, getClientExtensionResults: () => ({}),
                    response: { clientDataJSON: bytes, authenticatorData: one.response.authenticatorData,
                                signature: one.response.signature, userHandle: one.response.userHandle },
                };
            };
        }"""
    )

    page.click("form[data-passkey=login] button")
    page.wait_for_load_state("networkidle")

    assert page.url.split("?")[0] == f"{url}/connexion/"
    assert not SignIn.objects.exists()
