"""Forecast scores beside the published baselines, calibration by horizon, and time.

python benchmarks/bench_forecast.py
"""

import csv
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from constat.analysis.forecast import baselines, files, model, rolling, scores  # noqa: E402
from constat.analysis.forecast.panel import Panel  # noqa: E402
from tests.analysis import sahel  # noqa: E402

DATA = ROOT / ".." / "shared" / "data"
TASK = "grid0.5_sahel3_all_best"
PUBLISHED = {
    "zero": "zero", "last": "last_poisson", "bootstrap": "bootstrap_pool12", "conflictology": "conflictology12",
    "conflictology_neighbours": "conflictology12_neigh",
}  # fmt: skip


def skill(panel):
    with (DATA / "fc_baseline_scores_sahel.csv").open(encoding="utf-8") as file:
        known = {(r["window"], r["model"]): r for r in csv.DictReader(file) if r["task"] == TASK}
    print(
        f"{'year':<5} {'forecaster':<26} {'CRPS':>8} {'published':>9} {'IGN':>7} {'MIS':>7}  to the best baseline"
    )
    for year in (2018, 2019, 2020):
        start = (year - sahel.FIRST_YEAR) * 12
        past, truth = panel.until(start - 2), panel.counts[:, start : start + 12].T
        begun = time.process_time()
        ours = model.predict(past, range(3, 15))
        spent = time.process_time() - begun
        spreads = {name: [s] * 12 for name, s in baselines.everyone(past.counts, past.neighbours).items()}
        spreads["model"] = [ours[3 + i] for i in range(12)]
        found = {
            name: [
                np.mean([rule(s, y).mean() for s, y in zip(given, truth, strict=True)])
                for rule in (scores.crps, scores.ignorance, scores.mean_interval_score)
            ]
            for name, given in spreads.items()
        }
        best = min(found[name][0] for name in PUBLISHED)
        for name, (crps, ign, mis) in found.items():
            said = known.get((str(year), PUBLISHED.get(name, "")))
            print(
                f"{year:<5} {name:<26} {crps:8.5f} {said['crps'] if said else '-':>9} {ign:7.4f} {mis:7.3f}  {crps / best:.4f}"
                + (f"  ({spent:.2f} cpu s)" if name == "model" else "")
            )


def calibration(title, panel, horizons, at):
    begun = time.process_time()
    found = rolling.accuracy(panel, horizons, at)
    print(
        f"\n{title}: {len(panel.areas)} areas, {len(at)} past dates, {time.process_time() - begun:.1f} cpu s"
    )
    for a in found:
        ours, best = a.by["model"], a.by[a.best_baseline]
        print(f"  {a.horizon:>2} ahead: {100 * ours.covered_open:5.1f} % of {ours.n_open} inside 90 %; CRPS {ours.crps:.4f}, "
              f"{a.best_baseline} {best.crps:.4f}, skill {100 * a.skill:+.1f} %")  # fmt: skip


def speed():
    import scoringrules

    rng = np.random.default_rng(0)
    draws, y = rng.poisson(3, (5000, 1000)).astype(float), rng.poisson(3, 5000).astype(float)
    times = []
    for rule in (
        lambda: scores.crps(draws, y),
        lambda: scoringrules.crps_ensemble(y, draws),
    ):
        rule()
        begun = time.process_time()
        found = rule()
        times.append((time.process_time() - begun, found))
    (ours, a), (theirs, b) = times
    print(f"\nCRPS of 5,000 x 1,000 draws: ours {ours:.2f} cpu s, scoringrules {theirs:.2f} cpu s, "
          f"ratio {theirs / ours:.2f}, largest difference {np.abs(a - b).max():.1e}")  # fmt: skip


def main():
    cells, counts, _ = sahel.grid()
    periods = tuple(files.label(sahel.FIRST_YEAR * 12 + i, "month") for i in range(counts.shape[1]))
    panel = Panel(counts, tuple(map(str, cells)), periods, "month", sahel.events(), np.array(cells, float))
    skill(panel)
    calibration("months, 0.5 degree", panel, (1, 2, 3), range(27 * 12, 27 * 12 + 58, 4))
    how = files.Asked(
        "week", cell=2.0, where=("country=Mali,Burkina Faso,Niger",), since="2012-01-02", until="2020-12-27"
    )
    weeks = files.read(DATA / "ucdp_ged_sahel.csv", how)
    calibration("weeks, 2 degrees", weeks, range(1, 13), rolling.origins(weeks, 12, number=16, every=12))
    ten = files.read(DATA / "ucdp_weekly_battle_deaths_10.csv", files.Asked("week"))
    calibration("weeks, ten countries", ten, range(1, 13), rolling.origins(ten, 12, number=40, every=13))
    speed()


if __name__ == "__main__":
    main()
