"""Linkage against known answers: precision, recall, F1, calibration, seconds of CPU and of the clock, memory.

    python benchmarks/bench_linkage.py [sets] [incidents] [persons N]

sets        febrl4, RLdata10000, historical_50k, beside what Splink's own tutorial settings reached on them (two cores, one run)
incidents   made from UCDP GED of the Central African Republic, five seeds, with and without columns of precision
persons N   N made records (1000000 for the figure that is asked for)
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.linkage_data import incidents, persons, write
from constat.analysis.linkage.incident import link_incidents
from constat.analysis.linkage.link import link_persons
from constat.analysis.linkage.result import Linkage

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
# name -> (files, column of truth, F1 of clusters or pairs by Splink 5.0.0)
SETS = {
    "febrl4": (("rl_febrl4a.csv", "rl_febrl4b.csv"), "rec_id", 0.9995),
    "RLdata10000": (("rl_RLdata10000.csv",), "true_id", 0.968),
    "historical_50k": (("rl_historical_50k.parquet",), "cluster", 0.828),
}


def show(name: str, run: Callable[[], Linkage], reference: float | None = None) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    score, calibration = found.score, found.calibration
    assert score is not None and calibration is not None
    beside = f"{reference:.3f} x{(score.f1 or 0) / reference:.3f}" if reference else "-"
    print(
        f"{name:<24} {found.n:>8} {score.precision or 0:>7.4f} {score.recall or 0:>7.4f} {score.f1 or 0:>7.4f} {beside:>14} "
        f"{calibration.error:>8.5f} {wall:>7.1f} {cpu:>7.1f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:>6.2f}",
        flush=True,
    )


def main(words: list[str]) -> None:
    print(
        f"{'':<24} {'records':>8} {'P':>7} {'R':>7} {'F1':>7} {'Splink, ratio':>14} {'calibr.':>8} {'wall s':>7} {'CPU s':>7} {'GB':>6}"
    )
    if not words or "sets" in words:
        for name, (files, truth, reference) in SETS.items():
            paths = [DATA / file for file in files]
            show(name, lambda paths=paths, truth=truth: link_persons(paths, truth_column=truth), reference)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.csv"
        if not words or "incidents" in words:
            for precision in (True, False):
                for seed in range(1, 6):
                    write(incidents(DATA / "ucdp_ged_v231_car.csv", seed, precision=precision), made)
                    name = f"incidents {seed}{'' if precision else ', no precision'}"
                    show(name, lambda: link_incidents([made], truth_column="truth"))
        if "persons" in words:
            write(persons(int(words[words.index("persons") + 1]), 1), made)
            show("made persons", lambda: link_persons([made], truth_column="truth", pairs=100))


if __name__ == "__main__":
    main(sys.argv[1:])
