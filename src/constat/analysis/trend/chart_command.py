"""Is this week out of the ordinary? Control charts for counts: EARS C1 to C3, Farrington, CUSUM."""

import argparse
from typing import Any

from constat.analysis.errors import InputError
from constat.analysis.trend import charts, series
from constat.analysis.trend.charts import Chart
from constat.analysis.trend.series import Series

METHODS = ("ears-c1", "ears-c2", "ears-c3", "farrington", "farrington-flexible", "cusum")
PERIODS = {"week": 52, "row": 52, "month": 12, "day": 365}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    series.arguments(parser)
    ask = parser.add_argument
    ask("--method", choices=METHODS, required=True)
    ask(
        "--watch",
        type=int,
        metavar="N",
        help="watch the last N rows; all that can be judged (cusum: the last third)",
    )
    ask("--alpha", type=float, metavar="P", help="0.001 for EARS, 0.01 for Farrington")
    ask("--years", type=int, default=3, metavar="N", help="Farrington: years looked back, 3")
    ask("--half-window", type=int, default=3, metavar="N", help="Farrington: weeks either side, 3")
    ask("--period", type=int, metavar="N", help="rows a year: 52, months 12")
    ask("--baseline", type=int, default=charts.BASELINE, metavar="N", help="EARS: rows compared with, 7")
    ask("--factor", type=float, default=2.0, metavar="X", help="cusum: the rise looked for, 2")
    ask("--threshold", type=float, default=5.0, metavar="H", help="cusum: alarm above, 5")
    ask(
        "--expected", type=float, metavar="X", help="cusum: count of a quiet row; learnt from the rows before"
    )
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    for name, value in (("--expected", options.expected), ("--threshold", options.threshold)):
        if value is not None and not 0 < value < float("inf"):
            raise InputError(f"{name} {value:g}: give a finite number above 0.")
    data = series.read(options.file, latest=options.today, column=options.column, series=options.series)
    breaks = sorted(data.position(mark) for mark in options.breaks)
    n = data.values.size
    if options.watch is not None and not 1 <= options.watch <= n:
        raise InputError(f"--watch {options.watch}: the series has {n} rows.")
    watch = None if options.watch is None else range(n - options.watch, n)
    found = _chart(options, data, breaks, watch)
    if options.html:
        from constat.analysis.trend import figures

        figures.write_chart_page(found, data, options.html)
    return as_json(found, data)


def _chart(options: argparse.Namespace, data: Series, breaks: list[int], watch: range | None) -> Chart:
    y, method = data.values, options.method
    if method.startswith("ears"):
        if options.baseline < 2:
            raise InputError(f"--baseline {options.baseline}: two rows or more have a spread.")
        return charts.ears(
            y, method, alpha=options.alpha, baseline=options.baseline, watch=watch, breaks=breaks
        )
    if method == "cusum":
        return charts.cusum(
            y, factor=options.factor, threshold=options.threshold, expected=options.expected,
            learn=y.size - y.size // 3, watch=watch, breaks=breaks,
        )  # fmt: skip
    chart = charts.farrington if method == "farrington" else charts.farrington_flexible
    return chart(
        y, alpha=0.01 if options.alpha is None else options.alpha, years=options.years,
        half_window=options.half_window, period=options.period or PERIODS.get(data.unit, 52), watch=watch, breaks=breaks,
    )  # fmt: skip


def as_json(found: Chart, data: Series) -> dict[str, Any]:
    points = []
    for point in found.points:
        row: dict[str, Any] = {
            "index": point.index + 1, "label": data.labels[point.index], "observed": point.observed,
            "expected": point.expected, "upperbound": point.upper, "alarm": point.alarm, "reason": point.reason,
        }  # fmt: skip
        if point.statistic is not None:
            finite = point.statistic if point.statistic < float("inf") else None
            row |= {"statistic": finite, "rule_of_two": point.rule_of_two}
        points.append(row)
    return {
        "question": "chart",
        "method": found.method,
        "n": found.n,
        "watched": len(points),
        "alpha": found.alpha,
        "breaks": [data.labels[at] for at in found.breaks],
        "refused": found.refused,
        "reason": found.reason,
        "alarms": [data.labels[at] for at in found.alarms],
        "points": points,
    }
