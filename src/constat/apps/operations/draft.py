"""One operation on its way in: what a form, a file or the demo hands to the actions. Plain values, codes of vocabularies."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as of
from datetime import datetime
from decimal import Decimal
from uuid import UUID

Point = tuple[float, float]  # (lon, lat)


@dataclass(frozen=True)
class WeaponLine:
    weapon: str = "unknown"
    rounds: int | None = None
    fire: str = "unknown"
    at: datetime | None = None
    shooter: Point | None = None
    target: Point | None = None
    note: str = ""


@dataclass(frozen=True)
class EncounterDraft:
    """steps: (code, distance in metres or None), in the order in which they were taken."""

    steps: tuple[tuple[str, int | None], ...]
    outcome: str = "unknown"
    light: str = "unknown"
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Draft:
    """`unit`: its code in the register. Times are aware; `zone` is the one the log was written in. `None` is "not said".

    exposures: measure -> quantity. uid: of the row, when it comes from a file: the same row again adds nothing.
    """

    unit: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    lon: float
    lat: float
    time_precision: str = "time_of_day"
    radius_km: float = 0.0
    path: tuple[Point, ...] = ()
    place_text: str = ""
    place_precision: str = "exact"
    place_id: int | None = None
    phase: str = "unknown"
    tasking: str = ""
    kinetic: bool | None = None
    domains: tuple[str, ...] = ()
    partners: str = ""
    supported_force: str = ""
    planning: str = "unknown"
    fire: str = "unknown"
    warning_given: bool | None = None
    recordings: str = ""
    rules_card: str = ""
    risk_sheet: str = ""
    exposures: Mapping[str, Decimal] = of(default_factory=dict)
    weapons: tuple[WeaponLine, ...] = ()
    encounters: tuple[EncounterDraft, ...] = ()
    uid: UUID | None = None
    external_key: str = ""
    content_sha256: str = ""
    row: int = 0
    content: Mapping[str, str] = of(default_factory=dict)
    areas: Mapping[str, str] | None = None  # country, adm1, adm2, adm3 where already known; None: looked up
    warnings: tuple["Problem", ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row of a file. severity: refused, changed, warning."""

    row: int
    severity: str
    field: str
    reason: str
    message: str
    content: Mapping[str, str] = of(default_factory=dict)
