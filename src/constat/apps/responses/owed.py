"""Who is owed an answer on an inquiry: made of the reports, the offers and the persons of the case, so nobody is forgotten.

A reporter who left a way of contact is told. One who left none reads the outcome with the receipt: the coded reason is then
written by the closing itself. Where harm was found credible, somebody of those harmed is told, or it is noted why not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.models import Identity
from constat.apps.incidents.models import IncidentReport, PersonHarm
from constat.apps.inquiries.models import Decision, Inquiry
from constat.apps.reports.models import Report
from constat.apps.responses import amends_side
from constat.apps.responses.models import Addressee, Notice
from constat.apps.responses.reading import UNREACHED
from constat.rules.answers import NOTICE, Owed, gaps
from constat.rules.speech import Sentence
from constat.rules.visibility import GENERAL, Viewer
from constat.rules.vocabulary import vocabulary

CREDIBLE, REPORTER = "credible", "reporter"
HARMED = frozenset({"beneficiary", "household", "community"})  # of "addressee_kind"


@dataclass(frozen=True)
class Line:
    """One who is owed an answer. `addressee` None: not on the list yet. `alone`: nobody can reach the person."""

    who: str
    kind: str
    hidden: bool  # from this viewer
    addressee: Addressee | None
    notice: Notice | None
    report: str = ""
    keys: frozenset[UUID] = frozenset()
    alone: bool = False

    @property
    def settled(self) -> bool:
        return self.alone or (self.notice is not None and self.notice.state in NOTICE.final)

    @property
    def said(self) -> bool:
        """One person says why the person was not told; nobody has confirmed it."""
        return self.notice is not None and self.notice.state == UNREACHED


def lines(viewer: Viewer, inquiry: Inquiry, decision: Decision | None) -> list[Line]:
    """Everybody owed an answer, those on the list first. What this viewer may not see is there, and hidden."""
    rows = list(
        Addressee.objects.filter(incident=inquiry.incident_id)
        .select_related("report", "adviser")
        .order_by("number")
    )
    given = {one.addressee_id: one for one in Notice.objects.filter(decision=decision)} if decision else {}
    listed = [_listed(viewer, row, given.get(row.pk)) for row in rows]
    return [*listed, *_reporters(viewer, inquiry, rows), *_harmed(inquiry, rows)]


def _listed(viewer: Viewer, row: Addressee, notice: Notice | None) -> Line:
    hidden = row.compartment not in {GENERAL, *viewer.compartments} or (
        row.survivor and str(row.adviser_id) != viewer.key
    )
    return Line(named(row), row.kind, hidden, row, notice, row.report.code if row.report else "")


def named(row: Addressee) -> str:
    """How the cell speaks of somebody without a name: "Family, no. 2", "Reporter of R-2026-000042"."""
    if row.report:
        return _("Reporter of %(report)s") % {"report": row.report.code}
    label = vocabulary("addressee_kind").label(row.kind, get_language() or "fr")
    return _("%(kind)s, no. %(number)s") % {"kind": label, "number": row.number}


def _reporters(viewer: Viewer, inquiry: Inquiry, rows: Iterable[Addressee]) -> list[Line]:
    listed = {row.report_id for row in rows if row.report_id}
    found = []
    for report in reports_of(inquiry):
        if report.pk in listed or (report.reporter_key is None and not hasattr(report, "receipt")):
            continue  # a file, a sensor, a unit's own log: nobody waits behind it
        hidden = report.compartment not in {GENERAL, *viewer.compartments}
        who = _("Reporter of %(report)s") % {"report": report.code}
        found.append(Line(who, REPORTER, hidden, None, None, report.code, alone=report.reporter_key is None))
    return found


def reports_of(inquiry: Inquiry) -> list[Report]:
    """The reports linked to the incident now, duplicates included."""
    links = IncidentReport.objects.filter(incident=inquiry.incident_id, cut_at__isnull=True)
    rows = Report.objects.filter(pk__in=links.values("report_id")).select_related("receipt")
    return list(rows.defer("original", "search_text", "extra").order_by("pk"))


def _harmed(inquiry: Inquiry, rows: Iterable[Addressee]) -> list[Line]:
    """Persons of whom the vault keeps a name, and whoever something is offered to."""
    listed = {row.key for row in rows if row.key}
    persons = PersonHarm.objects.filter(incident=inquiry.incident_id).values_list("person_id", flat=True)
    known = Identity.objects.filter(pk__in=list(persons)).values_list("pk", flat=True)
    groups = amends_side.owed_keys(inquiry)
    offered = frozenset().union(*groups) if groups else frozenset()
    groups += [frozenset({key}) for key in sorted(known, key=str) if key not in offered]
    return [
        Line(_("Person harmed %(key)s") % {"key": str(min(keys, key=str))[:8]}, "beneficiary", False, None, None, keys=keys)
        for keys in groups
        if not keys & listed
    ]  # fmt: skip


def missing(viewer: Viewer, inquiry: Inquiry, decision: Decision) -> tuple[Sentence, ...]:
    """What still stands between the case and its end, each in a sentence that says what to do next."""
    found = lines(viewer, inquiry, decision)
    open_ones = [one for one in found if not one.settled]
    return gaps(
        [Owed(one.who, False, said=one.said) for one in open_ones if not one.hidden],
        amends_side.open_offers(inquiry),
        claimed=amends_side.claimed(inquiry),
        unanswered=amends_side.unanswered(inquiry) if decision.outcome == CREDIBLE else (),
        hidden=sum(one.hidden for one in open_ones),
        nobody=decision.outcome == CREDIBLE and not any(one.kind in HARMED for one in found),
    )
