"""Counting harm without losing what is not known.

Every count is a range: what is certain at least (`min`), the best estimate if there is one (`best`), what is
possible at most (`max`, None when nobody can say: "at least"). A best estimate that nobody has is None and
never 0: zero would claim that nobody was harmed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from constat.rules.speech import RuleError
from constat.rules.vocabulary import Vocabulary, vocabulary

UNKNOWN = "unknown"


class TallyError(RuleError):
    """The tree of this module."""


class InvalidRange(TallyError):
    """The three figures of a count contradict each other."""


class MixedUnits(TallyError):
    """Persons and animals (or any two units) were about to be added."""


class UnknownDimension(TallyError):
    """A roll-up was asked by something that is not a dimension of a harm line."""


@dataclass(frozen=True)
class Range:
    """min <= best <= max. `best` None: no best estimate. `max` None: open-ended, "at least min"."""

    min: int
    best: int | None
    max: int | None

    def __post_init__(self) -> None:
        for name in ("min", "best", "max"):
            _check_figure(name, getattr(self, name), optional=name != "min")
        if self.max is not None and self.min > self.max:
            raise InvalidRange("range_min_above_max", field="max", min=self.min, max=self.max)
        if self.best is not None and self.best < self.min:
            raise InvalidRange("range_best_below_min", field="best", best=self.best, min=self.min)
        if self.best is not None and self.max is not None and self.best > self.max:
            raise InvalidRange("range_best_above_max", field="best", best=self.best, max=self.max)

    def __add__(self, other: "Range") -> "Range":
        """The range of both together. A sum with one unknown best has an unknown best (see `total`)."""
        return Range(self.min + other.min, _both(self.best, other.best), _both(self.max, other.max))

    @property
    def open_ended(self) -> bool:
        return self.max is None


def exactly(n: int) -> Range:
    """A count that nobody disputes."""
    return Range(n, n, n)


def _check_figure(name: str, value: object, *, optional: bool) -> None:
    if value is None and optional:
        return
    # bool is an int for Python; a tick box that slips into a count must not become one person.
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRange("range_not_whole", field=name, figure=vocabulary("figure")[name], value=value)
    if value < 0:
        raise InvalidRange("range_negative", field=name, figure=vocabulary("figure")[name], value=value)


def _both(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True)
class Tally:
    """The total of `n` ranges, saying how much of it is not known.

    `best`: an unknown best enters with its min, the part its record supports. So min <= best <= max holds for
    every total, a total never drops because an estimate is missing, and `n_best_unknown` says how many lines
    entered that way. None when no line has a best. In SQL: SUM(COALESCE(best, min)).
    `max`: None as soon as one line is open-ended; `n_max_open` says how many are.
    """

    min: int
    best: int | None
    max: int | None
    n: int
    n_best_unknown: int
    n_max_open: int

    def __add__(self, other: "Tally") -> "Tally":
        n = self.n + other.n
        unknown = self.n_best_unknown + other.n_best_unknown
        best = None if unknown == n else _support(self) + _support(other)
        return Tally(
            min=self.min + other.min,
            best=best,
            max=_both(self.max, other.max),
            n=n,
            n_best_unknown=unknown,
            n_max_open=self.n_max_open + other.n_max_open,
        )

    @property
    def range(self) -> Range:
        return Range(self.min, self.best, self.max)


# No line at all: nothing is recorded, so there is no best estimate. `n` = 0 tells it from "nobody harmed".
NOTHING = Tally(min=0, best=None, max=0, n=0, n_best_unknown=0, n_max_open=0)


def _support(tally: Tally) -> int:
    return tally.min if tally.best is None else tally.best


def _one(value: Range) -> Tally:
    return Tally(value.min, value.best, value.max, 1, int(value.best is None), int(value.max is None))


def total(ranges: Iterable[Range]) -> Tally:
    """The total of ranges of one unit and one scope; the caller has separated own-force from everybody."""
    return reduce(lambda sum_, value: sum_ + _one(value), ranges, NOTHING)


@dataclass(frozen=True)
class Line:
    """One line of harm of one incident: what, to whom, how many. Codes of the vocabularies of those names."""

    harm: str
    range: Range
    sex: str = UNKNOWN
    age_band: str = UNKNOWN
    status: str = UNKNOWN
    unit: str = "persons"

    def __post_init__(self) -> None:
        for name, code in self._codes():
            vocabulary(name).check(code, new=False)

    def _codes(self) -> tuple[tuple[str, str], ...]:
        return (
            ("harm", self.harm),
            ("sex", self.sex),
            ("age_band", self.age_band),
            ("person_status", self.status),
            ("harm_unit", self.unit),
        )


DIMENSIONS = ("harm", "harm_group", "sex", "age_band", "age_group", "status", "unit")


def bucket(line: Line, dimension: str) -> str:
    """The bucket a line falls into. The `_group` dimensions roll finer codes up to their topmost parent."""
    if dimension not in DIMENSIONS:
        raise UnknownDimension("unknown_dimension", dimension=dimension, known=DIMENSIONS)
    if dimension == "age_group":
        return _top(vocabulary("age_band"), line.age_band)
    if dimension == "harm_group":
        return _top(vocabulary("harm"), line.harm)
    return str(getattr(line, dimension))


def counts(line: Line) -> bool:
    """Does this line count as harm? A near miss is kept for learning and does not."""
    return bool(vocabulary("harm")[line.harm].extra.get("counts", True))


def _top(words: Vocabulary, code: str) -> str:
    return (code, *words.ancestors(code))[-1]


def roll_up(lines: Iterable[Line], *dimensions: str) -> dict[tuple[str, ...], Tally]:
    """Totals per combination of buckets. Refuses to add different units unless `unit` is a dimension.

    The all-unknown bucket is always there, even empty: a table without it would hide how much is not known.
    A near miss harmed nobody: it is counted where harm is a dimension, and enters no other total.
    """
    rows = [line for line in lines if "harm" in dimensions or counts(line)]
    units = {line.unit for line in rows}
    if len(units) > 1 and "unit" not in dimensions:
        raise MixedUnits("mixed_units", units=tuple(vocabulary("harm_unit")[unit] for unit in sorted(units)))
    totals = {tuple(UNKNOWN for _ in dimensions): NOTHING}
    for line in rows:
        key = tuple(bucket(line, dimension) for dimension in dimensions)
        totals[key] = totals.get(key, NOTHING) + _one(line.range)
    return totals


@dataclass(frozen=True)
class ComponentCheck:
    """Do the parts of a row add up to its total? `difference` = sum of the known parts - total."""

    total: int
    sum: int
    missing: tuple[str, ...]

    @property
    def difference(self) -> int:
        return self.sum - self.total

    @property
    def agrees(self) -> bool:
        """With a part missing, the known parts may fall short of the total but never exceed it."""
        return self.sum <= self.total if self.missing else self.sum == self.total


def check_components(total: int, components: Mapping[str, int | None]) -> ComponentCheck:
    """Compare the parts of one row with its total. A part that is None is missing, not zero."""
    missing = tuple(name for name, value in components.items() if value is None)
    return ComponentCheck(total, sum(value or 0 for value in components.values()), missing)


@dataclass(frozen=True)
class Fit:
    """Whether a disaggregation can be true together with its total."""

    sum_of_minima: int
    maximum: int | None

    @property
    def fits(self) -> bool:
        return self.maximum is None or self.sum_of_minima <= self.maximum

    def __bool__(self) -> bool:
        return self.fits


def disaggregation_fits(whole: Range, parts: Iterable[Range]) -> Fit:
    """The minima of the parts, taken together, may not exceed the maximum of the whole."""
    return Fit(sum(part.min for part in parts), whole.max)


@dataclass(frozen=True)
class Difference:
    """For one harm: persons listed one by one against the incident's own range."""

    harm: str
    listed: int
    stated: Range | None
    reason: str = ""

    @property
    def kind(self) -> str:
        """agrees | fewer_listed | more_listed | no_total"""
        if self.stated is None:
            return "no_total"
        if self.listed < self.stated.min:
            return "fewer_listed"
        if self.stated.max is not None and self.listed > self.stated.max:
            return "more_listed"
        return "agrees"

    @property
    def settled(self) -> bool:
        return self.kind == "agrees" or bool(self.reason.strip())


