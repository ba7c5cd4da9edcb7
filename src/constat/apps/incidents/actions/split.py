"""Split: undo a merge. Every row goes back to the incident it came from, and both say again what they said before.

What happened between merge and undo is not lost:
  added   reports, sources, persons, attributions that joined the kept incident stay with it;
  ended   a link that was cut, an attribution that was withdrawn, stay ended: those were decisions about the account;
  graded  a source that was judged anew keeps the newer judgement, whichever incident it goes to;
  taken back  figures, narrative, place, date and grade written for the two together describe neither alone: the kept
          incident says again what it said before, and the newer wording is kept in `Merge.later` and listed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import (
    IN_REVIEW,
    MERGED,
    OPEN,
    held_together,
    in_state,
    note,
    permitted,
    readable_incidents,
    readable_reports,
)
from constat.apps.incidents.actions._stage import step
from constat.apps.incidents.errors import CannotUndo, IncidentNotFound, Incomplete, NothingToDo
from constat.apps.incidents.models import HarmLine, Incident, IncidentPause, IncidentReport, Merge
from constat.apps.incidents.snapshot import MOVING, incident_columns, put_back, rebuilt, row_data, rows_of
from constat.apps.reports.actions.link import note_link
from constat.apps.reports.models import Report
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.workflow import REPORT


@transaction.atomic
def split(*, by: Person, at: datetime, absorbed: str, reason: str) -> dict[str, Any]:
    """Undo the merge that absorbed this incident. Returns what `Merge.later` keeps. Raises CannotUndo."""
    if not reason.strip():
        raise Incomplete(_("Write why these are two events after all."), field="reason")
    viewer = permitted(by, Permission.INCIDENTS_MERGE, at)
    merge = _merge_of(viewer, absorbed, at)
    keeper, guest = held_together(
        viewer, [merge.kept.code, absorbed], at, states={OPEN, IN_REVIEW, MERGED, "closed"}
    )
    _undoable(merge, keeper, guest)
    later = _later(merge, keeper)
    _rows_back(merge, guest)
    _facts_back(merge, keeper)
    _guest_back(merge, guest, by, at, reason)
    later["not_linked"] = _wake_reports(viewer, guest, by, at, reason)
    merge.undone_by, merge.undone_at, merge.undone_reason, merge.later = by, at, reason.strip(), later
    merge.save(update_fields=["undone_by", "undone_at", "undone_reason", "later"])
    for incident in (keeper, guest):
        sums.refresh(incident, at=at)
    note(by=by, verb="split", incident=keeper, at=at, details={"restored": guest.code, "merge": merge.pk})
    note(by=by, verb="restored", incident=guest, at=at, details={"kept": keeper.code, "merge": merge.pk})
    return later


def _merge_of(viewer: Viewer, absorbed: str, at: datetime) -> Merge:
    guest = Incident.objects.filter(readable_incidents(viewer, at)).filter(code=absorbed).first()
    if guest is None:
        raise IncidentNotFound(
            _("There is no incident %(code)s among those you may read.") % {"code": absorbed}
        )
    merge = (
        Merge.objects.select_for_update(of=("self",))
        .filter(absorbed=guest, undone_at__isnull=True)
        .select_related("kept")
        .first()
    )
    if merge is None:
        raise NothingToDo(
            _("%(code)s is not merged into another incident.") % {"code": absorbed}, code=absorbed
        )
    return merge


def _undoable(merge: Merge, keeper: Incident, guest: Incident) -> None:
    """The last thing done is undone first: so each undo finds what its merge left behind."""
    if keeper.state == MERGED:
        raise CannotUndo(
            _("%(code)s was itself merged into %(into)s. Undo that merge first.")
            % {"code": keeper.code, "into": keeper.merged_into.code if keeper.merged_into else ""},
            code=keeper.code,
        )
    newer = Merge.objects.filter(kept=keeper, undone_at__isnull=True, pk__gt=merge.pk).order_by("-pk").first()
    if newer is not None:
        raise CannotUndo(
            _("%(code)s was merged into it later. Undo that merge first.") % {"code": newer.absorbed.code},
            code=newer.absorbed.code,
        )
    in_state(keeper, {OPEN, IN_REVIEW})
    in_state(guest, {MERGED})


def _later(merge: Merge, keeper: Incident) -> dict[str, Any]:
    """What the kept incident has now that neither had, or that reads differently."""
    before: Mapping[str, Any] = merge.before
    now = rows_of(keeper)
    later: dict[str, Any] = {"added": {}, "changed": {}}
    for name in MOVING:
        known = {row["id"]: row for row in (*before["kept_rows"][name], *before["absorbed_rows"][name])}
        later["added"][name] = [row["id"] for row in now[name] if row["id"] not in known]
        later["changed"][name] = [
            row["id"]
            for row in now[name]
            if row["id"] in known and _without_home(row) != _without_home(known[row["id"]])
        ]
    data = row_data(keeper)
    facts = [name for name in incident_columns(process=False) if name != "sensitivity"]
    later["taken_back"] = {name: data[name] for name in facts if data[name] != before["kept"][name]}
    later["harms"] = now["harms"] if now["harms"] != before["kept_rows"]["harms"] else []
    return later


def _without_home(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "incident_id"}


def _rows_back(merge: Merge, guest: Incident) -> None:
    for name, model in MOVING.items():
        # Only those still there: a report moved on to a third incident since, or a person taken off, does not come back.
        model._default_manager.filter(pk__in=merge.moved["rows"][name], incident=merge.kept_id).update(
            incident=guest
        )


def _facts_back(merge: Merge, keeper: Incident) -> None:
    put_back(keeper, merge.before["kept"], incident_columns(process=False))
    stayed = IncidentReport.objects.filter(incident=keeper, cut_at__isnull=True).filter(
        report__compartment__in=["general", keeper.compartment]
    )
    keeper.sensitivity = max([keeper.sensitivity, *stayed.values_list("report__sensitivity", flat=True)])
    lines = merge.before["kept_rows"]["harms"]
    if rows_of(keeper, ["harms"])["harms"] != lines:
        HarmLine.objects.filter(incident=keeper).delete()
        HarmLine.objects.bulk_create([rebuilt(HarmLine, line) for line in lines])


def _guest_back(merge: Merge, guest: Incident, by: Person, at: datetime, reason: str) -> None:
    before = merge.before["absorbed"]
    step(guest, "restore", by=by, at=at, reason=reason, previous_state=before["state"])
    put_back(guest, before, incident_columns(process=True))
    standing = [row["id"] for row in merge.before["absorbed_rows"]["pauses"] if row["ends_at"] is None]
    IncidentPause.objects.filter(pk__in=standing).update(ends_at=None)


def _wake_reports(viewer: Viewer, guest: Incident, by: Person, at: datetime, reason: str) -> list[str]:
    """A report set aside here, whose link to the kept incident was cut since, is linked again through this one.
    Returns the codes of those that cannot be (closed since, or not this person's to read): a person decides about them."""
    left = []
    theirs = Report.objects.filter(readable_reports(viewer, at)).values("pk")
    links = IncidentReport.objects.filter(incident=guest, cut_at__isnull=True).select_related("report")
    for link in links.exclude(report__state="linked").annotate(theirs=Q(report__in=theirs)):
        if link.theirs and "link" in REPORT.verbs_from(link.report.state):
            note_link(by=by, at=at, report=link.report.code, incident=guest.code, reason=reason)
        else:
            left.append(link.report.code)
    return left
