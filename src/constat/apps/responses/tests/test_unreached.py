"""Nobody is left without an answer on the word of one person: another confirms it, and until then the notice is owed."""

import pytest
from django.db import IntegrityError, transaction

from constat.apps.responses import actions, queries
from constat.apps.responses.errors import CannotClose, NotAllowed, NotThere, SamePersonTwice
from constat.apps.responses.models import Notice
from constat.apps.responses.tests.cases import (
    add,
    after,
    cleared,
    close,
    decided,
    not_told,
    notice,
    person,
    reported,
    said_unreached,
    told,
)
from constat.rules.speech import RuleError
from constat.rules.workflow import IllegalTransition
from tests.at_once import QUEUED, at_once
from tests.cast import NOW, exactly_one_event, make_person, viewer_for


@pytest.fixture
def case(db):
    return decided("credible")


def confirm(by, code, at=None):
    actions.confirm_unreached(by=by, at=at or after(hours=2), notice=code, reason="Both searches are noted")


def send_back(by, code):
    actions.send_back_claim(by=by, at=after(hours=2), notice=code, reason="Ask the school first")


def test_one_word_leaves_the_notice_owed_in_the_queue_and_before_the_end(case):
    number = add(case)
    with exactly_one_event("responses.note_no_contact") as found:
        code = said_unreached(case, number)
    assert "Searched" not in found[0].details

    assert notice(code).state == "unreached"
    (line,) = queries.cases(viewer_for(person("dara")), at=after(hours=2))
    assert (line.told, line.waiting, line.unconfirmed) == (0, 1, 1) and line.clock is not None
    with pytest.raises(CannotClose, match="by one person only") as refusal:
        close(case, reason="established")
    assert [gap.code for gap in refusal.value.gaps] == ["gap_unconfirmed"]
    assert [one.code for one in queries.to_confirm(viewer_for(person("dara")), at=after(hours=2))] == [code]
    assert queries.to_confirm(viewer_for(person("chen")), at=after(hours=2)) == [], "not one's own word"


def test_a_second_person_confirms_and_the_case_may_end(case):
    code = said_unreached(case)

    with exactly_one_event("responses.confirm_unreached"):
        confirm(person("dara"), code)

    row = notice(code)
    assert (row.state, row.confirmed_by, row.no_contact_reason) == ("not_told", person("dara"), "not_found")
    assert queries.to_confirm(viewer_for(person("dara")), at=after(hours=2)) == []
    close(case, reason="established")
    case.refresh_from_db()
    assert (case.state, case.notices) == ("closed", [f"{code}:not_found"])


def test_sent_back_it_is_a_draft_again_and_the_text_is_read_once_more(case):
    number = add(case)
    code = cleared(case, number)
    said_unreached(case, number)

    with exactly_one_event("responses.send_back_claim"):
        send_back(person("dara"), code)

    row = notice(code)
    assert (row.state, row.no_contact_reason, row.noted_by, row.cleared_by) == ("draft", "", None, None)
    assert row.steps.order_by("-pk")[0].reason == "Ask the school first"
    with pytest.raises(CannotClose):
        close(case, reason="established")


def test_somebody_found_while_it_waits_is_told(case):
    code = said_unreached(case)
    actions.reopen_notice(by=person("chen"), at=after(hours=2), notice=code, trigger="Her cousin called")
    assert notice(code).state == "draft"
    with pytest.raises(IllegalTransition):
        confirm(person("dara"), code, at=after(hours=3))


def test_neither_who_said_so_nor_who_put_the_person_on_the_list_confirms(case):
    number = add(case, by=person("dara"))
    code = said_unreached(case, number)
    for by in (person("chen"), person("dara")):
        with pytest.raises(SamePersonTwice):
            confirm(by, code)
        with pytest.raises(SamePersonTwice):
            send_back(by, code)
    other = make_person("other", role="analyst", section="civilian_harm_cell")
    confirm(other, code)


def test_who_recorded_the_harm_or_the_report_does_not_confirm(db):
    harmed = decided("credible", persons=True)
    key = str(harmed.incident.persons.get().person_id)
    number = add(harmed, by=person("dara"), kind="beneficiary", key=key)
    code = actions.note_no_contact(by=person("dara"), at=after(hours=1), inquiry=harmed.code, addressee=number,
                                   no_contact_reason="not_found", reason="Searched")  # fmt: skip
    with pytest.raises(SamePersonTwice):
        confirm(person("chen"), code)

    report, _receipt = reported()
    type(report).objects.filter(pk=report.pk).update(recorded_by=person("dara"))
    case = decided("not_enough_evidence", report)
    heard = said_unreached(case, add(case, kind="reporter", report=report.code))
    with pytest.raises(SamePersonTwice):
        confirm(person("dara"), heard)


def test_who_holds_no_leave_is_refused_and_who_may_not_read_finds_nothing(case):
    code = said_unreached(case)
    for name in ("amends", "legal", "approver", "certifier", "reviewer", "esi", "farid", "commander"):
        with pytest.raises(NotAllowed):
            confirm(person(name), code)
    protected = decided("credible")
    number = add(protected)
    protected.incident.addressees.update(compartment="child")
    hidden = Notice.objects.get(code=said_with(person("child_adviser"), protected, number))
    with pytest.raises(NotThere):
        confirm(person("dara"), hidden.code)
    second = make_person("second", role="child_adviser", section="child_protection", compartments=("child",))
    confirm(second, hidden.code)


def said_with(by, case, number):
    return actions.note_no_contact(by=by, at=after(hours=1), inquiry=case.code, addressee=number,
                                   no_contact_reason="not_found", reason="Searched")  # fmt: skip


def test_a_survivor_s_adviser_is_confirmed_by_a_second_one_who_sees_no_contact(case):
    adviser = person("crsv_adviser")
    number = add(case, by=adviser, survivor=True, adviser=adviser, contact={"name": "Awa Inventée"})
    code = said_with(adviser, case, number)
    assert queries.to_confirm(viewer_for(person("dara")), at=after(hours=2)) == [], (
        "outside the compartment nobody knows"
    )
    with pytest.raises(NotThere):
        confirm(person("dara"), code)

    second = make_person("second", role="crsv_adviser", section="women_protection", compartments=("crsv",))
    (line,) = queries.to_confirm(viewer_for(second), at=after(hours=2))
    assert line.code == code and "no." not in line.who and "Awa" not in str(line)
    with pytest.raises(NotThere):
        queries.notice(viewer_for(second), code, at=after(hours=2))
    confirm(second, code)
    assert notice(code).state == "not_told"


def test_a_person_who_was_told_is_not_said_to_be_out_of_reach(case):
    number = add(case)
    told(case, number)
    with pytest.raises(IllegalTransition):
        said_unreached(case, number)


def test_the_database_refuses_one_word_too(case):
    row = notice(said_unreached(case))
    for change in (
        {"state": "not_told"},
        {"state": "not_told", "confirmed_by": person("chen"), "confirmed_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=row.pk).update(**change)


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_at_the_same_moment_one_is_taken():
    case = decided("credible")
    code = said_unreached(case)
    dara = person("dara")
    other = make_person("other", role="analyst", section="civilian_harm_cell")

    done = at_once(lambda: confirm(dara, code), lambda: confirm(other, code), refusals=(RuleError,))

    assert done == ["done", "refused"]
    assert notice(code).steps.filter(verb="confirm_unreached").count() == 1


def test_a_confirmed_reason_can_still_be_taken_up_again(case):
    code = not_told(case)
    actions.reopen_notice(by=person("chen"), at=after(hours=3), notice=code, trigger="Found")
    assert notice(code).confirmed_by is None
