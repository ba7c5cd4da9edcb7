"""Harm lines: checked as a whole before they are written; first lines drawn from what reports claim."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.incidents.errors import Incomplete
from constat.apps.incidents.models import HarmLine
from constat.apps.reports.models import ReportHarm
from constat.rules.tally import Line, Range, disaggregation_fits, total
from constat.rules.vocabulary import vocabulary

UNKNOWN = "unknown"
PARTS = ("sex", "age_band", "status")


@dataclass(frozen=True)
class HarmEntry:
    """One line as a person writes it. `best`, `maximum` None: not known, never 0. `basis`: which sources say so."""

    harm: str
    minimum: int = 0
    best: int | None = None
    maximum: int | None = None
    sex: str = UNKNOWN
    age_band: str = UNKNOWN
    status: str = UNKNOWN
    unit: str = "persons"
    is_total: bool = True
    basis: str = ""

    @property
    def range(self) -> Range:
        return Range(self.minimum, self.best, self.maximum)

    @property
    def parts(self) -> tuple[str, ...]:
        """Along what the line is broken down: ("sex",), ("sex", "age_band") ..."""
        return tuple(name for name in PARTS if getattr(self, name) != UNKNOWN)


def checked(entries: Sequence[HarmEntry]) -> None:
    """Raises InvalidRange, UnknownTerm (rules.tally), Incomplete. Lines are judged together: parts against their total."""
    for entry in entries:
        Line(entry.harm, entry.range, entry.sex, entry.age_band, entry.status, entry.unit)
        vocabulary("harm").check(entry.harm)
    _one_total_each(entries)
    for fault in misfits(entries):
        raise Incomplete(fault, field="harms")


def _one_total_each(entries: Sequence[HarmEntry]) -> None:
    totals = [(entry.harm, entry.unit) for entry in entries if entry.is_total]
    for harm, unit in totals:
        label = _harm_label(harm)
        if totals.count((harm, unit)) > 1:
            raise Incomplete(
                _(
                    "“%(harm)s” has two total lines, which would count people twice. Keep one; make the other a part."
                )
                % {"harm": label},
                field="harms",
            )
        above = [one for one in vocabulary("harm").ancestors(harm) if (one, unit) in totals]
        if above:
            raise Incomplete(
                _("“%(harm)s” is already inside the total of “%(above)s”. Make it a part.")
                % {"harm": label, "above": _harm_label(above[0])},
                field="harms",
            )
    for entry in entries:
        if not entry.is_total and not _total_for(entry, entries):
            raise Incomplete(
                _("The part lines of “%(harm)s” have no total line. Add the total first.")
                % {"harm": _harm_label(entry.harm)},
                field="harms",
            )


def _total_for(part: HarmEntry, entries: Iterable[HarmEntry]) -> HarmEntry | None:
    family = (part.harm, *vocabulary("harm").ancestors(part.harm))
    return next((e for e in entries if e.is_total and e.unit == part.unit and e.harm in family), None)


def misfits(entries: Sequence[HarmEntry]) -> list[str]:
    """Sentences about parts that cannot be true together with their total. Each way of breaking down is added apart:
    women and men are one way, children and adults another."""
    groups: dict[tuple[str, str, tuple[str, ...], bool], list[HarmEntry]] = {}
    for part in entries:
        whole = None if part.is_total else _total_for(part, entries)
        if whole is not None:
            finer = part.harm != whole.harm
            groups.setdefault((whole.harm, whole.unit, part.parts, finer), []).append(part)
    found = []
    for (harm, unit, _parts, _finer), parts in groups.items():
        whole = next(e for e in entries if e.is_total and (e.harm, e.unit) == (harm, unit))
        fit = disaggregation_fits(whole.range, [part.range for part in parts])
        if not fit:
            found.append(
                _(
                    "“%(harm)s”: the parts add up to at least %(sum)s, the total says at most %(max)s. Correct one of them."
                )
                % {"harm": _harm_label(harm), "sum": fit.sum_of_minima, "max": fit.maximum}
            )
    return found


def _harm_label(code: str) -> str:
    return vocabulary("harm").label(code, get_language() or "fr")


def entry_of(line: HarmLine | ReportHarm) -> HarmEntry:
    return HarmEntry(
        line.harm, line.minimum, line.best, line.maximum, line.sex, line.age_band, line.status, line.unit,
        line.is_total, getattr(line, "basis", ""),
    )  # fmt: skip


def values_of(entry: HarmEntry) -> dict[str, Any]:
    return asdict(entry)


# First lines -----------------------------------------------------------------------------------------------------


def first_lines(claims: Mapping[str, Sequence[ReportHarm]]) -> list[dict[str, Any]]:
    """From report code -> its claimed lines. Per kind of line the envelope of all reports: from the least anybody says to
    the most anybody says; the best estimate only where all agree on it. Parts that cannot fit stay in their reports."""
    spoken: dict[tuple[Any, ...], list[tuple[str, HarmEntry]]] = {}
    for code, lines in claims.items():
        for entry in _with_totals([entry_of(line) for line in lines]):
            key = (entry.harm, entry.sex, entry.age_band, entry.status, entry.unit, entry.is_total)
            spoken.setdefault(key, []).append((code, entry))
    entries = [_envelope(said) for said in spoken.values()]
    if misfits(entries):
        entries = [entry for entry in entries if entry.is_total]
    return [values_of(entry) for entry in entries]


def _with_totals(entries: list[HarmEntry]) -> list[HarmEntry]:
    """At most one total per harm and unit, and one wherever there are parts: the accounts of others are not as tidy as
    ours. Two "totals" of one harm in one report are parts of it (four men, two children): their total is the sum."""
    done: list[HarmEntry] = []
    for harm, unit in dict.fromkeys((e.harm, e.unit) for e in entries):
        mine = [e for e in entries if (e.harm, e.unit) == (harm, unit)]
        totals = [e for e in mine if e.is_total]
        if len(totals) != 1:
            summed = total(e.range for e in (totals or _fullest(mine)))
            done.append(HarmEntry(harm, summed.min, summed.best, summed.max, unit=unit))
            mine = [replace(e, is_total=False) for e in mine]
        done += mine
    # A minor injury with a total of its own, beside a total of injuries, is a part of that.
    return [replace(e, is_total=False) if e.is_total and _above(e, done) else e for e in done]


def _above(entry: HarmEntry, entries: Iterable[HarmEntry]) -> bool:
    above = vocabulary("harm").ancestors(entry.harm)
    return any(e.is_total and e.unit == entry.unit and e.harm in above for e in entries)


def _fullest(parts: Sequence[HarmEntry]) -> list[HarmEntry]:
    """The way of breaking down that counts the most people; adding two ways would count the same people twice."""
    ways: dict[tuple[str, ...], list[HarmEntry]] = {}
    for part in parts:
        ways.setdefault(part.parts, []).append(part)
    return max(ways.values(), key=lambda way: sum(part.minimum for part in way))


def _envelope(said: Sequence[tuple[str, HarmEntry]]) -> HarmEntry:
    entries = [entry for _code, entry in said]
    bests = {entry.best for entry in entries}
    maxima = [entry.maximum for entry in entries]
    values = asdict(entries[0])
    values.update(
        minimum=min(entry.minimum for entry in entries),
        best=entries[0].best if len(bests) == 1 else None,
        maximum=None if None in maxima else max(m for m in maxima if m is not None),
        basis=", ".join(code for code, _entry in said),
    )
    return HarmEntry(**values)


__all__ = ["HarmEntry", "checked", "entry_of", "first_lines", "misfits", "values_of"]
