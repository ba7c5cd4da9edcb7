"""One row of a spreadsheet -> one draft of a report, or every problem that refuses it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid5

from constat.apps.access.log import canonical
from constat.apps.reports.draft import Draft, HarmClaim, Problem
from constat.integrations.spreadsheet import values
from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.integrations.spreadsheet.reading import Row, keepable
from constat.integrations.spreadsheet.sentences import sentence
from constat.integrations.spreadsheet.targets import DIMENSIONS, HARMS, WITH_PARTS, targets
from constat.integrations.spreadsheet.values import CellFault, Span

# Namespace of the uids of rows. Never change it: every file would come in a second time.
NAMESPACE = UUID("2f3b8f0e-7c7d-5a52-9b0e-58c1c9a5d001")
EARLIEST = date(1900, 1, 1)
CODED = (
    "channel",
    "reporter_type",
    "incident_type",
    "weapon",
    "involvement",
    "date_precision",
    "place_precision",
    "country",
)
ANSWERS = ("in_danger", "needs_care", "child_involved", "sexual_violence")
SUMMED = ("killed", "injured", "abducted", "detained", "missing")  # what the column "total" is the total of
Figures = tuple[int, int | None, int | None]  # min, best, max
Value = TypeVar("Value")


@dataclass(frozen=True)
class Reader:
    """Everything that is the same for all rows of a file. source_key: code of the source, "" for the cell's own list."""

    mapping: ColumnMap
    epoch: date
    today: date
    language: str
    source_id: int | None = None
    source_key: str = ""
    reliability: str = "F"

    def read(self, row: Row) -> Iterator[Draft | Problem]:
        """One draft, or one problem per fault: the caller counts the row once."""
        reading = _Reading(self, row)
        draft = reading.draft()
        if draft is not None and not reading.faults:
            yield draft
        else:
            yield from reading.faults


