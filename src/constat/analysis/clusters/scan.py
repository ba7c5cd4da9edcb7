"""Scan statistics: where, and since when, are there more cases than chance puts there?

A cylinder is a circle of places and a span of time. Every cylinder is compared with all the rest; the best one counts, and
its p-value says how often the best of a chance map is as good: all the looking around is paid for.

Models
  permutation  times are shuffled over places: needs cases only, adjusts for what a place always has and for what happened
               everywhere at that time (Kulldorff, Heffernan, Hartman, Assunção, Mostashari 2005, PLoS Medicine 2:e59)
  poisson      cases against people or operations at risk, adjusted for groups indirectly (Kulldorff 1997, Communications
               in Statistics 26:1481; in space and time 2001, JRSS A 164:61)
  bernoulli    cases against controls, 0/1 (Kulldorff 1997)
  expectation  cases against a baseline known beforehand (Neill 2006); used by `scan` with `baseline`

Windows: retrospective, any span up to max_days; prospective, spans that still go on at the end of the data, with the
recurrence interval (how often chance alone would raise such a signal if the scan were run at each step). Where the p-value
is too near an alarm level for the number of chance maps, ten times as many are drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from constat.analysis.clusters import tables
from constat.analysis.clusters.engine import Engine
from constat.analysis.clusters.problem import Problem, problem
from constat.analysis.clusters.steps import Calendar, calendar
from constat.analysis.clusters.tables import Cases, Circles, Floats, Ints, Places, Population
from constat.analysis.errors import InputError

Model = Literal["permutation", "poisson", "bernoulli", "expectation"]
WindowKind = Literal["retrospective", "prospective"]
MODELS = get_args(Model)
WINDOWS = get_args(WindowKind)

# One case is an event, not a gathering of events.
LEAST_CASES = 2
# Below this no arrangement of the cases can be rare enough to say anything.
FEWEST_CASES = 5
# Statistics nearer than this are one: the order of summation must not decide which of two equal clusters is named.
DECIMALS = 9
# Levels at which somebody acts: p 0.05, and 0.01 (with daily steps a recurrence of 100 days). Near one, ten times more
# chance maps are drawn.
ALARMS = (0.05, 0.01)
REFINED = 10


@dataclass(frozen=True)
class Cluster:
    """One cylinder. observed, expected: cases inside. ratio: observed / expected. relative_risk: inside over outside.

    p: share of chance maps whose best cylinder is at least as good. p_gumbel: the same by a Gumbel fit of the replicates,
    for values below 1 / (replicates + 1). recurrence_days: prospective only; chance alone would give such a signal once in
    so many days. support: with spread places, the share of the draws where a cluster like this stands.
    """

    statistic: float
    centre: str
    places: tuple[str, ...]
    radius_km: float
    first: date | None
    last: date | None
    observed: float
    expected: float
    ratio: float
    relative_risk: float | None
    p: float
    p_gumbel: float | None
    recurrence_days: float | None
    support: float | None = None


@dataclass(frozen=True)
class Coarse:
    """What was done with places known less well than the limit. Nothing of it is ever silent."""

    limit_km: float | None
    treatment: str
    places: int = 0
    cases: float = 0.0
    left_out: float = 0.0
    draws: int = 1


@dataclass(frozen=True)
class ScanResult:
    """clusters: strongest first, no two sharing a place at the same time. null: best statistic of each chance map."""

    model: str
    window: str
    n: float
    places: int
    first: date | None
    last: date | None
    step: str
    max_km: float | None
    max_days: float | None
    replicates: int
    seed: int
    clusters: tuple[Cluster, ...] = ()
    null: Floats = field(default_factory=lambda: np.empty(0))
    coarse: Coarse = Coarse(None, "none")
    notes: tuple[str, ...] = ()
    refused: bool = False
    reason: str = ""


def default_step(unit: tables.Unit, window: str, max_days: float | None) -> int:
    """1 day; a week for a look back with spans of two months and more, where days would only add noise and work."""
    return 7 if unit == "day" and window == "retrospective" and (max_days or 0) >= 60 else 1


def scan(
    cases: Cases, places: Places, *, model: Model, max_km: float | None = None, max_days: float | None = None,
    window: WindowKind = "retrospective", step_days: int | None = None, first: date | None = None,
    last: date | None = None, max_share: float = 0.5, population: Population | None = None,
    controls: Cases | None = None, baseline: Floats | None = None, replicates: int = 999, seed: int = 1,
    max_places: int | None = None, least_cases: int = LEAST_CASES, threads: int = 2, progress: Callable[[int, int], None] | None = None,
) -> ScanResult:  # fmt: skip
    """Find the clusters. Distances in km (or the unit of the plane), spans in days; see the module for the models.

    first, last: the study period; by default from the first case to the last. Cases outside are left out and noted.
    max_share: a circle never holds more than this share of the people at risk (permutation: of the cases).
    max_places: nor more than so many places.
    baseline: (places, steps) expected cases, for model "expectation" only.
    Places that are not points must have been dealt with before: `constat.analysis.clusters.coarse.scan` does both.

    Raises InputError for wrong input; returns `refused` with its reason where the data cannot bear the question.
    """
    _check_options(model, window, max_km, max_days, max_share, replicates, population, controls, baseline)
    cases, study, notes = _within(cases, controls, first, last)
    unit = cases.unit
    step = step_days or default_step(unit, window, max_days)
    time = calendar(unit, step, *study)
    width = _width(time, max_days)
    total = float(cases.count.sum())
    blank = ScanResult(
        model, window, total, len(places), *_period(time), time.label, max_km, max_days, replicates, seed,
        notes=tuple(notes),
    )  # fmt: skip
    refusal = _refusal(cases, places, model, window, time, controls)
    if refusal:
        return replace(blank, refused=True, reason=refusal)
    if (
        controls is not None
        and controls.day is not None
        and cases.day is not None
        and controls.unit != cases.unit
    ):
        raise InputError(
            f"{controls.source}: the controls are known to the {controls.unit}, the cases to the {cases.unit}. Give both the "
            "same precision."
        )
    ready = problem(cases, places, model, time, population, controls, baseline)
    rounds = tables.circles(
        places, max_km=max_km, size=ready.size, max_share=max_share, max_places=max_places
    )
    engine = Engine(ready, rounds, window == "prospective", width, least_cases, seed, threads)
    null = engine.null(replicates, progress)
    if window == "prospective" and _open_alarm(engine, null):
        # An alarm must not hang on the luck of the draw.
        more = engine.null((REFINED - 1) * (replicates + 1), progress, start=replicates)
        null = np.append(null, more)
    found = _clusters(engine, rounds, places, time, null, model, window)
    return replace(blank, clusters=found, null=null, replicates=null.size)


def _open_alarm(engine: Engine, null: Floats) -> bool:
    """Whether so many replicates leave it open on which side of an alarm level the best cluster stands."""
    best, _ = engine.best(np.zeros((0, 0), np.bool_))
    p = (1 + float(np.sum(null >= best[:, 0].max() - 1e-9))) / (null.size + 1)
    return any(abs(p - level) < 2.5 * np.sqrt(level * (1 - level) / null.size) for level in ALARMS)


def _check_options(
    model: str, window: str, max_km: float | None, max_days: float | None, max_share: float, replicates: int,
    population: Population | None, controls: Cases | None, baseline: Floats | None,
) -> None:  # fmt: skip
    if model not in MODELS:
        raise InputError(f"There is no model {model!r}; choose {', '.join(MODELS)}.")
    if window not in WINDOWS:
        raise InputError(f"There is no window {window!r}; choose {', '.join(WINDOWS)}.")
    for name, value in (("max-km", max_km), ("max-days", max_days)):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise InputError(f"{name} is {value:g}; give a number above zero.")
    if not 0 < max_share <= 1:
        raise InputError(f"max-share is {max_share:g}; give a share above 0, at most 1.")
    if replicates < 9:
        raise InputError(f"{replicates} replicates cannot give a p-value; ask for 99 or more, 999 as a rule.")
    needs = {"poisson": (population, "a population file"), "bernoulli": (controls, "a controls file")}
    needs["expectation"] = (baseline, "a baseline")  # type: ignore[assignment]
    if model in needs and needs[model][0] is None:
        raise InputError(
            f"The {model} model needs {needs[model][1]}; the permutation model needs cases only."
        )


def _within(
    cases: Cases, controls: Cases | None, first: date | None, last: date | None
) -> tuple[Cases, tuple[int, int], list[str]]:
    if cases.day is None:
        return cases, (0, 0), []
    every = cases.day if controls is None or controls.day is None else np.append(cases.day, controls.day)
    if not every.size:
        return cases, (0, 0), []
    begin = int(every.min()) if first is None else tables.day_number(first)
    end = int(every.max()) if last is None else tables.day_number(last)
    if end < begin:
        raise InputError(
            f"The study period ends on {tables.to_date(end)}, before its start on {tables.to_date(begin)}."
        )
    inside = (cases.day >= begin) & (cases.day <= end)
    if inside.all():
        return cases, (begin, end), []
    outside = float(cases.count[~inside].sum())
    note = f"{outside:g} cases outside {tables.to_date(begin)} to {tables.to_date(end)} were left out."
    return subset(cases, inside), (begin, end), [note]


def subset(cases: Cases, kept: NDArray[np.bool_]) -> Cases:
    chosen = np.flatnonzero(kept)
    return Cases(
        tuple(cases.place[i] for i in chosen),
        cases.count[kept],
        None if cases.day is None else cases.day[kept],
        cases.unit,
        None if cases.group is None else tuple(cases.group[i] for i in chosen),
        cases.source,
    )


def _period(time: Calendar) -> tuple[date | None, date | None]:
    if time.unit == "none":
        return None, None
    return tables.to_date(time.edges[0]), tables.to_date(time.edges[-1] - 1)


def _width(time: Calendar, max_days: float | None) -> int:
    """The longest window in steps: max_days, or half of the study period."""
    if time.unit == "none":
        return 1
    if max_days is None:
        return max(time.steps // 2, 1)
    length = float(np.median(np.diff(time.edges)))
    width = int((max_days + (1 if time.unit != "day" else 0)) // length)
    if width < 1:
        raise InputError(f"max-days {max_days:g} is shorter than one step of the data ({time.label}).")
    return min(width, time.steps)


def _refusal(
    cases: Cases, places: Places, model: str, window: str, time: Calendar, controls: Cases | None
) -> str:
    positive = cases.count > 0
    total = float(cases.count.sum())
    if total < FEWEST_CASES:
        return f"{total:g} cases: fewer than {FEWEST_CASES} cannot show a cluster."
    if len(places) < 2:
        return "One place: a scan compares places with one another."
    if window == "prospective" and time.steps < 2:
        return "A prospective scan needs dates."
    if controls is not None and float(controls.count.sum()) < FEWEST_CASES:
        return f"{controls.count.sum():g} controls: fewer than {FEWEST_CASES} are nothing to compare the cases with."
    if model == "permutation":
        if len({name for name, some in zip(cases.place, positive, strict=True) if some}) < 2:
            return "All cases are in one place: the permutation model has nothing to compare it with."
        if cases.day is None:
            return "The permutation model shuffles dates, and the cases have none."
        if np.unique(time.step_of(cases.day[positive])).size < 2:
            return "All cases fall into one time step: the permutation model has nothing to shuffle."
    return ""


def _clusters(
    engine: Engine, rounds: Circles, places: Places, time: Calendar, null: Floats, model: str, window: str
) -> tuple[Cluster, ...]:
    """Strongest first; a weaker cylinder is named only where it shares no place at the same time with a stronger one."""
    found = _candidates(engine, rounds, places, time.steps, float(null.min()))
    busy = np.zeros((len(places), time.steps), np.bool_)
    out: list[Cluster] = []
    fit = _gumbel(null)
    for _, rings, _, centre, start, stop, cases, expected in found:
        inside = rounds.near[rounds.ptr[centre] : rounds.ptr[centre] + rings]
        if busy[inside, start : stop + 1].any():
            continue
        busy[inside, start : stop + 1] = True
        cluster = _cluster(
            engine.problem, rounds, places, time, centre, (rings, start, stop), cases, expected, null, fit
        )
        if cluster.p >= 1:
            break
        if window == "prospective":
            step = float(np.median(np.diff(time.edges)))
            cluster = replace(cluster, recurrence_days=step / cluster.p)
        out.append(cluster)
    return tuple(out)


def _candidates(
    engine: Engine, rounds: Circles, places: Places, steps: int, floor: float
) -> list[tuple[float, int, str, int, int, int, float, float]]:
    """For each centre its best window, then its best one at another time, and so on; strongest first.

    Equal ones: fewest places first, then by the name of the centre, so that the answer does not hang on the file's order.
    """
    taken = np.zeros((rounds.ptr.size - 1, steps), np.bool_)
    found: list[tuple[float, int, str, int, int, int, float, float]] = []
    hits: Ints | None = None
    while True:
        # A centre that has nothing left above the floor is not walked again.
        best, where = engine.best(taken, hits)
        # Below the worst chance map a window has p = 1 and would not be named.
        hits = np.flatnonzero((best[:, 0] > 0) & (best[:, 0] >= floor))
        if not hits.size:
            return sorted(found)
        for centre in hits.tolist():
            rings, start, stop = where[centre].tolist()
            taken[centre, start : stop + 1] = True
            value, cases, expected = best[centre].tolist()
            key = (-round(value, DECIMALS), rings, places.ids[centre])
            found.append((*key, centre, start, stop, cases, expected))


def _cluster(
    problem: Problem, rounds: Circles, places: Places, time: Calendar, centre: int, shape: Sequence[int],
    cases: float, mu: float, null: Floats, fit: tuple[float, float] | None,
) -> Cluster:  # fmt: skip
    from constat.analysis.clusters import kernels

    rings, start, stop = shape
    value = float(kernels.ratio(problem.kind, cases, mu, problem.total, problem.whole))
    expected = mu * problem.total / problem.whole if problem.kind == 1 else mu
    risk = None
    if problem.kind == 2:
        risk = cases / mu
    elif problem.total > cases and problem.total > expected:
        risk = (cases / expected) / ((problem.total - cases) / (problem.total - expected))
    inside = rounds.near[rounds.ptr[centre] : rounds.ptr[centre] + rings]
    dated = time.unit != "none"
    return Cluster(
        statistic=value,
        centre=places.ids[centre],
        places=tuple(places.ids[i] for i in inside),
        radius_km=float(rounds.away[rounds.ptr[centre] + rings - 1]),
        first=tables.to_date(time.edges[start]) if dated else None,
        last=tables.to_date(time.edges[stop + 1] - 1) if dated else None,
        observed=cases,
        expected=expected,
        ratio=cases / expected,
        relative_risk=risk,
        p=(1 + int(np.sum(null >= value - 1e-9))) / (null.size + 1),
        p_gumbel=None if fit is None else float(-np.expm1(-np.exp(-(value - fit[0]) / fit[1]))),
        recurrence_days=None,
    )


def _gumbel(null: Floats) -> tuple[float, float] | None:
    """Location and scale of a Gumbel law by moments (Abrams, Kulldorff, Kleinman 2010); None when all are equal."""
    spread = float(null.std(ddof=1))
    if spread <= 0:
        return None
    scale = spread * np.sqrt(6) / np.pi
    return float(null.mean() - np.euler_gamma * scale), float(scale)
