"""The fewest cells that leave the attacker nothing: branch and cut (Fischetti & Salazar, JASA 96:1211, 2001).

First the linear relaxation, sharpened by what every safe choice obeys: the attacker's duals for fractions of cells; and
every line of the table holds no withheld cell or two. Then whole cells by integer programming; each answer is attacked, what
the attacker finds is cut off, and the answer is made safe by the cheapest changes and cleaned of cells that are not needed.
The search ends when the best safe answer meets the bound.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from constat.analysis.suppression.game import CLOSE, Floats, Game, Marks, Need
from constat.analysis.suppression.programme import OPTIMAL, Programme

LEAST_CUT = 1e-3
NEGLIGIBLE = 1e-7
SPREAD = 1e-4
VARIANTS = 5
ROUNDS, STILL = 200, 6
DIVES, AGAIN, DEEP_ROUNDS, DIVING = 8, 3, 3, 0.3


@dataclass
class Answer:
    """`withheld` is safe and none of its complementary cells can be shown again; `fewest`: no safe choice has fewer than so many
    complementary cells."""

    withheld: Marks
    complementary: int
    fewest: int

    @property
    def proven(self) -> bool:
        return self.complementary <= self.fewest


class Search:
    """Reads `game`; stops `seconds` after it began."""

    def __init__(self, game: Game, seconds: float) -> None:
        self.game, self.end = game, perf_counter() + seconds
        self.first = np.zeros(game.count, dtype=np.bool_)
        self.first[game.small] = True
        self.free = np.flatnonzero(game.allowed & ~self.first)
        some = np.log1p(game.value[self.free])
        # Among the fewest, small totals rather than large: all of these together weigh less than half a cell.
        self.price = 1.0 + 0.5 * some / (some.sum() + 1.0)
        self.up = [need for need in game.needs if need[1] > 0]
        self.rows: list[Floats] = []
        self.seen: set[bytes] = set()
        self.bound = 0.0
        self.best: Marks | None = None
        self.dives = 0

    def left(self) -> float:
        return self.end - perf_counter()

    def run(self) -> Answer:
        everything = self.game.allowed
        fraction = np.zeros(len(self.free))
        self.try_answer(self.first.copy(), fraction)
        if len(self.free) and self.count(self.best) > 0:
            self.initial()
            fraction = self.relax()
            self.whole(fraction)
        best = everything if self.best is None else self.best
        many = self.count(best)
        return Answer(best, many, min(many, self.fewest()))

    def count(self, withheld: Marks | None) -> int:
        return self.game.count if withheld is None else int((withheld & ~self.first).sum())

    def fewest(self) -> int:
        """The bound in whole cells: what the prices add to a cell is under half of one."""
        return max(int(np.ceil(self.bound - 0.5 + CLOSE)), 0)

    def done(self) -> bool:
        return self.left() <= 0 or self.count(self.best) <= self.fewest()

    # Cuts

    def keep(self, coefficients: Floats, share: Floats | None = None) -> Floats | None:
        """A cut over all cells as one over the free ones, None where it cuts nothing off `share` or is known."""
        must = 1.0 - float(coefficients[self.first].sum())
        if must <= CLOSE:
            return None
        row = np.minimum(coefficients[self.free] / must, 1.0)
        if share is not None and float(row @ share) > 1.0 - LEAST_CUT:
            return None
        mark = np.round(row, 6).tobytes()
        if mark in self.seen:
            return None
        self.seen.add(mark)
        return row

    def initial(self) -> None:
        """Every line: what a small count gains in it others must lose; a lone withheld cell in a line protects nothing."""
        value, game = self.game.value, self.game
        rows: list[Floats] = []
        for line in game.lines:
            total, inner = int(line[0]), line[1:]
            for at, _, must in self.up:
                if at not in line:
                    continue
                coefficients = np.zeros(game.count)
                if at == total:
                    coefficients[inner] = 1.0
                else:
                    coefficients[inner] = np.minimum(value[inner] / must, 1.0)
                    coefficients[total] = 1.0
                coefficients[at] = 0.0
                rows.append(coefficients)
        self.rows = [row for one in rows if (row := self.keep(one)) is not None]
        where = np.full(game.count, -1)
        where[self.free] = np.arange(len(self.free))
        self.pairs: list[Floats] = []
        for line in game.lines:
            if self.first[line].any():
                continue
            here = where[line]
            here = here[here >= 0]
            for at in here:
                row = np.zeros(len(self.free))
                row[here] = 1.0
                row[at] = -1.0
                self.pairs.append(row)

    # The relaxation

    def relax(self) -> Floats:
        """Solves and cuts the linear relaxation until nothing more is cut off or the bound no longer moves."""
        from scipy.sparse import csr_matrix

        size = len(self.free)
        start = (
            csr_matrix(np.array(self.rows + self.pairs)) if self.rows or self.pairs else csr_matrix((0, size))
        )
        need = np.concatenate([np.ones(len(self.rows)), np.zeros(len(self.pairs))])
        self.master = Programme(
            start, need, np.full(len(need), np.inf), np.zeros(size), np.ones(size), self.price
        )
        still, share = 0, np.zeros(size)
        for turn in range(ROUNDS):
            status, paid, share, _ = self.master.solve()
            if status != OPTIMAL:
                raise ArithmeticError(f"the relaxation is {status}, yet withholding everything is allowed")
            still = 0 if paid > self.bound + 1e-2 else still + 1
            self.bound = max(self.bound, paid)
            if turn % 5 == 0:
                self.round_up(share)
            if self.done() or still >= STILL:
                break
            found = self.between(share)
            if not found:
                break
            self.learn(found)
        self.round_up(share)
        return share

    def learn(self, rows: list[Floats]) -> None:
        from scipy.sparse import csr_matrix

        if rows:
            self.rows += rows
            self.master.add(csr_matrix(np.array(rows)), np.ones(len(rows)))

    def dive(self, share: Floats) -> None:
        """Takes cells in one by one where the relaxation wants them most, cutting on the way, to a safe answer or until no better
        one can follow. The first time by the relaxation alone, then with chance (its seed is the number of the dive)."""
        rng = np.random.default_rng(self.dives)
        size, noise = len(self.free), 0.0 if self.dives == 0 else 0.5
        self.dives += 1
        low, high = np.zeros(size), np.ones(size)
        while not self.done():
            self.master.box(low, high)
            for _ in range(DEEP_ROUNDS):
                status, paid, share, _ = self.master.solve()
                if status != OPTIMAL or np.ceil(paid - 0.5 + CLOSE) >= self.count(self.best):
                    self.master.box(np.zeros(size), high)
                    return
                found = self.between(share)
                if not found:
                    break
                self.learn(found)
            part = (share > NEGLIGIBLE) & (share < 1 - NEGLIGIBLE)
            if not part.any():
                chosen = self.first.copy()
                chosen[self.free] = share > 0.5
                found = self.attacked(chosen)
                self.try_answer(chosen, share)
                if not found:
                    break
                self.learn(found)
                continue
            low[int(np.argmax(np.where(part, share + noise * rng.random(size), -1.0)))] = 1.0
        self.master.box(np.zeros(size), high)

    def between(self, share: Floats) -> list[Floats]:
        """Cuts of a fractional choice: one per small count the attacker reaches."""
        whole = self.first.astype(np.float64)
        whole[self.free] = np.maximum(share, SPREAD)
        found: list[Floats] = []
        for need in self.up:
            far, _, weight = self.game.tight(need, whole)
            if far >= need[2] * (1.0 - LEAST_CUT):
                continue
            self.take(need, weight, share, found)
            if self.left() <= 0:
                break
        return found

    # Whole cells

    def whole(self, share: Floats) -> None:
        """Integer programmes over the cuts so far, the attacker's answer to each cut off, until none asks for fewer cells than
        the best safe answer has."""
        gap, until = 0.03, self.left() * (1 - DIVING)
        for _ in range(DIVES):
            if not self.done() and self.left() > until:
                self.dive(share)
        while not self.done():
            chosen = self.fewer(gap)
            if self.done():
                return
            found = self.attacked(chosen) if chosen is not None else []
            if chosen is not None:
                self.try_answer(chosen, share)
            self.learn(found)
            if not found:
                gap = 0.0 if gap < 0.01 else gap / 3
            for _ in range(AGAIN):
                if not self.done():
                    self.dive(share)

    def fewer(self, gap: float) -> Marks | None:
        """A choice of fewer cells than the best that obeys all cuts; the bound is raised to what the programme proves."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        best, size = self.count(self.best), len(self.free)
        limits = [
            LinearConstraint(np.ones((1, size)), ub=best - 1),
            LinearConstraint(csr_matrix(np.array(self.rows)), lb=1.0 - 1e-7),
        ]
        if self.pairs:
            limits.append(LinearConstraint(csr_matrix(np.array(self.pairs)), lb=0.0))
        found = milp(
            self.price,
            constraints=limits,
            bounds=Bounds(0.0, 1.0),
            integrality=np.ones(size),
            options={
                "time_limit": max(min(self.left(), max(self.left() / 4, 10.0)), 0.1),
                "mip_rel_gap": max(gap, 0.4 / best),
            },
        )
        if found.status == 2:
            self.bound = float(best)
        elif found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
            self.bound = max(self.bound, min(float(found.mip_dual_bound), float(best)))
        if found.x is None:
            return None
        chosen = self.first.copy()
        chosen[self.free] = np.asarray(found.x) > 0.5
        return chosen

    def attacked(self, chosen: Marks) -> list[Floats]:
        """What the attacker finds in a choice of whole cells, as cuts: several per small count, sparse ones where there are."""
        share = chosen[self.free].astype(np.float64)
        rng = np.random.default_rng(len(self.rows))
        found: list[Floats] = []
        for need, weight in self.game.broken(chosen):
            cut = 0
            for turn in range(VARIANTS):
                spread = SPREAD * (1.0 if turn == 0 else rng.random(self.game.count))
                wide = np.where(self.game.allowed, np.maximum(chosen, spread), 0.0)
                cut += self.take(need, self.game.tight(need, wide)[2], share, found)
            if not cut:
                self.take(need, weight, share, found)
        return found

    def take(self, need: Need, weight: Floats, share: Floats, found: list[Floats]) -> bool:
        coefficients = self.game.cut(need, weight)
        row = None if coefficients is None else self.keep(coefficients, share)
        if row is not None:
            found.append(row)
        return row is not None

    # Safe answers

    def round_up(self, share: Floats) -> None:
        if self.left() <= 0:
            return
        chosen = self.first.copy()
        chosen[self.free] = share > 0.95
        self.try_answer(chosen, share)

    def try_answer(self, chosen: Marks, share: Floats) -> None:
        """Makes a choice safe by the cheapest changes, takes out what is not needed, and keeps it if it is the best."""
        withheld = self.mend(chosen.copy(), share)
        if withheld is None:
            return
        self.clean(withheld, share)
        if self.best is None or self.cost(withheld) < self.cost(self.best):
            self.best = withheld

    def cost(self, withheld: Marks) -> float:
        return float(self.price[withheld[self.free]].sum())

    def mend(self, withheld: Marks, share: Floats) -> Marks | None:
        price = np.zeros(self.game.count)
        price[self.free] = self.price * (1.0 - 0.9 * np.minimum(share, 1.0))
        asked = self.game.open_needs(withheld)
        while asked:
            change = self.game.cheapest(asked[0], np.where(withheld, 1e-3, price), self.game.allowed)
            if change is None:
                return None
            self.game.learn(change)
            withheld |= np.abs(change[len(self.game.base) :]) > NEGLIGIBLE
            asked = self.game.latest_met(asked)
        return withheld

    def clean(self, withheld: Marks, share: Floats) -> None:
        """Shows again, one by one, every cell that is not needed: the largest first."""
        rank = np.full(self.game.count, np.inf)
        rank[self.free] = share * 100.0 - np.log1p(self.game.value[self.free])
        for at in sorted((int(at) for at in np.flatnonzero(withheld & ~self.first)), key=lambda at: rank[at]):
            withheld[at] = False
            if self.game.broken(withheld, 1):
                withheld[at] = True
