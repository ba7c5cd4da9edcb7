"""Coarsening is deterministic, repeatable without gain, and never finer than what is known or allowed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.disclosure import (
    K_GENERAL,
    K_SENSITIVE,
    PUBLIC_POPULATION,
    RELEASE_DELAY,
    Area,
    Audience,
    Cell,
    coarsen_place,
    coarsen_time,
    public_cell,
    radius_km,
    releasable,
    spreadsheet_original,
    spreadsheet_safe,
    threshold,
)
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb

longitudes = st.decimals(-180, 180, places=6)
latitudes = st.decimals(-90, 90, places=6)
precisions = st.sampled_from(list(vocabulary("place_precision")))
audiences = st.sampled_from(Audience)
areas = st.lists(
    st.builds(Area, st.uuids().map(str), st.integers(0, 3), st.none() | st.integers(0, 100_000)), max_size=5
)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
WIDER = list(Audience)
GRANULARITY = ("minute", "day", "week", "month", "year")


@given(longitudes, latitudes, precisions, audiences, areas)
def test_same_point_same_answer_and_nothing_gained_by_repeating(lon, lat, precision, audience, found):
    first = coarsen_place(lon, lat, precision, audience, found)
    assert coarsen_place(lon, lat, precision, audience, list(reversed(found))).kind == first.kind
    assert coarsen_place(lon, lat, precision, audience, found) == first
    if first.kind == "cell":
        again = coarsen_place(first.longitude, first.latitude, precision, audience, found)
        assert (again.longitude, again.latitude) == (first.longitude, first.latitude)


@given(longitudes, latitudes, precisions, areas)
def test_no_point_finer_than_the_audience_may_know(lon, lat, precision, found):
    """Invariant 11 for places: outside the mission no point at all, and every public area is populous."""
    for audience in (Audience.MISSION, Audience.PARTNER, Audience.PUBLIC):
        place = coarsen_place(lon, lat, precision, audience, found)
        assert place.longitude is None
        assert place.latitude is None
        assert place.kind in ("area", "withheld")
    if place.kind == "area":
        (area,) = (one for one in found if one.code == place.area)
        assert area.level <= 2
        assert area.level == 0 or area.population >= PUBLIC_POPULATION


@given(longitudes, latitudes, precisions)
def test_a_section_sees_the_village_and_no_decimal_more(lon, lat, precision):
    place = coarsen_place(lon, lat, precision, Audience.SECTION)
    if place.kind == "withheld":
        assert radius_km(precision) is None
        return
    assert place.kind == "cell"
    for value, true in ((place.longitude, lon), (place.latitude, lat)):
        assert value == value.quantize(Decimal("0.01"))
        assert abs(value - true) <= (Decimal("0.005") if radius_km(precision) == 0 else Decimal("0.05"))
    # On the equator a degree is longest; the circle must still hold the point and all that it may stand for.
    moved = 111.32 * hypot(float(place.longitude - lon), float(place.latitude - lat))
    assert place.radius_km >= radius_km(precision) + moved - 1e-9


@given(longitudes, latitudes, precisions, audiences)
def test_a_place_known_only_to_an_area_is_never_a_point(lon, lat, precision, audience):
    if precision != "exact":
        assert coarsen_place(lon, lat, precision, audience).kind != "point"


@given(moments, st.sampled_from(list(vocabulary("date_precision"))))
def test_each_wider_audience_knows_no_more_of_the_time(moment, precision):
    seen = [coarsen_time(moment, audience, precision) for audience in WIDER]
    ranks = [GRANULARITY.index(one.granularity) for one in seen]
    assert ranks == sorted(ranks)
    for one in seen:
        assert one.start <= moment.date() <= one.end


@given(moments, moments)
def test_two_moments_of_one_month_look_the_same_to_the_public(one, other):
    same = (one.year, one.month) == (other.year, other.month)
    assert (coarsen_time(one, Audience.PUBLIC) == coarsen_time(other, Audience.PUBLIC)) is same


@given(moments)
def test_a_week_is_seven_days_and_a_month_is_whole(moment):
    week = coarsen_time(moment, Audience.PARTNER)
    assert (week.end - week.start).days == 6
    assert date.fromisoformat(f"{week.text}-1") == week.start
    month = coarsen_time(moment, Audience.PUBLIC)
    assert month.start.day == 1
    assert (month.end + timedelta(days=1)).day == 1
    assert month.end.month == month.start.month


@given(st.none() | st.integers(0, 30), st.sampled_from(list(vocabulary("harm"))), st.booleans())
def test_a_small_cell_is_never_shown(count, harm, child):
    """Invariant 11 for counts: no shown cell below k; zero, unknown and suppressed are three answers."""
    k = threshold(harm, child=child)
    assert k in (K_GENERAL, K_SENSITIVE)
    cell = public_cell(count, k)
    assert (cell is Cell.UNKNOWN) is (count is None)
    assert (cell is Cell.ZERO) is (count == 0)
    assert (cell is Cell.SUPPRESSED) is (count is not None and 0 < count < k)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_nothing_is_released_before_the_delay(occurred, waited):
    assert releasable(occurred, occurred + waited) is (waited >= RELEASE_DELAY)


texts = st.text(alphabet=st.sampled_from("=+-@\t\r\n\0＝＋ '\"a1;é")) | st.text()


@given(texts)
def test_no_text_runs_as_a_formula_and_none_is_lost(text):
    safe = spreadsheet_safe(text)
    assert not safe.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"))
    assert spreadsheet_original(safe) == text


@given(st.integers() | st.floats(allow_nan=False) | st.decimals(allow_nan=False) | st.booleans() | st.none())
def test_true_numbers_stay_numbers(value):
    assert spreadsheet_safe(value) is value
    assert spreadsheet_original(value) is value
