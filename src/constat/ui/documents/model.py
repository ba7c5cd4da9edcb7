"""The parts a document is made of. Plain data: strings in the language of the document, no markup of any kind."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from constat.ui.formats import base

RIGHT_TO_LEFT = frozenset({"ar"})
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # of a document that stands for no moment
FIRST_STRONG, POP = "\u2068", "\u2069"


class UnevenTable(ValueError):
    """A row with more or fewer cells than the table has columns: a figure would stand under the wrong head."""


def isolate(text: str) -> str:
    """A name or a code that keeps its own direction inside a sentence of another one."""
    return f"{FIRST_STRONG}{text}{POP}" if text else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 to 3, below the title of the document."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`lead`: the opening words of a document, set larger."""

    text: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """`numeric`: figures, set flush at the end of the cell. `share`: width relative to the other columns."""

    head: str
    numeric: bool = False
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class TableBlock:
    """The first column names the row. `totals`: how many rows at the end are sums, set apart. `note`: below it."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    note: str = ""
    totals: int = 0

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise UnevenTable(
                    f"Row {number} of the table {self.caption!r} has {len(row)} cells for {len(self.columns)} columns."
                )


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """`spec`: from `interval_chart`, or any Vega-Lite that passes `lint_chart`. `alternative`: what it shows, in words."""

    spec: Mapping[str, Any]
    caption: str
    alternative: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One large figure with its words: `value` as it is printed, `detail` smaller below (range, denominator)."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of at most five figures, to be read before anything else."""

    figures: Sequence[KeyFigure]


@dataclass(frozen=True, slots=True)
class Note:
    """Words set apart: a limit, a correction. `kind` info or warning."""

    text: str
    title: str = ""
    kind: str = "info"


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Bullets | TableBlock | ChartBlock | KeyFigures | Note | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """`language`: fr, en or ar. `as_of`: the time the figures stand for; it is the only time in the file.

    issuer: who speaks, above the title. reference: a code, in the footer of every page. status: said on every page
    ("draft, not released"). published documents leave it empty.
    """

    title: str
    language: str
    blocks: Sequence[Block]
    subtitle: str = ""
    issuer: str = ""
    reference: str = ""
    status: str = ""
    as_of: dt.datetime | None = None
    facts: Sequence[tuple[str, str]] = field(default=())  # label and value, in a small table under the title

    @property
    def tag(self) -> str:
        return base(self.language)

    @property
    def right_to_left(self) -> bool:
        return self.tag in RIGHT_TO_LEFT
