"""The amends file of a case above the reader's level: what a step on the money needs, and nothing of what happened.

Apart from the pages of the case, so that a column added there does not show here by itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from constat.apps.access.models import CompartmentMember, Person, Post
from constat.apps.access.queries import viewer_of
from constat.apps.amends import queries
from constat.apps.amends.queries.pages import (
    JournalLine,
    PayeeLine,
    Step,
    adjustments_of,
    band_text_of,
    entries_of,
    money,
    payee_lines,
    said_of,
    steps_of,
)
from constat.apps.inquiries.models import Inquiry
from constat.rules.amends import ACTING, OFFER
from constat.rules.permissions import Permission
from constat.rules.roles import roles
from constat.rules.visibility import GENERAL, Viewer


@dataclass(frozen=True)
class Handed:
    """A hand-over as the books need it. Neither place nor witness nor language: they say where and among whom."""

    on: date
    mark: str
    receipt: str
    by: str
    ended_how: str


@dataclass(frozen=True)
class FilePage:
    """The amends file of a case above the reader's level: amount, band, fund, shares, receipt. Nothing of what happened, to
    whom, where, and no words but how it is known that another payer settled it, which say no names."""

    code: str
    state: str
    measure: str
    legal_nature: str
    payer: str
    said: str
    amount: str
    quantity: Decimal  # of the unit of the band: without it nobody can hold the amount against the band
    base: str
    adjustments: tuple[tuple[str, str], ...]
    band: str
    band_text: str
    deviation: str
    in_kind_unit: str
    in_kind_quantity: Decimal | None
    fund: str
    fund_amount: str
    proposed_by: str
    proposed_at: datetime
    certified_by: str
    certified_at: datetime | None
    payee_rule: str
    payees: tuple[PayeeLine, ...]
    deliveries: tuple[Handed, ...]
    entries: tuple[JournalLine, ...]
    steps: tuple[Step, ...]
    may_reveal: bool


def file_page(viewer: Viewer, code: str, *, at: datetime) -> FilePage:
    """Raises OfferNotFound, also for an offer that is there and not theirs."""
    offer = queries.get_file(viewer, code, at=at)
    second = offer.certified_by
    return FilePage(
        code=offer.code, state=offer.state, measure=offer.measure, legal_nature=offer.legal_nature, payer=offer.payer,
        said=said_of(offer), amount=money(offer.amount, offer.currency) if offer.amount else "",
        quantity=offer.quantity, base=money(offer.base_amount, offer.currency), adjustments=adjustments_of(offer), band=offer.band,
        band_text=band_text_of(offer), deviation=offer.deviation, in_kind_unit=offer.in_kind_unit,
        in_kind_quantity=offer.in_kind_quantity, fund=offer.fund.code if offer.fund else "",
        fund_amount=money(offer.fund_amount, offer.fund.currency) if offer.fund else "",
        proposed_by=offer.proposed_by.display_name, proposed_at=offer.proposed_at,
        certified_by=second.display_name if second else "", certified_at=offer.certified_at, payee_rule=offer.payee_rule,
        payees=payee_lines(offer), entries=entries_of(offer),
        deliveries=tuple(
            Handed(one.on, one.mark, one.receipt_sha256, one.paid_by.display_name, one.ended_how)
            for one in offer.deliveries.select_related("paid_by").order_by("pk")
        ),
        steps=tuple(one for one in steps_of(viewer, offer) if OFFER.steps(offer.state, one.verb)[0].permission in ACTING),
        may_reveal=bool(viewer.may(Permission.IDENTITIES_REVEAL)) and offer.payees.exists(),
    )  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """What the receipt shows."""

    code: str
    legal_nature: str
    measure: str
    amount: str
    in_kind_unit: str
    in_kind_quantity: Decimal | None
    payees: tuple[PayeeLine, ...]


def paper(viewer: Viewer, code: str, *, at: datetime) -> Paper:
    """The receipt of an offer of which this viewer may see at least the amends file."""
    offer = queries.get_file(viewer, code, at=at)
    return Paper(
        code=offer.code, legal_nature=offer.legal_nature, measure=offer.measure,
        amount=money(offer.amount, offer.currency) if offer.amount else "", in_kind_unit=offer.in_kind_unit,
        in_kind_quantity=offer.in_kind_quantity, payees=payee_lines(offer),
    )  # fmt: skip


def payee_of(viewer: Viewer, code: str, key: str, *, at: datetime) -> PayeeLine | None:
    offer = queries.get_file(viewer, code, at=at)
    return next((one for one in payee_lines(offer) if one.key == key), None)


@dataclass(frozen=True)
class Admitted:
    """Somebody admitted by name to the amends file of a case."""

    pk: int
    name: str
    reason: str
    until: datetime


def admitted_to(inquiry: Inquiry, *, at: datetime) -> list[Admitted]:
    """The inquiry was fetched for a viewer."""
    rows = (
        queries.admissions(at=at).filter(inquiry=inquiry).select_related("person").order_by("ends_at", "pk")
    )
    return [
        Admitted(one.pk, one.person.display_name, one.reason, one.ends_at)
        for one in rows
        if one.person is not None and one.ends_at is not None
    ]


def lacking(inquiry: Inquiry, *, at: datetime) -> list[str]:
    """Labels of the steps on the money that nobody can take in this case yet: without them nobody is paid, and nobody notices."""
    compartment = inquiry.incident.compartment
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    members = CompartmentMember.objects.filter(running, compartment=compartment, starts_at__lte=at)
    named = queries.admissions(at=at).filter(inquiry=inquiry)
    admitted = Q(pk__in=named.values("person_id") if compartment == GENERAL else members.values("person_id"))
    people = Person.objects.filter(admitted, is_active=True)
    held: frozenset[Permission] = frozenset().union(*(viewer_of(one, at=at).permissions for one in people))
    needed = (Permission.RESPONSES_CERTIFY, Permission.RESPONSES_PAY)
    return [one.label(queries.language()) for one in needed if one not in held]


def acting_people(*, at: datetime) -> list[tuple[str, str]]:
    """(key, name) of those whose post takes a step on the money: the choices of a form that is itself behind a gate."""
    fitting = [code for code, one in roles().items() if ACTING & one.permissions]
    held = Post.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), role__in=fitting, starts_at__lte=at
    )
    rows = Person.objects.filter(is_active=True, pk__in=held.values("person_id")).order_by(
        "display_name", "pk"
    )
    return [(str(one.pk), one.display_name) for one in rows]


__all__ = [
    "Admitted",
    "FilePage",
    "Handed",
    "Paper",
    "acting_people",
    "admitted_to",
    "file_page",
    "lacking",
    "paper",
    "payee_of",
]
