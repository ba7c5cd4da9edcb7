"""Propose: what, for whose harm, how much by which band, and to whom. Nothing is promised by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from constat.apps.access import log, vault
from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.amends import queries
from constat.apps.amends.actions._case import earlier, note, permitted
from constat.apps.amends.bands import band_on, rate_on, version_on
from constat.apps.amends.errors import Incomplete, OfferNotFound
from constat.apps.amends.models import BandVersion, NoOffer, Offer, OfferStep, Payee
from constat.apps.incidents.models import Incident, PersonHarm
from constat.apps.inquiries.errors import InquiryError
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import RESPONSE
from constat.apps.inquiries.queries import get as get_inquiry
from constat.rules import amends as rules
from constat.rules.money import Money, convert, rounded, zero
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

PAYEE = "payee"  # kind of identity in the vault
SETTLEMENT = "settlement"  # slot of rules.amends: the measures that bands are for


@dataclass(frozen=True)
class PayeeDraft:
    """Somebody who receives. identity: name, phone, contact ...: it goes to the vault and nowhere else."""

    kinship: str
    share: Fraction = Fraction(1)
    identity: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What is offered. base: the usual amount where there is no band, or the value of what is given in kind (a total).

    adjustments: (code, signed amount). currency: of the offer; "" takes that of the band.
    """

    measure: str
    currency: str = ""
    band: str = ""
    base: Decimal | None = None
    adjustments: Sequence[tuple[str, Decimal]] = ()
    deviation: str = ""
    deviation_words: str = ""
    in_kind_unit: str = ""
    in_kind_quantity: Decimal | None = None
    valuation: str = ""
    legal_nature: str = "ex_gratia"


@transaction.atomic
def propose(
    *, by: Person, at: datetime, inquiry: str, harm: str, terms: Terms, payees: Sequence[PayeeDraft], payee_rule: str,
    payee_basis: str, reason: str, person: UUID | str | None = None, quantity: Decimal = Decimal(1), replaces: str = "",
) -> str:  # fmt: skip
    """The code of the offer. person: key of the person harmed; None: `quantity` of what the figures hold."""
    viewer = permitted(by, Permission.RESPONSES_PROPOSE, at)
    case = _case(viewer, inquiry, at)
    if vocabulary("legal_nature").check(terms.legal_nature).extra["ours"] is False:
        raise Incomplete(
            _("What another payer settled is recorded as such, not proposed."), field="legal_nature"
        )
    offer = _draft(by, at, case, harm, terms, person, quantity, reason)
    offer.payee_rule, offer.payee_basis = payee_rule, payee_basis.strip()
    rules.check_payees(payee_rule, payee_basis, [rules.Payee(one.kinship, one.share) for one in payees])
    if replaces:
        offer.replaces = queries.get(viewer, replaces, at=at)
    _judge(offer, terms, at)
    keys = [_seal(one, by, at, case.incident.compartment) for one in payees]
    offer.beneficiary = keys[0]
    _insert(offer, reason, by, at)
    Payee.objects.bulk_create(
        [
            Payee(offer=offer, key=key, kinship=one.kinship, share_of=one.share.numerator, share_in=one.share.denominator)
            for key, one in zip(keys, payees, strict=True)
        ]
    )  # fmt: skip
    NoOffer.objects.filter(inquiry=case, person=offer.person, harm=harm, ended_at__isnull=True).update(
        ended_at=at, ended_by=by
    )
    note(by=by, verb="propose", offer=offer, at=at, details={"measure": offer.measure, "position": offer.position,
                                                             "deviation": offer.deviation})  # fmt: skip
    return offer.code


