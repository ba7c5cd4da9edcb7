"""Undercount against the reference programs' recorded answers: figures side by side, and rounds of the sampler per second.

    python benchmarks/bench_undercount.py [FOLDER OF DATA]

The references were run apart (LCMCR 0.4.14, dga 2.0.2, SparseMSE 2.0.1); their answers and times stand in the folder of data
and in the table below. Ours run here, one thread for the rounds per second.
"""

import csv
import sys
import time
from pathlib import Path

import numpy as np

from constat.analysis.undercount import Lists, read_lists
from constat.analysis.undercount.graphs import graph_average
from constat.analysis.undercount.latentclass import Plan, _Walk
from constat.analysis.undercount.sparse import sparse

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
# rounds a second of LCMCR, one core, alone on the machine
LCMCR_SPEED = {"kosovo_4lists": 49_000, "colombia_recruit_men1999_R1": 7_000}
DGA_SECONDS, BOOT_SECONDS = 0.12, 43.2  # Kosovo; 100 bootstrap draws on ukdat_5


def lists_of(data: Path, name: str) -> Lists:
    return next(iter(read_lists(data / f"mse_{name}.csv").values()))


def speed(lists: Lists, sticks: int, turns: int) -> float:
    """Rounds per CPU second of plain Gibbs, one chain."""
    walk = _Walk(lists, np.random.default_rng(1), sticks, (0.25, 0.25), Plan(1, 0, turns, 1, 10, slides=0))
    walk.go(200)
    began = time.process_time()
    walk.go(turns)
    return turns / (time.process_time() - began)


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    print("rounds per CPU second      ours  LCMCR  ratio")
    for name, sticks, turns in (("kosovo_4lists", 10, 60_000), ("colombia_recruit_men1999_R1", 15, 20_000)):
        ours = speed(lists_of(data, name), sticks, turns)
        print(f"{name[:22]:<22} {ours:>9,.0f} {LCMCR_SPEED[name]:>6,} {ours / LCMCR_SPEED[name]:>6.1f}")
    found = graph_average(lists_of(data, "kosovo_4lists"))
    print(
        f"\ndga kosovo   {found.quantiles}  {found.seconds:.2f} s (dga 2.0.2: {DGA_SECONDS} s, 12595, 9827-16544)"
    )
    print("\nsparse           ours                            SparseMSE 2.0.1")
    with (data / "mse_expected_other_reference.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["method"] != "SparseMSE 2.0.1 stepwise p<0.02":
                continue
            made = sparse(lists_of(data, row["dataset"]), boots=0)
            ours_q = made.quantiles or {}
            print(
                f"{row['dataset']:<10} {ours_q['0.5']:>10.1f} ({ours_q['0.025']:.1f}-{ours_q['0.975']:.1f})"
                f"   {row['point']} ({row['lo95']}-{row['hi95']})"
            )
    began = time.process_time()
    made = sparse(lists_of(data, "ukdat_5"), boots=1000)
    took = time.process_time() - began
    print(
        f"\nBCa, 1,000 draws, ukdat_5: {made.quantiles}  {took:.1f} CPU s; SparseMSE 100 draws: {BOOT_SECONDS} s, "
        f"9566-15478; ratio per draw {BOOT_SECONDS * 10 / took:.0f}"
    )


if __name__ == "__main__":
    main()
