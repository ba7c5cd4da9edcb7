"""Forecasts and scores as figures and pages: always the interval, the number of rows, the past accuracy and the baselines."""

from pathlib import Path
from typing import Any

from constat.analysis.forecast import answers, scores
from constat.analysis.forecast.made import Forecast
from constat.analysis.forecast.rolling import MODEL
from constat.analysis.page import Page, Sheet, number, write

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
SHOWN = 15
LIMITS = (
    "It forecasts what will be recorded, not what will happen: harm nobody reports is in neither.",
    "It knows only the past counts. A cease-fire, an operation or a road that closes is not in it.",
    "The last periods are incomplete while reports come in; leave them out with --until.",
    "The worst plausible case is passed in one period in twenty. It is not the worst that can happen.",
    "Areas are forecast one by one; their worst cases do not come together, and their sums are not given.",
)
SCORE_LIMITS = (
    "Scores compare forecasters on the same rows only.",
    "Harm comes in clusters: a few months decide a mean score. Look at more than one year.",
)


def forecast_figure(found: Forecast) -> dict[str, Any]:
    """For the areas with the highest expectation: median and 90 % interval of the last horizon, and the last value."""
    h = found.horizons[-1]
    spread = found.spreads[h]
    low, high = scores.interval(spread)
    middle, mean = spread.quantile(0.5), spread.mean
    chosen = sorted(range(spread.n), key=lambda i: (-mean[i], i))[:SHOWN]
    rows = [
        {
            "area": found.panel.areas[i], "low": float(low[i]), "high": float(high[i]), "median": float(middle[i]),
            "last": float(found.panel.counts[i, -1]),
        }
        for i in chosen
    ]  # fmt: skip
    order = {"field": "area", "type": "nominal", "sort": None, "title": None}
    return {
        "$schema": SCHEMA,
        "usermeta": {
            "n": f"{number(len(found.panel.areas))} areas, {number(len(found.panel.periods))} {found.panel.unit}s",
            "interval": f"bars: 90 % intervals {h} {found.panel.unit}(s) ahead; dots: medians; crosses: the last count",
        },
        "width": 520, "data": {"values": rows}, "encoding": {"y": order},
        "layer": [
            {"mark": {"type": "bar", "color": "#b9c7d3", "height": 9}, "encoding": {"x": {"field": "low", "type": "quantitative", "title": "persons"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "color": "#35566e", "size": 45}, "encoding": {"x": {"field": "median", "type": "quantitative"}}},
            {"mark": {"type": "point", "shape": "cross", "color": "#8a1c1c"}, "encoding": {"x": {"field": "last", "type": "quantitative"}}},
        ],
    }  # fmt: skip


def write_page(found: Forecast, path: str | Path) -> None:
    panel = found.panel
    title = f"How much harm may come, 1 to {len(found.horizons)} {panel.unit}(s) ahead?"
    n = f"{number(len(panel.areas))} areas, {panel.periods[0]} to {panel.periods[-1]}, {number(panel.counts.sum())} persons."
    if found.refused:
        write(Page(title, "", answers.METHOD + ".", n, LIMITS, reason=found.reason), path)
        return
    answer = "; ".join(_verdict(row) for row in (answers.accuracy(a) for a in found.accuracy)) + "."
    write(
        Page(
            title, answer, answers.METHOD + ". Scored by rolling origin on the past.", n, (*found.warnings, *LIMITS),
            sheets=(_forecast_sheet(found), _score_sheet([answers.accuracy(a) for a in found.accuracy])),
            figures=(forecast_figure(found),),
        ),
        path,
    )  # fmt: skip


def _verdict(row: dict[str, Any]) -> str:
    best = row["best_baseline"]
    if row["skill"] is None:
        return f"{row['horizon']} ahead: nothing happened at the dates it was tried on"
    ours, theirs = (row["scores"][name]["crps"] for name in (MODEL, best))
    word = "better" if row["skill"] > 0 else "worse"
    return f"{row['horizon']} ahead: {100 * abs(row['skill']):.0f} % {word} than {best} (CRPS {ours:.3f} against {theirs:.3f})"


def _forecast_sheet(found: Forecast) -> Sheet:
    rows = []
    for h in found.horizons:
        spread = found.spreads[h]
        mean = spread.mean
        figures = answers.summary(spread)
        for i in sorted(range(spread.n), key=lambda i: (-mean[i], i))[:SHOWN]:
            f = figures[i]
            rows.append(
                (found.panel.areas[i], h, f"{100 * f['chance_of_any']:.0f} %", f["most_likely"], f["worst_plausible"],
                 f"{f['low']} to {f['high']}", number(found.panel.counts[i, -1]))
            )  # fmt: skip
    names = (
        "Area",
        "Ahead",
        "Chance of any",
        "Most likely",
        "Worst plausible",
        "90 % interval",
        "Last count",
    )
    return Sheet(f"The {SHOWN} areas with the highest expectation", names, rows)


def _score_sheet(rows: list[dict[str, Any]]) -> Sheet:
    lines = []
    for row in rows:
        for name, s in row["scores"].items():
            covered = (
                "–" if s["covered_open"] is None else f"{100 * s['covered_open']:.0f} % of {s['n_open']}"
            )
            lines.append(
                (
                    row["horizon"],
                    name,
                    f"{s['crps']:.4f}",
                    f"{s['ign']:.4f}",
                    f"{s['mis']:.3f}",
                    covered,
                    s["n"],
                )
            )
    names = ("Ahead", "Forecaster", "CRPS", "IGN", "MIS", "Inside the 90 % interval", "n")
    return Sheet("Past accuracy (lower is better)", names, lines)


def score_figure(found: dict[str, Any]) -> dict[str, Any]:
    """CRPS of each forecaster per horizon with the share inside its 90 % interval as the label."""
    rows = [
        {"horizon": row["horizon"], "name": name, "crps": s["crps"], "covered": s["covered_open"]}
        for row in found["by_horizon"]
        for name, s in row["scores"].items()
    ]
    n = found["by_horizon"][0]["scores"][MODEL]["n"]
    return {
        "$schema": SCHEMA,
        "usermeta": {"n": f"{number(n)} rows per horizon", "interval": "coverage of each 90 % interval stands in the table"},
        "width": 520, "data": {"values": rows}, "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "horizon", "type": "ordinal", "title": "periods ahead"},
            "y": {"field": "crps", "type": "quantitative", "title": "CRPS, persons", "scale": {"zero": False}},
            "color": {"field": "name", "type": "nominal", "title": None},
        },
    }  # fmt: skip


