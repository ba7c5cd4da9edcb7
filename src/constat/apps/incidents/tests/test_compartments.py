"""A report of a closed compartment on a general incident must not show to those outside: not itself, not by a count."""

from datetime import timedelta

import pytest

from constat.apps.access.log import events_of
from constat.apps.incidents import actions, page_query, queries, suggestions
from constat.apps.incidents.errors import IncidentError, Incomplete, Mixed
from constat.apps.incidents.models import Source
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.reports.actions.triage import Findings, reclassify
from tests.cast import NOW, client_for, viewer_for

LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def linked(chen, child_adviser):
    """A general incident to which the child adviser linked a protected report."""
    incident = build(chen)
    protected = make_report(
        words="Un enfant blessé à l’école coranique", compartment="child", child_involved="yes", sensitivity=3,
        harms=[{"harm": "injury", "minimum": 1, "best": 1, "maximum": 1}],
    )  # fmt: skip
    actions.link(by=child_adviser, at=NOW + timedelta(minutes=3), incident=incident.code, reports=[protected.code],
                 relation="part_of")  # fmt: skip
    incident.refresh_from_db()
    return incident, protected


def everything_said(person, code):
    """Every page of the incident that this person can open, as text."""
    client = client_for(person)
    paths = (
        f"/incidents/{code}/",
        "/incidents/",
        f"/incidents/{code}/candidates/?all=1",
        f"/incidents/{code}/shape/",
    )
    return "\n".join(client.get(path).content.decode() for path in paths)


def test_members_see_it_and_others_see_nothing_of_it(linked, chen, child_adviser):
    incident, protected = linked

    outside, inside = everything_said(chen, incident.code), everything_said(child_adviser, incident.code)

    assert protected.code not in outside
    assert "coranique" not in outside
    assert protected.code in inside
    assert "coranique" in inside


def test_counts_do_not_reveal_it(linked, chen, child_adviser):
    incident, _protected = linked

    (row,) = queries.listing(viewer_for(chen), at=NOW, filters=queries.Filters()).rows
    page = page_query.page(viewer_for(chen), incident.code, at=NOW)

    assert (row.reports, incident.report_count, len(page.reports), page.closed_reports) == (1, 1, 1, 0)
    # The adviser reads the protected one; the general one is there, and is another's to read.
    inside = page_query.page(viewer_for(child_adviser), incident.code, at=NOW)
    assert (len(inside.reports), inside.closed_reports) == (1, 1)


def test_nothing_of_it_enters_the_incident(linked):
    incident, protected = linked

    assert (incident.sensitivity, incident.compartment) == (2, "general")
    assert incident.injured_min == 0
    assert not Source.objects.filter(report=protected).exists()


def test_the_timeline_of_the_incident_does_not_tell(linked, chen):
    incident, protected = linked

    assert [event.verb for event in events_of("incident", incident.code)] == ["incidents.build"]
    assert "incidents.link" in [event.verb for event in events_of("report", protected.code)]


def test_it_lends_no_word_to_suggestions_for_others(linked, chen):
    incident, _protected = linked
    asked = make_report(words="école coranique enfant blessé", lon=0.3)

    found = suggestions.for_report(viewer_for(chen), asked.code, at=NOW, everything=True)

    assert "coranique" not in " ".join(reason.text for one in found.lines for reason in one.reasons)
    assert [one.code for one in found.lines] == [incident.code]


def test_it_cannot_be_made_a_source_of_the_general_incident(linked, chen, child_adviser):
    incident, protected = linked

    with pytest.raises(Mixed):
        actions.add_source(
            by=child_adviser, at=NOW, incident=incident.code, kind="witness", report=protected.code
        )


def test_two_compartments_are_not_merged(dara, child_adviser, chen):
    general = build(chen)
    protected = build(child_adviser, make_report(compartment="child", child_involved="yes", sensitivity=3))

    with pytest.raises(IncidentError):
        actions.merge(by=dara, at=NOW, kept=general.code, absorbed=protected.code, reason="One")


def test_harm_of_a_closed_compartment_is_not_written_in_a_general_incident(chen):
    incident = build(chen)

    with pytest.raises(IncidentError, match="compartment"):
        actions.set_harm(
            by=chen, at=NOW, incident=incident.code, lines=[actions.HarmEntry("sexual_violence", 1)]
        )


def test_a_report_moved_into_a_compartment_after_it_was_linked_takes_its_source_along(chen, bruno):
    kept, later = make_report(), make_report(independence_group="school")
    incident = build(chen, kept, later)
    assert page_query.page(viewer_for(chen), incident.code, at=NOW).groups == 2

    findings = Findings(child_involved="yes")
    reclassify(by=bruno, at=NOW, report=later.code, findings=findings, reason="A pupil was hurt")

    page = page_query.page(viewer_for(chen), incident.code, at=NOW)
    (row,) = queries.listing(viewer_for(chen), at=NOW, filters=queries.Filters()).rows
    assert (len(page.sources), page.groups, row.groups) == (1, 1, 1)
    assert [line.code for line in page.reports] == [kept.code]
    assert page.closed_reports == 0


def test_whoever_may_not_search_asks_the_list_for_no_words(chen, military, client_for):
    incident = build(chen, make_report(place_text="derrière la maison de l'instituteur"))
    address = "/incidents/?q=instituteur", "/incidents/?q=nulle-part-ailleurs"

    blind = [incident.code in client_for(military).get(one).content.decode() for one in address]
    seeing = [incident.code in client_for(chen).get(one).content.decode() for one in address]

    assert (blind, seeing) == ([True, True], [True, False])


def test_taking_out_every_report_one_sees_is_refused_whether_or_not_another_hangs_there(linked, chen):
    incident, _protected = linked
    plain = build(chen)

    for one in (incident, plain):
        (seen,) = page_query.page(viewer_for(chen), one.code, at=NOW).reports
        with pytest.raises(Incomplete):
            actions.split_out(
                by=chen, at=LATER, incident=one.code, reason="Another event", reports=[seen.code]
            )


def test_undoing_a_merge_names_no_report_of_a_compartment(linked, chen, child_adviser):
    """The protected report hung on both; the adviser cut it from the kept one while the other slept."""
    guest, protected = linked
    kept = build(chen)
    link = {"by": child_adviser, "incident": kept.code}
    actions.link(at=LATER, reports=[protected.code], relation="part_of", **link)
    actions.merge(by=chen, at=LATER, kept=kept.code, absorbed=guest.code, reason="One event")
    actions.cut(at=LATER, report=protected.code, reason="Another event", **link)

    actions.split(by=chen, at=LATER, absorbed=guest.code, reason="Two events after all")

    guest.refresh_from_db()
    assert guest.state == "open"
    assert protected.code not in everything_said(chen, guest.code)
