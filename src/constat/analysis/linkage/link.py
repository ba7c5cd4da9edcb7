"""From compared pairs to the answer; the same for persons and incidents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from constat.analysis.linkage import decisions, grouping, truth, weights
from constat.analysis.linkage.grouping import Decision, Grouping, Known
from constat.analysis.linkage.records import Records, same_truth
from constat.analysis.linkage.result import Linkage, Pair, Question, Reason, Weight

# How many pairs and questions are worded unless more are asked for.
WORDED = 1000
ASKED = 200
# Fewer expected matches than this, and the weights stand on what was assumed more than on the file.
FEW = 20


class Level(Protocol):
    @property
    def name(self) -> str: ...


class Comparison(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def levels(self) -> Sequence[Level]: ...


@dataclass(frozen=True)
class Compared:
    """Candidate pairs with their weights. extra: bits that stand beside the levels, by name, one per pair.

    units: of each record, see grouping.Known. parts: rows of one source that tell one thing together, see `parts`.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    levels: NDArray[np.int8]
    bits: NDArray[np.float64]
    comparisons: Sequence[Comparison]
    fit: weights.Fit
    rarity: NDArray[np.float64]
    extra: Sequence[tuple[str, NDArray[np.float64]]] = ()
    units: NDArray[np.int64] | None = None
    parts: Sequence[tuple[int, ...]] = ()


def link_persons(
    paths: Sequence[str | Path], *, truth_column: str = "", known: str | Path | None = None, within: str = "auto",
    threshold: float = 0.5, pairs: int = WORDED, questions: int = ASKED, seed: int = 1, threads: int = 2,
    progress: Callable[[str], None] | None = None, today: date = date.max, engine: str = "",
) -> Linkage:  # fmt: skip
    """Which records of these files are one person. See `person` for the columns, `answer` for the rest.

    known: a file of decisions (see `decisions`).
    within: "never" when no source has a person twice, "allowed" when it may, "auto" to see from the file.
    engine: where Splink compares pairs (see `engine`): "duckdb", "spark", or "" for the setting CONSTAT_LINK_ENGINE.
    """
    from constat.analysis.linkage import person
    from constat.analysis.linkage.engine import choose

    engine = choose(engine)
    records = person.read(paths, truth=truth_column, threads=threads, today=today)
    if records.n < 2:
        return refused("person", records, "There is one record: nothing to compare it with.")
    found = person.candidates(records, engine=engine, seed=seed, threads=threads, progress=progress)
    if not len(found.left):
        return refused(
            "person", records, "No two records share a name, a date or a number: nothing was compared."
        )
    fit = person.fitted(found)
    compared = Compared(
        found.left,
        found.right,
        found.levels,
        fit.weights(found.levels, found.rarity),
        found.comparisons,
        fit,
        found.rarity,
    )
    return answer(
        "person",
        records,
        compared,
        known=known,
        within=within,
        threshold=threshold,
        pairs=pairs,
        questions=questions,
    )


def answer(
    entity: str, records: Records, compared: Compared, *, known: str | Path | None, within: str, threshold: float, pairs: int,
    questions: int,
) -> Linkage:  # fmt: skip
    """Clusters, pairs in words and the review list, from candidate pairs with weights."""
    probability = weights.probability(compared.bits)
    sources = truth.numbered([one or "" for one in records.column("source")])
    distinct = within in ("never", "parts") or (
        within == "auto" and _never_twice(compared, probability, sources)
    )
    decided = decisions.read(known, records) if known else Known()
    if distinct:
        # A part beside the first is no second record of its source.
        for i, row in enumerate(row for rows in compared.parts for row in rows[1:]):
            sources[row] = records.n + i
        decided = replace(decided, sources=sources)
    if compared.units is not None:
        decided = replace(decided, units=compared.units)
    start = float(np.log2(threshold / (1 - threshold)))
    made = grouping.group(
        records.n, compared.left, compared.right, compared.bits, known=decided, threshold=start
    )
    warned = []
    if compared.fit.matches < FEW:
        warned.append(
            f"The file holds about {compared.fit.matches:.0f} pairs that are one: too few to fit weights, which stand mostly on "
            "what is usual. Read the reasons of every pair."
        )
    known_truth = same_truth(records.column("truth")) if records.truth else None
    return Linkage(
        entity=entity,
        n=records.n,
        names=tuple(
            (source or "", name or "")
            for source, name in zip(records.column("source"), records.column("id"), strict=True)
        ),
        clusters=members(made.cluster),
        pairs=_pairs(compared, probability, pairs),
        review=_review(compared, made, questions),
        weights=tuple(_weights(compared)),
        threshold=threshold,
        possible=compared.fit.pairs,
        compared=len(compared.left),
        expected=compared.fit.matches,
        columns=records.columns,
        unused=records.unused,
        distinct_within_source=distinct,
        episodes_apart=compared.units is not None,
        warnings=tuple(warned),
        score=truth.score(made.cluster, known_truth) if known_truth else None,
        calibration=_calibration(compared, probability, known_truth) if known_truth else None,
        parts=tuple(rows for rows in compared.parts if len(set(made.cluster[list(rows)].tolist())) == 1),
    )


