"""Every acceptance line of the analysis library: what is asked, what is measured now, met or not. Exit code 1 when one is not.

    python tools/acceptance.py [--all] [LINE ...]

Reads the published answers beside the checkout (../shared/data) and says so loudly where they are absent. Lines that take
minutes (posteriors of twenty lists, 500 shuffled sets, 200 audits) run with --all; without it they are run in small and
say so. Times are CPU seconds of one process.
"""

import argparse
import csv
import gzip
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".." / "shared" / "data"
sys.path.insert(0, str(ROOT))

LINES: dict[str, tuple[str, Callable[[bool], tuple[bool | None, str]]]] = {}


def line(name: str, asked: str):
    def keep(measure: Callable[[bool], tuple[bool | None, str]]):
        LINES[name] = (asked, measure)
        return measure

    return keep


def rows(name):
    opener = gzip.open if name.endswith(".gz") else open
    with opener(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lists(name):
    from constat.analysis.undercount import read_lists

    return next(iter(read_lists(DATA / f"mse_{name}.csv").values()))


# Undercount


@line(
    "U1", "Kosovo: median 10,400 +-1 %, low 8,900 +-2 %, high 13,800 +-4 %, R-hat < 1.01, 4 chains, <= 20 s"
)
def u1(whole):
    from constat.analysis.undercount.latentclass import latent_class

    began = time.process_time()
    found = latent_class(lists("kosovo_4lists"), seed=1)
    took = time.process_time() - began
    if found.refused:
        return False, f"refused: {found.reason}"
    q = found.quantiles
    met = abs(q["0.5"] / 10_400 - 1) <= 0.01 and abs(q["0.025"] / 8_900 - 1) <= 0.02
    met = (
        met
        and abs(q["0.975"] / 13_800 - 1) <= 0.04
        and found.rhat < 1.01
        and found.chains == 4
        and took <= 2 * 20
    )
    return met, f"{q['0.5']:.0f} ({q['0.025']:.0f}-{q['0.975']:.0f}), R-hat {found.rhat:.4f}, {took:.1f} CPU s on two threads, {found.seconds:.1f} s by the clock"  # fmt: skip


@line("U2", "rounds a second, one core: >= 25,000 on Kosovo, >= 5,000 on Colombia R1")
def u2(whole):
    from constat.analysis.undercount.latentclass import Plan, _Walk

    speeds = []
    for name, sticks, turns in (("kosovo_4lists", 10, 30_000), ("colombia_recruit_men1999_R1", 15, 8_000)):
        walk = _Walk(
            lists(name), np.random.default_rng(1), sticks, (0.25, 0.25), Plan(1, 0, turns, 1, 10, slides=0)
        )
        walk.go(200)
        began = time.process_time()
        walk.go(turns)
        speeds.append(turns / (time.process_time() - began))
    return speeds[0] >= 25_000 and speeds[1] >= 5_000, f"{speeds[0]:,.0f} and {speeds[1]:,.0f}"


@line(
    "U3",
    "Colombia R1: four chains agree (R-hat < 1.05) and the mean is the same by any seed within 10 %, or refused",
)
def u3(whole):
    from constat.analysis.undercount.latentclass import latent_class

    if not whole:
        return None, "asked with --all only: minutes"
    told, means = [], []
    for seed in (1, 2, 3):
        found = latent_class(lists("colombia_recruit_men1999_R1"), seed=seed)
        told.append(f"seed {seed}: refused, R-hat {found.rhat:.3f}" if found.refused else f"seed {seed}: mean {found.mean:.0f}, R-hat {found.rhat:.3f}")  # fmt: skip
        if not found.refused:
            means.append(found.mean)
    return not means or max(means) <= 1.1 * min(means), "; ".join(told)


@line("U4", "dga Kosovo to +-1; sparse totals to 0.1 on six tables; 1,000 BCa draws <= 60 s")
def u4(whole):
    from constat.analysis.undercount.graphs import graph_average
    from constat.analysis.undercount.sparse import sparse

    q = graph_average(lists("kosovo_4lists")).quantiles
    apart = max(abs(q["0.025"] - 9827), abs(q["0.5"] - 12595), abs(q["0.975"] - 16544))
    off = max(
        abs(sparse(lists(r["dataset"]), boots=0).quantiles["0.5"] - float(r["point"]))
        for r in rows("mse_expected_other_reference.csv")
        if r["method"].startswith("SparseMSE") and "stepwise" in r["method"]
    )
    slowest = 0.0
    for name in ("ukdat_5", "ukdat", "neworl_5", "ned_5", *(("neworl", "ned") if whole else ())):
        began = time.process_time()
        sparse(lists(name), boots=1000)
        slowest = max(slowest, time.process_time() - began)
    return apart <= 1 and off <= 0.1 and slowest <= 60, f"dga off by {apart:.0f}; sparse off by {off:.2f}; slowest 1,000 draws {slowest:.1f} CPU s"  # fmt: skip


@line("U5", "pooled replicates: 1,266 / 1,593 / 2,148 exactly")
def u5(whole):
    from constat.analysis.undercount import pool_replicates

    seen, draws = {}, {}
    for row in rows("mse_colombia_recruit_men1999_posteriors.csv.gz"):
        seen[row["replicate"]] = int(row["n_obs"])
        draws.setdefault(row["replicate"], []).append(float(row["N"]))
    found = pool_replicates(list(seen.values()), [np.array(some) for some in draws.values()])
    got = (round(found.quantiles["0.025"]), round(found.mean), round(found.quantiles["0.975"]))
    return got == (1266, 1593, 2148), " / ".join(f"{v:,}" for v in got)


@line("U8", "two lists, or two lists that share nobody: refused by every method")
def u8(whole):
    from constat.analysis.undercount import estimate
    from constat.analysis.undercount.lists import lists_from
    from constat.analysis.undercount.models import METHODS

    two = lists_from(["A", "B"], [[1, 0], [0, 1], [1, 1]], [40, 30, 12])
    apart = lists_from(["A", "B"], [[1, 0], [0, 1]], [40, 30])
    refused = sum(estimate(one, method).refused for one in (two, apart) for method in METHODS)
    return refused == 2 * len(METHODS), f"{refused} of {2 * len(METHODS)} refused"


# Clusters


def from_tests(module: str, names: list[str]) -> tuple[bool, str]:
    """Tests that hold the comparison cell by cell; run here as they stand."""
    from importlib import import_module

    home, failed = import_module(f"tests.analysis.{module}"), []
    for name in names:
        try:
            getattr(home, name)()
        except AssertionError as error:
            failed.append(f"{name}: {str(error).splitlines()[0] if str(error) else 'differs'}")
    return not failed, "; ".join(failed) or f"{len(names)} comparisons hold"


@line("S1", "SaTScan, five analyses: statistic within 1e-5, same places, p within 3 Monte Carlo errors")
def s1(whole):
    names = ["test_new_york_fever_prospective", "test_new_mexico_brain_cancer_poisson_in_space_and_time",
             "test_north_humberside_bernoulli", "test_mali_prospective", "test_mali_retrospective_all_33_clusters"]  # fmt: skip
    return from_tests("test_clusters", names)


@line("S2", "SpatialEpi and scanstatistics: ratio within 1e-4 on six analyses")
def s2(whole):
    names = ["test_pennsylvania_lung_cancer_by_strata", "test_pennsylvania_lung_cancer_crude_and_binomial",
             "test_new_york_leukaemia_with_fractions_of_cases", "test_new_mexico_against_a_baseline_known_beforehand"]  # fmt: skip
    met, said = from_tests("test_clusters", names)
    return (
        met,
        said
        + "; two references cut totals to whole numbers: theirs follows from our cluster, ours keeps the fraction",
    )


@line("S3", "78 Mali weeks: statistic within 1e-5 in >= 76; same alarm at 100 days in all")
def s3(whole):
    from tests.analysis.test_clusters import weekly

    found, close, alarms = weekly(replicates=999 if whole else 9)
    said = f"{close} of {len(found)} equal; " + (
        f"{len(alarms)} alarms differ" if whole else "alarms only with --all"
    )
    return close >= 76 and (not whole or not alarms), said


@line("S4", "Mali looking back <= 30 s (reference 119), one weekly scan <= 1 s (2.7), 999 chance maps")
def s4(whole):
    from constat.analysis.clusters import files
    from constat.analysis.clusters.scan import scan

    spent = []
    for name, options in (
        ("retro", {"max_days": 90, "last": date(2020, 12, 31)}),
        ("pros_20190331", {"max_days": 60, "window": "prospective", "last": date(2019, 3, 31)}),
    ):
        cases = files.read_cases(DATA / f"scan_mali_{name}.cas.txt")
        places = files.read_places(DATA / f"scan_mali_{name}.geo.txt")
        scan(cases, places, model="permutation", max_km=150, replicates=9, **options)
        began = time.process_time()
        scan(cases, places, model="permutation", max_km=150, replicates=999, **options)
        spent.append(time.process_time() - began)
    return spent[0] <= 30 and spent[1] <= 1, f"{spent[0]:.1f} and {spent[1]:.2f} CPU s"


@line("S6", "shuffled Mali sets: share with p <= 0.05 in 0.03-0.07 (500 sets)")
def s6(whole):
    from constat.analysis.clusters import files
    from constat.analysis.clusters.scan import scan
    from constat.analysis.clusters.tables import Cases

    cases = files.read_cases(DATA / "scan_mali_retro.cas.txt")
    places = files.read_places(DATA / "scan_mali_retro.geo.txt")
    many = cases.count.astype(int)
    place, day = tuple(np.repeat(cases.place, many)), np.repeat(cases.day, many)
    sets, low = 500 if whole else 40, 0
    for seed in range(sets):
        shuffled = Cases(place, np.ones(len(place)), np.random.default_rng(seed).permutation(day), "day")
        found = scan(shuffled, places, model="permutation", max_km=150, max_days=90, replicates=39, seed=seed + 7,
                     last=date(2020, 12, 31))  # fmt: skip
        low += bool(found.clusters) and found.clusters[0].p <= 0.05
    share = low / sets
    within = (0.03, 0.07) if whole else (0.0, 0.15)
    return within[0] <= share <= within[1], f"{low} of {sets}: {share:.3f}" + (
        "" if whole else " (bounds 0-0.15 in small)"
    )


@line("S7", "Knox: observed exact, expected within 1e-6 in all 15 cells; 999 shuffles <= 1 s")
def s7(whole):
    from constat.analysis.clusters import files, tables
    from constat.analysis.clusters.knox import knox

    met, said = from_tests("test_knox", ["test_every_published_cell"])
    cases = files.read_cases(DATA / "scan_mali_retro.cas.txt")
    places = files.read_places(DATA / "scan_mali_retro.geo.txt")
    many = cases.count.astype(int)
    at, day = np.repeat(tables.positions(cases.place, places, "cases"), many), np.repeat(cases.day, many)
    began = time.process_time()
    knox(places.one[at], places.two[at], day, km=(25,), days=(14,))
    took = time.process_time() - began
    return met and took <= 1, f"{said}; {took:.2f} CPU s"


# Trend and rates


@line("C1", "charts: alarms identical, bound within 1e-3 in 1,536 rows; <= 1 s per 156 weeks")
def c1(whole):
    from tests.analysis.test_charts import METHODS, series_of

    published = rows("ctrl_expected_R_surveillance.csv")
    apart, other, slowest, seen = 0.0, 0, 0.0, 0
    for name in ("salmonella_agona", "mali_events"):
        for method, chart in METHODS.items():
            expected = [r for r in published if (r["series"], r["method"]) == (name, method)]
            watch = [int(r["index"]) - 1 for r in expected]
            began = time.process_time()
            found = chart(series_of(name), watch=watch)
            slowest = max(slowest, (time.process_time() - began) * 156 / len(watch))
            for point, row in zip(found.points, expected, strict=True):
                seen += 1
                bound = float(row["upperbound"])
                apart = max(apart, abs(point.upper - bound) / max(abs(bound), 1e-6))
                other += point.alarm != (row["alarm"] == "1")
    return apart <= 1e-3 and not other and slowest <= 1, f"{seen} rows, off by {apart:.1e}, {other} alarms differ, slowest {slowest:.2f} CPU s"  # fmt: skip


@line("C2", "rates: all rows of poisson.test to 1e-6; no event, no exposure handled")
def c2(whole):
    return from_tests("test_rates", ["test_every_published_row", "test_no_event_and_no_exposure"])


@line("C3", "seat belts 0.8714 (0.8106-0.9368) to 1e-4; breaks 1898, 1973(10), 1983(1)")
def c3(whole):
    return from_tests(
        "test_effect",
        ["test_the_seat_belt_law_per_kilometre", "test_the_nile_in_1898", "test_uk_drivers_in_october_1973_and_january_1983"],
    )  # fmt: skip


# Suppression


@line("D1", "200 random tables of 2 and 3 ways, audited: nothing recoverable, also across several releases")
def d1(whole):
    from constat.analysis.suppression import attack, suppress
    from tests.analysis.test_suppression import (
        OVERLAPPING,
        growing,
        overlapping,
        random_table,
        regions_and_cercles,
        safe,
    )

    rng, many = np.random.default_rng(1), 200 if whole else 10
    unsafe = exact = pairs = 0
    for at in range(many):
        table = random_table(rng, (3, 3) if at % 2 else (2, 2, 2))
        made = suppress(table, 4)
        unsafe += not safe(table, made.values, 4)
        if not at % 2 and at < many // 2:
            first = suppress(table, 4, by=("a", "b"))
            second = suppress(table, 4, by=("a", "c"), earlier=[first.as_released("first")])
            if not second.refused:
                pairs += 1
                exact += sum(
                    b.exact for b in attack([first.as_released("first"), second.as_released("second")])
                )
    said, exposed = [], 0
    for asked in OVERLAPPING:
        made, out, alone = overlapping(asked, 20 if whole else 3)
        exposed += out
        said.append(
            f"{len(asked)} overlapping releases {made}: {out} exposed ({alone} if each were made alone)"
        )
    made, out, alone = growing(20 if whole else 3)
    exposed += out
    said.append(f"monthly releases {made}: {out} ({alone} without looking back)")
    made, out, alone = regions_and_cercles(20 if whole else 2)
    exposed += out
    said.append(f"cercles after regions {made}: {out} ({alone} without the map)")
    return (
        not unsafe and not exact and not exposed,
        f"{many} tables: {unsafe} unsafe; {pairs} second releases: {exact} recoverable; " + "; ".join(said),
    )


@line("D2", "cells withheld <= 1.10 x the optimum of tau-Argus, tables of up to 500 cells")
def d2(whole):
    """Without tau-Argus (CONSTAT_ARGUS_PYTHON) against the bound: no safe release withholds fewer than primary + bound."""
    import os

    sys.path.insert(0, str(ROOT / "benchmarks"))
    from bench_suppression import audit, example, optimal

    from constat.analysis.suppression import suppress

    python = os.environ.get("CONSTAT_ARGUS_PYTHON")
    met, said, ours, best, proven, count = True, [], 0, 0, 0, 0
    for shape in (
        (5, 5),
        (8, 6),
        (4, 3, 3),
        *(((10, 10), (20, 20), (5, 4, 4), (6, 5, 4), (7, 8, 8)) if whole else ()),
    ):
        table = example(shape, 3)
        made = suppress(table, 5, seconds=60.0)
        hidden = {cell for cell, value in made.values.items() if value is None}
        other = optimal(python, table, 5, 2) if python else None
        least = len(other[0]) if other else len(hidden) - made.at_most_too_many
        met = met and len(hidden) <= 1.10 * least and not audit(table, 5, hidden)["below"]
        ours, best, proven, count = ours + len(hidden), best + least, proven + made.optimal, count + 1
        said.append(
            f"{table.counts.size} cells: {len(hidden)}{'' if made.optimal else f' (at most {made.at_most_too_many} too many)'}"
            + (f", tau-Argus {least}{'' if other[2] else ' (not proven)'}" if other else "")
        )
    against = "tau-Argus" if python else "the bound (TAU-ARGUS NOT RUN: set CONSTAT_ARGUS_PYTHON)"
    return met, f"{ours} withheld against {best} of {against}, {proven} of {count} proven fewest: " + "; ".join(said)  # fmt: skip


@line("D3", "spatial k >= k; nearest place guessed <= 1/k + 2 %; Knox ratio within 15 %")
def d3(whole):
    """Judged: Mali, every k, 25 km and 14 days. Shown beside it: other distances and spans, and two more countries."""
    met, said = True, []
    for country, file in (
        ("Mali", "geo_geonames_ML.tsv.gz"),
        ("Burkina Faso", "geo_geonames_BF_places.tsv.gz"),
        ("Niger", "geo_geonames_NE_places.tsv.gz"),
    )[: 3 if whole else 1]:
        places, at, day, late = _places_and_events(country, file)
        for k in (5, 10, 20):
            smallest, right, cells = _masked(places, at, day, late, k)
            ratio = cells[25.0, 14.0][0]
            if country == "Mali":
                met = met and smallest >= k and right <= 1 / k + 0.02 and abs(ratio - 1) <= 0.15
            others = {km: [r for (one, _), (r, _) in cells.items() if one == km] for km in (10.0, 25.0, 50.0)}
            said.append(
                f"{country} k {k}: {'' if smallest >= k else 'GROUPS TOO SMALL, '}guessed {right:.3f}{'' if right <= 1 / k + 0.02 else ' (ABOVE)'}, "
                f"Knox x {ratio:.3f} ({cells[25.0, 14.0][1]} of {int(late.sum())} coarser than 25 km left out); 7, 14, 30 days: "
                + ", ".join(f"{km:.0f} km x {'/'.join('-' if r is None else f'{r:.2f}' for r in some)}" for km, some in others.items())
            )  # fmt: skip
    return met, "; ".join(said) + ("" if whole else " (Burkina Faso and Niger with --all)")


def _places_and_events(country, file):
    with gzip.open(DATA / file, "rt", encoding="utf-8") as source:
        known = [cells for text in source if (cells := text.rstrip("\n").split("\t"))[6] == "P"]
    places = np.unique(np.array([(float(r[5]), float(r[4])) for r in known]), axis=0)
    events = [r for r in rows("ucdp_ged_sahel.csv") if r["country"] == country]
    at = np.array([(float(r["longitude"]), float(r["latitude"])) for r in events])
    day = np.array([date(*(int(r[c]) for c in ("year", "month", "day"))).toordinal() for r in events])
    return places, at, day, np.array([int(r["year"]) >= 2017 for r in events])


def _masked(places, at, day, late, k):
    """(smallest group, share of events whose place is the one nearest to the point shown, by km and days the Knox ratio over the
    unmasked one and the events left out)."""
    from scipy.spatial import cKDTree

    from constat.analysis.clusters.knox import knox
    from constat.analysis.suppression import group_places

    narrow = np.array([np.cos(np.radians(14.5)), 1.0])
    tree = cKDTree(places * narrow)
    groups = group_places(places[:, 0], places[:, 1], k)
    shown, radius = groups.coarsen(at[:, 0], at[:, 1])
    right = float((tree.query(shown * narrow)[1] == tree.query(at * narrow)[1]).mean())
    cells = {}
    for km in (10.0, 25.0, 50.0):
        spans = {"km": (km,), "days": (7.0, 14.0, 30.0), "replicates": 9}
        before = knox(at[late, 1], at[late, 0], day[late], **spans)
        after = knox(shown[late, 1], shown[late, 0], day[late], blur_km=radius[late], **spans)
        for one, two in zip(before.cells, after.cells, strict=False):
            ratio = two.ratio / one.ratio if two.ratio and one.ratio else None
            cells[km, one.days] = (ratio, after.left_out)
    return int(groups.size.min()), right, cells


# Linkage and places


def _linked(*names, truth):
    from constat.analysis.linkage.link import link_persons

    return link_persons([DATA / name for name in names], truth_column=truth)


def _made_incidents(seed):
    import tempfile

    from benchmarks.linkage_data import incidents, write
    from constat.analysis.linkage.incident import link_incidents

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.csv"
        write(incidents(DATA / "ucdp_ged_v231_car.csv", seed), made)
        return link_incidents([made], truth_column="truth")


@line("L1", "febrl4 pairwise F1 >= 0.999; RLdata10000 F1 >= 0.985, at the tool's own threshold")
def l1(whole):
    one = _linked("rl_febrl4a.csv", "rl_febrl4b.csv", truth="rec_id").score.f1
    two = _linked("rl_RLdata10000.csv", truth="true_id").score.f1
    return one >= 0.999 and two >= 0.985, f"{one:.4f}, {two:.4f}"


@line("L2", "historical_50k cluster F1 >= 0.86 (reference 0.828) in <= 60 s on two cores")
def l2(whole):
    began = time.process_time()
    found = _linked("rl_historical_50k.parquet", truth="cluster").score.f1
    took = time.process_time() - began
    return found >= 0.86 and took <= 2 * 60, f"{found:.4f} in {took:.0f} CPU s on two threads"


@line("L3", "a million made persons: <= 90 s, <= 6 GB, F1 >= 0.97")
def l3(whole):
    import subprocess

    many = 1_000_000 if whole else 100_000
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "bench_linkage.py"), "persons", str(many)],
        capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    row = done.stdout.splitlines()[-1].split()
    f1, wall, memory = float(row[-6]), float(row[-3]), float(row[-1])
    met = f1 >= 0.97 and wall <= 90 * many / 1e6 * (1 if whole else 3) and memory <= 6
    return met, f"{many:,} records: F1 {f1:.4f}, {wall:.0f} s by the clock, {memory:.1f} GB" + ("" if whole else " (in small)")  # fmt: skip


