"""Link: these reports tell of this incident, says somebody. Many at once; one report may belong to several incidents."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import LIVE, held_report, open_incident
from constat.apps.incidents.actions._links import join, tell
from constat.apps.incidents.errors import Incomplete, NothingToDo
from constat.rules.permissions import Permission


@transaction.atomic
def link(
    *, by: Person, at: datetime, incident: str, reports: Sequence[str], relation: str, reason: str = ""
) -> tuple[str, ...]:
    """The codes newly linked; those linked already are passed over. Raises NothingToDo when that is all of them.

    relation: vocabulary "link_relation". One event per report: each tells a different account's story.
    """
    if not reports:
        raise Incomplete(_("Choose at least one report to link."), field="reports")
    opened = open_incident(by, Permission.REPORTS_LINK, incident, at, states=LIVE)
    why = reason.strip() or _("Linked by a person who compared them")
    done = []
    for code in dict.fromkeys(reports):
        report = held_report(opened.viewer, code, at)
        if join(opened.incident, report, relation=relation, reason=why, by=by, at=at) is None:
            continue
        tell(
            by=by, verb="link", incident=opened.incident, report=report, at=at, details={"relation": relation}
        )
        done.append(code)
    if not done:
        raise NothingToDo(
            _("These reports are linked to %(code)s already.") % {"code": incident}, code=incident
        )
    sums.refresh(opened.incident, at=at)
    return tuple(done)