def write_score_page(found: dict[str, Any], path: str | Path) -> None:
    title, method = "How good were the forecasts?", "CRPS, ignorance, interval score at 90 %, coverage."
    if found["refused"]:
        write(Page(title, "", method, "No row was scored.", SCORE_LIMITS, reason=found["reason"]), path)
        return
    if "by_horizon" in found:
        answer = "; ".join(map(_verdict, found["by_horizon"])) + "."
        n = f"{len(found['origins'])} past dates, {found['origins'][0]} to {found['origins'][-1]}."
        sheets, figures = (_score_sheet(found["by_horizon"]),), (score_figure(found),)
        write(Page(title, answer, method + " By rolling origin.", n, SCORE_LIMITS, sheets, figures), path)
        return
    rows = [
        (
            m["model"],
            f"{m['crps']:.4f}",
            f"{m['ign']:.4f}",
            f"{m['mis']:.3f}",
            f"{100 * m['covered']:.0f} %",
            m["n"],
        )
        for m in found["models"]
    ]
    sheet = Sheet("Scores (lower is better)", ("Model", "CRPS", "IGN", "MIS", "Inside 90 %", "n"), rows)
    limits = (*found["warnings"], *SCORE_LIMITS)
    write(
        Page(title, f"Lowest CRPS: {found['best']}.", method, f"{rows[0][-1]} forecasts.", limits, (sheet,)),
        path,
    )