@line("L5", "variants of Mali's places: first >= 0.60, five >= 0.85, <= 5 ms; first >= 0.90 within its area")
def l5(whole):
    from constat.analysis.names import fold
    from constat.analysis.place.find import Finder
    from constat.analysis.place.gazetteer import read

    asked = rows("names_mali_toponym_variants_open.csv")[:: 1 if whole else 6]
    met, said = True, []
    for alternates, kinds in ((True, None), (False, ("P",))):
        places = [p for p in read(DATA / "geo_geonames_ML.tsv.gz", alternates=alternates) if not kinds or p.kind in kinds]  # fmt: skip
        finder, by_code = Finder(places), {p.code: p for p in places}
        first = five = n = near = within = 0
        began = time.process_time()
        for row in asked:
            place = by_code.get(row["geonameid"])
            if place is None:
                continue
            n += 1
            # Distinct names are what is counted: places that share one name are told apart by the area alone.
            names = list(dict.fromkeys(fold(one.place.name) for one in finder.find(row["variant"], limit=25)))[:5]  # fmt: skip
            first += fold(place.name) == names[0] if names else 0
            five += fold(place.name) in names
        took = (time.process_time() - began) / n * 1000
        for row in asked:
            place = by_code.get(row["geonameid"])
            cercle = next((code for code in (place.parents if place else ()) if code.count(".") == 2), "")
            if cercle:
                within += 1
                found = finder.find(row["variant"], within=cercle, limit=1)
                near += bool(found) and fold(found[0].place.name) == fold(place.name)
        met = met and first / n >= 0.60 and five / n >= 0.85 and near / within >= 0.90 and took <= 5
        held = "with the gazetteer's other names" if alternates else "main names of inhabited places alone (a spelling it does not hold)"  # fmt: skip
        said.append(f"{held}: {first / n:.3f}, {five / n:.3f}, within the cercle {near / within:.3f}, {took:.1f} ms")  # fmt: skip
    return met, "; ".join(said)


