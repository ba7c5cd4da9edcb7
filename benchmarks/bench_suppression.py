"""Suppression: growth with the size of the table; then the same tables through tau-Argus, both audited by one attacker.

    python benchmarks/bench_suppression.py [--seconds 60] [--seeds 2] [--largest 500]
    CONSTAT_ARGUS_PYTHON=/path/to/python python benchmarks/bench_suppression.py

CONSTAT_ARGUS_PYTHON: an interpreter in which `pytauargus` is installed. It is a measuring rod, run as another program, never
part of this one. Without it the comparison is absent, and the last lines say so.

What is asked of both is the same as far as its rules go. OPT is given, cell by cell, our own meaning: the attacker must not be
able to exclude a count of k, nor one below the true count (upper protection k - count, lower protection 1, counts from zero
up, every cell of weight 1, zeros shown). MOD is given the same levels, its rules for cells of one person off. FREQ is its
ordinary rule FREQ(k, 30) with OPT: protection of 30 % of the count, which a count of 3 has when it may be 2 to 4: it asks for
less than ours. All of them are attacked by `constat.analysis.suppression.attack`: `exact` cells can be worked out, `small`
cells are known to hold 1 to k-1, `below` small counts that fail our meaning of protection.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections import defaultdict
from itertools import product
from pathlib import Path

import numpy as np

from constat.analysis.suppression import TOTAL, Released, Table, attack, suppress

SHAPES = (
    (5, 5), (8, 6), (10, 10), (15, 15), (20, 20), (4, 3, 3), (5, 4, 4), (6, 5, 4), (6, 6, 6), (7, 8, 8),
)  # fmt: skip
CHILD_OPT = """
import sys
from pytauargus import _tauargus
code = _tauargus.HiTaSCtrl().full_jj("in.jj", "out.txt", max_time=int(sys.argv[1]), out_dir="./")
sys.exit(0 if code in (0, 1) else 3)
"""
CHILD_BATCH = """
import sys
from pytauargus.engine import run_batch
run_batch("in.arb")
"""


def example(shape, seed):
    counts = np.random.default_rng(seed).negative_binomial(1.0, 0.06, shape)
    labels = tuple(tuple(f"{'abc'[d]}{i:02d}" for i in range(size)) for d, size in enumerate(shape))
    return Table(tuple("ABC"[: len(shape)]), labels, counts)


def audit(table, k, hidden):
    values = {cell: None if cell in hidden else table.value(cell) for cell in table.cells()}
    bounds = attack([Released("r", table.names, values)])
    out = {"cells": len(hidden), "exact": 0, "small": 0, "below": 0}
    for bound in bounds:
        true = table.value(bound.cell)
        high = float("inf") if bound.upper is None else bound.upper
        out["exact"] += bound.exact
        out["small"] += bound.lower >= 1 and high < k
        out["below"] += 0 < true < k and not (bound.lower < true and high >= k)
    return out


# tau-Argus


def run(python, code, folder, *arguments, limit):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        ended = subprocess.run(
            [python, "-c", code, *arguments], cwd=folder, capture_output=True, timeout=limit, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        ended = -1
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def optimal(python, table, k, minutes):
    """(cells withheld, CPU seconds, proven) by OPT with our levels of protection; None where it gave no answer."""
    cells = table.cells()
    place = {cell: at for at, cell in enumerate(cells)}
    most = int(table.counts.sum()) + 1000
    lines = ["0", str(len(cells))]
    for at, cell in enumerate(cells):
        count = table.value(cell)
        if count == 0:
            lines.append(f"{at} 0 1 z 0 0 0 0 0")
        elif count < k:
            lines.append(f"{at} {count} 1 u 0 {most} 1 {k - count} 0")
        else:
            lines.append(f"{at} {count} 1 s 0 {most} 0 0 0")
    sums = []
    for d, own in enumerate(table.labels):
        others = [(TOTAL,) if e == d else (*some, TOTAL) for e, some in enumerate(table.labels)]
        for cell in product(*others):
            parts = " ".join(f"{place[(*cell[:d], one, *cell[d + 1 :])]} (1)" for one in own)
            sums.append(f"0 {len(own) + 1} : {place[cell]} (-1) {parts}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.jj").write_text("\n".join([*lines, str(len(sums)), *sums]) + "\n")
        ended, took = run(python, CHILD_OPT, folder, str(minutes), limit=240 * minutes + 120)
        found, log = folder / "out.txt", folder / "CSPlogfile.txt"
        if ended != 0 or not found.exists():
            return None
        proven = log.exists() and "optimal solution" in log.read_text(errors="replace")
        more = {cells[int(word)] for word in found.read_text().split()}
    return more | {cell for cell in cells if 0 < table.value(cell) < k}, took, proven


def batch(python, table, k, minutes, rule, method):
    """(cells withheld, CPU seconds) of an ordinary batch; None where it gave no answer."""
    rows = []
    for cell in table.cells():
        count = table.value(cell)
        low = 0 < count < k
        rows.append(
            (
                *("T" if c == TOTAL else c for c in cell),
                count,
                count,
                "U" if low else "S",
                int(low),
                k - count if low else 0,
                1,
            )
        )
    names = "".join(f'"{name}"' for name in table.names)
    meta = ['<SEPARATOR> ";"', "<SAFE> S", "<UNSAFE> U", "<PROTECT> P"]
    for name in table.names:
        meta += [name, "<RECODEABLE>", "<TOTCODE> T"]
    for name, words in (
        ("V", "<NUMERIC>"), ("F", "<FREQUENCY>"), ("S", "<STATUS>"), ("L", "<NUMERIC> <LOWERPL>"),
        ("U", "<NUMERIC> <UPPERPL>"), ("K", "<NUMERIC> <COSTVAR>"),
    ):  # fmt: skip
        meta += [name, words, *(["<DECIMALS> 0"] if "NUMERIC" in words else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "t.tab").write_text("\n".join(";".join(str(one) for one in row) for row in rows) + "\n")
        (folder / "t.rda").write_text("\n".join(meta) + "\n")
        (folder / "in.arb").write_text(
            f'<OPENTABLEDATA> "t.tab"\n<OPENMETADATA> "t.rda"\n<SPECIFYTABLE> {names}|"V"||"K"\n<SAFETYRULE> {rule}\n'
            f'<READTABLE> 1\n<SUPPRESS> {method}\n<WRITETABLE> (1,3,,"out.csv")\n'
        )
        ended, took = run(python, CHILD_BATCH, folder, limit=240 * minutes + 120)
        out = folder / "out.csv"
        if ended != 0 or not out.exists():
            return None
        hidden = set()
        for text in out.read_text().splitlines():
            *cell, value = (word.strip().strip('"') for word in text.split(","))
            if value == "x":
                hidden.add(tuple(TOTAL if c == "T" else c for c in cell))
    return hidden, took


# Tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of the clock, ours")
    parser.add_argument("--argus-seconds", type=float, default=60.0, help="of the CPU, in whole minutes")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--largest", type=int, default=500, help="inner cells")
    parser.add_argument("--smallest", type=int, default=0, help="inner cells")
    parser.add_argument("--rules", nargs="+", default=["opt", "mod", "freq"], choices=["opt", "mod", "freq"])
    parser.add_argument("--json", metavar="FILE", help="every row, to be read by a program")
    options = parser.parse_args()
    python = os.environ.get("CONSTAT_ARGUS_PYTHON")
    shapes = [shape for shape in SHAPES if options.smallest <= np.prod(shape) <= options.largest]
    minutes = max(1, round(options.argus_seconds / 60))
    kept = []
    print(
        f"Ours: {options.seconds:.0f} s a table. withheld = primary + complementary; 'at most N more' where not proven.\n"
    )
    print(f"{'table':<22}{'k':>3}{'primary':>9}{'ours':>6}{'proven':>16}{'CPU s':>7}{'OPT':>6}{'proven':>7}{'CPU s':>7}{'MOD':>6}{'FREQ':>6}"
          "   exact/small/below: ours  OPT  MOD  FREQ")  # fmt: skip
    for shape, k, seed in product(shapes, (3, 5, 10), range(1, options.seeds + 1)):
        table = example(shape, seed)
        began = time.process_time()
        made = suppress(table, k, seconds=options.seconds)
        took = time.process_time() - began
        hidden = {cell for cell, value in made.values.items() if value is None}
        row = {
            "shape": list(shape), "k": k, "seed": seed, "primary": len(made.primary), "ours": audit(table, k, hidden),
            "proven": made.optimal, "more": made.at_most_too_many, "seconds": took,
        }  # fmt: skip
        others = {"opt": None, "mod": None, "freq": None}
        if python and "opt" in options.rules:
            others["opt"] = optimal(python, table, k, minutes)
        if python and "mod" in options.rules:
            others["mod"] = batch(python, table, k, minutes, "", f"MOD(1,{minutes},0,0,0)")
        if python and "freq" in options.rules:
            others["freq"] = batch(python, table, k, minutes, f"FREQ({k},30)", f"OPT(1,{minutes})")
        for name, found in others.items():
            row[name] = None if found is None else audit(table, k, found[0]) | {"seconds": found[1]}
        row["opt_proven"] = bool(others["opt"] and others["opt"][2])
        kept.append(row)

        def many(name, row=row):
            return row[name]["cells"] if row[name] else "-"

        def told(name, row=row):
            return (
                "/".join(str(row[name][word]) for word in ("exact", "small", "below")) if row[name] else "-"
            )

        print(f"{int(np.prod(shape)):>4} {'x'.join(map(str, shape)):<9} seed {seed:<2}{k:>3}{row['primary']:>9}{many('ours'):>6}"
              f"{'yes' if made.optimal else f'at most {made.at_most_too_many} more':>16}{took:>7.1f}{many('opt'):>6}"
              f"{('yes' if row['opt_proven'] else 'no') if row['opt'] else '-':>7}{row['opt']['seconds'] if row['opt'] else 0:>7.1f}{many('mod'):>6}{many('freq'):>6}"
              f"   {told('ours')}  {told('opt')}  {told('mod')}  {told('freq')}", flush=True)  # fmt: skip
        if options.json:
            Path(options.json).write_text(json.dumps(kept))
    summary(kept, python)


def summary(kept, python) -> None:
    print("\nGrowth: median CPU s and share proven fewest, by inner cells")
    grown = defaultdict(list)
    for row in kept:
        grown[(int(np.prod(row["shape"])), len(row["shape"]))].append(row)
    for (size, ways), rows in sorted(grown.items(), key=lambda one: (one[0][1], one[0][0])):
        proven = sum(row["proven"] for row in rows)
        print(f"  {ways}-way {size:>4} cells: {np.median([row['seconds'] for row in rows]):>6.1f} s, {proven} of {len(rows)} proven, "
              f"at most {max(row['more'] for row in rows)} more than the fewest")  # fmt: skip
    print(
        f"  our cells that fail the audit: {sum(row['ours']['below'] + row['ours']['exact'] for row in kept)}"
    )
    if not python:
        print(
            "\nNOT COMPARED WITH TAU-ARGUS: set CONSTAT_ARGUS_PYTHON to an interpreter that has pytauargus."
        )
        return
    print("\nAgainst tau-Argus (cells withheld, same tables)")
    for name in ("opt", "mod", "freq"):
        both = [row for row in kept if row[name]]
        if not both:
            print(f"  {name.upper()}: no answer on any table")
            continue
        ours, its = (sum(row[who]["cells"] for row in both) for who in ("ours", name))
        ratios = [row["ours"]["cells"] / row[name]["cells"] for row in both if row[name]["cells"]]
        print(f"  {name.upper():<5}{len(both)} of {len(kept)} tables answered: ours {ours}, its {its}; ratio {ours / max(its, 1):.3f}, worst table {max(ratios, default=1):.3f}; "
              f"median CPU s ours {np.median([row['seconds'] for row in both]):.1f}, its {np.median([row[name]['seconds'] for row in both]):.1f}; "
              f"of its cells {sum(row[name]['exact'] for row in both)} can be worked out, {sum(row[name]['small'] for row in both)} are known to be small, "
              f"{sum(row[name]['below'] for row in both)} small counts are not protected as ours are")  # fmt: skip


if __name__ == "__main__":
    main()
