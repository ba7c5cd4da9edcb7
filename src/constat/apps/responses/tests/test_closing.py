"""No case ends in silence: everybody owed an answer has one, or a coded reason; nothing promised stays open."""

import uuid
from decimal import Decimal

import pytest

from constat.apps.amends import actions as amends
from constat.apps.amends.queries import harms_waiting
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.models import Incident
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.inquiries import actions as inquiries
from constat.apps.inquiries.models import Inquiry
from constat.apps.reports.models import Report
from constat.apps.reports.public.status import find, status_of
from constat.apps.responses import actions, queries
from constat.apps.responses.errors import CannotClose, NotAllowed, WrongState
from constat.apps.responses.models import Notice
from constat.apps.responses.tests.cases import (
    add,
    after,
    close,
    decided,
    go,
    held_back,
    not_told,
    offer,
    person,
    reported,
    tell,
    told,
)
from tests.cast import NOW, make_person, viewer_for


def gaps(case, **over):
    with pytest.raises(CannotClose) as refusal:
        close(case, **over)
    case.refresh_from_db()
    assert case.state != "closed", "a refusal changes nothing"
    return [gap.code for gap in refusal.value.gaps], str(refusal.value)


def test_the_reporter_is_named_as_missing_and_the_refusal_says_what_to_do(db):
    report, _code = reported()
    case = decided("not_enough_evidence", report)

    codes, said = gaps(case)

    assert codes == ["gap_notice"]
    assert report.code in said
    assert "Tell the person, or note why it is impossible" in said
    assert "Awa" not in said


def test_a_told_reporter_ends_the_case_and_reads_the_outcome_with_the_receipt(db):
    report, receipt = reported()
    case = decided("not_enough_evidence", report)
    notice = told(case, add(case, kind="reporter", report=report.code))

    close(case)

    case.refresh_from_db()
    assert (case.state, case.notices) == ("closed", [notice])
    incident = Incident.objects.get(pk=case.incident_id)
    assert (incident.state, incident.clock, incident.docket) == ("closed", "", "")
    report.refresh_from_db()
    assert (report.state, report.outcome, report.clock) == ("closed", "close_not_enough_evidence", "")
    assert "not enough evidence at this time" in status_of(find(receipt)).text


def test_a_duplicate_keeps_its_receipt_and_its_reporter_is_told_too(db):
    """Invariant 9."""
    first, receipt = reported()
    second, other = reported()
    case = decided("not_enough_evidence", first)
    chen = person("chen")
    incidents.link(by=chen, at=NOW, incident=case.incident.code, reports=[second.code],
                   relation="duplicate_without_value", reason="The same account")  # fmt: skip
    told(case, add(case, kind="reporter", report=first.code))

    codes, said = gaps(case)
    assert codes == ["gap_notice"]
    assert second.code in said

    not_told(case, add(case, kind="reporter", report=second.code), reason="displaced")
    close(case)
    for code in (receipt, other):
        assert status_of(find(code)).step == "closed"
        assert "not enough evidence" in status_of(find(code)).text


def test_somebody_who_left_no_way_of_contact_reads_it_with_the_receipt(db):
    report, receipt = reported(named=False)
    case = decided("own_force_not_involved", report)

    close(case, reason="no_own_operation")

    assert status_of(find(receipt)).step == "closed"
    case.refresh_from_db()
    assert case.notices == ["no_way_left"]


def test_a_file_or_a_sensor_waits_for_nothing(db):
    case = decided("not_enough_evidence", reported(named=False, receipt=False)[0])

    close(case)

    assert Inquiry.objects.get(pk=case.pk).state == "closed"


def test_where_harm_was_found_somebody_of_those_harmed_is_told(db):
    case = decided("credible")

    codes, _said = gaps(case, reason="established")
    assert codes == ["gap_nobody"]

    told(case, add(case, kind="community"))
    close(case, reason="established")
    assert Inquiry.objects.get(pk=case.pk).state == "closed"


def test_a_harm_for_which_nothing_is_offered_and_no_reason_stands_holds_the_case(db):
    case = decided("credible", answered=False)
    told(case, add(case, kind="community"))

    codes, said = gaps(case, reason="established")
    assert set(codes) == {"gap_harm"}
    assert "Propose a measure, or note why nothing is offered" in said

    held_back(case)
    close(case, reason="established")
    assert Inquiry.objects.get(pk=case.pk).state == "closed"


def test_a_person_whose_name_is_known_is_owed_an_answer(db):
    case = decided("credible", persons=True)
    told(case, add(case, kind="community"))

    codes, said = gaps(case, reason="established")

    assert codes == ["gap_notice"]
    key = str(case.incident.persons.get().person_id)
    assert key[:8] in said
    told(case, add(case, kind="beneficiary", key=key))
    close(case, reason="established")


def test_an_open_offer_holds_the_case_and_is_named(db):
    case = decided("credible")
    key = uuid.uuid4()
    told(case, add(case, kind="beneficiary", key=str(key)))
    promised = offer(case, key, "accepted")

    codes, said = gaps(case, reason="established")
    assert codes == ["gap_offer"]
    assert promised.code in said

    type(promised).objects.filter(pk=promised.pk).update(state="delivered")
    close(case, reason="established")


