"""What the pages of amends show: frozen shapes, filled for a viewer. Amounts are written out; names are nowhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.amends import queries
from constat.apps.amends.errors import OfferNotFound
from constat.apps.amends.models import (
    BandVersion,
    Contact,
    Delivery,
    Entry,
    ExchangeRate,
    FundLine,
    NoOffer,
    Offer,
)
from constat.apps.incidents.queries import regions
from constat.apps.inquiries.models import InvolvedUnit
from constat.rules import comparability
from constat.rules.amends import LIVE, OFFER, SAID, SURVIVOR_COMPARTMENT
from constat.rules.money import digits
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.formats import NARROW
from constat.ui.shapes import Moment

LIST = 200
AGES = (30, 90, 180)
PROMISED = frozenset({"certified", "offered", "accepted", "deferred", "appealed"})


def money(amount: Decimal | None, currency: str) -> str:
    """2 250,00 USD in French, 2,250.00 USD else; always in the digits read in West Africa."""
    if amount is None:
        return "–"
    text = f"{amount:,.{digits(currency)}f}"
    if queries.language() == "fr":
        text = text.replace(",", NARROW).replace(".", ",")
    return f"{text} {currency}"


@dataclass(frozen=True)
class Row:
    code: str
    state: str
    inquiry: str
    incident: str
    harm: str
    measure: str
    amount: str
    position: str
    proposed_at: datetime
    survivor: bool
    ours: bool
    protected: bool = False  # above the reader's level: only what a step on the money needs


def row(offer: Offer, *, whole: bool = True) -> Row:
    if not whole:
        return Row(
            code=offer.code, state=offer.state, inquiry="", incident="", harm="", measure=offer.measure,
            amount=money(offer.amount, offer.currency) if offer.amount else "",
            position=offer.position if offer.amount else "", proposed_at=offer.proposed_at, survivor=False,
            ours=not offer.payer, protected=True,
        )  # fmt: skip
    return Row(
        code=offer.code, state=offer.state, inquiry=offer.inquiry.code, incident=offer.inquiry.incident.code,
        harm=offer.harm, measure=offer.measure, amount=money(offer.amount, offer.currency) if offer.amount else "",
        position=offer.position if offer.amount else "", proposed_at=offer.proposed_at, survivor=offer.survivor,
        ours=not offer.payer,
    )  # fmt: skip


def listing(viewer: Viewer, *, at: datetime, state: str = "") -> list[Row]:
    """Newest first, at most LIST: the work at hand, not the archive."""
    found = queries.files(viewer, at=at).select_related("inquiry__incident").order_by("-proposed_at", "-pk")
    if state:
        found = found.filter(state=state)
    return _rows(viewer, found, at)


def _rows(viewer: Viewer, found: QuerySet[Offer], at: datetime) -> list[Row]:
    """The first LIST, each as much of it as this viewer may see."""
    offers = list(found[:LIST])
    shown = queries.readable_offers(viewer, at=at).filter(pk__in=[one.pk for one in offers])
    whole = set(shown.values_list("pk", flat=True))
    return [row(one, whole=one.pk in whole) for one in offers]


# What waits for whoever holds this: the state an offer is in before their step.
TURNS = {
    Permission.RESPONSES_CONFIRM_SETTLED: SAID,
    Permission.RESPONSES_CERTIFY: "proposed",
    Permission.RESPONSES_PAY: "accepted",
    Permission.RESPONSES_REVIEW: "appealed",
}


def turn(viewer: Viewer, *, at: datetime) -> list[Row]:
    """The offers that wait for this person, oldest first; none that they proposed or certified themselves."""
    states = [state for permission, state in TURNS.items() if permission in viewer.permissions]
    if not states:
        return []
    found = (
        queries.files(viewer, at=at)
        .filter(Q(payer="") | Q(state=SAID), state__in=states)
        .select_related("inquiry__incident")
    )
    mine = Q(proposed_by=viewer.key) | Q(certified_by=viewer.key, certified_by__isnull=False)
    return _rows(viewer, found.exclude(mine).order_by("updated_at", "pk"), at)


@dataclass(frozen=True)
class Step:
    verb: str
    label: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class PayeeLine:
    """short: first digits of the key, to tell two apart. amount: the part of the whole."""

    key: str
    short: str
    kinship: str
    share: str


@dataclass(frozen=True)
class OfferPage:
    offer: Offer
    row: Row
    amount: str
    base: str
    adjustments: tuple[tuple[str, str], ...]
    band_text: str
    fund_amount: str
    person: str
    payees: tuple[PayeeLine, ...]
    contacts: tuple[Contact, ...]
    deliveries: tuple[Delivery, ...]
    entries: tuple["JournalLine", ...]
    steps: tuple[Step, ...]
    history: tuple[Moment, ...]
    may_reveal: bool
    said: str = ""  # how it is known that another payer settled it


def offer_page(viewer: Viewer, code: str, *, at: datetime) -> OfferPage:
    offer = queries.get(viewer, code, at=at)
    payees = payee_lines(offer)
    return OfferPage(
        offer=offer, row=row(offer), amount=money(offer.amount, offer.currency), base=money(offer.base_amount, offer.currency),
        adjustments=adjustments_of(offer), band_text=band_text_of(offer), fund_amount=money(offer.fund_amount, offer.fund.currency) if offer.fund else "",
        person=str(offer.person)[:8] if offer.person else "", payees=payees,
        contacts=tuple(offer.contacts.select_related("spoke").order_by("pk")),
        deliveries=tuple(offer.deliveries.select_related("paid_by", "colleague").order_by("pk")),
        entries=entries_of(offer), steps=tuple(steps_of(viewer, offer)), history=_history(offer),
        may_reveal=bool(viewer.may(Permission.IDENTITIES_REVEAL)) and bool(payees), said=said_of(offer),
    )  # fmt: skip


def adjustments_of(offer: Offer) -> tuple[tuple[str, str], ...]:
    return tuple((code, money(Decimal(text), offer.currency)) for code, text in offer.adjustments)


def band_text_of(offer: Offer) -> str:
    version = offer.band_version
    if version is None:
        return ""
    return f"{money(version.minimum, version.currency)} – {money(version.maximum, version.currency)}"


def payee_lines(offer: Offer) -> tuple[PayeeLine, ...]:
    return tuple(
        PayeeLine(str(one.key), str(one.key)[:8], one.kinship, f"{one.share_of}/{one.share_in}")
        for one in offer.payees.order_by("pk")
    )


def entries_of(offer: Offer) -> tuple["JournalLine", ...]:
    rows = Entry.objects.filter(offer=offer).select_related("fund", "offer", "reverses", "by").order_by("pk")
    return tuple(_journal(one) for one in rows)


def said_of(offer: Offer) -> str:
    if not offer.payer:
        return ""
    first = offer.steps.order_by("pk").first()
    return first.reason if first else ""


def steps_of(viewer: Viewer, offer: Offer) -> Iterable[Step]:
    words, needs = vocabulary("verb"), vocabulary("need")
    # Not offered to whom the rule of two persons would refuse it; the act asks the rule again.
    proposer, certifier = str(offer.proposed_by_id), str(offer.certified_by_id or "")
    apart = {
        Permission.RESPONSES_CERTIFY: {proposer},
        Permission.RESPONSES_PAY: {proposer, certifier},
        Permission.RESPONSES_REVIEW: {proposer, certifier},
    }
    if offer.state == SAID:
        recorded = queries.recorders(offer.inquiry.incident, offer.person)
        apart[Permission.RESPONSES_CONFIRM_SETTLED] = {proposer, *recorded}
    for verb in OFFER.verbs_from(offer.state):
        step = OFFER.steps(offer.state, verb)[0]
        if step.permission not in viewer.permissions or viewer.key in apart.get(step.permission, ()):
            continue
        if offer.payer and verb in ("take_back", "deliver"):
            continue
        extra = [need for need in step.needs if need not in ("actor", "at", "reason", "previous_state")]
        yield Step(
            verb,
            words.label(verb, queries.language()),
            tuple(needs.label(one, queries.language()) for one in extra),
        )


def _history(offer: Offer) -> tuple[Moment, ...]:
    """From the steps, which have the words; the log has the same moments."""
    words = vocabulary("verb")
    labels = {"propose": _("Proposed"), "settled_elsewhere": _("Said to be settled by another payer")}
    return tuple(
        Moment(
            at=one.at, title=labels.get(one.verb) or words.label(one.verb, queries.language()), by=one.by.display_name,
            words=one.reason, kind="decision" if one.verb in ("certify", "deliver") else "event",
        )
        for one in offer.steps.select_related("by").order_by("-pk")
    )  # fmt: skip


# --- money


@dataclass(frozen=True)
class JournalLine:
    number: int
    fund: str
    kind: str
    source: str
    target: str
    amount: str
    offer: str
    reverses: int | None
    reason: str
    by: str
    at: datetime
    hash: str
    reversible: bool = False


def _journal(entry: Entry, shown: frozenset[str] | None = None) -> JournalLine:
    """shown: codes of the offers this reader may know of; the others are money without a name."""
    code = entry.offer.code if entry.offer else ""
    hidden = bool(code) and shown is not None and code not in shown
    return JournalLine(
        number=entry.number, fund=entry.fund.code, kind=entry.kind, source=entry.source, target=entry.target,
        amount=money(entry.amount, entry.currency), offer="" if hidden else code,
        reverses=entry.reverses.number if entry.reverses else None, reason="" if code else entry.reason,
        by="" if hidden else entry.by.display_name, at=entry.at, hash=entry.hash,
        reversible=entry.kind == "funding" and not Entry.objects.filter(reverses=entry).exists(),
    )  # fmt: skip


@dataclass(frozen=True)
class FundRow:
    code: str
    name: str
    currency: str
    funded: str
    promised: str
    disbursed: str
    available: str
    to_hand_over: str
    returned: str
    closed_at: datetime | None
    basis: str


def funds() -> list[FundRow]:
    """Open lines first. Sums of money tell of no case: whoever reads amends sees them."""
    return [_fund(one) for one in FundLine.objects.order_by("closed_at", "code")]


def open_lines() -> list[tuple[str, str]]:
    """(code, what is left to promise), by code."""
    rows = FundLine.objects.filter(closed_at__isnull=True).order_by("code")
    return [(one.code, money(one.funded - one.promised, one.currency)) for one in rows]


def _fund(one: FundLine) -> FundRow:
    returned = Entry.objects.filter(fund=one, kind="return").aggregate(total=Sum("amount"))[
        "total"
    ] or Decimal(0)
    return FundRow(
        code=one.code, name=one.name, currency=one.currency, funded=money(one.funded, one.currency),
        promised=money(one.promised, one.currency), disbursed=money(one.disbursed, one.currency),
        available=money(one.funded - one.promised, one.currency),
        to_hand_over=money(one.promised - one.disbursed, one.currency), returned=money(returned, one.currency),
        closed_at=one.closed_at, basis=one.basis,
    )  # fmt: skip


@dataclass(frozen=True)
class FundPage:
    fund: FundRow
    lines: tuple[JournalLine, ...]
    head: str
    older: int | None


def fund_page(viewer: Viewer, code: str, *, at: datetime, before: int | None = None) -> FundPage:
    """The journal of a line, newest first."""
    fund = FundLine.objects.filter(code=code).first()
    if fund is None:
        raise OfferNotFound(_("There is no fund line %(code)s.") % {"code": code}, code=code)
    rows = (
        Entry.objects.filter(fund=fund).select_related("fund", "offer", "reverses", "by").order_by("-number")
    )
    if before:
        rows = rows.filter(number__lt=before)
    entries = list(rows[:100])
    codes = [one.offer_id for one in entries if one.offer_id]
    shown = frozenset(queries.files(viewer, at=at).filter(pk__in=codes).values_list("code", flat=True))
    return FundPage(
        fund=_fund(fund), lines=tuple(_journal(one, shown) for one in entries), head=fund.head,
        older=entries[-1].number if entries and entries[-1].number > 1 else None,
    )  # fmt: skip


def rates() -> list[ExchangeRate]:
    return list(ExchangeRate.objects.order_by("-on", "base", "quote")[:50])


@dataclass(frozen=True)
class Age:
    """Promised and not handed over. `over`: days since the certification, more than this."""

    label: str
    count: int
    amounts: tuple[str, ...]
    offers: tuple[str, ...]


@dataclass(frozen=True)
class MoneyPage:
    ages: tuple[Age, ...]
    unfunded: tuple[tuple[str, str, str], ...]  # currency: proposed and not certified, available, missing
    proposed: int
    waiting: int  # harms for which nothing is proposed yet
    estimate: tuple[str, ...]  # their usual amounts, where a band is in force


def money_page(viewer: Viewer, *, at: datetime) -> MoneyPage:
    """What was promised and waits, and what no money stands for: for finance and command."""
    offers = list(queries.readable_offers(viewer, at=at).filter(payer="").select_related("fund"))
    promised = [one for one in offers if one.state in PROMISED and one.certified_at]
    proposed = [one for one in offers if one.state == "proposed"]
    waiting = [one for case in queries.queue(viewer, at=at) for one in case.to_offer]
    return MoneyPage(
        ages=tuple(_ages(promised, at)), unfunded=tuple(_unfunded(proposed)), proposed=len(proposed),
        waiting=len(waiting), estimate=tuple(_estimate(waiting, at.date())),
    )  # fmt: skip


def _ages(promised: Sequence[Offer], at: datetime) -> Iterable[Age]:
    groups: dict[int, list[Offer]] = defaultdict(list)
    for one in promised:
        days = (at - one.certified_at).days if one.certified_at else 0
        groups[sum(days > limit for limit in AGES)].append(one)
    labels = [_("up to 30 days"), _("31 to 90 days"), _("91 to 180 days"), _("more than 180 days")]
    for index, label in enumerate(labels):
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for one in groups[index]:
            if one.fund is not None and one.fund_amount is not None:
                sums[one.fund.currency] += one.fund_amount
        amounts = tuple(money(total, currency) for currency, total in sorted(sums.items()))
        yield Age(label, len(groups[index]), amounts, tuple(one.code for one in groups[index][:20]))


def _unfunded(proposed: Sequence[Offer]) -> Iterable[tuple[str, str, str]]:
    needed: dict[str, Decimal] = defaultdict(Decimal)
    for one in proposed:
        needed[one.currency] += one.amount
    held: dict[str, Decimal] = defaultdict(Decimal)
    for fund in FundLine.objects.filter(closed_at__isnull=True):
        held[fund.currency] += fund.funded - fund.promised
    for currency, total in sorted(needed.items()):
        missing = max(total - held[currency], Decimal(0))
        yield (
            money(total, currency),
            money(held[currency], currency),
            money(missing, currency) if missing else "",
        )


def _estimate(waiting: Sequence[queries.Waiting], day: date) -> Iterable[str]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in waiting:
        # The worst band that fits: an estimate that turns out too high keeps a promise, one too low breaks it.
        band = in_force(one.bands[0], day) if one.bands else None
        if band is not None:
            sums[band.currency] += band.base * one.left
    return [money(total, currency) for currency, total in sorted(sums.items())]


def in_force(band: str, day: date) -> BandVersion | None:
    return BandVersion.objects.filter(band=band, valid_from__lte=day).order_by("-valid_from").first()


# --- bands


@dataclass(frozen=True)
class BandRow:
    code: str
    unit: str
    current: tuple[str, str, str] | None  # least, usual, most
    since: date | None
    versions: tuple[tuple[date, str, str, str, str], ...]  # valid from, least, usual, most, reason


def bands(*, on: date) -> list[BandRow]:
    versions: dict[str, list[BandVersion]] = defaultdict(list)
    for one in BandVersion.objects.order_by("-valid_from"):
        versions[one.band].append(one)
    found = []
    for code, term in vocabulary("band").items():
        rows = versions[code]
        now = next((one for one in rows if one.valid_from <= on), None)
        current = tuple(money(x, now.currency) for x in (now.minimum, now.base, now.maximum)) if now else None
        found.append(
            BandRow(
                code=code, unit=term.extra["unit"], current=current, since=now.valid_from if now else None,  # type: ignore[arg-type]
                versions=tuple(
                    (one.valid_from, money(one.minimum, one.currency), money(one.base, one.currency),
                     money(one.maximum, one.currency), one.reason)
                    for one in rows
                ),
            )
        )  # fmt: skip
    return found


# --- comparability


@dataclass(frozen=True)
class OutlierLine:
    code: str
    value: str
    reasons: tuple[str, ...]
    explained: bool
    region: str
    units: str


@dataclass(frozen=True)
class Class:
    """Amounts per unit of one class of harm, in one currency."""

    label: str
    currency: str
    n: int
    median: str
    lowest: str
    highest: str
    mean: str
    ratio: str
    few: bool  # too few for any statistic: the plain rules only
    outliers: tuple[OutlierLine, ...]
    by_region: tuple[tuple[str, int, str], ...]  # region, n, median


def comparability_page(
    viewer: Viewer, *, at: datetime, first: date | None = None, last: date | None = None
) -> list[Class]:
    """Same harm, same amount? Every settlement that stands and that this viewer may read, by class of harm."""
    rows = queries.readable_offers(viewer, at=at).filter(
        state__in=LIVE - {SAID}, slot="settlement", amount__gt=0
    )
    # Survivors are in no list of others: they have a class of their own, inside their compartment.
    rows = rows.exclude(Q(survivor=True) | Q(inquiry__incident__compartment=SURVIVOR_COMPARTMENT))
    if first:
        rows = rows.filter(proposed_at__date__gte=first)
    if last:
        rows = rows.filter(proposed_at__date__lte=last)
    offers = list(rows.select_related("inquiry__incident"))
    units: dict[int, list[str]] = defaultdict(list)
    for pk, code in InvolvedUnit.objects.filter(
        inquiry__in={one.inquiry_id for one in offers}, struck_at__isnull=True
    ).values_list("inquiry_id", "unit__code"):
        units[pk].append(code)
    classes: dict[tuple[str, str], list[comparability.Amount]] = defaultdict(list)
    for one in offers:
        amount = comparability.Amount(
            one.code, one.comparable, one.position, bool(one.deviation), one.inquiry.incident.adm1,
            ", ".join(units[one.inquiry_id]),
        )  # fmt: skip
        classes[one.band or one.harm, one.comparable_currency].append(amount)
    names = dict(regions())
    return [_class(key, amounts, names) for key, amounts in sorted(classes.items())]


def _class(key: tuple[str, str], amounts: Sequence[comparability.Amount], names: dict[str, str]) -> Class:
    code, currency = key
    found = comparability.compare(amounts)
    word = "band" if code in vocabulary("band") else "harm"
    regions_of: dict[str, list[Decimal]] = defaultdict(list)
    for one in amounts:
        regions_of[one.region].append(one.value)
    return Class(
        label=vocabulary(word).label(code, queries.language()), currency=currency, n=found.n,
        median=_about(found.median, currency), lowest=_about(found.lowest, currency), highest=_about(found.highest, currency),
        mean=_about(found.total / found.n, currency), ratio=str(found.ratio) if found.ratio is not None else "–",
        few=found.n < comparability.ENOUGH,
        outliers=tuple(
            OutlierLine(
                code=one.amount.offer, value=_about(one.amount.value, currency), reasons=one.reasons,
                explained=one.amount.explained, region=names.get(one.amount.region, one.amount.region), units=one.amount.unit,
            )
            for one in found.outliers
        ),
        by_region=tuple(
            (names.get(region, region) or "–", len(values), _about(comparability.median(values), currency))
            for region, values in sorted(regions_of.items())
        ),
    )  # fmt: skip


def _about(value: Decimal, currency: str) -> str:
    return money(round(value, digits(currency)), currency)


@dataclass(frozen=True)
class CasePage:
    case: queries.Case
    offers: tuple[Row, ...]
    no_offers: tuple[NoOffer, ...]


def events(offer: Offer) -> list[object]:
    return list(log.events_of("offer", offer.code))
