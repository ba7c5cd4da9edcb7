"""The queue read from the store: which reports belong to it, and the dated decisions that answer them.

In it: reports in which our own force is alleged or was excluded, those that triage sent to an assessment of our force or
closed as not ours, and those tied to an incident that had an inquiry. A report against somebody else is recorded, counted
in the note, and is no entry of this queue. Everything dated after `at` is not known yet.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from constat.apps.incidents.models import Closure, IncidentReport, Merge
from constat.apps.incidents.queries import OWN_INVOLVEMENTS
from constat.apps.inquiries.models import Decision, Inquiry, Reopening
from constat.apps.reports.models import Report, ReportNote, Triage
from constat.rules.queue import Entry, Finding, Tie
from constat.rules.vocabulary import vocabulary

EXCLUDED = "excluded"  # vocabulary "involvement"
OUR_TRIAGE = ("open_assessment", "straight_to_investigation", "own_force_not_involved")  # "triage_outcome"
COPIES = frozenset({"duplicate_with_value", "duplicate_without_value"})  # "link_relation"
ANSWERING = frozenset(
    code for code, term in vocabulary("triage_outcome").items() if term.extra["next"] in ("close", "link")
)
CONCLUDING = tuple(code for code, term in vocabulary("decision_outcome").items() if term.extra["concludes"])


@cache
def reason_of(system: str, code: str) -> str:
    """The reason of the queue for a code of another list: every code of those lists has one (tested)."""
    return vocabulary("queue_reason").from_mapping(system, code).code


class Stay(NamedTuple):
    """A link to one incident, from when until when: a merge carries it to another incident."""

    incident: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Queue:
    """`entries`: every report of the queue. `incidents_of`: report code -> ids of the incidents it hangs on at the end."""

    entries: tuple[Entry, ...]
    incidents_of: dict[str, set[int]]


def queue(at: datetime) -> Queue:
    """A fixed number of queries, whatever the size."""
    rows = {
        pk: (code, received) for pk, code, received in _reports(at).values_list("pk", "code", "received_at")
    }
    findings, stays = _triaged(at, rows), _stays(at)
    decided = {incident: tuple(found) for incident, found in _decided(at).items()}
    entries, incidents_of = [], {}
    for pk, (code, received) in rows.items():
        ties = tuple(
            Tie(stay.since, decided.get(stay.incident, ()), stay.until, copy)
            for stay, copy in stays.get(pk, ())
        )
        entries.append(Entry(code, received, tuple(findings.get(pk, ())), ties))
        incidents_of[code] = {
            stay.incident for stay, copy in stays.get(pk, ()) if stay.until is None and not copy
        }
    return Queue(tuple(entries), incidents_of)


def _reports(at: datetime) -> QuerySet[Report]:
    ours = Q(involvement__in=(*OWN_INVOLVEMENTS, EXCLUDED))
    sorted_ours = Q(pk__in=Triage.objects.filter(outcome__in=OUR_TRIAGE, at__lte=at).values("report"))
    inquired = Inquiry.objects.filter(opened_at__lte=at).values("incident")
    tied = Q(pk__in=IncidentReport.objects.filter(incident__in=inquired, linked_at__lte=at).values("report"))
    return Report.objects.filter(ours | sorted_ours | tied, received_at__lte=at)


def _triaged(at: datetime, wanted: Collection[int]) -> dict[int, list[Finding]]:
    """What triage answered by itself, until it was reopened or decided anew."""
    ends: dict[int, list[datetime]] = defaultdict(list)
    for report, moment in ReportNote.objects.filter(kind="reopen", at__lte=at).values_list("report_id", "at"):
        ends[report].append(moment)
    rows = list(
        Triage.objects.filter(at__lte=at).order_by("at", "pk").values_list("report_id", "outcome", "at")
    )
    for report, _outcome, moment in rows:
        ends[report].append(moment)
    found: dict[int, list[Finding]] = defaultdict(list)
    for report, outcome, moment in rows:
        if report in wanted and outcome in ANSWERING:
            found[report].append(
                Finding(moment, reason_of("triage_outcome", outcome), _next(ends[report], moment))
            )
    return found


def _next(moments: Iterable[datetime], after: datetime) -> datetime | None:
    return min((moment for moment in moments if moment > after), default=None)


def _stays(at: datetime) -> dict[int, list[tuple[Stay, bool]]]:
    """report -> the incidents it hung on, and whether as a copy."""
    moves = _moves()
    found: dict[int, list[tuple[Stay, bool]]] = defaultdict(list)
    # Asked of the database: turning the dates of every link of the store into moments costs more than the question.
    ours = IncidentReport.objects.filter(linked_at__lte=at, report__in=_reports(at).values("pk"))
    rows = ours.values_list("pk", "report_id", "incident_id", "relation", "linked_at", "cut_at")
    for pk, report, incident, relation, since, cut in rows.iterator(chunk_size=5000):
        until = cut if cut is not None and cut <= at else None
        for stay in _along(moves.get(pk, ()), incident, since, until, at):
            found[report].append((stay, relation in COPIES))
    return found


def _moves() -> dict[int, list[tuple[datetime, int, int]]]:
    """link -> (when, from, to) of each time a merge or its undoing carried it."""
    found: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    # Also those after `at`: the row stands where the last of them put it, and is followed back from there.
    for merge in Merge.objects.order_by("at", "pk"):
        for link in merge.moved.get("rows", {}).get("links", ()):
            found[link].append((merge.at, merge.absorbed_id, merge.kept_id))
            if merge.undone_at is not None:
                found[link].append((merge.undone_at, merge.kept_id, merge.absorbed_id))
    for steps in found.values():
        steps.sort()
    return found


def _along(
    moves: Sequence[tuple[datetime, int, int]],
    incident: int,
    since: datetime,
    until: datetime | None,
    at: datetime,
) -> list[Stay]:
    here = moves[0][1] if moves else incident
    stays = []
    for moment, _source, target in moves:
        if moment > at:
            break
        if moment > since:
            stays.append(Stay(here, since, moment if until is None else min(moment, until)))
            since = moment
        here = target
    stays.append(Stay(here, since, until))
    return [stay for stay in stays if stay.until is None or stay.since < stay.until]


def _decided(at: datetime) -> dict[int, list[Finding]]:
    """incident -> its findings: decisions of inquiries, and closures, each until it was reopened."""
    closures = list(
        Closure.objects.filter(at__lte=at).values_list("incident_id", "reason", "at", "reopened_at")
    )
    reopened: dict[int, list[datetime]] = defaultdict(list)
    for incident, _reason, _moment, again in closures:
        if again is not None and again <= at:
            reopened[incident].append(again)
    for incident, moment in Reopening.objects.filter(at__lte=at).values_list("inquiry__incident_id", "at"):
        reopened[incident].append(moment)
    found: dict[int, list[Finding]] = defaultdict(list)
    decisions: Any = Decision.objects.filter(outcome__in=CONCLUDING, signed_at__lte=at)
    for incident, outcome, moment in decisions.values_list("inquiry__incident_id", "outcome", "signed_at"):
        reason = reason_of("decision_outcome", outcome)
        found[incident].append(Finding(moment, reason, _next(reopened[incident], moment)))
    for incident, reason, moment, _again in closures:
        code = reason_of("closure_reason", reason)
        found[incident].append(Finding(moment, code, _next(reopened[incident], moment)))
    return found
