"""Calls the compiled kernels: best windows of the data, best statistics of chance maps, on as many threads as asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constat.analysis.clusters.problem import Problem
from constat.analysis.clusters.tables import Circles, Floats, Ints

BLOCK = 64


class Engine:
    """Calls the compiled kernels with the arrays of one problem. Imported late: numba takes a second to load."""

    def __init__(
        self, problem: Problem, rounds: Circles, ends_now: bool, width: int, least: int, seed: int, threads: int
    ) -> None:  # fmt: skip
        from constat.analysis.clusters import kernels

        self.kernels: Any = kernels
        self.problem, self.rounds = problem, rounds
        self.ends_now, self.width, self.least = ends_now, width, least
        self.seed, self.threads = seed, threads
        self.rank: NDArray[np.int32] = np.zeros((0, 0), np.int32)
        self.weight: Floats = np.empty(0)
        if ends_now and problem.permute:
            self.rank, self.weight = self._rings()

    def _rings(self) -> tuple[NDArray[np.int32], Floats]:
        """For each centre and place the ring that closes over it, and the share of cases inside each ring."""
        r, share = self.rounds, self.problem.share
        centres = r.ptr.size - 1
        rank, weight = np.full((centres, centres), -1, np.int32), np.zeros(r.near.size)
        for centre in range(centres):
            start, stop = int(r.ptr[centre]), int(r.ptr[centre + 1])
            ends = np.flatnonzero(r.closed[start:stop])
            rank[centre, r.near[start:stop]] = start + ends[np.searchsorted(ends, np.arange(stop - start))]
            weight[start:stop] = np.cumsum(share[r.near[start:stop]])
        return rank, weight

    def best(self, taken: NDArray[np.bool_], centres: Ints | None = None) -> tuple[Floats, Ints]:
        """Best window of each centre that touches none of its taken steps: (ratio, cases, expected), (rings, from, to).

        centres: only these are walked; the others keep a ratio of 0.
        """
        p, r = self.problem, self.rounds
        n = r.ptr.size - 1
        best, where = np.zeros((n, 3)), np.zeros((n, 3), np.int64)
        self.kernels.scan(
            p.kind, self.ends_now, self.width, self.least, p.total, p.whole, np.arange(n) if centres is None else centres,
            r.ptr, r.near, r.closed, p.ptr, p.time, p.count, p.separable, p.share, p.elapsed, p.field, taken,
            np.empty(0), best, where,
        )  # fmt: skip
        return best, where

    def null(self, replicates: int, progress: Callable[[int, int], None] | None, start: int = 0) -> Floats:
        """The best statistic of chance maps number start and on; the same numbers whatever the threads."""
        out = np.empty(replicates)
        blocks = [(start + at, out[at : at + BLOCK]) for at in range(0, replicates, BLOCK)]
        run = self._permuted if self.problem.permute else self._drawn
        done = 0
        with ThreadPoolExecutor(max(self.threads, 1)) as pool:
            for count in pool.map(lambda block: run(*block), blocks):
                done += count
                if progress is not None:
                    progress(done, replicates)
        return out

    def _permuted(self, start: int, out: Floats) -> int:
        p, r = self.problem, self.rounds
        self.kernels.permuted(
            self.seed, start, self.ends_now, self.width, self.least, r.ptr, r.near, r.closed,
            p.ptr, p.time, p.share, p.elapsed, self.rank, self.weight, out,
        )  # fmt: skip
        return out.size

    def _drawn(self, start: int, out: Floats) -> int:
        p, r = self.problem, self.rounds
        self.kernels.drawn(
            p.kind, self.seed, start, self.ends_now, self.width, self.least, p.total, p.whole,
            r.ptr, r.near, r.closed, p.ptr.size - 1, p.cells, p.separable, p.share, p.elapsed, p.field, out,
        )  # fmt: skip
        return out.size
