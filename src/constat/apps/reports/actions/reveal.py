"""Reveal: who spoke and how to reach them safely, for a stated purpose. Nothing is written to the report.

The vault commits its event before it opens anything, so this verb runs in no transaction of its own.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from constat.apps.access import vault
from constat.apps.access.models import Identity, Person
from constat.apps.access.visibility import facts_of, granted_to, readable
from constat.apps.reports.actions._gate import require
from constat.apps.reports.errors import NothingToDo, NotNeeded, ReportNotFound
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.permissions import Permission
from constat.rules.visibility import Field, may_see

# What a person needs who must call back, and no name: a need-to-know of "coarse" for the identity of a source.
CONTACT_ONLY = frozenset({"contact", "phone", "safe_way", "safe_hours", "may_call", "who_may_answer"})


def reveal(*, by: Person, at: datetime, report: str, purpose: str) -> dict[str, str]:
    """Values by name. Raises ReportNotFound, NotNeeded, NothingToDo (no purpose given, or nobody left a contact)."""
    viewer = require(by, Permission.IDENTITIES_REVEAL, at=at)
    mine = readable(viewer, kind="report", grants=ReportGrant.objects.all(), grant_key="report_id", at=at)
    found = Report.objects.defer("original", "search_text", "extra").filter(mine).filter(code=report).first()
    if found is None:
        raise ReportNotFound(_("There is no report %(code)s among those you may read.") % {"code": report})
    facts = facts_of(found, kind="report", granted_to=granted_to(found.grants.all(), at=at))
    access = may_see(viewer, facts, Field.SOURCE_IDENTITY, purpose)
    if not access:
        if access.reason == "purpose_needed":
            raise NothingToDo(_("Write what you need the contact for. It is written in the log."))
        raise NotNeeded(_("Your work does not need to know who spoke."))
    if found.reporter_key is None or not Identity.objects.filter(pk=found.reporter_key).exists():
        raise NothingToDo(_("Whoever spoke left no name and no way to make contact."))
    values = vault.reveal(found.reporter_key, by=by, viewer=viewer, purpose=purpose, at=at)
    if access.level == "coarse":
        return {name: value for name, value in values.items() if name in CONTACT_ONLY}
    return values
