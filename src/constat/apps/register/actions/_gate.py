"""What every verb of the register begins with."""

from datetime import date, datetime
from math import isfinite

from django.utils.translation import gettext as _

from constat.apps.access.errors import NotAllowed
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.register.errors import RefusedEntry
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


def require(by: Person | str, permission: Permission, *, at: datetime) -> None:
    """Raises NotAllowed. "system" stands for set-up and demo, run by whoever holds the machine; no other word passes."""
    if isinstance(by, Person):
        NotAllowed.unless(viewer_of(by, at=at).may(permission))
    elif by != "system":
        raise ValueError(f"{by!r} is neither a person nor the system")


def known(word: str, code: str, *, field: str) -> None:
    if code not in vocabulary(word):
        raise RefusedEntry(_("Choose one of the terms of the list."), field=field)


def said(text: str, *, field: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise RefusedEntry(_("Enter a name."), field=field)
    return text


def point(lon: float, lat: float) -> None:
    if not (isfinite(lon) and isfinite(lat)):
        raise RefusedEntry(_("Enter longitude and latitude as numbers."), field="lon")
    if abs(lat) > 90:
        raise RefusedEntry(
            _("A latitude lies between -90 and 90. Were longitude and latitude exchanged?"), field="lat"
        )
    if abs(lon) > 180:
        raise RefusedEntry(_("A longitude lies between -180 and 180."), field="lon")


def in_order(valid_from: date | None, valid_to: date | None) -> None:
    if valid_from and valid_to and valid_to <= valid_from:
        raise RefusedEntry(_("The last day must come after the first day."), field="valid_to")
