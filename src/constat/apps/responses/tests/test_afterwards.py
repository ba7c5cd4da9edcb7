"""Visits, claims, plans, lessons, accompaniment: lists made when they are read, and who never sees them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from constat.apps.access.models import Event
from constat.apps.responses import actions, queries
from constat.apps.responses.errors import (
    Incomplete,
    NotAllowed,
    NothingToDo,
    NotThere,
    UnsafeContact,
    WrongState,
)
from constat.apps.responses.models import FollowUp, Lesson, TrackStep
from constat.apps.responses.tests.cases import add, after, decided, go, person, told
from tests.cast import NOW, viewer_for


def test_visits_come_thirty_and_a_hundred_and_eighty_days_after_the_notice(db):
    case = decided("credible")
    code = told(case)
    chen = viewer_for(person("chen"))

    assert queries.visits(chen, at=after(days=10)) == []
    (first,) = queries.visits(chen, at=after(days=31))
    assert (first.source, first.days, first.due, first.overdue) == (code, 30, date(2026, 4, 1), True)
    values = {"by": person("chen"), "source": code, "days": 30, "reached": True, "wellbeing": "safe"}
    actions.record_visit(at=after(days=31), **values)
    assert queries.visits(chen, at=after(days=60)) == []
    with pytest.raises(NotThere):
        actions.record_visit(at=after(days=31), **values)
    (second,) = queries.visits(chen, at=after(days=181))
    assert second.days == 180
    assert FollowUp.objects.count() == 1


def test_a_reprisal_at_a_visit_goes_to_the_protection_focal_point(db):
    code = told(decided("credible"))
    actions.record_visit(by=person("chen"), at=after(days=30), source=code, days=30, reached=True, wellbeing="reprisal",
                         pressure="yes", usefulness="nothing_received", needs="Padlock")  # fmt: skip

    (flag,) = queries.flags(viewer_for(person("protection")), at=after(days=30))
    assert flag.source_code == f"{code}/30"
    assert not Event.objects.filter(details__contains="adlock").exists()


def test_a_person_not_reached_has_a_coded_reason(db):
    code = told(decided("credible"))
    with pytest.raises(KeyError):
        actions.record_visit(by=person("chen"), at=after(days=30), source=code, days=30, reached=False)
    actions.record_visit(by=person("chen"), at=after(days=30), source=code, days=30, reached=False,
                         no_contact_reason="displaced")  # fmt: skip
    assert FollowUp.objects.get().wellbeing == "unknown"


def test_claims_remind_before_the_last_day(db):
    case = decided("credible")  # harm on 20 February 2026: six months end on 20 August
    chen = viewer_for(person("chen"))
    assert queries.claims(chen, at=after(days=30)) == []
    (line,) = queries.claims(chen, at=after(days=90))
    assert (line.row, line.limit.last_day, line.reminder) == (None, date(2026, 8, 20), 90)

    limit = actions.set_limit(by=person("chen"), at=after(days=90), incident=case.incident.code,
                              damage_on=date(2026, 2, 20), discovered_on=date(2026, 3, 31),
                              mandate_ends_on=date(2025, 8, 31))  # fmt: skip
    (line,) = queries.claims(chen, at=after(days=120))
    assert (line.limit.last_day, line.limit.set_by) == (date(2026, 8, 31), "mandate")
    with pytest.raises(Incomplete, match="2026-08-31"):
        actions.file_claim(by=person("chen"), at=after(days=300), limit=limit, filed_on=date(2026, 9, 1))
    actions.except_claim(by=person("chen"), at=after(days=300), limit=limit, reason="The road was closed")
    actions.file_claim(by=person("chen"), at=after(days=300), limit=limit, filed_on=date(2026, 9, 1))
    assert queries.claims(chen, at=after(days=301)) == []


def test_a_plan_has_measures_beyond_money_with_owner_and_day(db):
    case = decided("credible")
    values = {"by": person("chen"), "at": NOW, "inquiry": case.code, "measure": "guarantee_directive"}
    with pytest.raises(Incomplete):
        actions.plan(owner=person("dara"), due_on=NOW.date() - timedelta(days=1), **values)
    line = actions.plan(owner=person("dara"), due_on=date(2026, 4, 1), **values)
    assert [one.pk for one in queries.plan_due(viewer_for(person("chen")), at=NOW)] == [line]
    actions.end_line(
        by=person("dara"), at=after(days=3), inquiry=case.code, line=line, done=True, result="Order 12"
    )
    with pytest.raises(NothingToDo):
        actions.end_line(
            by=person("dara"), at=after(days=3), inquiry=case.code, line=line, done=False, result="No"
        )
    assert queries.plan_due(viewer_for(person("chen")), at=NOW) == []


def test_a_case_raises_a_lesson(db):
    case = decided("credible")
    code = actions.raise_lesson(by=person("chen"), at=NOW, incident=case.incident.code, text="Warn in Songhai too",
                                owner=person("dara"), due_on=date(2026, 6, 1))  # fmt: skip
    assert (Lesson.objects.get().code, Lesson.objects.get().state) == (code, "proposed")
    assert [one.code for one in queries.lessons(viewer_for(person("dara")), at=NOW)] == [code]


def test_acknowledgement_private_is_a_contact_and_public_is_not_for_a_closed_compartment(db):
    case = decided("credible")
    number = add(case)
    values = {"by": person("chen"), "inquiry": case.code, "words": "We are sorry.", "spoken_language": "fr",
              "given_on": NOW.date(), "apology": True}  # fmt: skip
    with pytest.raises(UnsafeContact):
        actions.acknowledge(at=after(hours=1), kind="acknowledgement_private", addressee=number, **values)
    go(case, number)
    actions.acknowledge(at=after(hours=1), kind="acknowledgement_private", addressee=number, **values)
    actions.acknowledge(at=after(hours=1), kind="acknowledgement_public", **values)
    type(case.incident).objects.filter(pk=case.incident_id).update(compartment="crsv", sensitivity=3)
    with pytest.raises((WrongState, NotThere)):
        actions.acknowledge(at=after(hours=1), kind="acknowledgement_public", **values)


def test_an_accompaniment_is_on_nobody_elses_list(db):
    case = decided("credible", persons=True)
    key = str(case.incident.persons.get().person_id)
    with pytest.raises(Incomplete, match="adviser of that compartment"):
        actions.open_track(by=person("chen"), at=NOW, incident=case.incident.code, kind="survivor_centred", key=key,
                           spoken_language="fr")  # fmt: skip
    adviser = person("crsv_adviser")
    track = actions.open_track(by=adviser, at=NOW, incident=case.incident.code, kind="survivor_centred", key=key,
                               spoken_language="fr", next_check_on=date(2026, 3, 9))  # fmt: skip

    assert [one.pk for one in queries.tracks(viewer_for(adviser), at=NOW)] == [track]
    for name in ("chen", "dara", "commander", "auditor", "child_adviser"):
        assert queries.tracks(viewer_for(person(name)), at=NOW) == []
    with pytest.raises(NotThere):
        actions.add_step(by=person("dara"), at=NOW, track=track, step="listened")
    with pytest.raises(NotAllowed):
        actions.add_step(by=person("commander"), at=NOW, track=track, step="listened")
    with pytest.raises(Incomplete, match="without agreeing"):
        actions.add_step(by=adviser, at=NOW, track=track, step="referred", service="medical")
    with pytest.raises(IntegrityError), transaction.atomic():
        TrackStep.objects.create(track_id=track, step="referred", service="medical", by=adviser, at=NOW)
    actions.add_step(by=adviser, at=NOW, track=track, step="referred", service="medical", consent=True)
    actions.add_step(by=adviser, at=NOW, track=track, step="ended")
    assert queries.tracks(viewer_for(adviser), at=NOW) == []
    assert not Event.objects.filter(object_key=case.incident.code, verb__contains="track").exists()
