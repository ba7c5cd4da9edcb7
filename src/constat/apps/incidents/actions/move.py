"""Move: this report belongs to another incident. One act: cut there, linked here, both incidents counted anew."""

from datetime import datetime

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import LIVE, held_report, held_together, permitted
from constat.apps.incidents.actions._links import join, leave, tell
from constat.apps.incidents.actions.cut import live_link
from constat.rules.permissions import Permission


@transaction.atomic
def move(
    *, by: Person, at: datetime, report: str, source: str, target: str, relation: str, reason: str
) -> None:
    """source, target: codes of incidents. Linked first and cut after, so that the report is never without an incident."""
    viewer = permitted(by, Permission.REPORTS_LINK, at)
    old, new = held_together(viewer, [source, target], at, states=LIVE)
    account = held_report(viewer, report, at)
    link = live_link(old, account)
    join(new, account, relation=relation, reason=reason, by=by, at=at)
    leave(link, reason=reason, by=by, at=at)
    for incident, other, verb in ((old, new, "move_out"), (new, old, "move_in")):
        sums.refresh(incident, at=at)
        tell(by=by, verb=verb, incident=incident, report=account, at=at, details={"other": other.code})
