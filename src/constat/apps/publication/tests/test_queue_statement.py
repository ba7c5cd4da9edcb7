"""The monthly statement over what the desk really does: each report once, each decision on its day, nothing in silence."""

from datetime import UTC, datetime

import pytest

from constat.apps.incidents import actions as incidents
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.operations.models import Operation
from constat.apps.publication import compose
from constat.apps.publication.compose.queue_store import ANSWERING, CONCLUDING, queue, reason_of
from constat.apps.publication.composed import Figure, NotAllowed, UnresolvedNumber, texts, unresolved
from constat.apps.register.models import AdminArea
from constat.apps.reports.actions import reopen, triage
from constat.rules.vocabulary import vocabulary
from constat.ui.documents import Document, Paragraph
from tests.cast import NOW, viewer_for

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, tzinfo=UTC)


def on(day, hour=10):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def ours(**over):
    return make_report(**({"involvement": "alleged", "received_at": on(2), "state": "in_triage"} | over))


def statement(month="2026-03", language="en", at=AT, **more):
    return compose.queue_statement(compose.NODE, month=month, language=language, at=at, **more)


def values(found):
    return {one.name: one.value for one in found.figures}


def test_every_code_that_answers_has_its_reason():
    for outcome in ANSWERING:
        assert reason_of("triage_outcome", outcome)
    for outcome in CONCLUDING:
        assert reason_of("decision_outcome", outcome)
    for reason in vocabulary("closure_reason"):
        assert reason_of("closure_reason", reason)


def test_triage_answers_and_reopening_opens(bruno):
    report = ours()
    triage.triage(by=bruno, at=on(5), report=report.code, outcome="close_not_enough_evidence", reason="One account", explanation="Not enough at this time")  # fmt: skip
    assert values(statement())["closed.insufficient_evidence"] == 1
    reopen.reopen(by=bruno, at=on(9), report=report.code, trigger="A second witness")
    found = values(statement())
    assert (found["new"], found["closed"], found["reopened"], found["open"]) == (1, 1, 1, 1)
    # As of the day between, it was answered: the past is read as it stood.
    assert values(statement(at=on(7)))["open"] == 0
    triage.triage(by=bruno, at=on(20), report=report.code, outcome="own_force_not_involved", reason="Logs searched", explanation="No operation")  # fmt: skip
    found = values(statement())
    assert (found["closed"], found["closed.no_own_operation"], found["open"]) == (2, 1, 0)
    assert values(statement("2026-04"))["carried"] == 0


def test_all_reports_of_an_incident_are_answered_with_it_and_copies_before(chen, dara, approver):
    first, second = ours(state="accepted"), ours(state="accepted", received_at=on(3))
    incident = build(chen, first)
    incidents.link(
        by=chen, at=on(4), reports=[second.code], incident=incident.code, relation="duplicate_without_value"
    )
    assert values(statement())["closed.duplicate"] == 1
    incidents.submit_for_review(by=chen, at=on(10), incident=incident.code, reason="Done")
    incidents.close(by=approver, at=on(12), incident=incident.code, closure_reason="established", explanation="Three agree")  # fmt: skip
    found = values(statement())
    assert (found["closed.credible"], found["closed.duplicate"], found["open"]) == (1, 1, 0)
    incidents.reopen(by=dara, at=on(20), incident=incident.code, trigger="A recording")
    found = values(statement())
    assert (found["reopened"], found["open"]) == (1, 1)


def test_reports_against_somebody_else_are_not_of_this_queue(bruno):
    ours()
    ours(involvement="not_alleged")
    ours(involvement="unknown")
    became_ours = ours(involvement="unknown")
    triage.triage(
        by=bruno, at=on(4), report=became_ours.code, outcome="open_assessment", reason="A convoy of ours"
    )
    assert values(statement())["new"] == 2


def test_a_merge_carries_a_report_along_and_the_past_stays_as_it_was(chen, dara, approver):
    one, other = ours(state="accepted"), ours(state="accepted", received_at=on(3))
    kept, absorbed = build(chen, one), build(chen, other)
    incidents.submit_for_review(by=chen, at=on(5), incident=absorbed.code, reason="Done")
    incidents.close(by=approver, at=on(6), incident=absorbed.code, closure_reason="insufficient_evidence", explanation="One account")  # fmt: skip
    before = values(statement(at=on(8)))
    incidents.merge(by=dara, at=on(15), kept=kept.code, absorbed=absorbed.code, reason="The same market")
    after = values(statement())
    assert (before["closed"], before["open"]) == (1, 1)
    # The absorbed finding held until the merge; with the kept incident, still at work, the report is open again.
    assert (after["closed"], after["reopened"], after["open"]) == (1, 1, 2)
    assert values(statement(at=on(8))) == before


def test_a_late_change_to_an_earlier_month_is_printed_as_a_correction():
    ours()
    published = figures_of(statement(), "2026-03")
    ours(received_at=on(25))  # a paper form of March that reached the cell in April
    found = statement("2026-04", published=published)
    assert {(one.before, one.value) for one in found.figures if one.before is not None} == {(1, 2)}
    assert sum(one.name.startswith("correction.") and one.before is not None for one in found.figures) == 2
    assert found.figure("carried").value == 2
    assert any("March" in text for text in texts(found.document))
    assert not any(one.name.startswith("correction.") for one in statement("2026-04", published={}).figures)


