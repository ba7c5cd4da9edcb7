"""Fetchers of amends. Each takes the viewer; what is not theirs is absent.

An offer is read by whoever may read the incident and holds the permission to read amends. Names of those who receive are
never here: they are in the vault (constat.apps.amends.actions.payees).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.models import Event
from constat.apps.amends.errors import OfferNotFound
from constat.apps.amends.models import Admission, Delivery, NoOffer, Offer
from constat.apps.incidents.models import HarmLine, Incident, PersonHarm
from constat.apps.incidents.queries import readable_incidents
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import credible, current_decision, readable_inquiries
from constat.rules import deadlines
from constat.rules.amends import ACTING, LIVE, SAID, SETTLED, bands_for, harm_root
from constat.rules.permissions import Permission
from constat.rules.visibility import GENERAL, Level, Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Clock

RESPONSE_PLAN = "response_plan"  # vocabulary "clock"
# Standing in the way of a second offer; declined too, so that nobody is asked again and again from a list.
ANSWERED = LIVE | {"declined"}
UNSAID = frozenset(
    {"proposed", "certified", SAID}
)  # the family does not know yet, or one person only says it is settled
MONEY_READS = Level.L2  # what the roles that certify and pay read; above it they are admitted case by case
RECORDS_A_PERSON = ("incidents.add_person", "incidents.amend_person")
RECORDS_FIGURES = ("incidents.build", "incidents.set_harm")


def language() -> str:
    return get_language() or "fr"


def readable_offers(viewer: Viewer, *, at: datetime) -> QuerySet[Offer]:
    """All offers this viewer may read: the only way to them."""
    if not viewer.may(Permission.RESPONSES_READ):
        return Offer.objects.none()
    return Offer.objects.filter(inquiry__incident__in=readable_incidents(viewer, at=at))


def files(viewer: Viewer, *, at: datetime) -> QuerySet[Offer]:
    """All offers of which this viewer may see at least the amends file: constat.rules.amends.reads, as a condition."""
    whole = readable_offers(viewer, at=at)
    if not viewer.may(Permission.RESPONSES_READ) or not ACTING & viewer.permissions:
        return whole
    named = admissions(at=at).filter(person_id=int(viewer.key), inquiry__incident__compartment=GENERAL)
    inside = Q(inquiry__incident__compartment__in=sorted(viewer.compartments - {GENERAL}))
    return Offer.objects.filter(
        Q(pk__in=whole.values("pk")) | inside | Q(inquiry__in=named.values("inquiry_id"))
    )


def admissions(*, at: datetime) -> QuerySet[Admission]:
    """The admissions by name that run. The caller has asked whether the case may be read, or asks for one person's own."""
    return Admission.objects.filter(starts_at__lte=at, ends_at__gt=at)


def get(viewer: Viewer, code: str, *, at: datetime) -> Offer:
    """Raises OfferNotFound, also for an offer that is there and not theirs."""
    return _one(readable_offers(viewer, at=at), code)


def get_file(viewer: Viewer, code: str, *, at: datetime) -> Offer:
    """As `get`, among those of which the viewer may see the amends file. What is shown of it: pages.file_page."""
    return _one(files(viewer, at=at), code)


