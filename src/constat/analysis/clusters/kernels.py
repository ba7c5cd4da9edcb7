"""The compiled heart of the scan: every maximal cylinder of every centre, for the data and for each replicate.

What makes it fast, and why it is exact:

- A cylinder that can be the best one starts and ends on a day with a case inside its circle, and its circle ends on a
  place that brought a case of its time window: any other cylinder holds the same cases and expects more.
- For a given number of cases the ratio falls as the expected number grows. So a replicate needs no logarithm inside its
  loops: it keeps, for each number of cases, the least expected number met; the best of some hundred ratios follows.

Random numbers are splitmix64 seeded by (seed, replicate): the same answer on one thread or two, here and elsewhere.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

GAMMA = np.uint64(0x9E3779B97F4A7C15)
MIX1 = np.uint64(0xBF58476D1CE4E5B9)
MIX2 = np.uint64(0x94D049BB133111EB)


def _compiled(function: Callable[..., Any]) -> Any:
    """Compiled once and kept on disk; where no folder can be written, compiled again at each start."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


def _random_plain(state: Any) -> Any:
    """Next number in [0, 1) of a one-cell uint64 state (Steele, Lea, Flood 2014)."""
    state[0] += GAMMA
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * MIX1
    z = (z ^ (z >> np.uint64(27))) * MIX2
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


random = _compiled(_random_plain)


def _seeded_plain(state: Any, seed: Any, replicate: Any) -> None:
    state[0] = np.uint64(seed) * GAMMA ^ (np.uint64(replicate + 1) * MIX1)
    random(state)
    random(state)


seeded = _compiled(_seeded_plain)


def _ratio_plain(kind: Any, c: Any, mu: Any, total: Any, whole: Any) -> Any:
    """Log likelihood ratio of c cases where mu are expected; 0 unless more than expected.

    kind 0: total fixed (Poisson, permutation): mu in cases, sums to `total`. kind 1: Bernoulli, mu is the number of
    individuals of `whole`. kind 2: expectation-based Poisson, mu known beforehand.
    """
    if c <= 0.0:
        return 0.0
    if kind == 0:
        if c <= mu or mu <= 0.0:
            return 0.0
        value = c * np.log(c / mu)
        if c < total:
            value += (total - c) * np.log((total - c) / (total - mu))
        return value
    if kind == 2:
        if c <= mu or mu <= 0.0:
            return 0.0
        return c * np.log(c / mu) + mu - c
    if mu <= 0.0 or c / mu <= total / whole:
        return 0.0
    inside = c / mu
    value = c * np.log(inside)
    if c < mu:
        value += (mu - c) * np.log(1.0 - inside)
    out = whole - mu
    if out > 0.0:
        outside = (total - c) / out
        if total > c:
            value += (total - c) * np.log(outside)
        if outside < 1.0:
            value += (out - (total - c)) * np.log(1.0 - outside)
    rate = total / whole
    value -= total * np.log(rate)
    if rate < 1.0:
        value -= (whole - total) * np.log(1.0 - rate)
    return value


ratio = _compiled(_ratio_plain)


