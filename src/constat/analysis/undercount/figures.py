"""The models side by side: one line each from the lower to the upper limit, a dot at the middle. A Vega-Lite description."""

from collections.abc import Sequence
from typing import Any

from constat.analysis.undercount.result import Estimate


def figure(found: Sequence[Estimate]) -> dict[str, Any]:
    """Answers that were not refused; with n and what the interval is under usermeta. Empty when all were refused."""
    rows = [
        {"method": one.method, "low": one.quantiles["0.025"], "middle": one.quantiles["0.5"], "high": one.quantiles["0.975"], "n": one.n}
        for one in found
        if one.quantiles is not None
    ]  # fmt: skip
    if not rows:
        return {}
    across = {"type": "quantitative", "title": "people in all, seen and unseen", "scale": {"zero": True}}
    down = {"field": "method", "type": "nominal", "title": None, "sort": None}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": "Estimated total by model, with 95 % limits, beside the number of people on the lists.",
        "usermeta": {"n": rows[0]["n"], "interval": "lines: 95 % limits of each model; dashed line: people on the lists"},
        "width": 460,
        "height": {"step": 34},
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "size": 3}, "encoding": {"y": down, "x": {**across, "field": "low"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 80}, "encoding": {"y": down, "x": {**across, "field": "middle"}}},
            {"mark": {"type": "rule", "strokeDash": [4, 4]}, "encoding": {"x": {**across, "field": "n", "aggregate": "min"}}},
        ],
    }  # fmt: skip
