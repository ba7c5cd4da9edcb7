"""First view of the public form: at most 60 KiB with everything it loads, in the three languages, no script."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from constat.apps.reports.tests.door import WORDS, Visitor

BUDGET = 60 * 1024
LINKED = re.compile(r'<(?:link|script|img)[^>]*?(?:href|src)="(/static/[^"]+)"')


def weight(page: bytes) -> int:
    files = {finders.find(url.removeprefix("/static/")) for url in LINKED.findall(page.decode())}
    assert None not in files
    sizes = 0
    for name in files:
        with open(name, "rb") as file:
            text = file.read()
        assert b"@import" not in text
        assert b"url(" not in text
        sizes += len(text)
    return len(page) + sizes


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_first_view_is_light(language):
    assert weight(Client().get(f"/signaler/{language}/").content) <= BUDGET


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_question_is_light(language):
    visitor = Visitor(language)
    heaviest = weight(visitor.response.content)
    while visitor.step != "check":
        visitor.answer(**WORDS.get(visitor.step, {}))
        heaviest = max(heaviest, weight(visitor.response.content))

    assert heaviest <= BUDGET