def _scan_plain(
    kind: Any, ends_now: Any, width: Any, least: Any, total: Any, whole: Any,
    centres: Any, near_ptr: Any, near: Any, closed: Any,
    case_ptr: Any, case_time: Any, case_count: Any,
    separable: Any, share: Any, elapsed: Any, field: Any, taken: Any,
    lowest: Any, best: Any, best_int: Any,
) -> None:  # fmt: skip
    """Walk all cylinders once.

    centres: which of them to walk. near_ptr (centres+1), near (places by distance), closed (bool: the circle may end here; False between ties).
    case_ptr (places+1), case_time, case_count: where and in which step the cases are.
    Expected of places Z and steps s..e: separable -> sum(share[Z]) * (elapsed[e+1] - elapsed[s]); otherwise the sum of
    field[z, e+1] - field[z, s].
    taken (centres, steps; or empty): steps no window of that centre may touch (those of its better windows).
    lowest (int total + 1 cells) not empty -> replicate mode: least expected by number of cases, updated in place.
    Otherwise best (centres, 3: ratio, cases, expected) and best_int (centres, 3: rings, first step, last step).
    """
    steps = elapsed.size - 1
    counts = np.zeros(steps)
    is_new = np.zeros(steps, np.bool_)
    fresh = np.empty(steps, np.int64)
    touched = np.empty(steps, np.int64)
    zone = np.zeros(steps + 1)
    left_time = np.empty(width, np.int64)
    left_sum = np.empty(width)
    replicate = lowest.size > 0
    begin = max(steps - width, 0) if ends_now else 0
    fenced = taken.size > 0
    fence = np.zeros(steps, np.bool_)
    for centre in centres:
        n_touched = 0
        n_fresh = 0
        weight = 0.0
        if not separable:
            zone[:] = 0.0
        top = 0.0
        if fenced:
            fence[:] = taken[centre]
        for at in range(near_ptr[centre], near_ptr[centre + 1]):
            place = near[at]
            if separable:
                weight += share[place]
            else:
                for t in range(begin, steps + 1):
                    zone[t] += field[place, t]
            for k in range(case_ptr[place], case_ptr[place + 1]):
                t = case_time[k]
                if counts[t] == 0.0:
                    touched[n_touched] = t
                    n_touched += 1
                counts[t] += case_count[k]
                if not is_new[t]:
                    is_new[t] = True
                    fresh[n_fresh] = t
                    n_fresh += 1
            if not closed[at] or n_fresh == 0:
                continue
            if ends_now:
                newest = -1
                for k in range(n_fresh):
                    newest = max(newest, fresh[k])
                    is_new[fresh[k]] = False
                n_fresh = 0
                if newest < steps - width:
                    continue
                c = 0.0
                for s in range(steps - 1, max(steps - width, 0) - 1, -1):
                    if fence[s]:
                        break
                    if counts[s] == 0.0:
                        continue
                    c += counts[s]
                    if s > newest or c < least:
                        continue
                    mu = weight * (elapsed[steps] - elapsed[s]) if separable else zone[steps] - zone[s]
                    if replicate:
                        if mu < lowest[int(c)]:
                            lowest[int(c)] = mu
                    else:
                        value = ratio(kind, c, mu, total, whole)
                        if value > top:
                            top = value
                            best[centre, 0] = value
                            best[centre, 1] = c
                            best[centre, 2] = mu
                            best_int[centre, 0] = at - near_ptr[centre] + 1
                            best_int[centre, 1] = s
                            best_int[centre, 2] = steps - 1
                continue
            for k in range(n_fresh):
                is_new[fresh[k]] = False
            for k in range(n_fresh):
                t = fresh[k]
                if fence[t]:
                    continue
                n_left = 0
                c = 0.0
                for s in range(t, max(t - width, -1), -1):
                    if fence[s]:
                        break
                    if counts[s] > 0.0:
                        if s < t:
                            c += counts[s]
                        left_time[n_left] = s
                        left_sum[n_left] = c
                        n_left += 1
                c = 0.0
                for e in range(t, min(t + width, steps)):
                    if fence[e]:
                        break
                    if counts[e] == 0.0:
                        continue
                    c += counts[e]
                    for j in range(n_left):
                        s = left_time[j]
                        if e - s >= width:
                            break
                        inside = c + left_sum[j]
                        if inside < least:
                            continue
                        mu = weight * (elapsed[e + 1] - elapsed[s]) if separable else zone[e + 1] - zone[s]
                        if replicate:
                            if mu < lowest[int(inside)]:
                                lowest[int(inside)] = mu
                        else:
                            value = ratio(kind, inside, mu, total, whole)
                            if value > top:
                                top = value
                                best[centre, 0] = value
                                best[centre, 1] = inside
                                best[centre, 2] = mu
                                best_int[centre, 0] = at - near_ptr[centre] + 1
                                best_int[centre, 1] = s
                                best_int[centre, 2] = e
            n_fresh = 0
        for k in range(n_fresh):
            is_new[fresh[k]] = False
        for k in range(n_touched):
            counts[touched[k]] = 0.0


scan = _compiled(_scan_plain)


def _highest_plain(kind: Any, lowest: Any, least: Any, total: Any, whole: Any) -> Any:
    top = 0.0
    for c in range(least, lowest.size):
        if lowest[c] < np.inf:
            top = max(top, ratio(kind, float(c), lowest[c], total, whole))
    return top


highest = _compiled(_highest_plain)


def _late_plain(
    rank: Any, weight: Any, elapsed: Any, place: Any, time: Any, m: Any, least: Any, lowest: Any
) -> None:
    """Windows that still go on, in replicate mode: only the m late cases (place, time) can be inside one.

    rank (centres, places): index into weight of the ring that closes over the place, -1 outside; weight: share of all cases
    of the study inside that ring. Few cases are late, so each centre sorts its own instead of walking all its places.
    """
    steps = elapsed.size - 1
    ring = np.empty(m, np.int64)
    when = np.empty(m, np.int64)
    seen = np.empty(m, np.int64)
    for centre in range(rank.shape[0]):
        n = 0
        for j in range(m):
            r = rank[centre, place[j]]
            if r < 0:
                continue
            k = n
            while k > 0 and ring[k - 1] > r:
                ring[k] = ring[k - 1]
                when[k] = when[k - 1]
                k -= 1
            ring[k] = r
            when[k] = time[j]
            n += 1
        for j in range(n):
            t = when[j]
            k = j
            while k > 0 and seen[k - 1] < t:
                seen[k] = seen[k - 1]
                k -= 1
            seen[k] = t
            if j + 1 < n and ring[j + 1] == ring[j]:
                continue
            for k in range(least - 1, j + 1):
                if k < j and seen[k + 1] == seen[k]:
                    continue
                mu = weight[ring[j]] * (elapsed[steps] - elapsed[seen[k]])
                if mu < lowest[k + 1]:
                    lowest[k + 1] = mu


