"""Linking, cutting, moving, refusing: ordinary acts that can be undone and are remembered."""

from datetime import timedelta

import pytest

from constat.apps.access.log import events_of
from constat.apps.incidents import actions, suggestions
from constat.apps.incidents.errors import Incomplete, NothingToDo
from constat.apps.incidents.models import IncidentReport, NotTheSame, Source
from constat.apps.incidents.tests.cases import build, make_report
from tests.cast import NOW, viewer_for

LATER = NOW + timedelta(hours=1)


def test_many_reports_are_linked_in_one_act(chen):
    incident = build(chen)
    reports = [make_report() for _ in range(4)]

    done = actions.link(
        by=chen, at=LATER, incident=incident.code, reports=[r.code for r in reports], relation="same_event"
    )

    incident.refresh_from_db()
    assert len(done) == 4
    assert incident.report_count == 5


def test_one_report_may_tell_of_several_incidents(chen):
    report = make_report()
    one, two = build(chen, report), build(chen)

    actions.link(by=chen, at=LATER, incident=two.code, reports=[report.code], relation="part_of")

    assert set(IncidentReport.objects.filter(report=report).values_list("incident", flat=True)) == {
        one.pk,
        two.pk,
    }


def test_a_duplicate_that_adds_nothing_is_no_further_source(chen):
    incident = build(chen)

    actions.link(
        by=chen,
        at=LATER,
        incident=incident.code,
        reports=[make_report().code],
        relation="duplicate_without_value",
    )

    assert Source.objects.filter(incident=incident).count() == 1


def test_linking_again_says_so_and_changes_nothing(chen):
    report = make_report()
    incident = build(chen, report)

    with pytest.raises(NothingToDo):
        actions.link(by=chen, at=LATER, incident=incident.code, reports=[report.code], relation="same_event")


def test_a_cut_link_stays_with_its_end_and_its_source_no_longer_counts(chen):
    report = make_report()
    incident = build(chen, report, make_report())

    actions.cut(by=chen, at=LATER, incident=incident.code, report=report.code, reason="Another market")

    link = IncidentReport.objects.get(report=report)
    assert (link.cut_at, link.cut_by, link.cut_reason) == (LATER, chen, "Another market")
    assert Source.objects.get(report=report).ended_at == LATER
    incident.refresh_from_db()
    report.refresh_from_db()
    assert (incident.report_count, report.state) == (1, "accepted")


def test_cutting_needs_a_reason(chen):
    report = make_report()
    incident = build(chen, report)

    with pytest.raises(Incomplete):
        actions.cut(by=chen, at=LATER, incident=incident.code, report=report.code, reason=" ")


def test_a_report_cut_from_one_of_two_incidents_stays_linked(chen):
    report = make_report()
    one, two = build(chen, report), build(chen)
    actions.link(by=chen, at=LATER, incident=two.code, reports=[report.code], relation="part_of")

    actions.cut(by=chen, at=LATER, incident=one.code, report=report.code, reason="Only the other")

    report.refresh_from_db()
    assert report.state == "linked"


def test_a_moved_report_is_told_on_both_incidents(chen):
    report = make_report()
    old, new = build(chen, report, make_report()), build(chen)

    actions.move(by=chen, at=LATER, report=report.code, source=old.code, target=new.code, relation="same_event",
                 reason="It is that one")  # fmt: skip

    old.refresh_from_db()
    new.refresh_from_db()
    report.refresh_from_db()
    assert (old.report_count, new.report_count, report.state) == (1, 2, "linked")
    assert events_of("incident", old.code)[0].verb == "incidents.move_out"
    assert events_of("incident", new.code)[0].verb == "incidents.move_in"


def codes(proposals):
    return [one.code for one in proposals.lines]


def test_the_incident_of_the_same_day_and_place_is_proposed_with_reasons(chen):
    incident = build(chen)
    report = make_report(lon=0.27)

    found = suggestions.for_report(viewer_for(chen), report.code, at=NOW)

    assert codes(found) == [incident.code]
    said = [reason.text for reason in found.lines[0].reasons]
    assert any("km" in text for text in said)
    assert found.lines[0].percent >= 50


def test_a_refused_suggestion_is_not_made_again_until_taken_back(chen):
    incident, report = build(chen), make_report()
    actions.refuse_suggestion(by=chen, at=NOW, report=report.code, incident=incident.code)

    refused = suggestions.for_report(viewer_for(chen), report.code, at=NOW, everything=True)
    there = suggestions.for_incident(viewer_for(chen), incident.code, at=NOW, everything=True)
    assert codes(refused) == codes(there) == []
    assert list(refused.refused) == [incident.code]

    actions.reconsider_suggestion(by=chen, at=LATER, report=report.code, incident=incident.code)
    assert codes(suggestions.for_report(viewer_for(chen), report.code, at=NOW)) == [incident.code]
    assert not NotTheSame.objects.exists()


def test_two_incidents_told_apart_are_not_proposed_for_merging(chen):
    one, two = build(chen), build(chen)
    assert codes(suggestions.doubles(viewer_for(chen), one.code, at=NOW)) == [two.code]

    actions.not_one_event(by=chen, at=NOW, incident=two.code, other=one.code)

    assert codes(suggestions.doubles(viewer_for(chen), one.code, at=NOW, everything=True)) == []
    with pytest.raises(NothingToDo):
        actions.merge(by=chen, at=NOW, kept=one.code, absorbed=two.code, reason="One")


def test_a_merged_incident_is_not_proposed(chen):
    one, two = build(chen), build(chen)
    actions.merge(by=chen, at=NOW, kept=one.code, absorbed=two.code, reason="One")

    assert codes(suggestions.for_report(viewer_for(chen), make_report().code, at=NOW, everything=True)) == [
        one.code
    ]


def test_a_region_is_compared_by_region_and_not_by_its_middle(chen):
    """The middle of a region lies exactly on the village: it must not read as "0 km away"."""
    incident = build(chen)
    report = make_report(place_precision="admin1")

    (line,) = suggestions.for_report(viewer_for(chen), report.code, at=NOW, everything=True).lines

    assert line.code == incident.code
    assert not any("km" in reason.text for reason in line.reasons)


def test_what_the_reader_may_not_read_is_not_proposed(chen, child_adviser):
    build(child_adviser, make_report(compartment="child", child_involved="yes", sensitivity=3))

    found = suggestions.for_report(viewer_for(chen), make_report().code, at=NOW, everything=True)

    assert (codes(found), found.compared) == ([], 0)
