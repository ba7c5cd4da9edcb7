"""Each page of access for each persona: open, or as if it were not there."""

import pytest
from django.urls import reverse

from tests.cast import PERSONAS, client_for

MANAGERS = {"administrator"}
GRANTERS = {"dara"}
VERIFIERS = {"administrator", "dara", "auditor", "data_protection"}
PAGES = [
    ("access:people", MANAGERS),
    ("access:compartments", GRANTERS),
    ("access:log", VERIFIERS),
    ("access:account", set(PERSONAS)),
    ("access:sections", set(PERSONAS)),
    ("access:roles", set(PERSONAS)),
    ("mfa_index", set(PERSONAS)),
]


@pytest.mark.parametrize("name", PERSONAS)
def test_each_page_opens_to_whom_it_is_for(cast, name):
    client = client_for(getattr(cast, name))

    for route, allowed in PAGES:
        assert client.get(reverse(route)).status_code == (200 if name in allowed else 404), route


def test_the_public_is_sent_to_the_sign_in(db, client):
    for route, _allowed in PAGES:
        response = client.get(reverse(route))
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/connexion/")


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_pages_are_drawn_in_each_language(cast, language, administrator, dara, auditor):
    for person in (administrator, dara, auditor):
        client = client_for(person)
        client.cookies["django_language"] = language
        for route, _allowed in PAGES:
            response = client.get(reverse(route))
            if response.status_code == 200:
                assert f'lang="{language}"' in response.content.decode()
    client = client_for(administrator)
    client.cookies["django_language"] = language
    assert client.get(reverse("access:person", args=[auditor.pk])).status_code == 200
