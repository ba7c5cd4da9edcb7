"""Networks and routes as figures and as a page. A figure always carries n and an interval."""

from pathlib import Path
from typing import Any

from constat.analysis.network.links import Network
from constat.analysis.network.routes import Routes
from constat.analysis.page import Page, Sheet, number, write

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
SHOWN = 20
LIMITS = (
    "Groups, organisations and stretches of road. Not persons: no aid to finding or striking anybody.",
    "Ties that nobody reported are not here; who is well watched looks well connected.",
    "Ties are drawn independently of one another; one source behind many makes them surer than they are.",
    "To stand between others says who could mediate or where movement may shift, not who leads.",
)


def figure(found: Network | Routes) -> dict[str, Any]:
    """Who stands between (share of ways), or what a move shifts (pairs of places), with 90 % of the draws."""
    if isinstance(found, Network):
        title = "share of the ways between others"
        values = [
            {"what": b.name, "value": b.between, "low": b.low, "high": b.high} for b in found.brokers[:SHOWN]
        ]
    else:
        title = "pairs of places gained or lost"
        values = [
            {"what": f"{s.one} – {s.other}", "value": s.change, "low": s.low, "high": s.high}
            for s in found.shifts[:SHOWN]
        ]
    y = {"field": "what", "type": "nominal", "sort": None, "title": None}
    return {
        "$schema": SCHEMA,
        "usermeta": {"n": f"{found.n} ties", "interval": "bar: 90 % of the drawn graphs; dot: mean"},
        "width": 480,
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 4, "color": "#b8c4ce"}, "encoding": {"y": y, "x": {"field": "low", "type": "quantitative", "title": title}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 70, "color": "#8a1c1c"}, "encoding": {"y": y, "x": {"field": "value", "type": "quantitative"}}},
        ],
    }  # fmt: skip


def page(found: Network | Routes) -> Page:
    return _network_page(found) if isinstance(found, Network) else _routes_page(found)


def write_page(found: Network | Routes, path: str | Path) -> None:
    write(page(found), path)


def _network_page(found: Network) -> Page:
    links = [
        (k.one, k.other, ", ".join(k.ties), f"{k.confidence:.0%}", k.since or "–", k.until or "–")
        for k in found.links
    ]
    brokers = [
        (b.name, f"{b.between:.2f}", f"{b.low:.2f} to {b.high:.2f}", f"{b.holds:.0%}")
        for b in found.brokers[:SHOWN]
    ]
    parts = len(found.parts)
    changed = (
        f" Since {found.before}: {len(found.begun)} begun, {len(found.ended)} ended." if found.before else ""
    )
    return Page(
        title=f"Who is linked to whom on {found.on}",
        answer="" if found.refused else f"{found.nodes} in {parts} part(s), {found.n} ties.{changed}",
        method=f"Graph of the day, drawn {found.draws} times by the confidence of each tie; betweenness (Freeman 1977).",
        n=f"{found.n} ties between {found.nodes} groups, organisations or places.",
        limits=LIMITS,
        sheets=(
            Sheet("Ties", ("", "", "Tie", "Confidence", "Since", "Until"), links),
            Sheet("Who stands between", ("", "Share of ways", "90 %", "Holds others together"), brokers),
        ),
        figures=(figure(found),) if found.brokers else (),
        reason=found.reason,
    )


def _routes_page(found: Routes) -> Page:
    ways = [
        (" – ".join(w.places), number(w.cost), f"{w.confidence:.0%}", ", ".join(w.checkpoints) or "–")
        for w in found.ways
    ]
    shifts = [
        (f"{s.one} – {s.other}", f"{s.before:.2f}", f"{s.after:.2f}", f"{s.change:+.2f} ({s.low:+.2f} to {s.high:+.2f})", f"{s.confidence:.0%}")
        for s in found.shifts[:SHOWN]
    ]  # fmt: skip
    gain = next((s for s in found.shifts if s.change > 0), None)
    said = f"A way is there with a chance of {found.reachable:.0%}." if found.reachable is not None else ""
    if gain is not None:
        said += f" Movement shifts most to {gain.one} – {gain.other}."
    return Page(
        title=f"Ways, and what moves, on {found.on}",
        answer="" if found.refused else said,
        method=f"Quickest ways (Dijkstra 1959; Yen 1971) in {found.draws} graphs drawn by the confidence of each stretch.",
        n=f"{found.n} stretches, {found.pairs} pair(s) of places.",
        limits=LIMITS,
        sheets=(
            Sheet("Ways", ("Way", "Cost", "Confidence", "Checkpoints"), ways),
            Sheet("Pairs that use a stretch", ("Stretch", "Before", "After", "Change", "Confidence"), shifts),
        ),
        figures=(figure(found),) if found.shifts else (),
        reason=found.reason,
    )
