"""Somebody else picks up the telephone after a report was sent, and finds pages of the form in the browser's cache."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from constat.apps.reports.models import KeptApart, Report
from constat.apps.reports.tests.door import CODE, Visitor

pytestmark = pytest.mark.django_db
WORDS, NUMBER = "motsignature près du puits", "70000001"


@pytest.fixture
def sent():
    """(visitor, the sealed answers as a cached page holds them, the code), three hours after sending."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        visitor = Visitor()
        visitor.through(words={"words": WORDS}, contact={"phone": NUMBER})
        token = visitor.token
        clock.shift(timedelta(minutes=5))
        code = visitor.send()
        clock.shift(timedelta(hours=3))
        yield visitor, token, code


@pytest.mark.parametrize(
    "press",
    [
        {"do": "finish", "step": "words"}, {"do": "stay", "step": "check"}, {"do": "change:contact", "step": "check"},
        {"do": "back", "step": "check"}, {"do": "next", "step": "contact"},
        {"do": "send", "step": "check", "website": "x"}, {"do": "send", "step": "words"},
    ],
)  # fmt: skip
def test_no_button_of_a_cached_page_gives_an_answer_back(sent, press):
    visitor, token, _code = sent

    page = visitor.post({"state": token, **press})

    assert WORDS not in page
    assert NUMBER not in page


def test_sending_once_more_gives_the_code_again_and_adds_nothing(sent):
    visitor, token, code = sent

    page = visitor.post({"state": token, "step": "check", "do": "send"})

    assert CODE.search(page).group(0) == code
    assert (Report.objects.count(), KeptApart.objects.count()) == (1, 0)


def test_a_report_never_sent_can_be_taken_up_the_next_week():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        visitor = Visitor()
        visitor.through(words={"words": WORDS})
        clock.shift(timedelta(days=7))

        assert WORDS in visitor.answer("stay")
