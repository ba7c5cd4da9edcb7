"""The ledger of amends as arithmetic: what an entry moves between the accounts of a fund line, and when it may not.

Each entry takes one amount from one account and gives it to another. So no entry can be out of balance, and the sum over
all accounts of a fund line stays zero. `source` (the giver) goes below zero, no other account ever does:
that is the whole of "sum(disbursed) <= committed <= funded", and of "no promise without enough money".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary

SOURCE = "source"  # vocabulary "ledger_account"
REVERSAL = "reversal"  # vocabulary "ledger_entry"


class LedgerError(RuleError):
    """The tree of this module."""


class NotEnoughFunds(LedgerError):
    """The account does not hold as much as the entry takes from it."""


class NotReversible(LedgerError):
    """A reversal, or an entry that was reversed already."""


class AmountNotPositive(LedgerError):
    """An entry moves an amount above zero; its direction says which way."""


@dataclass(frozen=True)
class Move:
    """`amount` out of `source` into `target`, two codes of `ledger_account`."""

    source: str
    target: str
    amount: Decimal

    def reversed(self) -> "Move":
        return Move(self.target, self.source, self.amount)


def move(kind: str, amount: Decimal) -> Move:
    """What an entry of that kind moves. A reversal is made of the entry it undoes: see Move.reversed."""
    if amount <= 0:
        raise AmountNotPositive("amount_not_positive", amount=amount)
    extra = vocabulary("ledger_entry")[kind].extra
    if "from" not in extra:
        raise NotReversible("reversal_names_entry", kind=vocabulary("ledger_entry")[kind])
    return Move(extra["from"], extra["to"], amount)


def undo(kind: str, done: Move, reversed_already: bool) -> Move:
    """The move that undoes an entry. What was undone once is not undone again; to repeat it, post it anew."""
    if kind == REVERSAL or reversed_already:
        raise NotReversible("not_reversible", kind=vocabulary("ledger_entry")[kind])
    return done.reversed()


@dataclass(frozen=True)
class Balances:
    """What stands on the accounts of a fund line, or on those of one offer."""

    available: Decimal = Decimal(0)
    committed: Decimal = Decimal(0)  # promised, not handed over yet
    disbursed: Decimal = Decimal(0)

    @property
    def source(self) -> Decimal:
        return -(self.available + self.committed + self.disbursed)

    @property
    def funded(self) -> Decimal:
        """All that was received and not given back."""
        return -self.source

    @property
    def promised(self) -> Decimal:
        """All that was committed and not released, handed over or not: never below `disbursed`, never above `funded`."""
        return self.committed + self.disbursed

    def _with(self, account: str, change: Decimal) -> "Balances":
        held = {"available": self.available, "committed": self.committed, "disbursed": self.disbursed}
        return self if account == SOURCE else Balances(**{**held, account: held[account] + change})

    def after(self, step: Move) -> "Balances":
        """The balances after this move. Raises NotEnoughFunds where an account would go below zero."""
        taken = self._with(step.source, -step.amount)
        if step.source != SOURCE and getattr(taken, step.source) < 0:
            raise NotEnoughFunds(
                "not_enough_funds",
                account=vocabulary("ledger_account")[step.source],
                held=getattr(self, step.source),
                needed=step.amount,
            )
        return taken._with(step.target, step.amount)

    def of_offer(self, step: Move) -> "Balances":
        """The same for one offer, which has no available money of its own: there that account is outside, like the giver."""
        return Balances(Decimal("Infinity"), self.committed, self.disbursed).after(step)._outside()

    def _outside(self) -> "Balances":
        return Balances(Decimal(0), self.committed, self.disbursed)


def total(moves: Iterable[Move]) -> Balances:
    """The balances after all these moves, in order. Raises where one of them could not be taken."""
    held = Balances()
    for step in moves:
        held = held.after(step)
    return held


def sums(moves: Iterable[Move]) -> Mapping[str, Decimal]:
    """What each account holds by plain addition, nothing refused: for whoever checks the books. Sums to zero."""
    held = dict.fromkeys(vocabulary("ledger_account"), Decimal(0))
    for step in moves:
        held[step.source] -= step.amount
        held[step.target] += step.amount
    return held
