"""Clocks stop only for named reasons, the time they stood still is reported, and who is late is on a list."""

from datetime import timedelta

import pytest

from constat.apps.inquiries import actions, queries
from constat.apps.inquiries.errors import Incomplete, NotAllowed, NothingToDo
from constat.apps.inquiries.models import ClockRun
from constat.apps.inquiries.tests import cases
from constat.apps.inquiries.tests.cases import after
from constat.rules.deadlines import NotExtendable
from constat.rules.vocabulary import UnknownTerm
from tests.cast import viewer_for

pytestmark = pytest.mark.django_db


def late(chen, at):
    return queries.breaches(viewer_for(chen, at), at=at)


def test_a_breach_begins_one_second_after_the_last_day(chen):
    found = cases.at_assessment(chen)
    assert late(chen, after(days=30)) == []
    (line,) = late(chen, after(days=30, seconds=1))
    assert (line.code, line.clock, line.over) == (found.code, "assessment", timedelta(seconds=1))
    assert line.paused == timedelta(0)


def test_time_paused_for_a_named_reason_does_not_count_and_is_reported(chen):
    found = cases.at_assessment(chen)
    actions.pause(
        by=chen, at=after(days=10), inquiry=found.code, reason="access_denied", remark="Road closed"
    )
    actions.resume(by=chen, at=after(days=17), inquiry=found.code)
    assert late(chen, after(days=36)) == []
    (line,) = late(chen, after(days=38))
    assert (line.over, line.paused) == (timedelta(days=1), timedelta(days=7))
    assert line.reasons == ("access_denied",)


def test_no_pause_without_a_reason_of_the_list(chen):
    found = cases.at_assessment(chen)
    with pytest.raises(UnknownTerm):
        actions.pause(by=chen, at=after(days=1), inquiry=found.code, reason="too_busy")
    with pytest.raises(NothingToDo):
        actions.resume(by=chen, at=after(days=1), inquiry=found.code)
    actions.pause(by=chen, at=after(days=1), inquiry=found.code, reason="legal_hold")
    with pytest.raises(NothingToDo):
        actions.pause(by=chen, at=after(days=2), inquiry=found.code, reason="legal_hold")


def test_a_pause_declared_after_the_time_was_up_hides_nothing(chen):
    found = cases.at_assessment(chen)
    actions.pause(by=chen, at=after(days=31), inquiry=found.code, reason="legal_hold")
    (line,) = late(chen, after(days=60))
    assert line.over == timedelta(days=30)


def test_more_time_once_and_in_writing(chen):
    found = cases.at_assessment(chen)
    with pytest.raises(Incomplete):
        actions.extend(by=chen, at=after(days=20), inquiry=found.code, reason=" ")
    actions.extend(by=chen, at=after(days=20), inquiry=found.code, reason="The clinic answers next month")
    assert cases.inquiry_of(found.code).due_at == after(days=90)
    assert late(chen, after(days=89)) == []
    with pytest.raises(NothingToDo):
        actions.extend(by=chen, at=after(days=21), inquiry=found.code, reason="More")


def test_a_decision_is_not_put_off_in_writing(chen):
    found = cases.at_decision(chen)
    with pytest.raises(NotExtendable):
        actions.extend(by=chen, at=after(days=1), inquiry=found.code, reason="More")
    assert cases.inquiry_of(found.code).clock_extended is False


def test_what_a_clock_came_to_is_kept_when_the_next_one_starts(chen):
    found = cases.at_assessment(chen)
    actions.pause(by=chen, at=after(days=10), inquiry=found.code, reason="insecurity")
    cases.assess(found, chen, at=after(days=33))
    actions.submit_to_decision(by=chen, at=after(days=33), inquiry=found.code, reason="Ready")
    run = ClockRun.objects.get(inquiry=found, clock="assessment")
    assert run.paused_seconds == 23 * 24 * 3600
    assert run.due_at == after(days=53)
    assert not found.pauses.filter(ends_at__isnull=True).exists(), "a pause ends with its clock"


def test_the_list_is_for_those_who_read_inquiries(chen, esi, farid):
    cases.at_assessment(chen)
    for person in (esi, farid):
        assert queries.breaches(viewer_for(person), at=after(days=99)) == []
    with pytest.raises(NotAllowed):
        actions.pause(
            by=esi, at=after(days=1), inquiry=cases.inquiry_of("Q-2026-000001").code, reason="insecurity"
        )