@dataclass(frozen=True)
class Reconciliation:
    """Per harm, the person list against the totals. `settled`: every difference carries its stated reason."""

    differences: tuple[Difference, ...]

    @property
    def settled(self) -> bool:
        return all(difference.settled for difference in self.differences)

    @property
    def open(self) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.differences if not difference.settled)


def reconcile(
    persons: Mapping[str, int],
    totals: Mapping[str, Range],
    reasons: Mapping[str, str] | None = None,
) -> Reconciliation:
    """Compare persons listed per harm (`persons`) with the ranges stated per harm (`totals`)."""
    given = reasons or {}
    harms = sorted(persons.keys() | totals.keys())
    return Reconciliation(
        tuple(Difference(harm, persons.get(harm, 0), totals.get(harm), given.get(harm, "")) for harm in harms)
    )


@dataclass(frozen=True)
class QueueBalance:
    """open = carried over + new + reopened - closed, for one period."""

    carried: int
    new: int
    reopened: int
    closed: int

    @property
    def open(self) -> int:
        return self.carried + self.new + self.reopened - self.closed


def queue_agrees(balance: QueueBalance, open_stated: int, closed_by_reason: Sequence[int]) -> bool:
    """The stated open count and the closures by reason must both follow from the balance."""
    return balance.open == open_stated and sum(closed_by_reason) == balance.closed
