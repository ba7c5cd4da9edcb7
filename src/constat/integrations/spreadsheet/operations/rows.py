"""From one row of an activity log to a draft, or to every reason why not. Nothing is guessed; empty means not said."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from constat.analysis.names import fold
from constat.apps.operations.draft import Draft, EncounterDraft, Point, Problem, WeaponLine
from constat.apps.operations.zones import zone_known, zone_of
from constat.apps.register.models import Unit
from constat.apps.register.queries import PlaceHit, find_places
from constat.integrations.spreadsheet import values
from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.integrations.spreadsheet.operations.columns import columns
from constat.integrations.spreadsheet.reading import Row, keepable
from constat.integrations.spreadsheet.sentences import REASONS, sentence
from constat.integrations.spreadsheet.values import CellFault
from constat.rules.vocabulary import vocabulary

NAMESPACE = UUID("6a0d2c5e-93b1-5b6e-8d0c-0d3b7f1c9e42")
_HOUR = re.compile(r"(\d{1,2})[:hH.]?(\d{2})?(?::\d{2})?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?")
_WITHIN = re.compile(r"[T ](\d{1,2}[:hH.]\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})?)$")
_DECIMAL = re.compile(r"\d{1,9}([.,]\d{1,2})?")
_PAIR = re.compile(r"\s*([^,،;\s]+)\s*[,، ]\s*([^,،;\s]+)\s*")
Value = TypeVar("Value")
NO_WORDS: tuple[str, ...] = ()
NO_POINTS: tuple[Point, ...] = ()

_SENTENCES: dict[str, Callable[[Mapping[str, object]], str]] = {
    "needed": lambda f: _("%(field)s is empty. Without it the row is no operation.") % f,
    "not_an_hour": lambda f: _("“%(value)s” is not an hour. Write 06:30.") % f,
    "not_a_point": lambda f: _("“%(value)s” is not a position. Write latitude, longitude: 16.27, -0.04.") % f,
    "not_a_quantity": lambda f: _("“%(value)s” is not a quantity. Write 12 or 1.5.") % f,
    "no_such_unit": lambda f: _("“%(value)s” is no unit of our own force in the register. Add it there, or correct the name.") % f,
    "zone_unknown": lambda f: _("“%(value)s” is no time zone. Write UTC, +01:00 or Africa/Bamako.") % f,
    "whole_day_needed": lambda f: _("A day is needed here; “%(value)s” is a month or a year.") % f,
    "place_unknown": lambda f: _("“%(value)s” is not one place of the register. Give latitude and longitude.") % f,
    "weapon_missing": lambda f: _("Rounds or a position are given without a weapon. Write which, or “unknown”."),
    "step_missing": lambda f: _("An outcome is given without a step. Write which steps were taken."),
}  # fmt: skip


def say(reason: str, facts: Mapping[str, object]) -> str:
    return sentence(reason, facts) if reason in REASONS else _SENTENCES[reason](facts)


def own_units() -> dict[str, str]:
    """Code and name, folded -> code. A name that two units share means neither."""
    found: dict[str, set[str]] = {}
    for code, name in Unit.objects.filter(actor__is_own=True).values_list("code", "name"):
        for word in (code, name):
            found.setdefault(fold(word) or word, set()).add(code)
    return {word: codes.pop() for word, codes in found.items() if len(codes) == 1}


@dataclass
class Reader:
    """What is the same for all rows of a file. zone: of the log, where a row does not say its own."""

    mapping: ColumnMap
    epoch: date
    language: str
    zone: str
    units: Mapping[str, str]
    places: dict[str, PlaceHit | None] = field(default_factory=dict)  # looked up once

    def read(self, row: Row) -> Iterator[Draft | Problem]:
        """One draft, or one problem per fault: the caller counts the row once."""
        reading = _Reading(self, row)
        draft = reading.draft()
        if draft is not None and not reading.faults:
            yield draft
        else:
            yield from reading.faults

    def place(self, name: str) -> PlaceHit | None:
        """The one place that is called exactly so; None when none is, or several are."""
        if name not in self.places:
            exact = [one for one in find_places(name, limit=3) if one.reason == "exact"]
            self.places[name] = exact[0] if len(exact) == 1 else None
        return self.places[name]


@dataclass
class _Reading:
    reader: Reader
    row: Row
    faults: list[Problem] = field(default_factory=list)

    def cell(self, target: str) -> str:
        column = self.reader.mapping.columns.get(target)
        return self.row.cells.get(column, "").strip() if column else ""

    def problem(self, target: str, reason: str, **facts: object) -> None:
        column = self.reader.mapping.columns.get(target, "")
        named = column or (columns()[target].label(self.reader.language) if target in columns() else "")
        message = say(reason, {"field": named, **facts})
        self.faults.append(Problem(self.row.number, "refused", column[:80], reason, message, self.content()))

    def content(self) -> dict[str, str]:
        used = self.reader.mapping.used
        return keepable({name: cell for name, cell in self.row.cells.items() if name in used})

    def take(self, target: str, read: Callable[[str], Value], default: Value) -> Value:
        text = self.cell(target)
        if not text:
            return default
        try:
            return read(text)
        except CellFault as fault:
            self.problem(target, fault.reason, **fault.facts)
            return default

    def word(self, target: str, default: str = "unknown") -> str:
        name = columns()[target].words
        return self.take(target, lambda text: values.word(text, name, self.reader.language), default)

    def answer(self, target: str) -> bool | None:
        return {"yes": True, "no": False, "unknown": None}[self.take(target, values.answer, "unknown")]

    # --- the whole row -------------------------------------------------------------------------------------------

    def draft(self) -> Draft | None:
        if self.row.fault:
            self.problem("", self.row.fault)
            return None
        for target in ("unit", "kind", "date"):
            if not self.cell(target):
                self.problem(target, "needed")
        unit = self.take("unit", self._unit, "")
        kind = self.word("kind")
        zone = self.take("zone", _zone, self.reader.zone)
        times = self._times(zone)
        where = self._where()
        parts: dict[str, Any] = {
            "phase": self.word("phase"), "planning": self.word("planning"), "fire": self.word("fire"),
            "kinetic": self.answer("kinetic"), "warning_given": self.answer("warning_given"),
            "domains": self.take("domains", self._domains, NO_WORDS), "path": self.take("path", _path, NO_POINTS),
            "radius_km": self.take("radius_km", lambda text: float(_quantity(text)), 0.0),
            "exposures": self._exposures(kind), "weapons": self._weapons(), "encounters": self._encounters(),
        }  # fmt: skip
        texts: dict[str, Any] = {name: self.cell(name)[:most] for name, most in (("tasking", 5000), ("partners", 300), ("supported_force", 200),
                 ("recordings", 300), ("rules_card", 60), ("risk_sheet", 60))}  # fmt: skip
        if self.faults or times is None or where is None:
            return None
        digest, uid = self._identity(unit)
        return Draft(
            unit=unit, kind=kind, zone=zone, uid=uid, external_key=self.cell("key")[:120], content_sha256=digest,
            row=self.row.number, content=self.content(), place_text=self.cell("place")[:300], **times, **where, **parts,
            **texts,
        )  # fmt: skip

    def _unit(self, text: str) -> str:
        try:
            return self.reader.units[fold(text) or text]
        except KeyError:
            raise CellFault("no_such_unit", value=text[:60]) from None

    def _times(self, zone: str) -> dict[str, Any] | None:
        first = self._moment("date", "time")
        if first is None:
            return None
        day, began = first
        last = self._moment("date_end", "time_end") if self.cell("date_end") else None
        if self.cell("date_end") and last is None:
            return None
        if last is None:
            last = (day, self.take("time_end", _hour, None))
            # A night patrol from 22:00 to 04:00 ends on the next day, if no last day is given.
            if began and last[1] and last[1] < began:
                last = (day + timedelta(days=1), last[1])
        whole = began is None and last[1] is None
        there = zone_of(zone)
        starts = datetime.combine(day, began or time(0), there)
        if last[1] is None:
            ended = datetime.combine(last[0], time(23, 59), there)
        else:
            ended = datetime.combine(last[0], last[1], there)
        return {
            "starts_at": starts.astimezone(UTC), "ends_at": ended.astimezone(UTC),
            "time_precision": "day" if whole else "time_of_day",
        }  # fmt: skip

    def _moment(self, target: str, hour: str) -> tuple[date, time | None] | None:
        """The day of one cell, and the hour of the other or of the same."""
        span = self.take(target, lambda text: values.when(text, self.reader.epoch), None)
        if span is None:
            return None
        if span.start != span.end:
            self.problem(target, "whole_day_needed", value=self.cell(target)[:40])
            return None
        within = _WITHIN.search(self.cell(target))
        clock = self.take(hour, _hour, None)
        if clock is None and within:
            clock = self.take(target, lambda _text: _hour(within[1]), None)
            # A workbook writes every day as its midnight: that is a day, not an hour.
            clock = None if clock == time(0) and not self.cell(hour) else clock
        return span.start, clock

    def _where(self) -> dict[str, Any] | None:
        precision = self.word("place_precision", "")
        path = self.take("path", _path, NO_POINTS)
        if self.cell("lat") or self.cell("lon"):
            if not (self.cell("lat") and self.cell("lon")):
                self.problem("lat" if not self.cell("lat") else "lon", "point_half")
                return None
            lat = self.take("lat", lambda text: values.degrees(text, 90), 0.0)
            lon = self.take("lon", lambda text: values.degrees(text, 180), 0.0)
            return {"lat": lat, "lon": lon, "place_precision": precision or "exact"}
        if path:
            return {"lat": path[0][1], "lon": path[0][0], "place_precision": precision or "exact"}
        found = self.reader.place(self.cell("place")) if self.cell("place") else None
        if found is None:
            if self.cell("place"):
                self.problem("place", "place_unknown", value=self.cell("place")[:60])
            else:
                self.problem("lat", "needed")
            return None
        return {
            "lat": found.lat,
            "lon": found.lon,
            "place_id": found.id,
            "place_precision": precision or "near_25km",
        }

    def _domains(self, text: str) -> tuple[str, ...]:
        return tuple(
            values.word(one, "operation_domain", self.reader.language)
            for one in re.split(r"[,;/]", text)
            if one.strip()
        )

    def _exposures(self, kind: str) -> dict[str, Decimal]:
        measure = str(vocabulary("operation_type")[kind].extra["exposure"])
        found = self.take("exposure", _quantity, None)
        return {} if found is None else {measure: found}

    def _weapons(self) -> tuple[WeaponLine, ...]:
        rounds = self.take("rounds", values.number, None)
        shooter, target = self.take("shooter", _point, None), self.take("target", _point, None)
        if not self.cell("weapon"):
            if rounds or shooter or target:
                self.problem("weapon", "weapon_missing")
            return ()
        fire = self.word("fire")
        return (WeaponLine(self.word("weapon"), rounds, fire, None, shooter, target),)

    def _encounters(self) -> tuple[EncounterDraft, ...]:
        steps = self.take("steps", self._steps, NO_WORDS)
        outcome, light = self.word("outcome"), self.word("light")
        metres = self.take("distance_m", values.number, None)
        if not self.cell("steps"):
            if self.cell("outcome"):
                self.problem("steps", "step_missing")
            return ()
        taken = tuple((step, metres if index == len(steps) else None) for index, step in enumerate(steps, 1))
        return (EncounterDraft(taken, outcome, light),) if taken else ()

    def _steps(self, text: str) -> tuple[str, ...]:
        return tuple(
            values.word(one, "force_step", self.reader.language)
            for one in re.split(r"[>;,→]", text)
            if one.strip()
        )

    def _identity(self, unit: str) -> tuple[str, UUID]:
        """(digest of the content, uid): a row with a key is known by it, another by all it says."""
        content = {target: self.cell(target) for target in self.reader.mapping.columns}
        digest = sha256(
            json.dumps([content, self.reader.zone], sort_keys=True, ensure_ascii=False).encode()
        ).hexdigest()
        key = self.cell("key")
        return digest, uuid5(NAMESPACE, f"key\n{unit}\n{key}" if key else f"row\n{unit}\n{digest}")


def _zone(text: str) -> str:
    if not zone_known(text):
        raise CellFault("zone_unknown", value=text[:40])
    return text


def _hour(text: str) -> time | None:
    found = _HOUR.fullmatch(text.strip())
    # An hour with a zone of its own would be read in that of the log: it belongs into the column of zones.
    if not found or found[3] or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise CellFault("not_an_hour", value=text[:40])
    return time(int(found[1]), int(found[2] or 0))


def _quantity(text: str) -> Decimal:
    value = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if not _DECIMAL.fullmatch(value):
        raise CellFault("not_a_quantity", value=text[:40])
    return Decimal(value.replace(",", "."))


def _point(text: str) -> Point:
    found = _PAIR.fullmatch(text)
    if not found:
        raise CellFault("not_a_point", value=text[:40])
    return values.degrees(found[2], 180), values.degrees(found[1], 90)


def _path(text: str) -> tuple[Point, ...]:
    return tuple(_point(one) for one in re.split(r"[;\n|]", text) if one.strip())
