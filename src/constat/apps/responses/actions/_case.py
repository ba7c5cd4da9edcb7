"""What every verb begins and ends with: the gate, the locked record, its one event."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.incidents.models import Incident
from constat.apps.incidents.queries import readable_incidents
from constat.apps.inquiries.models import Decision, Inquiry
from constat.apps.inquiries.queries import current_decision, readable_inquiries
from constat.apps.responses import reading
from constat.apps.responses.errors import Incomplete, NotAllowed, NotThere, WrongState
from constat.apps.responses.models import Addressee, Complaint, Notice, Track
from constat.rules.notices import FINAL
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer

R = TypeVar("R")
# The inquiry is decided and its answer is under way (vocabulary "inquiry_state").
ANSWERING = frozenset({"response", "notification"})


def language() -> str:
    return get_language() or "fr"


def permitted(by: Person, *permissions: Permission, at: datetime) -> Viewer:
    """The person as the rules see one, if any of the permissions is held."""
    viewer = viewer_of(by, at=at)
    decisions = [viewer.may(permission) for permission in permissions]
    if not any(decisions):
        raise NotAllowed(decisions[0].say(language()))
    return viewer


def held_incident(viewer: Viewer, code: str, at: datetime) -> Incident:
    found = (
        Incident.objects.select_for_update(of=("self",))
        .filter(pk__in=readable_incidents(viewer, at=at).values("pk"), code=code)
        .defer("search_text")
        .first()
    )
    return _there(found, code)


def held_inquiry(viewer: Viewer, code: str, at: datetime) -> Inquiry:
    found = (
        Inquiry.objects.select_for_update(of=("self",))
        .select_related("incident")
        .filter(pk__in=readable_inquiries(viewer, at=at).values("pk"), code=code)
        .first()
    )
    return _there(found, code)


def answering(inquiry: Inquiry) -> Decision:
    """The decision that is being told. Raises WrongState before there is one."""
    decision = current_decision(inquiry)
    if inquiry.state not in ANSWERING or decision is None or decision.outcome not in FINAL:
        raise WrongState(
            _("%(code)s has no decision to tell yet. Wait until it is decided.") % {"code": inquiry.code},
            code=inquiry.code,
        )
    return decision


def held_addressee(viewer: Viewer, incident: Incident, number: int, at: datetime) -> Addressee:
    found = (
        Addressee.objects.select_for_update(of=("self",))
        .filter(pk__in=reading.addressees(viewer, at=at).values("pk"), incident=incident, number=number)
        .first()
    )
    return _there(found, str(number))


def held_notice(viewer: Viewer, code: str, at: datetime, rows: QuerySet[Notice] | None = None) -> Notice:
    """The notice, locked. `rows`: among these instead of those the viewer may read."""
    rows = reading.notices(viewer, at=at) if rows is None else rows
    found = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("addressee__report", "inquiry__incident", "decision")
        .filter(pk__in=rows.values("pk"), code=code)
        .first()
    )
    return _there(found, code)


def held_complaint(viewer: Viewer, code: str, at: datetime) -> Complaint:
    found = (
        Complaint.objects.select_for_update(of=("self",))
        .filter(pk__in=reading.complaints(viewer, at=at).values("pk"), code=code)
        .first()
    )
    return _there(found, code)


def held_track(viewer: Viewer, pk: int, at: datetime) -> Track:
    found = (
        Track.objects.select_for_update(of=("self",))
        .filter(pk__in=reading.tracks(viewer, at=at).values("pk"), pk=pk)
        .first()
    )
    return _there(found, str(pk))


def _there(found: R | None, code: str) -> R:
    if found is None:
        raise NotThere(_("There is no record %(code)s among those you may read.") % {"code": code}, code=code)
    return found


def written_words(text: str, field: str, message: str) -> str:
    """The words without their margins; Incomplete where there are none."""
    if not text.strip():
        raise Incomplete(message, field=field)
    return text.strip()


def note(
    *, by: Person | str, verb: str, kind: str, key: object, at: datetime, details: Mapping[str, object] | None = None
) -> None:  # fmt: skip
    """The one event of the act. Codes and columns only: never words, names or numbers of people."""
    log.record(by=by, verb=f"responses.{verb}", object_type=kind, object_key=key, at=at, details=details)
