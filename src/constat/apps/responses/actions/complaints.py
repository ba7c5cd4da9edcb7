"""Complaints and appeals: taken by any door, examined by somebody outside the chain that decided, answered in thirty days."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from constat.apps.access import vault
from constat.apps.access.counters import next_code
from constat.apps.access.models import Event, Person
from constat.apps.amends.models import Offer
from constat.apps.incidents.models import Incident, IncidentReport
from constat.apps.inquiries import actions as inquiries
from constat.apps.inquiries.models import Inquiry
from constat.apps.reports import receipts
from constat.apps.reports.models import Receipt, Report
from constat.apps.responses import reading
from constat.apps.responses.actions._case import (
    held_complaint,
    held_inquiry,
    language,
    note,
    permitted,
    written_words,
)
from constat.apps.responses.codes import code_of, fresh
from constat.apps.responses.errors import Incomplete, NothingToDo, NotThere, SamePersonTwice
from constat.apps.responses.models import Complaint, ComplaintStep, Consequence, Notice, ProtectionFlag
from constat.rules.answers import COMPLAINT
from constat.rules.deadlines import clock
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.visibility import GENERAL
from constat.rules.vocabulary import vocabulary

PUBLIC, WEB = "public", "web_form"
CLOCK = "answer_complaint"  # vocabulary "clock"
LONGEST = 20_000  # characters: a long letter


@dataclass(frozen=True)
class Received:
    """`code`: ours. `receipt`: sixteen digits for the person. `again`: it was here already."""

    code: str
    receipt: str
    again: bool = False


@dataclass(frozen=True)
class About:
    """What a code leads to, looked up in the same way whatever was typed."""

    notice: Notice | None = None
    report: Report | None = None
    complaint: Complaint | None = None


def about(typed: str) -> About:
    """One keyed hash and three questions, for a known code as for a guess."""
    lookup = receipts.lookup(receipts.read(typed))
    notice = Notice.objects.filter(lookup=lookup).select_related("inquiry__incident", "addressee").first()
    receipt = Receipt.objects.filter(lookup=lookup).select_related("report").first()
    complaint = Complaint.objects.filter(lookup=lookup).first()
    return About(notice, receipt.report if receipt else None, complaint)


@transaction.atomic
def complain(
    *, by: Person | str, at: datetime, words: str, kind: str, spoken_language: str, code: str = "", inquiry: str = "",
    channel: str = WEB, contact: Mapping[str, str] | None = None, uid: uuid.UUID | None = None,
) -> Received:  # fmt: skip
    """Take a complaint down. `by` is a person of the cell, or "public". With a code, without one, with a wrong one: taken.

    Whoever wrote it down does not answer it. `uid`: made by the sender, so that sending twice makes one complaint.
    """
    said = written_words(words, "words", _("Write what is wrong, in your own words."))
    if len(said) > LONGEST:
        # Never cut: what stands at the end of a long letter may be the matter of it.
        raise Incomplete(
            _("This is longer than %(n)s characters. Send it in two parts, each as a complaint.")
            % {"n": LONGEST},
            field="words",
        )
    vocabulary("complaint_kind").check(kind)
    vocabulary("language").check(spoken_language)
    vocabulary("channel").check(channel)
    known = Complaint.objects.filter(uid=uid).first() if uid else None
    if known:
        return _again(known, said, by=by, at=at)
    found = about(code) if code.strip() else About()
    incident = _incident(found)
    recorded_by = None
    if isinstance(by, Person):
        viewer, recorded_by = permitted(by, Permission.RESPONSES_COMPLAINT, at=at), by
        if inquiry.strip():
            incident = held_inquiry(viewer, inquiry.strip().upper(), at).incident
    received = at if recorded_by else at.replace(minute=0, second=0, microsecond=0)
    row = Complaint(
        uid=uid or uuid.uuid4(), code=next_code("K", at.year), kind=kind, incident=incident, notice=found.notice,
        report=found.report, against=found.complaint, words=said, language=spoken_language, channel=channel,
        recorded_by=recorded_by, received_at=received, clock_started_at=received, due_at=received + clock(CLOCK).limit,
        compartment=_compartment(found, incident),
    )  # fmt: skip
    receipt, row.lookup = fresh(row.uid)
    given = {name: value.strip() for name, value in (contact or {}).items() if value.strip()}
    if given:
        row.contact_key = vault.seal(
            kind="complainant", values=given, by=by, at=at, compartment=row.compartment
        )
    row.save(force_insert=True)
    if vocabulary("complaint_kind")[kind].extra.get("protection"):
        ProtectionFlag.objects.create(
            incident=incident, compartment=row.compartment, source_type="complaint", source_code=row.code, raised_at=at
        )  # fmt: skip
    note(
        by=by,
        verb="complain",
        kind="complaint",
        key=row.code,
        at=at,
        details={"kind": kind, "channel": channel},
    )
    return Received(row.code, receipt)


def _again(known: Complaint, said: str, *, by: Person | str, at: datetime) -> Received:
    """Sent twice: one complaint, the same receipt; words that differ are kept beside the first."""
    kept = ComplaintStep.objects.filter(complaint=known, verb="add_words").values_list("reason", flat=True)
    if said != known.words and said not in kept:
        ComplaintStep.objects.create(
            complaint=known, verb="add_words", reason=said, by=by if isinstance(by, Person) else None, at=at
        )
        note(by=by, verb="add_words", kind="complaint", key=known.code, at=at)
    return Received(known.code, code_of(known), again=True)


def _incident(found: About) -> Incident | None:
    if found.notice:
        return found.notice.inquiry.incident
    if found.complaint:
        return found.complaint.incident
    if found.report:
        link = IncidentReport.objects.filter(report=found.report, cut_at__isnull=True).order_by("pk")
        first = link.select_related("incident").first()
        return first.incident if first else None
    return None


def _compartment(found: About, incident: Incident | None) -> str:
    """The closest of the compartments it touches: what a survivor complains of is read where her case is read."""
    touched = [
        found.notice.addressee.compartment if found.notice else GENERAL,
        found.report.compartment if found.report else GENERAL,
        found.complaint.compartment if found.complaint else GENERAL,
        incident.compartment if incident else GENERAL,
    ]
    return next((one for one in touched if one != GENERAL), GENERAL)


@transaction.atomic
def take(*, by: Person, at: datetime, complaint: str, reason: str) -> None:
    """Begin to examine it. Refused to whoever took any part in the case, and to whoever wrote the complaint down."""
    viewer = permitted(by, Permission.RESPONSES_REVIEW, at=at)
    found = held_complaint(viewer, complaint, at)
    _independent(found, by)
    _step(found, "take", by=by, at=at, reason=reason)
    found.reviewer = by
    found.save(update_fields=["state", "reviewer"])
    note(by=by, verb="take", kind="complaint", key=complaint, at=at)


@transaction.atomic
def relate(*, by: Person, at: datetime, complaint: str, inquiry: str, reason: str) -> None:
    """The reviewer found out which case it is about. Whoever took part in that case steps aside."""
    found = _mine(by, complaint, at)
    # Asked of the case it hangs on now as well: nobody carries it away from a case of their own to examine it elsewhere.
    _independent(found, by)
    case = held_inquiry(permitted(by, Permission.RESPONSES_REVIEW, at=at), inquiry.strip().upper(), at)
    if found.incident_id == case.incident_id:
        raise NothingToDo(_("It hangs on this case already."), code=complaint)
    words = written_words(reason, "reason", _("Write a reason."))
    found.incident = case.incident
    if found.compartment == GENERAL:
        found.compartment = case.incident.compartment
    _independent(found, by)
    found.save(update_fields=["incident", "compartment"])
    ComplaintStep.objects.create(complaint=found, verb="relate", reason=words, by=by, at=at)
    note(by=by, verb="relate", kind="complaint", key=complaint, at=at, details={"inquiry": case.code})


@transaction.atomic
def step_aside(*, by: Person, at: datetime, complaint: str, reason: str) -> None:
    """Somebody else examines it. The clock goes on."""
    found = _mine(by, complaint, at)
    _step(found, "step_aside", by=by, at=at, reason=reason)
    found.reviewer = None
    found.save(update_fields=["state", "reviewer"])
    note(by=by, verb="step_aside", kind="complaint", key=complaint, at=at)


@transaction.atomic
def answer(
    *, by: Person, at: datetime, complaint: str, outcome: str, answer: str, grounds: str, consequences: Sequence[str] = ()
) -> None:  # fmt: skip
    """The outcome, the words the person can read with the receipt, the grounds for the file, and what follows from it."""
    found = _mine(by, complaint, at)
    vocabulary("complaint_outcome").check(outcome)
    for one in consequences:
        vocabulary("complaint_consequence").check(one)
    _independent(found, by)
    words = written_words(answer, "answer", _("Write the answer in plain words: no names, no places."))
    reasons = written_words(grounds, "grounds", _("Write what the answer rests on."))
    if outcome == "not_upheld" and consequences:
        raise Incomplete(_("Nothing follows from a complaint that is not upheld."), field="consequences")
    if outcome != "not_upheld" and not consequences:
        raise Incomplete(_("Say what follows: an answer alone does not repair."), field="consequences")
    _step(found, "answer", by=by, at=at, reason=reasons, complaint_outcome=outcome, explanation=words)
    found.outcome, found.answer, found.grounds, found.answered_at = outcome, words, reasons, at
    found.save(update_fields=["state", "outcome", "answer", "grounds", "answered_at"])
    asked = [Consequence(complaint=found, kind=one, asked_at=at) for one in dict.fromkeys(consequences)]
    Consequence.objects.bulk_create(asked)
    note(by=by, verb="answer", kind="complaint", key=complaint, at=at,
         details={"outcome": outcome, "consequences": [one.kind for one in asked]})  # fmt: skip


@transaction.atomic
def withdraw(*, by: Person, at: datetime, complaint: str, reason: str) -> None:
    """The person asked to go no further. Refused to whoever took any part in the case: a complaint is not ended by those it is about."""
    viewer = permitted(by, Permission.RESPONSES_COMPLAINT, at=at)
    found = held_complaint(viewer, complaint, at)
    # "At the wish of the person" is not heard by whoever the complaint is about.
    _no_part(found, by)
    _step(found, "withdraw", by=by, at=at, reason=reason)
    found.save(update_fields=["state"])
    note(by=by, verb="withdraw", kind="complaint", key=complaint, at=at)


@transaction.atomic
def reopen(*, by: Person, at: datetime, complaint: str, trigger: str) -> None:
    """Something new. The answer that was given stays in the record, and somebody looks at it afresh."""
    viewer = permitted(by, Permission.RESPONSES_COMPLAINT, at=at)
    found = held_complaint(viewer, complaint, at)
    before = {
        "outcome": found.outcome,
        "answer": found.answer,
        "grounds": found.grounds,
        "reviewer": found.reviewer_id,
    }
    _step(found, "reopen", by=by, at=at, reason=trigger, trigger=trigger, before=before)
    found.reviewer, found.outcome, found.answer, found.grounds, found.answered_at = None, "", "", "", None
    found.clock_started_at, found.due_at = at, at + clock(CLOCK).limit
    found.save()
    note(by=by, verb="reopen_complaint", kind="complaint", key=complaint, at=at)


@transaction.atomic
def carry_out(*, by: Person, at: datetime, consequence: int, result: str) -> None:
    """What an upheld complaint asked for is done. To reopen the inquiry is done here and by nobody but who may decide."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, Permission.INQUIRIES_DECIDE, Permission.RESPONSES_PROPOSE,
                       Permission.CONDUCT_MANAGE, at=at)  # fmt: skip
    row = (
        Consequence.objects.select_for_update(of=("self",))
        .select_related("complaint__incident")
        .filter(pk__in=reading.consequences(viewer, at=at).values("pk"), pk=consequence)
        .first()
    )
    if row is None:
        raise NotThere(_("There is no such consequence."))
    if row.done_at is not None:
        raise NothingToDo(_("This was done already."))
    words = written_words(result, "result", _("Write what was done."))
    if row.kind == "reopen_inquiry":
        inquiry = _last_inquiry(row.complaint)
        inquiries.reopen(by=by, at=at, inquiry=inquiry.code, trigger=f"{row.complaint.code}: {words}")
    row.done_at, row.done_by, row.result = at, by, words
    row.save(update_fields=["done_at", "done_by", "result"])
    note(by=by, verb="carry_out", kind="complaint", key=row.complaint.code, at=at, details={"kind": row.kind})


