"""Several reports are linked at once, one is cut and refused, two incidents are merged, and the split restores both pages."""

from tests.browser.hands import Call, a_place, build, proposed, record, triage

DAY = ("2", "10", "2026")


def face(person, code):
    """The words of an incident's page: its case, without the clock that runs and the map that loads."""
    page = person.open(f"/incidents/{code}/")
    blocks = page.locator(".incident-main > section").all()
    head = page.locator(".page-head h1").inner_text()
    return [head, *(block.inner_text() for block in blocks)]


def test_link_cut_refuse_merge_split(visitor):
    chen, bruno, amina = (
        visitor(script=False).sign_in("chen"),
        visitor().sign_in("bruno"),
        visitor().sign_in("amina"),
    )
    place = a_place(chen)
    told = [
        Call(
            "Des tirs sur la route du marché ont tué deux commerçants.",
            place,
            *DAY,
            killed=("1", "2", "2"),
            kind="ambush",
        ),
        Call(
            "Tirs sur la route du marché, deux commerçants tués.",
            place,
            *DAY,
            killed=("", "2", "3"),
            kind="ambush",
        ),
        Call(
            "On a tiré sur des commerçants près du marché.", place, *DAY, killed=("", "3", ""), kind="ambush"
        ),
    ]
    if not amina.open("/reports/record/").locator("select[name=incident_type] option[value=ambush]").count():
        kind = amina.page.locator("select[name=incident_type] option").nth(2).get_attribute("value")
        told = [Call(one.words, one.place, *DAY, killed=one.killed, kind=kind) for one in told]
    first, second, third = [record(amina, one).code for one in told]
    for code in (first, second, third):
        triage(bruno, code)

    # Several at once.
    kept = build(chen, first)
    page = chen.open(f"/incidents/{kept}/candidates/")
    offered = proposed(page, "report")
    assert {second, third} <= set(offered), offered
    assert page.locator(".reasons li").count() >= 4
    for code in (second, third):
        page.check(f"input[name=report][value='{code}']")
    page.fill("input[name=reason]", "Même route, même heure.")
    page.click("button[name=do][value=link]")
    page.goto(f"{chen.node.url}/incidents/{kept}/")
    linked = page.inner_text("section[aria-labelledby=from]")
    assert second in linked and third in linked

    # Cut: the link ends, and the page says so.
    page.click(f"a[href='/incidents/{kept}/cut/{third}/']")
    page.fill("textarea[name=reason]", "Une autre attaque, plus au nord.")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/incidents/{kept}/")
    assert page.locator("section[aria-labelledby=from] article").count() == 2
    page.click("section[aria-labelledby=from] details summary")
    assert "plus au nord" in page.inner_text("section[aria-labelledby=from] details")

    # "Not the same" is remembered.
    page = chen.open(f"/incidents/for-report/{third}/?all=1")
    assert kept in proposed(page, "incident")
    page.check(f"input[name=incident][value='{kept}']")
    page.fill("input[name=reason]", "Autre attaque.")
    page.click("button[name=do][value=refuse]")
    page = chen.open(f"/incidents/for-report/{third}/?all=1")
    assert kept not in proposed(page, "incident")
    assert kept in proposed(page, "refused")

    # Merge two incidents, then take it back.
    other = build(chen, third)
    before = {code: face(chen, code) for code in (kept, other)}
    page = chen.open(f"/incidents/{kept}/merge/")
    page.fill("input[name=other]", other)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/merge/?other={other}")
    assert third in page.inner_text("main") and first in page.inner_text("main"), (
        "both sides stand beside each other"
    )
    chen.shot("merge")
    page.fill("textarea[name=reason]", "Les deux récits parlent de la même attaque.")
    page.click("main form[method=post] button.btn-primary")
    page.wait_for_url(f"**/incidents/{kept}/")
    merged = face(chen, kept)
    assert merged != before[kept]
    assert third in " ".join(merged)
    assert kept in chen.open(f"/incidents/{other}/").inner_text(".notice-warning")

    page = chen.open(f"/incidents/{kept}/")
    page.click(f"a[href='/incidents/{kept}/split/{other}/']")
    page.fill("textarea[name=reason]", "Deux attaques, vérifié par téléphone.")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/incidents/{kept}/")
    assert "vérifié par téléphone" in page.inner_text("section[aria-labelledby=merges]")
    assert {code: face(chen, code) for code in (kept, other)} == before
