"""The mark of an open inquiry on an incident, and what its decision says of our own force. Called by inquiries.

While the mark stands, the incident is not closed past the inquiry and not merged away from under it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents.actions._case import (
    CLOSED,
    IN_REVIEW,
    LIVE,
    OPEN,
    held,
    language,
    note,
    permitted,
)
from constat.apps.incidents.errors import NothingToDo, SamePersonTwice, WrongState
from constat.apps.incidents.models import Incident, IncidentGrant, Revision
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def set_docket(
    *, by: Person, at: datetime, incident: str, docket: str, permission: Permission, reopens: bool = False
) -> None:
    """An inquiry opened. permission: that of the act which opens it. reopens: of a closed incident, taken up again with it."""
    found = held(permitted(by, permission, at), incident, at, states=LIVE if reopens else {OPEN, IN_REVIEW})
    if found.docket:
        raise NothingToDo(
            _("Inquiry %(docket)s is open on %(code)s already. Work there.")
            % {"docket": found.docket, "code": found.code},
            code=found.code,
        )
    if found.state == CLOSED:
        raise WrongState(
            _("%(code)s is closed. Reopen it with what is new.") % {"code": found.code}, code=found.code
        )
    found.docket, found.updated_at = docket, at
    found.save(update_fields=["docket", "updated_at"])
    note(by=by, verb="docket", incident=found, at=at, details={"inquiry": docket})


@transaction.atomic
def clear_docket(*, by: Person, at: datetime, incident: str, docket: str, permission: Permission) -> None:
    """The inquiry ended. Only the inquiry that set the mark takes it away."""
    found = held(permitted(by, permission, at), incident, at, states=LIVE)
    if found.docket != docket:
        raise NothingToDo(
            _("No inquiry %(docket)s is open on %(code)s.") % {"docket": docket, "code": found.code},
            code=found.code,
        )
    found.docket, found.updated_at = "", at
    found.save(update_fields=["docket", "updated_at"])
    note(by=by, verb="undocket", incident=found, at=at, details={"inquiry": docket})


@transaction.atomic
def find_involvement(
    *, by: Person, at: datetime, incident: str, docket: str, involvement: str, permission: Permission
) -> None:
    """A signed decision says whether our force was involved; the incident says it from now on. What it said before stays."""
    vocabulary("involvement").check(involvement)
    found = held(permitted(by, permission, at), incident, at, states=LIVE)
    if found.docket != docket:
        raise NothingToDo(
            _("No inquiry %(docket)s is open on %(code)s.") % {"docket": docket, "code": found.code},
            code=found.code,
        )
    if found.involvement == involvement:
        return
    before, found.involvement, found.updated_at = found.involvement, involvement, at
    found.save(update_fields=["involvement", "updated_at"])
    Revision.objects.create(incident=found, before={"involvement": before}, reason=docket, by=by, at=at)
    note(by=by, verb="find_involvement", incident=found, at=at,
         details={"inquiry": docket, "columns": ["involvement"]})  # fmt: skip


@transaction.atomic
def open_to_team(
    *, by: Person, at: datetime, incident: str, docket: str, person: Person, days: int, permission: Permission
) -> None:
    """A member of the investigation reads the incident while it lasts. It never opens a compartment; nobody grants to oneself."""
    found = held(permitted(by, permission, at), incident, at, states=LIVE)
    decision = separate([str(person.pk)], str(by.pk), "grant_self")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=incident)
    until = at + timedelta(days=days)
    IncidentGrant.objects.create(
        incident=found, person=person, reason=docket, granted_by=by, starts_at=at, ends_at=until
    )
    note(by=by, verb="share", incident=found, at=at,
         details={"person": person.pk, "section": "", "until": until, "inquiry": docket})  # fmt: skip


@transaction.atomic
def close_to_team(*, by: Person, at: datetime, incident: str, docket: str, person: Person,
                  permission: Permission) -> None:  # fmt: skip
    """The leave that the investigation gave ends now. The row stays."""
    found: Incident = held(permitted(by, permission, at), incident, at, states=LIVE)
    IncidentGrant.objects.filter(incident=found, person=person, reason=docket, ends_at__gt=at).update(
        ends_at=at
    )
    note(by=by, verb="unshare", incident=found, at=at, details={"person": person.pk, "inquiry": docket})
