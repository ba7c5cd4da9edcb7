"""The invented force's log: the same for the same seed, over before it is recorded, near the events it caused."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from constat.apps.operations.models import ActivityLog, Operation
from constat.apps.operations.tests.cases import own_unit
from constat.demo import geography, mission
from constat.demo import operations as demo
from constat.rules import overlap
from constat.rules.escalation import used_force

UNTIL = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def country():
    return geography.draw(1, begins=(UNTIL - timedelta(days=1140)).date())


@pytest.fixture(scope="module")
def happened(country):
    return mission.events(1, "small", country.towns, UNTIL.date())


def land_of(country):
    codes = {
        (town.key, after): (town.adm1, town.adm2, town.adm3)
        for town in country.towns
        for after in (False, True)
    }
    ids = {town.key: None for town in country.towns}
    return SimpleNamespace(
        towns=country.towns, area_codes=codes, place_ids=ids, changed_on=country.changed_on
    )


@pytest.fixture(scope="module")
def drawn(country, happened):
    truth = demo.Truth(country.towns, land_of(country))
    return demo.drawn(1, "small", happened, truth, UNTIL)


def test_the_same_seed_draws_the_same_log(country, happened, drawn):
    truth = demo.Truth(country.towns, land_of(country))
    assert demo.drawn(1, "small", happened, truth, UNTIL) == drawn
    assert demo.drawn(2, "small", happened, truth, UNTIL) != drawn


def test_it_is_a_log_and_no_plan(drawn):
    assert len(drawn) == demo.SIZES["small"]
    assert all(one.starts_at <= one.ends_at < UNTIL for one in drawn)
    assert min(one.starts_at for one in drawn) > UNTIL - timedelta(days=mission.DAYS + 2)


def test_where_our_force_harmed_it_was_unless_the_log_is_missing(happened, drawn):
    own = [event for event in happened if event.own]
    found = 0
    for event in own:
        there = [one for one in drawn if one.starts_at.date() == event.on
                 and overlap.km(event.lon, event.lat, one.lon, one.lat) < 0.2]  # fmt: skip
        found += bool(there)
    assert len(own) > 5
    assert found / len(own) > 0.7


def test_the_directive_leaves_fewer_shots(country, happened):
    truth = demo.Truth(country.towns, land_of(country))
    many = [one for seed in range(6) for one in demo.drawn(seed, "small", happened, truth, UNTIL)]
    share = Counter()
    for one in many:
        late = (UNTIL - one.starts_at).days < demo.DIRECTIVE_DAYS
        for met in one.encounters:
            share[late, used_force(step for step, _metres in met.steps)] += 1
    before = share[False, True] / (share[False, True] + share[False, False])
    after = share[True, True] / (share[True, True] + share[True, False])
    assert after < before


@pytest.mark.django_db
def test_every_month_is_received_or_missing(country, happened):
    for code in (*demo.BATTALIONS, demo.HELICOPTERS, demo.POLICE):
        own_unit(code)
    steps = list(
        demo.journal(seed=1, size="small", happened=happened, land=land_of(country), by="system", until=UNTIL)
    )
    for at, step in steps:
        assert at < UNTIL
        step(at)
    assert Operation.objects.count() == demo.SIZES["small"]
    states = Counter(ActivityLog.objects.values_list("state", flat=True))
    gone = demo.missing_months(1, UNTIL)
    assert states["missing"] == sum(bool(reason) for reason in gone.values()) > 0
    assert states["received"] == len(demo.months_of(UNTIL)) * 4 - len(gone)
