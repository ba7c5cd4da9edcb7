"""The latent class sampler, compiled. Imported only by `latentclass`: it loads numba.

State of one level t: `lam` (T, K, J) chance that a person of class k is on list j; `stick` (T, K) the breaks;
`weight` (T, K) shares of the classes; `conc` (T,) concentration. `counts` (T, P): people per pattern at level t;
level 0 holds all, higher levels ever fewer.
"""

from math import log

import numba
import numpy as np

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")
EDGE = 1e-12  # no chance is exactly 0 or 1: odds stay finite


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def pattern_shares(lam, weight, start, member, share, unseen, odds):  # type: ignore[no-untyped-def]
    """share[p, k]: chance of being in class k with pattern p; unseen[k]: of being in class k on no list."""
    classes, lists = lam.shape
    for k in range(classes):
        none = weight[k]
        for j in range(lists):
            out = 1.0 - lam[k, j]
            none *= out
            odds[j, k] = lam[k, j] / out
        unseen[k] = none
    for p in range(start.shape[0] - 1):
        for k in range(classes):
            share[p, k] = unseen[k]
        for s in range(start[p], start[p + 1]):
            j = member[s]
            for k in range(classes):
                share[p, k] *= odds[j, k]


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def sweep(rng, lam, stick, weight, conc, counts, start, member, n, a, b, share, unseen, odds, size, on):  # type: ignore[no-untyped-def]
    """One round of Gibbs: unseen people, classes of everybody, labels, chances, shares, concentration.

    `share` and `unseen` belong to the state on entry and on return.
    """
    classes, lists = lam.shape
    none = 0.0
    for k in range(classes):
        none += unseen[k]
    extra = 0
    if n > 0:  # negative binomial: prior 1/N on the total
        extra = rng.poisson(rng.standard_gamma(float(n)) * none / (1.0 - none))
    size[:] = 0
    on[:] = 0
    left, mass = extra, none
    for k in range(classes):
        if left == 0:
            break
        taken = left
        if k < classes - 1:
            chance = unseen[k] / mass
            if chance < 1.0:
                taken = rng.binomial(left, chance)
        size[k] += taken
        left -= taken
        mass -= unseen[k]
    for p in range(counts.shape[0]):
        left = counts[p]
        if left == 0:
            continue
        mass = 0.0
        for k in range(classes):
            mass += share[p, k]
        k = 0
        while left > 3 and k < classes - 1:
            chance = share[p, k] / mass
            taken = left if chance >= 1.0 else rng.binomial(left, chance)
            if taken > 0:
                size[k] += taken
                for s in range(start[p], start[p + 1]):
                    on[k, member[s]] += taken
                left -= taken
            mass -= share[p, k]
            k += 1
        for _ in range(left):  # the last few one by one: cheaper than a binomial per class
            point = rng.random() * mass
            h = k
            point -= share[p, h]
            while point > 0.0 and h < classes - 1:
                h += 1
                point -= share[p, h]
            size[h] += 1
            for s in range(start[p], start[p + 1]):
                on[h, member[s]] += 1
    for _ in range(2):  # exchange two labels (Papaspiliopoulos & Roberts 2008)
        k, h = int(rng.random() * classes), int(rng.random() * classes)
        if k == h or weight[k] <= 0.0 or weight[h] <= 0.0:
            continue
        if log(rng.random()) < (size[h] - size[k]) * log(weight[k] / weight[h]):
            size[k], size[h] = size[h], size[k]
            for j in range(lists):
                on[k, j], on[h, j] = on[h, j], on[k, j]
    for k in range(classes):
        for j in range(lists):
            x = rng.standard_gamma(1.0 + on[k, j])
            y = rng.standard_gamma(1.0 + size[k] - on[k, j])
            lam[k, j] = min(max(x / (x + y), EDGE), 1.0 - EDGE)
    after = n + extra
    rest, logrest = 1.0, 0.0
    for k in range(classes - 1):
        after -= size[k]
        x = rng.standard_gamma(1.0 + size[k])
        y = rng.standard_gamma(conc + after)
        cut = min(max(x / (x + y), EDGE), 1.0 - EDGE)
        stick[k] = cut
        weight[k] = rest * cut
        rest *= 1.0 - cut
        logrest += log(1.0 - cut)
    weight[classes - 1] = rest
    pattern_shares(lam, weight, start, member, share, unseen, odds)
    return extra, rng.standard_gamma(a - 1.0 + classes) / (b - logrest)


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def gain(share, unseen, more, fewer):  # type: ignore[no-untyped-def]
    """Log-likelihood of the people of `more` less that of `fewer`, class and unseen number integrated out."""
    none = 0.0
    for k in range(unseen.shape[0]):
        none += unseen[k]
    seen = log(1.0 - none)
    total = 0.0
    for p in range(more.shape[0]):
        step = more[p] - fewer[p]
        if step != 0:
            mass = 0.0
            for k in range(unseen.shape[0]):
                mass += share[p, k]
            total += step * (log(mass) - seen)
    return total


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def slide(rng, lam, stick, weight, conc, counts, start, member, n, share, unseen, trial, odd, chance):  # type: ignore[no-untyped-def]
    """One Metropolis step along the ridge Gibbs creeps on: classes of people and the unseen number are integrated out.

    All list chances of one class move together on the logit scale, or its stick does, or both against each other (rarer
    reports, more people: the seen stay the same, the unseen do not).
    """
    classes, lists = lam.shape
    k = min(int(rng.standard_exponential() * 1.5), classes - 2)
    step = rng.standard_normal() * 0.1 * 6.0 ** rng.integers(0, 3)
    kind = rng.integers(0, 4)
    turn = step if kind != 1 else 0.0
    push = 0.0 if kind == 0 else (step if kind == 1 else -step)
    change, none_new = 0.0, 1.0
    for j in range(lists):
        old = lam[k, j]
        new = 1.0 / (1.0 + (1.0 - old) / old * np.exp(-turn))
        new = min(max(new, EDGE), 1.0 - EDGE)
        chance[j] = new
        odd[j] = new / (1.0 - new)
        none_new *= 1.0 - new
        if turn != 0.0:
            change += log(new * (1.0 - new) / (old * (1.0 - old)))
    was = stick[k]
    now = 1.0 / (1.0 + (1.0 - was) / was * np.exp(-push))
    now = min(max(now, EDGE), 1.0 - EDGE)
    own, tail = now / was, (1.0 - now) / (1.0 - was)
    change += log(own) + conc * log(tail)
    none = 0.0
    fresh = weight[k] * own * none_new
    for h in range(classes):
        if h < k:
            none += unseen[h]
        elif h > k:
            none += unseen[h] * tail
    none += fresh
    if none >= 1.0 - 1e-13:
        return False
    before = 0.0
    for h in range(classes):
        before += unseen[h]
    change -= n * log((1.0 - none) / (1.0 - before))
    for p in range(counts.shape[0]):
        if counts[p] == 0:
            trial[p] = -1.0
            continue
        here = fresh
        for s in range(start[p], start[p + 1]):
            here *= odd[member[s]]
        trial[p] = here
        old, new = share[p, k], here
        for h in range(k):
            old += share[p, h]
            new += share[p, h]
        for h in range(k + 1, classes):
            old += share[p, h]
            new += share[p, h] * tail
        change += counts[p] * log(new / old)
    if log(rng.random()) >= change:
        return False
    for j in range(lists):
        lam[k, j] = chance[j]
    stick[k] = now
    weight[k] *= own
    unseen[k] = fresh
    for h in range(k + 1, classes):
        weight[h] *= tail
        unseen[h] *= tail
    for p in range(counts.shape[0]):
        if trial[p] < 0.0:  # a pattern nobody has at this level still has a chance: the exchange asks for it
            trial[p] = fresh
            for s in range(start[p], start[p + 1]):
                trial[p] *= odd[member[s]]
        share[p, k] = trial[p]
        for h in range(k + 1, classes):
            share[p, h] *= tail
    return True


