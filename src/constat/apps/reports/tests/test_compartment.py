"""A report about sexual violence or children is absent for everybody outside its compartment: list, page, search, count."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from constat.apps.reports import queries, queries_page
from constat.apps.reports.actions.receive import receive
from constat.apps.reports.draft import Draft, HarmClaim
from constat.apps.reports.errors import ReportNotFound
from tests.cast import NOW, viewer_for

pytestmark = pytest.mark.django_db
WORDS = b"motsignature en clair"


def seen(viewer):
    """Every way to a report that this app offers."""
    everything = queries.queue(viewer, at=NOW, filters=queries.Filters(sort="newest"))
    clocks = queries.queue(viewer, at=NOW, filters=queries.Filters())
    return {
        "list": [row.code for row in everything.rows],
        "clocks": [row.code for row in clocks.rows],
        "count": everything.pager.total,
        "search": [row.code for row in queries.search(viewer, "motsignature", at=NOW)],
        "found": queries.count_matching(viewer, "motsignature", at=NOW),
    }


NOWHERE = {"list": [], "clocks": [], "count": 0, "search": [], "found": 0}


@pytest.mark.parametrize(
    ("draft", "insider"),
    [
        (Draft(channel="phone", original=WORDS, sexual_violence="yes"), "crsv_adviser"),
        (Draft(channel="phone", original=WORDS, harms=(HarmClaim("sexual_violence", 1),)), "crsv_adviser"),
        (Draft(channel="phone", original=WORDS, child_involved="yes"), "child_adviser"),
        (
            Draft(channel="phone", original=WORDS, harms=(HarmClaim("death", 1, age_band="5_11"),)),
            "child_adviser",
        ),
    ],
)
def test_it_is_absent_outside_and_present_inside(cast, draft, insider):
    got = receive(by="system", at=NOW, draft=draft)

    for name in ("amina", "bruno", "chen", "dara", "esi", "farid", "military", "auditor"):
        viewer = viewer_for(getattr(cast, name))
        assert seen(viewer) == NOWHERE, name
        with pytest.raises(ReportNotFound):
            queries_page.page(viewer, got.report, at=NOW)

    inside = viewer_for(getattr(cast, insider))
    assert seen(inside)["list"] == [got.report]
    assert seen(inside)["found"] == 1
    assert queries_page.page(inside, got.report, at=NOW).code == got.report


def plain(page, code):
    """The page without the code that was asked for, and without the token that is new in every page."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page.replace(code.encode(), b""))


def test_absent_and_not_yours_are_one_answer_on_every_page(cast, client_for):
    got = receive(by="system", at=NOW, draft=Draft(channel="phone", original=WORDS, sexual_violence="yes"))
    client = client_for(cast.bruno)

    for path in ("", "triage/", "take/", "translate/"):
        hidden, absent = (client.get(f"/reports/{code}/{path}") for code in (got.report, "R-2026-999999"))
        assert (hidden.status_code, absent.status_code) == (404, 404), path
        assert plain(hidden.content, got.report) == plain(absent.content, "R-2026-999999"), path


def test_a_place_is_coarse_for_whoever_needs_no_exact_place(cast):
    draft = Draft(channel="phone", original=WORDS, place_text="derrière la maison du chef", lon=0.123456, lat=16.654321,
                  place_precision="exact")  # fmt: skip
    got = receive(by="system", at=NOW, draft=draft)

    coarse = queries_page.page(viewer_for(cast.bruno), got.report, at=NOW).where
    full = queries_page.page(viewer_for(cast.dara), got.report, at=NOW).where

    assert (coarse.stated, coarse.lon, coarse.lat, coarse.withheld) == ("", 0.12, 16.65, True)
    assert (full.stated, full.lon, full.withheld) == ("derrière la maison du chef", 0.123456, False)


def test_of_a_colleague_s_report_the_taker_of_calls_sees_the_pattern_and_of_an_own_one_the_words(
    amina, bruno, client_for
):
    draft = Draft(channel="phone", original=WORDS, office="gao", claimed_actor_text="motsignature aussi")
    other, own = (
        receive(by=bruno, at=NOW, draft=draft),
        receive(by=amina, at=NOW, draft=replace(draft, uid=uuid4())),
    )
    client = client_for(amina)

    assert "motsignature" not in client.get(f"/reports/{other.report}/").content.decode()
    assert "motsignature" not in client.get(f"/reports/{other.report}/translate/").content.decode()
    assert "motsignature" in client.get(f"/reports/{own.report}/").content.decode()
    found = seen(viewer_for(amina))
    assert (found["search"], found["found"]) == ([own.report], 1)
    assert {other.report, own.report} == set(found["list"])
    answer = client.get("/search/?q=motsignature").content.decode()
    assert (own.report in answer, other.report in answer) == (True, False)
