"""A body that is too large is refused before it is read, with a page that says what to do."""

import pytest
from django.test import Client

from constat.config.middleware import SIGNED_IN, STRANGER
from tests.cast import client_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [str(STRANGER + 1), "many"])
def test_a_stranger_may_not_send_a_file(size: str) -> None:
    answer = Client().generic("POST", "/signaler/fr/questions/", b"x", CONTENT_LENGTH=size)

    assert answer.status_code == 413


def test_a_body_without_a_stated_length_is_refused() -> None:
    answer = Client().generic("POST", "/signaler/fr/questions/", b"x", HTTP_TRANSFER_ENCODING="chunked")

    assert answer.status_code == 413


def test_a_colleague_may_send_a_spreadsheet_and_no_more(chen) -> None:
    client = client_for(chen)

    assert client.generic("POST", "/imports/", b"x", CONTENT_LENGTH=str(SIGNED_IN + 1)).status_code == 413
    assert client.generic("POST", "/imports/", b"x", CONTENT_LENGTH=str(STRANGER + 1)).status_code != 413
