"""Fund lines, rates and bands: what finance and command set before anybody is promised anything."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.amends.actions import _ledger
from constat.apps.amends.actions._case import entry_details, permitted
from constat.apps.amends.errors import FundClosed, Incomplete, OfferNotFound
from constat.apps.amends.models import BandVersion, Entry, ExchangeRate, FundLine
from constat.rules.amends import Band
from constat.rules.ledger import NotReversible
from constat.rules.money import Money, Rate
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

REVERSIBLE = frozenset({"funding"})  # the others move with their offer


def _said(text: str, field: str) -> str:
    if not text.strip():
        raise Incomplete(_("Name the document or the decision this rests on."), field=field)
    return text.strip()


@transaction.atomic
def open_fund(
    *, by: Person, at: datetime, code: str, name: str, currency: str, basis: str, amount: Decimal = Decimal(0)
) -> FundLine:  # fmt: skip
    """A line of money given for amends. `amount`: what has really arrived; zero opens an empty line."""
    permitted(by, Permission.RESPONSES_FUND, at)
    vocabulary("currency").check(currency)
    code = code.strip().upper()
    if not code or not name.strip():
        raise Incomplete(_("Give the fund line a code and a name."), field="code")
    if FundLine.objects.filter(code=code).exists():
        raise Incomplete(_("There is a fund line of that code already. Choose another code."), field="code")
    fund = FundLine.objects.create(
        code=code, name=name.strip(), currency=currency, basis=_said(basis, "basis"), head=_ledger.GENESIS,
        opened_by=by, opened_at=at,
    )  # fmt: skip
    entry = _fund(fund, amount, by, at, basis) if amount else None
    _note(by, "open_fund", fund, at, entry)
    return fund


@transaction.atomic
def top_up(*, by: Person, at: datetime, fund: str, amount: Decimal, basis: str) -> Entry:
    """Money arrived. basis: the document that shows it."""
    permitted(by, Permission.RESPONSES_FUND, at)
    line = _ledger.locked_fund(fund)
    entry = _fund(line, amount, by, at, basis)
    _note(by, "top_up", line, at, entry)
    return entry


def _fund(fund: FundLine, amount: Decimal, by: Person, at: datetime, basis: str) -> Entry:
    exact = Money(amount, fund.currency).amount
    return _ledger.post(
        fund=fund, kind="funding", amount=exact, by=by, at=at, reason=_said(basis, "basis")[:200]
    )


@transaction.atomic
def reverse_funding(*, by: Person, at: datetime, fund: str, number: int, reason: str) -> Entry:
    """Undo an entry of money that did not arrive. Refused where the money has been promised meanwhile."""
    permitted(by, Permission.RESPONSES_FUND, at)
    line = _ledger.locked_fund(fund)
    wrong = Entry.objects.filter(fund=line, number=number).first()
    if wrong is None:
        raise OfferNotFound(_("There is no entry %(number)s on this line.") % {"number": number}, code=fund)
    if wrong.kind not in REVERSIBLE:
        raise NotReversible("not_reversible", kind=vocabulary("ledger_entry")[wrong.kind])
    entry = _ledger.reverse(fund=line, entry=wrong, by=by, at=at, reason=_said(reason, "reason")[:200])
    _note(by, "reverse_funding", line, at, entry)
    return entry


@transaction.atomic
def close_fund(*, by: Person, at: datetime, fund: str, reason: str) -> None:
    """Give back what is left. Refused while something is promised from the line and not handed over."""
    permitted(by, Permission.RESPONSES_FUND, at)
    line = _ledger.locked_fund(fund)
    held = _ledger.balances(line)
    if held.committed:
        raise FundClosed(
            _(
                "%(amount)s %(currency)s are promised from this line and not handed over. Deliver or cancel those offers first."
            )
            % {"amount": held.committed, "currency": line.currency},
            code=fund,
        )
    said = _said(reason, "reason")[:200]
    entry = None
    if held.available:
        entry = _ledger.post(fund=line, kind="closing", amount=held.available, by=by, at=at, reason=said)
    line.closed_by, line.closed_at = by, at
    line.save(update_fields=["closed_by", "closed_at"])
    _note(by, "close_fund", line, at, entry)


@transaction.atomic
def set_rate(
    *, by: Person, at: datetime, base: str, quote: str, value: Decimal, on: date, source: str
) -> None:
    """One `base` was worth `value` of `quote` on that day."""
    permitted(by, Permission.RESPONSES_FUND, at)
    rate = Rate(base, quote, value, on)
    if base == quote or on > at.date():
        raise Incomplete(_("A rate is between two currencies, on a day that has come."), field="on")
    try:
        with transaction.atomic():
            ExchangeRate.objects.create(
                base=base, quote=quote, value=str(rate.value), on=on, source=_said(source, "source"), by=by, at=at
            )  # fmt: skip
    except IntegrityError:
        raise Incomplete(
            _("The rate of that day is recorded already and is not changed. Record the next day’s."),
            field="on",
        ) from None
    log.record(by=by, verb="amends.set_rate", object_type="exchange_rate", object_key=f"{base}/{quote} {on}", at=at,
               details={"value": str(rate.value)})  # fmt: skip


@transaction.atomic
def set_band(
    *, by: Person, at: datetime, band: str, currency: str, minimum: Decimal, base: Decimal, maximum: Decimal,
    valid_from: date, reason: str,
) -> BandVersion:  # fmt: skip
    """A further version, in force from that day. What was offered before keeps the version it was judged by."""
    permitted(by, Permission.RESPONSES_FUND, at)
    vocabulary("band").check(band)
    amounts = [Money(one, currency) for one in (minimum, base, maximum)]
    Band(band, *amounts)
    last = BandVersion.objects.filter(band=band).order_by("-valid_from").first()
    if last is not None and valid_from <= last.valid_from:
        raise Incomplete(
            _("A version of this band is in force from %(day)s. A revision starts on a later day.")
            % {"day": last.valid_from.isoformat()},
            field="valid_from",
        )
    try:
        with transaction.atomic():
            made = BandVersion.objects.create(
                band=band, currency=currency, minimum=minimum, base=base, maximum=maximum, valid_from=valid_from,
                reason=_said(reason, "reason"), by=by, at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Incomplete(
            _("Somebody has just set this band from that day. Look at it first."), field="valid_from"
        ) from None
    log.record(by=by, verb="amends.set_band", object_type="band", object_key=band, at=at,
               details={"valid_from": valid_from.isoformat(), "currency": currency})  # fmt: skip
    return made


def _note(by: Person, verb: str, fund: FundLine, at: datetime, entry: Entry | None) -> None:
    log.record(by=by, verb=f"amends.{verb}", object_type="fund_line", object_key=fund.code, at=at,
               details=entry_details(entry))  # fmt: skip


__all__ = ["close_fund", "open_fund", "reverse_funding", "set_band", "set_rate", "top_up"]