@line("L6", "made incidents of several sources: F1 >= 0.95, precision >= 0.98; crashMD 140 +-3")
def l6(whole):
    from constat.analysis.linkage.incident import link_incidents

    told = [_made_incidents(seed).score for seed in range(1, 21 if whole else 3)]
    f1, precision = min(s.f1 for s in told), min(s.precision for s in told)
    unique = len(link_incidents([DATA / "inc_meltt_crashMD.csv"]).clusters)
    return f1 >= 0.95 and precision >= 0.98 and abs(unique - 140) <= 3, f"{len(told)} seeds: F1 {f1:.3f} to {max(s.f1 for s in told):.3f}, precision {precision:.3f} to {max(s.precision for s in told):.3f}; crashMD {unique}"  # fmt: skip


@line("L7", "calibration error of match probabilities <= 0.03 in 10 bins on L1, L6")
def l7(whole):
    told = {
        "febrl4": _linked("rl_febrl4a.csv", "rl_febrl4b.csv", truth="rec_id"),
        "RLdata10000": _linked("rl_RLdata10000.csv", truth="true_id"),
        "incidents 1": _made_incidents(1),
        "incidents 2": _made_incidents(2),
    }
    errors = {name: found.calibration.error for name, found in told.items()}
    return max(errors.values()) <= 0.03, ", ".join(f"{name} {error:.4f}" for name, error in errors.items())


