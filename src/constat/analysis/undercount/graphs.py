"""Averaging over decomposable graphs (Madigan & York, Biometrika 84:19, 1997).

Every decomposable graph on the lists is a model of who depends on whom; with the hyper-Dirichlet prior its evidence has a
closed form for each possible number of unseen people, so the posterior over graphs and totals is exact. Prior on the total
1/N, on graphs uniform. Three to five lists: 8, 61, 822 graphs.
"""

from collections.abc import Sequence
from itertools import combinations
from time import perf_counter

import numpy as np

from constat.analysis.undercount.lists import Lists, bearing
from constat.analysis.undercount.result import POINTS, Estimate, Floats, refusal

METHOD = "dga"
MOST = 5
CHUNK = 4096  # numbers of unseen held at a time: 822 graphs x 4,096 x 8 bytes = 27 MB
FINE = 50_000
# Weight of the graph of all edges: at most one part in a hundred on lists of the size where the truth was covered.
MOST_FULL = 0.1
Order = tuple[tuple[int, frozenset[int]], ...]  # (list, its earlier neighbours), a perfect order


def decomposable(lists: int) -> list[tuple[tuple[tuple[int, int], ...], Order]]:
    """All decomposable graphs on that many lists as (edges, perfect order)."""
    pairs = list(combinations(range(lists), 2))
    found = []
    for chosen in range(1 << len(pairs)):
        edges = tuple(pair for bit, pair in enumerate(pairs) if chosen >> bit & 1)
        order = _perfect_order(lists, edges)
        if order is not None:
            found.append((edges, order))
    return found


def graph_average(lists: Lists, *, delta: float | None = None, most_times: int = 5) -> Estimate:
    """Posterior of the total. `delta`: prior count per cell, default 2**-J. `most_times`: the unseen are looked for up to
    that many times the seen; the range is doubled while it cuts off more than one part in ten thousand, and the answer
    refused where 80 times do not suffice. Raises nothing; refuses with more than five lists.
    """
    began = perf_counter()
    reason, warnings = bearing(lists)
    if not reason and len(lists.names) > MOST:
        reason = f"{len(lists.names)} lists: the graphs are too many to average over; at most {MOST}. Merge lists, or use lcmcr."
    if reason:
        return refusal(METHOD, lists.n, reason, seconds=perf_counter() - began)
    graphs = decomposable(len(lists.names))
    prior = 2.0 ** -len(lists.names) if delta is None else delta
    times = most_times
    # One by one up to 100,000 people; beyond it in steps that stay far below the spread, which is never under sqrt(n).
    step = max(1, lists.n // FINE)
    while True:
        unseen = np.arange(0, times * lists.n + 1, step, dtype=np.float64)
        post, weight = _posterior(lists, graphs, unseen, prior)
        if float(post[-max(1, len(post) // 100) :].sum()) < 1e-4:
            break
        times *= 2
        if times > 80:
            why = "The posterior has no end: the lists allow any number of unseen people."
            return refusal(METHOD, lists.n, why, seconds=perf_counter() - began, warnings=warnings)
    full = float(
        weight[[len(edges) for edges, _ in graphs].index(len(lists.names) * (len(lists.names) - 1) // 2)]
    )
    if full > MOST_FULL:
        why = (
            f"The lists fit best if each depends on every other ({full:.0%} of the weight lies on that graph). Such lists say nothing "
            "about the unseen: the figure would be the prior's."
        )
        return refusal(METHOD, lists.n, why, seconds=perf_counter() - began, warnings=warnings)
    below = post.cumsum()
    total = lists.n + unseen
    best = np.argsort(weight)[::-1][:5]
    details: dict[str, object] = {
        "graphs": len(graphs),
        "delta": prior,
        "likeliest": [
            {
                "edges": [f"{lists.names[i]}-{lists.names[j]}" for i, j in graphs[g][0]],
                "weight": round(float(weight[g]), 4),
            }
            for g in best
        ],
    }
    quantiles = {str(p): float(total[min(int(np.searchsorted(below, p)), len(total) - 1)]) for p in POINTS}
    return Estimate(
        METHOD, lists.n, quantiles, float((post * total).sum()), seconds=perf_counter() - began,
        warnings=warnings, details=details,
    )  # fmt: skip


def _posterior(
    lists: Lists, graphs: Sequence[tuple[object, Order]], unseen: Floats, delta: float
) -> tuple[Floats, Floats]:
    """(posterior over `unseen`, posterior over graphs)."""
    from scipy.special import gammaln

    many, total = len(lists.names), lists.n + unseen
    whole = 2.0**many * delta
    common = gammaln(total + 1.0) - gammaln(unseen + 1.0) - np.log(total)
    subsets = sorted(
        {some for _, order in graphs for node, before in order for some in (before | {node}, before)},
        key=sorted,
    )
    row = {some: at for at, some in enumerate(subsets)}
    # Evidence of a graph = product over its perfect order of margin(node and earlier neighbours) / margin(these neighbours).
    uses = np.zeros((len(graphs), len(subsets)))
    for g, (_, order) in enumerate(graphs):
        for node, before in order:
            uses[g, row[before | {node}]] += 1.0
            uses[g, row[before]] -= 1.0
    margins = np.zeros((len(subsets), len(unseen)))
    for some, at in row.items():
        if some:
            here = sorted(some)
            cells = np.zeros(2 ** len(here))
            np.add.at(
                cells, lists.patterns[:, here].astype(np.int64) @ (1 << np.arange(len(here))), lists.counts
            )
            each = delta * 2.0 ** (many - len(here))
            margins[at] = (
                gammaln(cells[1:] + each).sum() - len(cells) * gammaln(each) + gammaln(cells[0] + unseen + each)
                - gammaln(total + whole) + gammaln(whole)
            )  # fmt: skip
    top = -np.inf
    for part in np.array_split(np.arange(len(unseen)), max(1, len(unseen) // CHUNK)):
        top = max(top, float((uses @ margins[:, part] + common[part]).max()))
    post, weight = np.zeros(len(unseen)), np.zeros(len(graphs))
    for part in np.array_split(np.arange(len(unseen)), max(1, len(unseen) // CHUNK)):
        shares = np.exp(uses @ margins[:, part] + common[part] - top)
        post[part] = shares.sum(axis=0)
        weight += shares.sum(axis=1)
    return post / post.sum(), weight / weight.sum()


def _perfect_order(lists: int, edges: Sequence[tuple[int, int]]) -> Order | None:
    """Maximum cardinality search (Tarjan & Yannakakis 1984); None when the graph is not decomposable."""
    near: list[set[int]] = [set() for _ in range(lists)]
    for i, j in edges:
        near[i].add(j)
        near[j].add(i)
    done: list[int] = []
    order = []
    while len(done) < lists:
        node = max((j for j in range(lists) if j not in done), key=lambda j: len(near[j] & set(done)))
        before = near[node] & set(done)
        if any(j not in near[i] for i, j in combinations(before, 2)):
            return None
        order.append((node, frozenset(before)))
        done.append(node)
    return tuple(order)
