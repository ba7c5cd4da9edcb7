"""From cases, people and controls to the numbers the kernels read: cases by place, and what each cylinder expects."""

from dataclasses import dataclass

import numpy as np

from constat.analysis.clusters import tables
from constat.analysis.clusters.steps import Calendar
from constat.analysis.clusters.tables import Cases, Floats, Ints, Places, Population
from constat.analysis.errors import InputError


@dataclass(frozen=True)
class Problem:
    """Cases by place (CSR) and the expected numbers, in the form the kernels read."""

    kind: int
    permute: bool
    total: float
    whole: float
    size: Floats
    ptr: Ints
    time: Ints
    count: Floats
    separable: bool
    share: Floats
    elapsed: Floats
    field: Floats
    cells: Floats


def problem(
    cases: Cases, places: Places, model: str, time: Calendar, population: Population | None, controls: Cases | None,
    baseline: Floats | None,
) -> Problem:  # fmt: skip
    where = tables.positions(cases.place, places, cases.source, cases.lines)
    when = np.zeros(where.size, np.int64) if cases.day is None else time.step_of(cases.day)
    table = np.zeros((len(places), time.steps))
    np.add.at(table, (where, when), cases.count)
    total = float(table.sum())
    if model == "permutation":
        if np.any(cases.count != np.round(cases.count)):
            raise InputError(
                f"{cases.source}: the permutation model shuffles whole cases; a count is not whole."
            )
        return _permutation(where, when, cases.count, table, total)
    if model == "poisson":
        assert population is not None  # noqa: S101 - checked with the options
        expected = expected_cases(cases, where, when, population, places, time)
        # "Half of the people at risk" counts each as their group's rate does: by expected cases.
        return _drawn(0, table, expected, total, total, expected.sum(axis=1), places, time, population.source)
    if model == "bernoulli":
        assert controls is not None  # noqa: S101
        return _against_controls(table, total, controls, places, time)
    expected = np.asarray(baseline, float)
    if expected.shape != table.shape:
        raise InputError(f"The baseline has shape {expected.shape}; {table.shape} (places, steps) is needed.")
    if not np.all(np.isfinite(expected)) or np.any(expected < 0) or expected.sum() <= 0:
        raise InputError("The baseline must be finite, zero or more, and not all zero.")
    return _drawn(
        2, table, expected, total, float(expected.sum()), expected.sum(axis=1), places, time, "baseline"
    )


def _permutation(where: Ints, when: Ints, count: Floats, table: Floats, total: float) -> Problem:
    whole = count.astype(np.int64)
    at, step = np.repeat(where, whole), np.repeat(when, whole)
    order = np.lexsort((step, at))
    at, step = at[order], step[order]
    ptr = np.searchsorted(at, np.arange(table.shape[0] + 1)).astype(np.int64)
    share = table.sum(axis=1)
    elapsed = np.append(0.0, np.cumsum(table.sum(axis=0))) / total
    nothing = np.zeros((1, 1))
    return Problem(
        0, True, total, 0.0, share, ptr, step, np.ones(step.size), True, share, elapsed, nothing, np.empty(0)
    )


def _drawn(
    kind: int, table: Floats, expected: Floats, total: float, whole: float, size: Floats, places: Places, time: Calendar,
    source: str,
) -> Problem:  # fmt: skip
    at, step = np.nonzero(table)
    ptr = np.searchsorted(at, np.arange(table.shape[0] + 1)).astype(np.int64)
    zero = np.flatnonzero(expected[at, step] <= 0)
    if zero.size:
        place, moment = places.ids[at[zero[0]]], ""
        if time.unit != "none":
            moment = f" between {tables.to_date(time.edges[step[zero[0]]])} and {tables.to_date(time.edges[step[zero[0]] + 1] - 1)}"
        raise InputError(
            f"{source}: {place!r} has cases{moment} and nobody at risk there. Give its people or operations."
        )
    share, in_time = expected.sum(axis=1), expected.sum(axis=0)
    product = np.outer(share, in_time) / expected.sum()
    separable = bool(np.allclose(product, expected, rtol=1e-12, atol=0))
    running = np.concatenate([np.zeros((table.shape[0], 1)), np.cumsum(expected, axis=1)], axis=1)
    elapsed = np.append(0.0, np.cumsum(in_time)) / expected.sum()
    return Problem(
        kind, False, total, whole, size, ptr, step.astype(np.int64), table[at, step], separable, share, elapsed,
        np.zeros((1, 1)) if separable else running, np.cumsum(expected.ravel()),
    )  # fmt: skip


