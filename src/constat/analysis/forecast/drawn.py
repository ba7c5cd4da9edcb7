"""Forecasts somebody made, in a file: what was observed, and the draws of each forecast, wide or long."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from constat.analysis.columns import Row, Table
from constat.analysis.errors import InputError
from constat.analysis.forecast import scores
from constat.analysis.forecast.answers import DIGITS, score

OBSERVED = ("observed", "actual", "truth")
VALUE = ("value", "outcome", "prediction", "forecast")
KEYS = ("model", "area", "period", "horizon")
_DRAW = re.compile(r"(?:draw|sample|member|d|m)_?\d+$")
Group = dict[tuple[str, ...], tuple[int, float, list[float]]]


def holds_forecasts(table: Table) -> bool:
    return table.column(*OBSERVED) is not None and (
        "draw" in table.names or any(map(_DRAW.match, table.names))
    )


def answer(table: Table) -> dict[str, Any]:
    """Scores per model over all rows, and per horizon where the file names horizons."""
    if not table.rows:
        raise InputError(f"{table.source}: no rows under the names of the columns.")
    found = _long(table) if "draw" in table.names else _wide(table)
    models = list(dict.fromkeys(key[0] for key in found))
    rows = [_model(name, {key: value for key, value in found.items() if key[0] == name}) for name in models]
    best = min(rows, key=lambda row: float(row["crps"]))
    same = len({frozenset(key[1:] for key in found if key[0] == name) for name in models}) == 1
    return {
        "question": "score", "what": "forecasts", "refused": False, "reason": "", "models": rows, "best": best["model"],
        "comparable": same,
        "warnings": [] if same else ["The models were not asked the same rows: their scores cannot be compared."],
    }  # fmt: skip


def _model(name: str, rows: Group) -> dict[str, Any]:
    by: dict[str, list[tuple[int, float, list[float]]]] = {}
    for key, row in rows.items():
        by.setdefault(key[3], []).append(row)
    every = list(rows.values())
    draws, observed = _arrays(every)
    found: dict[str, Any] = {"model": name or "forecast", "draws": draws.shape[1]} | score(
        scores.score(draws, observed)
    )
    if draws.shape[1] > 1:
        found["crps_fair"] = float(np.round(scores.crps(draws, observed, fair=True).mean(), DIGITS))
    found["ranks"] = np.round(scores.ranks(draws, observed), DIGITS).tolist()
    if set(by) != {""}:
        found["by_horizon"] = [
            {"horizon": horizon} | score(scores.score(*_arrays(part))) for horizon, part in by.items()
        ]
    return found


def _arrays(rows: Sequence[tuple[int, float, list[float]]]) -> tuple[Any, Any]:
    return np.array([draws for _, _, draws in rows]), np.array([observed for _, observed, _ in rows])


def _wide(table: Table) -> Group:
    observed = table.need(*OBSERVED)
    draws = [i for i, name in enumerate(table.names) if _DRAW.match(name)]
    found: Group = {}
    for row in table:
        key = _key(table, row)
        if not any(key[1:]):
            key = (key[0], "", f"line {row.line}", "")
        if key in found:
            raise InputError(f"{table.at(row, observed)}: the same forecast stands in line {found[key][0]}.")
        values = [table.number(row, i, least=0) for i in draws]
        found[key] = (row.line, table.number(row, observed, least=0), values)
    return found


def _long(table: Table) -> Group:
    observed, draw, value = table.need(*OBSERVED), table.need("draw"), table.need(*VALUE)
    found: Group = {}
    seen: set[tuple[str, ...]] = set()
    for row in table:
        key, y = _key(table, row), table.number(row, observed, least=0)
        if (*key, table.text(row, draw)) in seen:
            raise InputError(f"{table.at(row, draw)}: this draw stands twice.")
        seen.add((*key, table.text(row, draw)))
        line, known, values = found.setdefault(key, (row.line, y, []))
        if known != y:
            raise InputError(f"{table.at(row, observed)}: {y:g} here, {known:g} in line {line}.")
        values.append(table.number(row, value, least=0))
    usual = max(len(values) for _, _, values in found.values())
    for line, _, values in found.values():
        if len(values) != usual:
            raise InputError(f"{table.source}, line {line}: {len(values)} draws here, {usual} elsewhere.")
    return found


def _key(table: Table, row: Row) -> tuple[str, ...]:
    return tuple("" if (at := table.column(name)) is None else table.text(row, at) for name in KEYS)
