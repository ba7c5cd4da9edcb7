"""The public door keeps what was typed, whatever is in it; a strange address is a page that is not there."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from constat.apps.responses.actions.complaints import LONGEST
from constat.apps.responses.models import Complaint

DOOR = reverse("responses:public-start", args=["en"])


def test_a_sign_that_no_database_keeps_costs_none_of_the_words(db):
    answer = Client().post(
        DOOR, {"do": "complain", "words": "before\0after", "code": "12\0", "contact": "by\0foot"}
    )
    assert answer.status_code == 200
    assert Complaint.objects.get().words == "before after"
    assert Client().post(DOOR, {"do": "look", "code": "12\0"}).status_code == 200


def test_a_letter_that_is_too_long_is_refused_whole_and_stands_in_the_form(db):
    words = "x" * LONGEST + " and this is what matters"
    answer = Client().post(DOOR, {"do": "complain", "words": words})
    assert not Complaint.objects.exists()
    assert "and this is what matters" in answer.content.decode()
    assert str(LONGEST) in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/publication/public/fr/P-2026-000001\0/", "/answers/public/fr\0/", "/receipt/\0"]
)
def test_an_address_with_a_nul_is_not_there(db, path):
    client = Client(raise_request_exception=False)
    assert client.get(quote(path)).status_code == 404
    assert client.get("/answers/public/fr/?q=%00").status_code == 404
