"""Withdraw consent: by any channel, purpose by purpose. The earlier answer stays readable; the latest one counts."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import written
from constat.apps.reports.errors import NothingToDo
from constat.apps.reports.models import Consent, Report
from constat.rules.permissions import Permission


def withdraw_consent(
    *, by: Person, at: datetime, report: str, purposes: Sequence[str], language: str = "und"
) -> Report:
    """Raises NothingToDo when none of the purposes stands at yes."""
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, Permission.REPORTS_RECORD, report=report, at=at)
        standing = agreed(found)
        ended = [purpose for purpose in purposes if purpose in standing]
        if not ended:
            raise NothingToDo(_("None of these purposes was agreed to: nothing to withdraw."))
        Consent.objects.bulk_create(
            [Consent(report=found, purpose=one, answer="no", language=language, at=at) for one in ended]
        )
        written(found, "withdraw_consent", by=by, at=at, details={"purposes": ended})
    return found


def agreed(report: Report) -> frozenset[str]:
    """The purposes whose latest answer is yes."""
    latest = dict(
        Consent.objects.filter(Q(report=report)).order_by("at", "id").values_list("purpose", "answer")
    )
    return frozenset(purpose for purpose, answer in latest.items() if answer == "yes")
