"""What the pages of incidents are made of: frozen, plain, already cut down to what this viewer may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from constat.apps.reports import pages as report_pages
from constat.ui.shapes import Clock, HarmRow, Moment, Pager, Range, Reading


@dataclass(frozen=True, slots=True)
class Where(report_pages.Where):
    """A place as this viewer may know it."""

    @property
    def area_beside(self) -> str:
        """The area, unless it is all that is said of the place already."""
        return "" if self.short == self.area else self.area

    @classmethod
    def of(cls, other: report_pages.Where) -> "Where":
        return cls(
            other.stated, other.name, other.area, other.precision, other.withheld, other.lon, other.lat
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    code: str
    state: str
    incident_type: str
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    where: Where
    killed: Range | None  # None: nothing recorded
    injured: Range | None
    grade: str
    groups: int  # sources that do not copy each other
    reports: int
    own: bool  # our own force is alleged, suspected or found to be involved
    clock: Clock | None
    sensitivity: int
    compartment: str


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: Sequence[Row]
    pager: Pager


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A linked report as this viewer may know it. `words` and `translation` empty: not theirs to read."""

    code: str
    relation: str
    reason: str
    linked_by: str
    linked_at: datetime
    readable: bool
    protected: bool  # seen by members of its compartment only; counted for nobody else
    words: str = ""
    language: str = ""
    translation: str = ""
    translation_language: str = ""
    channel: str = ""
    received_at: datetime | None = None
    cut_by: str = ""
    cut_at: datetime | None = None
    cut_reason: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    pk: int
    kind: str
    reliability: str
    credibility: str
    group: str  # "" when nobody established whom it copies
    access: str
    supports: bool
    report: str
    note: str


@dataclass(frozen=True, slots=True)
class AttributionLine:
    pk: int
    actor: str
    basis: str
    said_by: str
    explanation: str
    proof_standard: str
    by: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonLine:
    key: str
    short: str  # the first letters of the key: what colleagues say on the telephone
    sex: str
    age_band: str
    status: str
    groups: Sequence[str]
    harms: Sequence[str]
    sealed: bool  # a name is in the vault


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """Persons listed against the figures, for one harm. `kind`: agrees, fewer_listed, more_listed, no_total."""

    harm: str
    listed: int
    stated: Range | None
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """An act this viewer may do now. `needs`: what it asks for, in words."""

    verb: str
    label: str
    needs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MergeLine:
    pk: int
    absorbed: str
    by: str
    at: datetime
    reason: str
    undone_at: datetime | None
    undone_by: str
    undone_reason: str
    harms: Sequence[HarmRow]  # what the absorbed incident said; not added
    taken_back: Sequence[str]  # columns whose newer wording the undo took back


@dataclass(frozen=True, slots=True)
class ClosureLine:
    reason: str
    explanation: str
    by: str
    at: datetime
    reopened_at: datetime | None
    reopened_by: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page of one incident."""

    code: str
    state: str
    incident_type: str
    weapon: str
    violence_type: str
    involvement: str
    narrative: str
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    where: Where
    sensitivity: int
    compartment: str
    killed: Range | None
    injured: Range | None
    harms: Sequence[HarmRow]
    grade: str
    grade_reason: str
    graded_by: str
    graded_at: datetime | None
    grade_trace: Sequence[str]
    suggested: str
    suggested_trace: Sequence[str]
    counter_evidence: Sequence[str]
    proof_standard: str
    own: bool  # our own force is alleged, or more
    docket: str  # code of the open inquiry, "" where there is none
    sources: Sequence[SourceLine]
    groups: int
    attributions: Sequence[AttributionLine]
    attribution_shown: bool
    persons: Sequence[PersonLine]
    differences: Sequence[DifferenceLine]
    reports: Sequence[ReportLine]
    cut: Sequence[ReportLine]
    closed_reports: int  # linked, counted, not this viewer's to read
    clock: Clock | None
    paused: bool
    to_tell: bool  # closed, and nobody has noted yet that those concerned were told
    steps: Sequence[Step]
    edits: Sequence[Step]
    merges: Sequence[MergeLine]
    merged_into: str
    closures: Sequence[ClosureLine]
    history: Sequence[Moment]
    reading: Reading
    assigned_to: str
    may_reveal: bool
    has_shape: bool
    bounds: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A reason of a suggestion, in words. `speaks_for` False: it speaks against."""

    text: str
    speaks_for: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A report or an incident that may be about the same event. `percent`: how strongly, 0 to 100."""

    code: str
    percent: int
    reasons: Sequence[Said]
    incident_type: str
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    where: Where
    killed: Range | None
    state: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Proposals:
    """`compared`: how many were looked at; `capped`: there were more. `below`: how many stood under the threshold."""

    lines: Sequence[Proposal]
    compared: int
    capped: bool
    below: int
    threshold: int
    refused: Sequence[str] = field(default=())
