"""What people do at the pages, step by step, as their hands do it. Addresses and names of fields only: no shortcut."""

import gettext
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser.conftest import ROOT, Visitor

LOCALE = ROOT / "src/constat/locale"
REPORT = re.compile(r"R-\d{4}-\d{6}")
INCIDENT = re.compile(r"I-\d{4}-\d{6}")
RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


@cache
def _catalogue(language: str) -> gettext.GNUTranslations | gettext.NullTranslations:
    return gettext.translation("django", LOCALE, [language], fallback=True)


def said(language: str, text: str, **names: object) -> str:
    """The words of the page in that language. A missing translation gives the English, which the page then shows too."""
    return (
        (_catalogue(language).gettext(text) if language != "en" else text) % names
        if names
        else _catalogue(language).gettext(text)
    )


@cache
def sources() -> frozenset[str]:
    """Every English source text, plurals included."""
    found: set[str] = set()
    for path in LOCALE.glob("*/LC_MESSAGES/django.mo"):
        found |= set(_msgids(path.read_bytes()))
    return frozenset(found)


def _msgids(mo: bytes) -> Iterator[str]:
    count, start = struct.unpack_from("<2I", mo, 8)
    for one in range(count):
        length, offset = struct.unpack_from("<2I", mo, start + 8 * one)
        text = mo[offset : offset + length].decode().rpartition("\x04")[2]
        yield from text.split("\0")


@dataclass(frozen=True)
class Recorded:
    """A report written down. `receipt`: what the caller was read out."""

    code: str
    receipt: str


@dataclass(frozen=True)
class Call:
    """What a caller says. Figures: at least, about, at most; "" is not known."""

    words: str
    place: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    killed: tuple[str, str, str] = ("", "", "")
    injured: tuple[str, str, str] = ("", "", "")
    kind: str = ""
    ticks: tuple[str, ...] = ()


def record(person: Visitor, call: Call) -> Recorded:
    """The phone form, with the mouse."""
    page = person.open("/reports/record/")
    for name in call.ticks:
        page.check(f"input[name={name}]")
    page.fill("textarea[name=words]", call.words)
    for name in ("place", "day", "month", "year"):
        page.fill(f"input[name={name}]", getattr(call, name))
    for harm in ("killed", "injured"):
        for suffix, figure in zip(("min", "best", "max"), getattr(call, harm), strict=True):
            page.fill(f"input[name={harm}_{suffix}]", figure)
    if call.kind:
        page.select_option("select[name=incident_type]", call.kind)
    page.click("form.record button.btn-primary")
    if page.locator("#which").count():
        # The name is borne by several places: the caller is asked which.
        page.locator("#which input[type=radio]").first.check()
        page.click("form.record button.btn-primary")
    return receipt_on(page)


def receipt_on(page: Page) -> Recorded:
    text = page.inner_text("main")
    code, receipt = REPORT.search(text), RECEIPT.search(text)
    assert code, text
    assert receipt, text
    return Recorded(code.group(), receipt.group())


def triage(person: Visitor, report: str, outcome: str = "open_assessment") -> None:
    page = person.open(f"/reports/{report}/")
    take = page.locator(f"form[action='/reports/{report}/take/'] button")
    if take.count():
        take.click()
    page.click(f"a[href='/reports/{report}/triage/']")
    page.check(f"input[name=outcome][value={outcome}]")
    page.fill("textarea[name=reason]", "Récit cohérent, à instruire.")
    page.click("main form .btn-primary")
    page.wait_for_url(f"**/reports/{report}/")


def build(person: Visitor, report: str) -> str:
    """None of the proposals fits: a new incident. Its code."""
    page = person.open(f"/incidents/for-report/{report}/")
    page.click("button[name=do][value=build]")
    page.wait_for_load_state()
    assert not page.locator(".error-summary").count(), page.inner_text(".error-summary")
    page.wait_for_url(re.compile(r"/incidents/I-"))
    return page.url.rstrip("/").rpartition("/")[2]


def proposed(page: Page, name: str) -> list[str]:
    """The codes offered for ticking, best first."""
    return [
        str(box.get_attribute("value")) for box in page.locator(f"input[type=checkbox][name={name}]").all()
    ]


def a_place(person: Visitor) -> str:
    """A name of the mission's register, as the phone form proposes it while somebody types."""
    page = person.open("/reports/record/")
    for start in ("Bou", "Tin", "Kar", "Sam", "Dia", "Man"):
        address = page.locator("#place-list").get_attribute("data-from")
        answer = page.request.get(f"{person.node.url}{address}?q={start}").json()["places"]
        names = [str(one).partition(",")[0] for one in answer]
        # Only a name that no other place bears: which one is meant is asked in tests of that question.
        if found := [one for one in names if names.count(one) == 1 and " " not in one]:
            return found[0]
    raise AssertionError("the register knows no place")


def tab_to(page: Page, selector: str, *, most: int = 140, back: bool = False) -> Locator:
    """The keyboard alone: Tab until the focus is there. Every stop on the way must be visible to the eye."""
    for _count in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        # A ring may fade in: it has a second.
        reached, seen, what = page.evaluate(
            """async selector => {
              const look = () => {
              const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
              const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5) || style.boxShadow !== 'none';
              const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
              return [one.matches(selector), one === document.body || (ring && inside), one.outerHTML.slice(0, 160)];
              };
              for (let tries = 0; tries < 20 && !look()[1]; tries += 1) await new Promise(done => setTimeout(done, 50));
              return look();
            }""",
            selector,
        )
        assert seen, f"the focus cannot be seen on {what}"
        if reached:
            return page.locator(selector).first
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def download(page: Page, selector: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(selector)
    return Path(waiting.value.path()).read_bytes()
