"""Reads reports: one row each, with a range, its incident and its place or places."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from constat.analysis import columns
from constat.analysis.columns import Row, Table
from constat.analysis.errors import InputError
from constat.analysis.totals.ranges import NOT_LOCATED, Report, report

MIN, BEST, MAX = (
    ("min", "low", "low_death", "minimum"),
    ("best", "best_death", "estimation"),
    ("max", "high", "high_death", "maximum"),
)
REPORT, INCIDENT = ("report", "report_id", "id"), ("incident", "incident_id", "cluster")
# More than the deaths of any single event known; the distribution holds a chance for every figure up to it.
MOST = 10_000_000
AREA, WHEN = (
    ("areas", "area", "cercle", "region", "admin2", "country"),
    ("date", "when", "date_start", "year"),
)


def read(
    path: str | Path, *, latest: date, area: str | None = None, widen: bool = False
) -> tuple[list[Report], list[str]]:
    """(reports of a file, those whose range was widened). A place may be several: "Bankass:0.7|Koro:0.3"; nothing: not located.

    `widen`: a range that does not hold its own best estimate is widened to hold it, instead of being refused.
    """
    table = columns.read(path)
    if not table.names or not table.rows:
        raise InputError(f"{table.source}: a line of names and a row for each report.")
    least = table.need(*MIN)
    best, most = table.column(*BEST), table.column(*MAX)
    key, incident, part = table.column(*REPORT), table.column(*INCIDENT), table.column("part")
    when = table.column(*WHEN)
    place = table.need(area.lower()) if area else table.column(*AREA)
    found, widened = [], []
    for row in table:
        if when is not None:
            table.day(row, when, latest=latest)
        name = f"line {row.line}" if key is None else table.text(row, key)
        figures = [_whole(table, row, at, needed=at == least) for at in (least, best, most)]
        if widen and (wider := _wider(figures)) != figures:
            figures = wider
            widened.append(name)
        found.append(
            report(
                name, name if incident is None else table.text(row, incident), figures, _areas(table, row, place),
                part="" if part is None else _field(row, part), where=f"{table.source}, line {row.line}",
            )
        )  # fmt: skip
    return found, widened


def _wider(figures: list[int | None]) -> list[int | None]:
    least, best, most = figures
    if least is None:
        return figures
    known = [least] + [one for one in (best, most) if one is not None]
    return [min(least, best) if best is not None else least, best, None if most is None else max(known)]


def _field(row: Row, at: int) -> str:
    return row.fields[at] if at < len(row.fields) else ""


def _whole(table: Table, row: Row, at: int | None, *, needed: bool) -> int | None:
    if at is None or (not needed and not _field(row, at)):
        return None
    found = table.number(row, at, least=0)
    if found != int(found):
        raise InputError(f"{table.at(row, at)}: {table.text(row, at)} is not a whole number.")
    if found > MOST:
        raise InputError(f"{table.at(row, at)}: {table.text(row, at)} persons; at most {MOST:,} are taken.")
    return int(found)


def _areas(table: Table, row: Row, at: int | None) -> Mapping[str, float]:
    text = "" if at is None else _field(row, at)
    if not text:
        return {NOT_LOCATED: 1.0}
    if "|" not in text and ":" not in text:
        return {text: 1.0}
    found: dict[str, float] = {}
    for part in text.split("|"):
        name, sign, weight = part.rpartition(":")
        if not sign or not columns.is_number(weight.strip()):
            raise InputError(f"{table.at(row, at or 0)}: {part!r}; write AREA:CHANCE|AREA:CHANCE.")
        if name.strip() in found:
            raise InputError(f"{table.at(row, at or 0)}: {name.strip()} stands twice.")
        found[name.strip()] = float(weight)
    return found