def refused(entity: str, records: Records, reason: str) -> Linkage:
    """The answer that nothing can be answered."""
    return Linkage(
        entity, records.n, (), (), (), (), (), 0.5, 0.0, 0, 0.0, records.columns, records.unused, False, refused=True, reason=reason
    )  # fmt: skip


def members(cluster: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """Rows of each cluster, by first row."""
    order = np.argsort(cluster, kind="stable")
    cuts = (np.flatnonzero(np.diff(cluster[order])) + 1).tolist()
    rows = order.tolist()
    return tuple(tuple(rows[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True))


def _never_twice(compared: Compared, probability: NDArray[np.float64], sources: NDArray[np.int64]) -> bool:
    """Whether the file shows that a source does not repeat itself: hardly any likely pair within one, many across."""
    same = sources[compared.left] == sources[compared.right]
    within, across = float(probability[same].sum()), float(probability[~same].sum())
    return across >= 10 and within <= 0.02 * across


def _calibration(
    compared: Compared, probability: NDArray[np.float64], known: Sequence[str | None]
) -> truth.Calibration:
    things = truth.numbered(known)
    return truth.calibration(probability, things[compared.left] == things[compared.right])


# Words ---------------------------------------------------------------------------------------------------------


def _pairs(compared: Compared, probability: NDArray[np.float64], most: int) -> tuple[Pair, ...]:
    likely = np.flatnonzero(probability >= 0.05)
    order = likely[np.lexsort((compared.right[likely], compared.left[likely], -compared.bits[likely]))]
    chosen = order if most <= 0 else order[:most]
    return tuple(worded(compared, int(i)) for i in chosen)


def worded(compared: Compared, i: int) -> Pair:
    """One candidate pair with its reasons. Their bits and the prior odds add up to the weight."""
    reasons = []
    for j, one in enumerate(compared.comparisons):
        level = int(compared.levels[i, j])
        if level >= 0:
            name = one.levels[len(one.levels) - level].name if level else "differs"
            reasons.append(Reason(one.name, name, float(compared.fit.bits(j)[level])))
    tops = np.array([len(one) - 1 for one in compared.fit.u])
    unlike = int(weights.differing(compared.levels[i : i + 1], tops)[0])
    beside = [
        ("rarity of the values", float(compared.rarity[i])),
        (f"{unlike} differences together", float(compared.fit.together[unlike])),
        *((name, float(bits[i])) for name, bits in compared.extra),
    ]
    reasons += [Reason(name, "", bits) for name, bits in beside if abs(bits) >= 0.05]
    reasons.sort(key=lambda reason: -abs(reason.bits))
    bits = float(compared.bits[i])
    chance = float(weights.probability(np.array([bits]))[0])
    return Pair(int(compared.left[i]), int(compared.right[i]), round(bits, 3), chance, tuple(reasons))


def _weights(compared: Compared) -> list[Weight]:
    made = []
    for j, one in enumerate(compared.comparisons):
        names = ["differs", *(level.name for level in reversed(one.levels))]
        bits = compared.fit.bits(j)
        made += [
            Weight(
                one.name,
                names[level],
                float(compared.fit.m[j][level]),
                float(compared.fit.u[j][level]),
                float(bits[level]),
            )
            for level in reversed(range(len(names)))
        ]
    return made


def _review(compared: Compared, made: Grouping, most: int) -> tuple[Question, ...]:
    """What to ask first: the answer that would change most, times how likely it is to change anything."""
    ranked = sorted(
        ((_worth(one), one) for one in made.decisions),
        key=lambda pair: (-pair[0], pair[1].left, pair[1].right),
    )
    ranked = ranked[:most]
    wanted = {row for _, one in ranked for row in (*one.left, *one.right)}
    mask = (
        np.isin(compared.left, list(wanted)) & np.isin(compared.right, list(wanted))
        if wanted
        else np.zeros(0, bool)
    )
    edges: dict[tuple[int, int], int] = {
        (int(compared.left[i]), int(compared.right[i])): int(i) for i in np.flatnonzero(mask)
    }
    asked = []
    for worth, one in ranked:
        between = [
            edges[key] for a in one.left for b in one.right if (key := (min(a, b), max(a, b))) in edges
        ]
        if between:
            best = max(between, key=lambda i: (compared.bits[i], -i))
            chance = float(weights.probability(np.array([one.bits]))[0])
            asked.append(
                Question(
                    worded(compared, best),
                    one.left,
                    one.right,
                    chance,
                    one.joined,
                    one.barred,
                    len(one.left) * len(one.right),
                    worth,
                )
            )
    return tuple(asked)


def _worth(one: Decision) -> float:
    chance = float(weights.probability(np.array([one.bits]))[0])
    against = chance if not one.joined else 1 - chance
    return round(len(one.left) * len(one.right) * against, 6)
