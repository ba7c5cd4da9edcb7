"""Fetchers of evidence. Each takes the viewer; what is not theirs is absent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.evidence import subjects
from constat.apps.evidence.errors import ItemNotFound
from constat.apps.evidence.models import (
    REDACTED,
    Consent,
    Interview,
    InterviewConsent,
    InterviewGrant,
    Item,
    ItemConsent,
    ItemGrant,
    ItemLink,
)
from constat.rules.consent import Given, consented
from constat.rules.permissions import Permission
from constat.rules.roles import Detail, Field, Level, Scope
from constat.rules.visibility import Facts, Viewer, may_see
from constat.rules.vocabulary import vocabulary

Subject = subjects.Subject
# Nothing but what a list shows: the sealed words are opened for the page of one item only.
LISTED = (
    "id", "code", "kind", "title", "media_type", "size", "sha256", "subject_type", "subject_key", "received_at",
    "captured_at", "acquisition", "consent_basis", "physical", "legal_hold", "parent__code", "sensitivity", "compartment",
)  # fmt: skip


def language() -> str:
    return get_language() or "fr"


def _granted(grants: QuerySet[Any], key: str, viewer: Viewer, at: datetime) -> Q:
    running = grants.filter(
        Q(person_id=int(viewer.key)) | Q(section__in=sorted(viewer.sections - {""})),
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        starts_at__lte=at,
        **{key: OuterRef("pk")},
    )
    return Q(Exists(running))


def _closed_doors(viewer: Viewer) -> Q:
    """What no grant opens: another's compartment, a level above the person's roles."""
    compartments = ["general", *sorted(viewer.compartments)]
    return Q(compartment__in=compartments, sensitivity__lte=int(viewer.ceiling))


def readable_items(viewer: Viewer, *, at: datetime) -> QuerySet[Item]:
    """All items this viewer may read: the only way to them.

    Whoever reads the record an item hangs on reads its entry here (its media is another question: `may_open`); beside
    them whoever recorded it, whoever it is assigned or granted to. Never through a closed compartment.
    """
    if not viewer.active or Permission.EVIDENCE_READ not in viewer.permissions:
        return Item.objects.none()
    person = int(viewer.key)
    named = (
        Q(recorded_by_id=person)
        | Q(assigned_to_id=person)
        | _granted(ItemGrant.objects.all(), "item_id", viewer, at)
    )
    need = subjects.through_subject(viewer, at=at, links=ItemLink.objects.all()) | named
    return Item.objects.filter(_closed_doors(viewer) & subjects.in_open_compartment(viewer, at=at) & need)


def readable_interviews(viewer: Viewer, *, at: datetime) -> QuerySet[Interview]:
    """All interviews this viewer may read. A role alone opens none; keeping their compartment does."""
    if not viewer.active or Permission.EVIDENCE_INTERVIEW not in viewer.permissions:
        return Interview.objects.none()
    person = int(viewer.key)
    need = (
        Q(recorded_by_id=person)
        | Q(assigned_to_id=person)
        | _granted(InterviewGrant.objects.all(), "interview_id", viewer, at)
    )
    if any(role.scope("incident") is Scope.COMPARTMENT or role.keeps_compartment for role in viewer.held):
        need |= ~Q(compartment="general")
    return Interview.objects.filter(
        _closed_doors(viewer) & subjects.in_open_compartment(viewer, at=at) & need
    )


def get(viewer: Viewer, code: str, *, at: datetime) -> Item:
    """Raises ItemNotFound, also for an item that is there and not theirs."""
    found = readable_items(viewer, at=at).select_related("parent", "received_by").filter(code=code).first()
    if found is None:
        raise ItemNotFound(
            _("There is no item %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def get_interview(viewer: Viewer, code: str, *, at: datetime) -> Interview:
    found = readable_interviews(viewer, at=at).filter(code=code).first()
    if found is None:
        raise ItemNotFound(
            _("There is no interview %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


@dataclass(frozen=True)
class ItemLine:
    """An item as a list shows it. Codes are of the vocabularies; `subject` is what it was deposited for."""

    code: str
    title: str
    kind: str
    media_type: str
    size: int
    sha256: str
    subject: Subject
    received_at: datetime
    captured_at: datetime | None
    acquisition: str
    consent_basis: str
    physical: bool
    legal_hold: bool
    parent: str  # code, "" for an original
    sensitivity: int
    compartment: str

    @property
    def kind_label(self) -> str:
        return vocabulary("evidence_kind").label(self.kind, language())


def line(item: Item) -> ItemLine:
    return ItemLine(
        code=item.code, title=item.title, kind=item.kind, media_type=item.media_type, size=item.size, sha256=item.sha256,
        subject=(item.subject_type, item.subject_key), received_at=item.received_at, captured_at=item.captured_at,
        acquisition=item.acquisition, consent_basis=item.consent_basis, physical=item.physical,
        legal_hold=item.legal_hold, parent=item.parent.code if item.parent else "", sensitivity=item.sensitivity,
        compartment=item.compartment,
    )  # fmt: skip


def of_subjects(about: Iterable[Subject]) -> Q:
    """Condition: deposited for one of these records, or linked to one."""
    condition = Q(pk__in=[])
    for kind, code in about:
        condition |= Q(subject_type=kind, subject_key=code)
        condition |= Q(
            Exists(ItemLink.objects.filter(item_id=OuterRef("pk"), subject_type=kind, subject_key=code))
        )
    return condition


def items_of(viewer: Viewer, *, subjects: Iterable[Subject], at: datetime) -> list[ItemLine]:
    """The items of these records, in the order they came in; copies after their originals have codes of their own."""
    rows = readable_items(viewer, at=at).filter(of_subjects(subjects)).select_related("parent")
    return [line(item) for item in rows.only(*LISTED).order_by("id")]


def interviews_of(viewer: Viewer, *, subjects: Iterable[Subject], at: datetime) -> list[Interview]:
    condition = Q(pk__in=[])
    for kind, code in subjects:
        condition |= Q(subject_type=kind, subject_key=code)
    return list(readable_interviews(viewer, at=at).filter(condition).order_by("id"))


def items_held(viewer: Viewer, about: Iterable[Subject], *, at: datetime) -> QuerySet[Item]:
    """The originals held about these records, to be counted, not read: none of a compartment closed to the viewer.

    The caller has asked whether the viewer may read the records.
    """
    rows = Item.objects.filter(of_subjects(about), kind="original")
    return _countable(rows, viewer, at)


def interviews_held(viewer: Viewer, about: Iterable[Subject], *, at: datetime) -> QuerySet[Interview]:
    """The interviews about these records, to be counted, not read. The caller has asked about the records."""
    condition = Q(pk__in=[])
    for kind, code in about:
        condition |= Q(subject_type=kind, subject_key=code)
    return _countable(Interview.objects.filter(condition), viewer, at)


def _countable(rows: QuerySet[Any], viewer: Viewer, at: datetime) -> QuerySet[Any]:
    open_to = ["general", *sorted(viewer.compartments)]
    return rows.filter(compartment__in=open_to).filter(subjects.in_open_compartment(viewer, at=at))


def may_open(viewer: Viewer, item: Item, *, at: datetime) -> bool:
    """May this person see the media itself? Asked of the role and of whether the case is theirs (rules.visibility)."""
    if item.kind == REDACTED and item.custody.filter(kind="second_look").exists():
        # Two people saw to it that nothing is left: it is for every reader of the entry.
        return True
    owner = subjects.find(viewer, (item.subject_type, item.subject_key), at=at)
    own = owner.own if owner else frozenset()
    grants = ItemGrant.objects.filter(item=item, starts_at__lte=at).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    )
    granted = {section or str(person) for person, section in grants.values_list("person_id", "section")}
    if granted & (viewer.sections | {viewer.key}):
        return True
    facts = Facts(
        kind="incident",
        sensitivity=Level(item.sensitivity),
        compartment=item.compartment,
        office=item.office,
        recorded_by=str(item.recorded_by_id) if item.recorded_by_id else None,
        assigned_to=own | ({str(item.assigned_to_id)} if item.assigned_to_id else frozenset()),
    )
    return may_see(viewer, facts, Field.MEDIA).level is Detail.FULL


@dataclass(frozen=True)
class ConsentState:
    """Was it given, for this, to them, and does it still stand? `reason` is the sentence, `code` its stable name."""

    given: bool
    reason: str
    code: str


def consent_of(
    viewer: Viewer, held: Item | Interview, purpose: str, at: datetime, recipient: str = ""
) -> ConsentState:
    """What the people behind an item or interview agreed to. A copy is bound by the consents of its original.

    Raises ItemNotFound when the viewer may not read it.
    """
    if isinstance(held, Interview):
        get_interview(viewer, held.code, at=at)
        rows: list[Consent] = list(held.consents.all())
        decision = consented(map(_given, rows), purpose=purpose, at=at, recipient=recipient)
        return ConsentState(bool(decision), decision.say(language()), decision.reason)
    get(viewer, held.code, at=at)
    root = root_of(held)
    decision = consented(
        map(_given, root.consents.all()),
        purpose=purpose,
        at=at,
        recipient=recipient,
        basis=root.consent_basis,
    )
    return ConsentState(bool(decision), decision.say(language()), decision.reason)


def consent_named(record: str, key: str) -> tuple[str, str]:
    """(purpose, recipient) of one consent of a record, by its key in an address. ("", "") when there is none."""
    model: Any = InterviewConsent if record.startswith("V-") else ItemConsent
    row = model.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 15 else None
    return (row.purpose, row.recipient) if row else ("", "")


def root_of(item: Item) -> Item:
    """The original a copy was made from, however many copies lie between."""
    while item.parent is not None:
        item = item.parent
    return item


def _given(row: Consent) -> Given:
    return Given(row.purpose, row.given_at, row.withdrawn_at, row.recipient)


__all__ = [
    "ConsentState", "ItemLine", "Subject", "consent_named", "consent_of", "get", "get_interview", "interviews_held",
    "interviews_of", "items_held", "items_of", "line", "may_open", "of_subjects", "readable_interviews", "readable_items",
    "root_of",
]  # fmt: skip