# Forecasts


@line("F1", "CRPS as scoringrules to 1e-9; the published baseline table to 1e-3 (last value 2 %)")
def f1(whole):
    return _tested("tests/analysis/test_score.py")


@line("F2", "0.5-degree Sahel, all deaths: CRPS <= 97 % of the best baseline in 2018 and 2019")
def f2(whole):
    from constat.analysis.forecast import baselines, files, model, scores
    from constat.analysis.forecast.panel import Panel
    from tests.analysis import sahel

    published = {
        (r["window"], r["model"]): float(r["crps"])
        for r in rows("fc_baseline_scores_sahel.csv")
        if r["task"] == "grid0.5_sahel3_all_best"
    }
    cells, counts, _ = sahel.grid()
    periods = tuple(files.label(sahel.FIRST_YEAR * 12 + i, "month") for i in range(counts.shape[1]))
    panel = Panel(counts, tuple(map(str, cells)), periods, "month", sahel.events(), np.array(cells, float))
    met, said = True, []
    for year in (2018, 2019, 2020):
        start = (year - sahel.FIRST_YEAR) * 12
        past, truth = panel.until(start - 2), panel.counts[:, start : start + 12].T
        ours = model.predict(past, range(3, 15))
        crps = float(np.mean([scores.crps(ours[3 + i], y).mean() for i, y in enumerate(truth)]))
        best = min(
            float(np.mean([scores.crps(s, y).mean() for y in truth]))
            for s in baselines.everyone(past.counts, past.neighbours).values()
        )
        told = [value for (window, _), value in published.items() if window == str(year)]
        # 2020 is beyond what is asked: no feature was chosen with it in view.
        met = met and (year == 2020 or crps <= 0.97 * best)
        said.append(f"{year}: {crps:.4f}, {crps / best:.4f} of the best, exact" + (f"; {crps / min(told):.4f} of the best as published" if told else ""))  # fmt: skip
    return met, "; ".join(said)


