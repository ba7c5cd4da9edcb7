"""Safe contact, what stands between a case and its end, visits, and the limits of claims."""

from datetime import UTC, date, datetime, timedelta

import pytest

from constat.rules.answers import (
    COMPLAINT,
    NOTICE,
    ContactPlan,
    DaysOutOfOrder,
    FollowUpDue,
    LimitationState,
    Owed,
    RiskJudgement,
    add_months,
    follow_ups,
    gaps,
    in_window,
    limitation,
    may_contact,
)
from constat.rules.vocabulary import UnknownTerm

pytestmark = pytest.mark.onedb
TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)
GO = RiskJudgement("go", TUESDAY - timedelta(hours=1))


@pytest.mark.parametrize(
    ("plan", "by", "channel", "judged", "reason"),
    [
        (ContactPlan(), "7", "in_person", GO, "contact_safe"),
        (ContactPlan(), "7", "in_person", RiskJudgement("go_with_care", GO.at), "contact_safe"),
        (ContactPlan(survivor=True), "7", "in_person", GO, "contact_no_adviser"),
        (ContactPlan(survivor=True, adviser="8"), "7", "in_person", GO, "contact_only_adviser"),
        (ContactPlan(survivor=True, adviser="8"), "8", "in_person", GO, "contact_safe"),
        (ContactPlan(adviser="8"), "7", "receipt_page", None, "contact_only_adviser"),
        (ContactPlan(), "7", "receipt_page", None, "contact_safe"),
        (ContactPlan(), "7", "in_person", None, "contact_risk_not_judged"),
        (ContactPlan(), "7", "in_person", RiskJudgement("go", TUESDAY - timedelta(hours=73)), "contact_risk_not_judged"),
        (ContactPlan(), "7", "in_person", RiskJudgement("go", TUESDAY - timedelta(hours=72)), "contact_safe"),
        (ContactPlan(), "7", "in_person", RiskJudgement("no_go", GO.at), "contact_risk_no_go"),
        (ContactPlan(), "7", "phone", GO, "contact_channel_refused"),
        (ContactPlan(channels=frozenset({"sms"})), "7", "sms", GO, "contact_no_content"),
        (ContactPlan(channels=frozenset({"voicemail"})), "7", "voicemail", GO, "contact_no_content"),
        (ContactPlan(channels=frozenset({"sms"}), content=True), "7", "sms", GO, "contact_safe"),
        (ContactPlan(from_hour=16, until_hour=18), "7", "in_person", GO, "contact_outside_window"),
        (ContactPlan(weekdays=frozenset({4})), "7", "in_person", GO, "contact_outside_window"),
    ],
)  # fmt: skip
def test_a_contact_is_made_only_as_the_person_allowed(plan, by, channel, judged, reason):
    decision = may_contact(plan, by=by, channel=channel, local=TUESDAY, judged=judged)

    assert decision.reason == reason
    assert bool(decision) == (reason == "contact_safe")
    assert all(decision.say(language) for language in ("fr", "en", "ar"))


def test_an_unknown_way_of_contact_is_no_way():
    with pytest.raises(UnknownTerm):
        may_contact(ContactPlan(), by="7", channel="fax", local=TUESDAY, judged=GO)


@pytest.mark.parametrize(
    ("begin", "end", "days", "when", "open_now"),
    [
        (8, 18, (), (3, 8), True),
        (8, 18, (), (3, 18), False),
        (8, 18, (1,), (3, 9), True),  # 3 March 2026 is a Tuesday
        (0, 0, (), (3, 3), True),
        (0, 0, (1,), (3, 3), True),
        (0, 0, (1,), (4, 3), False),
        (20, 6, (1,), (3, 21), True),
        (20, 6, (1,), (4, 5), True),  # the night that began on Tuesday
        (20, 6, (1,), (3, 5), False),  # the night that began on Monday
        (20, 6, (), (3, 12), False),
    ],
)
def test_the_window_of_safe_hours(begin, end, days, when, open_now):
    plan = ContactPlan(from_hour=begin, until_hour=end, weekdays=frozenset(days))

    assert in_window(plan, datetime(2026, 3, *when, tzinfo=UTC)) is open_now


def test_what_stands_between_a_case_and_its_end_is_named_line_by_line():
    found = gaps(
        [Owed("family 1", True), Owed("family 2", False)],
        ["A-2026-000001", "A-2026-000002"],
        hidden=2,
        nobody=True,
    )

    assert [one.code for one in found] == ["gap_notice", "gap_offer", "gap_offer", "gap_hidden", "gap_nobody"]
    assert "family 2" in found[0].say("en")
    assert "A-2026-000001" in found[1].say("fr")
    assert all(one.say("ar") for one in found)
    assert gaps([Owed("family 1", True)], []) == ()


