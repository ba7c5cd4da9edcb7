"""What every verb of operations begins and ends with: the permission, the locked record, its one event."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.operations.errors import AlreadyWithdrawn, Incomplete, NotAllowed, OperationNotFound
from constat.apps.operations.models import Operation
from constat.rules.permissions import Permission


def language() -> str:
    return get_language() or "fr"


def require(by: Person | str, permission: Permission, at: datetime) -> None:
    """ "system" stands for set-up, demo and the command line, run by whoever holds the machine; no other word passes."""
    if isinstance(by, Person):
        decision = viewer_of(by, at=at).may(permission)
        if not decision:
            raise NotAllowed(decision.say(language()))
    elif by != "system":
        raise ValueError(f"{by!r} is neither a person nor the system")


def person(by: Person | str) -> Person | None:
    return by if isinstance(by, Person) else None


def reasoned(reason: str) -> str:
    if not reason.strip():
        raise Incomplete(_("Write a reason."), field="reason")
    return reason.strip()


def held(code: str) -> Operation:
    """The operation of that code, locked until the transaction ends. Whoever may record may read every operation."""
    found = Operation.objects.select_for_update(of=("self",)).select_related("unit").filter(code=code).first()
    if found is None:
        raise OperationNotFound(_("There is no operation %(code)s.") % {"code": code}, code=code)
    if found.withdrawn_at is not None:
        raise AlreadyWithdrawn(
            _("%(code)s was withdrawn. Record the operation anew if it took place after all.")
            % {"code": code},
            code=code,
        )
    return found


def note(
    *, by: Person | str, verb: str, kind: str, key: object, at: datetime, details: Mapping[str, object]
) -> None:
    """Codes, columns and counts only: the words of a log may name somebody."""
    log.record(
        by=by, verb=f"operations.{verb}", object_type=kind, object_key=str(key), at=at, details=details
    )
