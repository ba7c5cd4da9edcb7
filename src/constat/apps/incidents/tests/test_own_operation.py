"""An own operation with force, where and when the incident may have happened, supports its account."""

from datetime import date, timedelta

import pytest

from constat.apps.incidents import actions, page_query
from constat.apps.incidents.grading import operation_nearby, suggestion_for
from constat.apps.incidents.tests.cases import build, incident_of, make_report
from constat.apps.operations import actions as operations
from constat.apps.operations.tests.cases import DAY, recorded
from tests.cast import NOW, viewer_for


@pytest.fixture
def incident(chen):
    """Our force is alleged; two credible groups of sources, which alone are "weak"."""
    found = build(chen, make_report(involvement="alleged"))
    actions.add_source(by=chen, at=NOW, incident=found.code, kind="witness", reliability="B", credibility="2",
                       independence_group="village")  # fmt: skip
    actions.add_source(by=chen, at=NOW, incident=found.code, kind="witness", reliability="B", credibility="2",
                       independence_group="road")  # fmt: skip
    return incident_of(found.code)


def test_a_kinetic_operation_there_and_then_makes_it_fair(chen, military, incident):
    assert suggestion_for(incident).grade == "weak"
    recorded(military)
    assert suggestion_for(incident).grade == "weak"  # a patrol that used no force says nothing
    row = recorded(military, kinetic=True)

    found = suggestion_for(incident)
    assert (found.grade, found.rule) == ("fair", "rule_credible_groups_and_action")
    assert "trace_action_nearby" in [one.code for one in found.trace]
    assert page_query.page(viewer_for(chen), incident.code, at=NOW).suggested == "fair"
    assert page_query.suggestion_of(viewer_for(chen), incident.code, at=NOW).grade == "fair"

    actions.grade(by=chen, at=NOW, incident=incident.code, grade="fair")
    assert incident_of(incident.code).grade_suggested == "fair"

    operations.withdraw(by=military, at=NOW, operation=row.code, reason="Another day")
    assert suggestion_for(incident).grade == "weak"


def test_another_day_or_another_place_is_not_nearby(military, incident):
    recorded(
        military, kinetic=True, starts_at=DAY + timedelta(days=3), ends_at=DAY + timedelta(days=3, hours=2)
    )
    recorded(military, kinetic=True, lon=1.5)
    assert not operation_nearby(incident)


def test_what_is_known_less_exactly_is_looked_for_more_widely(military, incident):
    recorded(
        military,
        kinetic=True,
        lon=0.4,
        starts_at=DAY + timedelta(days=3),
        ends_at=DAY + timedelta(days=3, hours=2),
    )
    assert not operation_nearby(incident)
    incident.place_precision, incident.date_precision = "near_25km", "days_2_6"
    assert operation_nearby(incident)


@pytest.mark.parametrize(
    "over",
    [
        {"involvement": "not_alleged"}, {"involvement": "excluded"}, {"starts_on": None}, {"lon": None, "lat": None},
        {"place_precision": "admin1"}, {"place_precision": "country"}, {"date_precision": "longer"},
    ],
)  # fmt: skip
def test_where_it_cannot_be_established_it_is_not(military, incident, over):
    recorded(military, kinetic=True)
    assert operation_nearby(incident)
    for name, value in over.items():
        setattr(incident, name, value)
    assert not operation_nearby(incident)


def test_nobody_has_looked_yet_is_no_exclusion(military, incident):
    recorded(military, kinetic=True)
    incident.involvement = "unknown"
    incident.starts_on, incident.ends_on = date(2026, 2, 19), date(2026, 2, 21)
    assert operation_nearby(incident)
