"""Describe: what happened, when and where, in the cell's own words. What it said before is kept beside it."""

import math
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import live_links, note, open_incident
from constat.apps.incidents.errors import Incomplete, NothingToDo
from constat.apps.incidents.models import Incident, Revision
from constat.apps.incidents.precision import date_width, place_width
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

TEXT = ("narrative", "place_text")
WORDS = {
    "incident_type": "incident_type", "weapon": "weapon", "violence_type": "violence_type",
    "involvement": "involvement", "date_precision": "date_precision", "place_precision": "place_precision",
    "proof_standard": "proof_standard",
}  # fmt: skip
PLACE = ("place_id", "country", "adm1", "adm2", "adm3", "lon", "lat")
COLUMNS = (*TEXT, *WORDS, *PLACE, "starts_on", "ends_on")


@transaction.atomic
def describe(
    *, by: Person, at: datetime, incident: str, changes: Mapping[str, object], reason: str = ""
) -> None:
    """`changes`: column -> new value, of `COLUMNS` only; what is left out stays. Raises Incomplete, NothingToDo, UnknownTerm.

    A date or place made more precise than any linked report knows it needs a reason: somebody will ask where it is from.
    """
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at)
    found = opened.incident
    new = {name: value for name, value in changes.items() if getattr(found, _column(name)) != value}
    if not new:
        raise NothingToDo(_("Nothing was changed."), code=incident)
    before = {name: getattr(found, name) for name in new}
    for name, value in new.items():
        if (words := WORDS.get(name)) and (name != "proof_standard" or value):
            vocabulary(words).check(str(value))
        setattr(found, name, value)
    _whole(found)
    _finer_needs_reason(found, new, reason)
    Revision.objects.create(incident=found, before=_plain(before), reason=reason.strip(), by=by, at=at)
    sums.refresh(found, at=at)
    note(by=by, verb="describe", incident=found, at=at, details={"columns": sorted(new)})


def _column(name: str) -> str:
    if name not in COLUMNS:
        raise Incomplete(
            _("“%(name)s” is not something that describes an incident.") % {"name": name}, field=name
        )
    return name


def _whole(incident: Incident) -> None:
    start, end = incident.starts_on, incident.ends_on
    if end is not None and (start is None or end < start):
        raise Incomplete(_("The last day is before the first day. Correct one of them."), field="ends_on")
    if (incident.lon is None) != (incident.lat is None):
        raise Incomplete(_("Give both longitude and latitude, or neither."), field="lat")
    if not (-180 <= (incident.lon or 0) <= 180 and -90 <= (incident.lat or 0) <= 90):
        raise Incomplete(
            _("This point is not on the map: longitude goes to 180, latitude to 90."), field="lat"
        )


def _finer_needs_reason(incident: Incident, new: Mapping[str, object], reason: str) -> None:
    if reason.strip():
        return
    accounts = live_links(incident).filter(Q(report__compartment__in=["general", incident.compartment]))
    known = list(accounts.values_list("report__date_precision", "report__place_precision"))
    checks = (
        ("date_precision", date_width, [day for day, _place in known]),
        ("place_precision", place_width, [place for _day, place in known]),
    )
    for name, width, codes in checks:
        finest = min((width(code) for code in codes), default=math.inf)
        if name in new and width(str(new[name])) < finest:
            raise Incomplete(
                _("No linked report knows this so exactly. Write where the finer precision comes from."),
                field="reason",
            )


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