def test_whoever_something_is_offered_to_must_be_told(db):
    case = decided("credible")
    told(case, add(case, kind="community"))
    key = uuid.uuid4()
    offer(case, key, "declined")

    codes, said = gaps(case, reason="established")

    assert codes == ["gap_notice"]
    assert str(key)[:8] in said


def test_people_of_a_closed_compartment_are_counted_and_not_shown(db, cast):
    report, receipt = reported(compartment="crsv", sexual_violence="yes", sensitivity=3)
    case = decided("not_enough_evidence")
    from constat.apps.incidents.models import IncidentReport

    IncidentReport.objects.create(
        incident=case.incident,
        report=report,
        relation="same_event",
        linked_at=NOW,
        linked_by=cast.crsv_adviser,
    )
    Report.objects.filter(pk=report.pk).update(state="linked")

    codes, said = gaps(case)
    assert codes == ["gap_hidden"]
    assert report.code not in said

    adviser = cast.crsv_adviser
    number = add(case, by=adviser, kind="reporter", report=report.code)
    actions.note_no_contact(by=adviser, at=after(hours=1), inquiry=case.code, addressee=number,
                            no_contact_reason="not_found", reason="Asked her aunt")  # fmt: skip
    second = make_person("second", role="crsv_adviser", section="women_protection", compartments=("crsv",))
    (claim,) = queries.to_confirm(viewer_for(second), at=after(hours=2))
    actions.confirm_unreached(
        by=second, at=after(hours=2), notice=claim.code, reason="Her aunt was asked twice"
    )
    close(case)
    assert status_of(find(receipt)).step == "closed", "nobody's receipt is forgotten"


def test_a_report_of_two_events_waits_for_both(db):
    report, receipt = reported()
    case = decided("not_enough_evidence", report)
    build(person("bruno"), report)
    told(case, add(case, kind="reporter", report=report.code))

    close(case)

    report.refresh_from_db()
    assert report.state == "linked"
    assert status_of(find(receipt)).step == "followed"


def test_a_draft_or_a_cleared_text_is_not_a_notice(db):
    case = decided("credible")
    number = add(case)
    code = actions.draft(by=person("chen"), at=NOW, inquiry=case.code, addressee=number)
    assert gaps(case, reason="established")[0] == ["gap_notice"]
    actions.clear(by=person("dara"), at=NOW, notice=code, reason="Good")
    assert gaps(case, reason="established")[0] == ["gap_notice"]
    go(case, number)
    tell(code)
    close(case, reason="established")


def test_a_new_decision_is_told_anew(db):
    case = decided("credible")
    number = add(case)
    told(case, number)
    inquiries.reopen(by=person("approver"), at=after(hours=2), inquiry=case.code, trigger="A video")
    case.refresh_from_db()
    with pytest.raises(WrongState):
        close(case, reason="established")
    from constat.apps.inquiries.tests import cases as helper

    helper.search(case, at=after(hours=2))
    inquiries.open_assessment(by=person("chen"), at=after(hours=2), inquiry=case.code, reason="New")
    helper.assess(case, at=after(hours=2))
    inquiries.submit_to_decision(by=person("chen"), at=after(hours=2), inquiry=case.code, reason="Ready")
    helper.decide(helper.inquiry_of(case.code), outcome="not_enough_evidence", at=after(hours=2))
    case.refresh_from_db()

    codes, _said = gaps(case, at=after(hours=3))
    assert codes == ["gap_notice"]
    assert Notice.objects.filter(inquiry=case).count() == 1


def test_the_case_is_closed_by_who_may_and_by_nobody_who_worked_on_it(db, cast):
    from constat.apps.incidents.errors import SamePersonTwice

    case = decided("not_enough_evidence", make_report(involvement="alleged"))
    for name in ("chen", "amends", "reviewer"):
        with pytest.raises(NotAllowed):
            close(case, by=person(name))
    incident = Incident.objects.get(pk=case.incident_id)
    incidents.return_to_open(by=person("dara"), at=NOW, incident=incident.code, reason="A word is missing")
    incidents.submit_for_review(by=person("dara"), at=NOW, incident=incident.code, reason="Now")
    with pytest.raises(SamePersonTwice):
        close(case)
    case.refresh_from_db()
    assert case.state == "notification", "all of it is undone together"
    close(case, by=person("approver"))


def test_a_closed_case_is_not_closed_twice(db):
    case = decided("not_enough_evidence")
    close(case)
    with pytest.raises(WrongState):
        close(case)


def test_a_harm_that_one_person_says_was_settled_elsewhere_holds_the_case(db):
    case = decided("credible", answered=False)
    told(case, add(case, kind="community"))
    for one in harms_waiting(case):
        code = amends.settled_elsewhere(
            by=person("amends"), at=NOW, inquiry=case.code, harm=one.harm, person=one.person, quantity=one.left,
            measure="ex_gratia_injury", payer="host_state", amount=Decimal(900), currency="USD", reason="A list",
        )  # fmt: skip
        codes, said = gaps(case, reason="established")
        assert "gap_claim" in codes and code in said and "by one person only" in said
        amends.confirm_settled(by=person("legal"), at=NOW, offer=code, reason="The list was seen")

    close(case, reason="established")
    assert Inquiry.objects.get(pk=case.pk).state == "closed"