def _last_inquiry(complaint: Complaint) -> Inquiry:
    found = (
        Inquiry.objects.filter(incident=complaint.incident_id).order_by("-pk").first()
        if complaint.incident_id
        else None
    )
    if found is None:
        raise NothingToDo(_("The complaint hangs on no case. Relate it to one first."), code=complaint.code)
    return found


def reveal_complainant(*, by: Person, at: datetime, complaint: str, purpose: str) -> dict[str, str]:
    """How to answer the person: once, for a stated purpose."""
    viewer = permitted(by, Permission.RESPONSES_REVIEW, Permission.RESPONSES_COMPLAINT, at=at)
    with transaction.atomic():
        found = held_complaint(viewer, complaint, at)
    if found.contact_key is None:
        raise NothingToDo(_("The person left no way of contact. The answer is read with the receipt."))
    return vault.reveal(found.contact_key, by=by, viewer=viewer, purpose=purpose, at=at)


def took_part(complaint: Complaint) -> frozenset[str]:
    """Keys of everybody who did anything in the case, read from the log: it cannot be made to forget one."""
    if complaint.incident_id is None:
        return frozenset()
    inquiries_of = list(Inquiry.objects.filter(incident=complaint.incident_id).values_list("pk", "code"))
    ids = [pk for pk, _code in inquiries_of]
    objects = {
        "incident": [complaint.incident.code] if complaint.incident else [],
        "inquiry": [code for _pk, code in inquiries_of],
        "notice": list(Notice.objects.filter(inquiry_id__in=ids).values_list("code", flat=True)),
        "offer": list(Offer.objects.filter(inquiry_id__in=ids).values_list("code", flat=True)),
        # An appeal against an answer goes to somebody who did not give it.
        "complaint": [complaint.against.code] if complaint.against else [],
    }
    condition = Q(pk__in=[])
    for kind, keys in objects.items():
        condition |= Q(object_type=kind, object_key__in=keys)
    labels = Event.objects.filter(condition).values_list("actor", flat=True).distinct()
    return frozenset(label.split(" ", 1)[0] for label in labels)


