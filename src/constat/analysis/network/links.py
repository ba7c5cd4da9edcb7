"""Who is linked to whom as of a day, what stands together, and who stands between.

Every tie has a chance of having been there. The graph is drawn many times, each tie in or out by its chance (independent of
the others), and each figure is given over those draws: betweenness (Freeman 1977, Sociometry 40:35; Brandes 2001), the
chance that two are connected, the chance that a group holds the rest together (its loss parts them: an articulation point).
Several ties of one pair count as their surest: reports repeat one another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from constat.analysis.errors import InputError
from constat.analysis.network.ties import Tie, check

FEWEST_NODES = 3
MOST_NODES = 400


@dataclass(frozen=True)
class Link:
    """One pair as of the day: its surest confidence, the words of its ties, since when (None: unknown), until."""

    one: str
    other: str
    confidence: float
    ties: tuple[str, ...]
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Broker:
    """between: share of the shortest ways between others that pass here (0 to 1), mean over draws; low, high: 90 % of them.

    holds: chance that without it some of its neighbours would be cut off from one another.
    """

    name: str
    between: float
    low: float
    high: float
    holds: float


@dataclass(frozen=True)
class Network:
    """parts: groups that stand together when every tie counts, largest first. begun, ended: pairs since `before`."""

    on: date
    n: int
    nodes: int
    draws: int
    seed: int
    links: tuple[Link, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    brokers: tuple[Broker, ...] = ()
    before: date | None = None
    begun: tuple[tuple[str, str], ...] = ()
    ended: tuple[tuple[str, str], ...] = ()
    refused: bool = False
    reason: str = ""


def network(
    ties: Sequence[Tie], on: date, *, before: date | None = None, draws: int = 500, seed: int = 1
) -> Network:
    """The network as of a day. before: an earlier day to compare with. Refuses fewer than 3 nodes; InputError for wrong ties."""
    import networkx as nx

    check(ties, "ties")
    if draws < 20:
        raise InputError(f"{draws} draws: give 20 or more.")
    if before is not None and before >= on:
        raise InputError(f"The day compared with ({before}) is not before {on}.")
    links = as_of(ties, on)
    graph = nx.Graph()
    graph.add_edges_from((link.one, link.other) for link in links)
    nodes = graph.number_of_nodes()
    if nodes < FEWEST_NODES:
        return Network(on, len(links), nodes, draws, seed, links, refused=True,
                       reason=f"{len(links)} tie(s) between {nodes} on {on}: nobody can stand between others.")  # fmt: skip
    if nodes > MOST_NODES:
        return Network(on, len(links), nodes, draws, seed, links, refused=True,
                       reason=f"{nodes} nodes: more than {MOST_NODES}. Merge factions, or take one area.")  # fmt: skip
    parts = sorted(
        (tuple(sorted(part)) for part in nx.connected_components(graph)), key=lambda p: (-len(p), p)
    )
    pairs = {(link.one, link.other) for link in links}
    old = {(link.one, link.other) for link in as_of(ties, before)} if before is not None else pairs
    return Network(
        on, len(links), nodes, draws, seed, links, tuple(parts), _brokers(links, draws, seed), before,
        tuple(sorted(pairs - old)), tuple(sorted(old - pairs)),
    )  # fmt: skip


def as_of(ties: Sequence[Tie], day: date) -> tuple[Link, ...]:
    """Pairs with a tie that stands on the day, in order of their names."""
    held: dict[tuple[str, str], list[Tie]] = {}
    for tie in ties:
        if tie.stands(day):
            held.setdefault(tie.pair, []).append(tie)
    out = []
    for pair, some in sorted(held.items()):
        begins = [tie.since for tie in some]
        ends = [tie.until for tie in some if tie.until is not None]
        out.append(
            Link(
                *pair,
                max(tie.confidence for tie in some),
                tuple(sorted({tie.tie for tie in some})),
                None if None in begins else min(day for day in begins if day is not None),
                max(ends) if len(ends) == len(some) else None,
            )
        )
    return tuple(out)


def drawn(links: Sequence[Any], draws: int, seed: int) -> Iterator[list[int]]:
    """Positions of the links that are there, draw by draw; one draw where all are sure."""
    sure = np.array([link.confidence for link in links], float)
    if np.all(sure >= 1):
        yield list(range(len(links)))
        return
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        yield np.flatnonzero(rng.random(sure.size) < sure).tolist()


def _brokers(links: tuple[Link, ...], draws: int, seed: int) -> tuple[Broker, ...]:
    import networkx as nx

    names = sorted({name for link in links for name in (link.one, link.other)})
    place = {name: i for i, name in enumerate(names)}
    between, holds = [], []
    for there in drawn(links, draws, seed):
        graph = nx.Graph()
        graph.add_nodes_from(names)
        graph.add_edges_from((links[i].one, links[i].other) for i in there)
        scores = nx.betweenness_centrality(graph)
        between.append([scores[name] for name in names])
        cut = np.zeros(len(names))
        cut[[place[name] for name in nx.articulation_points(graph)]] = 1
        holds.append(cut)
    scores_by = np.array(between)
    low, high = np.quantile(scores_by, [0.05, 0.95], axis=0)
    found = [
        Broker(name, float(scores_by[:, i].mean()), float(low[i]), float(high[i]), float(np.mean([h[i] for h in holds])))
        for i, name in enumerate(names)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.between, one.name)))
