"""Record, amend, withdraw: the log holds what was done, keeps what it said before, and takes no plan."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from constat.apps.operations import actions
from constat.apps.operations.draft import EncounterDraft, WeaponLine
from constat.apps.operations.errors import (
    AlreadyWithdrawn,
    Incomplete,
    NotAllowed,
    NothingToDo,
    OperationError,
    OperationNotFound,
    Planned,
)
from constat.apps.operations.models import Operation
from constat.apps.operations.reading import draft_of
from constat.apps.operations.tests.cases import DAY, draft, own_unit, recorded
from constat.apps.register.models import Actor, Unit
from tests.cast import NOW

HOUR = timedelta(hours=1)
FULL = {
    "kinetic": True, "domains": ("ground", "air"), "partners": "Army", "supported_force": "national-army",
    "planning": "dynamic", "fire": "direct", "warning_given": True, "recordings": "Body cameras, 2", "rules_card": "B",
    "phase": "action", "tasking": "Secure the market", "path": ((0.2, 17.5), (0.3, 17.6)),
    "exposures": {"patrol_days": Decimal("1.5"), "rounds": Decimal(12)},
    "weapons": (WeaponLine("rifle", 12, "direct", DAY + 9 * HOUR, (0.21, 17.51), (0.22, 17.52), "Warning"),),
    "encounters": (EncounterDraft((("shout", 60), ("signal", 50), ("warning_shot", None)), "fled", "day", DAY + 9 * HOUR),),
}  # fmt: skip


def test_an_operation_is_recorded_whole_with_one_event(military, one_event):
    given = draft(**FULL)
    with one_event("operations.record", object_type="operation") as events:
        code = actions.record(by=military, at=NOW, draft=given)
    row = Operation.objects.get(code=code)
    assert code.startswith("O-2026-")
    assert events[0].object_key == code
    assert replace(draft_of(row), uid=None) == given
    assert (row.force, row.recorded_by) == (2, military)
    assert "market" not in events[0].details


def test_a_meeting_counts_as_one_and_a_patrol_day_is_not_made_up(military):
    meeting = recorded(military, kind="key_leader_engagement")
    patrol = recorded(military)
    assert list(meeting.exposures.values_list("measure", "quantity")) == [("meetings", Decimal(1))]
    assert not patrol.exposures.exists()


@pytest.mark.parametrize(
    ("over", "reason", "field"),
    [
        ({"starts_at": NOW + HOUR, "ends_at": NOW + 2 * HOUR}, "in_future", "starts_at"),
        ({"ends_at": NOW + HOUR}, "in_future", "ends_at"),
        ({"starts_at": NOW + 25 * HOUR, "ends_at": NOW + 26 * HOUR, "time_precision": "day"}, "in_future", "starts_at"),
        ({"ends_at": DAY}, "dates_backwards", "ends_at"),
        ({"starts_at": DAY - timedelta(days=500)}, "too_long", "ends_at"),
        ({"zone": ""}, "zone_unknown", "zone"),
        ({"zone": "Mars/Olympus"}, "zone_unknown", "zone"),
        ({"starts_at": DAY.replace(tzinfo=None), "ends_at": DAY.replace(tzinfo=None)}, "zone_unknown", "zone"),
        ({"time_precision": "month"}, "unknown_code", "time_precision"),
        ({"kind": "invasion"}, "unknown_code", "kind"),
        ({"place_precision": "somewhere"}, "unknown_code", "place_precision"),
        ({"domains": ("space",)}, "unknown_code", "domains"),
        ({"lat": 97.0}, "point_outside", "lat"),
        ({"radius_km": -1.0}, "radius", "radius_km"),
        ({"radius_km": float("nan")}, "radius", "radius_km"),
        ({"path": tuple((0.1, 17.0) for _ in range(501))}, "path_too_long", "path"),
        ({"exposures": {"miles": Decimal(1)}}, "unknown_code", "exposures"),
        ({"exposures": {"patrol_days": Decimal(-1)}}, "exposure", "exposures"),
        ({"exposures": {"patrol_days": Decimal("NaN")}}, "exposure", "exposures"),
        ({"weapons": (WeaponLine("sling"),)}, "unknown_code", "weapons"),
        ({"weapons": (WeaponLine("rifle", at=DAY - 9 * HOUR),)}, "outside_time", "weapons"),
        ({"encounters": (EncounterDraft(()),)}, "no_step", "encounters"),
        ({"encounters": (EncounterDraft((("dance", None),)),)}, "unknown_code", "encounters"),
        ({"encounters": (EncounterDraft((("shout", None),), at=DAY + 30 * HOUR),)}, "outside_time", "encounters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(military, over, reason, field):
    with pytest.raises(OperationError) as refusal:
        actions.record(by=military, at=NOW, draft=draft(**over))
    assert (refusal.value.reason, refusal.value.field) == (reason, field)
    assert not Operation.objects.exists()


def test_a_plan_has_no_place_even_around_the_action(military):
    row = recorded(military)
    with pytest.raises(IntegrityError), transaction.atomic():
        Operation.objects.filter(pk=row.pk).update(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)


def test_today_known_only_as_a_day_is_no_plan(military):
    today = NOW.replace(hour=0)
    recorded(military, starts_at=today, ends_at=today + timedelta(hours=23, minutes=59), time_precision="day")


def test_only_units_of_our_own_force(military):
    other = Actor.objects.create(code="army", name="Army", kind="host_armed_forces", folded="army")
    Unit.objects.create(code="army-1", name="Army 1", actor=other)
    for unit, reason in (("army-1", "unit_not_own"), ("nobody", "unit_unknown")):
        with pytest.raises(Incomplete) as refusal:
            actions.record(by=military, at=NOW, draft=replace(draft(), unit=unit))
        assert refusal.value.reason == reason


def test_who_may_not_record_records_nothing(chen, farid):
    for person in (chen, farid):
        with pytest.raises(NotAllowed):
            actions.record(by=person, at=NOW, draft=draft())
    with pytest.raises(ValueError, match="neither"):
        actions.record(by="public", at=NOW, draft=draft())


def test_amending_keeps_what_it_said_before(military, one_event):
    row = recorded(military)
    changes = {"kind": "night_patrol", "lat": 18.0, "exposures": {"patrol_days": Decimal(1)}}
    with one_event("operations.amend", object_key=row.code) as events:
        actions.amend(by=military, at=NOW, operation=row.code, changes=changes, reason="Typed wrongly")
    cell = row.cell
    row.refresh_from_db()
    kept = row.revisions.get()
    assert kept.before == {"kind": "foot_patrol", "lat": 17.55, "exposures": {}}
    assert (kept.reason, kept.by, row.kind, row.lat, row.at_lat) == (
        "Typed wrongly",
        military,
        "night_patrol",
        18.0,
        18.0,
    )
    assert row.cell != cell
    assert row.exposures.get().quantity == 1
    assert "Typed" not in events[0].details


def test_an_amendment_needs_a_reason_a_change_and_the_same_rules(military):
    row = recorded(military)
    with pytest.raises(Incomplete) as refusal:
        actions.amend(by=military, at=NOW, operation=row.code, changes={"kind": "escort_convoy"}, reason=" ")
    assert refusal.value.field == "reason"
    with pytest.raises(NothingToDo):
        actions.amend(by=military, at=NOW, operation=row.code, changes={"kind": "foot_patrol"}, reason="x")
    with pytest.raises(Planned):
        actions.amend(by=military, at=NOW, operation=row.code, changes={"ends_at": NOW + HOUR}, reason="x")
    with pytest.raises(Incomplete):
        actions.amend(by=military, at=NOW, operation=row.code, changes={"uid": None}, reason="x")
    with pytest.raises(OperationNotFound):
        actions.amend(by=military, at=NOW, operation="O-2026-999999", changes={"kind": "eod"}, reason="x")
    row.refresh_from_db()
    assert row.kind == "foot_patrol"
    assert not row.revisions.exists()


def test_a_withdrawn_record_stays_and_is_changed_no_more(military, one_event):
    row = recorded(military)
    with one_event("operations.withdraw", object_key=row.code):
        actions.withdraw(by=military, at=NOW, operation=row.code, reason="Recorded twice")
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdrawn_reason) == (military, "Recorded twice")
    with pytest.raises(AlreadyWithdrawn):
        actions.withdraw(by=military, at=NOW, operation=row.code, reason="again")
    with pytest.raises(AlreadyWithdrawn):
        actions.amend(by=military, at=NOW, operation=row.code, changes={"kind": "eod"}, reason="x")


def test_force_used_is_known_to_the_search(military):
    own_unit()
    gas = EncounterDraft((("shout", None), ("less_lethal", 10)), "complied", "day")
    words = EncounterDraft((("shout", None), ("block", 5)), "complied", "day")
    assert recorded(military).force == 0
    assert recorded(military, kinetic=True).force == 1
    assert recorded(military, encounters=(words,)).force == 0
    assert recorded(military, encounters=(gas,)).force == 2
    assert recorded(military, weapons=(WeaponLine("mortar"),)).force == 2
