"""What waits: soonest first over both kinds, paused apart with the reason, never what is not theirs."""

import pytest

from constat.apps.desk.queries.worklist import assigned, paused, safety_holds, worklist
from constat.apps.desk.tests.mission import DAY, HOUR, NOW, incident, report
from constat.apps.incidents.models import IncidentPause
from tests.cast import viewer_for

pytestmark = pytest.mark.django_db


def codes(page):
    return [task.code for task in page.tasks]


def test_reports_and_incidents_stand_in_one_order_of_deadlines(bruno):
    late = report(clock="triage", due_at=NOW - HOUR)
    soon = incident(clock="assessment", due_at=NOW + HOUR)
    later = report(clock="triage", due_at=NOW + 2 * DAY)
    report()  # no clock runs: nobody waits for it
    page = worklist(viewer_for(bruno), at=NOW)
    assert codes(page) == [late.code, soon.code, later.code]
    assert [task.clock.state for task in page.tasks] == ["overdue", "due_soon", "on_time"]
    assert (page.overdue.n, page.running.n) == (1, 3)


def test_a_paused_clock_stands_apart_with_its_reason(bruno, chen):
    still = incident(clock="assessment", due_at=NOW + HOUR)
    IncidentPause.objects.create(
        incident=still, clock="assessment", reason="insecurity", starts_at=NOW - HOUR, by=chen
    )
    running = incident(clock="assessment", due_at=NOW + DAY)
    ended = incident(clock="assessment", due_at=NOW + 2 * DAY)
    IncidentPause.objects.create(
        incident=ended,
        clock="assessment",
        reason="insecurity",
        starts_at=NOW - DAY,
        ends_at=NOW - HOUR,
        by=chen,
    )
    viewer = viewer_for(bruno)
    assert codes(worklist(viewer, at=NOW)) == [running.code, ended.code]
    [task] = paused(viewer, at=NOW)
    assert task.code == still.code
    assert (task.clock.state, bool(task.clock.reason)) == ("paused", True)


def test_pages_follow_one_another_without_gap_or_repetition(bruno):
    """Also where several records are due in the same moment, of both kinds."""
    made = set()
    for number in range(11):
        due = NOW + (number // 4) * HOUR
        made.add(report(clock="triage", due_at=due).code)
        made.add(incident(clock="assessment", due_at=due).code)
    viewer, seen, after = viewer_for(bruno), [], ""
    while True:
        page = worklist(viewer, at=NOW, limit=3, after=after)
        seen += codes(page)
        after = page.next
        if not after:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "after", ["", "x", "2026-01-01T00:00:00~report~1", "~~", "2026-01-01T00:00:00+00:00~horse~1"]
)
def test_a_bookmark_that_cannot_be_read_starts_at_the_top(bruno, after):
    one = report(clock="triage", due_at=NOW)
    assert codes(worklist(viewer_for(bruno), at=NOW, after=after)) == [one.code]


def test_what_is_in_a_closed_compartment_is_in_no_list(bruno, child_adviser):
    hidden = report(clock="triage", due_at=NOW - DAY, compartment="child", child_involved="yes")
    assert hidden.code not in codes(worklist(viewer_for(bruno), at=NOW))
    assert worklist(viewer_for(bruno), at=NOW).overdue.n == 0
    assert codes(worklist(viewer_for(child_adviser), at=NOW)) == [hidden.code]


def test_who_only_reads_has_no_worklist(military, farid):
    incident(clock="assessment", due_at=NOW - DAY)
    for person in (military, farid):
        page = worklist(viewer_for(person), at=NOW)
        assert (page.tasks, page.running.n) == ((), 0)


def test_a_safety_hold_is_seen_whatever_its_clock(bruno, amina):
    held = report(state="safety_hold", clock="safety_review", due_at=NOW + DAY)
    assert [task.code for task in safety_holds(viewer_for(bruno), at=NOW)] == [held.code]
    assert safety_holds(viewer_for(amina), at=NOW) == ()


def test_assigned_holds_only_ones_own(bruno, chen):
    report(clock="triage", due_at=NOW)
    mine = report(clock="triage", due_at=NOW + DAY, assigned_to=bruno)
    report(clock="triage", due_at=NOW, assigned_to=chen)
    assert codes(assigned(viewer_for(bruno), at=NOW)) == [mine.code]
