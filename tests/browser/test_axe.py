"""No violation of WCAG 2.2 A and AA on any main page or state, in French and Arabic, on a laptop and on a telephone."""

import pytest

from tests.browser.conftest import LAPTOP, PHONE, Visitor
from tests.browser.tour import DESK, OFFICE, addresses

BOTH = {"laptop": LAPTOP, "phone": PHONE}


def looked_at(person: Visitor, name: str) -> list[str]:
    """The page as it stands: on both screens in French; in Arabic on the telephone, since colours, names and order are the same."""
    found = []
    for size, viewport in BOTH.items():
        if size == "laptop" and person.page.locator("html").get_attribute("dir") == "rtl":
            continue
        person.page.set_viewport_size(viewport)
        found += [f"{name} on a {size}: {line}" for line in person.axe()]
    return found


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_public_pages(visitor, language):
    caller = visitor(language=language)
    page = caller.open(f"/signaler/{language}/")
    found = looked_at(caller, "start")
    page.click(".actions button[value=start]")
    seen = set()
    while (step := str(page.locator("input[name=step]").get_attribute("value"))) != "check":
        if step not in seen:
            found += looked_at(caller, step)
        elif step == "words":
            found += looked_at(caller, "words with an error")
            page.fill("textarea", "Des tirs au marché.")
        seen.add(step)
        page.click(".actions button[value=next]")
    found += looked_at(caller, "check")
    page.wait_for_timeout(3_500)
    page.click("button[value=send]")
    found += looked_at(caller, "receipt")
    page.goto(f"{caller.node.url}/signaler/{language}/suivi/")
    page.fill("input[name=code]", "1234")
    page.click(".actions button")
    found += looked_at(caller, "status")
    assert "\n".join(found) == ""


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_desk(visitor, language):
    person = visitor(language=language).sign_in("dara")
    found = []
    for name, path in addresses(person, DESK).items():
        page = person.open(path)
        if page.locator("[data-map]").count():
            page.wait_for_selector("[data-map][data-ready]")
        found += looked_at(person, name)
    assert "\n".join(found) == ""


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_office_and_the_states_with_errors(visitor, language):
    stranger = visitor(language=language)
    page = stranger.open("/connexion/")
    found = looked_at(stranger, "sign-in")
    page.fill("input[name=login]", "personne")
    page.fill("input[name=password]", "rien du tout")
    page.click("main form >> nth=0 >> button[type=submit]")
    page.wait_for_selector(".error-summary")
    found += looked_at(stranger, "sign-in refused")

    marta = visitor(language=language).sign_in("marta")
    for name, path in addresses(marta, OFFICE).items():
        marta.open(path)
        found += looked_at(marta, name)
    lamine = visitor(language=language).sign_in("lamine")
    lamine.open("/log/")
    found += looked_at(lamine, "log")

    amina = visitor(language=language).sign_in("amina")
    page = amina.open("/reports/record/")
    page.fill("input[name=killed_min]", "beaucoup")
    page.click("form.record button.btn-primary")
    page.wait_for_selector(".error-summary")
    found += looked_at(amina, "phone form with errors")
    assert "\n".join(found) == ""
