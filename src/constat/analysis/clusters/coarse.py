"""Places that are not points: a scan never draws a circle round the centre of a region.

A place known to within `blur_km` of its point may be anywhere in that circle. Where the blur is larger than the limit there
are three honest ways, and the answer says which was taken and how many cases it touched:

  leave   the cases of such places stay out of the scan (the usual way)
  spread  each such case is put, at random, on one of the sharp places inside its circle, several times over; the p-value
          is twice the median of the draws, which is valid however the draws depend on one another (Rüger 1978), and each
          cluster says in which share of the draws it stands
  refuse  no scan at all
"""

from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from constat.analysis.clusters import tables
from constat.analysis.clusters.scan import Cluster, Coarse, ScanResult, subset
from constat.analysis.clusters.scan import scan as scan_points
from constat.analysis.clusters.tables import Cases, Places
from constat.analysis.errors import InputError

Treatment = Literal["leave", "spread", "refuse"]
TREATMENTS = get_args(Treatment)
# Half of a cercle of the Sahel: a place known no better has no distance to its neighbours.
LIMIT_KM = 30.0
DRAWS = 9
ALIKE = 0.05


def default_limit(max_km: float | None) -> float:
    """A place blurred wider than the widest circle says nothing about circles."""
    return LIMIT_KM if max_km is None else min(LIMIT_KM, max_km)


def scan(
    cases: Cases, places: Places, *, limit_km: float | None = None, treatment: Treatment = "leave",
    draws: int = DRAWS, seed: int = 1, **options: Any,
) -> ScanResult:  # fmt: skip
    """`constat.analysis.clusters.scan.scan` with coarse places treated. limit_km: 30, or max_km where that is less."""
    if treatment not in TREATMENTS:
        raise InputError(
            f"There is no treatment {treatment!r} of coarse places; choose {', '.join(TREATMENTS)}."
        )
    limit = default_limit(options.get("max_km")) if limit_km is None else limit_km
    where = tables.positions(cases.place, places, cases.source, cases.lines)
    wide = np.zeros(len(places), np.bool_) if places.blur_km is None else places.blur_km > limit
    if not wide.any():
        made = Coarse(limit if places.blur_km is not None else None, "none")
        return replace(scan_points(cases, places, seed=seed, **options), coarse=made)
    touched = float(cases.count[wide[where]].sum())
    made = Coarse(limit, treatment, int(wide.sum()), touched)
    if treatment == "refuse":
        empty = Cases((), np.empty(0), source=cases.source)
        found = scan_points(empty, places.keep(~wide), seed=seed, **options)
        why = f"{touched:g} cases at {made.places} places known no better than {limit:g} km: not points."
        return replace(found, n=float(cases.count.sum()), coarse=made, refused=True, reason=why)
    sharp = places.keep(~wide)
    options = {**options, **_sharp_tables(options, sharp)}
    if treatment == "leave" or touched == 0:
        found = scan_points(subset(cases, ~wide[where]), sharp, seed=seed, **options)
        return replace(found, coarse=replace(made, left_out=touched))
    return _spread(cases, places, wide, where, sharp, made, draws, seed, options)


def _sharp_tables(options: dict[str, Any], sharp: Places) -> dict[str, Any]:
    """People and controls of coarse places leave with them."""
    known = set(sharp.ids)
    out: dict[str, Any] = {}
    controls = options.get("controls")
    if controls is not None:
        out["controls"] = subset(controls, np.array([name in known for name in controls.place], np.bool_))
    people = options.get("population")
    if people is not None:
        kept = np.array([name in known for name in people.place], np.bool_)
        chosen = np.flatnonzero(kept)
        out["population"] = replace(
            people,
            place=tuple(people.place[i] for i in chosen),
            size=people.size[kept],
            day=None if people.day is None else people.day[kept],
            group=None if people.group is None else tuple(people.group[i] for i in chosen),
        )
    return out


def _spread(
    cases: Cases, places: Places, wide: NDArray[np.bool_], where: tables.Ints, sharp: Places, made: Coarse,
    draws: int, seed: int, options: dict[str, Any],
) -> ScanResult:  # fmt: skip
    if np.any(cases.count != np.round(cases.count)):
        raise InputError(f"{cases.source}: only whole cases can be spread.")
    if draws < 1:
        raise InputError("Spreading needs one draw or more.")
    near = _reach(places, wide, sharp)
    lost = float(
        sum(cases.count[row] for row in range(where.size) if wide[where[row]] and not near[where[row]].size)
    )
    made = replace(made, draws=draws, left_out=lost)
    results = []
    for draw in range(draws):
        rng = np.random.default_rng([seed, draw])
        results.append(
            scan_points(_placed(cases, where, wide, near, sharp, rng), sharp, seed=seed + draw, **options)
        )
    if results[0].refused:
        return replace(results[0], coarse=made)
    tops = np.array([result.clusters[0].statistic if result.clusters else 0.0 for result in results])
    middle = results[int(np.argsort(tops, kind="stable")[draws // 2])]
    clusters = tuple(_pooled(cluster, results) for cluster in middle.clusters)
    return replace(
        middle, clusters=clusters, coarse=made, seed=seed, null=np.concatenate([r.null for r in results])
    )


def _reach(places: Places, wide: NDArray[np.bool_], sharp: Places) -> dict[int, tables.Ints]:
    assert places.blur_km is not None  # noqa: S101 - wide is empty without it
    out = {}
    for i in np.flatnonzero(wide).tolist():
        away = tables.distance(places.one[i], places.two[i], sharp.one, sharp.two, places.cartesian)
        out[i] = np.flatnonzero(away <= places.blur_km[i]).astype(np.int64)
    return out


def _placed(
    cases: Cases, where: tables.Ints, wide: NDArray[np.bool_], near: dict[int, tables.Ints], sharp: Places,
    rng: np.random.Generator,
) -> Cases:  # fmt: skip
    names: list[str] = []
    rows: list[int] = []
    counts: list[float] = []
    for row, at in enumerate(where.tolist()):
        if not wide[at]:
            names.append(cases.place[row])
            rows.append(row)
            counts.append(float(cases.count[row]))
        elif near[at].size:
            chosen = rng.choice(near[at], size=int(cases.count[row]))
            names.extend(sharp.ids[i] for i in chosen)
            rows.extend([row] * chosen.size)
            counts.extend([1.0] * chosen.size)
    return Cases(
        tuple(names),
        np.array(counts, float),
        None if cases.day is None else cases.day[rows],
        cases.unit,
        None if cases.group is None else tuple(cases.group[row] for row in rows),
        cases.source,
    )


def _pooled(cluster: Cluster, results: list[ScanResult]) -> Cluster:
    """p over the draws of the best cluster that shares a place and a day with this one; 1 where none does."""
    alike = [
        min((other.p for other in result.clusters if _overlap(cluster, other)), default=1.0)
        for result in results
    ]
    p = min(1.0, 2 * float(np.median(alike)))
    step = None if cluster.recurrence_days is None else cluster.recurrence_days * cluster.p / p
    support = float(np.mean(np.array(alike) <= ALIKE))
    return replace(cluster, p=p, p_gumbel=None, recurrence_days=step, support=support)


def _overlap(one: Cluster, other: Cluster) -> bool:
    if not set(one.places) & set(other.places):
        return False
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return True
    return one.first <= other.last and other.first <= one.last
