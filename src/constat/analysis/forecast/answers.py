"""Forecasts and scores as plain tables for JSON. The keys are a contract: docs/analysis/forecast.md lists them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from constat.analysis.forecast import files, scores
from constat.analysis.forecast.made import Forecast
from constat.analysis.forecast.rolling import MODEL, Accuracy
from constat.analysis.forecast.scores import Scores
from constat.analysis.forecast.spread import Spread

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
METHOD = "hurdle: any harm by logistic regression, how much by its own residuals; members averaged"
DIGITS = 6


def forecast(found: Forecast) -> dict[str, Any]:
    panel = found.panel
    return {
        "question": "forecast", "method": METHOD, "unit": panel.unit, "horizon": len(found.horizons),
        "areas": len(panel.areas), "periods": len(panel.periods), "first_period": panel.periods[0],
        "last_period": panel.periods[-1], "n": int(panel.counts.size), "harmed": int(panel.counts.sum()),
        "refused": found.refused, "reason": found.reason, "warnings": list(found.warnings),
        "accuracy": [accuracy(a) for a in found.accuracy],
        "forecasts": [] if found.refused else _rows(found),
    }  # fmt: skip


def _rows(found: Forecast) -> list[dict[str, Any]]:
    beside = {name: summary(spread) for name, spread in found.baselines.items()}
    rows = []
    for h, past in zip(found.horizons, found.accuracy, strict=True):
        figures = summary(found.spreads[h])
        period = files.after(found.panel.periods[-1], h, found.panel.unit)
        own = past.by[MODEL]
        carried = {
            "origins": len(past.origins), "n": own.n, "crps": _short(own.crps), "best_baseline": past.best_baseline,
            "best_baseline_crps": _short(past.by[past.best_baseline].crps), "covered": _short(own.covered_open),
            "n_covered": own.n_open,
        }  # fmt: skip
        for i, area in enumerate(found.panel.areas):
            rows.append(
                {"area": area, "period": period, "horizon": h}
                | figures[i]
                | {"past_accuracy": carried, "baselines": {name: each[i] for name, each in beside.items()}}
            )
    return rows


def summary(spread: Spread) -> list[dict[str, Any]]:
    """For each row: expected, chance of any harm, most likely (median), worst plausible (95 %), 90 % interval, quantiles."""
    low, high = scores.interval(spread)
    levels = {f"{level:g}": spread.quantile(level) for level in LEVELS}
    mean, some = spread.mean, spread.chance_above(0)
    return [
        {
            "expected": _short(mean[i]), "chance_of_any": _short(some[i]), "most_likely": _whole(levels["0.5"][i]),
            "worst_plausible": _whole(levels["0.95"][i]), "low": _whole(low[i]), "high": _whole(high[i]),
            "quantiles": {name: _whole(values[i]) for name, values in levels.items()},
        }
        for i in range(spread.n)
    ]  # fmt: skip


def accuracy(past: Accuracy) -> dict[str, Any]:
    return {
        "horizon": past.horizon, "origins": list(past.origins), "n": past.by[MODEL].n,
        "scores": {name: score(found) for name, found in past.by.items()},
        "best_baseline": past.best_baseline, "skill": _short(past.skill),
    }  # fmt: skip


def score(found: Scores) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else _short(value) for name, value in asdict(found).items()}


def rolled(unit: str, past: Sequence[Accuracy], reason: str) -> dict[str, Any]:
    """The answer of `score` for a table of counts."""
    return {
        "question": "score", "what": "rolling origin", "unit": unit, "refused": bool(reason), "reason": reason,
        "origins": list(past[0].origins) if past else [], "by_horizon": [accuracy(a) for a in past],
    }  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else float(np.round(value, DIGITS))


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else float(np.round(value, DIGITS))
