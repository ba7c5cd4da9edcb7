"""A linkage as a page: how many things, what the weights are, what to ask first, and the limits."""

from pathlib import Path
from typing import Any

from constat.analysis.linkage.result import Linkage
from constat.analysis.page import Page, Sheet, number, write

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
LIMITS = (
    "Two records are joined on likeness, not on proof: whoever acts on a join reads its reasons first.",
    "Comparisons are taken as independent within a thing, corrected once for errors that come together; records that copy one "
    "another agree more than they prove.",
    "Pairs that share no key were not compared: what differs in everything is not found.",
    "Where nobody knows the answer, precision and recall are not known either; the review list is how to learn them.",
)


def figure(found: Linkage) -> dict[str, Any]:
    """Said against so by bin, with 95 % intervals of the share; for a linkage with known truth."""
    if found.calibration is None:
        raise ValueError("Calibration needs a known truth.")
    rows = []
    for one in found.calibration.bins:
        # Wilson's interval: bins at 0 and at 1 keep one.
        z, n, p = 1.96, one.n, one.was
        middle, half = (
            (p + z * z / (2 * n)) / (1 + z * z / n),
            z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n),
        )
        rows.append(
            {"said": one.said, "was": p, "low": max(middle - half, 0.0), "high": min(middle + half, 1.0)}
        )
    x = {"field": "said", "type": "quantitative", "title": "probability said", "scale": {"domain": [0, 1]}}
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "width": 360,
        "height": 360,
        "layer": [
            {"mark": "rule", "encoding": {"x": x, "y": {"field": "low", "type": "quantitative", "title": "share that was so"}, "y2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True}, "encoding": {"x": x, "y": {"field": "was", "type": "quantitative"}}},
        ],
        "usermeta": {"n": sum(one.n for one in found.calibration.bins), "interval": "share that was one, with its 95 % interval (Wilson)"},
    }  # fmt: skip


def page(found: Linkage) -> Page:
    what = "persons" if found.entity == "person" else "incidents"
    asked = [
        (", ".join(found.names[one.pair.left]), ", ".join(found.names[one.pair.right]), f"{one.probability:.2f}",
         "joined" if one.joined else "barred" if one.barred else "apart", one.changes,
         "; ".join(f"{r.comparison}: {r.agreement or ''} {r.bits:+.1f}" for r in one.pair.reasons[:4]))
        for one in found.review[:25]
    ]  # fmt: skip
    weighed = [
        (one.comparison, one.agreement, f"{one.m:.4f}", f"{one.u:.2g}", f"{one.bits:+.1f}")
        for one in found.weights
    ]
    sheets = [
        Sheet(
            "What to ask first",
            ("one", "other", "probability", "now", "pairs an answer changes", "reasons, bits"),
            asked,
        ),
        Sheet("Weights", ("comparison", "agreement", "m", "u", "bits"), weighed),
    ]
    if found.score is not None:
        score = [number(found.score.precision), number(found.score.recall), number(found.score.f1)]
        sheets.insert(0, Sheet("Against the known answer", ("precision", "recall", "F1"), [score]))
    return Page(
        title=f"Which records are one? {what.capitalize()}",
        answer=""
        if found.refused
        else f"{number(found.n)} records are {number(len(found.clusters))} {what}.",
        method="Fellegi-Sunter weights fitted by EM without labels; candidates and comparisons of persons by Splink on DuckDB; average "
        "linkage under what is known.",
        n=f"{number(found.n)} records, {number(found.compared)} pairs compared, about {number(round(found.expected))} pairs expected to be one.",
        limits=(*found.warnings, *LIMITS),
        sheets=sheets,
        figures=(figure(found),) if found.calibration is not None else (),
        reason=found.reason,
    )


def write_page(found: Linkage, path: str | Path) -> None:
    """The answer as HTML."""
    write(page(found), path)