def _no_part(complaint: Complaint, by: Person) -> None:
    outside = separate(took_part(complaint), str(by.pk), "decision_complaint")
    if not outside:
        raise SamePersonTwice(outside.say(language()), code=complaint.code)


def _independent(complaint: Complaint, by: Person) -> None:
    _no_part(complaint, by)
    wrote = frozenset({str(complaint.recorded_by_id)}) if complaint.recorded_by_id else frozenset()
    other = separate(wrote, str(by.pk), "complaint_self")
    if not other:
        raise SamePersonTwice(other.say(language()), code=complaint.code)


def _mine(by: Person, code: str, at: datetime) -> Complaint:
    viewer = permitted(by, Permission.RESPONSES_REVIEW, at=at)
    found = held_complaint(viewer, code, at)
    if found.reviewer_id not in (None, by.pk):
        raise NothingToDo(_("Somebody else examines it."), code=code)
    return found


def _step(
    complaint: Complaint, verb: str, *, by: Person, at: datetime, reason: str,
    before: Mapping[str, object] | None = None, **supplied: object,
) -> None:  # fmt: skip
    """Check and take the step. Raises IllegalTransition, MissingNeed."""
    transition = COMPLAINT.check(
        complaint.state, verb, {"actor": str(by.pk), "at": at, "reason": reason, **supplied}
    )
    complaint.state = transition.target
    ComplaintStep.objects.create(
        complaint=complaint, verb=verb, reason=reason.strip(), before=dict(before or {}), by=by, at=at
    )


def sent_before(uid: uuid.UUID, moment: datetime, margin: timedelta) -> bool:
    """Was this complaint sent, and not only just now?"""
    return Complaint.objects.filter(uid=uid, received_at__lt=moment - margin).exists()
