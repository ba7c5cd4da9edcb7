"""What a linkage answers: pairs with their reasons, clusters, what to ask a person first, and how good it was where that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from constat.analysis.linkage.truth import Calibration, Score


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison of a pair: what agreed and how closely, and the bits it adds (below 0: it speaks against)."""

    comparison: str
    agreement: str
    bits: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Rows of two records (0 = the first of all files), log2 odds and probability that they are one, strongest reason first."""

    left: int
    right: int
    weight: float
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Are these two records one? What an answer would settle.

    probability: that the two groups are one. joined: what stands now. changes: pairs of records that an answer against what
    stands would change. worth: changes times the probability of that answer, the order of the list. barred: the records look
    like one and a constraint forbids it.
    """

    pair: Pair
    left: tuple[int, ...]
    right: tuple[int, ...]
    probability: float
    joined: bool
    barred: bool
    changes: int
    worth: float


@dataclass(frozen=True)
class Weight:
    """One level of one comparison as fitted: m and u (see `weights`) and bits = log2(m / u)."""

    comparison: str
    agreement: str
    m: float
    u: float
    bits: float


@dataclass(frozen=True)
class Linkage:
    """clusters: rows of each thing, single records included, by first row. names: (source, id) of each row.

    pairs: those likely or in doubt, most likely first; compared: how many were compared in all. threshold: probability from which
    groups are joined. expected: how many pairs of records are one, as the weights see it. score, calibration: None without truth.
    parts: rows of one source that were joined because another tells as one what they tell in parts.
    episodes_apart: records of one day were not joined with records of several; the review asks about them.
    """

    entity: str
    n: int
    names: tuple[tuple[str, str], ...]
    clusters: tuple[tuple[int, ...], ...]
    pairs: tuple[Pair, ...]
    review: tuple[Question, ...]
    weights: tuple[Weight, ...]
    threshold: float
    possible: float
    compared: int
    expected: float
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    distinct_within_source: bool
    episodes_apart: bool = False
    parts: tuple[tuple[int, ...], ...] = ()
    warnings: tuple[str, ...] = ()
    score: Score | None = None
    calibration: Calibration | None = None
    refused: bool = False
    reason: str = ""
    notes: Mapping[str, object] = field(default_factory=dict)
