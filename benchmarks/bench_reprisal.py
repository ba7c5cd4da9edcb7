"""The likelihood of an exciting process: ours, compiled, one pass, beside the plain NumPy sum over all pairs; growth with n.

python benchmarks/bench_reprisal.py
"""

import time

import numpy as np

from constat.analysis.reprisal import kernel
from constat.analysis.reprisal.hawkes import hawkes, simulate


def plain(times, end, mu, alpha, beta):
    """Log-likelihood by its definition: every pair of events."""
    lag = times[:, None] - times[None, :]
    rate = mu + alpha * beta * np.where(lag > 0, np.exp(-beta * np.abs(lag)), 0.0).sum(axis=1)
    return float(np.log(rate).sum() - mu * end - alpha * (1 - np.exp(-beta * (end - times))).sum())


def ours(times, end, mu, alpha, beta):
    zero = np.zeros(times.size, np.int64)
    out, reach = np.empty((times.size, 1)), np.empty(1)
    kernel.memory(times, zero, zero, end, 0, False, beta, out, reach)
    return kernel.value(np.array([mu, alpha]), out, zero, np.array([end]), reach, 1)


def timed(call, *words):
    call(*words)
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        found = call(*words)
        best = min(best, time.perf_counter() - start)
    return found, best


def main():
    print(
        f"{'events':>7} {'plain s':>9} {'ours s':>9} {'ratio':>8}  difference     whole fit s (p from 99 sets)"
    )
    for end in (200.0, 1000.0, 5000.0):
        times, _ = simulate(np.array([0.7]), np.array([[0.3]]), 1.0, end, seed=1)
        slow, a = timed(plain, times, end, 0.7, 0.3, 1.0)
        fast, b = timed(ours, times, end, 0.7, 0.3, 1.0)
        start = time.perf_counter()
        hawkes(times, end=end, daily=False, replicates=99)
        fit = time.perf_counter() - start
        print(f"{times.size:7d} {a:9.4f} {b:9.6f} {a / b:7.0f}x  {abs(slow - fast):.1e}      {fit:8.2f}")


if __name__ == "__main__":
    main()