def _one(rows: QuerySet[Offer], code: str) -> Offer:
    full = rows.select_related(
        "inquiry__incident", "fund", "band_version", "proposed_by", "certified_by", "replaces"
    )
    found = full.filter(code=code).first()
    if found is None:
        raise OfferNotFound(
            _("There is no offer %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def offers_of(viewer: Viewer, inquiry: Inquiry, *, at: datetime) -> list[Offer]:
    """The offers of an inquiry, oldest first."""
    return list(readable_offers(viewer, at=at).filter(inquiry=inquiry).order_by("pk"))


def open_offers(inquiry: Inquiry) -> list[str]:
    """Codes of the offers of which something is still expected. The inquiry was fetched for a viewer."""
    rows = Offer.objects.filter(inquiry=inquiry).exclude(state__in=SETTLED | {SAID})
    return list(rows.order_by("pk").values_list("code", flat=True))


def claimed(inquiry: Inquiry) -> list[str]:
    """Codes of what one person says another payer settled and nobody has confirmed. The inquiry was fetched for a viewer."""
    rows = Offer.objects.filter(inquiry=inquiry, state=SAID)
    return list(rows.order_by("pk").values_list("code", flat=True))


def recorders(incident: Incident, person: UUID | None) -> frozenset[str]:
    """Keys of whoever recorded the harm: of that person, or (None) the figures. Read from the log, which forgets nobody."""
    codes = Incident.objects.filter(pk__in=merged(root_of(incident))).values_list("code", flat=True)
    verbs = RECORDS_A_PERSON if person else RECORDS_FIGURES
    rows = Event.objects.filter(object_type="incident", object_key__in=list(codes), verb__in=verbs)
    if person:
        # Where the details were erased by law nobody can tell any more whose harm it was: then it may have been this one.
        rows = rows.filter(Q(details__contains=str(person)) | Q(details=""))
    return frozenset(label.split(" ", 1)[0] for label in rows.values_list("actor", flat=True).distinct())


@dataclass(frozen=True)
class Delivered:
    """A hand-over that stands: what a follow-up visit needs to know, and no name."""

    offer: str
    inquiry: str
    on: date
    measure: str
    language: str
    payees: int
    survivor: bool


def delivered(
    viewer: Viewer, *, at: datetime, first: date | None = None, last: date | None = None
) -> list[Delivered]:
    """Hand-overs that stand, by the day of the hand-over, for the follow-up at 30 and 180 days."""
    rows = Delivery.objects.filter(
        ended_at__isnull=True, offer__in=readable_offers(viewer, at=at).filter(state="delivered")
    )
    if first:
        rows = rows.filter(on__gte=first)
    if last:
        rows = rows.filter(on__lte=last)
    found = rows.select_related("offer__inquiry").prefetch_related("offer__payees").order_by("on", "pk")
    return [
        Delivered(
            offer=row.offer.code,
            inquiry=row.offer.inquiry.code,
            on=row.on,
            measure=row.offer.measure,
            language=row.language,
            payees=len(row.offer.payees.all()),
            survivor=row.offer.survivor,
        )
        for row in found
    ]


@dataclass(frozen=True)
class Waiting:
    """A harm for which nothing was offered yet. person: key, None for figures without persons. left: how many."""

    person: UUID | None
    harm: str
    unit: str
    left: Decimal
    bands: tuple[str, ...]
    no_offer: NoOffer | None = None


@dataclass(frozen=True)
class Case:
    """A credible inquiry that is not settled. clock: from the decision until the last family knows; `to_offer`: what nothing is offered for."""

    inquiry: str
    incident: str
    decided_at: datetime | None
    clock: Clock | None
    breached: bool
    to_offer: tuple[Waiting, ...]
    held_back: tuple[Waiting, ...]
    open_offers: tuple[str, ...]
    claimed: tuple[str, ...]  # said by one person to be settled elsewhere: open until a second confirms it
    settled: int
    compartment: str = field(default="general")


def queue(viewer: Viewer, *, at: datetime, limit: int = 200) -> list[Case]:
    """What the decisions ask of the cell, most urgent first: made of the decisions themselves, so none is forgotten."""
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    # Also a case whose measures somebody called settled, while one person's word waits in it for a second.
    said = readable_inquiries(viewer, at=at).filter(
        pk__in=Offer.objects.filter(state=SAID).values("inquiry_id")
    )
    rows = (credible(viewer, at=at) | said).select_related("incident").order_by("due_at", "pk")[:limit]
    cases = [case_of(inquiry, at=at) for inquiry in rows]
    return [
        one
        for one in cases
        if one.to_offer or one.held_back or one.open_offers or one.claimed or not one.settled
    ]


def case_of(inquiry: Inquiry, *, at: datetime) -> Case:
    decision = current_decision(inquiry)
    started = decision.signed_at if decision else None
    waiting = harms_waiting(inquiry)
    offers = list(Offer.objects.filter(inquiry=inquiry).values_list("code", "state"))
    # The clock asks for offers, and ends when each one was put to its family: the answer takes the time they need.
    unsaid = any(one.no_offer is None for one in waiting) or any(state in UNSAID for _code, state in offers)
    clock = _clock(inquiry, started, at) if unsaid else None
    return Case(
        inquiry=inquiry.code,
        incident=inquiry.incident.code,
        decided_at=started,
        clock=clock,
        breached=clock is not None and clock.state == "overdue",
        to_offer=tuple(one for one in waiting if one.no_offer is None),
        held_back=tuple(one for one in waiting if one.no_offer is not None),
        open_offers=tuple(code for code, state in offers if state not in SETTLED and state != SAID),
        claimed=tuple(code for code, state in offers if state == SAID),
        settled=sum(state in SETTLED for _code, state in offers),
        compartment=inquiry.incident.compartment,
    )


def _clock(inquiry: Inquiry, started: datetime | None, at: datetime) -> Clock | None:
    if started is None:
        return None
    pauses = [
        deadlines.Pause(one.starts_at, one.ends_at, one.reason)
        for one in inquiry.pauses.filter(clock=RESPONSE_PLAN)
    ]
    read = deadlines.reading(started, deadlines.clock(RESPONSE_PLAN), pauses, max(at, started))
    return Clock(
        state=read.state.value,
        label=vocabulary("clock").label(RESPONSE_PLAN, language()),
        due=read.due,
        left=read.remaining,
    )


def harms_waiting(inquiry: Inquiry) -> list[Waiting]:
    """Each person harmed, and each harm of the figures beyond the persons listed, with no offer yet."""
    incident = root_of(inquiry.incident)
    offers = list(Offer.objects.filter(state__in=ANSWERED, inquiry__incident__in=merged(incident)))
    held = list(NoOffer.objects.filter(inquiry__incident__in=merged(incident), ended_at__isnull=True))
    persons = list(PersonHarm.objects.filter(incident=incident).order_by("pk"))
    return [*_persons(persons, offers, held), *_figures(incident, persons, offers, held)]


def _persons(persons: list[PersonHarm], offers: list[Offer], held: list[NoOffer]) -> list[Waiting]:
    answered = {(one.person, harm_root(one.harm)) for one in offers if one.person}
    found = []
    for row in persons:
        term = vocabulary("harm")[row.harm]
        if (row.person_id, harm_root(row.harm)) in answered or not term.extra.get("counts", True):
            continue
        stop = next((one for one in held if one.person == row.person_id and one.harm == row.harm), None)
        found.append(
            Waiting(row.person_id, row.harm, term.extra["unit"], Decimal(1), bands_for(row.harm), stop)
        )
    return found


def _figures(
    incident: Incident, persons: list[PersonHarm], offers: list[Offer], held: list[NoOffer]
) -> list[Waiting]:
    """Harms of the figures that no person on the list stands for: animals, houses, and people nobody named yet."""
    roots = {harm_root(row.harm) for row in persons} | {harm_root(one.harm) for one in offers}
    taken = {
        root: Decimal(len({row.person_id for row in persons if harm_root(row.harm) == root}))
        + sum(
            (one.quantity for one in offers if one.person is None and harm_root(one.harm) == root), Decimal(0)
        )
        for root in roots
    }
    # The parts of a total are inside it: what the whole branch holds is offered for once.
    room = {
        root: branch(incident, root) - taken.get(root, Decimal(0))
        for root in {harm_root(harm) for harm in harmed(incident)}
    }
    found = []
    for harm, (unit, most) in harmed(incident).items():
        root = harm_root(harm)
        used = min(most, taken.get(root, Decimal(0)))
        taken[root] = taken.get(root, Decimal(0)) - used
        left = min(most - used, room[root])
        if left > 0:
            room[root] -= left
            stop = next((one for one in held if one.person is None and one.harm == harm), None)
            found.append(Waiting(None, harm, unit, left, bands_for(harm), stop))
    return found


def harmed(incident: Incident) -> dict[str, tuple[str, Decimal]]:
    """harm -> (unit, how many): the best figure where one is known, else the most, else the least. Near misses are none.

    Total lines only; where a harm has parts and no total, the parts are added. Finer harms of one branch count apart.
    """
    lines: dict[str, list[HarmLine]] = {}
    for line in HarmLine.objects.filter(incident=incident).order_by("pk"):
        if vocabulary("harm")[line.harm].extra.get("counts", True):
            lines.setdefault(line.harm, []).append(line)
    found = {}
    for harm, rows in lines.items():
        totals = [row for row in rows if row.is_total] or rows
        found[harm] = (totals[0].unit, sum((Decimal(_figure(row)) for row in totals), Decimal(0)))
    return found


def branch(incident: Incident, harm: str) -> Decimal:
    """How many the figures hold in the whole branch of that harm: parts of a total are inside it."""
    root = harm_root(harm)
    lines = [one for one in HarmLine.objects.filter(incident=incident) if harm_root(one.harm) == root]
    totals = [one for one in lines if one.is_total] or lines
    return sum((Decimal(_figure(one)) for one in totals), Decimal(0))


def named(incident: Incident, harm: str) -> frozenset[UUID]:
    """Keys of the persons listed with a harm of that branch."""
    rows = PersonHarm.objects.filter(incident=incident).values_list("person_id", "harm")
    return frozenset(person for person, one in rows if harm_root(one) == harm_root(harm))


def _figure(line: HarmLine) -> int:
    return line.best if line.best is not None else max(line.minimum, line.maximum or 0)


def root_of(incident: Incident) -> Incident:
    """The incident into which it was merged, however often."""
    while incident.merged_into is not None:
        incident = incident.merged_into
    return incident


def merged(incident: Incident) -> list[int]:
    """The incident and all that were merged into it, at any depth: one event under several codes."""
    found, level = [incident.pk], [incident.pk]
    while level:
        level = list(Incident.objects.filter(merged_into__in=level).values_list("pk", flat=True))
        found += level
    return found


__all__ = [
    "Case",
    "Delivered",
    "Waiting",
    "admissions",
    "branch",
    "case_of",
    "claimed",
    "delivered",
    "files",
    "get",
    "get_file",
    "harmed",
    "harms_waiting",
    "merged",
    "named",
    "offers_of",
    "open_offers",
    "queue",
    "readable_offers",
    "recorders",
    "root_of",
]  # fmt: skip
