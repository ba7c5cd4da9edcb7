"""A receipt code shows a plain status and nothing else; every other code gets one answer."""

import statistics
import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from constat.apps.reports import receipts
from constat.apps.reports.actions.receive import receive
from constat.apps.reports.draft import Draft
from constat.apps.reports.models import Receipt, Report

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "/signaler/fr/suivi/"
WRONG = [
    "0000 0000 0000 0000",
    "1234567890123456",
    "",
    "12",
    "abcd efgh",
    "9" * 200,
    "۱۲۳۴",
    "1234-5678-9012-345O",
    "\x00'\";--",
]


def received(language="fr"):
    return receive(
        by="public",
        at=NOW,
        draft=Draft(channel="web_form", original=b"Deux morts.", reporter_language=language),
    )


def ask(code):
    return Client(enforce_csrf_checks=True).post(URL, {"code": code})


def test_the_code_is_nowhere_in_the_database():
    code = received().receipt_code

    assert len(code) == 16
    assert Receipt.objects.get().lookup == receipts.lookup(code)
    dump = "\n".join(connection.connection.iterdump()) if connection.vendor == "sqlite" else ""
    assert code not in dump


def test_the_code_can_be_made_again_from_the_uid_and_by_nobody_without_the_key():
    uid = uuid.UUID(int=1)
    first = next(receipts.candidates(uid))

    assert first == next(receipts.candidates(uid))
    assert first != next(receipts.candidates(uuid.UUID(int=2)))


@pytest.mark.parametrize(
    ("state", "outcome", "words"),
    [
        ("received", "", "Reçu"),
        ("safety_hold", "", "En cours d’examen"),
        ("in_triage", "duplicate", "En cours d’examen"),
        ("linked", "open_assessment", "Suite donnée"),
        ("closed", "close_not_enough_evidence", "pas assez d’éléments à ce stade"),
        ("closed", "own_force_not_involved", "Clos"),
        ("closed", "duplicate", "D’autres"),
    ],
)
def test_the_status_in_plain_words(state, outcome, words):
    code = received().receipt_code
    Report.objects.update(state=state, outcome=outcome)

    page = ask(code).content.decode()

    assert words in page
    assert "faux" not in page


def test_a_status_page_shows_no_word_of_the_report_and_no_reference():
    got = received()

    page = ask(got.receipt_code).content.decode()

    assert "Deux morts" not in page
    assert got.report not in page
    assert got.receipt_code not in page


def test_the_answer_is_in_the_language_of_the_reporter():
    page = ask(received("ar").receipt_code).content.decode()

    assert 'dir="rtl"' in page


def test_a_code_read_over_a_telephone_is_understood():
    code = received().receipt_code
    eastern = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    for typed in (receipts.grouped(code), "-".join([code[:8], code[8:]]), f" {eastern} "):
        assert "Reçu" in ask(typed).content.decode().split("<h2>")[1]


def test_every_wrong_code_gets_one_answer():
    code = received().receipt_code
    mistyped = code[:-1] + str((int(code[-1]) + 1) % 10)

    answers = [ask(wrong) for wrong in [*WRONG, mistyped]]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_right_and_wrong_codes_cost_the_same_length_and_the_same_queries():
    code = received().receipt_code
    sizes, queries = set(), set()
    for typed in [code, *WRONG]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            sizes.add(len(ask(typed).content))
        queries.add(len(captured))

    assert len(sizes) == 1
    assert queries == {1}


def test_the_work_for_a_wrong_code_is_the_work_for_a_right_one(monkeypatch):
    """No clock is asserted: what is counted is the keyed hashes made for each kind of code."""
    code = received().receipt_code
    made = []
    plain = receipts.lookup
    monkeypatch.setattr(receipts, "lookup", lambda text: made.append(len(text)) or plain(text))

    for typed in [code, *WRONG]:
        ask(typed)

    assert statistics.mode(made) == 16
    assert set(made) == {16}
    assert len(made) == len(WRONG) + 1
