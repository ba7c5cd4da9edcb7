"""Fetcher of the page of one inquiry. Beside queries.py because one page asks for more than all lists together."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from constat.apps.incidents import places
from constat.apps.inquiries import conduct
from constat.apps.inquiries.differences import differences, reports_since
from constat.apps.inquiries.models import (
    Assessment,
    ClockExtension,
    ClockRun,
    Decision,
    Dissent,
    Inquiry,
    Investigation,
    InvolvedUnit,
    OperationSearch,
    Reopening,
    Step,
)
from constat.apps.inquiries.pages import (
    ActLine,
    DecisionLine,
    InvestigationPart,
    Page,
    SearchLine,
    TaskLine,
    VersionLine,
)
from constat.apps.inquiries.proof import decision_faults, public_key, sha256
from constat.apps.inquiries.queries import clock_of, current_decision, get, pauses_of
from constat.apps.inquiries.verbs import ACTS, PARTS
from constat.rules.inquiry import progress_due
from constat.rules.permissions import Permission
from constat.rules.speech import Sentence
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Range


def page(viewer: Viewer, code: str, *, at: datetime, language: str = "fr") -> Page:
    """Raises InquiryNotFound, also for an inquiry that is there and not theirs."""
    found = get(viewer, code, at=at)
    pauses = pauses_of([found]).get(found.pk, [])
    content = bytes(found.baseline.content)
    versions = list(Assessment.objects.filter(inquiry=found).select_related("by").order_by("number"))
    came_in, cut = reports_since(found, versions[-1]) if versions else ([], [])
    investigations = _investigations(viewer, found, at)
    paused = any(one.ends_at is None for one in pauses)
    return Page(
        code=found.code, incident=found.incident.code, state=found.state, reason=found.reason,
        opened_by=found.opened_by.display_name, opened_at=found.opened_at,
        officer=found.officer.display_name if found.officer else "",
        proposed_outcome=found.proposed_outcome, proposed_reason=found.proposed_reason,
        clock=clock_of(found, pauses, at), paused=paused,
        baseline_hash=found.baseline.sha256, baseline_at=found.baseline.frozen_at,
        baseline_holds=sha256(content) == found.baseline.sha256, baseline_reports=json.loads(content)["reports"],
        units=list(InvolvedUnit.objects.filter(inquiry=found).select_related("unit", "by", "struck_by").order_by("pk")),
        searches=_searches(viewer, found, language),
        versions=[
            VersionLine(one, Range(one.deaths_min, one.deaths_best, one.deaths_max),
                        Range(one.injured_min, one.injured_best, one.injured_max), one is versions[-1])
            for one in versions
        ],
        differences=differences(viewer, found, at=at), came_in=came_in, cut=cut,
        dissents=list(Dissent.objects.filter(inquiry=found).select_related("by").order_by("pk")),
        decisions=_decisions(found),
        investigations=investigations,
        steps=list(Step.objects.filter(inquiry=found).select_related("by").order_by("pk")),
        pauses=pauses,
        extensions=list(ClockExtension.objects.filter(inquiry=found).select_related("by").order_by("pk")),
        runs=list(ClockRun.objects.filter(inquiry=found).order_by("pk")),
        closed_at=found.closed_at, closed_by=found.closed_by.display_name if found.closed_by else "",
        closure_reason=found.closure_reason, explanation=found.explanation, notices=found.notices,
        acts=_acts(viewer, found, investigations, paused), public_key=public_key(),
        docket_here=bool(viewer.may(Permission.CONDUCT_MANAGE)) and conduct.COMPARTMENT in viewer.compartments,
    )  # fmt: skip


def _searches(viewer: Viewer, inquiry: Inquiry, language: str) -> list[SearchLine]:
    shown = bool(viewer.may(Permission.OPERATIONS_READ))
    exactly = places.exactly(viewer, inquiry.incident)
    lines = []
    for row in OperationSearch.objects.filter(inquiry=inquiry).select_related("by").order_by("number"):
        asked = row.asked
        lines.append(
            SearchLine(
                number=row.number, at=row.at, by=row.by.display_name, conclusion=row.conclusion, count=row.count,
                first=date.fromisoformat(asked["first"]), last=date.fromisoformat(asked["last"]),
                radius_km=asked["radius_km"], lon=asked["lon"] if exactly else None, lat=asked["lat"] if exactly else None,
                hits=[_hit(one, language) for one in row.hits] if shown else [],
                searched=[_span(one) for one in row.searched], missing=[_span(one) for one in row.missing], shown=shown,
            )
        )  # fmt: skip
    return lines


def _hit(stored: dict[str, object], language: str) -> dict[str, object]:
    trace: Sequence[dict[str, object]] = stored.get("trace", ())  # type: ignore[assignment]
    reasons = [Sentence(str(one["code"]), dict(one["facts"])).say(language) for one in trace]  # type: ignore[call-overload]
    times = {
        name: datetime.fromisoformat(str(stored[name])).astimezone(UTC) for name in ("starts_at", "ends_at")
    }
    return {**stored, **times, "reasons": reasons}


def _span(stored: dict[str, str]) -> dict[str, object]:
    return {
        **stored,
        "first": date.fromisoformat(stored["first"]),
        "last": date.fromisoformat(stored["last"]),
    }


def _decisions(inquiry: Inquiry) -> list[DecisionLine]:
    standing = current_decision(inquiry)
    rows = (
        Decision.objects.filter(inquiry=inquiry)
        .select_related("signed_by", "assessment", "inquiry", "inquiry__baseline")
        .order_by("number")
    )
    reopenings = list(Reopening.objects.filter(inquiry=inquiry).select_related("by").order_by("pk"))
    return [
        DecisionLine(
            row,
            tuple((name, bool(getattr(row, name))) for name in vocabulary("judgement")),
            tuple(decision_faults(row)),
            standing == row,
            tuple(one for one in reopenings if one.decision_id == row.pk),
        )
        for row in rows
    ]


def _investigations(viewer: Viewer, inquiry: Inquiry, at: datetime) -> list[InvestigationPart]:
    rows = (
        Investigation.objects.filter(inquiry=inquiry)
        .select_related("ordered_by", "sealed_by")
        .order_by("number")
    )
    return [_investigation(viewer, row, at) for row in rows]


def _investigation(viewer: Viewer, row: Investigation, at: datetime) -> InvestigationPart:
    team = list(row.team.select_related("person", "named_by").order_by("pk"))
    own = next((one for one in team if str(one.person_id) == viewer.key and one.released_at is None), None)
    progress = list(row.progress.select_related("by").order_by("pk"))
    due = progress_due(row.ordered_at, (one.at for one in progress))
    is_open = row.sealed_at is None
    tasks = row.tasks.select_related("owner", "done_by").order_by("due_on", "pk")
    return InvestigationPart(
        number=row.number, order=row.order, ordered_by=row.ordered_by.display_name, ordered_at=row.ordered_at,
        plan=row.plan, preservation_order=row.preservation_order, preservation_at=row.preservation_at,
        protection_plan=row.protection_plan, sealed_at=row.sealed_at,
        sealed_by=row.sealed_by.display_name if row.sealed_by else "", sha256=row.sha256,
        seal_holds=is_open or sha256(bytes(row.sealed_content)) == row.sha256, team=team,
        tasks=[TaskLine(one, is_open and one.done_at is None and one.due_on < at.date()) for one in tasks],
        progress=progress, progress_due=due, progress_late=is_open and at > due,
        findings=list(row.findings.select_related("by", "withdrawn_by").order_by("number")),
        member=bool(is_open and own and own.declared_at), to_declare=bool(is_open and own and not own.declared_at),
    )  # fmt: skip


def _acts(
    viewer: Viewer, inquiry: Inquiry, parts: Sequence[InvestigationPart], paused: bool
) -> dict[str, list[ActLine]]:
    """What this person's posts allow in the state it is in. A rule may still refuse; it then says why."""
    running = next((one for one in parts if one.sealed_at is None), None)
    found: dict[str, list[ActLine]] = {part: [] for part in PARTS}
    for verb, act in ACTS.items():
        if act.target or not act.open_to(viewer) or (act.states and inquiry.state not in act.states):
            continue
        if act.team == "member" and not (running and running.member):
            continue
        if act.team == "declare" and not (running and running.to_declare):
            continue
        if act.clock and not inquiry.clock:
            continue
        if verb == ("pause" if paused else "resume") or (verb == "extend" and inquiry.clock_extended):
            continue
        found[act.part].append(ActLine(verb, act.label, act.help))
    return found
