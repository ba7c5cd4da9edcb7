"""Home, the command's sheet, timeline: scopes apart, ranges honest, silence shown, and no identity."""

from datetime import date

import pytest
from django.urls import reverse

from constat.apps.desk.filters import Filters
from constat.apps.desk.queries.commander import sheet
from constat.apps.desk.queries.coverage import coverage
from constat.apps.desk.queries.home import home, year_before
from constat.apps.desk.queries.records import counted, incidents
from constat.apps.desk.queries.timeline import timeline
from constat.apps.desk.scopes import Scope
from constat.apps.desk.tests.mission import DAY, NOW, TODAY, areas, incident, report
from tests.cast import client_for, viewer_for

pytestmark = pytest.mark.django_db


def test_the_killed_of_the_own_force_do_not_take_in_anybody_elses(dara):
    incident(involvement="confirmed", deaths_min=2, deaths_best=3, deaths_max=5)
    incident(involvement="alleged", deaths_min=1)  # no best estimate, open end
    incident(involvement="not_alleged", deaths_min=50, deaths_best=50, deaths_max=50)
    incident(involvement="confirmed", deaths_min=7, deaths_best=7, deaths_max=7, starts_on=TODAY - 60 * DAY)
    tally = sheet(viewer_for(dara), at=NOW, language="fr").killed.tally
    assert (tally.min, tally.best, tally.max, tally.n, tally.n_best_unknown) == (3, 4, None, 2, 1)


def test_a_double_is_not_counted_twice(dara):
    incident(involvement="confirmed", deaths_min=2, deaths_best=2, deaths_max=2)
    incident(
        involvement="confirmed",
        deaths_min=2,
        deaths_best=2,
        deaths_max=2,
        state="closed",
        closure_reason="duplicate",
    )
    assert sheet(viewer_for(dara), at=NOW, language="fr").killed.tally.best == 2


def test_the_same_season_of_last_year_stands_beside_it(dara):
    incident(involvement="confirmed", deaths_min=4, deaths_best=4, deaths_max=4, starts_on=date(2025, 2, 20))
    page = sheet(viewer_for(dara), at=NOW, language="fr")
    assert (page.killed.tally.n, page.killed_year_before.tally.best) == (0, 4)
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_the_sheet_has_no_identity_and_no_exact_place(military, dara):
    areas()
    incident(involvement="confirmed", state="in_review", clock="decision", due_at=NOW - DAY, place_text="Tinzawaten",
             narrative="Une personne nommée Untel", recorded_by=dara)  # fmt: skip
    text = client_for(military).get(reverse("desk:commander")).content.decode()
    assert "I-2026-" in text
    for secret in ("Tinzawaten", "Untel", "Dara", "0.512"):
        assert secret not in text


def test_an_area_without_reports_is_named_and_never_shown_as_calm(dara):
    areas()
    report(adm1="T1", received_at=NOW - 2 * DAY)
    found = {area.name: area for area in coverage(viewer_for(dara), at=NOW, language="fr").areas}
    assert not found["Région Un"].quiet
    assert found["Région Deux"].quiet
    assert found["Région Deux"].last is None
    report(adm1="T2", received_at=NOW - 20 * DAY)
    found = {area.name: area for area in coverage(viewer_for(dara), at=NOW, language="fr").areas}
    assert (found["Région Deux"].quiet, found["Région Deux"].days) == (True, 20)


def test_coverage_never_speaks_of_a_compartment(dara, amina):
    areas()
    report(adm1="T2", compartment="child", child_involved="yes", office="gao")
    for person in (dara, amina):
        found = {area.name: area for area in coverage(viewer_for(person), at=NOW, language="fr").areas}
        assert found["Région Deux"].last is None


def test_an_intake_officer_gets_the_form_first_and_the_own_reports(amina, bruno):
    mine = report(recorded_by=amina, office="gao")
    report(recorded_by=bruno, office="kidal")
    page = home(viewer_for(amina), at=NOW, language="fr")
    assert (page.works, page.records, page.numbers) == (False, True, None)
    assert [line.code for line in page.own_reports] == [mine.code]


def test_counts_stop(dara):
    for _ in range(4):
        incident()
    found = counted(incidents(viewer_for(dara), at=NOW), cap=3)
    assert (found.n, found.capped) == (3, True)


def test_a_month_without_records_stands_on_the_line(dara):
    incident(starts_on=date(2025, 10, 5), deaths_min=1, deaths_best=2, deaths_max=3)
    incident(starts_on=date(2026, 1, 9), deaths_min=0, deaths_best=0, deaths_max=0)
    page = timeline(viewer_for(dara), filters=Filters(Scope.ALL), by="month", at=NOW)
    assert [(one.start.month, one.incidents) for one in page.bins] == [(10, 1), (11, 0), (12, 0), (1, 1)]
    assert (page.bins[0].tally.min, page.bins[0].tally.best, page.bins[0].tally.max) == (1, 2, 3)


def test_weeks_begin_on_monday_on_both_databases(dara):
    incident(starts_on=date(2026, 3, 1))  # a Sunday
    incident(starts_on=date(2026, 2, 23))  # the Monday before
    page = timeline(viewer_for(dara), filters=Filters(Scope.ALL), by="week", at=NOW)
    assert [(one.start, one.incidents) for one in page.bins] == [(date(2026, 2, 23), 2)]


def test_a_change_of_method_breaks_the_comparison(dara):
    incident(starts_on=date(2026, 1, 9))
    incident(starts_on=date(2026, 2, 9), methodology="2")
    incident(starts_on=None, ends_on=None)
    page = timeline(viewer_for(dara), filters=Filters(Scope.ALL), by="month", at=NOW)
    assert page.breaks == (date(2026, 2, 1),)
    assert page.undated == 1


@pytest.mark.parametrize("who", ["amina", "bruno", "chen", "dara", "military", "child_adviser", "auditor"])
def test_everybody_who_may_open_the_day_gets_a_page(cast, who):
    areas()
    incident(clock="assessment", due_at=NOW)
    report(clock="triage", due_at=NOW)
    client = client_for(getattr(cast, who))
    for language in ("fr", "en", "ar"):
        client.cookies["django_language"] = language
        response = client.get(reverse("desk:home"))
        assert response.status_code == 200
        assert f'lang="{language}"' in response.content.decode()


def test_nobody_without_a_post_opens_anything(farid):
    client = client_for(farid)
    for name in (
        "home",
        "worklist",
        "commander",
        "search",
        "map",
        "map-data",
        "map-outlines",
        "timeline",
        "totals",
    ):
        assert client.get(reverse(f"desk:{name}")).status_code == 404, name


def test_the_home_page_does_not_ask_more_when_there_is_more(dara, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    areas()
    client = client_for(dara)
    report(clock="triage", due_at=NOW)
    incident(clock="assessment", due_at=NOW)
    client.get(reverse("desk:home"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("desk:home"))
    for _ in range(30):
        report(clock="triage", due_at=NOW)
        incident(clock="assessment", due_at=NOW)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("desk:home"))
    assert len(many) <= len(few) + 2
    assert len(many) <= 45
