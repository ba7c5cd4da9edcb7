"""A meeting that is there is found; knowing less never loses one; the covering circle holds everything."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules import overlap
from constat.rules.overlap import Activity, Area, Window, cover, meet, uncovered
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb
START = datetime(2026, 1, 1, tzinfo=UTC)

moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
lons, lats = st.floats(-180, 180), st.floats(-80, 80)
radii = st.floats(0, 400)
precisions = st.sampled_from(list(vocabulary("place_precision")))
forces = st.sampled_from(list(overlap.FORCE))


@st.composite
def windows(draw):
    return Window(*sorted(draw(st.tuples(moments, moments))))


@st.composite
def areas(draw):
    lon, lat = draw(lons), draw(lats)
    steps = draw(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=4))
    points = [(lon, lat)]
    for east, north in steps:
        there = (points[-1][0] + east, points[-1][1] + north)
        if abs(there[0]) <= 180 and abs(there[1]) <= 85:
            points.append(there)
    return Area(tuple(points), draw(st.floats(0, 60)))


@st.composite
def activities(draw):
    found = draw(st.lists(areas(), min_size=1, max_size=1))
    return Activity(draw(windows()), tuple(found), draw(precisions), draw(forces))


@st.composite
def looks(draw):
    """An operation, and a place and time not far from it: most of them meet, some do not."""
    there = draw(activities())
    lon, lat = draw(st.sampled_from(there.areas[0].points))
    east, north = draw(st.floats(-4, 4)), draw(st.floats(-4, 4))
    at = there.window.first + timedelta(hours=draw(st.integers(-30, 30)))
    asked = Window(at, at + timedelta(hours=draw(st.integers(0, 200))))
    return there, asked, (lon + east + 180) % 360 - 180, max(-84, min(84, lat + north))


@given(looks(), radii, st.floats(0, 400))
def test_a_wider_place_never_loses_a_meeting(look, radius, more):
    there, asked, lon, lat = look
    if meet(asked, lon, lat, radius, there):
        assert meet(asked, lon, lat, radius + more, there)


@given(looks(), radii, st.integers(0, 1000), st.integers(0, 1000))
def test_a_wider_time_never_loses_a_meeting(look, radius, before, after):
    there, asked, lon, lat = look
    wider = Window(asked.first - timedelta(hours=before), asked.last + timedelta(hours=after))
    if meet(asked, lon, lat, radius, there):
        assert meet(wider, lon, lat, radius, there)


@given(windows(), areas(), precisions, forces, st.data())
def test_who_was_there_then_is_found(when, area, precision, force, data):
    lon, lat = data.draw(st.sampled_from(area.points))
    moment = when.first + (when.last - when.first) * data.draw(st.floats(0, 1))
    found = meet(Window(moment, moment), lon, lat, 0, Activity(when, (area,), precision, force))
    assert found
    assert found.distance_km < 0.001 or area.width_km == 0
    assert 0 < found.score <= 1


@given(looks(), radii)
def test_the_covering_circle_reaches_every_meeting(look, radius):
    there, _, lon, lat = look
    at_lon, at_lat, reach = cover(there.areas, there.place_precision)
    if meet(there.window, lon, lat, radius, there):
        assert overlap.km(at_lon, at_lat, lon, lat) <= (reach + radius) * 1.02 + 0.1


@given(st.lists(st.tuples(st.integers(-20, 80), st.integers(0, 30)), max_size=6), st.integers(0, 60))
def test_every_day_is_either_received_or_missing(received, length):
    day = date(2026, 1, 1)
    first, last = day, day + timedelta(days=length)
    spans = [(day + timedelta(days=at), day + timedelta(days=at + more)) for at, more in received]
    missing = uncovered(first, last, spans)
    for offset in range(length + 1):
        on = first + timedelta(days=offset)
        held = any(begins <= on <= ends for begins, ends in spans)
        assert held is not any(begins <= on <= ends for begins, ends in missing)
