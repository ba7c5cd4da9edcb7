"""What is handed to the register's actions, before it is in the register. Plain values."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class AreaDraft:
    """One administrative area as a source gives it. `wkb`: (Multi)Polygon in WGS 84, checked by the caller; None if unknown.

    `row` is where it stands in its file, for the list of problems.
    """

    code: str
    level: int
    name: str
    country: str  # ISO 3166 alpha-3
    parent_code: str = ""
    name_ar: str = ""
    wkb: bytes | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    population: int | None = None
    row: int = 0


@dataclass(frozen=True)
class PlaceDraft:
    """One named place. `spellings`: every other way its name is written, in any script."""

    source_key: str
    name: str
    lon: float
    lat: float
    country: str
    spellings: tuple[str, ...] = ()
    feature: str = ""
    population: int | None = None
    row: int = 0


@dataclass(frozen=True)
class Problem:
    """A row that was refused (`severity` "refused") or taken with a repair ("note"), and why, in a sentence."""

    row: int
    severity: str
    field: str
    message: str


@dataclass
class Loaded:
    """Every row of a load is in exactly one of the four counts."""

    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    changed: int = 0  # was there already; gained something: a spelling, an outline, a day on which it ends
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: int, what: str, message: str) -> None:
        self.refused += 1
        self.problems.append(Problem(row, "refused", what, message))

    def note(self, row: int, what: str, message: str) -> None:
        self.problems.append(Problem(row, "note", what, message))