@transaction.atomic
def settled_elsewhere(
    *, by: Person, at: datetime, inquiry: str, harm: str, measure: str, payer: str, amount: Decimal, currency: str,
    reason: str, person: UUID | str | None = None, quantity: Decimal = Decimal(1), band: str = "",
) -> str:  # fmt: skip
    """Another payer settled this harm, says this person. It stays open until somebody else confirms it (`confirm_settled`).

    No money of ours moves. While it waits, nothing else is offered for the harm; any claims officer may withdraw the claim.
    """
    viewer = permitted(by, Permission.RESPONSES_PROPOSE, at)
    case = _case(viewer, inquiry, at)
    vocabulary("other_payer").check(payer)
    terms = Terms(
        measure=measure, currency=currency, band=band, base=amount, legal_nature="third_party_payer"
    )
    offer = _draft(by, at, case, harm, terms, person, quantity, reason)
    offer.payer, offer.state, offer.payee_rule = payer, rules.SAID, "person_harmed"
    value = Money(amount, currency)
    if value.amount < 0:
        raise Incomplete(_("The amount cannot be below zero."), field="amount")
    offer.base_amount = offer.amount = value.amount
    offer.currency = currency
    _compare(offer, value, at)
    _insert(offer, reason, by, at, verb="settled_elsewhere")
    note(by=by, verb="settled_elsewhere", offer=offer, at=at, details={"payer": payer})
    return offer.code


@transaction.atomic
def hold_back(
    *, by: Person, at: datetime, inquiry: str, harm: str, no_offer_reason: str, words: str,
    person: UUID | str | None = None,
) -> None:  # fmt: skip
    """Why nothing is offered for this harm now. It leaves the queue and stays on the page of the case."""
    viewer = permitted(by, Permission.RESPONSES_PROPOSE, at)
    case = _case(viewer, inquiry, at)
    vocabulary("no_offer_reason").check(no_offer_reason)
    if not words.strip():
        raise Incomplete(_("Write what was tried, and when it is taken up again."), field="words")
    key = _key(person)
    waiting = [one for one in queries.harms_waiting(case) if (one.person, one.harm) == (key, harm)]
    if not waiting or waiting[0].no_offer is not None:
        raise Incomplete(_("Nothing waits for this harm."), field="harm")
    NoOffer.objects.create(
        inquiry=case, person=key, harm=harm, reason=no_offer_reason, words=words.strip(), by=by, at=at
    )
    _note_case(by, "hold_back", case, at, no_offer_reason)


@transaction.atomic
def take_up(*, by: Person, at: datetime, inquiry: str, harm: str, person: UUID | str | None = None) -> None:
    """The reason for not offering is over: the harm waits in the queue again."""
    viewer = permitted(by, Permission.RESPONSES_PROPOSE, at)
    case = _case(viewer, inquiry, at)
    if not NoOffer.objects.filter(inquiry=case, person=_key(person), harm=harm, ended_at__isnull=True).update(
        ended_at=at, ended_by=by
    ):
        raise Incomplete(_("Nothing is held back for this harm."), field="harm")
    _note_case(by, "take_up", case, at, "")


def _note_case(by: Person, verb: str, case: Inquiry, at: datetime, why: str) -> None:
    log.record(by=by, verb=f"amends.{verb}", object_type="inquiry", object_key=case.code, at=at,
               details={"reason": why} if why else {})  # fmt: skip


def _case(viewer: Viewer, code: str, at: datetime) -> Inquiry:
    """The inquiry, found credible; its incident is locked, so that proposals for one event queue up."""
    try:
        case = get_inquiry(viewer, code, at=at)
    except InquiryError as error:
        raise OfferNotFound(str(error), code=code) from error
    root = queries.root_of(case.incident)
    Incident.objects.select_for_update(of=("self",)).get(pk=root.pk)
    if Inquiry.objects.values_list("state", flat=True).get(pk=case.pk) != RESPONSE:
        raise Incomplete(
            _("Offers are made for a case found credible, while its measures are prepared. %(code)s is not.")
            % {"code": code},
            code=code,
        )
    return case


