"""Tell: those concerned by a decision were told, safely, or it is noted why that was impossible. Ends the clock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import CLOSED, note, open_incident
from constat.apps.incidents.actions._stage import start_clock
from constat.apps.incidents.errors import Incomplete, NothingToDo
from constat.apps.incidents.models import Revision
from constat.rules.permissions import Permission

NOTIFY = "notify"  # vocabulary "clock"


@transaction.atomic
def tell(
    *,
    by: Person,
    at: datetime,
    incident: str,
    reason: str,
    permission: Permission = Permission.INCIDENTS_BUILD,
) -> None:
    """`reason`: by which way they were told, or why not. Never a number or a name: those stay in the vault.

    `permission`: of the act this one is a part of (closing a case, where everybody was told before).
    """
    found = open_incident(by, permission, incident, at, states={CLOSED}).incident
    if found.clock != NOTIFY:
        raise NothingToDo(_("Nobody waits to be told about this incident."), code=incident)
    if not reason.strip():
        raise Incomplete(
            _("Write how the people concerned were told, or why it was impossible."), field="reason"
        )
    start_clock(found, "", at=at)
    Revision.objects.create(incident=found, before={"clock": NOTIFY}, reason=reason.strip(), by=by, at=at)
    sums.refresh(found, at=at)
    note(by=by, verb="tell", incident=found, at=at)
