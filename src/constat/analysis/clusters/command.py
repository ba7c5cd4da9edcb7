"""Where, and since when, are there more cases than chance puts there? Scan statistics over places and days."""

import argparse
import sys
from calendar import monthrange
from datetime import date
from typing import Any

import numpy as np

from constat.analysis import columns
from constat.analysis.clusters import coarse, files, tables
from constat.analysis.clusters.scan import MODELS, WINDOWS, Cluster, ScanResult
from constat.analysis.clusters.tables import Cases, Places
from constat.analysis.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("--cases", required=True, metavar="FILE", help="place, count, date; or events with their coordinates")
    ask("--places", metavar="FILE", help="place, latitude, longitude (or x, y) and its precision in km")
    ask("--model", choices=[m for m in MODELS if m != "expectation"], default="permutation")
    ask("--population", metavar="FILE", help="place, date, people, groups: for the poisson model")
    ask("--controls", metavar="FILE", help="place, count, date: for the bernoulli model")
    ask("--max-km", type=float, metavar="N", help="widest circle (radius); none: half of the cases or people")
    ask("--max-days", type=float, metavar="N", help="longest span; none: half of the period")
    ask("--max-share", type=float, default=0.5, metavar="SHARE", help="of cases or people in a circle, 0.5")
    ask("--window", choices=WINDOWS, default="retrospective")
    ask(
        "--step-days",
        type=int,
        metavar="N",
        help="days counted together: 1, or 7 looking back over 60 and more",
    )
    ask("--from", "--start", dest="first", metavar="DATE", help="first day of the study")
    ask(
        "--until", "--to", "--end", dest="last", metavar="DATE", help="last day of the study, day of the scan"
    )
    ask("--replicates", type=int, default=999, metavar="N", help="chance maps, 999")
    ask("--seed", type=int, default=1, metavar="N")
    ask("--plane", action="store_true", help="coordinates are x and y of a plane, in km")
    ask("--precision-limit", type=float, metavar="KM", help="places known no better are not points")
    ask("--coarse", choices=coarse.TREATMENTS, default="leave", help="what to do with them")
    ask("--threads", type=int, default=2, metavar="N")
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    latest: date = options.today
    cases, places = _read(options, latest)
    first, last = _day("--from", options.first), _day("--until", options.last)
    if last is not None and last > latest:
        raise InputError(f"--until {last}: that day has not come yet (today is {latest}).")
    if last is None and cases.unit == "day":
        last = usual_end(cases, latest)
    if options.step_days is not None and options.step_days < 1:
        raise InputError(f"--step-days {options.step_days}: give 1 or more.")
    found = coarse.scan(
        cases, places, limit_km=options.precision_limit, treatment=options.coarse, seed=options.seed,
        model=options.model, max_km=options.max_km, max_days=options.max_days, window=options.window,
        step_days=options.step_days, first=first, last=last, max_share=options.max_share,
        population=files.read_population(options.population) if options.population else None,
        controls=files.read_cases(options.controls, latest=latest) if options.controls else None,
        replicates=options.replicates, threads=options.threads,
        progress=_progress if sys.stderr.isatty() else None,
    )  # fmt: skip
    out = as_json(found)
    if options.html:
        from constat.analysis.clusters import figures

        figures.write_page(found, places, options.html)
    return out


def _read(options: argparse.Namespace, latest: date) -> tuple[Cases, Places]:
    plane = True if options.plane else None
    if options.places is None:
        events = files.read_events(options.cases, latest=latest, plane=plane)
        return events.cases, events.places
    return files.read_cases(options.cases, latest=latest), files.read_places(options.places, plane=plane)


def _day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    table = columns.parse(value, name)
    return table.day(columns.Row(1, (value,)), 0)[0]


def usual_end(cases: Cases, latest: date) -> date | None:
    """The end of the study when nobody says: the last case, or the end of its month when the silence after it is usual.

    A file that covers March and has its last case on the 29th ends on the 31st: two quiet days are part of what was
    watched. Usual: no longer than the mean gap between days with cases.
    """
    if cases.day is None or not np.any(cases.count > 0):
        return None
    days = np.unique(cases.day[cases.count > 0])
    end = tables.to_date(days[-1])
    month_end = end.replace(day=monthrange(end.year, end.month)[1])
    gap = float(days[-1] - days[0]) / max(days.size - 1, 1)
    return month_end if (month_end - end).days <= gap and month_end <= latest else end


def as_json(found: ScanResult) -> dict[str, Any]:
    """The answer as documented in docs/analysis/clusters.md."""
    return {
        "question": "clusters",
        "method": f"{found.window} {found.model} scan statistic",
        "model": found.model,
        "window": found.window,
        "n": _plain(found.n),
        "places": found.places,
        "first": _iso(found.first),
        "last": _iso(found.last),
        "step": found.step,
        "max_km": found.max_km,
        "max_days": found.max_days,
        "replicates": found.replicates,
        "seed": found.seed,
        "refused": found.refused,
        "reason": found.reason,
        "coarse": {
            "limit_km": found.coarse.limit_km,
            "treatment": found.coarse.treatment,
            "places": found.coarse.places,
            "cases": _plain(found.coarse.cases),
            "left_out": _plain(found.coarse.left_out),
            "draws": found.coarse.draws,
        },
        "notes": list(found.notes),
        "clusters": [_cluster(cluster) for cluster in found.clusters],
    }


def _cluster(one: Cluster) -> dict[str, Any]:
    return {
        "statistic": one.statistic,
        "centre": one.centre,
        "places": list(one.places),
        "radius_km": one.radius_km,
        "dates": None if one.first is None else [_iso(one.first), _iso(one.last)],
        "observed": _plain(one.observed),
        "expected": one.expected,
        "ratio": one.ratio,
        "relative_risk": one.relative_risk,
        "p": one.p,
        "p_gumbel": one.p_gumbel,
        "recurrence_interval": one.recurrence_days,
        "support": one.support,
    }


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _progress(done: int, of: int) -> None:
    sys.stderr.write(f"\r{done} of {of} chance maps" + ("\n" if done >= of else ""))
    sys.stderr.flush()