def _key(person: UUID | str | None) -> UUID | None:
    try:
        return UUID(str(person)) if person else None
    except ValueError:
        raise Incomplete(_("Choose a person on the list of the incident."), field="person") from None


def _draft(
    by: Person, at: datetime, case: Inquiry, harm: str, terms: Terms, person: UUID | str | None, quantity: Decimal, reason: str
) -> Offer:  # fmt: skip
    """Whose harm, and that nothing stands for it yet."""
    vocabulary("harm").check(harm, new=False)
    if not reason.strip():
        raise Incomplete(_("Write a reason."), field="reason")
    key, root = _key(person), queries.root_of(case.incident)
    survivor = rules.is_survivor(case.incident.compartment, harm)
    rules.check_measure(terms.measure, survivor)
    if terms.band and terms.band not in rules.bands_for(harm):
        raise Incomplete(_("This band is not for this harm. Choose one that is."), field="band")
    settles = rules.settled_harm(harm, terms.band)
    offer = Offer(
        inquiry=case, state=rules.OFFER.initial, person=key, harm=harm, quantity=quantity, subject=str(key) if key else "",
        settles=settles, event=rules.event_of(settles, root.code), slot=rules.slot(terms.measure), measure=terms.measure,
        legal_nature=terms.legal_nature, survivor=survivor, band=terms.band, proposed_by=by, proposed_at=at, updated_at=at,
    )  # fmt: skip
    if key:
        if not PersonHarm.objects.filter(incident=root, person=key, harm=harm).exists():
            raise Incomplete(
                _("This person is not on the list of the incident with this harm."), field="person"
            )
        if quantity != 1:
            raise Incomplete(_("The harm of one person is one."), field="quantity")
        rules.check_unsettled(earlier(offer))
        _not_counted_already(offer, root)
    else:
        _within_figures(offer, root)
    return offer


def _within_figures(offer: Offer, root: Incident) -> None:
    """A part of what the figures hold, beyond the persons listed and what other offers of the same kind took."""
    known = queries.harmed(root)
    if offer.harm not in known:
        raise Incomplete(_("The figures of the incident do not hold this harm."), field="harm")
    listed = PersonHarm.objects.filter(incident=root, harm=offer.harm).count()
    counted = {one.code: one.quantity for one in _beside(offer, root) if one.person is None}
    same = {
        one.code: one.quantity
        for one in _beside(offer, root)
        if one.person is None and one.harm == offer.harm
    }
    rules.check_quantity(offer.quantity, known[offer.harm][1] - listed, same)
    # Somebody gravely wounded is one of the wounded: the branch holds no more people than it holds.
    named = len(queries.named(root, offer.harm))
    rules.check_quantity(offer.quantity, queries.branch(root, offer.harm) - named, counted)


def _not_counted_already(offer: Offer, root: Incident) -> None:
    """Who was settled as a number, before anybody knew the name, is not settled again under it."""
    counted = {one.code: one.quantity for one in _beside(offer, root) if one.person is None}
    if not counted:
        return
    settled = {one.code: Decimal(1) for one in _beside(offer, root) if one.person is not None}
    harmed = max(queries.branch(root, offer.harm), Decimal(len(queries.named(root, offer.harm))))
    rules.check_quantity(Decimal(1), harmed, counted | settled)


def _beside(offer: Offer, root: Incident) -> list[Offer]:
    """What stands of the same kind for the same branch of harm, in this event."""
    rows = Offer.objects.filter(
        inquiry__incident__in=queries.merged(root), slot=offer.slot, state__in=rules.LIVE
    )
    return [one for one in rows if rules.harm_root(one.harm) == rules.harm_root(offer.harm)]


