"""Grade one account: how reliable its source, how credible what it says (judged apart), how it knows, who copies whom."""

from datetime import datetime

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import written
from constat.apps.reports.models import Report
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

# Whoever sorts a report grades it first; whoever builds incidents grades it again with more beside it.
MAY = (Permission.REPORTS_TRIAGE, Permission.INCIDENTS_GRADE)


def grade(
    *, by: Person, at: datetime, report: str, reliability: str, credibility: str, source_access: str = "unknown",
    independence_group: str = "",
) -> Report:  # fmt: skip
    """Codes of the vocabularies of those names. Accounts that copy one another share an independence group."""
    for name, code in (
        ("reliability", reliability),
        ("credibility", credibility),
        ("source_access", source_access),
    ):
        vocabulary(name).check(code)
    with transaction.atomic():
        found = open_report(by, *MAY, report=report, at=at)
        before = {"reliability": found.reliability, "credibility": found.credibility}
        found.reliability, found.credibility, found.source_access = reliability, credibility, source_access
        found.independence_group = independence_group.strip()[:80]
        written(found, "grade", "reliability", "credibility", "source_access", "independence_group", by=by, at=at,
                details={"reliability": reliability, "credibility": credibility, "access": source_access,
                         "before": before})  # fmt: skip
    return found
