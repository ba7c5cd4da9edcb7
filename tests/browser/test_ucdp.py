"""Real events, in the hands of one analyst: two files come in, ten incidents are built from the pages, the desk shows them."""

import json
import re
import secrets
from collections.abc import Iterator

import pytest

from tests.browser.conftest import ROOT, Node, Visitor, serve
from tests.browser.hands import build, proposed, triage

DATA = ROOT.parent / "shared/data"
FILES = {"ucdp_ged_sahel.csv": 4522, "ucdp_ged_v231_car.csv": 1848}
WANTED = 10
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not all((DATA / name).exists() for name in FILES), reason=f"{DATA} does not hold {', '.join(FILES)}"
    ),
]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A fresh node with one chief of cell and the two files. What each import said is in imports.json."""
    home = tmp_path_factory.mktemp("ucdp") / "home"
    bare = Node("", home, {})
    assert bare.constat("init", "--name", "Cellule du Sahel").returncode == 0
    made = bare.constat("person", "chen", "--name", "Chen Oradéli", "--role", "cell_chief")
    assert made.returncode == 0, made.stderr
    (home / "first-code.txt").write_text(made.stdout, encoding="utf-8")
    said = {}
    for name in FILES:
        done = bare.constat("import", "ucdp", str(DATA / name), "--json")
        assert done.returncode == 0, done.stderr
        said[name] = json.loads(done.stdout)
    (home / "imports.json").write_text(json.dumps(said), encoding="utf-8")
    yield from serve(home)


@pytest.fixture
def chen(visitor, real: Node) -> Visitor:
    """The first account of a node: the code on paper becomes a password of one's own."""
    one = visitor(at=real)
    if "chen" not in real.people:
        code = re.search(r": (\S+) +\(", (real.home / "first-code.txt").read_text(encoding="utf-8"))
        assert code
        password = secrets.token_urlsafe(16)
        page = one.open("/connexion/premier-mot-de-passe/")
        for name, value in (("code", code.group(1)), ("password", password), ("again", password)):
            page.fill(f"input[name={name}]", value)
        page.click("main form button[type=submit]")
        page.wait_for_url(lambda url: "premier" not in url)
        real.people["chen"] = password
    return one.sign_in("chen")


def test_every_row_is_accounted_for(chen, real):
    said = json.loads((real.home / "imports.json").read_text(encoding="utf-8"))
    page = chen.open("/reports/imports/")
    for name, rows in FILES.items():
        line = page.locator("tbody tr", has_text=name)
        assert line.count() == 1
        figures = [int(re.sub(r"\D", "", cell) or 0) for cell in line.locator("td.n").all_inner_texts()]
        total, new, known, changed, refused = figures
        assert total == rows == new + known + changed + refused, (name, figures, said[name])
    chen.shot("ucdp-imports")


def test_ten_incidents_are_built_by_a_person(chen):
    page = chen.open("/reports/?list=all")
    built: list[str] = []
    several = 0
    while len(built) < WANTED:
        page = chen.open("/reports/?list=all")
        rows = page.locator("table.queue tbody tr a.row-link")
        # One region's events of one year are near one another: every third line gives other days.
        report = (
            str(rows.nth(2 * len(built) % rows.count()).get_attribute("href")).strip("/").rpartition("/")[2]
        )
        triage(chen, report, "casualty_recording")
        page = chen.open(f"/incidents/for-report/{report}/")
        offered = proposed(page, "incident")
        if offered:
            # The program says why; the analyst agrees with the first.
            assert page.locator(".reasons li").count() > 0
            page.check(f"input[name=incident][value='{offered[0]}']")
            page.click("button[name=do][value=link]")
            page.wait_for_url(f"**/incidents/{offered[0]}/")
            continue
        incident = build(chen, report)
        built.append(incident)
        page = chen.open(f"/incidents/{incident}/candidates/?all=1")
        near = proposed(page, "report")[:2]
        if near:
            several += 1
            for code in near:
                triage(chen, code, "casualty_recording")
            page = chen.open(f"/incidents/{incident}/candidates/?all=1")
            for code in near:
                page.check(f"input[name=report][value='{code}']")
            page.click("button[name=do][value=link]")
            page = chen.open(f"/incidents/{incident}/")
            assert page.locator("section[aria-labelledby=from] article").count() == 1 + len(near)
    assert len(set(built)) == WANTED
    assert several >= 1, "where reports lie near one another, the program says so"

    page = chen.open(f"/incidents/{built[0]}/")
    assert re.search(r"UCDP|GED", page.inner_text("main"), re.I)
    chen.shot("ucdp-incident")
    listed = chen.open("/incidents/").inner_text("main")
    assert all(code in listed for code in built)
    chen.shot("ucdp-incidents")
    page = chen.open("/map/?period=all")
    assert page.locator("#incidents tbody tr").count() == WANTED
    page.wait_for_selector("[data-map][data-ready]")
    chen.shot("ucdp-map")
    for name, path in {"home": "/", "timeline": "/timeline/?period=all", "totals": "/totals/"}.items():
        page = chen.open(path)
        assert re.search(r"\d", page.inner_text("main")), path
        chen.shot(f"ucdp-{name}")
    text = chen.open("/totals/").inner_text("main tfoot")
    assert str(WANTED) in re.findall(r"\d+", text), text
