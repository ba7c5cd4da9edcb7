"""Charts, change points and effects as figures and pages. Lines are never joined across a change in recording."""

from pathlib import Path
from typing import Any

from constat.analysis.page import Page, Sheet, number, write
from constat.analysis.trend.breaks import Breaks
from constat.analysis.trend.charts import Chart
from constat.analysis.trend.interrupted import Effect
from constat.analysis.trend.series import Series

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
CHART_LIMITS = (
    "An alarm says that a count is higher than the past lets expect. It does not say that harm rose: reporting may have.",
    "Recent weeks are incomplete: reports still come in, and a quiet last week may fill up.",
    "Weeks recorded another way are not compared with; without the breaks the chart cannot know them.",
)
EFFECT_LIMITS = (
    "Whatever else began at the same date is part of the ratio.",
    "Without the number of operations, fewer operations look like less harm by each.",
    "“Not shown” is not “no effect”: look at the width of the interval.",
)
BREAK_LIMITS = ("A change of level is not a cause. Look first whether the way of recording changed then.",)


def _axis(data: Series) -> dict[str, Any]:
    kind = "temporal" if data.days is not None else "quantitative"
    return {"field": "at", "type": kind, "title": None, "scale": {"zero": False}}


def _at(data: Series, i: int) -> str | int:
    return data.days[i].isoformat() if data.days is not None else i + 1


def _spec(
    data: Series, rows: list[dict[str, Any]], layers: list[dict[str, Any]], n: int, interval: str
) -> dict[str, Any]:
    return {
        "$schema": SCHEMA, "usermeta": {"n": number(n), "interval": interval}, "width": 600, "height": 260,
        "data": {"values": rows}, "encoding": {"x": _axis(data)}, "layer": layers,
    }  # fmt: skip


def chart_figure(found: Chart, data: Series) -> dict[str, Any]:
    """Counts, the bound above which there is an alarm, and the alarms. `part` keeps lines apart across breaks."""
    marks = sorted(found.breaks)
    rows: list[dict[str, Any]] = [
        {
            "at": _at(data, p.index), "count": p.observed, "upper": p.upper, "expected": p.expected,
            "alarm": p.alarm, "part": sum(p.index >= mark for mark in marks),
        }
        for p in found.points
    ]  # fmt: skip
    count = {"field": "count", "type": "quantitative", "title": "count"}
    part = {"field": "part", "type": "nominal"}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "area", "color": "#dfe6ec"}, "encoding": {"y": {"field": "upper", "type": "quantitative"}, "detail": part}},
        {"mark": {"type": "line", "color": "#35566e"}, "encoding": {"y": count, "detail": part}},
        {"mark": {"type": "point", "filled": True, "color": "#8a1c1c", "size": 60}, "transform": [{"filter": "datum.alarm"}], "encoding": {"y": count}},
    ]  # fmt: skip
    return _spec(data, rows, layers, found.n, "shaded: from 0 to the bound of each week; dots: alarms")


def write_chart_page(found: Chart, data: Series, path: str | Path) -> None:
    judged = [p for p in found.points if not p.reason]
    rows = [
        (data.labels[p.index], number(p.observed), number(p.expected), number(p.upper))
        for p in judged
        if p.alarm
    ]
    answer = (
        ""
        if found.refused
        else f"{len(rows)} alarm(s) in {len(judged)} rows judged, {len(found.points) - len(judged)} not judged."
    )
    made = Page(
        title="Is this week out of the ordinary?",
        answer=answer,
        method=f"Control chart {found.method}" + (f", alpha {found.alpha:g}" if found.alpha else "") + ".",
        n=f"{found.n} rows, {len(found.points)} watched.",
        limits=CHART_LIMITS,
        sheets=(Sheet("Alarms", ("Row", "Observed", "Expected", "Bound"), rows),) if rows else (),
        figures=(chart_figure(found, data),) if found.points else (),
        reason=found.reason,
    )
    write(made, path)


