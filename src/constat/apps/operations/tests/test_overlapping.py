"""What could have met: a planted operation is found, a missing log is named, the two ways find the same."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from constat.apps.operations import actions, grid, queries, search
from constat.apps.operations.draft import WeaponLine
from constat.apps.operations.errors import NotAllowed
from constat.apps.operations.models import Operation
from constat.apps.operations.tests.cases import DAY, days, draft, own_unit, recorded
from constat.rules import overlap
from constat.rules.overlap import Area, Window, WindowBackwards
from tests.cast import NOW

HERE = {"lon": 0.25, "lat": 17.55}
ON_THE_DAY = days("2026-02-20", "2026-02-20")


def asked(viewer, **over):
    return queries.overlapping(viewer, at=NOW, **{**ON_THE_DAY, **HERE, "radius_km": 25, **over})


def codes(found):
    return [hit.code for hit in found.hits]


def test_a_planted_operation_is_found_with_its_reasons(military, chen, viewer_for):
    planted = recorded(military, lon=0.35, kinetic=True)
    recorded(military, starts_at=DAY - timedelta(days=9), ends_at=DAY - timedelta(days=8))
    recorded(military, lon=3.0)
    found = asked(viewer_for(chen))
    (hit,) = found.hits
    assert (hit.code, hit.kind, hit.unit, hit.unit_code) == (planted.code, "foot_patrol", "BAT-1", "bat-1")
    assert (found.count, found.capped, hit.hours_apart) == (1, False, 0)
    assert hit.distance_km == pytest.approx(8.6, abs=0.1)
    assert hit.reasons[0] == "a kinetic operation"
    assert hit.reasons[1] == "8.6 km from its area"


def test_the_days_without_a_log_are_named(military, chen, viewer_for):
    own_unit("bat-2", name="Bat 2")
    own_unit("bat-1", name="Bat 1")
    actions.log_received(by=military, at=NOW, unit="bat-1", **days("2026-02-01", "2026-02-19"))
    actions.log_received(by=military, at=NOW, unit="bat-1", **days("2026-02-21", "2026-02-28"))
    actions.log_missing(by=military, at=NOW, unit="bat-1", reason="lost", **days("2026-02-20", "2026-02-20"))
    found = asked(viewer_for(chen), **days("2026-02-19", "2026-02-21"))
    assert found.hits == ()
    assert found.count == 0
    lost = [(one.unit_code, one.period, one.reason) for one in found.missing if one.unit_code == "bat-1"]
    assert lost == [("bat-1", (date(2026, 2, 20), date(2026, 2, 20)), "lost")]
    searched = [(one.unit_code, one.first.day, one.last.day) for one in found.searched]
    assert searched == [("bat-1", 18, 19), ("bat-1", 21, 22)]
    assert [one.reason for one in found.missing if one.unit_code == "bat-2"] == [""]


def test_best_first_and_as_many_as_asked(military, chen, viewer_for):
    far = recorded(military, lon=0.4)
    near = recorded(military)
    fired = recorded(military, weapons=(WeaponLine("rifle", 5),))
    found = asked(viewer_for(chen))
    assert codes(found) == [fired.code, near.code, far.code]
    few = asked(viewer_for(chen), limit=2)
    assert (codes(few), few.count) == ([fired.code, near.code], 3)


def test_a_shot_is_where_it_lands(military, chen, viewer_for):
    fired = recorded(military, kind="indirect_fire", lon=0.25, lat=17.0,
                     weapons=(WeaponLine("mortar", 6, "indirect", None, (0.25, 17.0), (0.25, 17.05)),))  # fmt: skip
    assert codes(asked(viewer_for(chen), lat=17.07, radius_km=3)) == [fired.code]
    assert codes(asked(viewer_for(chen), lat=17.12, radius_km=3)) == []


def test_a_road_is_met_along_its_whole_length(military, chen, viewer_for):
    road = recorded(
        military, kind="escort_convoy", lon=-2.0, lat=17.0, radius_km=1.0, path=((-2.0, 17.0), (2.0, 17.0))
    )
    assert codes(asked(viewer_for(chen), lon=0.5, lat=17.01, radius_km=2)) == [road.code]
    assert codes(asked(viewer_for(chen), lon=2.1, lat=17.01, radius_km=2)) == []


def test_what_lasted_for_weeks_or_lies_somewhere_in_a_region_is_found(military, chen, viewer_for):
    long = recorded(
        military, kind="base_defence", starts_at=DAY - timedelta(days=200), ends_at=DAY + timedelta(days=1)
    )
    vague = recorded(military, lon=1.2, lat=18.2, place_precision="admin1")
    assert set(codes(asked(viewer_for(chen), radius_km=2))) == {long.code, vague.code}


def test_a_withdrawn_operation_is_not_found(military, chen, viewer_for):
    row = recorded(military)
    actions.withdraw(by=military, at=NOW, operation=row.code, reason="Recorded twice")
    assert codes(asked(viewer_for(chen))) == []


def test_who_may_not_read_operations_finds_none(military, farid, esi, viewer_for):
    row = recorded(military)
    for person in (farid, esi):
        with pytest.raises(NotAllowed):
            asked(viewer_for(person))
        with pytest.raises(queries.OperationNotFound):
            queries.get(viewer_for(person), row.code, at=NOW)


def test_a_window_that_ends_before_it_starts_is_refused(chen, viewer_for):
    with pytest.raises(WindowBackwards):
        asked(viewer_for(chen), first=date(2026, 2, 21))


def test_moments_may_be_given_to_the_minute(military, chen, viewer_for):
    row = recorded(military)
    at = datetime(2026, 2, 20, 12, 30, tzinfo=UTC)
    assert codes(asked(viewer_for(chen), first=at, last=at)) == [row.code]
    later = at + timedelta(hours=3)
    assert codes(asked(viewer_for(chen), first=later, last=later)) == []


@pytest.mark.django_db
def test_both_ways_find_what_the_rule_finds_on_every_row(monkeypatch):
    """Two hundred and fifty drawn operations, forty looks, all over the world: near the poles and across the date line too."""
    rng = random.Random(7)
    own_unit()
    spots = [(0.2, 17.5), (179.98, -16.5), (-179.9, -16.4), (20.0, 84.0), (-60.0, 45.0)]

    def drawn():
        lon, lat = rng.choice(spots)
        lon = (lon + rng.gauss(0, 0.6) + 180) % 360 - 180
        lat += rng.gauss(0, 0.6)
        starts = DAY - timedelta(hours=rng.randrange(0, 24 * 60))
        hours = rng.choice((1, 5, 30, 100, 240, 2000))
        path = ()
        if rng.random() < 0.4 and abs(lon) < 178:
            path = ((lon, lat), (lon + rng.uniform(-1, 1), lat + rng.uniform(-1, 1)))
        shot = (lon, min(89.0, lat + rng.random() / 5))
        weapons = (WeaponLine("mortar", 3, target=shot),) if rng.random() < 0.2 else ()
        return draft(
            starts_at=starts, ends_at=min(starts + timedelta(hours=hours), NOW), lon=lon, lat=lat, path=path,
            radius_km=rng.choice((0.0, 2.0, 20.0, 120.0)), weapons=weapons,
            place_precision=rng.choice(("exact", "exact", "near_25km", "admin1")), kinetic=rng.random() < 0.3,
        )  # fmt: skip

    actions.load(by="system", at=NOW, drafts=[drawn() for _ in range(250)])
    everything = dict(search._opened(list(Operation.objects.values_list("pk", flat=True))))
    assert len(everything) == 250
    some = 0
    for _ in range(40):
        lon, lat = rng.choice(spots)
        lon = (lon + rng.gauss(0, 0.7) + 180) % 360 - 180
        radius = rng.choice((2, 25, 150, 400))
        begins = DAY - timedelta(hours=rng.randrange(0, 24 * 60))
        window = Window(begins, begins + timedelta(hours=rng.choice((0, 24, 200))))
        met = {pk for pk, one in everything.items() if overlap.meet(window, lon, lat, radius, one)}
        some += len(met)
        for probe, way in ((0, "cells"), (10_000, "hours")):
            monkeypatch.setattr(search, "PROBE", probe)
            found = search.search(window, lon, lat, radius)
            assert {one.pk for one in found.met} == met, (lon, lat, radius, way)
            assert found.way == way or not met or abs(lat) > 60
    assert some > 60


def test_cells_hold_every_point_of_the_world():
    rng = random.Random(3)
    for _ in range(2000):
        lon, lat, reach = rng.uniform(-180, 180), rng.uniform(-90, 90), rng.choice((1, 30, 120, 900))
        radius = rng.choice((0.5, 25, 200))
        angle, away = rng.uniform(0, 6.3), (reach + radius) * rng.random() * 0.99
        there = _moved(lon, lat, angle, away)
        cell = grid.cell_of(lon, lat, reach, 1)
        assert cell in set(grid.cells_around(*there, radius, 1)), (lon, lat, reach, there, radius)


def _moved(lon, lat, angle, km):
    """The point so many kilometres away in a direction, on the sphere."""
    import math

    d, one = km / overlap.EARTH_KM, math.radians(lat)
    two = math.asin(math.sin(one) * math.cos(d) + math.cos(one) * math.sin(d) * math.cos(angle))
    east = math.atan2(
        math.sin(angle) * math.sin(d) * math.cos(one), math.cos(d) - math.sin(one) * math.sin(two)
    )
    return (lon + math.degrees(east) + 180) % 360 - 180, math.degrees(two)


def test_force_nearby_asks_for_force_and_for_a_narrow_look(military):
    where = {"lon": 0.25, "lat": 17.55}
    recorded(military)
    assert not queries.force_nearby(**ON_THE_DAY, **where, radius_km=25)
    recorded(military, kinetic=True)
    assert queries.force_nearby(**ON_THE_DAY, **where, radius_km=25)
    assert not queries.force_nearby(**ON_THE_DAY, **where, radius_km=150)
    assert not queries.force_nearby(**days("2026-02-18", "2026-02-18"), **where, radius_km=25)
    assert Area(((0.25, 17.55),)).distance_km(0.25, 17.55) == 0


def test_a_look_so_wide_that_it_is_cut_says_so(military, chen, viewer_for, monkeypatch):
    monkeypatch.setattr(search, "MOST_OPENED", 2)
    for lon in (0.25, 0.26, 0.27):
        recorded(military, lon=lon)
    found = asked(viewer_for(chen))
    assert (found.count, found.capped) == (2, True)
