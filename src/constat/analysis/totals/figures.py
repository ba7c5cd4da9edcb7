"""Totals per area as a figure and a page: the whole range, and the intervals inside it."""

from pathlib import Path
from typing import Any

from constat.analysis.page import Page, Sheet, number, write

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
SHOWN = 20


def figure(given: dict[str, Any]) -> dict[str, Any]:
    """Per area: [sum of min, sum of max], 95 % of the distribution inside it, the expected count."""
    rows = [
        {
            "area": one["area"], "min": one["min"], "max": one["max"] if one["max"] is not None else one["quantiles"]["0.975"],
            "low": one["quantiles"]["0.025"], "high": one["quantiles"]["0.975"], "expected": one["expected"],
        }
        for one in sorted(given["areas"], key=lambda one: (-one["expected"], one["area"]))[:SHOWN]
    ]  # fmt: skip
    value = {"type": "quantitative", "title": "persons"}
    return {
        "$schema": SCHEMA,
        "usermeta": {
            "n": f"{number(given['n_incidents'])} incidents, {number(given['n_reports'])} reports",
            "interval": "light: from the sum of minima to the sum of maxima; dark: 95 % when incidents err independently",
        },
        "width": 520, "data": {"values": rows}, "encoding": {"y": {"field": "area", "type": "nominal", "sort": None, "title": None}},
        "layer": [
            {"mark": {"type": "bar", "color": "#dfe6ec", "height": 10}, "encoding": {"x": {"field": "min", **value}, "x2": {"field": "max"}}},
            {"mark": {"type": "bar", "color": "#8ea4b5", "height": 6}, "encoding": {"x": {"field": "low", **value}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "color": "#35566e"}, "encoding": {"x": {"field": "expected", **value}}},
        ],
    }  # fmt: skip


def write_page(given: dict[str, Any], path: str | Path) -> None:
    whole = given["total"]
    top = "no upper end" if whole["max"] is None else number(whole["max"])
    rows = [_row("All", whole), *(_row(one["area"], one) for one in given["areas"])]
    names = (
        "Area",
        "Sum of min",
        "Best",
        "Sum of max",
        "Expected",
        "95 %, independent",
        "95 %, all err alike",
        "Incidents",
    )
    limits = list(given["limits"])
    if given["contradictions"]:
        limits.insert(
            0,
            f"{len(given['contradictions'])} incident(s) have reports whose ranges have nothing in common: read them.",
        )
    write(
        Page(
            "How many in all?", f"From {number(whole['min'])} to {top} persons.", given["method"] + ".",
            f"{number(given['n_incidents'])} incidents from {number(given['n_reports'])} reports.", limits,
            (Sheet("Totals", names, rows),), (figure(given),),
        ),
        path,
    )  # fmt: skip


def _row(name: str, one: dict[str, Any]) -> tuple[object, ...]:
    near, wide = one["quantiles"], one["quantiles_together"]
    return (
        name, number(one["min"]), number(one["best"]), "–" if one["max"] is None else number(one["max"]),
        f"{one['expected']:.1f}", f"{near['0.025']} to {near['0.975']}", f"{wide['0.025']} to {wide['0.975']}", one["n"],
    )  # fmt: skip
