"""What every verb asks first."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.errors import NotAllowed, Refused
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.visibility import Viewer

SYSTEM = "system"  # set-up and demo, run by whoever already holds the machine


def require(by: Person | str, permission: Permission, *, at: datetime) -> None:
    """The person holds the permission at that moment. `system` is the command line; anybody else without a name is refused."""
    if isinstance(by, Person):
        NotAllowed.unless(viewer_of(by, at=at).may(permission))
    elif by != SYSTEM:
        raise Refused("nobody", _("Sign in first: this act needs a person who answers for it."))


def permitted(
    by: Person, permission: Permission, at: datetime, *, refusal: Callable[[str], Exception]
) -> Viewer:
    """The person as the rules see one, who holds the permission; otherwise `refusal` of the area, with the rule's sentence."""
    viewer = viewer_of(by, at=at)
    decision = viewer.may(permission)
    if not decision:
        raise refusal(decision.say(get_language() or "fr"))
    return viewer


def require_other(by: Person | str, person: Person) -> None:
    """Nobody gives power to oneself. By natural person would be better than by account; see the ADR on separation."""
    if isinstance(by, Person):
        NotAllowed.unless(separate({str(person.pk)}, str(by.pk), "grant_self"))


def said(text: str, *, field: str, message: object) -> str:
    """The text without outer spaces, or a refusal naming the field."""
    if not (text := text.strip()):
        raise Refused("missing", str(message), field)
    return text
