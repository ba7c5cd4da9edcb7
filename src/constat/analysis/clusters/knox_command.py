"""Do events near in space come near in time? Knox test, and near repeat bands with --bands."""

import argparse
from datetime import date
from typing import Any

import numpy as np

from constat.analysis import columns
from constat.analysis.clusters import files, tables
from constat.analysis.clusters.knox import KnoxResult, knox, near_repeat
from constat.analysis.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask(
        "file",
        metavar="FILE",
        help="events: latitude, longitude, date; or x_m, y_m (metres), x_km, y_km (km), date",
    )
    ask("--places", metavar="FILE", help="where the places are, when FILE has place, count, date")
    ask("--km", type=_numbers, required=True, nargs="+", metavar="N", help="near in space: up to so many km")
    ask(
        "--days",
        type=_numbers,
        required=True,
        nargs="+",
        metavar="N",
        help="near in time: up to so many days",
    )
    ask("--bands", action="store_true", help="between successive limits (near repeat)")
    ask("--replicates", type=int, default=999, metavar="N")
    ask("--seed", type=int, default=1, metavar="N")
    ask("--plane", action="store_true", help="coordinates of the places file are x and y in km")
    ask(
        "--precision-limit",
        type=float,
        metavar="KM",
        help="places known no better are left out; smallest --km",
    )
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    km = tuple(value for group in options.km for value in group)
    days = tuple(value for group in options.days for value in group)
    one, two, day, plane, blur = _read(options)
    test = near_repeat if options.bands else knox
    found = test(
        one, two, day, km=km, days=days, plane=plane, blur_km=blur, limit_km=options.precision_limit,
        replicates=options.replicates, seed=options.seed,
    )  # fmt: skip
    if options.html:
        from constat.analysis.clusters import figures

        figures.write_knox_page(found, options.html)
    return as_json(found)


def as_json(found: KnoxResult) -> dict[str, Any]:
    """With one distance and one span the cell's figures stand at the top as well."""
    cells = [
        {
            "km": cell.km, "days": cell.days, "km_from": cell.km_from, "days_from": cell.days_from,
            "observed": cell.observed, "expected": cell.expected, "ratio": cell.ratio, "low": cell.low,
            "high": cell.high, "p": cell.p, "pairs_near_space": cell.near_space, "pairs_near_time": cell.near_time,
        }
        for cell in found.cells
    ]  # fmt: skip
    top = cells[0] if len(cells) == 1 else {}
    return {
        "question": "knox",
        "method": "Knox test, dates shuffled",
        "n": found.n,
        "replicates": found.replicates,
        "seed": found.seed,
        "refused": found.refused,
        "reason": found.reason,
        "left_out": found.left_out,
        "limit_km": found.limit_km,
        **top,
        "cells": cells,
    }


def _read(
    options: argparse.Namespace,
) -> tuple[tables.Floats, tables.Floats, tables.Ints, bool, tables.Floats | None]:
    latest: date = options.today
    if options.places:
        cases = files.read_cases(options.file, latest=latest)
        places = files.read_places(options.places, plane=True if options.plane else None)
        if cases.day is None or cases.unit != "day":
            raise InputError(f"{cases.source}: Knox needs days.")
        if np.any(cases.count != np.round(cases.count)):
            raise InputError(f"{cases.source}: Knox needs whole counts.")
        times = cases.count.astype(np.int64)
        at = np.repeat(tables.positions(cases.place, places, cases.source, cases.lines), times)
        blur = None if places.blur_km is None else places.blur_km[at]
        return places.one[at], places.two[at], np.repeat(cases.day, times), places.cartesian, blur
    return _events(options.file, latest)


def _events(
    path: str, latest: Any
) -> tuple[tables.Floats, tables.Floats, tables.Ints, bool, tables.Floats | None]:
    table = columns.dated(columns.read(path, columns=3, named=True))
    metres = table.column("x_m"), table.column("y_m")
    if metres[0] is None or metres[1] is None:
        events = files.read_events(path, latest=latest)
        if events.cases.day is None or events.cases.unit != "day":
            raise InputError(f"{table.source}: Knox needs a column date with days.")
        times = events.cases.count.astype(np.int64)
        at = np.repeat(tables.positions(events.cases.place, events.places, table.source), times)
        places = events.places
        blur = None if places.blur_km is None else places.blur_km[at]
        return places.one[at], places.two[at], np.repeat(events.cases.day, times), places.cartesian, blur
    files.once(table)
    when = table.need(*files.DATE)
    x = np.array([table.number(row, metres[0]) for row in table]) / 1000
    y = np.array([table.number(row, metres[1]) for row in table]) / 1000
    found = [table.day(row, when, latest=latest) for row in table]
    for row, (_, unit) in zip(table, found, strict=True):
        if unit != "day":
            raise InputError(f"{table.at(row, when)}: Knox needs days; this is a {unit}.")
    return x, y, np.array([tables.day_number(day) for day, _ in found], np.int64), True, files.blur_of(table)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number, nor numbers with commas") from None
