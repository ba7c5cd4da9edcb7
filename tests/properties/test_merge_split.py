"""Undoing a merge gives both incidents back, whatever they had been through before.

Random histories through the real verbs; every domain column of every row of both incidents compared, not a summary.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constat.apps.incidents import actions
from constat.apps.incidents.errors import CannotUndo, IncidentError
from constat.apps.incidents.harms import HarmEntry
from constat.apps.incidents.models import (
    Attribution,
    Closure,
    HarmDifference,
    HarmLine,
    Incident,
    IncidentGrant,
    IncidentPause,
    IncidentReport,
    Merge,
    NotTheSame,
    PersonHarm,
    PersonHarmed,
    Revision,
    Source,
)
from constat.apps.incidents.snapshot import row_data
from constat.apps.incidents.tests.cases import incident_of, make_report
from constat.apps.register.models import Actor
from constat.apps.reports.models import Report, ReportHarm
from constat.rules.speech import RuleError
from tests.cast import NOW, make_persona
from tests.properties.effort import examples

OF_INCIDENT = (
    Attribution, Closure, HarmDifference, HarmLine, IncidentGrant, IncidentPause, IncidentReport, NotTheSame, PersonHarm,
    Revision, Source,
)  # fmt: skip
# When a row was last touched is bookkeeping of the act itself; everything that says something about the event is compared.
BOOKKEEPING = {"updated_at"}


def state_of(*codes):
    """Every column of every row that belongs to these incidents, and of their reports and persons."""
    found = {}
    for code in codes:
        incident = incident_of(code)
        found[code] = {name: value for name, value in row_data(incident).items() if name not in BOOKKEEPING}
        for model in OF_INCIDENT:
            rows = model.objects.filter(incident=incident).order_by("pk")
            found[code, model.__name__] = [row_data(row) for row in rows]
    found["reports"] = [
        {name: value for name, value in row_data(row).items() if name not in {"original", "reporter_key"}}
        for row in Report.objects.order_by("pk")
    ]
    found["claims"] = [row_data(row) for row in ReportHarm.objects.order_by("pk")]
    found["persons"] = [row_data(row) for row in PersonHarmed.objects.order_by("pk")]
    return found


class World:
    """Three incidents and the verbs that happen to them. An act that a rule refuses is part of life and is passed over."""

    def __init__(self) -> None:
        self.chen, self.dara = make_persona("chen"), make_persona("dara")
        self.approver = make_persona("approver")
        self.actors = [
            Actor.objects.create(code=f"actor-{n}", kind="unidentified", name=f"Actor {n}") for n in (1, 2)
        ]
        self.reports = [make_report(sensitivity=n % 3) for n in range(5)]
        self.codes = [actions.build(by=self.chen, at=NOW, reports=[self.reports[n].code]) for n in range(3)]
        self.clock = NOW

    def now(self):
        self.clock += timedelta(minutes=7, microseconds=123457)
        return self.clock

    def do(self, act):
        name, one, two, n = act
        here, there = self.codes[one], self.codes[two]
        report = self.reports[n % len(self.reports)].code
        with_chen = {"by": self.chen, "at": self.now()}
        try:
            match name:
                case "link":
                    actions.link(incident=here, reports=[report], relation="same_event", **with_chen)
                case "cut":
                    actions.cut(incident=here, report=report, reason="Another village", **with_chen)
                case "move":
                    actions.move(report=report, source=here, target=there, relation="same_event", reason="It is that one",
                                 **with_chen)  # fmt: skip
                case "harm":
                    actions.set_harm(incident=here, lines=[HarmEntry("death", n, None, n + 2),
                                     HarmEntry("death", min(n, 1), None, 1, sex="woman", is_total=False)], **with_chen)  # fmt: skip
                case "describe":
                    actions.describe(incident=here, changes={"narrative": f"Version {n}", "place_text": f"Place {n}"},
                                     reason="Heard again", **with_chen)  # fmt: skip
                case "person":
                    actions.add_person(
                        incident=here, harms=["death", "injury"][: 1 + n % 2], sex="woman", **with_chen
                    )
                case "source":
                    actions.add_source(incident=here, kind="medical", reliability="B", credibility="2",
                                       independence_group=f"group {n}", **with_chen)  # fmt: skip
                case "attribute":
                    actions.attribute(incident=here, actor=self.actors[n % 2].code, basis="assessed_as",
                                      explanation="Weapons seen", **with_chen)  # fmt: skip
                case "grade":
                    actions.grade(incident=here, grade="weak", reason="One account so far", **with_chen)
                case "pause":
                    actions.pause(incident=here, reason="access_denied", **with_chen)
                case "resume":
                    actions.resume(incident=here, **with_chen)
                case "review":
                    actions.submit_for_review(incident=here, reason="Done", **with_chen)
                case "close":
                    actions.close(incident=here, closure_reason="established", explanation="Three accounts agree",
                                  by=self.approver, at=self.now())  # fmt: skip
                case "merge":
                    actions.merge(kept=here, absorbed=there, reason="One event", **with_chen)
                case "split":
                    actions.split(absorbed=here, reason="Two events", **with_chen)
        except (IncidentError, RuleError):
            pass


ACTS = ("link", "cut", "move", "harm", "describe", "person", "source", "attribute", "grade", "pause", "resume", "review",
        "close", "merge", "split")  # fmt: skip
act = st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 2), st.integers(0, 4))


@pytest.mark.django_db
@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(act, max_size=12), kept=st.integers(0, 2), absorbed=st.integers(0, 2))
def test_split_after_merge_gives_everything_back(history, kept, absorbed):
    from django.db import transaction

    with transaction.atomic():
        world = World()
        for one in history:
            world.do(one)
        before = state_of(*world.codes)

        try:
            actions.merge(
                by=world.chen,
                at=world.now(),
                kept=world.codes[kept],
                absorbed=world.codes[absorbed],
                reason="One",
            )
        except (IncidentError, RuleError):
            assert state_of(*world.codes) == before, "a refused merge changed something"
        else:
            assert incident_of(world.codes[absorbed]).state == "merged"
            actions.split(by=world.chen, at=world.now(), absorbed=world.codes[absorbed], reason="Two")
            assert state_of(*world.codes) == before
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(act, max_size=8), between=st.lists(act, max_size=6))
def test_nothing_is_lost_whatever_happens_between_merge_and_split(history, between):
    """No row of either incident disappears (but persons whom somebody took off, and lines somebody replaced), no report is
    left without its state, and the sums of both follow from their rows."""
    from django.db import transaction

    with transaction.atomic():
        world = World()
        for one in (*history, ("merge", 0, 1, 0), *between):
            world.do(one)
        links = set(IncidentReport.objects.values_list("pk", flat=True))
        sources = set(Source.objects.values_list("pk", flat=True))

        world.do(("split", 1, 0, 0))

        assert set(IncidentReport.objects.values_list("pk", flat=True)) == links
        assert set(Source.objects.values_list("pk", flat=True)) == sources
        for report in Report.objects.all():
            live = IncidentReport.objects.filter(report=report, cut_at__isnull=True).exclude(
                incident__state="merged"
            )
            assert (report.state == "linked") == live.exists(), report.code
        for incident in Incident.objects.all():
            consistent(incident)
        transaction.set_rollback(True)


def consistent(incident):
    lines = HarmLine.objects.filter(incident=incident, harm="death", is_total=True)
    awake = incident.state != "merged"
    assert incident.deaths_min == (sum(line.minimum for line in lines) if awake else 0)
    live = IncidentReport.objects.filter(incident=incident, cut_at__isnull=True).count()
    assert incident.report_count == (live if awake else 0)
    assert (incident.merged_into_id is None) == awake
    assert Merge.objects.filter(absorbed=incident, undone_at__isnull=True).exists() != awake


@pytest.fixture
def three(chen):
    reports = [make_report() for _ in range(3)]
    return SimpleNamespace(
        chen=chen,
        reports=reports,
        a=actions.build(by=chen, at=NOW, reports=[reports[0].code]),
        b=actions.build(by=chen, at=NOW, reports=[reports[1].code]),
        c=actions.build(by=chen, at=NOW, reports=[reports[2].code]),
    )


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def test_a_chain_of_merges_is_undone_from_its_end(three):
    before = state_of(three.a, three.b, three.c)
    actions.merge(by=three.chen, at=at(1), kept=three.b, absorbed=three.c, reason="One")
    between = state_of(three.a, three.b, three.c)
    actions.merge(by=three.chen, at=at(2), kept=three.a, absorbed=three.b, reason="One")

    with pytest.raises(CannotUndo, match=three.a):
        actions.split(by=three.chen, at=at(3), absorbed=three.c, reason="Two")

    actions.split(by=three.chen, at=at(4), absorbed=three.b, reason="Two")
    assert state_of(three.a, three.b, three.c) == between
    actions.split(by=three.chen, at=at(5), absorbed=three.c, reason="Two")
    assert state_of(three.a, three.b, three.c) == before


def test_two_merges_into_one_are_undone_newest_first(three):
    before = state_of(three.a, three.b, three.c)
    actions.merge(by=three.chen, at=at(1), kept=three.a, absorbed=three.b, reason="One")
    actions.merge(by=three.chen, at=at(2), kept=three.a, absorbed=three.c, reason="One")

    with pytest.raises(CannotUndo, match=three.c):
        actions.split(by=three.chen, at=at(3), absorbed=three.b, reason="Two")

    actions.split(by=three.chen, at=at(4), absorbed=three.c, reason="Two")
    actions.split(by=three.chen, at=at(5), absorbed=three.b, reason="Two")
    assert state_of(three.a, three.b, three.c) == before
