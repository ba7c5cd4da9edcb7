"""Set the harm lines: the whole list at once, because lines are true or false together."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import language, note, open_incident
from constat.apps.incidents.errors import Incomplete, NothingToDo
from constat.apps.incidents.harms import HarmEntry, checked, entry_of, values_of
from constat.apps.incidents.models import HarmDifference, HarmLine, Incident, Revision
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

__all__ = ["HarmEntry", "explain_difference", "lines_as_data", "set_harm"]


@transaction.atomic
def set_harm(
    *, by: Person, at: datetime, incident: str, lines: Sequence[HarmEntry], reason: str = ""
) -> None:
    """Replace the lines. Those that were there stay in the revisions. Raises InvalidRange, UnknownTerm, Incomplete."""
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at)
    found = opened.incident
    checked(lines)
    _stays_out(found, lines)
    old = list(HarmLine.objects.filter(incident=found).order_by("pk"))
    if [entry_of(line) for line in old] == list(lines):
        raise NothingToDo(_("Nothing was changed."), code=incident)
    Revision.objects.create(
        incident=found, before={"harms": lines_as_data(old)}, reason=reason.strip(), by=by, at=at
    )
    HarmLine.objects.filter(incident=found).delete()
    HarmLine.objects.bulk_create([HarmLine(incident=found, **values_of(entry)) for entry in lines])
    sums.refresh(found, at=at)
    note(by=by, verb="set_harm", incident=found, at=at, details={"lines": len(lines)})


def _stays_out(incident: Incident, lines: Sequence[HarmEntry]) -> None:
    """Harm that belongs to a closed compartment is written in an incident of that compartment only."""
    for entry in lines:
        needed = vocabulary("harm")[entry.harm].extra.get("compartment")
        if needed and incident.compartment == "general":
            raise Incomplete(
                _(
                    "“%(harm)s” is recorded only in an incident of its own compartment. Build one from the protected report."
                )
                % {"harm": vocabulary("harm").label(entry.harm, language())},
                field="harms",
            )


def lines_as_data(lines: Sequence[HarmLine]) -> list[Mapping[str, object]]:
    return [model_to_dict(line, exclude=["id", "incident"]) for line in lines]


@transaction.atomic
def explain_difference(*, by: Person, at: datetime, incident: str, harm: str, reason: str) -> None:
    """Say why the persons listed and the figures differ for one harm. Said again, the newer reason stands."""
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at)
    vocabulary("harm").check(harm)
    if not reason.strip():
        raise Incomplete(_("Write why the list of persons and the figures differ."), field="reason")
    HarmDifference.objects.update_or_create(
        incident=opened.incident, harm=harm, defaults={"reason": reason.strip(), "by": by, "at": at}
    )
    note(by=by, verb="explain_difference", incident=opened.incident, at=at, details={"harm": harm})
