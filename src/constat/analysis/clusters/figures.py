"""Clusters and pairs as figures and as a page. A figure always carries n and an interval."""

from pathlib import Path
from typing import Any

import numpy as np

from constat.analysis.clusters.knox import KnoxResult
from constat.analysis.clusters.scan import ScanResult
from constat.analysis.clusters.tables import Places
from constat.analysis.page import Page, Sheet, number, write

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
SHOWN = 0.05
LIMITS = (
    "A cluster says where more was recorded than chance puts there, not why. A new reporter makes one too.",
    "Its edge is not sharp: neighbouring circles are often nearly as good. Do not read the radius as a front line.",
    "Circles are compact. Harm along a road shows as several circles, or as none.",
    "Scanning every week, one scan in twenty passes p 0.05 by chance: look at the recurrence interval.",
)
KNOX_LIMITS = (
    "Nearness in both says that events come in bursts, not that one causes the next.",
    "A season or a campaign in one area makes pairs too; try smaller spans, and areas one by one.",
)


def figure(found: ScanResult) -> dict[str, Any]:
    """Observed and expected cases of each named cluster, with what chance alone gives (95 % of a Poisson count)."""
    from scipy.stats import poisson

    rows = [
        {
            "cluster": f"{i}. {cluster.centre}" + (f", {cluster.first}" if cluster.first else ""),
            "observed": cluster.observed,
            "expected": cluster.expected,
            "low": float(poisson.ppf(0.025, cluster.expected)),
            "high": float(poisson.ppf(0.975, cluster.expected)),
        }
        for i, cluster in enumerate(named(found), 1)
    ]
    y = {"field": "cluster", "type": "nominal", "sort": None, "title": None}
    return {
        "$schema": SCHEMA,
        "usermeta": {"n": number(found.n), "interval": "bar: 95 % of what chance puts into one given circle; dot: observed"},
        "width": 480,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 6, "color": "#b8c4ce"}, "encoding": {"y": y, "x": {"field": "low", "type": "quantitative", "title": "cases"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 80, "color": "#8a1c1c"}, "encoding": {"y": y, "x": {"field": "observed", "type": "quantitative"}}},
        ],
    }  # fmt: skip


def named(found: ScanResult) -> tuple[Any, ...]:
    """Clusters worth a line: p up to 0.05, or the best one."""
    return tuple(cluster for cluster in found.clusters if cluster.p <= SHOWN) or found.clusters[:1]


def page(found: ScanResult, places: Places) -> Page:
    clusters = named(found)
    rows = [
        (
            i, ", ".join(c.places[:6]) + (f" and {len(c.places) - 6} more" if len(c.places) > 6 else ""),
            f"{c.first} to {c.last}" if c.first else "–", number(c.observed), number(c.expected), number(c.p),
            "–" if c.recurrence_days is None else f"{number(c.recurrence_days)} days",
        )
        for i, c in enumerate(clusters, 1)
    ]  # fmt: skip
    treated = found.coarse
    n = f"{number(found.n)} cases at {found.places} places, {found.replicates} chance maps."
    if treated.places:
        n += (
            f" {number(treated.cases)} cases at {treated.places} places known no better than {treated.limit_km:g} km were "
            f"not taken for points ({treated.treatment}); {number(treated.left_out)} of them are not in the scan."
        )
    top = clusters[0] if clusters else None
    answer = "" if found.refused else "No gathering beyond chance was found."
    if top is not None and top.p <= SHOWN:
        answer = f"{len(clusters)} gathering(s) beyond chance. The strongest: {top.observed:g} cases where {top.expected:.2g} were expected, p {top.p:.3g}."
    return Page(
        title="Where, and since when, is there more than chance puts there?",
        answer=answer,
        method=f"Scan statistic, {found.model} model, {found.window}; circles up to {found.max_km or 'half of the cases'} km, "
        f"spans up to {found.max_days or 'half of the period'} days in steps of {found.step}; p-values from chance maps, "
        "which pay for all circles and spans that were looked at (Kulldorff 1997, 2001; Kulldorff et al. 2005).",
        n=n,
        limits=LIMITS,
        sheets=(
            Sheet(
                "Gatherings", ("", "Places", "Days", "Observed", "Expected", "p", "By chance once in"), rows
            ),
        ),
        figures=(figure(found),) if clusters else (),
        reason=found.reason,
    )


def write_page(found: ScanResult, places: Places, path: str | Path) -> None:
    write(page(found, places), path)


def knox_figure(found: KnoxResult) -> dict[str, Any]:
    """Pairs near in both: observed, and 95 % of the shuffles, by distance and span."""
    rows = [
        {"cell": f"{c.km:g} km, {c.days:g} d", "observed": c.observed, "low": c.low, "high": c.high}
        for c in found.cells
    ]
    y = {"field": "cell", "type": "nominal", "sort": None, "title": None}
    return {
        "$schema": SCHEMA,
        "usermeta": {"n": number(found.n), "interval": "bar: 95 % of the shuffles of dates; dot: observed pairs"},
        "width": 480,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 6, "color": "#b8c4ce"}, "encoding": {"y": y, "x": {"field": "low", "type": "quantitative", "title": "pairs"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 80, "color": "#8a1c1c"}, "encoding": {"y": y, "x": {"field": "observed", "type": "quantitative"}}},
        ],
    }  # fmt: skip


def write_knox_page(found: KnoxResult, path: str | Path) -> None:
    rows = [
        (f"{c.km:g}", f"{c.days:g}", c.observed, number(c.expected), number(c.ratio), number(c.p))
        for c in found.cells
    ]
    strongest = max(found.cells, key=lambda c: c.ratio or 0, default=None)
    answer = ""
    if strongest is not None:
        low = bool(np.any([c.p <= SHOWN for c in found.cells]))
        answer = (
            f"Events within {strongest.km:g} km and {strongest.days:g} days of one another are {number(strongest.ratio)} times "
            f"as many as chance gives (p {strongest.p:.3g})."
            if low
            else "Near events do not come sooner after one another than chance gives."
        )
    left = f" {found.left_out} at places that are not points are left out." if found.left_out else ""
    made = Page(
        title="Do events near in space come near in time?",
        answer=answer,
        method=f"Knox test: pairs near in both, against {found.replicates} shuffles of the dates (Knox 1964).",
        n=f"{found.n} events.{left}",
        limits=KNOX_LIMITS,
        sheets=(Sheet("Pairs", ("km", "days", "Observed", "Expected", "Ratio", "p"), rows),),
        figures=(knox_figure(found),) if found.cells else (),
        reason=found.reason,
    )
    write(made, path)
