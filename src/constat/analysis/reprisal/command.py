"""Does violence follow harm, and harm an engagement? Three methods over one file of dated events.

hawkes: how many events one event brings. study: the weeks around harm, area by area. engagement: harm after engagements
against the background of the same area.
"""

import argparse
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from constat.analysis import columns
from constat.analysis.columns import Table
from constat.analysis.errors import InputError
from constat.analysis.reprisal.engagement import After, after_engagement
from constat.analysis.reprisal.hawkes import Hawkes, hawkes
from constat.analysis.reprisal.study import Study, study

DATE = ("date", "day", "when", "date_start")
TIME = ("time", "t")
KIND = ("kind", "type", "event", "event_type")
AREA = ("area", "place", "pcode", "cercle", "admin2", "district", "unit")
USUAL = {"study": ("harm", "violence"), "engagement": ("engagement", "harm")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask(
        "file",
        metavar="FILE",
        help="one event a row: date, kind, area; engagements may have method, harms engagement",
    )
    ask("--method", choices=("hawkes", "study", "engagement"), default="hawkes")
    ask(
        "--cause",
        metavar="KIND",
        help="what may set off: harm (study), engagement (engagement), all (hawkes)",
    )
    ask("--effect", metavar="KIND", help="what may follow: violence (study), harm (engagement), all (hawkes)")
    ask("--kind", metavar="COLUMN", help="the column of kinds; kind or type")
    ask("--area", metavar="COLUMN", help="the column of areas; area, place, pcode or cercle")
    ask("--by-area", action="store_true", help="hawkes: events excite only within their own area")
    ask("--from", dest="first", metavar="DATE", help="first day watched; the first of the file")
    ask("--until", dest="last", metavar="DATE", help="last day watched; the last of the file")
    ask("--before", type=int, default=4, metavar="WEEKS", help="study: weeks before harm, 4")
    ask("--after", type=int, default=6, metavar="WEEKS", help="study: weeks after harm, 6")
    ask("--days", type=int, default=90, metavar="N", help="engagement: days in which harm counts, 90")
    ask("--k", type=int, default=5, metavar="N", help="engagement: smallest count shown, 5")
    ask("--steps", type=int, metavar="N", help="hawkes: steps of the background; found by BIC otherwise")
    ask("--level", type=float, default=0.95)
    ask("--replicates", type=int, metavar="N", help="chance sets; hawkes 199, the others 999")
    ask("--seed", type=int, default=1, metavar="N")
    ask("--html", metavar="FILE", help="the answer as a page")


@dataclass(frozen=True)
class Events:
    """day: days from the first of the calendar, or times as they stand. kind, area: () where the file has none."""

    table: Table
    time: np.ndarray[Any, np.dtype[np.float64]]
    kind: np.ndarray[Any, np.dtype[np.str_]] | None
    area: np.ndarray[Any, np.dtype[np.str_]] | None
    dated: bool


def answer(options: argparse.Namespace) -> dict[str, Any]:
    events = read(options.file, latest=options.today, kind=options.kind, area=options.area)
    first, last = _span(events, options)
    found: Hawkes | Study | After
    if options.method == "hawkes":
        found = _hawkes(events, first, last, options)
        out = hawkes_json(found)
    elif options.method == "study":
        found = _study(events, first, last, options)
        out = study_json(found)
    else:
        found = _engagement(events, first, last, options)
        out = engagement_json(found)
    if options.html:
        from constat.analysis.reprisal import figures

        figures.write_page(found, options.html)
    return out


def read(path: str, *, latest: date, kind: str | None = None, area: str | None = None) -> Events:
    """Events of a file with a line of names: date (or time, a number), kind, area, and whatever else stands there."""
    table = columns.dated(columns.read(path, named=True))
    if not table.names:
        raise InputError(f"{table.source}: the first line must name the columns: date, kind, area.")
    identity = table.column("id", "event_id")
    seen: dict[str, int] = {}
    for row in table if identity is not None else ():
        word = table.text(row, identity)  # type: ignore[arg-type]
        if word in seen:
            raise InputError(f"{table.at(row, identity)}: {word!r} stands on line {seen[word]} already.")  # type: ignore[arg-type]
        seen[word] = row.line
    dates = table.column(*DATE)
    if dates is None:
        at = table.need(*DATE, *TIME)
        time = [table.number(row, at, least=0) for row in table]
    else:
        time = []
        for row in table:
            day, precision = table.day(row, dates, latest=latest)
            if precision != "day":
                raise InputError(f"{table.at(row, dates)}: days are needed; this is a {precision}.")
            time.append(float(day.toordinal()))
    words = []
    for asked, usual in ((kind, KIND), (area, AREA)):
        at_word = table.need(asked.lower()) if asked else table.column(*usual)
        words.append(None if at_word is None else np.array([table.text(row, at_word) for row in table], str))
    return Events(table, np.array(time, float), words[0], words[1], dates is not None)


def _span(events: Events, options: argparse.Namespace) -> tuple[float, float]:
    """First and last moment watched. InputError names the first event outside."""
    bounds = []
    for name, given, usual in (("--from", options.first, min), ("--until", options.last, max)):
        if given is None:
            start_of_numbers = name == "--from" and not events.dated
            bounds.append(0.0 if start_of_numbers else float(usual(events.time, default=0.0)))
            continue
        part = columns.parse(given, name)
        row = columns.Row(1, (given,))
        bounds.append(
            float(part.day(row, 0, latest=options.today)[0].toordinal())
            if events.dated
            else part.number(row, 0)
        )
    for row, when in zip(events.table, events.time, strict=True):
        if not bounds[0] <= when <= bounds[1]:
            said = date.fromordinal(int(when)).isoformat() if events.dated else f"{when:g}"
            raise InputError(
                f"{events.table.source}, line {row.line}: {said} lies outside --from and --until."
            )
    if bounds[1] <= bounds[0]:
        raise InputError(f"{events.table.source}: all events fall on one moment; give --from and --until.")
    return bounds[0], bounds[1]


def _hawkes(events: Events, first: float, last: float, options: argparse.Namespace) -> Hawkes:
    areas = None
    if options.by_area:
        if events.area is None:
            raise InputError(f"{events.table.source}: --by-area, but there is no column area.")
        areas = events.area
    wanted = [(word,) if word else None for word in (options.effect, options.cause)]
    if events.kind is None and any(wanted):
        raise InputError(f"{events.table.source}: --cause or --effect, but there is no column kind.")
    return hawkes(
        events.time, events.kind, areas, start=first, end=last, effects=wanted[0], causes=wanted[1],
        daily=True if events.dated else None, steps=options.steps, level=options.level,
        replicates=199 if options.replicates is None else options.replicates, seed=options.seed,
    )  # fmt: skip


def _two(events: Events, options: argparse.Namespace) -> tuple[Any, Any]:
    """Which rows are causes, which effects. InputError where a kind or the areas are not there."""
    usual = USUAL[options.method]
    if events.kind is None or events.area is None or not events.dated:
        raise InputError(f"{events.table.source}: {options.method} needs the columns date, kind and area.")
    cause, effect = options.cause or usual[0], options.effect or usual[1]
    if cause == effect:
        raise InputError(f"--cause and --effect are both {cause!r}; for one kind with itself use hawkes.")
    kinds = sorted(set(events.kind.tolist()))
    for name, word in (("--cause", cause), ("--effect", effect)):
        if word not in kinds:
            raise InputError(
                f"{events.table.source}: {name} {word!r} is no kind of this file; it has {', '.join(kinds)}."
            )
    return events.kind == cause, events.kind == effect


def _study(events: Events, first: float, last: float, options: argparse.Namespace) -> Study:
    cause, effect = _two(events, options)
    weeks = int((last - first + 1) // 7)
    if weeks < 1:
        raise InputError(f"{events.table.source}: less than a week.")
    names = np.unique(events.area)  # type: ignore[arg-type]
    at = np.searchsorted(names, events.area)  # type: ignore[arg-type]
    week = ((events.time - first) // 7).astype(np.int64)
    tables = []
    for some in (cause, effect):
        count = np.zeros((names.size, weeks))
        # Days beyond the last whole week are not a week.
        whole = some & (week < weeks)
        np.add.at(count, (at[whole], week[whole]), 1)
        tables.append(count)
    return study(
        tables[0], tables[1], before=options.before, after=options.after, level=options.level,
        replicates=999 if options.replicates is None else options.replicates, seed=options.seed,
    )  # fmt: skip


def _engagement(events: Events, first: float, last: float, options: argparse.Namespace) -> After:
    cause, effect = _two(events, options)
    table, area = events.table, events.area
    day = events.time.astype(np.int64)
    column = table.column("method", "channel")
    rows = list(table)
    method = None
    if column is not None:
        method = np.array([table.text(row, column) for row, is_cause in zip(rows, cause, strict=True) if is_cause], str)  # fmt: skip
    return after_engagement(
        area[cause], day[cause], area[effect], day[effect], start=int(first), end=int(last), method=method,  # type: ignore[index]
        linked=_linked(events, cause, effect), days=options.days, k=options.k, level=options.level,
        replicates=999 if options.replicates is None else options.replicates, seed=options.seed,
    )  # fmt: skip


def _linked(events: Events, cause: Any, effect: Any) -> int | None:
    """Harms that name an engagement. InputError where it does not exist or came later."""
    table = events.table
    link, identity = table.column("engagement", "engagement_id"), table.column("id", "event_id")
    if link is None or identity is None:
        return None
    rows = list(table)
    when = {table.text(row, identity): events.time[i] for i, row in enumerate(rows) if cause[i]}
    linked = 0
    for i, row in enumerate(rows):
        word = row.fields[link] if effect[i] and link < len(row.fields) else ""
        if not word:
            continue
        if word not in when:
            raise InputError(f"{table.at(row, link)}: there is no engagement {word!r}.")
        if when[word] > events.time[i]:
            raise InputError(f"{table.at(row, link)}: engagement {word!r} came after this harm.")
        linked += 1
    return linked


def hawkes_json(found: Hawkes) -> dict[str, Any]:
    return {
        "question": "reprisal", "method": "hawkes", "n": found.n, "span": found.span, "groups": found.groups,
        "daily": found.daily, "level": found.level, "replicates": found.replicates, "seed": found.seed,
        "links": [
            {
                "cause": link.cause, "effect": link.effect, "causes": link.causes, "effects": link.effects,
                "branching": link.branching, "low": link.low, "high": link.high, "p": link.p,
                "half_life": link.half_life, "maximum": link.maximum, "found": link.found,
            }
            for link in found.links
        ],
        "background_steps": dict(found.background), "total": found.total, "fit_p": dict(found.fit_p),
        "notes": list(found.notes), "refused": found.refused, "reason": found.reason,
    }  # fmt: skip


def study_json(found: Study) -> dict[str, Any]:
    return {
        "question": "reprisal", "method": "study", "n": found.effects, "areas": found.areas, "weeks": found.weeks,
        "causes": found.causes, "effects": found.effects, "level": found.level, "replicates": found.replicates,
        "seed": found.seed, "ratio": found.ratio, "low": found.low, "high": found.high, "extra": found.extra,
        "extra_low": found.extra_low, "extra_high": found.extra_high, "before_p": found.before_p,
        "placebo_p": found.placebo_p, "dispersion": found.dispersion, "verdict": found.verdict,
        "curve": [{"lag": w.lag, "ratio": w.ratio, "low": w.low, "high": w.high} for w in found.curve],
        "refused": found.refused, "reason": found.reason,
    }  # fmt: skip


def engagement_json(found: After) -> dict[str, Any]:
    return {
        "question": "reprisal", "method": "engagement", "n": found.n, "harms": found.harms, "areas": found.areas,
        "days": found.days, "k": found.k, "level": found.level, "replicates": found.replicates, "seed": found.seed,
        "harms_in": found.harms_in, "harms_out": found.harms_out, "days_in": found.days_in,
        "days_out": found.days_out, "ratio": found.ratio, "low": found.low, "high": found.high, "p": found.p,
        "linked": found.linked, "verdict": found.verdict,
        "groups": [
            {
                "area": g.area, "method": g.method, "engagements": g.engagements, "followed": g.followed,
                "per_thousand": g.per_thousand, "low": g.low, "high": g.high,
            }
            for g in found.groups
        ],
        "refused": found.refused, "reason": found.reason,
    }  # fmt: skip
