"""The desk in Arabic is mirrored, speaks Arabic, and is no wider than the screen; French pages hold no English either."""

import re

import pytest

from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.hands import overflow, said, sources
from tests.browser.tour import DESK, OFFICE, addresses

# What stays in Latin letters in every language: the product, formats, measures and references.
LATIN = re.compile(
    r"(?<![A-Za-z])(Constat|CSV|XLSX|Excel|SHA|GeoJSON|GeoNames|UCDP|GED|COD|geoBoundaries|L[0-3]|km|EN|FR|JavaScript|HRDDP|TOTP)(?![A-Za-z])|A/RES/[0-9/]+|\.xlsx|\.csv|\.zip"
)
# The interface's own words: not what people wrote (isolated), not references, not words of another language.
VISIBLE = """() => {
  const foreign = 'bdi, [dir=auto], [dir=ltr], [translate=no], [lang]:not(html), code, kbd, samp, script, style, noscript, textarea, option, svg';
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, parent = node.parentElement;
    let text = node.textContent.trim().replace(/\\s+/g, ' ');
    // A reason ends with the words two accounts share, as people wrote them.
    if (parent.closest('.reasons')) text = text.split(':')[0];
    if (text && parent && !parent.closest(foreign) && parent.checkVisibility()) found.push(text);
  }
  return found;
}"""


def latin(texts: list[str]) -> list[str]:
    """Texts of the interface that still hold a word of three Latin letters or more; examples stand in « »."""
    plain = {text: LATIN.sub("", re.sub("«[^»]*»", "", text)) for text in texts}
    return [text for text, rest in plain.items() if re.search(r"[A-Za-zÀ-ÿ]{3,}", rest)]


def english(language: str, texts: list[str]) -> list[str]:
    """Texts of the interface with the commonest small words of English, which French does not have."""
    small = re.compile(
        r"\b(the|of|and|is|are|was|with|from|who|what|where|which|that|this|you|they|nobody|needs)\b", re.I
    )
    whole = {text for text in texts if text in sources() and said(language, text) != text}
    return [text for text in dict.fromkeys(texts) if text in whole or small.search(text)]


@pytest.mark.parametrize("who", ["dara", "marta"])
def test_the_desk_in_arabic(visitor, who):
    person = visitor(language="ar").sign_in(who)
    pages = addresses(person, DESK if who == "dara" else OFFICE)
    left: dict[str, list[str]] = {}
    for name, path in pages.items():
        page = person.open(path)
        assert page.locator("html").get_attribute("dir") == "rtl", name
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl", name
        brand, screen = page.locator(".brand").bounding_box(), page.viewport_size
        assert brand and screen and brand["x"] > screen["width"] / 2, (
            f"{name}: the mark stands where the line begins"
        )
        if found := latin(page.evaluate(VISIBLE)):
            left[name] = found
        for size in (PHONE, LAPTOP):
            page.set_viewport_size(size)
            if (wider := overflow(page)) > 0:
                left.setdefault(name, []).append(f"wider by {wider} than a screen of {size['width']}")
    assert left == {}


@pytest.mark.parametrize("who", ["dara", "marta"])
def test_the_desk_in_french_holds_no_english(visitor, who):
    person = visitor().sign_in(who)
    left: dict[str, list[str]] = {}
    for name, path in addresses(person, DESK if who == "dara" else OFFICE).items():
        page = person.open(path)
        if found := english("fr", page.evaluate(VISIBLE)):
            left[name] = found
        for size in (PHONE, LAPTOP):
            page.set_viewport_size(size)
            if (wider := overflow(page)) > 0:
                left.setdefault(name, []).append(f"wider by {wider} than a screen of {size['width']}")
    assert left == {}
