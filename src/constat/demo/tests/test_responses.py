"""The demo plays the answer through the same actions as people: what it leaves is what a visitor finds."""

from constat.apps.inquiries.models import Inquiry
from constat.apps.responses.models import Complaint, Notice
from constat.apps.responses.tests.cases import after, decided, person, reported
from constat.demo.responses import answer


def test_the_demo_tells_closes_and_leaves_something_to_do(db):
    report, _code = reported()
    cases = [decided("not_enough_evidence", report), decided("credible"), decided("no_civilian_harm")]

    done = answer(people={"chen": person("chen"), "dara": person("dara")}, inquiries=cases, at=after(days=2))

    assert (done.told, done.closed) == (2, 1)
    assert Notice.objects.get(code=done.draft).state == "draft"
    assert done.unreached == 1 == Notice.objects.filter(state="not_told", confirmed_by=person("dara")).count()
    assert Notice.objects.get(code=done.claim).state == "unreached"
    assert Complaint.objects.get(code=done.complaint).state == "received"
    assert Inquiry.objects.get(pk=cases[0].pk).state == "closed"
