"""What every verb begins and ends with: the gate, the locked incident, its sums, its one event."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.actions import gate
from constat.apps.access.models import Person
from constat.apps.access.visibility import readable
from constat.apps.incidents.errors import IncidentNotFound, NotAllowed, ReportNotReadable, WrongState
from constat.apps.incidents.models import Incident, IncidentGrant, IncidentReport
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

OPEN, IN_REVIEW, CLOSED, MERGED = "open", "in_review", "closed", "merged"  # vocabulary "incident_state"
GENERAL = "general"
# New accounts arrive after a case was closed; they may be linked without reopening it. Facts change only while open.
LIVE = frozenset({OPEN, IN_REVIEW, CLOSED})
AT_WORK = frozenset({OPEN})


def language() -> str:
    return get_language() or "fr"


@dataclass(frozen=True)
class Opened:
    """An incident under a lock until the transaction ends, and who holds it."""

    incident: Incident
    viewer: Viewer


permitted = partial(gate.permitted, refusal=NotAllowed)


def readable_incidents(viewer: Viewer, at: datetime) -> Q:
    return readable(
        viewer, kind="incident", grants=IncidentGrant.objects.all(), grant_key="incident_id", at=at
    )


def readable_reports(viewer: Viewer, at: datetime) -> Q:
    return readable(viewer, kind="report", grants=ReportGrant.objects.all(), grant_key="report_id", at=at)


def open_incident(
    by: Person, permission: Permission, code: str, at: datetime, *, states: Collection[str] = AT_WORK
) -> Opened:
    """The incident of that code, locked, if this person may read it and do the act, and it is in one of `states`."""
    viewer = permitted(by, permission, at)
    return Opened(held(viewer, code, at, states=states), viewer)


def held(viewer: Viewer, code: str, at: datetime, *, states: Collection[str] = AT_WORK) -> Incident:
    found = (
        Incident.objects.select_for_update(of=("self",))
        .filter(readable_incidents(viewer, at))
        .filter(code=code)
        .first()
    )
    if found is None:
        raise IncidentNotFound(
            _("There is no incident %(code)s among those you may read.") % {"code": code}, code=code
        )
    in_state(found, states)
    return found


def held_together(
    viewer: Viewer, codes: Iterable[str], at: datetime, *, states: Collection[str]
) -> list[Incident]:
    """Several incidents, locked in the order of their ids whatever the order asked: two acts never wait for each other."""
    wanted = list(codes)
    rows = Incident.objects.filter(readable_incidents(viewer, at)).filter(code__in=wanted)
    order = sorted(rows.values_list("pk", "code"))
    found = {code: held(viewer, code, at, states=states) for _pk, code in order}
    for code in wanted:
        if code not in found:
            held(viewer, code, at, states=states)
    return [found[code] for code in wanted]


def in_state(incident: Incident, states: Collection[str]) -> None:
    if incident.state in states:
        return
    if incident.state == MERGED:
        into = incident.merged_into.code if incident.merged_into else ""
        raise WrongState(
            _("%(code)s was merged into %(into)s. Work there, or undo the merge first.")
            % {"code": incident.code, "into": into},
            code=incident.code,
        )
    raise WrongState(
        _("%(code)s is “%(state)s”. This can be done only while it is: %(states)s.")
        % {
            "code": incident.code,
            "state": state_label(incident.state),
            "states": ", ".join(state_label(one) for one in vocabulary("incident_state") if one in states),
        },
        code=incident.code,
    )


def state_label(code: str) -> str:
    return vocabulary("incident_state").label(code, language())


def held_report(viewer: Viewer, code: str, at: datetime) -> Report:
    found = Report.objects.filter(readable_reports(viewer, at)).filter(code=code).first()
    if found is None:
        raise ReportNotReadable(
            _("There is no report %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def shows(incident: Incident, report: Report) -> bool:
    """Does everybody who may read the incident, by its compartment, also stand inside the report's compartment?

    A report of a closed compartment may hang on an incident of the general one; then nothing of it may show there:
    not its code, not its figures, not in a count, not in the timeline.
    """
    return report.compartment in (GENERAL, incident.compartment)


def note(
    *, by: Person, verb: str, incident: Incident, at: datetime, purpose: str = "",
    details: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """The one event of the act. Never words, names or numbers of persons in the details: codes and columns only."""
    log.record(
        by=by, verb=f"incidents.{verb}", object_type="incident", object_key=incident.code, at=at, purpose=purpose,
        details=details,
    )  # fmt: skip


def note_on_report(
    *, by: Person, verb: str, report: Report, incident: Incident, at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """The event of an act that must not show on the incident: it is told where the report's own readers see it."""
    log.record(
        by=by, verb=f"incidents.{verb}", object_type="report", object_key=report.code, at=at,
        details={"incident": incident.code, **(details or {})},
    )  # fmt: skip


def live_links(incident: Incident):  # type: ignore[no-untyped-def]
    return IncidentReport.objects.filter(incident=incident, cut_at__isnull=True)
