"""Did a directive change anything? Interrupted time series with a placebo test; with --find, change points instead."""

import argparse
from typing import Any

from constat.analysis.errors import InputError
from constat.analysis.trend import series
from constat.analysis.trend.breaks import Breaks, change_points
from constat.analysis.trend.interrupted import Effect, effect
from constat.analysis.trend.series import Series

PERIODS = {"week": 52, "month": 12, "row": 12, "day": 365}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    series.arguments(parser)
    ask = parser.add_argument
    ask("--at", metavar="DATE", help="first row under the directive: its date, or its number")
    ask("--find", action="store_true", help="no directive: when did the level change?")
    ask(
        "--breaks-wanted",
        type=int,
        metavar="N",
        help="with --find: exactly so many; the number is found otherwise",
    )
    ask("--shortest", type=float, default=0.15, metavar="SHARE", help="with --find: shortest segment, 0.15")
    ask("--exposure", metavar="NAME", help="the column of operations, hours, kilometres")
    ask("--period", type=int, metavar="N", help="rows a year: months 12, weeks 52")
    ask("--harmonics", type=int, default=2, metavar="N", help="waves of the season, 2; 0 for none")
    ask("--level", type=float, default=0.95)
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    data = series.read(
        options.file,
        latest=options.today,
        column=options.column,
        series=options.series,
        exposure=options.exposure,
        counts=not options.find,
    )
    if options.find:
        number, shortest = options.breaks_wanted, options.shortest
        if not 0 < shortest < float("inf"):
            raise InputError(f"--shortest {shortest:g}: give a share of the rows, or a number of rows.")
        if number is not None and number < 0:
            raise InputError(f"--breaks-wanted {number}: give 0 or more.")
        dated = change_points(data.values, number=number, shortest=shortest, level=options.level)
        if options.html:
            from constat.analysis.trend import figures

            figures.write_breaks_page(dated, data, options.html)
        return breaks_json(dated, data)
    if options.at is None:
        raise InputError("Say when the directive began with --at, or ask for change points with --find.")
    period = options.period or PERIODS.get(data.unit, 12)
    found = effect(
        data.values, data.position(options.at), exposure=data.exposure, period=period, harmonics=options.harmonics,
        first_season=_first_season(data), breaks=[data.position(mark) for mark in options.breaks], level=options.level,
    )  # fmt: skip
    if options.html:
        from constat.analysis.trend import figures

        figures.write_effect_page(found, data, options.html)
    return effect_json(found, data, options.at)


def _first_season(data: Series) -> int:
    return data.days[0].month if data.days is not None and data.unit == "month" else 1


def effect_json(found: Effect, data: Series, at: str) -> dict[str, Any]:
    return {
        "question": "effect", "method": "interrupted time series, quasi-Poisson", "n": found.n, "at": at,
        "before": found.before, "after": found.after, "exposure": data.exposure is not None,
        "rate_ratio": found.ratio, "low": found.low, "high": found.high, "hac_low": found.hac_low,
        "hac_high": found.hac_high, "level": found.level, "dispersion": found.dispersion,
        "autocorrelation": found.autocorrelation, "placebo_p": found.placebo_p, "placebo_dates": len(found.placebos),
        "verdict": found.verdict,
        "coefficients": {name: {"estimate": b, "se": e} for name, (b, e) in found.coefficients.items()},
        "refused": found.refused, "reason": found.reason,
    }  # fmt: skip


def breaks_json(found: Breaks, data: Series) -> dict[str, Any]:
    return {
        "question": "change points", "method": "least squares, number by BIC", "n": found.n,
        "breaks": [
            {"last_before": data.labels[b.after], "low": data.labels[b.low], "high": data.labels[b.high]}
            for b in found.breaks
        ],
        "levels": list(found.levels), "bic": [value for value in found.bic if value < float("inf")],
        "level": found.level, "refused": found.refused, "reason": found.reason,
    }  # fmt: skip