late = _compiled(_late_plain)


def _permuted_plain(
    seed: Any, first: Any, ends_now: Any, width: Any, least: Any,
    near_ptr: Any, near: Any, closed: Any, case_ptr: Any, case_time: Any, share: Any, elapsed: Any,
    rank: Any, weight: Any, out: Any,
) -> None:  # fmt: skip
    """Permutation model: the times of the cases are shuffled over their places. out[i]: best ratio of replicate first+i.

    rank, weight: as in `late`, used where windows end now.
    """
    n = case_time.size
    one = np.ones(n)
    times = case_time.copy()
    recent = elapsed.size - 1 - width
    late_time = np.empty(n, np.int64)
    late_place = np.empty(n, np.int64)
    state = np.zeros(1, np.uint64)
    lowest = np.empty(n + 1)
    nothing = np.zeros((1, 1))
    every = np.arange(near_ptr.size - 1)
    none = np.zeros((1, 1), np.int64)
    free = np.zeros((0, 0), np.bool_)
    for i in range(out.size):
        seeded(state, seed, first + i)
        times[:] = case_time
        for k in range(n - 1, 0, -1):
            j = int(random(state) * (k + 1))
            times[k], times[j] = times[j], times[k]
        lowest[:] = np.inf
        if ends_now:
            m = 0
            for place in range(case_ptr.size - 1):
                for k in range(case_ptr[place], case_ptr[place + 1]):
                    if times[k] >= recent:
                        late_time[m] = times[k]
                        late_place[m] = place
                        m += 1
            late(rank, weight, elapsed, late_place, late_time, m, least, lowest)
        else:
            scan(0, ends_now, width, least, float(n), 0.0, every, near_ptr, near, closed, case_ptr, times, one,
                 True, share, elapsed, nothing, free, lowest, nothing, none)  # fmt: skip
        out[i] = highest(0, lowest, least, float(n), 0.0)


permuted = _compiled(_permuted_plain)


def _drawn_plain(
    kind: Any, seed: Any, first: Any, ends_now: Any, width: Any, least: Any, total: Any, whole: Any,
    near_ptr: Any, near: Any, closed: Any, places: Any,
    cell_upto: Any, separable: Any, share: Any, elapsed: Any, field: Any, out: Any,
) -> None:  # fmt: skip
    """Poisson (kind 0), Bernoulli (1), expectation-based Poisson (2): cases drawn over the cells (place, step).

    cell_upto: running sum, place-major, of the expected number (0, 2) or of the individuals (1) in each cell.
    """
    steps = elapsed.size - 1
    cells = cell_upto.size
    recent = steps - width if ends_now else 0
    state = np.zeros(1, np.uint64)
    drawn = np.zeros(cells)
    n = round(total)
    taken = np.zeros(int(whole) if kind == 1 else 1, np.bool_)
    picked = np.empty(n if kind == 1 else 1, np.int64)
    ptr = np.zeros(places + 1, np.int64)
    time = np.empty(cells, np.int64)
    count = np.empty(cells)
    nothing = np.zeros((1, 1))
    every = np.arange(near_ptr.size - 1)
    none = np.zeros((1, 1), np.int64)
    free = np.zeros((0, 0), np.bool_)
    # A replicate of the expectation-based model has its own total; 4 times the expected plus a margin is never met.
    room = n + 1 if kind != 2 else int(4 * whole) + 1000
    lowest = np.empty(room)
    for i in range(out.size):
        seeded(state, seed, first + i)
        drawn[:] = 0.0
        if kind == 1:
            for k in range(n):
                who = int(random(state) * whole)
                while taken[who]:
                    who = int(random(state) * whole)
                taken[who] = True
                picked[k] = who
                drawn[np.searchsorted(cell_upto, float(who), side="right")] += 1.0
            for k in range(n):
                taken[picked[k]] = False
        else:
            m = n
            if kind == 2:
                # A Poisson total, by counting exponential gaps, then spread over the cells: the same law as cell by cell.
                m = -1
                gone = 0.0
                while gone < whole:
                    gone -= np.log(1.0 - random(state))
                    m += 1
            for _ in range(m):
                cell = np.searchsorted(cell_upto, random(state) * cell_upto[cells - 1], side="right")
                drawn[min(cell, cells - 1)] += 1.0
        k = 0
        for place in range(places):
            for t in range(recent, steps):
                value = drawn[place * steps + t]
                if value > 0.0:
                    time[k] = t
                    count[k] = value
                    k += 1
            ptr[place + 1] = k
        lowest[:] = np.inf
        scan(kind, ends_now, width, least, total, whole, every, near_ptr, near, closed, ptr, time, count,
             separable, share, elapsed, field, free, lowest, nothing, none)  # fmt: skip
        out[i] = highest(kind, lowest, least, total, whole)


drawn = _compiled(_drawn_plain)
