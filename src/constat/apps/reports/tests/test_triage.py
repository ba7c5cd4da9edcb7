"""Triage: an outcome with a reason, the step of the workflow, the clock, the compartment; nothing without a reason."""

from datetime import timedelta

import pytest

from constat.apps.access.errors import NotAllowed
from constat.apps.access.models import Event, Identity
from constat.apps.reports import receipts
from constat.apps.reports.actions.clocks import pause_clock, resume_clock
from constat.apps.reports.actions.consent import agreed, withdraw_consent
from constat.apps.reports.actions.hold import hold, release
from constat.apps.reports.actions.receive import receive
from constat.apps.reports.actions.reopen import reopen
from constat.apps.reports.actions.take import take
from constat.apps.reports.actions.tell import tell
from constat.apps.reports.actions.translate import translate
from constat.apps.reports.actions.triage import Findings, SafetyFirst, reclassify, triage
from constat.apps.reports.draft import ConsentAnswer, Draft
from constat.apps.reports.errors import NothingToDo, ReportNotFound
from constat.apps.reports.models import Report, Triage
from constat.apps.reports.public.status import find, status_of
from constat.rules.workflow import IllegalTransition, MissingNeed
from tests.cast import NOW

pytestmark = pytest.mark.django_db
WORDS = "Deux maisons ont brûlé à Tin-Hama."


@pytest.fixture
def got():
    return receive(by="public", at=NOW, draft=Draft(channel="web_form", original=WORDS.encode()))


def taken(bruno, got):
    return take(by=bruno, at=NOW, report=got.report)


def test_taking_makes_it_somebody_s_work(bruno, got):
    report = taken(bruno, got)

    assert (report.state, report.assigned_to_id) == ("in_triage", bruno.pk)
    assert Event.objects.filter(verb="reports.take", object_key=got.report).count() == 1


def test_a_decision_needs_an_outcome_and_a_reason(bruno, got):
    taken(bruno, got)

    with pytest.raises(MissingNeed):
        triage(by=bruno, at=NOW, report=got.report, outcome="open_assessment", reason="  ")

    assert Report.objects.get().state == "in_triage"
    assert not Triage.objects.exists()


def test_closing_needs_what_the_reporter_may_be_told(bruno, got):
    taken(bruno, got)

    with pytest.raises(MissingNeed):
        triage(
            by=bruno, at=NOW, report=got.report, outcome="close_not_enough_evidence", reason="Rien d'autre"
        )

    report = triage(by=bruno, at=NOW, report=got.report, outcome="close_not_enough_evidence", reason="Rien d'autre",
                    explanation="Pas assez d'éléments")  # fmt: skip
    assert (report.state, report.outcome) == ("closed", "close_not_enough_evidence")


def test_nobody_decides_on_a_report_nobody_took(bruno, got):
    with pytest.raises(IllegalTransition):
        triage(by=bruno, at=NOW, report=got.report, outcome="open_assessment", reason="Crédible")


def test_whoever_may_not_triage_is_refused_and_nothing_is_written(chen, got):
    with pytest.raises(NotAllowed):
        take(by=chen, at=NOW, report=got.report)

    assert Report.objects.get().state == "received"
    assert not Event.objects.filter(verb="reports.take").exists()


def test_a_report_that_is_not_theirs_is_absent(farid, bruno, got):
    with pytest.raises(NotAllowed):
        take(by=farid, at=NOW, report=got.report)
    with pytest.raises(ReportNotFound):
        take(by=bruno, at=NOW, report="R-2026-999999")


def test_a_duplicate_keeps_its_receipt_and_its_reporter_a_status(bruno, got):
    taken(bruno, got)

    report = triage(
        by=bruno, at=NOW, report=got.report, outcome="duplicate", reason="Même marché, même heure"
    )

    assert (report.state, report.outcome) == ("in_triage", "duplicate")
    assert status_of(find(receipts.grouped(got.receipt_code))).step == "examined"


def test_learning_of_children_moves_report_and_reporter_out_of_sight(bruno, child_adviser, cast):
    got = receive(
        by="public", at=NOW, draft=Draft(channel="web_form", original=b"x", identity={"phone": "70000001"})
    )

    reclassify(
        by=bruno,
        at=NOW,
        report=got.report,
        findings=Findings(child_involved="yes"),
        reason="L'appelant l'a dit",
    )

    report = Report.objects.get()
    assert (report.compartment, report.sensitivity, report.clock) == ("child", 3, "safety_review")
    assert Identity.objects.get().compartment == "child"
    with pytest.raises(ReportNotFound):
        take(by=bruno, at=NOW, report=got.report)


