"""What the pages of operations are made of: frozen, plain. Operations hold no names; whoever may read them reads them whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from constat.apps.operations.coverage import LogSpan
from constat.apps.operations.draft import EncounterDraft, WeaponLine
from constat.rules.escalation import Funnel
from constat.ui.shapes import Moment, Pager


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    code: str
    kind: str
    unit: str
    starts_at: datetime
    ends_at: datetime
    time_precision: str
    place: str
    precision: str
    area: str
    force: str  # weapon, kinetic, none
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: Sequence[Row]
    pager: Pager


@dataclass(frozen=True, slots=True)
class Step:
    step: str
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Revision:
    """What it said before: (column, value) pairs, in words where a vocabulary knows them."""

    at: datetime
    by: str
    reason: str
    before: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """One operation."""

    row: Row
    unit_code: str
    zone: str
    lon: float
    lat: float
    radius_km: float
    path: Sequence[tuple[float, float]]
    phase: str
    tasking: str
    kinetic: bool | None
    domains: Sequence[str]
    partners: str
    supported_force: str
    planning: str
    fire: str
    warning_given: bool | None
    recordings: str
    rules_card: str
    risk_sheet: str
    exposures: Sequence[tuple[str, Decimal]]
    exposure_wanted: str  # the measure of its type, when nobody gave it
    weapons: Sequence[WeaponLine]
    encounters: Sequence[EncounterDraft]
    revisions: Sequence[Revision]
    recorded_by: str
    recorded_at: datetime
    from_file: str
    external_key: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str
    history: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Month:
    """A cell of the coverage: of `days` days of the month that have passed, `received` have a log. `reason`: why not."""

    first: date
    days: int
    received: int
    reason: str
    operations: int

    @property
    def state(self) -> str:
        if not self.days:
            return "none"
        if self.received == self.days:
            return "whole"
        return "part" if self.received else "missing"


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: str
    unit_code: str
    months: Sequence[Month]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the coverage, to be looked at or taken back."""

    pk: int
    unit: str
    first: date
    last: date
    state: str
    reason: str
    note: str
    brought_by: str
    sha256: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_reason: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class CoveragePage:
    months: Sequence[date]
    lines: Sequence[UnitLine]
    entries: Sequence[Entry]
    earlier: str
    later: str
    received: int  # unit-days with a log, of `days`
    days: int
    missing: Sequence[LogSpan]


@dataclass(frozen=True, slots=True)
class FunnelPage:
    """`outcomes`, `lights`: the columns that hold anything. `operations`: those the encounters are of."""

    funnel: Funnel
    lights: Sequence[str]
    outcomes: Sequence[str]
    operations: int
    exposure: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class FilePage:
    """A file that was brought in and what became of it."""

    pk: int
    filename: str
    sha256: str
    at: datetime
    by: str
    counts: Mapping[str, int]
    problems: Sequence[tuple[int, str, str, str]]  # row, severity, field, message
    more: int