@line("F3", "90 % intervals cover 86-94 % of cells that are not trivial, each horizon; weeks 1-12")
def f3(whole):
    from constat.analysis.forecast import files, rolling

    if not whole:
        return None, "asked with --all only: minutes"
    how = files.Asked(
        "week", cell=2.0, where=("country=Mali,Burkina Faso,Niger",), since="2012-01-02", until="2020-12-27"
    )
    sets = {"weeks, 2 degrees": files.read(DATA / "ucdp_ged_sahel.csv", how)}
    sets["weeks, ten countries"] = files.read(DATA / "ucdp_weekly_battle_deaths_10.csv", files.Asked("week"))
    met, said = True, []
    for name, panel in sets.items():
        at = rolling.origins(panel, 12, number=24 if "2 deg" in name else 40, every=8 if "2 deg" in name else 13)  # fmt: skip
        held = [a.by["model"].covered_open for a in rolling.accuracy(panel, range(1, 13), at)]
        met = met and all(0.86 <= one <= 0.94 for one in held)
        said.append(f"{name}: " + " ".join(f"{100 * one:.1f}" for one in held))
    return met, "; ".join(said)


@line("M1", "totals carry [sum min, sum max] and a distribution; joining; places that are not sure")
def m1(whole):
    return _tested("tests/analysis/test_totals_distribution.py")


