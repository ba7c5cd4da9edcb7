"""Two people approve one referral at the same moment: exactly one of them does it."""

import pytest

from constat.apps.referrals import actions
from constat.apps.referrals.errors import ReferralError
from constat.apps.referrals.models import Referral, ReferralStep
from constat.apps.referrals.tests.cases import case, referral
from constat.rules.speech import RuleError
from tests.at_once import QUEUED, at_once
from tests.cast import NOW, Cast, make_person


@QUEUED
@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_and_exactly_one_wins():
    cast = Cast()
    second = make_person("second", role="legal_adviser", section="legal")
    code = referral(cast.dara, case(cast.dara))
    actions.judge_risk(by=cast.protection, at=NOW, referral=code, risk="low")
    actions.submit_for_review(by=cast.dara, at=NOW, referral=code, reason="Prêt.")

    def approve(person):
        return lambda: actions.approve(by=person, at=NOW, referral=code, reason="Vu.")

    assert at_once(approve(cast.legal), approve(second), refusals=(ReferralError, RuleError)) == [
        "done",
        "refused",
    ]
    assert Referral.objects.get(code=code).state == "approved"
    assert ReferralStep.objects.filter(referral__code=code, verb="approve").count() == 1