def effect_figure(found: Effect, data: Series) -> dict[str, Any]:
    """Counts, and what was to be expected without the directive; the rule is its first row."""
    rows = [
        {
            "at": _at(data, i), "count": float(data.values[i]), "expected": found.expected[i],
            "low": max(found.expected[i] - 1.96 * (found.expected[i] * (found.dispersion or 1)) ** 0.5, 0),
            "high": found.expected[i] + 1.96 * (found.expected[i] * (found.dispersion or 1)) ** 0.5,
        }
        for i in range(found.n)
    ]  # fmt: skip
    start = {"values": [{"at": _at(data, found.before)}]}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "area", "color": "#dfe6ec"}, "encoding": {"y": {"field": "low", "type": "quantitative", "title": "count"}, "y2": {"field": "high"}}},
        {"mark": {"type": "line", "color": "#35566e"}, "encoding": {"y": {"field": "expected", "type": "quantitative"}}},
        {"mark": {"type": "point", "filled": True, "size": 25, "color": "#1a1a1a"}, "encoding": {"y": {"field": "count", "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeDash": [4, 4], "color": "#8a1c1c"}, "data": start},
    ]  # fmt: skip
    return _spec(data, rows, layers, found.n, "shaded: 95 % of single rows had nothing changed")


def write_effect_page(found: Effect, data: Series, path: str | Path) -> None:
    answer, rows = "", []
    if found.ratio is not None and found.low is not None and found.high is not None:
        change = f"ratio {found.ratio:.3f} ({found.low:.3f} to {found.high:.3f})"
        answer = (
            f"A change is shown: {change}."
            if found.verdict == "changed"
            else f"No change is shown: {change}."
        )
        rows = [
            ("Ratio after over expected", f"{found.ratio:.4f}"), ("Interval", f"{found.low:.4f} to {found.high:.4f}"),
            ("Interval, neighbours alike", f"{number(found.hac_low)} to {number(found.hac_high)}"),
            ("Placebo p", number(found.placebo_p)), ("Earlier dates tried", len(found.placebos)),
        ]  # fmt: skip
    made = Page(
        title="Did the directive change anything?",
        answer=answer,
        method="Interrupted time series: level, trend, season and exposure, over-dispersed Poisson; the same question asked of "
        "every earlier date (placebo). A change is said to be shown only if both intervals exclude 1 and few earlier dates "
        "look as clear.",
        n=f"{found.before} rows before, {found.after} after.",
        limits=EFFECT_LIMITS,
        sheets=(Sheet("Effect", ("", ""), rows),) if rows else (),
        figures=(effect_figure(found, data),) if rows else (),
        reason=found.reason,
    )
    write(made, path)


def breaks_figure(found: Breaks, data: Series) -> dict[str, Any]:
    """The series, with each change and the interval of its date."""
    rows = [{"at": _at(data, i), "value": float(v)} for i, v in enumerate(data.values)]
    dates = {
        "values": [
            {"at": _at(data, b.after), "low": _at(data, b.low), "high": _at(data, b.high)}
            for b in found.breaks
        ]
    }
    kind = _axis(data)["type"]
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "rect", "color": "#f0d9d9"}, "data": dates, "encoding": {"x": {"field": "low", "type": kind}, "x2": {"field": "high"}}},
        {"mark": {"type": "rule", "color": "#8a1c1c"}, "data": dates},
        {"mark": {"type": "line", "color": "#35566e"}, "encoding": {"y": {"field": "value", "type": "quantitative", "title": None}}},
    ]  # fmt: skip
    return _spec(
        data, rows, layers, found.n, f"shaded: {found.level:.0%} interval of the date of each change"
    )


def write_breaks_page(found: Breaks, data: Series, path: str | Path) -> None:
    rows = [(data.labels[b.after], f"{data.labels[b.low]} to {data.labels[b.high]}") for b in found.breaks]
    made = Page(
        title="When did the level change?",
        answer="" if found.refused else f"{len(rows)} change(s) of level.",
        method="Least squares over all ways to cut the series (Bai and Perron 1998), number by BIC, intervals of Bai (1997).",
        n=f"{found.n} rows.",
        limits=BREAK_LIMITS,
        sheets=(Sheet("Changes", ("Last row before", "Interval"), rows),) if rows else (),
        figures=() if found.refused else (breaks_figure(found, data),),
        reason=found.reason,
    )
    write(made, path)
