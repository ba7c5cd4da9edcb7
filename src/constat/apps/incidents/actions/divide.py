"""Split out: what was taken for one event is two. Chosen reports, figures and persons go into a new incident."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import held_report, note, open_incident
from constat.apps.incidents.actions._links import join, leave, tell
from constat.apps.incidents.actions._stage import start_clock
from constat.apps.incidents.actions.cut import live_link
from constat.apps.incidents.actions.harm import lines_as_data
from constat.apps.incidents.errors import Incomplete
from constat.apps.incidents.harms import checked, entry_of
from constat.apps.incidents.models import (
    Division,
    HarmLine,
    Incident,
    PersonHarm,
    Revision,
    Source,
)
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.workflow import INCIDENT

TAKEN_OVER = (
    "incident_type", "weapon", "violence_type", "involvement", "starts_on", "ends_on", "date_precision", "place_text",
    "place_id", "country", "adm1", "adm2", "adm3", "lon", "lat", "place_precision", "sensitivity", "compartment",
    "office", "methodology",
)  # fmt: skip


@transaction.atomic
def split_out(
    *, by: Person, at: datetime, incident: str, reason: str, reports: Sequence[str], harm_lines: Sequence[int] = (),
    sources: Sequence[int] = (), persons: Sequence[UUID | str] = (),
) -> str:  # fmt: skip
    """The code of the new incident, which starts with the date, place and kind of the old one and is open.

    At least one report goes along, and one stays: an incident rests on an account. Sources of a report go with it.
    """
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at)
    old = opened.incident
    if not reason.strip():
        raise Incomplete(_("Write why this is another event."), field="reason")
    if not reports:
        raise Incomplete(_("Choose at least one report that tells of the other event."), field="reports")
    new = _new(old, at)
    moved: dict[str, list[Any]] = {
        "reports": list(dict.fromkeys(reports)),
        "harms": _take_lines(old, new, harm_lines, reason, by, at),
        "sources": list(
            Source.objects.filter(incident=old, pk__in=list(sources)).values_list("pk", flat=True)
        ),
        "persons": list(
            PersonHarm.objects.filter(incident=old, person__in=list(persons)).values_list("pk", flat=True)
        ),
    }
    Source.objects.filter(pk__in=moved["sources"]).update(incident=new)
    PersonHarm.objects.filter(pk__in=moved["persons"]).update(incident=new)
    for code in moved["reports"]:
        _take_report(opened.viewer, old, new, str(code), reason, by, at)
    # A report that others may not know of does not count: that the act goes through would tell of it.
    if not sums.visible_links(old).exists():
        raise Incomplete(_("Leave at least one report with %(code)s.") % {"code": old.code}, field="reports")
    for one in (old, new):
        sums.refresh(one, at=at)
    Division.objects.create(source=old, taken=new, moved=moved, reason=reason.strip(), by=by, at=at)
    note(by=by, verb="split_out", incident=old, at=at, details={"new": new.code})
    note(by=by, verb="split_out", incident=new, at=at, details={"from": old.code, "clock": new.clock})
    return new.code


def _new(old: Incident, at: datetime) -> Incident:
    # It stays the work of those whose the old one is: whoever took it apart would otherwise own it, and own incidents
    # open the names of the persons harmed.
    new = Incident(
        **{name: getattr(old, name) for name in TAKEN_OVER}, code=next_code("I", at.year), state=INCIDENT.initial,
        opened_at=at, updated_at=at, recorded_by=old.recorded_by, assigned_to=old.assigned_to,
    )  # fmt: skip
    new.save(force_insert=True)
    start_clock(new, INCIDENT.starts[0], at=at)
    return new


def _take_lines(
    old: Incident, new: Incident, ids: Sequence[int], reason: str, by: Person, at: datetime
) -> list[int]:
    lines = list(HarmLine.objects.filter(incident=old).order_by("pk"))
    taken = [line for line in lines if line.pk in set(ids)]
    if not taken:
        return []
    # Both halves must be true by themselves: no part without its total on either side.
    checked([entry_of(line) for line in taken])
    checked([entry_of(line) for line in lines if line not in taken])
    Revision.objects.create(
        incident=old, before={"harms": lines_as_data(lines)}, reason=reason.strip(), by=by, at=at
    )
    HarmLine.objects.filter(pk__in=[line.pk for line in taken]).update(incident=new)
    return [line.pk for line in taken]


def _take_report(
    viewer: Viewer, old: Incident, new: Incident, code: str, reason: str, by: Person, at: datetime
) -> None:
    report = held_report(viewer, code, at)
    link = live_link(old, report)
    # Its sources go along with their grading; so nothing is spoken anew.
    Source.objects.filter(incident=old, report=report, ended_at__isnull=True).update(incident=new)
    join(new, report, relation=link.relation, reason=reason, by=by, at=at, speak=False)
    leave(link, reason=reason, by=by, at=at)
    tell(by=by, verb="move_in", incident=new, report=report, at=at, details={"other": old.code})