def _against_controls(
    table: Floats, total: float, controls: Cases, places: Places, time: Calendar
) -> Problem:
    if controls.day is None and time.steps > 1:
        raise InputError(f"{controls.source}: the cases have dates and the controls have none.")
    where = tables.positions(controls.place, places, controls.source, controls.lines)
    when = np.zeros(where.size, np.int64) if controls.day is None else time.step_of(controls.day)
    if np.any((when < 0) | (when >= time.steps)):
        raise InputError(f"{controls.source}: a control lies outside the study period.")
    people = table.copy()
    np.add.at(people, (where, when), controls.count)
    if np.any(people != np.round(people)):
        raise InputError("The Bernoulli model counts whole cases and controls.")
    return _drawn(
        1, table, people, total, float(people.sum()), people.sum(axis=1), places, time, controls.source
    )


def expected_cases(
    cases: Cases, where: Ints, when: Ints, population: Population, places: Places, time: Calendar
) -> Floats:
    """Expected cases, shape (places, steps); they sum to the cases.

    Indirect standardisation: each group has its own rate in the whole study, and a cell expects its people times that.
    Between two counts of a population people change in a straight line; before the first and after the last they stay.
    """
    at = tables.positions(population.place, places, population.source, population.lines)
    groups = population.group or ((),) * len(population.place)
    number = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    mine = np.array([number[group] for group in groups], np.int64)
    people = np.zeros((len(number), len(places), time.steps))
    days = np.zeros(at.size, np.int64) if population.day is None else population.day
    series: dict[tuple[int, int], dict[int, float]] = {}
    for group, place, day, size in zip(
        mine.tolist(), at.tolist(), days.tolist(), population.size.tolist(), strict=True
    ):
        known = series.setdefault((group, place), {})
        if day in known:
            moment = "" if population.day is None else f" on {tables.to_date(day)}"
            raise InputError(
                f"{population.source}: {places.ids[place]!r} has two populations{moment} for one group."
            )
        known[day] = size
    for (group, place), known in series.items():
        people[group, place] = _person_time(known, time)
    counted = np.zeros(len(number))
    for row, count in enumerate(cases.count):
        key = cases.group[row] if cases.group is not None and len(next(iter(number))) else next(iter(number))
        if key not in number:
            raise InputError(
                f"{cases.source}, row {row + 1}: the population has no group {' '.join(map(str, key))!r}."
            )
        counted[number[key]] += count
    at_risk = people.sum(axis=(1, 2))
    for key, i in number.items():
        if counted[i] > 0 and at_risk[i] == 0:
            raise InputError(f"{population.source}: group {' '.join(key)!r} has cases and nobody at risk.")
    rate = np.divide(counted, at_risk, out=np.zeros_like(counted), where=at_risk > 0)
    return np.asarray(np.einsum("g,gpt->pt", rate, people), float)


def _person_time(known: dict[int, float], time: Calendar) -> Floats:
    """Person-days of each step: the exact integral of the broken line through the known sizes."""
    if time.unit == "none" or len(known) == 1:
        length = np.diff(time.edges).astype(float)
        return (
            next(iter(known.values())) * length if len(known) == 1 else np.mean(list(known.values())) * length
        )
    days = np.array(sorted(known), float)
    sizes = np.array([known[int(day)] for day in days])
    return np.array(
        [
            np.interp(np.arange(start, stop) + 0.5, days, sizes).sum()
            for start, stop in zip(time.edges[:-1], time.edges[1:], strict=True)
        ]
    )
