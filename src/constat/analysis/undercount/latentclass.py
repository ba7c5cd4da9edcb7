"""Bayesian latent classes (Manrique-Vallier, Biometrics 72:1246, 2016).

People fall into classes; within a class the lists are independent. The number of classes is left open: a Dirichlet process,
cut at `classes` sticks; concentration Gamma(a, b); list chances uniform; prior 1/N on the total. Four chains from
scattered starts. With many lists the posterior has several hills that plain Gibbs never crosses (two runs then give two
answers, both sure of themselves). So the chains are tempered: levels that hold ever fewer of the people exchange their
state, the class and the unseen number being integrated out of the exchange (Geyer 1991; Robert et al. 2018).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from constat.analysis.undercount.lists import Lists, bearing
from constat.analysis.undercount.mixing import diagnose
from constat.analysis.undercount.result import Estimate, Floats, refusal, spread

METHOD = "lcmcr"
AGREED = 1.05  # R-hat above it: refused
WANTED = 1.01  # below it, with WANTED_ESS, no further round is run
WANTED_ESS, FEWEST_ESS = 2_000.0, 100.0
ENOUGH, ENOUGH_ESS = 1.03, 200.0  # with many lists, where a draw costs twelve slow sweeps
MANY_LISTS = 9  # from here on the finer ladder


@dataclass(frozen=True)
class Plan:
    """`warm` sweeps forgotten, then `keep` sweeps per round and chain, at most `rounds` rounds; every `every`-th kept."""

    levels: int
    warm: int
    keep: int
    rounds: int
    every: int
    smallest: float = 1.0
    slides: int = 3


# Twelve levels: neighbours exchange in 10-80 % of the tries on all published tables. Few lists: down to 15 % of the people,
# where the hills are gone; many lists: each level takes less away, for each of their many chances has to follow. Plain Gibbs
# (one level) is not offered by default: on the Kosovo table four plain chains agree (R-hat 1.001) and still miss the hill
# that makes the lower limit.
FEW = Plan(levels=12, warm=2_000, keep=10_000, rounds=8, every=4, smallest=0.15, slides=4)
MANY = Plan(levels=12, warm=3_000, keep=10_000, rounds=6, every=4, smallest=0.45, slides=1)


def latent_class(
    lists: Lists,
    *,
    seed: int = 1,
    chains: int = 4,
    classes: int | None = None,
    prior: tuple[float, float] = (0.25, 0.25),
    plans: tuple[Plan, ...] | None = None,
    threads: int = 2,
    progress: Callable[[str], None] | None = None,
) -> Estimate:
    """Posterior of the total. `classes`: sticks kept, 10, or 15 from nine lists on. The same seed gives the same draws.

    Refused when the lists do not bear it, when after the last plan split R-hat of log N is above 1.05, or when fewer than
    100 effective draws were had.
    """
    began = perf_counter()
    reason, warnings = bearing(lists)
    if reason:
        return refusal(METHOD, lists.n, reason, seconds=perf_counter() - began)
    sticks = classes or (10 if len(lists.names) < 9 else 15)
    many = len(lists.names) >= MANY_LISTS
    todo = plans or ((MANY,) if many else (FEW,))
    details: dict[str, object] = {}
    rhat = ess = 0.0
    draws: Floats = np.empty((chains, 0))
    for plan in todo:
        walks = [_Walk(lists, np.random.default_rng([seed, c]), sticks, prior, plan) for c in range(chains)]
        with ThreadPoolExecutor(max_workers=threads) as pool:
            list(pool.map(_Walk.go, walks, [plan.warm] * chains))
            kept: list[Floats] = []
            for turn in range(plan.rounds):
                kept.append(np.array(list(pool.map(_Walk.go, walks, [plan.keep] * chains))))
                draws = lists.n + np.concatenate(kept, axis=1)
                rhat, ess = diagnose(np.log(draws))
                if progress is not None:
                    progress(
                        f"round {turn + 1} of at most {plan.rounds}: R-hat {rhat:.3f}, {ess:.0f} effective draws"
                    )
                if rhat < (ENOUGH if many else WANTED) and ess >= (ENOUGH_ESS if many else WANTED_ESS):
                    break
        details = {
            "classes": sticks, "levels": plan.levels, "sweeps": plan.levels * chains * (plan.warm + (turn + 1) * plan.keep),
            "exchanges": [round(float(s), 3) for s in np.mean([w.exchange_rates() for w in walks], axis=0)],
        }  # fmt: skip
        if rhat < WANTED:
            break
    seconds = perf_counter() - began
    if not rhat <= AGREED or ess < FEWEST_ESS:
        why = (
            f"The {chains} chains do not agree (R-hat {rhat:.3f}, {ess:.0f} effective draws; at most {AGREED} and at least "
            f"{FEWEST_ESS:.0f} are asked): the posterior was not reached, a figure from it would be chance."
        )
        more: dict[str, Any] = {"chains": chains, "rhat": rhat, "ess": ess, "details": details}
        return refusal(METHOD, lists.n, why, seconds=seconds, warnings=warnings, **more)
    return Estimate(
        METHOD, lists.n, spread(draws), float(draws.mean()), chains, rhat, ess, seconds,
        warnings=warnings, draws=draws, details=details,
    )  # fmt: skip


class _Walk:
    """One chain: its state, and the levels under it."""

    def __init__(
        self, lists: Lists, rng: np.random.Generator, sticks: int, prior: tuple[float, float], plan: Plan
    ) -> None:
        on = lists.patterns.astype(bool)
        self.rng, self.prior, self.plan, self.turns = rng, prior, plan, 0
        self.start = np.concatenate([[0], np.cumsum(on.sum(axis=1))]).astype(np.int64)
        self.member = np.nonzero(on)[1].astype(np.int64)
        keep = np.geomspace(1.0, plan.smallest, plan.levels)
        cut = rng.random(len(lists.counts))
        self.counts = np.floor(keep[:, None] * lists.counts + np.where(keep[:, None] < 1.0, cut, 0.0)).astype(
            np.int64
        )
        shape = (plan.levels, sticks)
        # Scattered starts: anything from nobody reported to everybody reported.
        self.lam = rng.beta(0.7, 0.7, (*shape, on.shape[1])).clip(0.01, 0.99)
        self.stick = rng.beta(1.0, rng.uniform(0.2, 5.0), shape)
        self.stick[:, -1] = 1.0
        rest = np.concatenate(
            [np.ones((plan.levels, 1)), np.cumprod(1.0 - self.stick[:, :-1], axis=1)], axis=1
        )
        self.weight = self.stick * rest
        self.conc = np.ones(plan.levels)
        self.swaps = np.zeros(max(plan.levels - 1, 1))

    def go(self, turns: int) -> Floats:
        """Draws of the unseen number, (ceil(turns / every),)."""
        from constat.analysis.undercount import kernel

        out = np.zeros(-(-turns // self.plan.every))
        kernel.run(
            self.rng, self.lam, self.stick, self.weight, self.conc, self.counts, self.start, self.member, *self.prior,
            self.plan.slides, turns, self.plan.every, out, self.swaps,
        )  # fmt: skip
        self.turns += turns
        return out

    def exchange_rates(self) -> Floats:
        rates: Floats = self.swaps[: self.plan.levels - 1] / max(self.turns / 2, 1)
        return rates