def test_nothing_learned_puts_a_protected_report_back(cast):
    got = receive(by="public", at=NOW, draft=Draft(channel="web_form", original=b"x", sexual_violence="yes"))
    report = Report.objects.get(code=got.report)
    from constat.apps.reports.actions.triage import learn

    learn(report, Findings(sexual_violence="no"), at=NOW)

    assert (report.compartment, report.sensitivity) == ("crsv", 3)


def test_an_own_force_suspicion_shortens_the_clock_from_the_same_start(bruno, got):
    assert Report.objects.get().due_at == NOW + timedelta(hours=72)

    report = reclassify(by=bruno, at=NOW + timedelta(hours=2), report=got.report,
                        findings=Findings(involvement="suspected"), reason="Casques bleus vus")  # fmt: skip

    assert report.due_at == NOW + timedelta(hours=24)


def test_held_for_safety_nothing_else_is_decided_until_there_is_a_plan(bruno, got):
    hold(by=bruno, at=NOW, report=got.report, reason="Menaces")
    assert Report.objects.get().due_at == NOW + timedelta(hours=4)
    with pytest.raises(SafetyFirst):
        triage(by=bruno, at=NOW, report=got.report, outcome="open_assessment", reason="Crédible")
    with pytest.raises(MissingNeed):
        release(by=bruno, at=NOW, report=got.report, protection_plan=" ")

    report = release(
        by=bruno, at=NOW + timedelta(hours=1), report=got.report, protection_plan="Famille déplacée"
    )

    assert (report.state, report.clock) == ("received", "triage")
    assert report.notes.get(kind="protection_plan").text == "Famille déplacée"
    assert "déplacée" not in "".join(Event.objects.values_list("details", flat=True))


def test_a_paused_clock_is_due_later_by_the_pause(bruno, got):
    pause_clock(by=bruno, at=NOW + timedelta(hours=1), report=got.report, reason="access_denied")
    with pytest.raises(NothingToDo):
        pause_clock(by=bruno, at=NOW + timedelta(hours=2), report=got.report, reason="access_denied")

    report = resume_clock(by=bruno, at=NOW + timedelta(hours=6), report=got.report)

    assert report.due_at == NOW + timedelta(hours=72 + 5)


def test_a_closed_report_can_be_reopened_and_its_first_decision_stays(bruno, got):
    taken(bruno, got)
    triage(
        by=bruno, at=NOW, report=got.report, outcome="out_of_scope", reason="Vol", explanation="Hors mandat"
    )

    report = reopen(by=bruno, at=NOW, report=got.report, trigger="Un témoin a rappelé")

    assert (report.state, report.outcome, report.clock) == ("in_triage", "", "reopened")
    assert Triage.objects.get().outcome == "out_of_scope"


def test_a_reporter_who_left_a_way_to_be_reached_is_owed_the_outcome(bruno):
    got = receive(
        by="public", at=NOW, draft=Draft(channel="web_form", original=b"x", identity={"phone": "70000001"})
    )
    taken(bruno, got)
    report = triage(
        by=bruno, at=NOW, report=got.report, outcome="answered", reason="Fait", explanation="Fait"
    )
    assert report.clock == "notify"

    report = tell(by=bruno, at=NOW, report=got.report, how="Par la personne de confiance")

    assert (report.clock, report.due_at) == ("", None)


def test_a_translation_stands_beside_and_is_found_and_the_original_stays(bruno, got):
    translate(by=bruno, at=NOW, report=got.report, language="en", text="Two houses burnt down")

    report = Report.objects.get()
    assert bytes(report.original) == WORDS.encode()
    assert "houses" in report.search_text
    assert "maisons" in report.search_text


def test_consent_can_be_withdrawn_and_the_first_answer_stays_readable(bruno):
    draft = Draft(
        channel="phone",
        original=b"x",
        consents=(ConsentAnswer("publish", "yes"), ConsentAnswer("hold", "yes")),
    )
    got = receive(by="system", at=NOW, draft=draft)

    report = withdraw_consent(by=bruno, at=NOW + timedelta(days=1), report=got.report, purposes=["publish"])

    assert agreed(report) == {"hold"}
    assert report.consents.filter(purpose="publish").count() == 2
    with pytest.raises(NothingToDo):
        withdraw_consent(by=bruno, at=NOW + timedelta(days=2), report=got.report, purposes=["publish"])
