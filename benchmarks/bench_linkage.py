"""Linkage against known answers: precision, recall, F1, calibration, seconds of CPU and of the clock, memory.

    python benchmarks/bench_linkage.py [sets] [incidents] [seeds FROM TO] [parts] [persons N ...]

sets        febrl4, RLdata10000, historical_50k, beside what Splink's own tutorial settings reached on them (two cores, one run)
incidents   made from UCDP GED of the Central African Republic, five seeds, with and without columns of precision
seeds       the same for every seed from FROM up to TO: the spread of precision, recall and F1
parts       the same where sources tell one incident in five in two records, by what is allowed within a source
persons N   N made records, several numbers for how time and memory grow; 10000 100000 1000000 unless said
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.linkage_data import incidents, persons, write
from constat.analysis.linkage.incident import link_incidents
from constat.analysis.linkage.link import link_persons
from constat.analysis.linkage.result import Linkage

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CAR = DATA / "ucdp_ged_v231_car.csv"
GROWTH = (10_000, 100_000, 1_000_000)
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
        f"{name:<28} {found.n:>8} {score.precision or 0:>7.4f} {score.recall or 0:>7.4f} {score.f1 or 0:>7.4f} {beside:>14} "
        f"{calibration.error:>8.5f} {wall:>7.1f} {cpu:>7.1f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:>6.2f}",
        flush=True,
    )


def spread(first: int, end: int, made: Path) -> None:
    for precision in (True, False):
        scores = []
        for seed in range(first, end):
            write(incidents(CAR, seed, precision=precision), made)
            score = link_incidents([made], truth_column="truth").score
            assert score is not None
            scores.append((score.precision or 0, score.recall or 0, score.f1 or 0))
        print(
            f"seeds {first} to {end - 1}, {'with' if precision else 'without'} columns of precision: least, a tenth, half, nine tenths, most"
        )
        for name, values in zip(("precision", "recall", "F1"), np.array(scores).T, strict=True):
            print(
                f"    {name:<10}"
                + " ".join(f"{one:.4f}" for one in np.quantile(values, (0, 0.1, 0.5, 0.9, 1))),
                flush=True,
            )


def main(words: list[str]) -> None:
    print(
        f"{'':<28} {'records':>8} {'P':>7} {'R':>7} {'F1':>7} {'Splink, ratio':>14} {'calibr.':>8} {'wall s':>7} {'CPU s':>7} {'GB':>6}"
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
                    write(incidents(CAR, seed, precision=precision), made)
                    name = f"incidents {seed}{'' if precision else ', no precision'}"
                    show(name, lambda: link_incidents([made], truth_column="truth"))
        if "parts" in words:
            for share in (0.0, 0.2):
                for seed in range(1, 4):
                    write(incidents(CAR, seed, parts=share), made)
                    for how in ("never", "parts", "allowed"):
                        name = f"{share:.0%} in parts, {seed}, {how}"
                        show(name, lambda how=how: link_incidents([made], truth_column="truth", within=how))
        if "seeds" in words:
            spread(*(int(one) for one in words[words.index("seeds") + 1 :][:2]), made)
        if "persons" in words:
            for n in [int(one) for one in words if one.isdigit() and "seeds" not in words] or GROWTH:
                write(persons(n, 1), made)
                show("made persons", lambda: link_persons([made], truth_column="truth", pairs=100))


if __name__ == "__main__":
    main(sys.argv[1:])
