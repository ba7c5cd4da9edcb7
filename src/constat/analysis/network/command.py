"""Who is linked to whom as of a day, who stands between, and what moves when a checkpoint moves.

Of groups, organisations and places; never of persons: such a table is refused.
"""

import argparse
from datetime import date
from typing import Any

from constat.analysis import columns
from constat.analysis.errors import InputError
from constat.analysis.network.links import Network, network
from constat.analysis.network.routes import Routes, routes
from constat.analysis.network.ties import read_ties


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("file", metavar="FILE", help="a tie a row: from, to, from_kind, to_kind, confidence, since, until; roads: hours, "
        "checkpoint, delay")  # fmt: skip
    ask("--on", metavar="DATE", help="as of this day; today")
    ask("--before", metavar="DATE", help="what has changed since this day")
    ask(
        "--nodes",
        metavar="KIND",
        help="kind of all nodes, where the file does not say: group, organisation, place",
    )
    ask("--from", dest="start", metavar="PLACE", help="ways from here")
    ask("--to", dest="goal", metavar="PLACE", help="ways to here")
    ask("--checkpoint", metavar="NAME", help="what moves if this checkpoint moves or goes away")
    ask("--onto", nargs=2, metavar="PLACE", help="the stretch it moves to; it goes away otherwise")
    ask("--ways", type=int, default=3, metavar="N", help="ways shown, 3")
    ask("--draws", type=int, default=500, metavar="N", help="graphs drawn by the confidence of each tie, 500")
    ask("--seed", type=int, default=1, metavar="N")
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    ties = read_ties(options.file, latest=options.today, kind=options.nodes)
    on = _day("--on", options.on, options.today) or options.today
    if (options.start is None) != (options.goal is None):
        raise InputError("Give both --from and --to, or neither.")
    if options.onto and not options.checkpoint:
        raise InputError("--onto says where a checkpoint moves: give --checkpoint too.")
    found: Network | Routes
    if options.start is not None or options.checkpoint is not None:
        between = None if options.start is None else [(options.start, options.goal)]
        found = routes(
            ties, on, between=between, checkpoint=options.checkpoint, onto=tuple(options.onto) if options.onto else None,
            ways=options.ways, draws=options.draws, seed=options.seed,
        )  # fmt: skip
        out = routes_json(found)
    else:
        before = _day("--before", options.before, options.today)
        found = network(ties, on, before=before, draws=options.draws, seed=options.seed)
        out = network_json(found)
    if options.html:
        from constat.analysis.network import figures

        figures.write_page(found, options.html)
    return out


def _day(name: str, value: str | None, latest: date) -> date | None:
    if value is None:
        return None
    return columns.parse(value, name).day(columns.Row(1, (value,)), 0, latest=latest)[0]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def network_json(found: Network) -> dict[str, Any]:
    return {
        "question": "network", "method": "links", "on": _iso(found.on), "n": found.n, "nodes": found.nodes,
        "draws": found.draws, "seed": found.seed,
        "links": [
            {
                "from": k.one, "to": k.other, "confidence": k.confidence, "ties": list(k.ties), "since": _iso(k.since),
                "until": _iso(k.until),
            }
            for k in found.links
        ],
        "parts": [list(part) for part in found.parts],
        "brokers": [
            {"name": b.name, "between": b.between, "low": b.low, "high": b.high, "holds": b.holds} for b in found.brokers
        ],
        "before": _iso(found.before), "begun": [list(p) for p in found.begun], "ended": [list(p) for p in found.ended],
        "refused": found.refused, "reason": found.reason,
    }  # fmt: skip


def routes_json(found: Routes) -> dict[str, Any]:
    return {
        "question": "network", "method": "routes", "on": _iso(found.on), "n": found.n, "pairs": found.pairs,
        "draws": found.draws, "seed": found.seed, "reachable": found.reachable,
        "ways": [
            {"places": list(w.places), "cost": w.cost, "confidence": w.confidence, "checkpoints": list(w.checkpoints)}
            for w in found.ways
        ],
        "shifts": [
            {
                "from": s.one, "to": s.other, "confidence": s.confidence, "before": s.before, "after": s.after,
                "change": s.change, "low": s.low, "high": s.high,
            }
            for s in found.shifts
        ],
        "longer": found.longer, "refused": found.refused, "reason": found.reason,
    }  # fmt: skip
