"""The pages open for those who may, are absent for others, and do what the actions do."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from constat.apps.operations import actions
from constat.apps.operations.draft import EncounterDraft, WeaponLine
from constat.apps.operations.models import ActivityLog, Operation
from constat.apps.operations.reading import draft_of
from constat.apps.operations.tests.cases import DAY, days, own_unit, recorded
from constat.apps.operations.tests.test_record import FULL
from constat.apps.register.models import Place, PlaceName
from tests import cast as company
from tests.cast import NOW

PAGES = ["list", "look", "coverage", "funnel"]


def client_for(person, language="en"):
    client = company.client_for(person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def url(name, *args):
    return reverse(f"operations:{name}", args=args)


def text(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize(
    ("persona", "status"), [("chen", 200), ("military", 200), ("esi", 404), ("amina", 404), ("farid", 404)]
)
def test_who_may_open_the_pages(military, cast, persona, status):
    row = recorded(military, **FULL)
    client = client_for(getattr(cast, persona))
    for name in PAGES:
        assert client.get(url(name)).status_code == status, name
    assert client.get(url("page", row.code)).status_code == status


def test_only_who_records_may_record(military, chen):
    row = recorded(military)
    for name, args in (("record", ()), ("amend", (row.code,)), ("withdraw", (row.code,)), ("log", ())):
        assert client_for(chen).get(url(name, *args)).status_code == 404
        assert client_for(military).get(url(name, *args)).status_code == 200
    assert client_for(military).get(url("page", "O-2026-000999")).status_code == 404


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_every_page_is_drawn_in_every_language(military, language):
    row = recorded(military, **FULL)
    actions.amend(
        by=military, at=NOW, operation=row.code, changes={"kind": "eod", "kinetic": False}, reason="Relu"
    )
    actions.log_missing(by=military, at=NOW, unit="bat-1", reason="lost", **days("2026-02-01", "2026-02-28"))
    client = client_for(military, language)
    for address in [
        *(url(name) for name in PAGES),
        url("page", row.code),
        url("record"),
        url("amend", row.code),
        url("log"),
    ]:
        response = client.get(address)
        assert response.status_code == 200, address


def test_the_page_says_everything_of_the_operation(military):
    row = recorded(military, **FULL)
    page = text(client_for(military), url("page", row.code))
    for said in (
        "BAT-1",
        "Secure the market",
        "Rifle",
        "Warning shot",
        "Body cameras",
        "1.5",
        "60",
        "force used",
    ):
        assert said in page, said


def test_the_list_filters_and_turns_pages(military):
    for hours in range(30):
        recorded(military, starts_at=DAY + timedelta(hours=hours), ends_at=DAY + timedelta(hours=hours + 1))
    other = recorded(
        military, unit="bat-2", kind="eod", starts_at=DAY + timedelta(days=3), ends_at=DAY + timedelta(days=3)
    )
    client = client_for(military)
    first = text(client, url("list"))
    assert first.count("O-2026-") >= 25
    older = client.get(url("list")).context["page"].pager.older
    assert len(client.get(url("list") + older).context["page"].rows) == 6
    for query in ({"kind": "eod"}, {"unit": "bat-2"}, {"first": "2026-02-22"}):
        assert [row.code for row in client.get(url("list"), query).context["page"].rows] == [other.code], (
            query
        )
    assert not client.get(url("list"), {"last": "2026-02-19"}).context["page"].rows
    assert client.get(url("list"), {"cursor": "nonsense"}).status_code == 200


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(military):
    client = client_for(military)
    recorded(military)
    client.get(url("list"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url("list"))
    for hours in range(20):
        recorded(military, starts_at=DAY + timedelta(hours=hours), ends_at=DAY + timedelta(hours=hours + 1))
    with CaptureQueriesContext(connection) as many:
        client.get(url("list"))
    assert len(many) <= len(few)


def form_data(**over):
    data = {
        "unit": "bat-1", "kind": "foot_patrol", "starts_on_day": "20", "starts_on_month": "2", "starts_on_year": "2026",
        "starts_time": "08:00", "ends_on_day": "20", "ends_on_month": "2", "ends_on_year": "2026", "ends_time": "12h00", "zone": "+01:00",
        "lat": "17.55", "lon": "0.25", "radius_km": "2", "place_precision": "exact", "phase": "unknown", "planning": "unknown",
        "fire": "unknown",
        "exposure-TOTAL_FORMS": "1", "exposure-INITIAL_FORMS": "0", "exposure-0-measure": "patrol_days", "exposure-0-quantity": "1",
        "weapon-TOTAL_FORMS": "1", "weapon-INITIAL_FORMS": "0", "weapon-0-weapon": "rifle", "weapon-0-rounds": "3",
        "weapon-0-time": "09:15", "weapon-0-target": "17.56, 0.26",
        "encounter-TOTAL_FORMS": "1", "encounter-INITIAL_FORMS": "0", "encounter-0-steps": ["warning_shot", "shout"],
        "encounter-0-distance_m": "40", "encounter-0-light": "day", "encounter-0-outcome": "fled",
    }  # fmt: skip
    data.update(over)
    return data


def test_an_operation_is_recorded_from_the_page(military):
    own_unit()
    response = client_for(military).post(url("record"), form_data())
    row = Operation.objects.get()
    assert response.headers["Location"] == url("page", row.code)
    draft = draft_of(row)
    assert draft.starts_at == DAY + timedelta(hours=7)
    assert draft.weapons == (
        WeaponLine("rifle", 3, "unknown", DAY + timedelta(hours=8, minutes=15), None, (0.26, 17.56)),
    )
    assert draft.encounters == (EncounterDraft((("shout", None), ("warning_shot", 40)), "fled", "day"),)
    assert (draft.zone, row.force) == ("+01:00", 2)


def test_what_is_refused_keeps_what_was_typed(military):
    own_unit()
    later = (timezone.now() + timedelta(days=40)).year + 1
    response = client_for(military).post(
        url("record"), form_data(starts_on_year=str(later), ends_on_year=str(later))
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "lies in the future" in page
    assert "17.56, 0.26" in page
    assert not Operation.objects.exists()
    broken = form_data(path="17.5", zone="Mars", **{"weapon-0-time": "soon"})
    assert client_for(military).post(url("record"), broken).status_code == 422


def test_amending_without_touching_anything_changes_nothing(military):
    """The form gives back exactly what it showed: lines of a later day, notes and distances of each step stay."""
    late = DAY + timedelta(days=1, hours=3)
    row = recorded(
        military, ends_at=DAY + timedelta(days=2), zone="Africa/Bamako", **{
            name: value for name, value in FULL.items() if name not in {"encounters", "weapons"}
        },
        weapons=(WeaponLine("rifle", 12, "direct", late, (0.21, 17.51), (0.22, 17.52), "Note"),),
        encounters=(EncounterDraft((("shout", 60), ("signal", 50)), "fled", "day", late, "Note"),),
    )  # fmt: skip
    client = client_for(military)
    form = client.get(url("amend", row.code)).context
    data = posted(form)
    response = client.post(url("amend", row.code), {**data, "reason": "Nothing"})
    assert response.status_code == 422
    assert "Nothing was changed" in response.content.decode()
    response = client.post(url("amend", row.code), {**data, "radius_km": "7", "reason": "Wider"})
    row.refresh_from_db()
    assert (response.status_code, row.radius_km) == (302, 7)
    assert row.revisions.get().before == {"radius_km": 2.0}


def posted(context):
    """What a browser would send back of the shown form."""
    data = {}
    tables = [context["lines"].exposures, context["lines"].weapons, context["lines"].encounters]
    for form in [context["form"], *(one for table in tables for one in (table.management_form, *table))]:
        for bound in form:
            value = bound.value()
            if bound.name in {"starts_on", "ends_on"}:
                for part in ("day", "month", "year"):
                    data[f"{bound.html_name}_{part}"] = getattr(value, part)
            elif value not in (None, ""):
                data[bound.html_name] = value
    return data


def test_a_record_is_withdrawn_from_the_page(military):
    row = recorded(military)
    client = client_for(military)
    assert client.post(url("withdraw", row.code), {"reason": " "}).status_code == 422
    assert client.post(url("withdraw", row.code), {"reason": "Twice"}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_reason == "Twice"
    assert "Twice" in text(client, url("page", row.code))
    assert not client.get(url("list")).context["page"].rows
    assert client.get(url("list"), {"withdrawn": "1"}).context["page"].rows


def test_the_coverage_says_which_days_are_here(military):
    own_unit()
    own_unit("bat-2")
    actions.log_received(
        by=military, at=NOW, unit="bat-1", brought_by="G3", **days("2026-02-01", "2026-02-14")
    )
    actions.log_missing(by=military, at=NOW, unit="bat-1", reason="lost", **days("2026-02-15", "2026-02-28"))
    client = client_for(military)
    page = client.get(url("coverage"), {"until": "2026-02-10"}).context["page"]
    line = next(one for one in page.lines if one.unit_code == "bat-1")
    february = line.months[-1]
    assert (february.received, february.days, february.state, february.reason) == (14, 28, "part", "lost")
    assert next(one for one in page.lines if one.unit_code == "bat-2").months[-1].state == "missing"
    assert page.received == 14
    entry = ActivityLog.objects.get(state="received")
    assert client.post(url("withdraw-log", entry.pk), {"reason": "Wrong unit"}).status_code == 302
    assert client.get(url("coverage"), {"until": "2026-02-10"}).context["page"].received == 0
    assert client.post(url("withdraw-log", entry.pk), {"reason": "Again"}).status_code == 422
    assert client.post(url("withdraw-log", 99), {"reason": "Again"}).status_code == 404


def test_a_log_is_entered_from_the_page(military):
    own_unit()
    client = client_for(military)
    data = {
        "unit": "bat-1",
        "first_day": "1",
        "first_month": "2",
        "first_year": "2026",
        "last_day": "28",
        "last_month": "2",
        "last_year": "2026",
    }
    assert client.post(url("log"), {**data, "state": "missing"}).status_code == 422
    assert client.post(url("log"), {**data, "state": "received", "sha256": "abc"}).status_code == 422
    assert client.post(url("log"), {**data, "state": "received", "brought_by": "G3"}).status_code == 302
    assert client.post(url("log"), {**data, "state": "missing", "gap": "destroyed"}).status_code == 302
    assert list(ActivityLog.objects.order_by("pk").values_list("state", "reason")) == [
        ("received", ""),
        ("missing", "destroyed"),
    ]
    assert client.get(url("log"), {"unit": "bat-1", "first": "2026-02-01", "last": "x"}).status_code == 200


LOOK = {
    "first_day": "20",
    "first_month": "2",
    "first_year": "2026",
    "date_precision": "day",
    "place_precision": "near_25km",
}


def test_what_could_have_met_is_asked_by_position_or_by_name(military, chen):
    row = recorded(military)
    place = Place.objects.create(
        source="t", source_key="1", name="Tabankort", lon=0.25, lat=17.55, country="MLI"
    )
    PlaceName.objects.create(place=place, name="Tabankort", folded="tabankort", sound="tabankort")
    client = client_for(chen)
    for query in ({"lat": "17.5", "lon": "0.2"}, {"place": "Tabankort"}):
        page = text(client, url("look"), **LOOK, **query)
        assert row.code in page
        assert "BAT-1" in page
        assert "Logs that are missing" in page
    for query in ({}, {"lat": "17.5"}, {"place": "Nowhereland"}):
        assert client.get(url("look"), {**LOOK, **query}).status_code == 422, query
    backwards = {**LOOK, "lat": "1", "lon": "1", "last_day": "1", "last_month": "2", "last_year": "2026"}
    assert client.get(url("look"), backwards).status_code == 422


def test_no_operation_found_is_said_with_what_was_searched(military, chen):
    own_unit()
    actions.log_received(by=military, at=NOW, unit="bat-1", **days("2026-02-01", "2026-02-28"))
    page = text(client_for(chen), url("look"), **LOOK, lat="17.5", lon="0.2")
    assert "No operation found" in page
    assert "every own unit’s log for these days is here" in page


def test_the_funnel_counts_what_the_fixture_holds(military, chen):
    """Four stopped at a shout, three at a warning shot (two by night), one shot at without warning."""

    def met(steps, outcome, light):
        return EncounterDraft(tuple((step, None) for step in steps), outcome, light)

    ladder = ("shout", "signal", "warning_shot")
    recorded(
        military,
        kind="static_checkpoint",
        encounters=tuple(met(("shout",), "complied", "day") for _ in range(4)),
    )
    recorded(military, kind="mobile_checkpoint", encounters=(
        met(ladder, "complied", "night"), met(ladder, "fled", "night"), met(ladder, "complied", "day"),
        met(("deliberate_shot",), "injured", "night")))  # fmt: skip
    context = client_for(chen).get(url("funnel")).context
    found = {row["stage"].step: row["stage"] for row in context["rows"]}
    assert context["page"].funnel.encounters == 8
    assert {step: stage.reached for step, stage in found.items() if stage.reached} == {
        "shout": 7, "signal": 3, "warning_shot": 3, "deliberate_shot": 1}  # fmt: skip
    assert (found["warning_shot"].ended, dict(found["warning_shot"].light)) == (3, {"night": 2, "day": 1})
    assert (context["page"].funnel.unwarned, context["page"].operations) == (1, 2)
    only = client_for(chen).get(url("funnel"), {"kind": "static_checkpoint"}).context["page"]
    assert only.funnel.encounters == 4