def _judge(offer: Offer, terms: Terms, at: datetime) -> None:
    """The amount, and where it lies."""
    kind = rules.check_measure(terms.measure, offer.survivor)
    version = version_on(terms.band, at.date()) if terms.band and offer.slot == SETTLEMENT else None
    if kind == "money" and offer.slot == SETTLEMENT and not terms.band and rules.bands_for(offer.harm):
        raise Incomplete(_("Choose the band of this harm: same harm, same band, everywhere."), field="band")
    currency = terms.currency or (version.currency if version else "")
    if not currency:
        raise Incomplete(_("Choose the currency."), field="currency")
    vocabulary("currency").check(currency)
    base = _base(offer, terms, version, currency, at, kind)
    changes = [rules.Adjustment(code, Money(amount, currency)) for code, amount in terms.adjustments]
    value = rules.adjusted(base, changes)
    given = None
    if terms.in_kind_quantity is not None and terms.in_kind_unit:
        given = rules.InKind(terms.in_kind_unit, terms.in_kind_quantity, terms.valuation)
    rules.check_in_kind(kind, given, value)
    offer.base_amount, offer.amount, offer.currency = base.amount, value.amount, currency
    offer.adjustments = [[one.code, str(one.amount.amount)] for one in changes]
    if given:
        offer.in_kind_unit, offer.in_kind_quantity = given.unit, given.quantity
        offer.valuation = given.valuation
    offer.band_version = version
    _compare(offer, value, at)
    if value.amount:
        band = band_on(version) if version else None
        in_band = (
            convert(value, version.currency, rate_on(currency, version.currency, at.date()), at.date())
            if version
            else value
        )
        rules.check_band(in_band, band, offer.quantity, terms.deviation, terms.deviation_words)
        if offer.position != "within":
            offer.deviation, offer.deviation_words = terms.deviation, terms.deviation_words.strip()


def _base(
    offer: Offer, terms: Terms, version: BandVersion | None, currency: str, at: datetime, kind: str
) -> Money:
    if kind == "words":
        return zero(currency)
    if terms.base is not None:
        return Money(terms.base, currency)
    if version is None:
        raise Incomplete(_("Give the amount: no band sets it."), field="base")
    usual = band_on(version).of(offer.quantity)[1]
    return convert(usual, currency, rate_on(usual.currency, currency, at.date()), at.date())


def _compare(offer: Offer, value: Money, at: datetime) -> None:
    """What a reader compares: the amount per unit of harm, in the currency of the band."""
    version = offer.band_version or (
        version_on(offer.band, at.date()) if offer.band and offer.slot == SETTLEMENT else None
    )
    if version is not None:
        rate = rate_on(value.currency, version.currency, at.date())
        if offer.payer and value.currency != version.currency and rate is None:
            version = None  # what another paid is recorded even where nobody can convert it
        else:
            value = convert(value, version.currency, rate, at.date())
    offer.band_version = version
    offer.position = rules.position(value, band_on(version) if version else None, offer.quantity)
    per_unit = rounded(Fraction(value.amount) / Fraction(offer.quantity), value.currency)
    offer.comparable, offer.comparable_currency = per_unit.amount, value.currency


def _seal(draft: PayeeDraft, by: Person, at: datetime, compartment: str) -> UUID:
    given = {name: text.strip() for name, text in draft.identity.items() if text.strip()}
    if not given.get("name"):
        raise Incomplete(
            _("Write who receives: the name goes to the vault and is shown on no list."), field="name"
        )
    return vault.seal(kind=PAYEE, values=given, by=by, at=at, compartment=compartment)


def _insert(offer: Offer, reason: str, by: Person, at: datetime, verb: str = "propose") -> None:
    offer.code = next_code("A", at.year)
    try:
        with transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError:
        # The lock makes this rare: two incidents, one death. The sentence is the same as for the check before it.
        found = earlier(offer)
        rules.check_unsettled(found)
        raise
    OfferStep.objects.create(offer=offer, verb=verb, target=offer.state, reason=reason.strip(), by=by, at=at)


__all__ = ["PayeeDraft", "Terms", "hold_back", "propose", "settled_elsewhere", "take_up"]
