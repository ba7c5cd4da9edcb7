"""The main pages of the program, with whom they are opened by; used by the tests that look at every page."""

from playwright.sync_api import Page

from tests.browser.conftest import Visitor

# name -> address. "{report}" and "{incident}": the first that the person's own lists show.
DESK = {
    "home": "/",
    "worklist": "/worklist/",
    "search": "/search/?q=march%C3%A9",
    "nothing-found": "/search/?q=zzzzqqqq",
    "map": "/map/?period=all",
    "timeline": "/timeline/",
    "totals": "/totals/",
    "command": "/commander/",
    "queue": "/reports/",
    "all-reports": "/reports/?list=all",
    "record": "/reports/record/",
    "imports": "/reports/imports/",
    "upload": "/imports/",
    "report": "/reports/{report}/",
    "triage": "/reports/{report}/triage/",
    "suggestions": "/incidents/for-report/{report}/",
    "incidents": "/incidents/",
    "incident": "/incidents/{incident}/",
    "figures": "/incidents/{incident}/harm/",
    "grading": "/incidents/{incident}/grade/",
    "merge": "/incidents/{incident}/merge/",
    "candidates": "/incidents/{incident}/candidates/",
    "register": "/register/",
    "sites": "/register/sites/",
    "actors": "/register/actors/",
    "units": "/register/units/",
    "operations": "/operations/",
    "logs": "/operations/logs/",
    "force": "/operations/force/",
    "inquiries": "/inquiries/",
    "evidence": "/evidence/",
    "evidence-of-incident": "/evidence/case/incident/{incident}/",
    "amends": "/amends/",
    "answers": "/answers/",
    "referrals": "/referrals/",
    "publication": "/publication/",
    "compartments": "/compartments/",
    "account": "/compte/",
}
OFFICE = {"people": "/people/", "sections": "/sections/", "roles": "/roles/"}


def addresses(person: Visitor, pages: dict[str, str]) -> dict[str, str]:
    """The same with the codes filled in from what this person sees."""
    codes = {"report": "", "incident": ""}
    if any("{" in path for path in pages.values()):
        codes["report"] = _first(person.open("/reports/?list=all"), "/reports/R-")
        codes["incident"] = _first(person.open("/incidents/"), "/incidents/I-")
    return {name: path.format(**codes) for name, path in pages.items()}


def _first(page: Page, start: str) -> str:
    href = page.locator(f"main a[href^='{start}']").first.get_attribute("href")
    assert href, page.url
    return href.strip("/").rpartition("/")[2]
