"""How many further events does one event bring? A self- and cross-exciting point process (Hawkes, Biometrika 58:83, 1971).

rate of kind i at t = background(t) + sum over past events s of kind j: branching[i, j] * beta_i * exp(-beta_i * (t - s)).
`branching` is the number of events of kind i that one event of kind j brings on average, within an area. Likelihood and its
one-pass recursion: Ozaki 1979, Ann. Inst. Statist. Math. 31:145. Each watched kind is fitted on its own, given the others.

The background may change in steps (their number by BIC): a campaign season would otherwise read as one event calling the
next. Estimate: averaged over speeds of forgetting by their likelihood; the single best speed makes excitation out of nothing
more often. Interval: profile likelihood. p: the process without this link, simulated anew, fitted the same way; at no
excitation the speed has no meaning and textbook thresholds do not hold (Davies 1977, Biometrika 64:247).

Days without a clock cannot say what came first within a day: `daily` lets an event be followed from the next day on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST, FEWEST_CAUSES = 30, 10
GRID = 12
CHI2 = {0.9: 2.705543454, 0.95: 3.841458821, 0.99: 6.634896601}
EXPLOSIVE = 5.0
ENOUGH = 10  # chance sets at least as extreme after which p needs no more of them (Besag and Clifford 1991)
STEPS_TRIED = (1, 2, 4, 8, 16, 32)
STEP_EVENTS = 25


@dataclass(frozen=True)
class Link:
    """branching: events of kind `effect` that one of kind `cause` brings. low, high: profile likelihood interval.

    maximum: at the single best speed. p: share of simulated processes without this link that look as clear. half_life: days
    (units of time) in which half of what follows has followed; None when nothing follows. found: p at most 1 - level.
    """

    cause: str
    effect: str
    causes: int
    effects: int
    branching: float
    low: float
    high: float
    p: float
    half_life: float | None
    maximum: float
    ratio: float
    found: bool


@dataclass(frozen=True)
class Hawkes:
    """links: one per pair of kinds asked for. background: steps of the background by effect. total: spectral radius of the
    branching matrix, when all pairs were asked; below 1 a flare dies out. fit_p: whether rescaled waiting times look as they
    should (Kolmogorov-Smirnov), by effect; None for daily data.
    """

    n: int
    span: float
    groups: int
    daily: bool
    level: float
    replicates: int
    seed: int
    links: tuple[Link, ...] = ()
    background: tuple[tuple[str, int], ...] = ()
    total: float | None = None
    fit_p: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()
    refused: bool = False
    reason: str = ""


def hawkes(
    times: Floats, kinds: NDArray[Any] | None = None, groups: NDArray[Any] | None = None, *, end: float,
    start: float = 0.0, effects: tuple[str, ...] | None = None, causes: tuple[str, ...] | None = None,
    daily: bool | None = None, steps: int | None = None, half_lives: tuple[float, float] | None = None,
    level: float = 0.95, replicates: int = 199, seed: int = 1, progress: Callable[[int, int], None] | None = None,
) -> Hawkes:  # fmt: skip
    """Fit the process to times (n,) in [start, end], of kinds (n,) in groups (n,): what happens in one does not excite another.

    effects, causes: kinds to answer for (default all); all kinds named excite in the model. daily: whole days (default: when
    all times are). steps: of the background, equal spans (default by BIC). half_lives: shortest and longest that are tried.
    Raises InputError for times that are missing, not finite or outside the span; refuses too few events.
    """
    data = _Data.of(times, kinds, groups, start, end, daily)
    if level not in CHI2 or replicates < 19:
        raise InputError(
            f"Level {level:g} and {replicates} replicates: give 0.9, 0.95 or 0.99, and 19 or more."
        )
    if steps is not None and not 1 <= steps <= 200:
        raise InputError(f"{steps} steps of the background: give 1 to 200.")
    wanted_effects, wanted_causes = data.asked(effects), data.asked(causes)
    blank = Hawkes(
        data.time.size, data.end, int(data.group.max(initial=-1)) + 1, data.daily, level, replicates, seed
    )
    reason = data.refusal(wanted_effects, wanted_causes)
    if reason:
        return _with(blank, refused=True, reason=reason)
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in wanted_effects for j in wanted_causes]
    links: list[Link] = []
    background: list[tuple[str, int]] = []
    fits: list[tuple[str, float]] = []
    matrix = np.zeros((len(wanted_effects), len(wanted_causes)))
    for i in wanted_effects:
        model = _Model.fitted(data, i, steps, half_lives)
        background.append((data.names[i], model.pieces))
        if not data.daily:
            fits.append((data.names[i], _rescaled(model)))
        for j in wanted_causes:
            found = _link(model, j, level, replicates, rng)
            matrix[wanted_effects.index(i), wanted_causes.index(j)] = found.branching
            links.append(found)
            if progress is not None:
                progress(len(links), len(pairs))
    square = wanted_effects == wanted_causes and len(wanted_causes) == len(data.names)
    total = float(np.max(np.abs(np.linalg.eigvals(matrix)))) if square else None
    notes = [
        f"The waiting times of {name} do not look as the model says (p {p:.2g}): read with care."
        for name, p in fits
        if p < 0.01
    ]
    notes += [
        f"Reaction of {link.effect} to {link.cause} is as slow as the slowest that was tried: it cannot be told from a "
        "changing background."
        for link in links
        if link.found and link.half_life is not None and link.half_life > 0.95 * np.log(2) / data.speeds(half_lives)[0]
    ]  # fmt: skip
    return _with(
        blank, links=tuple(links), background=tuple(background), total=total, fit_p=tuple(fits), notes=tuple(notes)
    )  # fmt: skip


def simulate(
    background: Floats, branching: Floats, beta: float, end: float, *, seed: int, daily: bool = False
) -> tuple[Floats, Ints]:
    """(times, kinds) of a process from 0 to `end`: background (d,) per unit of time, branching (d, d) effect by cause.

    Raises InputError when the process explodes (spectral radius 1 or more).
    """
    background, branching = np.asarray(background, float), np.asarray(branching, float)
    if float(np.max(np.abs(np.linalg.eigvals(branching)))) >= 1:
        raise InputError(
            "This branching explodes: one event brings one or more on average. Give less than 1."
        )
    rng = np.random.default_rng(seed)
    kinds = background.size
    time = [rng.uniform(0, end, rng.poisson(background[i] * end)) for i in range(kinds)]
    if daily:
        time = [np.floor(t) for t in time]
    out, new = [t.copy() for t in time], time
    while sum(t.size for t in new):
        born: list[list[Floats]] = [[] for _ in range(kinds)]
        for j in range(kinds):
            for i in range(kinds):
                born[i].append(_children(rng, new[j], branching[i, j], beta, end, daily)[0])
        new = [np.concatenate(some) for some in born]
        out = [np.concatenate([old, some]) for old, some in zip(out, new, strict=True)]
    when = np.concatenate(out)
    what = np.concatenate([np.full(t.size, i) for i, t in enumerate(out)]).astype(np.int64)
    order = np.argsort(when, kind="stable")
    return when[order], what[order]


def _children(
    rng: np.random.Generator, parents: Floats, mean: float, beta: float, end: float, daily: bool
) -> tuple[Floats, Ints]:
    many = rng.poisson(mean, parents.size)
    which = np.repeat(np.arange(parents.size), many)
    lag = rng.exponential(1 / beta, which.size)
    when = parents[which] + (1 + np.floor(lag) if daily else lag)
    inside = when < end
    return when[inside], which[inside]


@dataclass(frozen=True)
class _Data:
    """Events in order of group and time, time from 0; a day of `daily` data is its whole number."""

    time: Floats
    kind: Ints
    group: Ints
    names: tuple[str, ...]
    end: float
    daily: bool

    @staticmethod
    def of(
        times: Floats, kinds: NDArray[Any] | None, groups: NDArray[Any] | None, start: float, end: float,
        daily: bool | None,
    ) -> "_Data":  # fmt: skip
        when = np.asarray(times, float)
        if when.ndim != 1:
            raise InputError("Times are one column.")
        if not (np.isfinite(start) and np.isfinite(end) and end > start):
            raise InputError(f"The span from {start:g} to {end:g} is empty.")
        for i in np.flatnonzero(~np.isfinite(when)):
            raise InputError(f"Event {i + 1}: its time is missing or not finite.")
        for i in np.flatnonzero((when < start) | (when > end)):
            raise InputError(
                f"Event {i + 1}: its time {when[i]:g} lies outside the span {start:g} to {end:g}."
            )
        columns = []
        for name, given in (("kinds", kinds), ("groups", groups)):
            column = np.zeros(when.size, np.int64) if given is None else np.asarray(given)
            if column.shape != when.shape:
                raise InputError(f"{column.size} {name} for {when.size} times.")
            columns.append(np.unique(column, return_inverse=True))
        (names, kind), (_, group) = columns
        whole = bool(np.all(when == np.floor(when))) and start == np.floor(start)
        if daily and not whole:
            raise InputError("Daily: times are whole days; one has a fraction.")
        day = whole if daily is None else daily
        # The last day of daily data is watched to its end.
        last = float(np.floor(end) + 1 - start) if day else end - start
        order = np.lexsort((when, group))
        words = ("event",) if kinds is None else tuple(str(name) for name in names)
        return _Data(
            when[order] - start, kind[order].astype(np.int64), group[order].astype(np.int64), words, last, day
        )

    def asked(self, wanted: tuple[str, ...] | None) -> tuple[int, ...]:
        if wanted is None:
            return tuple(range(len(self.names)))
        for name in wanted:
            if name not in self.names:
                raise InputError(f"No event is of kind {name!r}; the kinds are {', '.join(self.names)}.")
        return tuple(sorted({self.names.index(name) for name in wanted}))

    def refusal(self, effects: tuple[int, ...], causes: tuple[int, ...]) -> str:
        if not self.time.size:
            return "There is no event."
        counts = np.bincount(self.kind, minlength=len(self.names))
        for i in effects:
            if counts[i] < FEWEST:
                return f"{counts[i]} events of kind {self.names[i]}: fewer than {FEWEST} cannot bear this."
        for j in causes:
            if counts[j] < FEWEST_CAUSES:
                return f"{counts[j]} events of kind {self.names[j]}: fewer than {FEWEST_CAUSES} cannot bear this."
        if np.unique(self.time).size < FEWEST_CAUSES:
            return f"The events fall on {np.unique(self.time).size} dates: too few to see what follows what."
        return ""

    def speeds(self, half_lives: tuple[float, float] | None) -> tuple[float, float]:
        """Slowest and fastest forgetting (per unit of time) that are tried."""
        if half_lives is not None:
            short, long = half_lives
            if not 0 < short < long:
                raise InputError(
                    f"Half-lives {short:g} to {long:g}: give the shorter, above 0, then the longer."
                )
            return float(np.log(2) / long), float(np.log(2) / short)
        gap = self.end * (int(self.group.max()) + 1) / self.time.size
        fast = 3.0 if self.daily else 20 / gap
        return max(min(1 / (20 * gap), fast / 50), 5 / self.end), fast


@dataclass(frozen=True)
class _Model:
    """One watched kind: its stretches of background, and the fit."""

    data: _Data
    watched: int
    pieces: int
    stretch: Ints
    length: Floats
    slow: float
    fast: float
    top: float
    speed: float
    theta: Floats

    @staticmethod
    def fitted(
        data: _Data, watched: int, steps: int | None, half_lives: tuple[float, float] | None
    ) -> "_Model":
        slow, fast = (float(np.log(value)) for value in data.speeds(half_lives))
        many = int(np.sum(data.kind == watched))
        groups = int(data.group.max()) + 1
        best: _Model | None = None
        least = np.inf
        for pieces in STEPS_TRIED if steps is None else (steps,):
            if steps is None and pieces > 1 and many < STEP_EVENTS * pieces * groups:
                break
            found = _Model._with_pieces(data, watched, pieces, slow, fast)
            bic = -2 * found.top + pieces * groups * np.log(many)
            if bic < least:
                best, least = found, bic
        assert best is not None  # noqa: S101  one piece is always tried
        return best

    @staticmethod
    def _with_pieces(data: _Data, watched: int, pieces: int, slow: float, fast: float) -> "_Model":
        groups = int(data.group.max()) + 1
        own = data.kind == watched
        stretch = _stretch(data.time[own], data.group[own], pieces, data.end)
        length = np.full(groups * pieces, data.end / pieces)
        blank = _Model(data, watched, pieces, stretch, length, slow, fast, 0.0, 0.0, np.zeros(0))
        top, speed, theta = blank.best(-1, 0.0)
        return _Model(data, watched, pieces, stretch, length, slow, fast, top, speed, theta)

    def best(self, cause: int, level: float) -> tuple[float, float, Floats]:
        """Top with the branching of `cause` fixed at `level` (-1: none fixed)."""
        return _best(
            self.data.time, self.data.kind, self.data.group, self, self.stretch,
            -1 if cause < 0 else self.length.size + cause, level,
        )  # fmt: skip

    def averaged(self) -> Floats:
        """Branching by cause, averaged over speeds by their likelihood (equal weight to each ratio of speeds before)."""
        from constat.analysis.reprisal import kernel

        d, many, kinds = self.data, self.stretch.size, len(self.data.names)
        out, reach = np.empty((many, kinds)), np.empty(kinds)
        theta = np.zeros(self.length.size + kinds)
        tops, values = [], []
        for speed in np.linspace(self.slow, self.fast, 2 * GRID):
            tops.append(
                kernel.at_speed(
                    d.time, d.kind, d.group, d.end, self.watched, d.daily, speed, self.stretch, self.length, -1, 0.0,
                    theta, out, reach,
                )
            )  # fmt: skip
            values.append(theta[self.length.size :].copy())
        weight = np.exp(np.array(tops) - max(tops))
        return np.asarray(weight @ np.array(values) / weight.sum(), float)


def _stretch(time: Floats, group: Ints, pieces: int, end: float) -> Ints:
    return group * pieces + np.minimum((time / end * pieces).astype(np.int64), pieces - 1)


def _best(
    time: Floats, kind: Ints, group: Ints, model: _Model, stretch: Ints, fixed: int, level: float
) -> tuple[float, float, Floats]:
    from constat.analysis.reprisal import kernel

    d = model.data
    top, speed, theta = kernel.best(
        time, kind, group, d.end, model.watched, d.daily, stretch, model.length, len(d.names), model.slow, model.fast,
        GRID, fixed, level,
    )  # fmt: skip
    return float(top), float(speed), np.asarray(theta, float)


def _link(model: _Model, cause: int, level: float, replicates: int, rng: np.random.Generator) -> Link:
    d, at = model.data, model.length.size + cause
    limit = CHI2[level]
    none, speed, theta = model.best(cause, 0.0)
    maximum = float(model.theta[at])
    ratio = max(2 * (model.top - none), 0.0)
    p = _chance(model, cause, theta, speed, ratio, replicates, rng)
    found = p <= 1 - level + 1e-12
    low = _edge(model, cause, limit, maximum, 0.0) if found and ratio > limit else 0.0
    high = _edge(model, cause, limit, maximum, EXPLOSIVE)
    estimate = min(max(float(model.averaged()[cause]), low), high)
    half = float(np.log(2) / np.exp(model.speed)) if maximum > 0 else None
    if half is not None and d.daily:
        half += 1.0
    return Link(
        d.names[cause], d.names[model.watched], int(np.sum(d.kind == cause)), model.stretch.size, estimate, low, high,
        p, half, maximum, ratio, found,
    )  # fmt: skip


def _edge(model: _Model, cause: int, limit: float, inside: float, outside: float) -> float:
    """Where the profile likelihood has fallen by limit / 2, between a value inside and one outside."""
    if outside > inside:  # widen step by step: far out the fit is slow
        step = 0.05
        while inside + step < outside:
            if 2 * (model.top - model.best(cause, inside + step)[0]) > limit:
                break
            step *= 2
        outside = min(inside + step, outside)
    for _ in range(14):
        middle = (inside + outside) / 2
        if 2 * (model.top - model.best(cause, middle)[0]) > limit:
            outside = middle
        else:
            inside = middle
        if abs(outside - inside) < 0.002:
            break
    return outside


def _chance(
    model: _Model, cause: int, theta: Floats, speed: float, ratio: float, replicates: int, rng: np.random.Generator
) -> float:  # fmt: skip
    """p of the likelihood ratio when this link is absent: the watched kind simulated anew, the other kinds as they were."""
    if ratio <= 1e-6:
        return 1.0
    d, watched = model.data, model.watched
    fixed = model.length.size + cause
    others = d.kind != watched
    as_clear = 0
    for done in range(1, replicates + 1):
        time, group = _drawn(model, theta, float(np.exp(speed)), rng)
        order = np.lexsort((np.concatenate([d.time[others], time]), np.concatenate([d.group[others], group])))
        times = np.concatenate([d.time[others], time])[order]
        kinds = np.concatenate([d.kind[others], np.full(time.size, watched)])[order]
        groups = np.concatenate([d.group[others], group])[order]
        own = kinds == watched
        stretch = _stretch(times[own], groups[own], model.pieces, d.end)
        full = _best(times, kinds, groups, model, stretch, -1, 0.0)[0]
        less = _best(times, kinds, groups, model, stretch, fixed, 0.0)[0]
        as_clear += 2 * (full - less) >= ratio
        if as_clear >= ENOUGH and done < replicates:
            return as_clear / done
    return (1 + as_clear) / (1 + replicates)


def _drawn(model: _Model, theta: Floats, beta: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """One set of watched events under theta: background, what other kinds bring, and their own."""
    d, pieces = model.data, model.length.size
    many = rng.poisson(theta[:pieces] * model.length)
    piece = np.repeat(np.arange(pieces), many)
    time = (piece % model.pieces + rng.random(piece.size)) * d.end / model.pieces
    group = piece // model.pieces
    if d.daily:
        time = np.floor(time)
    times, groups = [time], [group]
    for j in range(len(d.names)):
        if j != model.watched and theta[pieces + j] > 0:
            some = d.kind == j
            born, which = _children(rng, d.time[some], theta[pieces + j], beta, d.end, d.daily)
            times.append(born)
            groups.append(d.group[some][which])
    new, of = np.concatenate(times), np.concatenate(groups)
    own = min(float(theta[pieces + model.watched]), 0.95)
    times, groups = [new], [of]
    while own > 0 and new.size:
        new, which = _children(rng, new, own, beta, d.end, d.daily)
        of = of[which]
        times.append(new)
        groups.append(of)
    return np.concatenate(times), np.concatenate(groups).astype(np.int64)


def _rescaled(model: _Model) -> float:
    """p of the waiting times of the watched kind on the clock of its own rate, which should be exponential (Ogata 1988)."""
    from scipy.stats import kstest

    d, pieces = model.data, model.length.size
    beta, alpha = float(np.exp(model.speed)), model.theta[pieces:]
    waits: list[float] = []
    for group in range(int(d.group.max()) + 1):
        here = d.group == group
        time, kind = d.time[here], d.kind[here]
        # Integral of the rate up to each event: background of whole and part stretches, and what each past event has given.
        edges = np.linspace(0, d.end, model.pieces + 1)
        level = model.theta[group * model.pieces : (group + 1) * model.pieces]
        base = np.interp(time, edges, np.concatenate([[0.0], np.cumsum(level * np.diff(edges))]))
        given, state, last = 0.0, 0.0, 0.0
        done = np.empty(time.size)
        for i in range(time.size):
            fade = float(np.exp(-beta * (time[i] - last)))
            given += state * (1 - fade)
            state *= fade
            done[i] = base[i] + given
            state += float(alpha[kind[i]])
            last = float(time[i])
        waits += np.diff(done[kind == model.watched], prepend=0.0).tolist()
    return float(kstest(waits, "expon").pvalue)


def _with(found: Hawkes, **changes: Any) -> Hawkes:
    from dataclasses import replace

    return replace(found, **changes)
