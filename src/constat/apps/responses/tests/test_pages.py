"""The pages open in three languages for those who may, are absent for others; every act has a form that can be drawn."""

import re

import pytest
from django.urls import reverse

from constat.apps.responses.models import Notice
from constat.apps.responses.page_query import SECOND
from constat.apps.responses.tests.cases import (
    add,
    cleared,
    complaint,
    decided,
    person,
    reported,
    said_unreached,
)
from constat.apps.responses.verbs import ACTS
from tests.cast import client_for


def url(name, *args):
    return reverse(f"responses:{name}", args=args)


@pytest.fixture
def pages(db):
    report, _receipt = reported()
    case = decided("credible", report)
    number = add(case)
    notice = cleared(case, number)
    row, _code = complaint(by=person("amina"))
    return case, number, notice, row


def test_the_pages_open_in_three_languages_and_name_nobody(pages):
    case, number, notice, row = pages
    dara, reviewer, esi = (client_for(person(name)) for name in ("dara", "reviewer", "esi"))
    addresses = [url("list"), url("case", case.code), url("notice", notice), url("complain")]
    addresses += [
        url("act-on", "case", case.code, verb, number) for verb in ACTS["case"] if verb != "end_measure"
    ]
    claim = said_unreached(case)
    addresses += [url("act", "notice", claim if verb in SECOND else notice, verb) for verb in ACTS["notice"]]
    addresses += [url("notice", claim)]
    for language, direction in (("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")):
        for address in addresses:
            dara.cookies["django_language"] = language
            page = dara.get(address)
            assert page.status_code == 200, address
            assert f'dir="{direction}"' in page.content.decode()
            assert "Inventée" not in page.content.decode()
    for address in (url("complaint", row.code), url("act", "complaint", row.code, "answer")):
        assert reviewer.get(address).status_code == 200
        assert dara.get(address).status_code == 404
    for address in addresses[:3]:
        assert esi.get(address).status_code == 404


def test_a_refused_closing_lists_what_stands_open_and_keeps_the_words(pages):
    case, _number, _notice, _row = pages
    sent = {"closure_reason": "established", "explanation": "The measures are settled."}
    page = client_for(person("dara")).post(url("act", "case", case.code, "close"), sent)
    text = page.content.decode()
    assert page.status_code == 200
    assert "R-2026-" in text
    assert "The measures are settled." in text


def test_the_paper_is_printed_only_once_its_text_is_cleared(pages):
    _case, _number, notice, _row = pages
    client = client_for(person("chen"))
    page = client.get(url("printed", notice, "html"))
    assert page.status_code == 200
    assert "{code}" not in page.content.decode()
    assert client.get(url("printed", notice, "html") + "?aloud").status_code == 200
    Notice.objects.filter(code=notice).update(state="draft")
    assert client.get(url("printed", notice, "html")).status_code == 404


def test_a_notice_is_drafted_from_the_page(pages):
    case, _number, _notice, _row = pages
    number = add(case, kind="community")
    client = client_for(person("chen"))
    answer = client.post(url("act-on", "case", case.code, "draft", number), {"addition": ""})
    made = Notice.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, url("notice", made.code))


def test_one_word_is_shown_to_a_second_person_who_confirms_it_on_the_page(pages):
    case, _number, _notice, _row = pages
    claim = said_unreached(case)
    chen, dara = client_for(person("chen")), client_for(person("dara"))
    confirm = url("act", "notice", claim, "confirm_unreached")
    assert chen.get(confirm).status_code == 404, "not one's own word"
    assert confirm not in chen.get(url("notice", claim)).content.decode()
    assert confirm in dara.get(url("list")).content.decode()
    assert "Searched in two villages" in dara.get(confirm).content.decode()
    assert dara.get("/").content.decode().count(url("list")) >= 1
    answer = dara.post(confirm, {"reason": "Both searches are noted"})
    assert (answer.status_code, answer["Location"]) == (302, url("list"))
    assert Notice.objects.get(code=claim).state == "not_told"
    assert "Dara Test" in chen.get(url("notice", claim)).content.decode()


def test_a_claim_outside_the_reader_s_reach_looks_like_one_that_is_not_there(pages):
    case, _number, _notice, _row = pages
    claim = said_unreached(case)
    there = client_for(person("military")).get(url("act", "notice", claim, "confirm_unreached"))
    absent = client_for(person("military")).get(url("act", "notice", "N-2026-999999", "confirm_unreached"))
    assert there.status_code == absent.status_code == 404
    assert bare(there, claim) == bare(absent, "N-2026-999999")


def bare(page, code):
    """The page without the mark of its form and without the address that was asked for."""
    text = page.content.decode().replace(code, "")
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", text)
