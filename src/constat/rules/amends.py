"""Amends: the life of an offer, its band, whom it goes to, and what never happens.

Same harm, same band, everywhere; one harm, one settlement; three people; no promise without money; survivors first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from constat.rules.money import Money, times
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.visibility import GENERAL, Facts, Viewer, may_read
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import Workflow, step


class AmendsError(RuleError):
    """The tree of this module."""


class OutsideBand(AmendsError):
    """An amount outside the band without its coded reason and its words."""


class WrongPayee(AmendsError):
    """Shares that do not make one whole, nobody to receive, or a choice without its basis."""


class SettledAlready(AmendsError):
    """This harm of this person has an offer already."""


class MoreThanHarmed(AmendsError):
    """An offer for more than the line of harm holds."""


class NotForSurvivors(AmendsError):
    """A measure or a contact that survivors of sexual violence are never put through."""


class NotAMeasure(AmendsError):
    """What was chosen is an outcome, or lacks what a measure of its kind needs."""


class UnsafeHandover(AmendsError):
    """Handing over in view of armed actors."""


_PROPOSE, _CERTIFY, _PAY = (
    Permission.RESPONSES_PROPOSE,
    Permission.RESPONSES_CERTIFY,
    Permission.RESPONSES_PAY,
)
_REVIEW, _SECOND = Permission.RESPONSES_REVIEW, Permission.RESPONSES_CONFIRM_SETTLED
_HANDED_OVER = ("delivery_place", "witness", "receipt")

OFFER = Workflow(
    name="offer",
    states=vocabulary("offer_state"),
    initial="proposed",
    starts=(),
    final=frozenset({"declined", "delivered", "returned", "cancelled"}),
    transitions=(
        # The money is put aside in the same act: what is not there is not promised.
        step("proposed", "certify", "certified", _CERTIFY, "fund_line"),
        step("proposed", "refuse_to_certify", "cancelled", _CERTIFY),
        step("proposed", "withdraw", "cancelled", _PROPOSE),
        step("certified", "put_to_family", "offered", _PROPOSE, "contact"),
        step("certified", "cancel", "cancelled", _CERTIFY),
        # Nobody "declined" who was never spoken to.
        step("offered", "accept_offer", "accepted", _PROPOSE, "contact"),
        step("offered", "decline_offer", "declined", _PROPOSE, "contact"),
        step("offered", "defer_offer", "deferred", _PROPOSE, "contact"),
        step("offered", "appeal", "appealed", _PROPOSE, "contact", "explanation"),
        step("offered", "cancel", "cancelled", _CERTIFY),
        step("deferred", "accept_offer", "accepted", _PROPOSE, "contact"),
        step("deferred", "decline_offer", "declined", _PROPOSE, "contact"),
        step("deferred", "appeal", "appealed", _PROPOSE, "contact", "explanation"),
        step("deferred", "cancel", "cancelled", _CERTIFY),
        step("declined", "appeal", "appealed", _PROPOSE, "contact", "explanation"),
        step("accepted", "deliver", "delivered", _PAY, *_HANDED_OVER),
        step("accepted", "decline_offer", "declined", _PROPOSE, "contact"),
        step("accepted", "appeal", "appealed", _PROPOSE, "contact", "explanation"),
        step("accepted", "cancel", "cancelled", _CERTIFY),
        # An independent person: the offer stands as it was, or it falls and another is proposed.
        step("appealed", "uphold", "offered", _REVIEW, "explanation", "previous_state"),
        step("appealed", "uphold", "deferred", _REVIEW, "explanation", "previous_state"),
        step("appealed", "uphold", "declined", _REVIEW, "explanation", "previous_state"),
        step("appealed", "uphold", "accepted", _REVIEW, "explanation", "previous_state"),
        step("appealed", "grant_appeal", "cancelled", _REVIEW, "explanation"),
        # Another payer settled it, says one person. The harm stays open until a second one has looked at how that is known.
        step("said_settled", "confirm_settled", "delivered", _SECOND, "explanation"),
        step("said_settled", "send_back_claim", "cancelled", _SECOND, "explanation"),
        step("said_settled", "withdraw", "cancelled", _PROPOSE),
        step("delivered", "take_back", "returned", _PAY, "receipt"),
        # A hand-over that was recorded and never happened: the entry is reversed, both stay in the books.
        step("delivered", "reverse_delivery", "accepted", _CERTIFY, "explanation"),
    ),
)

# The states in which an offer stands in the way of a second one for the same harm.
LIVE = frozenset(
    {"proposed", "certified", "offered", "accepted", "deferred", "appealed", "delivered", "said_settled"}
)
# What one person says of another payer, before a second one has confirmed it.
SAID = "said_settled"
# Nothing more is expected of the cell.
SETTLED = frozenset({"declined", "delivered", "returned", "cancelled"})
# A survivor is asked alone, where and how she or he chose; the record stays in its compartment.
SURVIVOR_COMPARTMENT = "crsv"
SURVIVOR_HARM = "sexual_violence"

DEATH = "death"


def harm_root(harm: str) -> str:
    """The harm at the top of its branch: a wound graded anew is still the same wound."""
    above = vocabulary("harm").ancestors(harm)
    return above[-1] if above else harm


def slot(measure: str) -> str:
    """What a measure settles. Two measures of one slot for one harm would settle it twice; words and care stand beside."""
    return "settlement" if vocabulary("response_type")[measure].extra.get("settles") else measure


def settled_harm(harm: str, band: str) -> str:
    """What a settlement of this harm in this band settles: missing, then found dead, is one loss under two names."""
    return str(vocabulary("band")[band].extra.get("settles", harm_root(harm))) if band else harm_root(harm)


def event_of(settled: str, event: str) -> str:
    """The event within which a harm is one harm. Nobody dies twice, whatever two incidents say."""
    return "" if settled == DEATH else event


def measures(survivor: bool) -> tuple[str, ...]:
    """The measures an offer may hold, in the order of the vocabulary."""
    return tuple(
        one.code
        for one in vocabulary("response_type").active()
        if one.extra["kind"] != "outcome" and (one.extra["survivor"] or not survivor)
    )


def is_survivor(compartment: str, harm: str) -> bool:
    return compartment == SURVIVOR_COMPARTMENT or harm_root(harm) == SURVIVOR_HARM


def check_measure(measure: str, survivor: bool) -> str:
    """The kind of the measure: money, in_kind or words. Refused: an outcome, and what survivors are never put through."""
    term = vocabulary("response_type").check(measure)
    if term.extra["kind"] == "outcome":
        raise NotAMeasure("not_a_measure", measure=term)
    if survivor and not term.extra["survivor"]:
        raise NotForSurvivors("survivor_measure", measure=term)
    return str(term.extra["kind"])


def check_contact(method: str, survivor: bool) -> None:
    term = vocabulary("contact_method").check(method)
    if survivor and not term.extra["survivor"]:
        raise NotForSurvivors("survivor_contact", method=term)


def check_handover(armed_in_view: bool) -> None:
    if armed_in_view:
        raise UnsafeHandover("armed_in_view")


@dataclass(frozen=True)
class InKind:
    """`quantity` of `unit` (code of harm_unit), worth `value` by the basis `valuation`."""

    unit: str
    quantity: Decimal
    valuation: str


def check_in_kind(kind: str, given: InKind | None, value: Money) -> None:
    """What is given in kind says how much of what, and what it is worth; what costs nothing says by whose means."""
    if kind == "money":
        if value.amount <= 0:
            raise NotAMeasure("amount_not_positive", amount=value)
        return
    if kind == "in_kind":
        if given is None or given.quantity <= 0:
            raise NotAMeasure("in_kind_incomplete")
        vocabulary("harm_unit").check(given.unit)
        term = vocabulary("valuation").check(given.valuation)
        if bool(term.extra.get("free")) != (value.amount == 0) or value.amount < 0:
            raise NotAMeasure("value_and_basis", basis=term, amount=value)
        return
    if value.amount != 0:
        raise NotAMeasure("words_cost_nothing", amount=value)


# --- who reads the amends file of a case they may not read

# Their step needs the amount, the band, the reference and the receipt; none of them needs what happened, and to whom.
ACTING = frozenset({_SECOND, _CERTIFY, _PAY, _REVIEW})
WHOLE, FILE, NOTHING = "whole", "file", ""


def reads(viewer: Viewer, facts: Facts, admitted: Collection[str]) -> str:
    """WHOLE: offers with the case behind them. FILE: what a step on the money needs, without the case. NOTHING: absent.

    admitted: keys of the people admitted by name to the amends file of the case. A name never opens a compartment, and
    neither name nor compartment lifts the level for anything but the amends file.
    """
    if not viewer.may(Permission.RESPONSES_READ):
        return NOTHING
    if may_read(viewer, facts):
        return WHOLE
    if not ACTING & viewer.permissions:
        return NOTHING
    inside = (
        viewer.key in admitted if facts.compartment == GENERAL else facts.compartment in viewer.compartments
    )
    return FILE if inside else NOTHING


# --- bands


@dataclass(frozen=True)
class Band:
    """Per unit (a person, an animal, a hectare): least, usual, most. Version of a day; the same in every region and unit."""

    code: str
    minimum: Money
    base: Money
    maximum: Money

    def __post_init__(self) -> None:
        if not (Decimal(0) < self.minimum.amount and self.minimum <= self.base and self.base <= self.maximum):
            raise OutsideBand("band_out_of_order", band=vocabulary("band")[self.code])

    def of(self, quantity: Decimal) -> tuple[Money, Money, Money]:
        """(least, usual, most) for so many."""
        return times(self.minimum, quantity), times(self.base, quantity), times(self.maximum, quantity)


def bands_for(harm: str) -> tuple[str, ...]:
    """The bands that fit a harm, worst first; empty where the mission sets the amount case by case."""
    family = (harm, *vocabulary("harm").ancestors(harm))
    fitting = [one.code for one in vocabulary("band").active() if harm in one.extra["harms"]]
    return tuple(fitting) or tuple(
        one.code for one in vocabulary("band").active() if set(family) & set(one.extra["harms"])
    )


@dataclass(frozen=True)
class Adjustment:
    """A coded change of the usual amount. `amount` is signed: deductions are negative."""

    code: str
    amount: Money


def adjusted(base: Money, adjustments: Sequence[Adjustment]) -> Money:
    """The amount: the usual one and its coded changes, each used once and in its own direction."""
    codes = [one.code for one in adjustments]
    for one in adjustments:
        term = vocabulary("adjustment").check(one.code)
        down = term.extra.get("sign", 1) < 0
        if codes.count(one.code) > 1 or one.amount.amount == 0 or (down and one.amount.amount > 0):
            raise OutsideBand("adjustment_unfit", adjustment=term, amount=one.amount)
        base = base + one.amount
    return base


def position(amount: Money, band: Band | None, quantity: Decimal) -> str:
    """ "within", "below", "above", or "no_band" where none is in force."""
    if band is None:
        return "no_band"
    least, _usual, most = band.of(quantity)
    if amount < least:
        return "below"
    return "above" if most < amount else "within"


def check_band(amount: Money, band: Band | None, quantity: Decimal, reason: str, words: str) -> str:
    """The position; outside the band a coded reason and words are needed, inside neither is kept."""
    where = position(amount, band, quantity)
    if where == "within":
        return where
    facts: dict[str, object] = {"amount": amount}
    if band is not None:
        least, _usual, most = band.of(quantity)
        facts |= {"band": vocabulary("band")[band.code], "minimum": least, "maximum": most}
    code = "outside_band" if band is not None else "no_band"
    if not reason or not words.strip():
        raise OutsideBand(code, **facts)
    term = vocabulary("deviation").check(reason)
    # "There is no band" is no reason where there is one.
    if band is not None and term.extra.get("only"):
        raise OutsideBand(code, **facts)
    return where


# --- whom it goes to


@dataclass(frozen=True)
class Payee:
    """`relation`: code of kinship. `share`: of the whole."""

    relation: str
    share: Fraction


def check_payees(rule: str, basis: str, payees: Sequence[Payee]) -> None:
    """Somebody receives; the shares make one whole; the choice has its basis. No relation is chosen for anybody."""
    term = vocabulary("payee_rule").check(rule)
    if not payees:
        raise WrongPayee("no_payee")
    for one in payees:
        vocabulary("kinship").check(one.relation)
    whole = sum((one.share for one in payees), Fraction(0))
    if whole != 1 or any(one.share <= 0 for one in payees):
        raise WrongPayee("shares_not_one", sum=whole)
    if len(payees) > 1 and not term.extra["many"]:
        raise WrongPayee("one_payee_only", rule=term)
    if not basis.strip():
        raise WrongPayee("payee_basis_missing", rule=term)


# --- one harm, one settlement


def check_unsettled(earlier: Collection[str]) -> None:
    """`earlier`: codes of the offers that stand for this harm already."""
    if earlier:
        raise SettledAlready("settled_already", offers=tuple(sorted(earlier)))


def check_quantity(wanted: Decimal, harmed: Decimal, earlier: Mapping[str, Decimal]) -> None:
    """A line of harm (seven animals) may be settled in parts, never beyond what was lost. earlier: offer -> quantity."""
    left = harmed - sum(earlier.values(), Decimal(0))
    if wanted <= 0 or wanted > left:
        raise MoreThanHarmed(
            "more_than_harmed", wanted=wanted, harmed=harmed, left=left, offers=tuple(sorted(earlier)) or "–"
        )
