"""Rates as a figure (always with their intervals) and as a page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from constat.analysis.page import Page, Sheet, number, write

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
LIMITS = (
    "A rate is as good as its denominator: operations that were not logged make the rest look harmful.",
    "The interval is that of chance alone, for the events that were recorded; harm nobody reported is not in it.",
    "Groups recorded in different ways cannot be compared by any interval.",
)


def figure(found: Mapping[str, Any]) -> dict[str, Any]:
    """Rate of each group and stratum with its interval."""
    rows = [
        {
            "name": " / ".join(dict.fromkeys((row["group"], row["stratum"]))),
            **{k: row[k] for k in ("rate", "low", "high")},
        }
        for row in found["rates"]
        if row["rate"] is not None
    ]
    y = {"field": "name", "type": "nominal", "sort": None, "title": None}
    x = {"type": "quantitative", "title": f"events per {found['per']:g}"}
    return {
        "$schema": SCHEMA,
        "usermeta": {"n": number(found["n"]), "interval": f"bar: {found['level']:.0%} {found['method']} interval"},
        "width": 480,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 5, "color": "#b8c4ce"}, "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 70, "color": "#35566e"}, "encoding": {"y": y, "x": {"field": "rate", **x}}},
        ],
    }  # fmt: skip


def write_page(found: Mapping[str, Any], path: str | Path) -> None:
    rows = [
        (row["group"], row["stratum"], number(row["events"]), number(row["exposure"]), number(row["rate"]),
         f"{number(row['low'])} to {number(row['high'])}", row["reason"])
        for row in found["rates"]
    ]  # fmt: skip
    ratios = [
        (f"{one['group']} over {one['reference']}", kind, number(part["ratio"]), f"{number(part['low'])} to {number(part['high'])}")
        for one in found["comparisons"]
        for kind, part in (("total", one["crude"]), ("within strata", one["adjusted"]))
        if part is not None
    ]  # fmt: skip
    sheets = [Sheet("Rates", ("Group", "Stratum", "Events", "Exposure", "Rate", "Interval", ""), rows)]
    if ratios:
        sheets.append(Sheet("Ratios", ("", "", "Ratio", "Interval"), ratios))
    made = Page(
        title="How much harm per operation?",
        answer=" ".join(warning["sentence"] for warning in found["warnings"]),
        method="Events per exposure with exact Poisson intervals (Garwood 1936); ratios given their sum (binomial); within "
        "strata Mantel-Haenszel; standardised rates with the interval of Fay and Feuer (1997).",
        n=f"{number(found['n'])} events, exposure {number(found['exposure'])}.",
        limits=LIMITS,
        sheets=sheets,
        figures=() if found["refused"] else (figure(found),),
        reason=found["reason"],
    )
    write(made, path)
