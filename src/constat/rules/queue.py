"""The queue of reports as a statement counts it: carried over, new, reopened, closed by reason, still open.

What is counted is reports, never incidents and never people. A report stands open from its receipt until it is answered:
set aside at triage, tied as a duplicate of another one, or every incident it is tied to has a finding that stands. A
finding that is reopened opens all reports that hang on it. Everything is read from dated decisions, so the same moment
asked twice gives the same figures.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary

DUPLICATE, SET_ASIDE = "duplicate", "set_aside"
NEW, CLOSED, REOPENED, RESTATED = "new", "closed", "reopened", "restated"


class QueueError(RuleError):
    """The tree of this module."""


class QueueUnbalanced(QueueError):
    """The five figures contradict each other. `difference`: open as stated minus open as it follows."""


class NegativeCount(QueueError):
    """A count below zero."""


@dataclass(frozen=True)
class Finding:
    """A decision that answers, from `at` until it was reopened (None: it stands). `reason`: code of `queue_reason`."""

    at: datetime
    reason: str
    until: datetime | None = None

    def stands(self, moment: datetime) -> bool:
        return self.at <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Tie:
    """A report hangs on an incident, from `at` until it was cut. `duplicate`: as a copy of another report of it."""

    at: datetime
    findings: tuple[Finding, ...] = ()
    until: datetime | None = None
    duplicate: bool = False

    def holds(self, moment: datetime) -> bool:
        return self.at <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Entry:
    """One report of the queue: when it came, what was decided on itself, the incidents it hangs on."""

    key: str
    received: datetime
    findings: tuple[Finding, ...] = ()
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True)
class Change:
    """What happened to a report in the queue. `reason`: of a closing or restatement. `before`: the reason it replaced."""

    at: datetime
    kind: str
    reason: str = ""
    before: str = ""


def answer(entry: Entry, moment: datetime) -> str:
    """The reason for which the report counts as answered at that moment; "" while it is open."""
    own = [finding for finding in entry.findings if finding.stands(moment)]
    mine = max(own, key=lambda finding: finding.at).reason if own else ""
    if mine and mine != SET_ASIDE:
        return mine
    # Filed after its case was decided ("answered"): what the case found is the answer.
    return _tied(entry, moment) or mine


def _tied(entry: Entry, moment: datetime) -> str:
    ties = [tie for tie in entry.ties if tie.holds(moment)]
    if not ties:
        return ""
    cases = [tie for tie in ties if not tie.duplicate]
    if not cases:
        return DUPLICATE
    standing = [[one for one in tie.findings if one.stands(moment)] for tie in cases]
    if not all(standing):
        return ""
    reasons = {max(found, key=lambda finding: finding.at).reason for found in standing}
    # One report of two incidents: what was found credible anywhere is said, the rest is in the list.
    return min(reasons, key=_order)


@cache
def _order(reason: str) -> int:
    return list(vocabulary("queue_reason")).index(reason)


def changes(entry: Entry) -> tuple[Change, ...]:
    """What happened to the report, in order; the first is always its receipt."""
    found, before = [Change(entry.received, NEW)], ""
    for moment in _moments(entry):
        now = answer(entry, moment)
        if now != before:
            kind = REOPENED if not now else RESTATED if before else CLOSED
            found.append(Change(moment, kind, now, before))
        before = now
    return tuple(found)


def _moments(entry: Entry) -> list[datetime]:
    """Every moment at which the answer can change, from the receipt on."""
    spans = [(tie.at, tie.until) for tie in entry.ties]
    spans += [(one.at, one.until) for one in (*entry.findings, *(f for t in entry.ties for f in t.findings))]
    ends = {moment for span in spans for moment in span if moment is not None}
    return sorted({max(moment, entry.received) for moment in ends})


@dataclass(frozen=True)
class Balance:
    """The five figures of a period. Cannot be made unless they agree: open = carried + new + reopened - closed.

    `closed`: reason (code of `queue_reason`) -> how many closings; a report closed, reopened and closed again counts twice.
    """

    carried: int
    new: int
    reopened: int
    closed: Mapping[str, int]
    open: int

    def __post_init__(self) -> None:
        for reason in self.closed:
            vocabulary("queue_reason").check(reason, new=False)
        for value in (self.carried, self.new, self.reopened, self.open, *self.closed.values()):
            if value < 0:
                raise NegativeCount("queue_negative", value=value)
        follows = self.carried + self.new + self.reopened - self.closed_total
        if follows != self.open:
            raise QueueUnbalanced(
                "queue_unbalanced",
                carried=self.carried,
                new=self.new,
                reopened=self.reopened,
                closed=self.closed_total,
                open=self.open,
                follows=follows,
                difference=self.open - follows,
            )

    @property
    def closed_total(self) -> int:
        return sum(self.closed.values())

    @property
    def by_finding(self) -> dict[str, int]:
        """The closings by the topmost reason: credible, not enough evidence now, duplicate, set aside."""
        words, found = vocabulary("queue_reason"), Counter[str]()
        for reason, count in self.closed.items():
            found[(reason, *words.ancestors(reason))[-1]] += count
        return {code: found[code] for code in words if words[code].parent is None}


@dataclass(frozen=True)
class Movement:
    """One line of the list: what happened to a report in the period."""

    key: str
    change: Change


def balance(entries: Iterable[Entry], start: datetime, end: datetime) -> tuple[Balance, tuple[Movement, ...]]:
    """The queue from `start` (included) to `end` (excluded), and every change within, in the order of time."""
    counts, closed, moved = Counter[str](), Counter[str](), []
    for entry in entries:
        history = changes(entry)
        # Counted by the state at both ends and by the changes between: the two ways must agree.
        counts["carried"] += entry.received < start and not _answered_before(history, start)
        counts["open"] += entry.received < end and not _answered_before(history, end)
        for change in history:
            if start <= change.at < end:
                counts[change.kind] += 1
                closed[change.reason] += change.kind == CLOSED
                moved.append(Movement(entry.key, change))
    reasons = {reason: count for reason, count in closed.items() if count}
    moved.sort(key=lambda one: (one.change.at, one.key))
    sheet = Balance(counts["carried"], counts[NEW], counts[REOPENED], reasons, counts["open"])
    return sheet, tuple(moved)


def _answered_before(history: Sequence[Change], moment: datetime) -> bool:
    """Was the report answered just before that moment?"""
    return bool([change for change in history if change.at < moment][-1].reason)


@dataclass(frozen=True)
class Correction:
    """A figure of an earlier statement that reads otherwise today."""

    figure: str
    published: int
    now: int

    @property
    def difference(self) -> int:
        return self.now - self.published


def corrections(published: Mapping[str, int], now: Mapping[str, int]) -> tuple[Correction, ...]:
    """Every figure that was published and is another one now. One that vanished is corrected to 0, never dropped."""
    return tuple(
        Correction(name, value, now.get(name, 0))
        for name, value in published.items()
        if now.get(name, 0) != value
    )


def figures(sheet: Balance, prefix: str = "") -> dict[str, int]:
    """The figures of a balance by name, as they are published and compared later."""
    named: Sequence[tuple[str, int]] = [
        ("carried", sheet.carried),
        ("new", sheet.new),
        ("reopened", sheet.reopened),
        ("closed", sheet.closed_total),
        *((f"closed.{reason}", count) for reason, count in sorted(sheet.closed.items())),
        ("open", sheet.open),
    ]
    return {prefix + name: value for name, value in named}
