"""What follows what, as figures and as a page. A figure always carries n and an interval."""

from pathlib import Path
from typing import Any

from constat.analysis.page import Page, Sheet, number, write
from constat.analysis.reprisal.engagement import After
from constat.analysis.reprisal.hawkes import Hawkes
from constat.analysis.reprisal.study import Study

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
TITLE = "Does violence follow harm, and harm an engagement?"
LIMITS = (
    "What follows is not shown to be caused: a campaign, a season or a new reporter can bring both.",
    "Reports counted twice look like one event that brings another. Link duplicates first.",
    "“Not shown” never means that there is no reprisal. A review of each case is not replaced by an average.",
)


def figure(found: Hawkes | Study | After) -> dict[str, Any]:
    """One row per link, week or group: estimate and interval."""
    rows, title, n = _rows(found)
    y = {"field": "what", "type": "nominal", "sort": None, "title": None}
    return {
        "$schema": SCHEMA,
        "usermeta": {"n": number(n), "interval": f"bar: {found.level:.0%} interval; dot: estimate"},
        "width": 480,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 4, "color": "#b8c4ce"}, "encoding": {"y": y, "x": {"field": "low", "type": "quantitative", "title": title}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 70, "color": "#8a1c1c"}, "encoding": {"y": y, "x": {"field": "value", "type": "quantitative"}}},
        ],
    }  # fmt: skip


def _rows(found: Hawkes | Study | After) -> tuple[list[dict[str, Any]], str, int]:
    if isinstance(found, Hawkes):
        return (
            [
                {"what": f"{k.effect} after {k.cause}", "value": k.branching, "low": k.low, "high": k.high}
                for k in found.links
            ],
            "events that one event brings",
            found.n,
        )
    if isinstance(found, Study):
        return (
            [
                {"what": f"{w.lag:+d} weeks", "value": w.ratio, "low": w.low, "high": w.high}
                for w in found.curve
            ],
            "violence over what area and week give",
            found.effects,
        )
    return (
        [
            {"what": f"{g.area}, {g.method}", "value": g.per_thousand, "low": g.low, "high": g.high}
            for g in found.groups
            if g.per_thousand is not None
        ],
        "followed by harm, per 1,000 engagements",
        found.n,
    )


def page(found: Hawkes | Study | After) -> Page:
    told = (
        _hawkes_page(found)
        if isinstance(found, Hawkes)
        else _study_page(found)
        if isinstance(found, Study)
        else _after_page(found)
    )
    return told


def write_page(found: Hawkes | Study | After, path: str | Path) -> None:
    write(page(found), path)


def _hawkes_page(found: Hawkes) -> Page:
    shown = [link for link in found.links if link.found]
    answer = "; ".join(
        f"one {k.cause} is followed by {number(k.branching)} more {k.effect} ({number(k.low)} to {number(k.high)})"
        for k in shown
    )
    rows = [
        (k.cause, k.effect, number(k.branching), f"{number(k.low)} to {number(k.high)}", number(k.p), number(k.half_life) if k.found else "–")
        for k in found.links
    ]  # fmt: skip
    return Page(
        title=TITLE,
        answer="" if found.refused else (answer or "That one event brings another is not shown."),
        method="Self- and cross-exciting point process with exponential memory and a stepwise background (Hawkes 1971; Ozaki "
        f"1979); profile likelihood intervals; p from {found.replicates} simulated processes without the link.",
        n=f"{found.n} events over {number(found.span)} days.",
        limits=(*LIMITS, *found.notes),
        sheets=(
            Sheet("What one event brings", ("Cause", "Effect", "Events", "Interval", "p", "Half-life"), rows),
        ),
        figures=(figure(found),) if found.links else (),
        reason=found.reason,
    )


def _study_page(found: Study) -> Page:
    words = {
        "follows": "More violence follows harm",
        "less follows": "Less violence follows harm",
        "not shown": "That violence follows harm is not shown",
        "already before": "There is more violence around harm, but already before it: it cannot be told what follows",
    }
    answer = (
        ""
        if found.refused
        else f"{words[found.verdict]}: ratio {number(found.ratio)} ({number(found.low)} to {number(found.high)}), placebo p "
        f"{number(found.placebo_p)}."
    )
    rows = [(f"{w.lag:+d}", number(w.ratio), f"{number(w.low)} to {number(w.high)}") for w in found.curve]
    return Page(
        title=TITLE,
        answer=answer,
        method="Poisson regression with a level for each area and each week; errors by area; placebo: the harm of each area "
        f"moved in time, {found.replicates} times (Condra, Felter, Iyengar, Shapiro 2010).",
        n=f"{found.causes} harms, {found.effects} acts of violence, {found.areas} areas, {found.weeks} weeks.",
        limits=LIMITS,
        sheets=(Sheet("Weeks around harm", ("Week", "Ratio", "Interval"), rows),),
        figures=(figure(found),) if found.curve else (),
        reason=found.reason,
    )


def _after_page(found: After) -> Page:
    words = {
        "more": "More harm than the background follows engagements",
        "less": "Less harm than the background follows engagements",
        "not shown": "That harm follows engagements is not shown",
    }
    ratio = (
        f": {number(found.ratio)} times ({number(found.low)} to {number(found.high)})"
        if found.ratio is not None
        else ""
    )
    rows = [
        (g.area, g.method, *("withheld" if v is None else number(v) for v in (g.engagements, g.followed, g.per_thousand, g.low, g.high)))
        for g in found.groups
    ]  # fmt: skip
    drawn = any(g.per_thousand is not None for g in found.groups)
    return Page(
        title=TITLE,
        answer="" if found.refused else f"{words[found.verdict]}{ratio}, p {number(found.p)}.",
        method=f"Harm within {found.days} days of an engagement in the same area against the other days of that area (Mantel "
        f"and Haenszel); p: engagements of each area moved in time, {found.replicates} times. Counts below {found.k} are withheld.",
        n=f"{found.n} engagements, {found.harms} harms, {found.areas} areas.",
        limits=LIMITS,
        sheets=(
            Sheet(
                "Followed by harm, per 1,000",
                ("Area", "Method", "Engagements", "Followed", "Per 1,000", "Low", "High"),
                rows,
            ),
        ),
        figures=(figure(found),) if drawn else (),
        reason=found.reason,
    )