@compiled  # type: ignore[untyped-decorator,unused-ignore]
def run(rng, lam, stick, weight, conc, counts, start, member, a, b, slides, rounds, every, out, swaps):  # type: ignore[no-untyped-def]
    """`rounds` sweeps of every level, each with `slides` Metropolis steps, then exchanges between neighbours; every
    `every` rounds the unseen number of level 0 goes into `out`."""
    levels, classes, lists = lam.shape
    share = np.empty((levels, counts.shape[1], classes))
    unseen, odds = np.empty((levels, classes)), np.empty((lists, classes))
    size, on = np.zeros(classes, np.int64), np.zeros((classes, lists), np.int64)
    trial, odd, chance = np.empty(counts.shape[1]), np.empty(lists), np.empty(lists)
    people = counts.sum(axis=1)
    for t in range(levels):
        pattern_shares(lam[t], weight[t], start, member, share[t], unseen[t], odds)
    at = np.arange(levels)  # which state sits at which level: states stay where they are, labels move
    for turn in range(rounds):
        for t in range(levels):
            i = at[t]
            extra, conc[i] = sweep(
                rng, lam[i], stick[i], weight[i], conc[i], counts[t], start, member, people[t], a, b,
                share[i], unseen[i], odds, size, on,
            )  # fmt: skip
            if t == 0 and turn % every == 0:
                out[turn // every] = extra
            for _ in range(slides):
                slide(
                    rng, lam[i], stick[i], weight[i], conc[i], counts[t], start, member, people[t],
                    share[i], unseen[i], trial, odd, chance,
                )  # fmt: skip
        for t in range(turn % 2, levels - 1, 2):
            i, k = at[t], at[t + 1]
            here = gain(share[i], unseen[i], counts[t], counts[t + 1])
            there = gain(share[k], unseen[k], counts[t], counts[t + 1])
            if log(rng.random()) < there - here:
                swaps[t] += 1
                at[t], at[t + 1] = k, i
    order = at.copy()  # hand the states back in the order of their levels
    lam[:] = lam[order]
    stick[:] = stick[order]
    weight[:] = weight[order]
    conc[:] = conc[order]
