"""What the page of an inquiry shows: one column, in the order of the work. Frozen; nothing here decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from constat.apps.inquiries.differences import Difference
from constat.apps.inquiries.models import (
    Assessment,
    ClockExtension,
    ClockRun,
    Decision,
    Dissent,
    Finding,
    InquiryPause,
    InvestigationTask,
    Investigator,
    InvolvedUnit,
    Progress,
    Reopening,
    Step,
)
from constat.ui.shapes import Clock, Range


@dataclass(frozen=True)
class SearchLine:
    """`asked` is None, and `hits` empty, for a viewer who may not read operations."""

    number: int
    at: datetime
    by: str
    conclusion: str
    count: int
    first: date
    last: date
    radius_km: float
    lon: float | None
    lat: float | None
    hits: Sequence[Mapping[str, Any]]
    searched: Sequence[Mapping[str, Any]]
    missing: Sequence[Mapping[str, Any]]
    shown: bool


@dataclass(frozen=True)
class VersionLine:
    row: Assessment
    deaths: Range
    injured: Range
    current: bool


@dataclass(frozen=True)
class DecisionLine:
    """`faults`: what no longer holds of what was signed; empty when all does."""

    row: Decision
    judgements: tuple[tuple[str, bool], ...]  # vocabulary "judgement"
    faults: tuple[str, ...]
    stands: bool
    reopened: tuple[Reopening, ...]


@dataclass(frozen=True)
class TaskLine:
    row: InvestigationTask
    overdue: bool


@dataclass(frozen=True)
class InvestigationPart:
    number: int
    order: str
    ordered_by: str
    ordered_at: datetime
    plan: str
    preservation_order: str
    preservation_at: datetime | None
    protection_plan: str
    sealed_at: datetime | None
    sealed_by: str
    sha256: str
    seal_holds: bool
    team: Sequence[Investigator]
    tasks: Sequence[TaskLine]
    progress: Sequence[Progress]
    progress_due: datetime
    progress_late: bool
    findings: Sequence[Finding]
    member: bool  # the viewer is of the team and has declared
    to_declare: bool


@dataclass(frozen=True)
class ActLine:
    verb: str
    label: Any
    help: Any


@dataclass(frozen=True)
class Page:
    code: str
    incident: str
    state: str
    reason: str
    opened_by: str
    opened_at: datetime
    officer: str
    proposed_outcome: str
    proposed_reason: str
    clock: Clock | None
    paused: bool
    baseline_hash: str
    baseline_at: datetime
    baseline_holds: bool
    baseline_reports: Sequence[Mapping[str, Any]]
    units: Sequence[InvolvedUnit]
    searches: Sequence[SearchLine]
    versions: Sequence[VersionLine]
    differences: Sequence[Difference]
    came_in: Sequence[str]
    cut: Sequence[str]
    dissents: Sequence[Dissent]
    decisions: Sequence[DecisionLine]
    investigations: Sequence[InvestigationPart]
    steps: Sequence[Step]
    pauses: Sequence[InquiryPause]
    extensions: Sequence[ClockExtension]
    runs: Sequence[ClockRun]
    closed_at: datetime | None
    closed_by: str
    closure_reason: str
    explanation: str
    notices: Sequence[str]
    acts: Mapping[str, Sequence[ActLine]]  # part of the page -> what this viewer can do there now
    public_key: str
    docket_here: bool  # the viewer keeps conduct dockets and may open one from here