@dataclass
class _Reading:
    reader: Reader
    row: Row
    faults: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def cell(self, target: str) -> str:
        column = self.reader.mapping.columns.get(target)
        return self.row.cells.get(column, "").strip() if column else ""

    def problem(self, target: str, reason: str, severity: str = "refused", **facts: object) -> None:
        column = self.reader.mapping.columns.get(target, "")
        found = Problem(
            row=self.row.number, severity=severity, reason=reason, field=column[:80],
            message=sentence(reason, {"field": column, **facts}), content=self.content(),
        )  # fmt: skip
        (self.faults if severity == "refused" else self.warnings).append(found)

    def content(self) -> dict[str, str]:
        """The columns that were given a meaning. The others may hold names; they are in the kept file."""
        used = self.reader.mapping.used
        return keepable({name: cell for name, cell in self.row.cells.items() if name in used})

    def take(self, target: str, read: Callable[[str], Value], default: Value) -> Value:
        """The cell as `read` understands it; `default` when it is empty; a fault on the list when it cannot be read."""
        text = self.cell(target)
        if not text:
            return default
        try:
            return read(text)
        except CellFault as fault:
            self.problem(target, fault.reason, **fault.facts)
            return default

    # --- the whole row -------------------------------------------------------------------------------------------

    def draft(self) -> Draft | None:
        if self.row.fault:
            self.problem("", self.row.fault)
            return None
        span = self.dates()
        lon, lat = self.point()
        harms = self.harms()
        original = self.words()
        if not original or (not self.cell("words") and not harms):
            self.problem("words", "words_or_harm_missing")
        codes = {name: self.coded(name) for name in CODED}
        answers: dict[str, Any] = {name: self.take(name, values.answer, "unknown") for name in ANSWERS}
        key, uid = self.identify()
        if self.faults:
            return None
        precision = codes.pop("date_precision")
        country = codes.pop("country")
        return Draft(
            original=original,
            original_language=self.language(),
            uid=uid,
            starts_on=span.start if span else None,
            ends_on=span.end if span else None,
            date_precision=precision if precision != "unknown" else span.precision if span else "unknown",
            place_text=self.cell("place"),
            country="" if country == "unknown" else country,
            lon=lon,
            lat=lat,
            claimed_actor_text=self.cell("actor"),
            harms=harms,
            receipt=False,
            reliability=self.reader.reliability,
            source_id=self.reader.source_id,
            external_key=key,
            extra={
                name: self.row.cells[name] for name in self.reader.mapping.kept if self.row.cells.get(name)
            },
            row=self.row.number,
            content=self.content(),
            warnings=tuple(self.warnings),
            **self._channel(codes),
            **answers,
        )

    def _channel(self, codes: dict[str, str]) -> dict[str, Any]:
        if codes["channel"] == "unknown":
            codes["channel"] = "spreadsheet"
        return codes

    def coded(self, name: str) -> str:
        words, language = targets()[name].words, self.reader.language
        return self.take(name, lambda text: values.word(text, words, language), "unknown")

    def language(self) -> str:
        code = self.take("language", lambda text: values.word(text, "language", self.reader.language), "und")
        return "und" if code in {"unknown", "other"} else code

    def words(self) -> bytes:
        """The account as it stands in its cell, byte for byte; for a list without accounts, the row itself."""
        columns = self.reader.mapping.columns
        text = self.row.cells.get(columns.get("words", ""), "")
        if not text.strip():
            used = self.reader.mapping.used
            text = "\n".join(
                f"{name}: {cell}" for name, cell in self.row.cells.items() if name in used and cell.strip()
            )
        return text.encode("utf-8")

    def identify(self) -> tuple[str, UUID]:
        """What makes the row the same row tomorrow: its own key, else its content."""
        mapping = self.reader.mapping
        key = ""
        if self.reader.source_id is not None:
            key = self.cell("key")
            if "key" in mapping and not key:
                self.problem("key", "key_missing")
        if not key:
            content = canonical({name: self.row.cells.get(name, "") for name in sorted(mapping.used)})
            key = "row:" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        return (key if self.reader.source_id is not None else ""), uuid5(
            NAMESPACE, f"{self.reader.source_key}:{key}"
        )

    # --- when and where ------------------------------------------------------------------------------------------

    def dates(self) -> Span | None:
        start = self.take("date", lambda text: values.when(text, self.reader.epoch), None) or self._calendar()
        end = self.take("date_end", lambda text: values.when(text, self.reader.epoch), None)
        if start is None:
            if end is not None and not self.faults:
                self.problem("date_end", "date_half")
            return None
        target = "date" if self.cell("date") else "year"
        if start.start > self.reader.today:
            self.problem(target, "date_in_future", value=start.start)
        if start.start < EARLIEST:
            self.problem(target, "date_too_early", value=start.start)
        if end is None:
            return start
        if end.end < start.start:
            self.problem("date_end", "dates_backwards", start=start.start, end=end.end)
        elif end.start > self.reader.today:
            self.problem("date_end", "date_in_future", value=end.start)
        return Span(start.start, end.end, start.precision)

    def _calendar(self) -> Span | None:
        if not self.cell("year"):
            return None
        return self.take(
            "year", lambda year: values.calendar(year, self.cell("month"), self.cell("day")), None
        )

    def point(self) -> tuple[float | None, float | None]:
        lon = self.take("lon", lambda text: values.degrees(text, 180), None)
        lat = self.take("lat", lambda text: values.degrees(text, 90), None)
        if bool(self.cell("lon")) != bool(self.cell("lat")):
            there, absent = ("lon", "lat") if self.cell("lon") else ("lat", "lon")
            self.problem(absent if absent in self.reader.mapping else there, "point_half")
        return lon, lat

    # --- how many ------------------------------------------------------------------------------------------------

    def harms(self) -> tuple[HarmClaim, ...]:
        lines: list[HarmClaim] = []
        totals: dict[str, Figures] = {}
        for target, harm in HARMS.items():
            figures = self.figures(target)
            parts = self.parts(target) if target in WITH_PARTS else {}
            if figures is None and parts:
                # No total given: it is at least what the parts of any one kind (women and men, say) make together.
                figures = (max(_by_dimension(parts).values()), None, None)
            elif figures is not None:
                self.check_parts(target, figures, parts)
            if figures is not None:
                totals[target] = figures
                lines.append(HarmClaim(harm, *figures))
            lines += [
                HarmClaim(harm, *each, is_total=False, **targets()[code].part) for code, each in parts.items()
            ]
        self.check_total(totals)
        named = self.take("harm", lambda text: values.word(text, "harm", self.reader.language), "")
        if named and all(line.harm != named for line in lines):
            lines.append(HarmClaim(named))
        return tuple(lines)

    def figures(self, target: str) -> Figures | None:
        """At least, about, at most. A list with one figure per row states that figure; an empty cell states nothing."""
        one = self.take(target, values.count, None)
        low = self.take(f"{target}_min", values.number, None)
        high = self.take(f"{target}_max", values.number, None)
        if one is None and low is None and high is None:
            return None
        best = one[1] if one else None
        ranged = f"{target}_min" in self.reader.mapping or f"{target}_max" in self.reader.mapping
        if low is None:
            low = one[0] if one and (best is None or not ranged) else 0
        if high is None and one and (best is None or not ranged):
            high = one[2]
        known = [figure for figure in (low, best, high) if figure is not None]
        if known != sorted(known):
            self.problem(target if best is not None else f"{target}_min", "range_backwards",
                         min=low, best="?" if best is None else best, max="?" if high is None else high)  # fmt: skip
            return None
        return low, best, high

    def parts(self, target: str) -> dict[str, Figures]:
        found = {
            code: self.take(code, values.count, None) for code, one in targets().items() if one.harm == target
        }
        return {code: figures for code, figures in found.items() if figures is not None}

    def check_parts(self, target: str, whole: Figures, parts: Mapping[str, Figures]) -> None:
        limit = whole[2] if whole[2] is not None else whole[1]
        if limit is None or not parts:
            return
        for dimension, sum_ in _by_dimension(parts).items():
            codes = [code for code in parts if dimension in targets()[code].part]
            text = " + ".join(str(parts[code][0]) for code in codes)
            if sum_ > limit:
                self.problem(target, "sum_exceeds", parts=text, sum=sum_, total=limit)
            elif (
                self._whole_dimension(target, dimension, codes)
                and sum_ < whole[0]
                and not self._with_children(parts, whole[0])
            ):
                self.problem(target, "sum_short", "warning", parts=text, sum=sum_, total=whole[0])

    def _whole_dimension(self, target: str, dimension: str, codes: list[str]) -> bool:
        """All columns the list has for this dimension are filled, and there is more than one."""
        mapped = [code for code, one in targets().items()
                  if one.harm == target and dimension in one.part and code in self.reader.mapping]  # fmt: skip
        return len(codes) > 1 and len(codes) == len(mapped)

    def _with_children(self, parts: Mapping[str, Figures], total: int) -> bool:
        """Many lists write men, women and children beside one another, and mean grown men and women."""
        named = {code.split("_", 1)[1]: figures[0] for code, figures in parts.items()}
        return {"women", "men", "children"} <= named.keys() and named["women"] + named["men"] + named[
            "children"
        ] == total

    def check_total(self, found: Mapping[str, Figures]) -> None:
        total = self.take("total", values.number, None)
        given = [target for target in SUMMED if target in self.reader.mapping]
        if total is None or not given:
            return
        known = [found[target][0] for target in given if target in found]
        sum_, text = sum(known), " + ".join(map(str, known))
        if sum_ > total:
            self.problem("total", "sum_exceeds", parts=text, sum=sum_, total=total)
        elif sum_ < total and len(known) == len(given):
            self.problem("total", "sum_short", "warning", parts=text, sum=sum_, total=total)


def _by_dimension(parts: Mapping[str, Figures]) -> dict[str, int]:
    """Sum of the minima of the parts of each dimension that has any."""
    sums: dict[str, int] = {}
    for code, figures in parts.items():
        for dimension in DIMENSIONS:
            if dimension in targets()[code].part:
                sums[dimension] = sums.get(dimension, 0) + figures[0]
    return sums


__all__ = ["NAMESPACE", "Reader"]
