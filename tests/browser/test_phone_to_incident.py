"""A call is written down by keyboard, triaged by somebody else, and becomes an incident that says how well it is known."""

import re

from tests.browser.hands import Call, a_place, build, proposed, receipt_on, record, said, tab_to, triage

DAY = ("12", "11", "2026")


def test_a_call_becomes_an_incident(visitor):
    chen = visitor().sign_in("chen")
    place = a_place(chen)

    # Amina has the telephone in one hand: keyboard only, and the caller's words as they come.
    amina = visitor().sign_in("amina")
    page = amina.open("/reports/record/")
    tab_to(page, "textarea[name=words]")
    page.keyboard.type("Un drone a frappé la maison du chef. Trois morts au moins, peut-être six.")
    tab_to(page, "input[name=place]")
    page.keyboard.type(f"vers le puits de {place}")
    for name, value in zip(("day", "month", "year"), DAY, strict=True):
        tab_to(page, f"input[name={name}]")
        page.keyboard.type(value)
    for name, value in (("killed_min", "3"), ("killed_best", "4"), ("killed_max", "6")):
        tab_to(page, f"input[name={name}]")
        page.keyboard.type(value)
    tab_to(page, "form.record button.btn-primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if page.locator("#which").count():
        # The name is not the whole of what was said: which place is meant is asked, never guessed.
        tab_to(page, "#which input[type=radio]")
        page.keyboard.press("Space")
        tab_to(page, "form.record button.btn-primary")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    first = receipt_on(page)
    assert "3" in page.inner_text(".read-back")
    amina.shot("phone-receipt")

    bruno = visitor().sign_in("bruno")
    triage(bruno, first.code)
    assert said("fr", "The decision is recorded.") in bruno.page.inner_text("body")

    incident = build(chen, first.code)
    page = chen.page
    what = page.inner_text("section[aria-labelledby=what]")
    figures = (
        page.locator("section[aria-labelledby=what] table tbody tr").first.locator("td").all_inner_texts()
    )
    assert [re.sub(r"\D", "", one) for one in figures[:3]] == ["3", "4", "6"], figures
    assert "25" in what and "km" in what, "what was said is near the place, not the place"
    assert first.code in page.inner_text("section[aria-labelledby=from]")
    assert "peut-être six" in page.inner_text("section[aria-labelledby=from] blockquote")
    assert page.locator("section[aria-labelledby=well] table tbody tr").count() == 1
    page.click("details.reading summary")
    assert page.locator("details.reading li").first.is_visible()

    # Nothing claims a point: the map draws a surface.
    page.wait_for_selector("[data-map][data-ready='1']")
    assert page.locator(".map-record-point").count() == 0
    assert page.locator(".map-record-circle, .map-record-area").count() == 1
    chen.shot("incident-built")

    # The same event told by another: the program says why it may be the same, a person decides.
    second = record(
        amina, Call("Des proches disent qu’un drone a tué cinq personnes.", place, *DAY, killed=("", "5", ""))
    )
    triage(bruno, second.code)
    page = chen.open(f"/incidents/for-report/{second.code}/")
    assert incident in proposed(page, "incident")
    own = page.locator("li.panel", has=page.locator(f"input[value='{incident}']"))
    reasons = own.locator(".reasons li").all_inner_texts()
    assert len(reasons) >= 3, reasons
    assert own.locator("meter").get_attribute("value") not in {None, "0"}
    chen.shot("suggestions")
    page.check(f"input[name=incident][value='{incident}']")
    page.click("button[name=do][value=link]")
    page.wait_for_url(f"**/incidents/{incident}/")
    accounts = page.locator("section[aria-labelledby=from] article")
    assert accounts.count() == 2
    assert second.code in page.inner_text("section[aria-labelledby=from]")
    # Figures are a person's decision: a second account changes none by itself.
    assert "6" in page.inner_text("section[aria-labelledby=what] table")
