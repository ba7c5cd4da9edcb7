"""Operations and incidents that could have met, days without a log, encounters: row by row of overlap.md."""

from datetime import UTC, date, datetime

import pytest

from constat.rules import escalation, overlap
from constat.rules.escalation import Encounter, funnel
from constat.rules.overlap import (
    Activity,
    Area,
    PlaceOutside,
    Window,
    WindowBackwards,
    WindowWithoutZone,
    meet,
)
from tests.spec.table import rows, ticked, titles, words

pytestmark = pytest.mark.onedb

MEETINGS = rows("overlap.md", "Meetings")
DAYS = rows("overlap.md", "Days in which it may have happened")
CIRCLES = rows("overlap.md", "Circles in which it may have happened")
NEARBY = rows("overlap.md", "Narrow enough to speak of an operation nearby")
LOGS = rows("overlap.md", "Days without a log")
ENCOUNTERS = rows("overlap.md", "Encounters")


def moment(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def window(row: dict[str, str], first: str, last: str) -> Window:
    return Window(moment(row[first]), moment(row[last]))


def area(row: dict[str, str]) -> Area:
    points = [point.split() for point in words(row["points"])]
    return Area(tuple((float(lon), float(lat)) for lon, lat in points), float(row["width"]))


@pytest.mark.parametrize("row", MEETINGS, ids=titles(MEETINGS))
def test_meeting(row):
    there = Activity(window(row, "operation from", "ended"), (area(row),), row["precision"], row["force"])
    found = meet(window(row, "asked from", "to"), 0.0, 17.0, float(row["radius"]), there)
    assert bool(found) is ticked(row["meets"])
    assert (round(found.distance_km, 1), round(found.hours_apart, 1)) == (
        float(row["km"]),
        float(row["hours"]),
    )
    assert (found.score > 0) is found.meets
    assert found.reasons
    assert all(one.say(language) for one in found.reasons for language in ("fr", "en", "ar"))


def span(text: str) -> tuple[date, date]:
    first, last = text.split("..")
    return date.fromisoformat(first), date.fromisoformat(last)


@pytest.mark.parametrize("row", DAYS, ids=titles(DAYS))
def test_days(row):
    last = None if row["last"] == "-" else date.fromisoformat(row["last"])
    found = overlap.days(row["precision"], date.fromisoformat(row["first"]), last)
    assert found == (date.fromisoformat(row["from"]), date.fromisoformat(row["to"]))


@pytest.mark.parametrize("row", CIRCLES, ids=titles(CIRCLES))
def test_circle(row):
    assert overlap.radius_km(row["precision"]) == float(row["km"])


@pytest.mark.parametrize("row", NEARBY, ids=titles(NEARBY))
def test_nearby_means_something(row):
    first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
    assert overlap.tells_nearby(first, last, float(row["km"])) is ticked(row["tells"])


@pytest.mark.parametrize("row", LOGS, ids=titles(LOGS))
def test_days_without_a_log(row):
    first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
    missing = [span(one) for one in words(row["missing"])]
    assert overlap.uncovered(first, last, [span(one) for one in words(row["received"])]) == missing


@pytest.mark.parametrize("row", ENCOUNTERS, ids=titles(ENCOUNTERS))
def test_encounter(row):
    steps = tuple(words(row["steps"]))
    assert escalation.unwarned(steps) is ticked(row["unwarned"])
    assert escalation.used_force(steps) is ticked(row["force"])
    assert escalation.gravest(steps) == row["gravest"]


def test_the_funnel_counts_each_encounter_once_at_its_gravest_step():
    found = funnel(
        [
            Encounter(("shout",), "complied", "day"),
            Encounter(("shout", "signal"), "complied", "night"),
            Encounter(("shout", "signal", "warning_shot"), "fled", "night"),
            Encounter(("deliberate_shot",), "killed", "night"),
            Encounter((), "complied", "day"),
        ]
    )
    reached = {stage.step: stage.reached for stage in found.stages if stage.reached}
    assert found.encounters == 4
    assert reached == {"shout": 3, "signal": 2, "warning_shot": 1, "deliberate_shot": 1}
    assert sum(stage.ended for stage in found.stages) == 4
    last = next(stage for stage in found.stages if stage.step == "deliberate_shot")
    assert (dict(last.outcomes), dict(last.light)) == ({"killed": 1}, {"night": 1})
    assert found.unwarned == 1


def test_what_is_no_window_and_no_place_is_refused():
    at = moment("02-20 10:00")
    with pytest.raises(WindowWithoutZone):
        Window(at.replace(tzinfo=None), at)
    with pytest.raises(WindowBackwards):
        Window(at, moment("02-20 09:00"))
    for points, width in (((), 0), (((181, 0),), 0), (((0, 91),), 0), (((0, 0),), -1)):
        with pytest.raises(PlaceOutside):
            Area(points, width)
    somewhere = Activity(Window(at, at), (Area(((0, 0),)),))
    with pytest.raises(PlaceOutside):
        meet(Window(at, at), 0, 0, -1, somewhere)
    with pytest.raises(PlaceOutside):
        meet(Window(at, at), 200, 0, 1, somewhere)


def test_a_weapon_comes_before_a_patrol_and_the_near_before_the_far():
    at = Window(moment("02-20 10:00"), moment("02-20 12:00"))

    def score(km_north: float, force: str, precision: str = "exact") -> float:
        there = Activity(at, (Area(((0.0, 17.0 + km_north / 111.2),)),), precision, force)
        return meet(at, 0.0, 17.0, 25, there).score

    assert score(5, "weapon") > score(5, "kinetic") > score(5, "none")
    assert score(1, "none") > score(9, "none")
    assert score(5, "weapon") > score(5, "weapon", "near_25km")
