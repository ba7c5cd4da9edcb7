"""What the pages of reports are made of: frozen, plain, already cut down to what this viewer may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from constat.ui.shapes import Clock, HarmRow, Moment, Pager, Range, Reading


@dataclass(frozen=True, slots=True)
class Where:
    """A place as this viewer may know it. `stated`: as it was said ("" when withheld or not said)."""

    stated: str = ""
    name: str = ""  # of the gazetteer
    area: str = ""  # cercle, region
    precision: str = "unknown"
    withheld: bool = False
    lon: float | None = None
    lat: float | None = None

    @property
    def short(self) -> str:
        return self.name or self.stated or self.area


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the worklist."""

    code: str
    state: str
    channel: str
    received_at: datetime
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    where: Where
    killed: Range | None  # None: the report says nothing about it
    injured: Range | None
    urgent: bool  # somebody is in danger or needs care
    sensitivity: int
    compartment: str
    involvement: str
    assigned_to: str
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Queue:
    rows: Sequence[Row]
    pager: Pager
    areas: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Words:
    """The original beside its translations. `exact` False: the bytes are no UTF-8 and are shown as well as possible."""

    original: str
    language: str
    sha256: str
    size: int
    exact: bool
    translations: Sequence["Rendering"]
    withheld: bool = False  # this viewer needs the pattern of the report, not what was said


@dataclass(frozen=True, slots=True)
class Rendering:
    language: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Apart:
    """Another content that came under the same uid."""

    original: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Verb:
    """An act this viewer may do now. `needs`: what it asks for, in words."""

    code: str
    label: str
    needs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Granted:
    pk: int
    to: str
    reason: str
    by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PauseSpan:
    reason: str
    note: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page of one report."""

    code: str
    state: str
    outcome: str
    channel: str
    reporter_type: str
    received_at: datetime
    starts_on: date | None
    ends_on: date | None
    date_precision: str
    where: Where
    words: Words
    harms: Sequence[HarmRow]
    incident_type: str
    weapon: str
    violence_type: str
    involvement: str
    claimed_actor: str
    in_danger: str
    needs_care: str
    child_involved: str
    sexual_violence: str
    reliability: str
    credibility: str
    source_access: str
    independence_group: str
    sources_stated: int | None
    source: str
    external_key: str
    extra: Sequence[tuple[str, str]]
    has_identity: bool
    consents: Sequence[tuple[str, str]]  # purpose, latest answer
    assigned_to: str
    assigned_key: int | None
    recorded_by: str
    sensitivity: int
    compartment: str
    clock: Clock | None
    clock_code: str
    paused: bool
    pauses: Sequence[PauseSpan]
    history: Sequence[Moment]
    kept_apart: Sequence[Apart]
    grants: Sequence[Granted]
    verbs: Sequence[Verb]
    reading: Reading


@dataclass(frozen=True, slots=True)
class BatchRow:
    pk: int
    kind: str
    filename: str
    at: datetime
    by: str
    source: str
    rows: int
    imported: int
    unchanged: int
    changed: int
    refused: int


@dataclass(frozen=True, slots=True)
class ProblemRow:
    row: int
    severity: str
    field: str
    message: str
    content: dict[str, object]


@dataclass(frozen=True, slots=True)
class BatchPage:
    batch: BatchRow
    sha256: str
    mapping: Sequence[tuple[str, str]]
    problems: Sequence[ProblemRow]
    more: bool
    own: bool  # False: another person brought it in, and its rows are not shown
