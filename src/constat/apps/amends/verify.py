"""Are the books as they were written? Walks every fund line and names the first entry that cannot be trusted.

What is compared: the numbers follow each other, each entry holds the hash of the one before it, its own hash fits what it
says, no account ever went below zero, the line's sums are those of its entries, and the event log tells of each entry with
the same hash; and every entry the log tells of is there. So a changed row is found even where somebody took the triggers
off and recomputed the chain, and a journal whose end was cut off with its head set back.
"""

import json
from collections.abc import Container, Iterator
from dataclasses import dataclass

from constat.apps.access.models import Event
from constat.apps.amends.actions import _ledger
from constat.apps.amends.models import Entry, FundLine
from constat.rules.ledger import Balances, LedgerError, Move

TOLD_ON = ("offer", "fund_line")  # object types of the events that tell of entries


@dataclass(frozen=True)
class Fault:
    """Where the books break and how."""

    record: str  # code of the fund line, number of the entry
    what: str


def faults() -> Iterator[Fault]:
    told = _told()
    for fund in FundLine.objects.order_by("pk"):
        yield from _line(fund, told)
    there = {f"{code}/{number}" for code, number in Entry.objects.values_list("fund__code", "number")}
    for where in sorted(set(told.values()) - there):
        yield Fault(where, f"entry {where} is missing: the log tells of it")


def _told() -> dict[str, str]:
    """Entries as the event log has them: hash -> fund line and number."""
    rows = Event.objects.filter(object_type__in=TOLD_ON, verb__startswith="amends.").exclude(details="")
    found = (json.loads(text) for text in rows.values_list("details", flat=True).iterator())
    return {str(one["entry_hash"]): str(one["entry"]) for one in found if one.get("entry_hash")}


def _line(fund: FundLine, told: Container[str]) -> Iterator[Fault]:
    held, previous, number = Balances(), _ledger.GENESIS, 0
    rows = Entry.objects.filter(fund=fund).select_related("fund", "offer", "reverses").order_by("number")
    for entry in rows.iterator(chunk_size=2000):
        number += 1
        where = f"{fund.code}/{entry.number}"
        if entry.number != number:
            yield Fault(
                where, f"entry {number} of {fund.code} is missing: the next one found is {entry.number}"
            )
            number = entry.number
        if entry.previous != previous:
            yield Fault(where, f"entry {where} does not follow the entry before it")
        if entry.hash != _ledger.digest(entry):
            yield Fault(where, f"entry {where} was changed")
        if entry.hash not in told:
            yield Fault(where, f"the log does not tell of entry {where} as it stands")
        if entry.reverses and (entry.source, entry.target, entry.amount) != (
            entry.reverses.target, entry.reverses.source, entry.reverses.amount,
        ):  # fmt: skip
            yield Fault(where, f"entry {where} does not undo the entry it names")
        try:
            held = held.after(Move(entry.source, entry.target, entry.amount))
        except LedgerError:
            yield Fault(where, f"entry {where} takes more than the account held")
        previous = entry.hash
    if (fund.entries, fund.head) != (number, previous):
        yield Fault(fund.code, f"fund line {fund.code} ends at entry {number}, its head says {fund.entries}")
    if (fund.funded, fund.promised, fund.disbursed) != (held.funded, held.promised, held.disbursed):
        yield Fault(fund.code, f"the sums of fund line {fund.code} are not those of its entries")
