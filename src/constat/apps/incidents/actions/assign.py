"""Assign: an incident becomes somebody's work. Who is assigned sees more of it, so the one who grants access decides."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.access.visibility import facts_of
from constat.apps.incidents.actions._case import LIVE, note, open_incident
from constat.apps.incidents.errors import NotAllowed, NothingToDo
from constat.rules.permissions import Permission
from constat.rules.visibility import may_read


@transaction.atomic
def assign(*, by: Person, at: datetime, incident: str, to: Person | None) -> None:
    """`to` None takes it back. Level and compartments stay as they are: whoever could not read it cannot be assigned."""
    found = open_incident(by, Permission.ACCESS_GRANT, incident, at, states=LIVE).incident
    if found.assigned_to_id == (to.pk if to else None):
        raise NothingToDo(_("Nothing was changed."), code=incident)
    found.assigned_to = to
    if to is not None:
        viewer = viewer_of(to, at=at)
        if not viewer.may(Permission.INCIDENTS_READ) or not may_read(
            viewer, facts_of(found, kind="incident", granted_to=frozenset())
        ):
            raise NotAllowed(
                _("%(person)s may not read this incident. Choose somebody else.")
                % {"person": to.display_name}
            )
    found.updated_at = at
    found.save(update_fields=["assigned_to", "updated_at"])
    note(by=by, verb="assign", incident=found, at=at, details={"to": to.pk if to else None})
