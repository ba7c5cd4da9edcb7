"""Suppression by size of table: cells, withheld, time, and whether the choice was proven fewest; then the audit.

    python benchmarks/bench_suppression.py

No other program is run: the audit is the attacker's own linear programme over the finished table.
"""

import time

import numpy as np

from constat.analysis.suppression import Table, attack, suppress

SHAPES = ((3, 3), (5, 4), (8, 6), (4, 3, 3), (10, 8))


def main() -> None:
    print("inner cells    with totals  primary  complementary  proven  CPU s   audit: exact, CPU s")
    for shape in SHAPES:
        rng = np.random.default_rng(3)
        counts = rng.negative_binomial(1.0, 0.06, shape)
        labels = tuple(tuple(f"{d}.{i}" for i in range(size)) for d, size in enumerate(shape))
        table = Table(tuple("abc"[: len(shape)]), labels, counts)
        began = time.process_time()
        made = suppress(table, 5, seconds=60.0)
        took = time.process_time() - began
        began = time.process_time()
        bounds = attack([made.as_released()]) or ()
        audit = time.process_time() - began
        print(
            f"{counts.size:>5} {shape!s:<10} {len(table.cells()):>8} {len(made.primary):>8} {len(made.complementary):>13}"
            f"  {'yes' if made.optimal else 'no':>6} {took:>6.1f}   {sum(b.exact for b in bounds):>5} {audit:>6.1f}"
        )


if __name__ == "__main__":
    main()
