"""Two people decide on one file, or open an inquiry on one incident, at the same moment: exactly one does."""

import pytest
from django.db import IntegrityError, transaction

from constat.apps.incidents.errors import IncidentError
from constat.apps.inquiries import actions
from constat.apps.inquiries.errors import InquiryError
from constat.apps.inquiries.models import Decision, Inquiry
from constat.apps.inquiries.tests import cases
from constat.rules.speech import RuleError
from tests.at_once import QUEUED, at_once
from tests.cast import NOW, make_person

REFUSALS = (InquiryError, IncidentError, RuleError)


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_decision_of_that_number(chen):
    found = cases.credible(chen)
    row = Decision.objects.get(inquiry=found)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_open_inquiry(chen):
    found = cases.opened(chen)
    found.pk, found.code = None, "Q-2026-999999"
    with pytest.raises(IntegrityError), transaction.atomic():
        found.save(force_insert=True)


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_exactly_one_wins():
    found = cases.at_decision()
    kadi = cases.person("approver")
    other = make_person("other", role="approver", section="chief_of_staff")
    other.set_password(cases.PASSWORD)
    other.save()

    outcomes = at_once(
        lambda: cases.decide(found, kadi, "credible"),
        lambda: cases.decide(found, other, "not_enough_evidence"),
        refusals=REFUSALS,
    )

    assert outcomes == ["done", "refused"]
    assert Decision.objects.filter(inquiry=found).count() == 1


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_of_two_inquiries_opened_at_once_exactly_one_is():
    chen, dara = cases.person("chen"), cases.person("dara")
    incident = cases.alleged(chen)

    outcomes = at_once(
        *(
            lambda by=by: actions.open_inquiry(by=by, at=NOW, incident=incident.code, reason="Said to be us")
            for by in (chen, dara)
        ),
        refusals=REFUSALS,
    )

    assert outcomes == ["done", "refused"]
    assert Inquiry.objects.filter(incident=incident).count() == 1
