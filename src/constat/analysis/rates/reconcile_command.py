"""How does our record stand beside an outside series? Both, ours only, theirs only, each with its reason."""

import argparse
from datetime import date
from typing import Any

import numpy as np

from constat.analysis import columns
from constat.analysis.clusters import files
from constat.analysis.errors import InputError
from constat.analysis.rates.reconcile import Event, Reconciliation, Scope, reconcile

KEY = ("id", "key", "code", "event_id")
DEATHS = ("deaths", "killed", "best", "best_death", "fatalities")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("ours", metavar="OURS", help="id, date, latitude, longitude, deaths, precision_km, precision_days")
    ask("theirs", metavar="THEIRS", help="the same columns; where_prec of UCDP is understood")
    ask("--max-days", type=int, default=3, metavar="N", help="between two exact accounts of one event, 3")
    ask("--max-km", type=float, default=25.0, metavar="N", help="the same in km, 25")
    for side in ("our", "their"):
        ask(f"--{side}-from", metavar="DATE", help=f"{side} series begins")
        ask(f"--{side}-until", metavar="DATE", help=f"{side} series ends")
        ask(f"--{side}-box", metavar="S,W,N,E", help=f"area of {side} series, degrees")
        ask(
            f"--{side}-least-deaths",
            type=float,
            default=0.0,
            metavar="N",
            help=f"fewest deaths of an event in {side} series",
        )
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    if options.max_days < 0 or not options.max_km > 0:
        raise InputError("--max-days is 0 or more and --max-km above 0.")
    for side, least in (("our", options.our_least_deaths), ("their", options.their_least_deaths)):
        if not 0 <= least < float("inf"):
            raise InputError(f"--{side}-least-deaths {least:g}: give 0 or more.")
    ours, theirs = (read(path, latest=options.today) for path in (options.ours, options.theirs))
    found = reconcile(
        ours, theirs, max_days=options.max_days, max_km=options.max_km, our_scope=_scope(options, "our"),
        their_scope=_scope(options, "their"),
    )  # fmt: skip
    if options.html:
        _page(found, len(ours), len(theirs), options)
    return as_json(found, len(ours), len(theirs))


def read(path: str, *, latest: date) -> list[Event]:
    """Events of a file, none after `latest`. InputError for what is missing, twice or impossible."""
    table = columns.read(path, columns=4)
    if not table.names:
        raise InputError(
            f"{table.source}: the first line must name the columns: id, date, latitude, longitude."
        )
    key, when = table.need(*KEY), table.need("date", "day", "date_start")
    lat, lon = table.need("latitude", "lat"), table.need("longitude", "lon", "lng")
    deaths, km, days = (
        table.column(*DEATHS),
        table.column("precision_km", "blur_km"),
        table.column("precision_days"),
    )
    coarse = files.blur_of(table) if km is None else None
    files.once(table, key)
    out: list[Event] = []
    for at, row in enumerate(table):
        blur = (
            table.number(row, km, least=0) if km is not None else 0.0 if coarse is None else float(coarse[at])
        )
        for column, most in ((lat, 90), (lon, 180)):
            if abs(table.number(row, column)) > most:
                raise InputError(
                    f"{table.at(row, column)}: {table.names[column]} {table.text(row, column)}; it is -{most} to {most}."
                )
        day, unit = table.day(row, when, latest=latest)
        slack = 0 if days is None else int(table.number(row, days, least=0))
        slack = max(slack, {"day": 0, "month": 31, "year": 366}[unit])
        some = deaths is not None and deaths < len(row.fields) and row.fields[deaths] != ""
        count = table.number(row, deaths, least=0) if some and deaths is not None else None
        out.append(
            Event(
                table.text(row, key), day, table.number(row, lat), table.number(row, lon), count, blur, slack
            )
        )
    if out:
        places = np.array([(one.latitude, one.longitude) for one in out])
        files.no_exchanged(table, [one.key for one in out], places[:, 0], places[:, 1])
    return out


def _scope(options: argparse.Namespace, side: str) -> Scope:
    given = vars(options)
    box = given[f"{side}_box"]
    corners = None
    if box is not None:
        parts = [part.strip() for part in box.split(",")]
        if len(parts) != 4 or not all(columns.is_number(part) for part in parts):
            raise InputError(f"--{side}-box {box}: four numbers, south, west, north, east.")
        corners = (float(parts[0]), float(parts[1]), float(parts[2]), float(parts[3]))
    return Scope(
        _day(given[f"{side}_from"], f"--{side}-from"), _day(given[f"{side}_until"], f"--{side}-until"), corners,
        given[f"{side}_least_deaths"],
    )  # fmt: skip


def _day(value: str | None, name: str) -> date | None:
    return None if value is None else columns.parse(value, name).day(columns.Row(1, (value,)), 0)[0]


def as_json(found: Reconciliation, ours: int, theirs: int) -> dict[str, Any]:
    counts = found.counts
    return {
        "question": "reconcile", "method": "one-to-one assignment", "n": ours + theirs, "both": counts["both"],
        "ours_only": counts["ours"], "theirs_only": counts["theirs"], "reasons": found.reasons(),
        "pairs": [{"ours": p.ours, "theirs": p.theirs, "days": p.days, "km": p.km, "deaths_differ": p.deaths_differ} for p in found.pairs],
        "ours": [{"id": a.key, "reason": a.reason, "near": a.near} for a in found.ours_only],
        "theirs": [{"id": a.key, "reason": a.reason, "near": a.near} for a in found.theirs_only],
        "refused": False, "reason": "",
    }  # fmt: skip


def _page(found: Reconciliation, ours: int, theirs: int, options: argparse.Namespace) -> None:
    from constat.analysis.page import Page, Sheet, write

    counts = found.counts
    rows = [(side, reason, n) for side, part in found.reasons().items() for reason, n in sorted(part.items())]
    made = Page(
        title="How does our record stand beside the other series?",
        answer=f"{counts['both']} in both, {counts['ours']} in ours only, {counts['theirs']} in theirs only.",
        method=f"One-to-one pairs within {options.max_days} days and {options.max_km:g} km once precision is allowed for, "
        "of least total distance; what stays alone gets the first reason that holds.",
        n=f"{ours} events of ours, {theirs} of theirs.",
        limits=(
            "A pair is near in day and place; whether it is one event is for a person to say.",
            "An outside series is not the truth: what it has and we have not is a question, and the reverse too.",
        ),
        sheets=(Sheet("Alone, by reason", ("Series", "Reason", "Events"), rows),),
    )
    write(made, options.html)
