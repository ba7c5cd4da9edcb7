"""Every page keeps to its own policy and to this machine; the map draws, and its table is there when it cannot."""

import re

from playwright.sync_api import expect

from tests.browser.tour import DESK, OFFICE, addresses

NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return /webgl/.test(kind) ? null : real.call(this, kind, ...more);
};"""


def test_the_policy_is_strict_on_every_page(visitor):
    """What a page asks against its policy, or of another machine, is a complaint: the fixture refuses both."""
    dara, marta, stranger = visitor().sign_in("dara"), visitor().sign_in("marta"), visitor()
    pages = [(dara, path) for path in addresses(dara, DESK).values()] + [
        (marta, path) for path in OFFICE.values()
    ]
    for person, path in [
        *pages,
        (stranger, "/connexion/"),
        (stranger, "/signaler/fr/"),
        (stranger, "/signaler/ar/suivi/"),
    ]:
        answer = person.page.goto(person.node.url + path)
        assert answer is not None and answer.status == 200, path
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy, path
        assert "http:" not in policy and "https:" not in policy, path
        for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert rule in policy, path
        assert (
            person.page.locator("[style], script:not([src])").count() == 0
            or person.page.locator("[data-map]").count()
        ), path


def test_the_map_draws(visitor):
    dara = visitor().sign_in("dara")
    page = dara.open("/map/?period=all")
    page.wait_for_selector("[data-map][data-ready]")
    drawn = int(page.locator("[data-map]").get_attribute("data-ready") or 0)
    assert drawn > 0
    assert page.locator(".map-canvas canvas").count() == 1
    assert page.locator(".maplibregl-marker").count() > 0
    # By keyboard: the first count or record of the map can be pressed.
    marker = page.locator(".map-count, .map-record").first
    assert len(marker.get_attribute("aria-label") or "") > 5
    # An area that is not known exactly is no point.
    assert page.locator("#incidents tbody tr").count() > 0
    dara.shot("map", full=False)


def test_without_script_the_map_is_its_table(visitor):
    dara = visitor(script=False).sign_in("dara")
    page = dara.open("/map/?period=all")
    assert "JavaScript" in page.inner_text(".map-status")
    assert page.locator("#incidents tbody tr").count() > 5
    assert not page.locator(".map-canvas").is_visible()


def test_without_webgl_the_map_says_so_and_its_table_stands(visitor):
    dara = visitor().sign_in("dara")
    dara.page.add_init_script(NO_WEBGL)
    page = dara.open("/map/?period=all")
    refusal = page.get_attribute("[data-map]", "data-say-no-map")
    # Not wait_for_function: the page's policy forbids the eval it polls with.
    expect(page.locator(".map-status")).to_have_text(refusal)
    assert page.locator("#incidents tbody tr").count() > 5
    assert re.search(r"I-\d{4}-\d{6}", page.inner_text("#incidents"))
