"""A report joins an incident, or leaves it: what both build, link, cut, move, merge and divide do to the rows."""

from datetime import datetime

from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents.actions._case import MERGED, note, note_on_report, shows
from constat.apps.incidents.errors import Incomplete
from constat.apps.incidents.models import UNESTABLISHED, Incident, IncidentReport, Source
from constat.apps.reports.actions.link import note_last_unlink, note_link
from constat.apps.reports.models import Report
from constat.rules.vocabulary import vocabulary

# Copies that add nothing are linked so that their reporter is told, and are no further source.
NO_SOURCE = "duplicate_without_value"  # vocabulary "link_relation"


def join(
    incident: Incident,
    report: Report,
    *,
    relation: str,
    reason: str,
    by: Person,
    at: datetime,
    speak: bool = True,
) -> IncidentReport | None:
    """Link, in the report's own workflow too. None when it is linked already. The caller refreshes the sums.

    A report of a compartment that the incident does not share gives nothing to the incident: no level, no source, no
    count. Otherwise the incident rises to the report's level: what is built from it is as sensitive as it is.
    """
    vocabulary("link_relation").check(relation)
    if IncidentReport.objects.filter(incident=incident, report=report, cut_at__isnull=True).exists():
        return None
    note_link(by=by, at=at, report=report.code, incident=incident.code, reason=reason)
    link = IncidentReport.objects.create(
        incident=incident, report=report, relation=relation, reason=reason, linked_by=by, linked_at=at
    )
    if shows(incident, report):
        incident.sensitivity = max(incident.sensitivity, report.sensitivity)
        if speak:
            _speak(incident, report, relation, by, at)
    return link


def leave(link: IncidentReport, *, reason: str, by: Person, at: datetime) -> None:
    """End the link. A report whose last link this was waits for its incident again."""
    if not reason.strip():
        raise Incomplete(_("Write why this report does not belong to this incident."), field="reason")
    link.cut_by, link.cut_at, link.cut_reason = by, at, reason.strip()
    link.save(update_fields=["cut_by", "cut_at", "cut_reason"])
    Source.objects.filter(incident=link.incident, report=link.report, ended_at__isnull=True).update(
        ended_at=at
    )
    # A link of an incident that was merged away sleeps: it holds nothing until the merge is undone.
    awake = IncidentReport.objects.filter(report=link.report, cut_at__isnull=True).exclude(
        incident__state=MERGED
    )
    if not awake.exists():
        note_last_unlink(
            by=by, at=at, report=link.report.code, incident=link.incident.code, reason=reason.strip()
        )


def _speak(incident: Incident, report: Report, relation: str, by: Person, at: datetime) -> None:
    """The account as one source of the incident, with the grading it came with. A person grades it anew when needed."""
    if relation == NO_SOURCE:
        return
    graded = (report.reliability, report.credibility) != ("F", "6")
    Source.objects.create(
        incident=incident, report=report, kind=_kind(report), reliability=report.reliability,
        credibility=report.credibility, independence_group=report.independence_group or UNESTABLISHED,
        access=report.source_access, graded_by=by if graded else None, graded_at=at if graded else None,
    )  # fmt: skip


def _kind(report: Report) -> str:
    """The type of source: what the outside body is, or who reported, where both vocabularies share the word."""
    if report.source is not None:
        return report.source.source_type
    return report.reporter_type if report.reporter_type in vocabulary("source_type") else "unknown"


def tell(
    *, by: Person, verb: str, incident: Incident, report: Report, at: datetime, details: dict[str, object]
) -> None:
    """The event of the act, where its readers are: on the incident, or on the report of a closed compartment."""
    if shows(incident, report):
        note(by=by, verb=verb, incident=incident, at=at, details={"report": report.code, **details})
    else:
        note_on_report(by=by, verb=verb, report=report, incident=incident, at=at, details=details)
