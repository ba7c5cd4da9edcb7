"""Somebody reports harm from a telephone without JavaScript, gets a code, and later sees where the report stands."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE
from tests.browser.hands import RECEIPT, overflow, said

BUDGET = 60 * 1024
WORDS = "Des hommes à moto ont tiré près du puits.\nDeux personnes sont mortes.  "


def go_on(page: Page) -> None:
    page.click(".actions button[name=do][value=next]")


def step(page: Page) -> str:
    return str(page.locator("input[name=step]").get_attribute("value"))


def report(page: Page, language: str) -> str:
    """From the first question to the receipt, with one answer changed on the way. The code."""
    page.click(".actions button[value=start]")
    assert step(page) == "safety"
    assert page.locator("fieldset").count() == 2
    go_on(page)
    assert step(page) == "words"
    assert page.locator("textarea").count() == 1
    go_on(page)
    assert page.locator(".error-summary").inner_text().strip()
    assert said(language, "Write what happened. A few words are enough.") in page.inner_text(".error-summary")
    page.fill("textarea[name=words]", WORDS)
    go_on(page)
    answers = {
        "place": {"place": "Bir Salama"},
        "when": {"day": "3", "month": "11", "year": "2026"},
        "killed": {"killed_best": "2"},
    }
    seen = []
    while step(page) != "check":
        seen.append(step(page))
        assert len(seen) < 20, seen
        assert overflow(page) <= 0, step(page)
        for name, value in answers.get(step(page), {}).items():
            page.fill(f"input[name={name}]", value)
        go_on(page)
    # One question a page, none twice.
    assert len(seen) == len(set(seen))
    assert {"place", "when", "killed", "injured", "children", "intimate", "contact", "agree"} <= set(seen)
    assert WORDS.split("\n")[0] in page.inner_text(".answers")

    page.click("button[value='change:killed']")
    assert step(page) == "killed"
    assert page.input_value("input[name=killed_best]") == "2"
    page.fill("input[name=killed_max]", "4")
    go_on(page)
    assert step(page) == "check"
    assert f"{said(language, 'At most')} 4" in page.inner_text(".answers")

    page.wait_for_timeout(3_500)  # nobody answers in less; what does is taken for a program and asked again
    page.click("button[value=send]")
    code = RECEIPT.search(page.inner_text(".receipt"))
    assert code
    return code.group()


def ask(page: Page, language: str, code: str) -> str:
    page.goto(re.sub(r"/signaler/.*", f"/signaler/{language}/suivi/", page.url))
    page.fill("input[name=code]", code)
    with page.expect_response(lambda one: one.request.method == "POST") as waiting:
        page.click(".actions button")
    page.wait_for_load_state()
    return waiting.value.text()


def shape(html: str) -> list[str]:
    """The tags of a page in order: what is left of it without its words."""
    return re.findall(r"<(/?[a-z0-9]+)", html)


def test_a_report_from_a_telephone_in_french(visitor):
    caller = visitor(size=PHONE, script=False)
    page = caller.open("/signaler/fr/")
    assert page.locator("html").get_attribute("lang") == "fr"
    code = report(page, "fr")
    caller.shot("public-receipt-fr-phone")
    assert caller.context.cookies() == [
        one for one in caller.context.cookies() if one["name"] == "django_language"
    ]

    right = ask(page, "fr", code)
    assert page.locator(".path li.here").count() == 1
    assert said("fr", "Received") in page.locator(".path li.here").inner_text()
    assert "puits" not in right

    wrong = ask(page, "fr", "0000 1111 2222 3333")
    assert said("fr", "We do not know this code") in page.inner_text(".receipt")
    nonsense = ask(page, "fr", "n’importe quoi")
    assert shape(wrong) == shape(nonsense)
    assert len(wrong.encode()) == len(nonsense.encode()) == len(right.encode())


def test_a_report_in_arabic_is_mirrored(visitor):
    caller = visitor(size=PHONE, language="ar")
    page = caller.open("/signaler/ar/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert overflow(page) <= 0
    # The first letter of a line stands at the right edge.
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).textAlign") in {"start", "right"}
    heading, screen = page.locator("h1").bounding_box(), page.viewport_size
    assert heading and screen and heading["x"] + heading["width"] > screen["width"] - 40
    report(page, "ar")
    # The code is read from left to right in every language.
    assert page.evaluate("getComputedStyle(document.querySelector('.receipt .code')).direction") == "ltr"
    caller.shot("public-receipt-ar-phone")


@pytest.mark.parametrize("path", ["/signaler/", "/signaler/fr/", "/signaler/ar/"])
def test_the_first_view_is_at_most_sixty_kibibytes_over_the_wire(visitor, path):
    caller = visitor(size=PHONE)
    wire = caller.context.new_cdp_session(caller.page)
    wire.send("Network.enable")
    received: dict[str, float] = {}
    names: dict[str, str] = {}
    wire.on(
        "Network.responseReceived",
        lambda event: names.__setitem__(event["requestId"], event["response"]["url"]),
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: received.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
    caller.open(path).wait_for_load_state("networkidle")

    assert any(url.startswith("http") for url in names.values())
    assert set(received) >= {one for one, url in names.items() if url.startswith("http")}
    assert 0 < sum(received.values()) <= BUDGET, {names.get(one): size for one, size in received.items()}
