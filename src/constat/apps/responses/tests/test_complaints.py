"""A complaint is taken by any door, examined outside the chain that decided, and answered where the person can read it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from constat.apps.inquiries.models import Inquiry
from constat.apps.responses import actions, queries
from constat.apps.responses.codes import code_of
from constat.apps.responses.errors import Incomplete, NotAllowed, NothingToDo, NotThere, SamePersonTwice
from constat.apps.responses.models import Complaint, Consequence, ProtectionFlag
from constat.apps.responses.tests.cases import (
    add,
    after,
    close,
    complaint,
    decided,
    notice,
    person,
    reported,
    told,
)
from constat.rules.workflow import IllegalTransition
from tests.cast import NOW, exactly_one_event, viewer_for


def take(row, by=None):
    actions.take(by=by or person("reviewer"), at=after(days=2), complaint=row.code, reason="My turn")


def answer(row, outcome="upheld", consequences=("reopen_inquiry",), by=None, **over):
    values = {"answer": "You were right.", "grounds": "The file lacks a witness."} | over
    actions.answer(by=by or person("reviewer"), at=after(days=3), complaint=row.code, outcome=outcome,
                   consequences=consequences, **values)  # fmt: skip


def test_a_complaint_with_the_code_of_the_notice_finds_its_case(db):
    case = decided("credible")
    code = told(case)

    with exactly_one_event("responses.complain", actor="public"):
        row, receipt = complaint(code_of(notice(code)), kind="decision")

    assert (row.notice.code, row.incident_id, row.recorded_by) == (code, case.incident_id, None)
    assert row.received_at.minute == 0, "the public page keeps the hour only"
    assert row.due_at - row.received_at == timedelta(days=30)
    assert code_of(row) == receipt
    assert receipt not in str(vars(row)), "the receipt is kept nowhere"


def test_with_a_receipt_with_a_wrong_code_and_without_any_it_is_taken(db):
    report, receipt = reported()
    case = decided("not_enough_evidence", report)

    assert complaint(receipt)[0].report == report
    assert complaint(receipt)[0].incident_id == case.incident_id
    for typed in ("", "1234 5678 9012 3456", "nonsense"):
        row, own = complaint(typed)
        assert (row.incident, row.notice, row.report) == (None, None, None)
        assert len(own) == 16


def test_sent_twice_is_one_complaint_and_nothing_said_is_lost(db):
    row, receipt = complaint()
    again = actions.complain(by="public", at=after(days=1), words="And my sister", kind="treatment",
                             spoken_language="fr", uid=row.uid)  # fmt: skip

    assert (again.code, again.receipt, again.again) == (row.code, receipt, True)
    assert Complaint.objects.count() == 1
    assert row.steps.get().reason == "And my sister"


def test_nobody_who_took_part_in_the_case_examines_it(db):
    case = decided("credible")
    code = told(case)
    row, _receipt = complaint(code_of(notice(code)))
    from constat.apps.access.models import Post

    for name in ("chen", "dara", "approver"):
        Post.objects.create(person=person(name), role="complaint_reviewer", section="legal", starts_at=NOW)
        with pytest.raises(SamePersonTwice):
            take(row, by=person(name))
    take(row)
    row.refresh_from_db()
    assert (row.state, row.reviewer) == ("under_review", person("reviewer"))


def test_whoever_wrote_it_down_does_not_answer_it(db):
    row, _receipt = complaint(by=person("reviewer"))
    with pytest.raises(SamePersonTwice):
        take(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=row.pk).update(reviewer=person("reviewer"))


def test_only_reviewers_read_it_and_whoever_wrote_it_down(db):
    row, _receipt = complaint(by=person("amina"))
    for name, reads in (("reviewer", True), ("amina", True), ("chen", False), ("dara", False), ("approver", False),
                        ("commander", False), ("farid", False)):  # fmt: skip
        viewer = viewer_for(person(name), at=after(days=2))
        found = queries.complaints(viewer, at=after(days=2))
        assert ([one.code for one in found] == [row.code]) is reads, name
        if not reads:
            with pytest.raises(NotThere):
                queries.complaint(viewer, row.code, at=after(days=2))


def test_an_upheld_appeal_reopens_the_inquiry_by_who_may_decide(db):
    report, receipt = reported()
    case = decided("not_enough_evidence", report)
    told(case, add(case, kind="reporter", report=report.code))
    close(case)
    row, _own = complaint(receipt, kind="decision")
    take(row)
    with pytest.raises(Incomplete):
        answer(row, consequences=())
    with pytest.raises(Incomplete):
        answer(row, outcome="not_upheld")
    answer(row)
    wanted = Consequence.objects.get(complaint=row)
    assert [one.pk for one in queries.consequences(viewer_for(person("approver")), at=after(days=3))] == [
        wanted.pk
    ]
    from constat.apps.inquiries.errors import NotAllowed as MayNot

    with pytest.raises(MayNot):
        actions.carry_out(by=person("chen"), at=after(days=4), consequence=wanted.pk, result="Again")

    actions.carry_out(
        by=person("approver"), at=after(days=4), consequence=wanted.pk, result="A witness was not heard"
    )

    inquiry = Inquiry.objects.get(pk=case.pk)
    assert inquiry.state == "initial_review"
    assert row.code in inquiry.reopenings.get().trigger
    with pytest.raises(NothingToDo):
        actions.carry_out(by=person("approver"), at=after(days=4), consequence=wanted.pk, result="Twice")


def test_an_answer_opened_again_stays_and_starts_a_new_clock(db):
    row, _receipt = complaint(by=person("amina"))
    take(row)
    answer(row, "partly_upheld", ("apology",))
    actions.reopen(by=person("amina"), at=after(days=9), complaint=row.code, trigger="Nobody apologised")

    row.refresh_from_db()
    assert (row.state, row.outcome, row.reviewer) == ("received", "", None)
    assert row.due_at == after(days=39)
    kept = row.steps.get(verb="reopen").before
    assert (kept["outcome"], kept["answer"]) == ("partly_upheld", "You were right.")


def test_stepping_aside_does_not_stop_the_clock(db):
    row, _receipt = complaint()
    due = row.due_at
    take(row)
    actions.step_aside(by=person("reviewer"), at=after(days=20), complaint=row.code, reason="A cousin")
    row.refresh_from_db()
    assert (row.state, row.reviewer, row.due_at) == ("received", None, due)
    with pytest.raises(IllegalTransition):
        answer(row)
    (line,) = queries.complaints(viewer_for(person("reviewer")), at=after(days=40))
    assert line.clock.state == "overdue"


def test_threats_go_to_the_protection_focal_point(db):
    row, _receipt = complaint(kind="danger")

    (flag,) = queries.flags(viewer_for(person("protection")), at=after(days=1))
    assert flag.source_code == row.code
    assert list(queries.flags(viewer_for(person("dara")), at=after(days=1))) == []
    with pytest.raises(NotAllowed):
        actions.take_flag(by=person("dara"), at=after(days=1), flag=flag.pk)
    actions.end_flag(
        by=person("protection"), at=after(days=2), flag=flag.pk, measures="Moved to another town"
    )
    assert ProtectionFlag.objects.get().taken_by == person("protection")


# The public page --------------------------------------------------------------------------------------------------


def door(language="en"):
    return reverse("responses:public-start", args=[language])


@pytest.fixture
def anybody(db):
    from constat.apps.reports import flood
    from constat.apps.responses import public

    flood.lookups._forget(None)
    public.complaints._forget(None)
    return Client(enforce_csrf_checks=True)


def look(client, code, language="en"):
    return client.post(door(language), {"do": "look", "code": code})


def test_every_wrong_code_gets_the_same_page(anybody, django_assert_num_queries):
    pages = []
    for code in ("", "1", "1234567890123456", "٠" * 16, "x" * 400):
        with django_assert_num_queries(3):
            answer = look(anybody, code)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
        pages.append(strip(answer.content))
    assert len(set(pages)) == 1
    assert b"We do not know this code" in answer.content


def strip(content):
    import re

    return re.sub(rb'name="uid" value="[^"]*"', b"", content)


def test_a_known_code_costs_the_same_and_has_the_same_length(anybody, django_assert_num_queries):
    case = decided("credible")
    code = told(case)
    row, receipt = complaint()
    known = [code_of(notice(code)), receipt]
    wrong = look(anybody, "1234567890123456")
    for one in known:
        with django_assert_num_queries(3):
            page = look(anybody, one)
        assert len(page.content) == len(wrong.content)
        assert b"credible" not in page.content.lower()
        assert case.code.encode() not in page.content
    assert row.code.encode() not in page.content


def test_somebody_complains_reads_the_code_and_later_the_answer(anybody):
    import uuid

    sent = {
        "do": "complain",
        "uid": str(uuid.uuid4()),
        "words": "لم يخبرني أحد",
        "kind": "decision",
        "code": "",
    }
    page = anybody.post(door("ar"), sent)
    assert page.status_code == 200
    assert 'dir="rtl"' in page.content.decode()
    row = Complaint.objects.get()
    receipt = code_of(row)
    grouped = " ".join(receipt[start : start + 4] for start in range(0, 16, 4))
    assert grouped in page.content.decode()
    assert anybody.post(door("ar"), sent).status_code == 200
    assert Complaint.objects.count() == 1

    assert "arrived" in look(anybody, receipt).content.decode()
    actions.take(by=person("reviewer"), at=after(days=400), complaint=row.code, reason="Mine")
    assert "is examined" in look(anybody, receipt).content.decode()
    answer(row, "not_upheld", (), answer="We looked again.")
    assert "We looked again." in look(anybody, receipt).content.decode()
    assert "lacks a witness" not in look(anybody, receipt).content.decode()


def test_words_are_needed_and_nothing_typed_is_lost(anybody):
    page = anybody.post(door(), {"do": "complain", "words": "  ", "contact": "the blue shop"})
    assert "Write what is wrong" in page.content.decode()
    assert "the blue shop" in page.content.decode()
    assert not Complaint.objects.exists()
    trap = anybody.post(door(), {"do": "complain", "words": "buy", "website": "spam"})
    assert not Complaint.objects.exists()
    assert "buy" in trap.content.decode()


def test_a_door_in_a_language_that_is_not_ours_is_no_door(anybody):
    assert anybody.get(door("xx")).status_code == 404
    for language in ("fr", "en", "ar"):
        page = anybody.get(door(language))
        assert page.status_code == 200
        assert b"<script" not in page.content
