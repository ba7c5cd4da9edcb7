"""The life of an offer after the proposal: certified, put to the family, answered, handed over, returned or given up."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.amends.actions import _ledger
from constat.apps.amends.actions._case import apart, held, note, release, step, take
from constat.apps.amends.bands import rate_on
from constat.apps.amends.errors import Incomplete
from constat.apps.amends.models import Contact, Delivery, Offer
from constat.rules import amends as rules
from constat.rules.money import Money, convert
from constat.rules.vocabulary import vocabulary

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ContactDraft:
    """Somebody spoke with the family. with_whom: code of kinship. words: what was said; no names."""

    on: date
    method: str
    language: str
    with_whom: str
    words: str = ""


@dataclass(frozen=True)
class HandOver:
    """place, witness, mark: codes. receipt_sha256: of the receipt as it was scanned. colleague: the witness, if one of us."""

    on: date
    place: str
    witness: str
    mark: str
    receipt_sha256: str
    language: str
    read_aloud: bool
    armed_in_view: bool
    colleague: Person | None = None


@transaction.atomic
def certify(*, by: Person, at: datetime, offer: str, reason: str, fund: str = "") -> None:
    """A second person checks it; the money is committed in the same act, or nothing is."""
    found = held(by, offer, "certify", at)
    apart(found, by, [(found.proposed_by, "proposer_certifier")])
    free = found.amount == 0
    # What costs nothing commits no money; everything else names its line.
    transition = step(found, "certify", by=by, at=at, reason=reason, fund_line="no money" if free else fund)
    entry = None
    if not free:
        line = _ledger.locked_fund(fund)
        value, rate = Money(found.amount, found.currency), rate_on(found.currency, line.currency, at.date())
        cost = convert(value, line.currency, rate, at.date())
        entry = _ledger.post(
            fund=line, kind="commitment", amount=cost.amount, by=by, at=at, reason=found.code, offer=found
        )
        found.fund, found.fund_amount = line, cost.amount
        if rate is not None:
            found.rate, found.rate_on = f"{rate.base}/{rate.quote} {rate.value}", rate.on
    found.certified_by, found.certified_at = by, at
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb="certify", offer=found, at=at, entry=entry)


@transaction.atomic
def answer(
    *, by: Person, at: datetime, offer: str, verb: str, reason: str, contact: ContactDraft | None,
) -> None:  # fmt: skip
    """put_to_family, accept_offer, decline_offer, defer_offer, appeal: each rests on somebody having spoken with them."""
    found = held(by, offer, verb, at)
    before = found.state
    transition = step(found, verb, by=by, at=at, reason=reason, contact=contact, explanation=reason)
    if contact is None:  # the table has refused already; said again for whoever changes the table
        raise Incomplete(_("Note who spoke with the family, and how."), field="method")
    _spoken(found, verb, contact, by, at)
    entry = release(found, by=by, at=at, verb=verb) if verb == "decline_offer" else None
    if verb == "appeal":
        found.previous_state = before
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb=verb, offer=found, at=at, entry=entry, details={"method": contact.method})


def _spoken(offer: Offer, verb: str, contact: ContactDraft, by: Person, at: datetime) -> None:
    rules.check_contact(contact.method, offer.survivor)
    vocabulary("kinship").check(contact.with_whom)
    vocabulary("language").check(contact.language)
    if contact.on > at.date():
        raise Incomplete(_("The day of the contact has not come yet."), field="on")
    Contact.objects.create(
        offer=offer, verb=verb, on=contact.on, method=contact.method, language=contact.language,
        with_whom=contact.with_whom, spoke=by, words=contact.words.strip(), at=at,
    )  # fmt: skip


@transaction.atomic
def review_appeal(*, by: Person, at: datetime, offer: str, verb: str, reason: str) -> None:
    """uphold: the offer stands as it stood. grant_appeal: it falls, and another one is proposed in its place."""
    found = held(by, offer, verb, at)
    apart(found, by, [(found.proposed_by, "offer_appeal"), (found.certified_by, "offer_appeal")])
    transition = step(
        found, verb, by=by, at=at, reason=reason, explanation=reason, previous_state=found.previous_state
    )
    entry = release(found, by=by, at=at, verb=verb) if verb == "grant_appeal" else None
    found.previous_state = ""
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb=verb, offer=found, at=at, entry=entry)


@transaction.atomic
def deliver(*, by: Person, at: datetime, offer: str, reason: str, handover: HandOver) -> None:
    """A third person hands over, before a witness, with a receipt; the money leaves the line in the same act."""
    found = held(by, offer, "deliver", at)
    apart(found, by, [(found.proposed_by, "proposer_payer"), (found.certified_by, "certifier_payer")])
    transition = step(
        found, "deliver", by=by, at=at, reason=reason, delivery_place=handover.place, witness=handover.witness,
        receipt=handover.receipt_sha256,
    )  # fmt: skip
    if found.payer:
        raise Incomplete(_("Another payer settled this harm: there is nothing of ours to hand over."))
    _handed_over(found, handover, by, at)
    entry = None
    if found.fund is not None and found.fund_amount:
        line = _ledger.locked_fund(found.fund.code, open_only=False)
        entry = _ledger.post(
            fund=line, kind="disbursement", amount=found.fund_amount, by=by, at=at, reason=found.code, offer=found
        )  # fmt: skip
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb="deliver", offer=found, at=at, entry=entry, details={"place": handover.place,
         "witness": handover.witness, "receipt": handover.receipt_sha256})  # fmt: skip


def _handed_over(offer: Offer, given: HandOver, by: Person, at: datetime) -> None:
    rules.check_handover(given.armed_in_view)
    for name, code in (("delivery_place", given.place), ("witness", given.witness), ("receipt_mark", given.mark),
                       ("language", given.language)):  # fmt: skip
        vocabulary(name).check(code)
    if not _HASH.fullmatch(given.receipt_sha256):
        raise Incomplete(
            _("Give the receipt as a file, or its SHA-256 in 64 hexadecimal digits."), field="receipt"
        )
    if (given.witness == "colleague") != (given.colleague is not None):
        raise Incomplete(_("Name the colleague who witnessed, or choose another witness."), field="colleague")
    if given.colleague is not None and given.colleague in (by, offer.proposed_by, offer.certified_by):
        raise Incomplete(
            _("The witness is somebody else than those who proposed, certified and hand over."),
            field="colleague",
        )
    if given.mark != "signature" and not given.read_aloud:
        raise Incomplete(
            _(
                "Read the statement aloud before a thumb mark or the word of a witness stands for a signature."
            ),
            field="read_aloud",
        )
    certified = offer.certified_at.date() if offer.certified_at else given.on
    if not certified <= given.on <= at.date():
        raise Incomplete(_("The day of the hand-over lies between the certification and today."), field="on")
    Delivery.objects.create(
        offer=offer, on=given.on, place=given.place, witness=given.witness, colleague=given.colleague, mark=given.mark,
        receipt_sha256=given.receipt_sha256, language=given.language, read_aloud=given.read_aloud, paid_by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def take_back(*, by: Person, at: datetime, offer: str, reason: str, receipt_sha256: str) -> None:
    """What had been handed over came back: the line has the money again."""
    found = held(by, offer, "take_back", at)
    transition = step(found, "take_back", by=by, at=at, reason=reason, receipt=receipt_sha256)
    _ours(found)
    if not _HASH.fullmatch(receipt_sha256):
        raise Incomplete(
            _("Give the receipt as a file, or its SHA-256 in 64 hexadecimal digits."), field="receipt"
        )
    entry = None
    if found.fund is not None and found.fund_amount:
        line = _ledger.locked_fund(found.fund.code)
        entry = _ledger.post(
            fund=line, kind="return", amount=found.fund_amount, by=by, at=at, reason=found.code, offer=found
        )
    _end_delivery(found, "take_back", by, at)
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb="take_back", offer=found, at=at, entry=entry, details={"receipt": receipt_sha256})


@transaction.atomic
def reverse_delivery(*, by: Person, at: datetime, offer: str, reason: str) -> None:
    """A hand-over was recorded that did not happen: its entry is reversed by another that names it; both stay."""
    found = held(by, offer, "reverse_delivery", at)
    delivery = Delivery.objects.filter(offer=found, ended_at__isnull=True).select_related("paid_by").first()
    apart(found, by, [(delivery.paid_by if delivery else None, "certifier_payer")])
    transition = step(found, "reverse_delivery", by=by, at=at, reason=reason, explanation=reason)
    entry = None
    wrong = _ledger.standing(found, "disbursement")
    if wrong is not None:
        line = _ledger.locked_fund(wrong.fund.code)
        entry = _ledger.reverse(fund=line, entry=wrong, by=by, at=at, reason=f"{found.code} reverse_delivery")
    _end_delivery(found, "reverse_delivery", by, at)
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb="reverse_delivery", offer=found, at=at, entry=entry)


def _ours(offer: Offer) -> None:
    if offer.payer:
        raise Incomplete(_("Another payer settled this harm: nothing of ours can come back."))


def _end_delivery(offer: Offer, verb: str, by: Person, at: datetime) -> None:
    Delivery.objects.filter(offer=offer, ended_at__isnull=True).update(
        ended_at=at, ended_by=by, ended_how=verb
    )


@transaction.atomic
def give_up(*, by: Person, at: datetime, offer: str, verb: str, reason: str) -> None:
    """withdraw (whoever proposes), refuse_to_certify, cancel (whoever certifies): the offer falls, its money is free again."""
    found = held(by, offer, verb, at)
    if verb != "withdraw":
        apart(found, by, [(found.proposed_by, "proposer_certifier")])
    transition = step(found, verb, by=by, at=at, reason=reason)
    entry = release(found, by=by, at=at, verb=verb)
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb=verb, offer=found, at=at, entry=entry)


__all__ = ["ContactDraft", "HandOver", "answer", "certify", "deliver", "give_up", "reverse_delivery", "review_appeal",
           "take_back"]  # fmt: skip
