"""Who must not see does not see: on no page, in no list, by no search, in no count."""

import re

from tests.browser.conftest import PHONE
from tests.browser.hands import INCIDENT, RECEIPT, REPORT, Call, a_place, build, record, triage


def test_an_account_without_a_post_sees_nothing(visitor):
    dara = visitor().sign_in("dara")
    report = REPORT.search(dara.open("/reports/?list=all").inner_text("main"))
    incident = INCIDENT.search(dara.open("/incidents/").inner_text("main"))
    assert report and incident

    farid = visitor()
    page = farid.open("/connexion/")
    page.fill("input[name=login]", "farid")
    page.fill("input[name=password]", farid.node.people["farid"])
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_url(lambda url: "/connexion" not in url)
    for path in ("/", "/reports/", "/incidents/", f"/reports/{report.group()}/", f"/incidents/{incident.group()}/",
                 f"/search/?q={report.group()}", "/map/", "/map/incidents.geojson", "/timeline/", "/totals/", "/register/",
                 "/people/", "/log/", "/imports/", "/reports/imports/"):  # fmt: skip
        page = farid.open(path)
        text = page.inner_text("body")
        assert not REPORT.search(text), path
        assert not INCIDENT.search(text), path
    farid.forgive(403, 404)


def test_operations_see_the_pattern_and_not_the_people(visitor):
    chen = visitor().sign_in("chen")
    place = a_place(chen)
    words = "La voisine du forgeron dit avoir tout vu."
    code = record(chen, Call(words, place, "5", "11", "2026", killed=("", "1", ""))).code
    triage(visitor().sign_in("bruno"), code)
    incident = build(chen, code)
    page = chen.open(f"/incidents/{incident}/describe/")
    page.fill("input[name=place_text]", "derrière la forge de la rue aux puits")
    page.click("main form button[type=submit]")
    page = chen.open(f"/incidents/{incident}/")
    assert "derrière la forge" in page.inner_text("main")
    assert "forgeron" in page.inner_text("main")

    jonas = visitor().sign_in("jonas")
    page = jonas.open(f"/incidents/{incident}/")
    text = page.inner_text("main")
    assert incident in text
    assert "derrière la forge" not in text
    assert "forgeron" not in text
    assert code not in text
    page.click("details.reading summary")
    assert page.locator("details.reading li").count() >= 2
    page.wait_for_selector("[data-map][data-ready]")
    assert page.locator(".map-record-point").count() == 0
    for path in (f"/reports/{code}/", "/reports/"):
        jonas.open(path)
        assert code not in page.inner_text("body")
    jonas.forgive(403, 404)


def test_a_report_about_a_child_is_for_its_keepers_only(visitor):
    chen = visitor().sign_in("chen")
    unusual = "Zalombé-Kerrivou"

    def counts() -> list[str]:
        """Every line with a number that the desk shows to an analyst; hours and minutes run on by themselves."""
        shown = []
        for path in ("/", "/timeline/?period=all", "/totals/", "/commander/"):
            # A page says at what hour and minute it was made: that runs on by itself.
            lines = re.sub(r"\d+\sh\s\d\d", "", chen.open(path).inner_text("main")).splitlines()
            shown += [
                f"{path} {line}"
                for line in lines
                if re.search(r"\d", line) and not re.search(r"heure|minute|jour", line)
            ]
        return shown

    before = counts()
    caller = visitor(size=PHONE, script=False)
    page = caller.open("/signaler/fr/")
    page.click(".actions button[value=start]")
    answers = {
        "words": ("textarea", f"Un enfant de {unusual} a été blessé par un tir."),
        "injured": ("input[name=injured_best]", "1"),
    }
    while (step := page.locator("input[name=step]").get_attribute("value")) != "check":
        if step in answers:
            page.fill(*answers[step])
        if step == "children":
            page.check("input[name=child_involved][value=yes]")
        page.click(".actions button[value=next]")
    page.wait_for_timeout(3_500)  # nobody answers in less; what does is taken for a program and asked again
    page.click("button[value=send]")
    assert RECEIPT.search(page.inner_text(".receipt"))

    hawa = visitor().sign_in("hawa")
    page = hawa.open(f"/search/?q={unusual}")
    found = REPORT.search(page.inner_text("main"))
    assert found, "the keeper of the compartment finds it"
    code = found.group()
    assert unusual in hawa.open(f"/reports/{code}/").inner_text("main")
    assert code in hawa.open("/reports/?list=all").inner_text("main")

    for name in ("chen", "bruno", "ines", "jonas"):
        other = chen if name == "chen" else visitor().sign_in(name)
        for path in (f"/search/?q={unusual}", f"/search/?q={code}", "/reports/?list=all", f"/reports/?list=all&q={unusual}",
                     f"/reports/{code}/", "/", "/worklist/", "/map/?period=all"):  # fmt: skip
            text = other.open(path).inner_text("body")
            # What the person typed is repeated in the search field only.
            assert code not in text, f"{name} {path}"
            assert "blessé par un tir" not in text, f"{name} {path}"
        drawn = other.page.request.get(
            f"{other.node.url}/map/incidents.geojson?bbox=-180,-85,180,85&zoom=12"
        ).text()
        assert unusual not in drawn
        other.forgive(403, 404)
    assert counts() == before
