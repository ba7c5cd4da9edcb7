"""Scan statistics and Knox beside the reference times of SaTScan 10.3.2 and R's surveillance, and growth with n.

    python benchmarks/bench_clusters.py [--quick]

The reference times were measured on two cores of the same kind; the first call compiles the kernels and is not counted.
"""

import argparse
import csv
import os
import resource
import time
from datetime import date
from pathlib import Path

import numpy as np

from constat.analysis.clusters import files, tables
from constat.analysis.clusters.knox import knox
from constat.analysis.clusters.scan import scan
from constat.analysis.clusters.tables import Cases, Places

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"


def timed(what, reference, ask, *, check=""):
    cpu, wall = time.process_time(), time.perf_counter()
    found = ask()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    ratio = f"{reference / wall:8.0f} x" if reference else f"{'':>10}"
    print(
        f"{what:<52} {reference or '':>9} {wall:9.2f} {cpu:9.2f} {ratio}  {check(found) if check else ''}",
        flush=True,
    )
    return found


def mali(name, **options):
    cases = files.read_cases(DATA / f"scan_mali_{name}.cas.txt")
    places = files.read_places(DATA / f"scan_mali_{name}.geo.txt")
    return lambda: scan(cases, places, model="permutation", max_km=150, **options)


def sahel(since, countries, until):
    with (DATA / "ucdp_ged_sahel.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["country"] in countries and int(r["year"]) >= since]
    known = [
        (date(int(r["year"]), int(r["month"]), int(r["day"])), (float(r["latitude"]), float(r["longitude"])))
        for r in rows
    ]
    known = [event for event in known if event[0] <= until]
    spots = {spot: str(i) for i, spot in enumerate(sorted({spot for _, spot in known}))}
    at = np.array(list(spots)).reshape(-1, 2)
    days = np.array([tables.day_number(day) for day, _ in known])
    places = Places(tuple(spots.values()), at[:, 0], at[:, 1])
    return Cases(tuple(spots[spot] for _, spot in known), np.ones(len(known)), days, "day"), places


def statistic(found):
    top = found.clusters[0]
    return f"statistic {top.statistic:.6f}, p {top.p:.3g}, {len(found.clusters)} clusters"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="99 chance maps instead of 999 looking back, no growth"
    )
    quick = parser.parse_args().quick
    print(f"{os.cpu_count()} cores; seconds")
    print(f"{'':<52} {'reference':>9} {'wall':>9} {'cpu':>9} {'ratio':>10}")
    mali("pros_20190331", max_days=60, window="prospective", last=date(2019, 3, 31), replicates=9)()
    mali("retro", max_days=90, last=date(2020, 12, 31), replicates=9)()
    maps = 99 if quick else 999
    timed("Mali 2017-20, 588 events, looking back, 90 days", 119 * maps / 999,
          mali("retro", max_days=90, last=date(2020, 12, 31), replicates=maps), check=statistic)  # fmt: skip
    timed("Mali to 31 March 2019, prospective, 60 days", 3.9,
          mali("pros_20190331", max_days=60, window="prospective", last=date(2019, 3, 31)), check=statistic)  # fmt: skip
    cases, places = sahel(2016, {"Mali"}, date(2019, 6, 30))
    timed("one weekly scan, 422 events", 2.7, lambda: scan(cases, places, model="permutation", max_km=150, max_days=60,
          window="prospective", last=date(2019, 6, 30)), check=statistic)  # fmt: skip
    if not quick:
        three, around = sahel(2015, {"Mali", "Burkina Faso", "Niger"}, date(2020, 12, 31))
        timed(f"Mali, Burkina Faso, Niger, {len(three.place)} events, looking back", 671, lambda: scan(three, around,
              model="permutation", max_km=150, max_days=90, last=date(2020, 12, 31)), check=statistic)  # fmt: skip
    with (DATA / "knox_chicago_arson.csv").open(encoding="utf-8") as file:
        arson = list(csv.DictReader(file))
    x, y = (np.array([float(r[k]) for r in arson]) / 1000 for k in ("x_m", "y_m"))
    day = np.array([np.datetime64(r["date"]).astype(int) for r in arson])
    timed("Knox, Chicago arson, 200 m, 1 day", 29.9, lambda: knox(x, y, day, km=(0.2,), days=(1,), plane=True),
          check=lambda f: f"observed {f.cells[0].observed}, expected {f.cells[0].expected:.6f}")  # fmt: skip
    retro = files.read_cases(DATA / "scan_mali_retro.cas.txt")
    known = files.read_places(DATA / "scan_mali_retro.geo.txt")
    at = np.repeat(tables.positions(retro.place, known, "cases"), retro.count.astype(int))
    timed("Knox, Mali, 25 km, 14 days", 38.7, lambda: knox(known.one[at], known.two[at], np.repeat(retro.day, retro.count.astype(int)),
          km=(25,), days=(14,)), check=lambda f: f"observed {f.cells[0].observed}, ratio {f.cells[0].ratio:.2f}")  # fmt: skip
    if not quick:
        growth()
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def growth():
    """Prospective scan and Knox on random events: places are a fifth of the events."""
    for n in (500, 1000, 2000, 4000):
        rng = np.random.default_rng(n)
        at = rng.integers(0, n // 5, n)
        places = Places(
            tuple(map(str, range(n // 5))), 11 + 9 * rng.random(n // 5), -8 + 12 * rng.random(n // 5)
        )
        cases = Cases(tuple(map(str, at)), np.ones(n), 17000 + rng.integers(0, 1000, n), "day")
        timed(f"prospective, {n} random events, {n // 5} places", None, lambda c=cases, p=places: scan(c, p,
              model="permutation", max_km=150, max_days=60, window="prospective"), check=lambda f: f"{f.replicates} maps")  # fmt: skip
        timed(f"Knox, {n} random events, 25 km", None, lambda c=cases, p=places, i=at: knox(p.one[i], p.two[i], c.day,
              km=(25,), days=(14,)), check=lambda f: f"{f.cells[0].near_space} near pairs")  # fmt: skip


if __name__ == "__main__":
    main()
