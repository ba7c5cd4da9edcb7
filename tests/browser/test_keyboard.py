"""Hands off the mouse: sign in, reach the worklist, open a report, decide on it. Every stop of the focus is seen."""

import re

from tests.browser.hands import Call, record, tab_to


def test_a_report_is_triaged_by_keyboard(visitor):
    amina = visitor().sign_in("amina")
    code = record(amina, Call("Un camion a renversé deux passants.", day="1", month="11", year="2026")).code

    bruno = visitor()
    page = bruno.open("/connexion/")
    tab_to(page, "input[name=login]")
    page.keyboard.type("bruno")
    tab_to(page, "input[name=password]")
    page.keyboard.type(bruno.node.people["bruno"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/connexion" not in url)

    # The first stop of every page leads past the navigation.
    tab_to(page, "a.skip", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"

    tab_to(page, "nav.mainnav a[href='/reports/']", back=True)
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/")
    tab_to(page, "form.filters input[name=q]")
    page.keyboard.type("passants")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=passants"))
    tab_to(page, f"a[href='/reports/{code}/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/reports/{code}/")

    tab_to(page, f"form[action='/reports/{code}/take/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"a[href='/reports/{code}/triage/']")
    tab_to(page, f"a[href='/reports/{code}/triage/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/triage/")

    # Without a reason it is refused: the focus goes to the list of errors, which leads to the field.
    tab_to(page, "input[name=outcome]")
    page.keyboard.press("Space")
    tab_to(page, "main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert page.evaluate("document.activeElement.closest('.error-summary') !== null")
    assert page.is_checked("input[name=outcome] >> nth=0"), "nothing entered is lost"
    tab_to(page, ".error-summary a")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("Récit cohérent, à instruire.")
    tab_to(page, "main form .btn-primary")
    page.keyboard.press("Enter")
    # The browser keeps the anchor of the list of errors.
    page.wait_for_url(re.compile(f"/reports/{code}/(#|$)"))
    assert not page.locator(f"form[action='/reports/{code}/take/']").count()