def test_visits_after_thirty_and_a_hundred_and_eighty_days():
    start = date(2026, 1, 31)

    assert follow_ups(start) == (FollowUpDue(30, date(2026, 3, 2)), FollowUpDue(180, date(2026, 7, 30)))
    assert follow_ups(start, {30}) == (FollowUpDue(180, date(2026, 7, 30)),)
    assert follow_ups(start, {30, 180}) == ()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),  # no 31 February
        (date(2023, 8, 31), 6, date(2024, 2, 29)),  # a leap year
        (date(2025, 8, 29), 6, date(2026, 2, 28)),
        (date(2026, 3, 31), 6, date(2026, 9, 30)),
        (date(2026, 7, 1), 6, date(2027, 1, 1)),  # over the end of a year
        (date(2026, 6, 30), 6, date(2026, 12, 30)),  # the same number, not the end of the month
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2023, 12, 31), 12, date(2024, 12, 31)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_where_the_calendar_says(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("damage", "discovered", "mandate", "last_day", "set_by"),
    [
        (date(2026, 1, 20), None, None, date(2026, 7, 20), "discovery"),
        (date(2026, 1, 20), date(2026, 4, 30), None, date(2026, 10, 30), "discovery"),
        (date(2025, 8, 31), None, None, date(2026, 2, 28), "discovery"),
        # A mandate that ended on 31 December 2023: nothing after 31 December 2024, whenever it was discovered.
        (date(2023, 11, 15), date(2024, 9, 1), date(2023, 12, 31), date(2024, 12, 31), "mandate"),
        (date(2023, 3, 1), None, date(2023, 12, 31), date(2023, 9, 1), "discovery"),
        (date(2023, 3, 1), date(2023, 8, 29), date(2024, 2, 29), date(2024, 2, 29), "discovery"),
    ],
)
def test_the_last_day_of_a_claim(damage, discovered, mandate, last_day, set_by):
    found = limitation(damage, discovered=discovered, mandate_ends=mandate)

    assert (found.last_day, found.set_by) == (last_day, set_by)
    assert found.in_time(last_day)
    assert not found.in_time(last_day + timedelta(days=1))


@pytest.mark.parametrize(
    ("today", "state", "reminder"),
    [
        (date(2026, 4, 20), "running", None),  # 91 days left
        (date(2026, 4, 21), "reminder", 90),
        (date(2026, 6, 20), "reminder", 30),
        (date(2026, 7, 13), "reminder", 7),
        (date(2026, 7, 20), "reminder", 7),
        (date(2026, 7, 21), "ended", None),
    ],
)
def test_reminders_come_before_the_last_day_and_stop_after_it(today, state, reminder):
    found = limitation(date(2026, 1, 20))

    assert (found.state(today), found.reminder(today)) == (LimitationState(state), reminder)


def test_a_claim_that_was_filed_in_time_waits_for_no_reminder():
    found = limitation(date(2026, 1, 20))

    assert found.state(date(2027, 1, 1), filed=date(2026, 7, 20)) is LimitationState.FILED
    assert found.state(date(2027, 1, 1), filed=date(2026, 7, 21)) is LimitationState.ENDED


def test_an_exception_needs_its_reason_and_moves_no_date():
    found = limitation(date(2026, 1, 20), exception="The road was closed by fighting until August")

    assert found.last_day == date(2026, 7, 20)
    assert found.state(date(2026, 9, 1)) is LimitationState.EXCEPTED
    assert found.state(date(2026, 9, 2), filed=date(2026, 9, 1)) is LimitationState.FILED
    assert limitation(date(2026, 1, 20), exception="  ").state(date(2026, 9, 1)) is LimitationState.ENDED


def test_nobody_discovers_a_damage_before_it_happens():
    with pytest.raises(DaysOutOfOrder) as refusal:
        limitation(date(2026, 3, 2), discovered=date(2026, 3, 1))
    assert "2026-03-01" in refusal.value.say("fr")


def test_an_answered_complaint_can_be_taken_up_again_and_then_has_its_clock():
    assert "answer_complaint" in COMPLAINT.starts
    for state in COMPLAINT.final:
        (again,) = COMPLAINT.steps(state, "reopen")
        assert again.clock == "answer_complaint"
        assert again.target == "received"


def test_a_notice_ends_told_or_with_a_coded_reason():
    (tell,) = NOTICE.steps("cleared", "tell")
    assert "proof" in tell.needs
    assert not NOTICE.steps("draft", "tell"), "a text nobody else has read is not given to a family"
    for state in ("draft", "cleared"):
        (note,) = NOTICE.steps(state, "note_no_contact")
        assert "no_contact_reason" in note.needs
        assert note.target == "unreached", "one person's word ends nothing"
    (second,) = NOTICE.steps("unreached", "confirm_unreached")
    (back,) = NOTICE.steps("unreached", "send_back_claim")
    assert second.target == "not_told" and back.target == "draft"
    assert {"explanation"} <= set(second.needs) & set(back.needs)
    into = [one.verb for one in NOTICE.transitions if one.target == "not_told"]
    assert into == ["confirm_unreached"]


def test_what_one_person_says_is_named_apart_before_the_end():
    found = gaps([Owed("family 1", False, said=True)], [], claimed=["A-2026-000003"])

    assert [one.code for one in found] == ["gap_unconfirmed", "gap_claim"]
    assert "family 1" in found[0].say("ar") and "A-2026-000003" in found[1].say("fr")
