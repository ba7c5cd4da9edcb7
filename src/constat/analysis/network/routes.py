"""Which ways lead from one place to another, and what moves when a checkpoint moves.

The quickest way in each drawn graph (Dijkstra 1959), other ways by growing cost (Yen 1971); each stretch of road has a chance
of being passable, and a way holds as surely as all its stretches together. When a checkpoint moves or goes, every pair of
places asked for is routed anew over the same draws: stretches that gain are where movement, and with it harm, may shift.

Travellers are taken to choose the quickest way and to know it. Fear, fees and custom bend that: read gains as questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, islice, pairwise
from typing import Any

import numpy as np

from constat.analysis.errors import InputError
from constat.analysis.network.links import drawn
from constat.analysis.network.ties import Tie, check

Stretch = tuple[str, str]


@dataclass(frozen=True)
class Way:
    """places: along it. cost: with delays. confidence: chance that every stretch is there. checkpoints: passed."""

    places: tuple[str, ...]
    cost: float
    confidence: float
    checkpoints: tuple[str, ...]


@dataclass(frozen=True)
class Shift:
    """Pairs of places whose quickest way uses the stretch, before and after (mean over draws); low, high: 90 % of the change."""

    one: str
    other: str
    confidence: float
    before: float
    after: float
    change: float
    low: float
    high: float


@dataclass(frozen=True)
class Routes:
    """reachable: chance that any way is there (mean over the pairs). longer: change of the mean cost over draws in which both
    are reachable, None without a move."""

    on: date
    n: int
    pairs: int
    draws: int
    seed: int
    ways: tuple[Way, ...] = ()
    reachable: float | None = None
    shifts: tuple[Shift, ...] = ()
    longer: float | None = None
    refused: bool = False
    reason: str = ""


def routes(
    ties: Sequence[Tie], on: date, *, between: Sequence[tuple[str, str]] | None = None, checkpoint: str | None = None,
    onto: Stretch | None = None, ways: int = 3, draws: int = 500, seed: int = 1,
) -> Routes:  # fmt: skip
    """Ways between the pairs asked for (default: all pairs of places). checkpoint: one that moves `onto` another stretch, or
    goes away. Raises InputError for places, stretches and checkpoints that are not there on the day."""
    check(ties, "ties")
    if draws < 20 or ways < 1:
        raise InputError(f"{draws} draws and {ways} ways: give 20 or more, and 1 or more.")
    roads = _roads(ties, on)
    places = sorted({name for road in roads for name in (road.one, road.other)})
    if len(places) < 2:
        return Routes(
            on, len(roads), 0, draws, seed, refused=True, reason=f"{len(roads)} stretch(es) stand on {on}."
        )
    if not any(road.cost + road.delay > 0 for road in roads):
        raise InputError("No stretch has a cost: give a column hours, km or cost.")
    asked = list(combinations(places, 2)) if between is None else list(between)
    for pair in asked:
        for name in pair:
            if name not in places:
                raise InputError(f"No stretch leads to {name!r} on {on}.")
        if pair[0] == pair[1]:
            raise InputError(f"From {pair[0]!r} to itself: give two places.")
    found = _ways(roads, *asked[0], ways) if len(asked) == 1 else ()
    moved = _moved(roads, checkpoint, onto, on) if checkpoint is not None else None
    return _routed(roads, moved, asked, found, on, draws, seed)


def _roads(ties: Sequence[Tie], on: date) -> list[Tie]:
    """The stretches of the day, one per pair of places: the quickest of several."""
    best: dict[Stretch, Tie] = {}
    for tie in ties:
        if tie.stands(on):
            old = best.get(tie.pair)
            if old is None or tie.cost + tie.delay < old.cost + old.delay:
                best[tie.pair] = tie
    return [best[pair] for pair in sorted(best)]


def _moved(roads: list[Tie], checkpoint: str, onto: Stretch | None, on: date) -> list[Tie]:
    here = [road for road in roads if road.checkpoint == checkpoint]
    if not here:
        known = sorted({road.checkpoint for road in roads if road.checkpoint})
        raise InputError(
            f"No checkpoint {checkpoint!r} stands on {on}; there are {', '.join(known) or 'none'}."
        )
    delay = max(road.delay for road in here)
    if delay <= 0:
        raise InputError(
            f"Checkpoint {checkpoint!r} has no delay: what it moves cannot be told. Give a column delay."
        )
    gone = [
        replace(road, checkpoint="", delay=0.0) if road.checkpoint == checkpoint else road for road in roads
    ]
    if onto is None:
        return gone
    pair = (min(onto), max(onto))
    at = next((i for i, road in enumerate(gone) if road.pair == pair), None)
    if at is None:
        raise InputError(f"No stretch between {onto[0]!r} and {onto[1]!r} stands on {on}.")
    if gone[at].checkpoint:
        raise InputError(f"On {onto[0]} to {onto[1]} stands {gone[at].checkpoint!r} already.")
    gone[at] = replace(gone[at], checkpoint=checkpoint, delay=gone[at].delay + delay)
    return gone


def _graph(roads: Sequence[Tie], there: Sequence[int]) -> Any:
    import networkx as nx

    graph = nx.Graph()
    for i in there:
        graph.add_edge(roads[i].one, roads[i].other, cost=roads[i].cost + roads[i].delay, at=i)
    return graph


def _ways(roads: Sequence[Tie], start: str, goal: str, many: int) -> tuple[Way, ...]:
    import networkx as nx

    graph = _graph(roads, range(len(roads)))
    if not nx.has_path(graph, start, goal):
        return ()
    out = []
    for places in islice(nx.shortest_simple_paths(graph, start, goal, weight="cost"), many):
        used = [roads[graph.edges[pair]["at"]] for pair in pairwise(places)]
        out.append(
            Way(
                tuple(places),
                float(sum(road.cost + road.delay for road in used)),
                float(np.prod([road.confidence for road in used])),
                tuple(road.checkpoint for road in used if road.checkpoint),
            )
        )
    return tuple(out)


def _routed(
    roads: list[Tie], moved: list[Tie] | None, asked: list[tuple[str, str]], ways: tuple[Way, ...], on: date, draws: int,
    seed: int,
) -> Routes:  # fmt: skip
    before, after, reached, longer = [], [], [], []
    for there in drawn(roads, draws, seed):
        use, costs = _use(roads, there, asked)
        before.append(use)
        reached.append(np.mean(np.isfinite(costs)))
        if moved is not None:
            use, new = _use(moved, there, asked)
            after.append(use)
            both = np.isfinite(costs) & np.isfinite(new)
            if both.any():
                longer.append(float(np.mean(new[both] - costs[both])))
    shifts = _shifts(roads, np.array(before), np.array(after)) if moved is not None else ()
    return Routes(
        on, len(roads), len(asked), draws, seed, ways, float(np.mean(reached)), shifts,
        float(np.mean(longer)) if longer else None,
    )  # fmt: skip


def _use(roads: Sequence[Tie], there: Sequence[int], asked: Sequence[tuple[str, str]]) -> tuple[Any, Any]:
    """(pairs that use each stretch, cost of each pair, infinite where no way is there). Equal ways: half each, and so on."""
    import networkx as nx

    graph = _graph(roads, there)
    use, costs = np.zeros(len(roads)), np.full(len(asked), np.inf)
    for at, (start, goal) in enumerate(asked):
        if start not in graph or goal not in graph or not nx.has_path(graph, start, goal):
            continue
        best = list(islice(nx.all_shortest_paths(graph, start, goal, weight="cost"), 50))
        for places in best:
            for pair in pairwise(places):
                use[graph.edges[pair]["at"]] += 1 / len(best)
        costs[at] = nx.path_weight(graph, best[0], "cost")
    return use, costs


def _shifts(roads: Sequence[Tie], before: Any, after: Any) -> tuple[Shift, ...]:
    change = after - before
    low, high = np.quantile(change, [0.05, 0.95], axis=0)
    out = [
        Shift(
            *road.pair, road.confidence, float(before[:, i].mean()), float(after[:, i].mean()),
            float(change[:, i].mean()), float(low[i]), float(high[i]),
        )
        for i, road in enumerate(roads)
        if np.any(np.abs(change[:, i]) > 1e-12)
    ]  # fmt: skip
    return tuple(sorted(out, key=lambda one: (-one.change, one.one, one.other)))
