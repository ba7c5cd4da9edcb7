"""What a counted publication is made of: figures that each say where they come from, and one document around them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from constat.rules.disclosure import Cell
from constat.rules.vocabulary import vocabulary
from constat.ui import formats
from constat.ui.documents import (
    Bullets,
    ChartBlock,
    Document,
    Heading,
    KeyFigures,
    Note,
    Paragraph,
    TableBlock,
)


class PublicationError(Exception):
    """The tree of this app. `str(error)` says what to do next."""


class UnresolvedNumber(PublicationError):
    """A document prints a number that no figure answers for. Give it a figure, or take it out."""


class NotAllowed(PublicationError):
    """Composing a publication is work of whoever may draft one."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as it may be published.

    value: None when it is suppressed or unknown (`cell` says which). query: code of `saved_query`; with `methodology`
    and `as_of` it is computed again. low, high, n: range and number of records behind it. numerator, denominator: of a
    rate or a share, whose `unit` names the denominator ("operations"). before: of a change, the earlier number.
    """

    name: str
    value: int | Decimal | None
    unit: str
    query: str
    as_of: datetime
    methodology: str = ""
    numerator: int | None = None
    denominator: int | None = None
    before: int | None = None
    low: int | None = None
    high: int | None = None
    n: int | None = None
    cell: Cell = Cell.SHOWN
    source: str = ""  # of a number that a person entered

    def __post_init__(self) -> None:
        term = vocabulary("saved_query").check(self.query, new=False)
        if not self.methodology:
            object.__setattr__(self, "methodology", str(term.extra["methodology"]))

    def as_json(self) -> dict[str, Any]:
        found = {name: getattr(self, name) for name in self.__slots__}
        found["as_of"] = self.as_of.isoformat(timespec="seconds")
        found["cell"] = self.cell.value
        if isinstance(self.value, Decimal):
            found["value"] = str(self.value)
        return {name: value for name, value in found.items() if value is not None and value != ""}

    def numbers(self) -> list[int | Decimal]:
        """Everything of it that may be printed."""
        parts = (self.value, self.numerator, self.denominator, self.before, self.low, self.high, self.n)
        return [part for part in parts if part is not None]


@dataclass(frozen=True, slots=True)
class Composed:
    """`kind`: queue_statement or note. `period`: "2026-10", "2026-Q3". `rows`: the list behind the document, with codes,
    for the desk only. `context`: texts with digits that are no figures (dates, thresholds). Cannot be made with a number
    that resolves to nothing (UnresolvedNumber)."""

    kind: str
    period: str
    language: str
    figures: Sequence[Figure]
    document: Document
    rows: Sequence[Mapping[str, Any]] = ()
    context: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        stray = unresolved(self.document, self.figures, self.context, self.language)
        if stray:
            raise UnresolvedNumber(f"These numbers come from no saved query: {', '.join(stray)}.")

    def figure(self, name: str) -> Figure:
        return next(one for one in self.figures if one.name == name)

    def as_json(self) -> dict[str, Any]:
        """Without `rows`: what leaves the house holds no code of a case."""
        return {
            "kind": self.kind,
            "period": self.period,
            "language": self.language,
            "title": self.document.title,
            "figures": [one.as_json() for one in self.figures],
        }


_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_GROUPED = {"fr": re.compile("(?<=\\d)\u202f(?=\\d{3})"), "en": re.compile(r"(?<=\d),(?=\d{3})"),
            "ar": re.compile("(?<=\\d)\u202f(?=\\d{3})")}  # fmt: skip


def texts(document: Document) -> list[str]:
    """Every string a reader sees, the words inside charts apart: those carry the rows of figures."""
    found = [document.title, document.subtitle, *(text for pair in document.facts for text in pair)]
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                found.append(block.text)
            case Note():
                found += [block.title, block.text]
            case Bullets():
                found += block.items
            case TableBlock():
                found += [block.caption, block.note, *(column.head for column in block.columns)]
                found += [cell for row in block.rows for cell in row]
            case ChartBlock():
                found += [block.caption, block.note, block.alternative]
                for row in block.spec["data"]["values"]:
                    found += [row["label"], row["figure"], row["n_label"]]
            case KeyFigures():
                for one in block.figures:
                    found += [one.label, one.value, one.detail]
    return found


def unresolved(
    document: Document, figures: Sequence[Figure], context: frozenset[str], language: str
) -> list[str]:
    """The numbers printed that are neither of a figure nor of a known text (a date, a threshold)."""
    known = {_plain(str(abs(number))) for figure in figures for number in figure.numbers()}
    known |= {figure.methodology for figure in figures}
    longest_first = sorted((text for text in context if text), key=len, reverse=True)
    stray = []
    for text in texts(document):
        for part in longest_first:
            text = text.replace(part, " ")
        plain = _GROUPED[formats.base(language)].sub("", text)
        stray += [token for token in _NUMBER.findall(plain) if _plain(token.replace(",", ".")) not in known]
    return stray


def _plain(number: str) -> str:
    """`0.50` is 0.5; 1000 stays 1000."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def dated(moment: date, language: str) -> frozenset[str]:
    """The ways a day is written in a document, for `context`."""
    return frozenset(
        {
            formats.day(moment, language),
            formats.month(moment, language),
            formats.short(moment, language),
            str(moment.year),
        }
    )
