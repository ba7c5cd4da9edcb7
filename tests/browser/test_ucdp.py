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


def _near_one_another(chen: Visitor) -> Iterator[str]:
    """Reports of a few towns, each town's newest first."""
    for town in ("Bambari", "Bangui", "Bria", "Bossangoa"):
        page = chen.open(f"/reports/?list=all&q={town}")
        codes = page.locator("table.queue tbody th a.row-link").evaluate_all(
            "links => links.map(one => one.textContent.trim())"
        )
        yield from codes[:8]


def test_ten_incidents_are_built_by_a_person(chen):
    built: list[str] = []
    linked = 0
    for report in _near_one_another(chen):
        if len(built) == WANTED:
            break
        triage(chen, report, "casualty_recording")
        page = chen.open(f"/incidents/for-report/{report}/")
        offered = proposed(page, "incident")
        if not offered:
            built.append(build(chen, report))
            continue
        # The program says why it may be the same event; the analyst agrees with the first.
        assert page.locator(".reasons li").count() > 0
        page.check(f"input[name=incident][value='{offered[0]}']")
        page.click("button[name=do][value=link]")
        page.wait_for_url(f"**/incidents/{offered[0]}/")
        assert page.locator("section[aria-labelledby=from] article").count() >= 2
        linked += 1
    assert len(set(built)) == WANTED
    assert linked >= 1, "where reports lie near one another, the program says so"

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
    for name, path in {
        "home": "/",
        "timeline": "/timeline/?period=all",
        "totals": "/totals/?scope=all&period=all",
    }.items():
        page = chen.open(path)
        assert re.search(r"\d", page.inner_text("main")), path
        chen.shot(f"ucdp-{name}")
    text = chen.open("/totals/?scope=all&period=all").inner_text("main tfoot")
    assert str(WANTED) in re.findall(r"\d+", text), text
