"""The pages open for those who may, are absent for others, and ask a bounded number of questions of the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from constat.apps.incidents import actions
from constat.apps.incidents.models import IncidentReport
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.register.models import Actor
from tests.cast import NOW, client_for


def url(name, *args):
    return reverse(f"incidents:{name}", args=args)


@pytest.fixture
def full(chen, dara):
    """An incident with something in every part of its page."""
    incident = build(chen, make_report(), make_report(words="هاجم رجال مسلحون السوق", original_language="ar"))
    act = {"by": chen, "at": NOW + timedelta(minutes=1), "incident": incident.code}
    actions.describe(changes={"narrative": "Armed men opened fire on the market."}, **act)
    actions.add_person(harms=["death"], sex="woman", identity={"name": "Awa Inventée"}, **act)
    actions.add_source(kind="medical", reliability="B", credibility="2", independence_group="clinic", **act)
    actor = Actor.objects.create(code="unidentified", kind="unidentified", name="Unidentified men")
    actions.attribute(actor=actor.code, basis="assessed_as", explanation="Cartridges found", **act)
    other = build(chen)
    actions.merge(by=chen, at=NOW, kept=incident.code, absorbed=other.code, reason="One market, one day")
    return incident


@pytest.mark.parametrize(("persona", "status"), [("chen", 200), ("dara", 200), ("military", 200), ("esi", 404), ("amina", 404),
                                                 ("farid", 404)])  # fmt: skip
def test_the_page_opens_for_those_who_may_read_it(full, cast, persona, status):
    assert client_for(getattr(cast, persona)).get(url("page", full.code)).status_code == status


def test_nobody_signed_in_is_sent_to_sign_in(full, client):
    assert client.get(url("page", full.code)).status_code == 302


def test_the_page_says_what_how_well_from_whom_and_why(full, chen):
    page = client_for(chen).get(url("page", full.code), headers={"accept-language": "en"}).content.decode()

    for text in ("Armed men opened fire", "Des hommes armés", "هاجم رجال مسلحون", "Unidentified men", "clinic",
                 "One market, one day", "Chen Test"):  # fmt: skip
        assert text in page, text
    assert "Awa Inventée" not in page


def test_what_is_not_needed_is_not_shown_to_the_military(full, military):
    page = client_for(military).get(url("page", full.code)).content.decode()

    assert "Unidentified men" not in page
    assert "Des hommes armés" not in page
    assert "Awa" not in page
    assert "17.55" not in page


def test_the_map_draws_a_point_only_for_who_may_know_it(full, chen, military):
    exact = client_for(chen).get(url("shape", full.code)).json()["features"][0]
    coarse = client_for(military).get(url("shape", full.code)).json()["features"][0]

    assert (exact["properties"]["kind"], exact["geometry"]["coordinates"]) == ("point", [0.25, 17.55])
    assert coarse["properties"]["kind"] == "area"
    assert coarse["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize("precision", ["near_25km", "admin1", "admin2", "fuzzy_area", "country", "unknown"])
def test_a_coarse_place_is_never_drawn_as_a_point(chen, precision):
    incident = build(chen, make_report(place_precision=precision))

    feature = client_for(chen).get(url("shape", incident.code)).json()["features"][0]

    assert feature["properties"]["kind"] == "area"
    west = min(x for x, _y in feature["geometry"]["coordinates"][0])
    assert west < incident.lon - 0.15


def test_the_number_of_queries_does_not_grow_with_the_case(full, chen):
    client = client_for(chen)
    client.get(url("page", full.code))  # the first page of a process fills the caches of areas
    with CaptureQueriesContext(connection) as before:
        client.get(url("page", full.code))
    actions.link(
        by=chen,
        at=NOW,
        incident=full.code,
        reports=[make_report().code for _ in range(6)],
        relation="same_event",
    )
    for n in range(4):
        actions.add_person(
            by=chen, at=NOW, incident=full.code, harms=["injury"], identity={"name": f"Nom {n}"}
        )

    with CaptureQueriesContext(connection) as after:
        client.get(url("page", full.code))

    assert len(after) == len(before)
    assert len(after) <= 45


def test_the_list_asks_the_same_number_of_questions_for_one_line_and_for_many(chen):
    client = client_for(chen)
    build(chen)
    client.get(url("list"))
    with CaptureQueriesContext(connection) as one:
        assert client.get(url("list")).status_code == 200
    for _ in range(9):
        build(chen)

    with CaptureQueriesContext(connection) as many:
        client.get(url("list"))

    assert len(many) == len(one)
    assert len(many) <= 20


def test_the_list_keeps_own_force_and_everybody_apart(chen):
    own = build(chen, make_report(involvement="alleged"))
    other = build(chen, make_report(involvement="not_alleged"))
    client = client_for(chen)

    everything = client.get(url("list")).content.decode()
    own_only = client.get(url("list") + "?scope=own").content.decode()

    assert own.code in everything
    assert other.code in everything
    assert own.code in own_only
    assert other.code not in own_only


def test_the_list_finds_words_over_accents_and_pages_through_all(chen):
    made = {build(chen).code for _ in range(30)} | {
        build(chen, make_report(starts_on=None, date_precision="unknown")).code
    }
    client, seen, address = client_for(chen), [], url("list") + "?q=tabankört"

    while address:
        page = client.get(address).context["page"]
        seen += [row.code for row in page.rows]
        address = url("list") + page.pager.older if page.pager.older else ""

    assert len(seen) == len(set(seen))
    assert set(seen) == made


def test_ticking_reports_links_them_all_at_once(chen):
    incident = build(chen)
    reports = [make_report() for _ in range(3)]
    client = client_for(chen)

    page = client.get(url("candidates", incident.code)).content.decode()
    assert all(report.code in page for report in reports)
    answer = client.post(url("candidates", incident.code), {"do": "link", "report": [r.code for r in reports],
                                                            "relation": "same_event"})  # fmt: skip

    assert answer.status_code == 302
    assert IncidentReport.objects.filter(incident=incident, cut_at__isnull=True).count() == 4


def test_a_report_builds_an_incident_in_one_step(chen):
    report = make_report()

    answer = client_for(chen).post(url("suggest", report.code), {"do": "build"})

    assert answer.status_code == 302
    assert IncidentReport.objects.filter(report=report).exists()


def test_figures_that_contradict_each_other_are_refused_and_stay_in_the_form(chen):
    incident = build(chen)
    lines = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-harm": "death", "lines-0-kind": "total",
             "lines-0-minimum": "9", "lines-0-maximum": "4", "lines-0-unit": "persons"}  # fmt: skip

    answer = client_for(chen).post(url("harm", incident.code), lines)

    assert answer.status_code == 200
    assert "9" in answer.content.decode()
    assert answer.context["problem"]


@pytest.mark.parametrize(
    "verb", ["describe", "person", "source", "grade", "attribute", "submit_for_review", "pause", "link"]
)
def test_every_form_opens(chen, verb):
    incident = build(chen)

    assert client_for(chen).get(url("act", incident.code, verb)).status_code == 200


def test_a_form_one_may_not_send_is_absent(full, military):
    client = client_for(military)

    assert client.get(url("act", full.code, "describe")).status_code == 404
    assert client.post(url("act", full.code, "grade"), {"grade": "fair"}).status_code == 404


def test_a_name_is_shown_once_for_a_purpose_and_written_in_the_log(full, chen, dara, transactional_db):
    from constat.apps.access.models import Event
    from constat.apps.incidents.models import PersonHarm

    key = PersonHarm.objects.get(incident=full).person_id
    client = client_for(chen)

    without = client.post(url("reveal", full.code, key), {"purpose": " "})
    assert "Awa Inventée" not in without.content.decode()
    shown = client.post(url("reveal", full.code, key), {"purpose": "To arrange the funeral support"})

    assert "Awa Inventée" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    assert Event.objects.filter(verb="identities.reveal", purpose="To arrange the funeral support").exists()