def figures_of(found, month):
    now = {one.name: one.value for one in found.figures}
    return {f"{month} {name}": now[name] for name in ("carried", "new", "reopened", "closed", "open")}


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_list_is_no_finer_than_the_public_may_know(language, bruno):
    AdminArea.objects.create(
        code="ML07", level=1, name="Gao", folded="gao", country="MLI", population=500_000, source="t"
    )
    AdminArea.objects.create(code="ML0701", level=2, name="Tabankort", folded="tabankort", country="MLI", population=900, source="t")  # fmt: skip
    general = ours(code="R-2026-777001")
    hidden = ours(code="R-2026-777002", compartment="child", child_involved="yes", sensitivity=3)
    fresh = ours(code="R-2026-777003", received_at=on(30), starts_on=on(29).date())
    for report in (general, fresh):
        triage.triage(by=bruno, at=on(31), report=report.code, outcome="close_not_enough_evidence", reason="One account", explanation="Not enough")  # fmt: skip
    from constat.apps.reports.models import Triage

    Triage.objects.create(report=hidden, outcome="close_not_enough_evidence", reason="-", by=bruno, at=on(31))
    found = statement(language=language, at=on(31, 20))
    assert values(found)["closed"] == 3
    lines = {line["code"]: line for line in found.rows}
    assert lines.keys() == {general.code, fresh.code}
    assert (lines[general.code]["place"], lines[general.code]["month"]) == ("Gao", "2026-02")
    # An event of two days ago is not placed yet.
    assert (lines[fresh.code]["place"], lines[fresh.code]["month"]) == ("", "")
    said = " ".join(texts(found.document))
    assert "Tabankort" not in said and "R-2026" not in said and "777" not in said
    assert "R-2026" not in str(found.as_json())


def test_not_enough_evidence_is_never_called_false(bruno):
    report = ours()
    triage.triage(by=bruno, at=on(5), report=report.code, outcome="close_not_enough_evidence", reason="One account", explanation="Not enough")  # fmt: skip
    words = {"fr": ("à ce jour", ("faux", "non crédible")), "en": ("at this time", ("false", "not credible", "non-credible")), "ar": ("حتى الآن", ("كاذب",))}  # fmt: skip
    for language, (wanted, forbidden) in words.items():
        said = " ".join(texts(statement(language=language).document)).lower()
        assert wanted in said
        assert not any(word in said for word in forbidden)


def test_rates_need_a_denominator_and_say_which(military):
    ours()
    without = statement()
    assert not any(one.name.startswith("rate.") for one in without.figures)
    given = statement(denominators=[compose.Denominator("patrol-days", 200, "Force HQ")])
    rate = given.figure("rate.0.reports")
    assert (str(rate.value), rate.numerator, rate.denominator, rate.unit, rate.n) == (
        "0.50",
        1,
        200,
        "patrol-days",
        1,
    )
    assert rate.source == "Force HQ"
    assert Operation.objects.count() == 0


def test_a_month_that_is_not_over_says_so_and_a_strange_month_is_refused():
    assert any("not over" in text for text in texts(statement(at=on(20)).document))
    for wrong in ("2026-13", "March", "2026-3"):
        with pytest.raises(Exception, match="2026-10"):
            statement(wrong)


def test_only_whoever_may_draft_has_it_composed(esi, farid, chen):
    for person in (esi, chen):
        assert compose.queue_statement(viewer_for(person), month="2026-03", language="fr", at=NOW)
    with pytest.raises(NotAllowed):
        compose.queue_statement(viewer_for(farid), month="2026-03", language="fr", at=NOW)
    with pytest.raises(NotAllowed):
        compose.note(None, quarter="2026-Q1", language="fr", at=NOW)


def test_a_number_without_a_query_cannot_be_published():
    figure = Figure("open", 42, "reports", "queue_balance", AT)
    fine = Document("t", "fr", [Paragraph("42 signalements")])
    assert unresolved(fine, [figure], frozenset(), "fr") == []
    stray = Document("t", "fr", [Paragraph("42 signalements, 43 morts, 1\u202f000 blessés")])
    assert unresolved(stray, [figure], frozenset(), "fr") == ["43", "1000"]
    from constat.apps.publication.composed import Composed

    with pytest.raises(UnresolvedNumber, match="43"):
        Composed("note", "2026-Q1", "fr", [figure], stray)


def test_every_figure_says_query_method_and_moment():
    ours()
    for one in statement().figures:
        assert one.query in vocabulary("saved_query") and one.methodology and one.as_of == AT
        assert one.as_json()["as_of"]


def test_the_same_moment_asked_twice_gives_the_same_statement(bruno):
    ours()
    assert statement() == statement()
    assert len(queue(AT).entries) == 1
    assert statement(at=on(1)).figure("open").value == 0
