"""Merge, undo, split out: what moves, what is set aside, what is listed."""

from datetime import timedelta

import pytest

from constat.apps.incidents import actions
from constat.apps.incidents.actions import HarmEntry
from constat.apps.incidents.errors import CannotUndo, Incomplete, NothingToDo, WrongState
from constat.apps.incidents.models import HarmLine, IncidentReport, Merge, Source
from constat.apps.incidents.tests.cases import build, incident_of, make_report
from tests.cast import NOW


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def merged(chen, kept, absorbed):
    return actions.merge(by=chen, at=at(1), kept=kept.code, absorbed=absorbed.code, reason="One market")


def test_figures_of_one_event_are_not_added(chen):
    kept, absorbed = build(chen), build(chen)

    merged(chen, kept, absorbed)

    kept.refresh_from_db()
    absorbed.refresh_from_db()
    assert (kept.deaths_min, kept.deaths_best, kept.deaths_max) == (2, 3, 4)
    assert (absorbed.state, absorbed.deaths_min, absorbed.deaths_best) == ("merged", 0, None)
    assert HarmLine.objects.filter(incident=absorbed).count() == 1


def test_texts_are_not_joined_and_reports_keep_their_own(chen):
    kept, absorbed = build(chen, narrative="The market."), build(chen, narrative="The well.")

    merged(chen, kept, absorbed)

    kept.refresh_from_db()
    assert kept.narrative == "The market."
    assert kept.report_count == 2


def test_a_report_that_stands_in_both_is_kept_once(chen):
    shared = make_report()
    kept, absorbed = build(chen, shared), build(chen)
    actions.link(by=chen, at=NOW, incident=absorbed.code, reports=[shared.code], relation="same_event")

    merged(chen, kept, absorbed)

    kept.refresh_from_db()
    assert kept.report_count == 2
    assert Source.objects.filter(incident=kept, report=shared).count() == 1


def test_undoing_leaves_what_was_added_since_and_takes_back_what_described_both(chen):
    kept, absorbed = build(chen), build(chen)
    merged(chen, kept, absorbed)
    new = make_report()
    actions.link(by=chen, at=at(2), incident=kept.code, reports=[new.code], relation="same_event")
    actions.describe(by=chen, at=at(3), incident=kept.code, changes={"narrative": "Both markets."})
    actions.set_harm(by=chen, at=at(4), incident=kept.code, lines=[HarmEntry("death", 5, 6, 8)])

    later = actions.split(by=chen, at=at(5), absorbed=absorbed.code, reason="Two markets")

    kept, absorbed = incident_of(kept.code), incident_of(absorbed.code)
    assert IncidentReport.objects.get(report=new).incident == kept
    assert (kept.narrative, kept.deaths_min, absorbed.deaths_min) == ("", 2, 2)
    assert later["taken_back"] == {"narrative": "Both markets."}
    assert later["harms"][0]["minimum"] == 5
    assert Merge.objects.get().later == later


def test_a_link_cut_since_stays_cut(chen):
    report = make_report()
    kept, absorbed = build(chen), build(chen, report, make_report())
    merged(chen, kept, absorbed)
    actions.cut(by=chen, at=at(2), incident=kept.code, report=report.code, reason="Another day")

    actions.split(by=chen, at=at(3), absorbed=absorbed.code, reason="Two")

    link = IncidentReport.objects.get(report=report)
    assert (link.incident, link.cut_reason) == (absorbed, "Another day")
    assert incident_of(absorbed.code).report_count == 1


def test_a_report_moved_on_to_a_third_incident_is_not_dragged_back(chen):
    report = make_report()
    kept, absorbed, third = build(chen), build(chen, report, make_report()), build(chen)
    merged(chen, kept, absorbed)
    actions.move(by=chen, at=at(2), report=report.code, source=kept.code, target=third.code, relation="same_event",
                 reason="The third")  # fmt: skip

    actions.split(by=chen, at=at(3), absorbed=absorbed.code, reason="Two")

    assert IncidentReport.objects.get(report=report, cut_at__isnull=True).incident == third


@pytest.mark.parametrize("reason", ["", "  "])
def test_merging_and_undoing_need_a_reason(chen, reason):
    kept, absorbed = build(chen), build(chen)

    with pytest.raises(Incomplete):
        actions.merge(by=chen, at=at(1), kept=kept.code, absorbed=absorbed.code, reason=reason)
    merged(chen, kept, absorbed)
    with pytest.raises(Incomplete):
        actions.split(by=chen, at=at(2), absorbed=absorbed.code, reason=reason)


def test_a_merged_incident_takes_no_more_acts_and_says_where_to_go(chen):
    kept, absorbed = build(chen), build(chen)
    merged(chen, kept, absorbed)

    with pytest.raises(WrongState, match=kept.code):
        actions.describe(by=chen, at=at(2), incident=absorbed.code, changes={"narrative": "x"})
    with pytest.raises(WrongState):
        merged(chen, build(chen), absorbed)
    with pytest.raises(NothingToDo):
        actions.split(by=chen, at=at(2), absorbed=kept.code, reason="Two")


def test_the_absorbing_incident_must_be_there_to_give_back(chen):
    one, two, three = build(chen), build(chen), build(chen)
    merged(chen, two, three)
    merged(chen, one, two)

    with pytest.raises(CannotUndo):
        actions.split(by=chen, at=at(3), absorbed=three.code, reason="Two")


def test_splitting_out_takes_reports_figures_and_gradings_along(chen):
    stays, goes = (
        make_report(),
        make_report(harms=[{"harm": "injury", "minimum": 4, "best": 4, "maximum": 4}]),
    )
    incident = build(chen, stays, goes)
    source = Source.objects.get(report=goes)
    actions.grade_source(by=chen, at=NOW, incident=incident.code, source=source.pk, kind="medical", reliability="A",
                         credibility="1", independence_group="clinic")  # fmt: skip
    line = HarmLine.objects.get(incident=incident, harm="injury")

    code = actions.split_out(by=chen, at=at(1), incident=incident.code, reports=[goes.code], harm_lines=[line.pk],
                             reason="The ambush was the day before")  # fmt: skip

    new, old = incident_of(code), incident_of(incident.code)
    assert (new.state, new.report_count, new.injured_min, old.report_count, old.injured_best) == (
        "open",
        1,
        4,
        1,
        None,
    )
    graded = Source.objects.get(incident=new)
    assert (graded.kind, graded.reliability, graded.independence_group) == ("medical", "A", "clinic")


def test_an_incident_is_never_left_without_an_account(chen):
    report = make_report()
    incident = build(chen, report)

    with pytest.raises(Incomplete):
        actions.split_out(
            by=chen, at=at(1), incident=incident.code, reports=[report.code], reason="All of it"
        )
    assert incident_of(incident.code).report_count == 1
