"""The likelihood of an exciting process with exponential memory, compiled. Imported only by `hawkes`: it loads numba.

The rate of the watched kind is linear in what is sought: background of its stretch plus, for each kind j, `alpha[j]` times the
memory of past events of that kind. For one speed of forgetting the likelihood is concave, so that one Newton ascent with
bounds finds its top; speeds are tried on a grid and refined. One pass over the events per speed: memory is a running sum.
"""

from math import exp, log

import numba
import numpy as np

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")
STEPS = 60
CLOSE = 1e-9
GOLDEN = 0.6180339887498949


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def memory(time, kind, group, end, watched, daily, beta, out, reach):  # type: ignore[no-untyped-def]
    """out[m, j]: memory of kind j at the m-th watched event; reach[j]: its integral up to the end, per unit of alpha.

    Events in order of (group, time); events at the same time do not excite one another. daily: memory starts the day after.
    """
    kinds = reach.shape[0]
    state = np.zeros(kinds)
    factor = exp(beta) - 1.0 if daily else beta
    reach[:] = 0.0
    m, i, n = 0, 0, time.shape[0]
    last, where = 0.0, -1
    while i < n:
        if group[i] != where:
            state[:] = 0.0
            where, last = group[i], time[i]
        fade = exp(-beta * (time[i] - last))
        for j in range(kinds):
            state[j] *= fade
        last = time[i]
        upto = i
        while upto < n and group[upto] == where and time[upto] == last:
            if kind[upto] == watched:
                for j in range(kinds):
                    out[m, j] = factor * state[j]
                m += 1
            upto += 1
        for s in range(i, upto):
            state[kind[s]] += 1.0
            reach[kind[s]] += 1.0 - exp(-beta * (end - last))
        i = upto


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def value(theta, out, stretch, length, reach, pieces):  # type: ignore[no-untyped-def]
    """Log-likelihood; -inf where a watched event has rate 0."""
    kinds = reach.shape[0]
    total = 0.0
    for p in range(pieces):
        total -= theta[p] * length[p]
    for j in range(kinds):
        total -= theta[pieces + j] * reach[j]
    for m in range(out.shape[0]):
        rate = theta[stretch[m]]
        for j in range(kinds):
            rate += theta[pieces + j] * out[m, j]
        if rate <= 0.0:
            return -np.inf
        total += log(rate)
    return total


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def ascend(theta, out, stretch, length, reach, pieces, fixed):  # type: ignore[no-untyped-def]
    """The top over theta >= 0, in place, theta[fixed] kept (-1: none). Projected Newton (Bertsekas 1982)."""
    size = theta.shape[0]
    kinds = reach.shape[0]
    slope, bend = np.zeros(size), np.zeros((size, size))
    here = value(theta, out, stretch, length, reach, pieces)
    for _ in range(STEPS):
        slope[:pieces] = -length
        slope[pieces:] = -reach
        bend[:, :] = 0.0
        for m in range(out.shape[0]):
            s = stretch[m]
            rate = theta[s]
            for j in range(kinds):
                rate += theta[pieces + j] * out[m, j]
            inverse = 1.0 / rate
            square = inverse * inverse
            slope[s] += inverse
            bend[s, s] += square
            for j in range(kinds):
                slope[pieces + j] += out[m, j] * inverse
                pull = out[m, j] * square
                bend[s, pieces + j] += pull
                for h in range(j, kinds):
                    bend[pieces + j, pieces + h] += pull * out[m, h]
        free = np.empty(size, np.int64)
        count = 0
        for i in range(size):
            if i != fixed and not (theta[i] <= 1e-12 and slope[i] <= 0.0):
                free[count] = i
                count += 1
        if count == 0:
            break
        a, b = np.empty((count, count)), np.empty(count)
        for i in range(count):
            b[i] = slope[free[i]]
            for k in range(count):
                low, high = min(free[i], free[k]), max(free[i], free[k])
                a[i, k] = bend[low, high]
            a[i, i] += 1e-10 * (1.0 + a[i, i])
        move = np.linalg.solve(a, b)
        step, moved = 1.0, False
        trial = theta.copy()
        while step > 1e-8:
            for i in range(count):
                trial[free[i]] = max(theta[free[i]] + step * move[i], 0.0)
            there = value(trial, out, stretch, length, reach, pieces)
            if there >= here:
                moved = True
                break
            step *= 0.4
        if not moved:
            break
        won = there - here
        theta[:] = trial
        here = there
        if won < CLOSE:
            break
    return here


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def at_speed(  # type: ignore[no-untyped-def]
    time, kind, group, end, watched, daily, logbeta, stretch, length, fixed, level, theta, out, reach
):
    pieces = length.shape[0]
    memory(time, kind, group, end, watched, daily, exp(logbeta), out, reach)
    if fixed >= 0:
        theta[fixed] = level
    # The top at the speed before is near; where it gives an event rate 0, start anew.
    if theta[:pieces].sum() <= 0.0 or value(theta, out, stretch, length, reach, pieces) == -np.inf:
        theta[:pieces] = 0.0
        for m in range(out.shape[0]):
            theta[stretch[m]] += 0.7 / length[stretch[m]]
        theta[pieces:] = 0.1
        if fixed >= 0:
            theta[fixed] = level
    return ascend(theta, out, stretch, length, reach, pieces, fixed)


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def best(time, kind, group, end, watched, daily, stretch, length, kinds, slow, fast, grid, fixed, level):  # type: ignore[no-untyped-def]
    """(log-likelihood, log speed, theta) at the top over speeds from `slow` to `fast` (logarithms)."""
    watch = 0
    for i in range(kind.shape[0]):
        if kind[i] == watched:
            watch += 1
    out, reach = np.empty((watch, kinds)), np.empty(kinds)
    theta, kept = np.zeros(length.shape[0] + kinds), np.zeros(length.shape[0] + kinds)
    top, speed = -np.inf, slow
    for g in range(grid):
        trial = slow + (fast - slow) * g / (grid - 1)
        found = at_speed(time, kind, group, end, watched, daily, trial, stretch, length, fixed, level, theta, out, reach)  # fmt: skip
        if found > top:
            top, speed = found, trial
            kept[:] = theta
    width = (fast - slow) / (grid - 1)
    low, high = max(slow, speed - width), min(fast, speed + width)
    for _ in range(9):
        one = high - GOLDEN * (high - low)
        two = low + GOLDEN * (high - low)
        first = at_speed(time, kind, group, end, watched, daily, one, stretch, length, fixed, level, theta, out, reach)  # fmt: skip
        if first > top:
            top, speed = first, one
            kept[:] = theta
        second = at_speed(time, kind, group, end, watched, daily, two, stretch, length, fixed, level, theta, out, reach)  # fmt: skip
        if second > top:
            top, speed = second, two
            kept[:] = theta
        if first > second:
            high = two
        else:
            low = one
    return top, speed, kept
