"""Posting: the only writer of entries. The fund line is locked, the rules are asked, the row follows its predecessor."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from constat.apps.access.log import GENESIS, canonical
from constat.apps.access.models import Person
from constat.apps.amends.errors import FundClosed, OfferNotFound
from constat.apps.amends.models import Entry, FundLine, Offer
from constat.rules.ledger import REVERSAL, Balances, Move, move, undo

__all__ = ["GENESIS", "balances", "digest", "locked_fund", "of_offer", "post", "reverse", "standing"]


def locked_fund(code: str, *, open_only: bool = True) -> FundLine:
    """The fund line, locked until the transaction ends: whoever else spends from it waits here."""
    found = FundLine.objects.select_for_update(of=("self",)).filter(code=code).first()
    if found is None:
        raise OfferNotFound(_("There is no fund line %(code)s.") % {"code": code}, code=code)
    if open_only and found.closed_at is not None:
        raise FundClosed(
            _("The fund line %(code)s is closed. Choose an open one.") % {"code": code}, code=code
        )
    return found


def balances(fund: FundLine) -> Balances:
    return Balances(fund.funded - fund.promised, fund.promised - fund.disbursed, fund.disbursed)


def of_offer(offer: Offer) -> Balances:
    """What stands committed and disbursed for one offer."""
    held = Balances()
    for entry in Entry.objects.filter(offer=offer).order_by("pk"):
        held = held.of_offer(Move(entry.source, entry.target, entry.amount))
    return held


def standing(offer: Offer, kind: str) -> Entry | None:
    """The last entry of that kind that nothing has undone."""
    return Entry.objects.filter(offer=offer, kind=kind, reversed_by__isnull=True).order_by("-pk").first()


def post(
    *, fund: FundLine, kind: str, amount: Decimal, by: Person, at: datetime, reason: str, offer: Offer | None = None
) -> Entry:  # fmt: skip
    """One entry. Raises NotEnoughFunds, AmountNotPositive: then nothing is written."""
    return _write(fund, kind, move(kind, amount), by, at, reason, offer, None)


def reverse(*, fund: FundLine, entry: Entry, by: Person, at: datetime, reason: str) -> Entry:
    """The entry that undoes `entry` and names it. Raises NotReversible, NotEnoughFunds (what it moved has moved on)."""
    done = Move(entry.source, entry.target, entry.amount)
    back = undo(entry.kind, done, Entry.objects.filter(reverses=entry).exists())
    return _write(fund, REVERSAL, back, by, at, reason, entry.offer, entry)


def _write(
    fund: FundLine, kind: str, step: Move, by: Person, at: datetime, reason: str, offer: Offer | None, undone: Entry | None
) -> Entry:  # fmt: skip
    held = balances(fund).after(step)
    if offer is not None:
        of_offer(offer).of_offer(step)
    entry = Entry(
        fund=fund, number=fund.entries + 1, kind=kind, source=step.source, target=step.target, amount=step.amount,
        currency=fund.currency, offer=offer, reverses=undone, reason=reason.strip(), by=by, at=at, previous=fund.head,
    )  # fmt: skip
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    fund.funded, fund.promised, fund.disbursed = held.funded, held.promised, held.disbursed
    fund.entries, fund.head = entry.number, entry.hash
    fund.save(update_fields=["funded", "promised", "disbursed", "entries", "head"])
    return entry


def digest(entry: Entry) -> str:
    """SHA-256 over everything the entry says and the hash of the one before it."""
    said = [
        entry.fund.code, entry.number, entry.kind, entry.source, entry.target, str(entry.amount.normalize()), entry.currency,
        entry.offer.code if entry.offer else "", entry.reverses.number if entry.reverses else 0, entry.reason, entry.by_id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.previous,
    ]  # fmt: skip
    return hashlib.sha256(canonical(said).encode()).hexdigest()