@line("M2", "the same bytes from the same file, seed and version, in two processes")
def m2(whole):
    return _tested("tests/analysis/test_reproducible.py")


def _tested(path):
    """Lines that a test file measures whole: its verdict."""
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    return done.returncode == 0, f"{path}: {(done.stdout.strip().splitlines() or ['nothing said'])[-1]}"


# Reprisal


@line(
    "R1",
    "simulated processes, branching 0, 0.2, 0.5: bias <= 0.05, coverage >= 90 %, found in nothing <= 7 %",
)
def r1(whole):
    from tests.analysis.test_reprisal import repeated

    met, said = True, []
    for truth in (0.0, 0.2, 0.5):
        sets = 300 if whole else 20
        bias, covered, found = repeated(truth, sets, end=600.0, replicates=99 if whole else 39)
        if whole:
            met = met and abs(bias) <= 0.05 and covered >= 0.90 and (truth > 0 or found <= 0.07)
        else:
            met = met and abs(bias) <= 0.08 and covered >= 0.80 and (truth > 0 or found <= 0.20)
        said.append(f"{truth}: bias {bias:+.3f}, covered {covered:.3f}, found {found:.3f}")
    return met, "; ".join(said) + ("" if whole else " (20 sets each; wider bounds)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", nargs="*", metavar="LINE", help="such as U1 S4; all when none is named")
    parser.add_argument("--all", action="store_true", help="in full: minutes to an hour")
    options = parser.parse_args()
    if not DATA.exists():
        print("NOT CHECKED: ../shared/data is absent; the published answers cannot be compared.")
        return 0
    wanted = [name.upper() for name in options.lines] or list(LINES)
    for name in wanted:
        if name not in LINES:
            parser.error(f"no line {name}; there are {', '.join(LINES)}")
    missed, waiting = [], 0
    for name in wanted:
        asked, measure = LINES[name]
        began = time.process_time()
        try:
            met, said = measure(options.all)
        except Exception as error:  # one broken line must not hide the others
            met, said = False, f"{type(error).__name__}: {error}"
        if met is False:
            missed.append(name)
        waiting += met is None
        print(f"{name:<3} {'met    ' if met else 'NOT RUN' if met is None else 'NOT MET'} {asked}\n            {said}  [{time.process_time() - began:.0f} CPU s]", flush=True)  # fmt: skip
    print(
        f"{len(wanted) - len(missed) - waiting} of {len(wanted)} lines met"
        + (f"; not met: {', '.join(missed)}" if missed else "")
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
