"""Triage: what happens with a report, from the vocabulary "triage_outcome", always with a reason.

The outcome names the step of the workflow (accept, close, link). A duplicate waits in triage until it is linked to the
incident of the other account; its receipt stays and its reporter keeps a status. What the officer learned about children
or sexual violence moves the report to its compartment in the same act, also when that takes it out of the officer's sight.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import vault
from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import CLOCK_COLUMNS, note, start_clock, step, written
from constat.apps.reports.errors import ReportError
from constat.apps.reports.models import KeptApart, Report, Triage
from constat.apps.reports.protection import CHILD, CRSV, SAFETY, protect, triage_clock
from constat.rules.permissions import Permission
from constat.rules.visibility import GENERAL
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import MissingNeed

UNCHANGED = ""
RUNNING = frozenset({"received", "safety_hold", "in_triage"})  # states in which somebody still has to decide


class SafetyFirst(ReportError):
    """Somebody may be in danger: the report is held and released with a plan before anything else is decided."""


@dataclass(frozen=True)
class Findings:
    """What the officer learned while sorting; "" leaves an answer as it is. Nothing here takes a protection away."""

    child_involved: str = UNCHANGED
    sexual_violence: str = UNCHANGED
    involvement: str = UNCHANGED


def triage(
    *, by: Person, at: datetime, report: str, outcome: str, reason: str, explanation: str = "",
    findings: Findings | None = None,
) -> Report:  # fmt: skip
    """`explanation`: what the reporter may be told; needed to close. Raises WorkflowError, SafetyFirst, UnknownTerm."""
    term = vocabulary("triage_outcome").check(outcome)
    following = str(term.extra["next"])
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        if not reason.strip():
            raise MissingNeed(following, "reason")
        if found.state == "safety_hold":
            raise SafetyFirst(_("This report is held for safety. Release it with a protection plan first."))
        if following == "link":
            # The step itself belongs to whoever links; here only the decision is kept.
            if found.state != "in_triage":
                step(found, "accept", by=by, at=at, reason=reason, outcome=outcome)
        else:
            transition = step(
                found, following, by=by, at=at, reason=reason, outcome=outcome, explanation=explanation
            )
            start_clock(found, transition.clock if transition.clock and _may_be_told(found) else "", at=at)
        found.outcome = outcome
        Triage.objects.create(report=found, outcome=outcome, reason=reason.strip(), by=by, at=at)
        if explanation.strip():
            note(found, "explanation", explanation, by=by, at=at)
        learn(found, findings or Findings(), at=at, compartment=str(term.extra.get("compartment", "")))
        written(found, "triage", "state", "outcome", *LEARNED, *CLOCK_COLUMNS, by=by, at=at,
                details={"outcome": outcome, "compartment": found.compartment})  # fmt: skip
    return found


LEARNED = ("child_involved", "sexual_violence", "involvement", "compartment", "sensitivity")


def _may_be_told(report: Report) -> bool:
    # Without a way to reach anybody there is nobody to tell: the status page answers whoever asks with the code.
    return report.reporter_key is not None


def learn(report: Report, findings: Findings, *, at: datetime, compartment: str = "") -> None:
    """Answers that came to light: they protect at once, and an own-force suspicion shortens the running triage clock."""
    if findings.involvement:
        report.involvement = vocabulary("involvement").check(findings.involvement).code
        if report.clock in ("triage", "triage_own_force") and report.state in RUNNING:
            code = triage_clock(report.involvement)
            if code != report.clock:
                start_clock(report, code, at=at, started=report.clock_started_at)
    for name in ("child_involved", "sexual_violence"):
        if value := getattr(findings, name):
            setattr(report, name, value)
    target = compartment if compartment and report.compartment == GENERAL else report.compartment
    _move(report, target, at)


def _move(report: Report, target: str, at: datetime) -> None:
    """Into the compartment the answers ask for; the reporter's identity goes along. Never back into the general one."""
    before = report.compartment
    after = protect(
        compartment=target, sensitivity=report.sensitivity, child_involved=report.child_involved,
        sexual_violence=report.sexual_violence, harms=(),
    )  # fmt: skip
    report.compartment = after.compartment
    report.sensitivity = max(report.sensitivity, after.sensitivity)
    if report.compartment == before:
        return
    keys: list[UUID | None] = [report.reporter_key]
    keys += KeptApart.objects.filter(report=report).values_list("identity_key", flat=True)
    for key in filter(None, keys):
        vault.move(key, compartment=report.compartment)
    if report.compartment in (CHILD, CRSV) and report.state in RUNNING:
        start_clock(report, SAFETY, at=at)


def reclassify(*, by: Person, at: datetime, report: str, findings: Findings, reason: str) -> Report:
    """The same findings without an outcome: protection does not wait for the decision."""
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        if not reason.strip():
            raise MissingNeed("hold", "reason")
        learn(found, findings, at=at)
        written(
            found,
            "reclassify",
            *LEARNED,
            *CLOCK_COLUMNS,
            by=by,
            at=at,
            details={"compartment": found.compartment},
        )
    return found
