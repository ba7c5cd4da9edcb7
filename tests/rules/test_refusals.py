"""Refusals and edges of counting, clocks, places and diagrams that no table shows."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta

import pytest

from constat.rules import tally
from constat.rules.deadlines import (
    Clock,
    ClockState,
    NotExtendable,
    Pause,
    PauseBackwards,
    TimeWithoutZone,
    clock,
    due,
    reading,
)
from constat.rules.disclosure import (
    RELEASE_DELAY,
    Audience,
    ImpossiblePlace,
    coarsen_place,
    coarsen_time,
    drawn_radius_km,
    radius_km,
    releasable,
)
from constat.rules.percentages import NoDenominator, percent_change, share
from constat.rules.proof import SourceView
from constat.rules.speech import RuleError
from constat.rules.tally import InvalidRange, Line, Range, UnknownDimension, exactly, roll_up
from constat.rules.visibility import Decision, Facts, Level, Viewer
from constat.rules.vocabulary import UnknownTerm
from constat.rules.workflow import INCIDENT, REPORT, IllegalTransition, MissingNeed

pytestmark = pytest.mark.onedb
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("value", [True, 1.0, "3"])
def test_a_count_is_a_whole_number(value):
    with pytest.raises(InvalidRange, match="must be a whole number") as refusal:
        Range(value, 3, 4)
    assert refusal.value.facts["field"] == "min"
    assert "الحد الأدنى" in refusal.value.say("ar")


def test_a_minimum_is_never_unknown():
    with pytest.raises(InvalidRange, match="minimum"):
        Range(None, 3, 4)


def test_a_range_is_not_changed_after_the_fact():
    with pytest.raises(FrozenInstanceError):
        exactly(3).min = 2


def test_a_line_of_harm_uses_known_words():
    for wrong in ({"harm": "deth"}, {"sex": "x"}, {"age_band": "old"}, {"status": "x"}, {"unit": "x"}):
        with pytest.raises(UnknownTerm):
            Line(**({"harm": "death", "range": exactly(1)} | wrong))


def test_a_total_is_broken_down_by_known_dimensions_only():
    with pytest.raises(UnknownDimension, match="cannot be broken down by “colour”"):
        roll_up([Line("death", exactly(1))], "colour")


def test_there_is_no_percentage_of_nothing():
    with pytest.raises(NoDenominator, match="no percentage of zero"):
        share(3, 0)
    with pytest.raises(NoDenominator):
        percent_change(0, 3)


def test_a_source_is_graded_on_both_axes_with_known_codes():
    for wrong in (("witness", "G", "2"), ("witness", "B", "7"), ("king", "B", "2"), ("witness", "2", "B")):
        with pytest.raises(UnknownTerm):
            SourceView(*wrong)
    with pytest.raises(UnknownTerm):
        SourceView("witness", "B", "2", access="guess")


def test_a_time_needs_its_zone():
    naive = START.replace(tzinfo=None)
    triage = clock("triage")
    for call in (
        lambda: due(naive, triage, [], START),
        lambda: due(START, triage, [], naive),
        lambda: reading(START, triage, [], naive),
        lambda: reading(START, triage, [], START, finished=naive),
        lambda: Pause(naive, None, "legal_hold"),
        lambda: Pause(START, naive, "legal_hold"),
    ):
        with pytest.raises(TimeWithoutZone, match="has no time zone"):
            call()


def test_a_pause_has_a_named_reason_and_runs_forward():
    with pytest.raises(UnknownTerm):
        Pause(START, None, "too_busy")
    with pytest.raises(PauseBackwards):
        Pause(START, START - timedelta(seconds=1), "legal_hold")
    assert Pause(START, START, "legal_hold").end == START


def test_a_mission_sets_its_own_clock_and_extends_where_a_longer_one_exists():
    assert clock("assessment").limit == timedelta(days=30)
    assert clock("assessment", extended=True).limit == timedelta(days=90)
    assert clock("triage", limit=timedelta(hours=10)) == Clock(
        "triage", timedelta(hours=10), None, timedelta(hours=2)
    )
    assert clock("triage").label("fr") == "Tri"
    with pytest.raises(NotExtendable, match="cannot be extended"):
        clock("triage", extended=True)
    with pytest.raises(UnknownTerm):
        clock("lunch")


def test_a_clock_paused_from_the_first_second_stands():
    found = reading(START, clock("triage"), [Pause(START, None, "insecurity")], START)
    assert found.state is ClockState.PAUSED


@pytest.mark.parametrize("point", [(181, 0), (-181, 0), (0, 91), (0, -91)])
def test_a_point_off_the_earth_is_refused(point):
    with pytest.raises(ImpossiblePlace, match="no such point"):
        coarsen_place(*point, "exact", Audience.CELL)


def test_a_circle_is_never_smaller_than_what_is_known():
    assert drawn_radius_km("exact") == radius_km("exact") == 0
    for precision in ("near_25km", "admin2", "admin1", "fuzzy_area", "country", "unknown"):
        assert drawn_radius_km(precision) >= 25
        assert radius_km(precision) in (None, drawn_radius_km(precision))


def test_a_year_is_a_whole_year_and_the_delay_ends_at_its_last_second():
    year = coarsen_time(START, Audience.PUBLIC, "longer")
    assert (year.text, year.start, year.end) == ("2026", date(2026, 1, 1), date(2026, 12, 31))
    assert releasable(START, START + RELEASE_DELAY)
    assert not releasable(START, START + RELEASE_DELAY - timedelta(seconds=1))


def test_a_refusal_says_what_can_be_done_instead():
    with pytest.raises(IllegalTransition) as refusal:
        REPORT.check("closed", "accept", {})
    assert refusal.value.code == "illegal_transition"
    assert str(refusal.value) == (
        "Not possible (“Accept”): the record is in the state “Closed”. Possible actions: Reopen."
    )
    with pytest.raises(IllegalTransition, match="teleport"):
        REPORT.check("closed", "teleport", {})
    with pytest.raises(UnknownTerm):
        REPORT.check("nowhere", "close", {})


def test_a_missing_need_is_named_with_what_to_do():
    supplied = {"actor": "amina", "at": START, "reason": "read twice"}
    with pytest.raises(MissingNeed) as refusal:
        INCIDENT.check("in_review", "close", supplied)
    assert refusal.value.need == "closure_reason"
    assert refusal.value.say(
        "fr"
    ) == "Pour « Clore », il manque\u00a0: le motif de clôture. Choisissez un motif dans la liste.".replace(
        "« ", "«\u202f"
    ).replace(" »", "\u202f»")


def test_the_diagram_shows_every_state_and_every_step():
    drawn = REPORT.mermaid("fr").splitlines()
    assert drawn[0] == "stateDiagram-v2"
    assert '    state "En attente de protection" as safety_hold' in drawn
    assert "    [*] --> received" in drawn
    assert "    safety_hold --> received : Lever l’attente" in drawn
    assert "    closed --> [*]" in drawn
    assert len(drawn) == 1 + len(REPORT.states) + 1 + len(REPORT.transitions) + len(REPORT.final)


def test_a_person_without_role_reaches_nothing():
    nobody = Viewer("farid", frozenset())
    assert nobody.ceiling is Level.L0
    assert nobody.permissions == frozenset()
    with pytest.raises(UnknownTerm):
        Viewer("farid", frozenset({"king"})).permissions  # noqa: B018
    assert Facts("report", Level.L1).granted_to == frozenset()


def test_a_decision_reads_as_its_answer():
    assert Decision(True, "recorded")
    assert not Decision(False, "no_need")


def test_every_refusal_has_one_root():
    assert issubclass(tally.TallyError, RuleError)
    assert issubclass(MissingNeed, RuleError)
