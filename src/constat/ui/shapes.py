"""Plain shapes that queries put into page objects and components draw. Frozen; no Django, no decision.

A component takes these or anything with the same attributes (a dict will do).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """How many, honestly: least, best estimate, most. None is unknown and is never zero."""

    low: int | None = None
    best: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a navigation: `count` is shown beside the label when it is not None."""

    label: str
    url: str
    current: bool = False
    count: int | str | None = None


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path to this page. The last one, the page itself, has no url."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One running deadline. `state`: on_time, due_soon, overdue, paused, met, missed (see rules.deadlines)."""

    state: str
    label: str = ""  # what must be done: "Accusé de réception"
    due: dt.datetime | None = None
    left: dt.timedelta | None = None  # until due; negative when past. None while paused.
    reason: str = ""  # why it is paused


@dataclass(frozen=True, slots=True)
class Pager:
    """Keyset paging: links to the neighbours, and a capped count ("1 000+") if there is one."""

    newer: str = ""
    older: str = ""
    shown: int = 0
    total: int | None = None
    capped: bool = False  # True: there are at least `total`


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline. `words` is somebody's own text and is shown with its own direction."""

    at: dt.datetime | dt.date
    title: str
    by: str = ""
    words: str = ""
    url: str = ""
    kind: str = ""  # changes the marker only: event, decision, report, correction
    precision: str = "exact"  # code of the vocabulary date_precision
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class HarmRow:
    """One line of a harm table: who was harmed and how, between how many and how many, on how many sources."""

    label: str
    tally: Range
    n: int | None = None  # sources or records behind the numbers
    children: Sequence["HarmRow"] = field(default=())


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a dot-and-whisker chart. `n` says on how many records it rests."""

    label: str
    tally: Range
    n: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Why this person sees this record, in sentences, and what they do not see. See rules.visibility.Decision."""

    reasons: Sequence[str]
    withheld: Sequence[str] = ()
    logged: bool = True


def part(value: object, name: str) -> Any:
    """An attribute of a shape or a key of a dict; None when it has neither."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def bounds(
    value: object, best: int | None = None, high: int | None = None
) -> tuple[int | None, int | None, int | None]:
    """(low, best, high) of a Range of ours or of rules.tally, of a harm line, or of three numbers given apart."""
    if value is None or isinstance(value, int):
        return value, best, high
    for low_name, high_name in (("low", "high"), ("min", "max"), ("minimum", "maximum")):
        if (isinstance(value, dict) and low_name in value) or hasattr(value, low_name):
            return part(value, low_name), part(value, "best"), part(value, high_name)
    raise TypeError(f"{type(value).__name__} has no least and most: give a range, or three numbers.")
