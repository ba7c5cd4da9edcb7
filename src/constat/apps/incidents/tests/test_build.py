"""From accounts to one incident."""

from datetime import date, timedelta

import pytest

from constat.apps.incidents import actions
from constat.apps.incidents.errors import Incomplete, Mixed, NotAllowed, ReportNotReadable
from constat.apps.incidents.models import HarmLine, Incident, IncidentReport, Source
from constat.apps.incidents.tests.cases import build, incident_of, make_report
from tests.cast import NOW


def test_an_incident_takes_date_place_and_kind_from_its_report(chen):
    report = make_report()

    incident = build(chen, report)

    assert incident.code.startswith("I-2026-")
    assert (incident.starts_on, incident.date_precision) == (date(2026, 2, 20), "day")
    assert (incident.place_text, incident.adm1, incident.place_precision) == ("Tabankort", "ML07", "exact")
    assert (incident.incident_type, incident.weapon) == ("ground_engagement", "small_arms_light")
    assert incident.state == "open"
    assert (incident.clock, incident.due_at) == ("assessment", NOW + timedelta(days=30))
    report.refresh_from_db()
    assert report.state == "linked"


def test_the_first_harm_line_names_the_report_it_comes_from(chen):
    report = make_report(harms=[{"harm": "death", "minimum": 2, "best": 3, "maximum": 4}])

    incident = build(chen, report)

    line = HarmLine.objects.get(incident=incident)
    assert (line.minimum, line.best, line.maximum, line.basis) == (2, 3, 4, report.code)
    assert (incident.deaths_min, incident.deaths_best, incident.deaths_max) == (2, 3, 4)
    assert (incident.injured_min, incident.injured_best, incident.injured_max) == (0, None, None)


def test_several_accounts_give_the_envelope_and_no_invented_best(chen):
    one = make_report(harms=[{"harm": "death", "minimum": 2, "best": 3, "maximum": 4}])
    two = make_report(harms=[{"harm": "death", "minimum": 5, "best": 6, "maximum": 9}])

    incident = build(chen, one, two)

    line = HarmLine.objects.get(incident=incident)
    assert (line.minimum, line.best, line.maximum) == (2, None, 9)
    assert line.basis == f"{one.code}, {two.code}"
    assert incident.report_count == 2


def test_two_totals_of_one_harm_in_a_report_become_parts_of_their_sum(chen):
    report = make_report(
        harms=[
            {"harm": "death", "minimum": 2, "best": 2, "maximum": 2, "sex": "man"},
            {"harm": "death", "minimum": 1, "best": 1, "maximum": 1, "sex": "woman"},
        ]
    )

    incident = build(chen, report)

    assert (incident.deaths_min, incident.deaths_best, incident.deaths_max) == (3, 3, 3)
    assert HarmLine.objects.filter(incident=incident, is_total=False).count() == 2


def test_date_and_place_come_from_whoever_knows_them_best(chen):
    vague = make_report(
        date_precision="month", starts_on=date(2026, 2, 1), place_precision="admin1", lon=0.0, lat=16.0
    )
    sharp = make_report(date_precision="day", starts_on=date(2026, 2, 19))

    incident = build(chen, vague, sharp)

    assert (incident.starts_on, incident.date_precision) == (date(2026, 2, 19), "day")
    assert (incident.lon, incident.place_precision) == (0.25, "exact")


def test_an_allegation_against_our_own_force_is_never_lost_in_the_company_of_others(chen):
    incident = build(chen, make_report(involvement="not_alleged"), make_report(involvement="alleged"))

    assert incident.involvement == "alleged"


def test_the_incident_is_as_sensitive_as_its_most_sensitive_report(dara):
    incident = build(dara, make_report(sensitivity=1), make_report(sensitivity=3))

    assert incident.sensitivity == 3


def test_a_report_becomes_a_source_with_the_grading_it_came_with(chen):
    report = make_report(reliability="C", credibility="3", independence_group="call of 20 February")

    incident = build(chen, report)

    source = Source.objects.get(incident=incident)
    assert (source.kind, source.reliability, source.credibility) == ("witness", "C", "3")
    assert source.independence_group == "call of 20 February"


def test_reports_of_two_compartments_do_not_share_an_incident(child_adviser):
    general = make_report(recorded_by=child_adviser)
    protected = make_report(compartment="child", child_involved="yes", sensitivity=3)

    with pytest.raises(Mixed, match="compartment"):
        build(child_adviser, general, protected)
    assert not Incident.objects.exists()


def test_a_protected_report_builds_a_protected_incident(child_adviser):
    incident = build(child_adviser, make_report(compartment="child", child_involved="yes", sensitivity=3))

    assert (incident.compartment, incident.sensitivity) == ("child", 3)


def test_building_is_for_those_whose_post_allows_it(amina, farid):
    report = make_report(office="gao")

    for person in (amina, farid):
        with pytest.raises(NotAllowed):
            build(person, report)


def test_a_report_one_may_not_read_is_absent(chen):
    hidden = make_report(compartment="crsv", sexual_violence="yes", sensitivity=3)

    with pytest.raises(ReportNotReadable, match=hidden.code):
        build(chen, hidden)


def test_a_report_that_was_not_sorted_yet_cannot_be_built_upon(chen):
    from constat.rules.workflow import IllegalTransition

    with pytest.raises(IllegalTransition):
        build(chen, make_report(state="received"))
    assert not IncidentReport.objects.exists()


def test_no_report_is_refused(chen):
    with pytest.raises(Incomplete):
        actions.build(by=chen, at=NOW, reports=[])


def test_one_event_tells_it_on_the_incident(chen):
    from constat.apps.access.log import events_of

    report = make_report()
    incident = incident_of(actions.build(by=chen, at=NOW, reports=[report.code]))

    (event,) = events_of("incident", incident.code)
    assert (event.verb, event.actor) == ("incidents.build", f"{chen.pk} Chen Test")
    assert "Tabankort" not in event.details
