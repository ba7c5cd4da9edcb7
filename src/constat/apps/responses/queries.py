"""Fetchers of responses. Each takes the viewer; what is not theirs is absent. The lists of work are made when they are read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.amends import queries as amends
from constat.apps.incidents.queries import OWN_INVOLVEMENTS, readable_incidents
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import current_decision, readable_inquiries
from constat.apps.responses import owed, reading
from constat.apps.responses.errors import NotThere
from constat.apps.responses.models import (
    Addressee,
    ClaimLimit,
    Complaint,
    Consequence,
    FollowUp,
    Lesson,
    Notice,
    PlanLine,
    ProtectionFlag,
    Track,
)
from constat.rules import deadlines
from constat.rules.answers import FollowUpDue, Limitation, follow_ups, limitation
from constat.rules.permissions import Permission
from constat.rules.visibility import GENERAL, Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Clock

R = TypeVar("R")
MOST = 300  # lines of a list of work; the oldest come first, so the end of a longer list waits its turn
AHEAD = timedelta(days=14)  # a visit shows on the list two weeks before its day
ANSWERING = ("response", "notification")  # vocabulary "inquiry_state"


def language() -> str:
    return get_language() or "fr"


def notices_of(viewer: Viewer, inquiry: Inquiry, *, at: datetime) -> list[Notice]:
    """The notices of an inquiry that this viewer may read, oldest first."""
    rows = reading.notices(viewer, at=at).filter(inquiry=inquiry)
    return list(rows.select_related("addressee", "decision").order_by("pk"))


def notice(viewer: Viewer, code: str, *, at: datetime) -> Notice:
    rows = reading.notices(viewer, at=at).select_related(
        "addressee__report",
        "addressee__adviser",
        "inquiry__incident",
        "decision",
        "drafted_by",
        "cleared_by",
        "contacted_by",
        "noted_by",
        "confirmed_by",
    )
    return _there(rows.filter(code=code).first(), code)


def complaint(viewer: Viewer, code: str, *, at: datetime) -> Complaint:
    rows = reading.complaints(viewer, at=at).select_related(
        "incident", "notice", "against", "reviewer", "recorded_by"
    )
    return _there(rows.filter(code=code).first(), code)


def addressee(viewer: Viewer, inquiry: Inquiry, number: int, *, at: datetime) -> Addressee:
    rows = reading.addressees(viewer, at=at).select_related("report", "adviser")
    return _there(rows.filter(incident=inquiry.incident_id, number=number).first(), str(number))


def track(viewer: Viewer, pk: int, *, at: datetime) -> Track:
    return _there(reading.tracks(viewer, at=at).select_related("incident").filter(pk=pk).first(), str(pk))


def _there(found: R | None, code: str) -> R:
    if found is None:
        raise NotThere(_("There is no record %(code)s among those you may read.") % {"code": code}, code=code)
    return found


# Notices to give ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseLine:
    """A case whose answer is under way: who still waits, what stands in the way of its end."""

    inquiry: str
    incident: str
    state: str
    outcome: str
    compartment: str
    clock: Clock | None
    told: int
    waiting: int
    drafts: int  # texts that wait for a second reader
    to_tell: int  # cleared texts that wait to be said
    unconfirmed: int  # said to be out of reach by one person only


def cases(viewer: Viewer, *, at: datetime) -> list[CaseLine]:
    """Decided cases of which somebody still waits to hear, most urgent first."""
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    rows = readable_inquiries(viewer, at=at).filter(state__in=ANSWERING).select_related("incident")
    return [_case(viewer, row, at) for row in rows.order_by("due_at", "pk")[:MOST]]


def _case(viewer: Viewer, row: Inquiry, at: datetime) -> CaseLine:
    decision = current_decision(row)
    found = owed.lines(viewer, row, decision)
    states = [one.notice.state for one in found if one.notice]
    return CaseLine(
        inquiry=row.code, incident=row.incident.code, state=row.state, outcome=decision.outcome if decision else "",
        compartment=row.incident.compartment, clock=clock_of(row, at), told=sum(one.settled for one in found),
        waiting=sum(not one.settled for one in found), drafts=states.count("draft"), to_tell=states.count("cleared"),
        unconfirmed=states.count(reading.UNREACHED),
    )  # fmt: skip


def clock_of(row: Inquiry, at: datetime) -> Clock | None:
    if not row.clock or row.clock_started_at is None:
        return None
    pauses = [
        deadlines.Pause(one.starts_at, one.ends_at, one.reason)
        for one in row.pauses.filter(clock=row.clock, starts_at__gte=row.clock_started_at)
    ]
    timer = deadlines.clock(row.clock, extended=row.clock_extended)
    read = deadlines.reading(row.clock_started_at, timer, pauses, max(at, row.clock_started_at))
    return Clock(read.state.value, vocabulary("clock").label(row.clock, language()), read.due, read.remaining)


@dataclass(frozen=True)
class Unconfirmed:
    """What one person says of somebody who could not be told. `who`: without a name; of a survivor the kind only."""

    code: str
    inquiry: str
    who: str
    reason: str
    words: str
    said_by: str
    said_at: datetime
    language: str


def to_confirm(viewer: Viewer, *, at: datetime) -> list[Unconfirmed]:
    """Those this person may confirm or send back, the oldest first; not their own word, nor what they recorded."""
    rows = (
        reading.as_second(viewer, at=at)
        .filter(state=reading.UNREACHED)
        .exclude(noted_by=int(viewer.key))
        .select_related("addressee__report", "inquiry__incident", "noted_by")
        .order_by("noted_at", "pk")
    )
    return [_unconfirmed(row) for row in rows[:MOST] if viewer.key not in reading.first_hands(row)]


def one_to_confirm(viewer: Viewer, code: str, *, at: datetime) -> Unconfirmed:
    return _there(next((one for one in to_confirm(viewer, at=at) if one.code == code), None), code)


def _unconfirmed(row: Notice) -> Unconfirmed:
    said = row.steps.filter(verb="note_no_contact").order_by("-pk").first()
    kind = vocabulary("addressee_kind").label(row.addressee.kind, language())
    return Unconfirmed(
        code=row.code, inquiry=row.inquiry.code, who=kind if row.addressee.survivor else owed.named(row.addressee),
        reason=row.no_contact_reason, words=said.reason if said else "",
        said_by=row.noted_by.display_name if row.noted_by else "", said_at=row.noted_at or row.drafted_at,
        language=row.addressee.language,
    )  # fmt: skip


# Complaints ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComplaintLine:
    code: str
    kind: str
    state: str
    incident: str
    received_at: datetime
    clock: Clock | None
    mine: bool


def complaints(viewer: Viewer, *, at: datetime, ended: bool = False) -> list[ComplaintLine]:
    """Those that wait for an answer, the most urgent first; `ended`: the others, newest first."""
    rows = reading.complaints(viewer, at=at).select_related("incident")
    final = ("answered", "withdrawn")
    rows = (
        rows.filter(state__in=final).order_by("-pk")
        if ended
        else rows.exclude(state__in=final).order_by("due_at", "pk")
    )
    return [_complaint(viewer, row, at) for row in rows[:MOST]]


def _complaint(viewer: Viewer, row: Complaint, at: datetime) -> ComplaintLine:
    return ComplaintLine(
        code=row.code, kind=row.kind, state=row.state, incident=row.incident.code if row.incident else "",
        received_at=row.received_at, clock=complaint_clock(row, at), mine=str(row.reviewer_id) == viewer.key,
    )  # fmt: skip


def complaint_clock(row: Complaint, at: datetime) -> Clock | None:
    """Thirty days from the moment it came; it never pauses."""
    if row.state in ("answered", "withdrawn"):
        return None
    timer = deadlines.clock("answer_complaint")
    read = deadlines.reading(row.clock_started_at, timer, (), max(at, row.clock_started_at))
    return Clock(read.state.value, timer.label(language()), read.due, read.remaining)


def consequences(viewer: Viewer, *, at: datetime) -> list[Consequence]:
    """What upheld complaints ask for and nobody has done yet, for those who may read the case; not the complaint itself."""
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    rows = reading.consequences(viewer, at=at).filter(done_at__isnull=True)
    return list(rows.select_related("complaint__incident").order_by("asked_at", "pk")[:MOST])


# Follow-up ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """A visit that is due: thirty or a hundred and eighty days after a notice or a delivery."""

    source_type: str
    source: str
    incident: str
    incident_id: int
    compartment: str
    days: int
    due: date
    language: str
    adviser: int | None  # the only person who makes this visit
    overdue: bool
    inquiry: str = ""


def visits(viewer: Viewer, *, at: datetime, everything: bool = False) -> list[Visit]:
    """Made of what was told and what was delivered; what is recorded drops out. `everything`: also those far ahead."""
    today = timezone.localdate(at)
    found = [*_after_notices(viewer, at, today), *_after_deliveries(viewer, at, today)]
    due = [one for one in found if everything or one.due <= today + AHEAD]
    return sorted(due, key=lambda one: (one.due, one.source))


def follow_up_of(viewer: Viewer, source: str, days: int, *, at: datetime) -> Visit | None:
    """The visit, also one that is not due yet; None where it is recorded or not this viewer's."""
    found = visits(viewer, at=at, everything=True)
    return next((one for one in found if (one.source, one.days) == (source, days)), None)


def _done(sources: list[str]) -> dict[str, set[int]]:
    done: dict[str, set[int]] = {}
    for code, days in FollowUp.objects.filter(source_code__in=sources).values_list("source_code", "days"):
        done.setdefault(code, set()).add(days)
    return done


def _after_notices(viewer: Viewer, at: datetime, today: date) -> list[Visit]:
    rows = list(
        reading.notices(viewer, at=at)
        .filter(state="told")
        .exclude(addressee__kind="reporter", addressee__report__reporter_key__isnull=True)
        .select_related("addressee", "inquiry__incident")
        .order_by("contacted_at", "pk")
    )
    done = _done([row.code for row in rows])
    return [
        Visit("notice", row.code, row.inquiry.incident.code, row.inquiry.incident_id, row.addressee.compartment, one.days,
              one.due, row.addressee.language, row.addressee.adviser_id, one.due < today, row.inquiry.code)
        for row in rows
        for one in _waiting(timezone.localdate(row.contacted_at), done.get(row.code, set()))
    ]  # fmt: skip


def _waiting(start: date, done: set[int]) -> tuple[FollowUpDue, ...]:
    return follow_ups(start, done)


def _after_deliveries(viewer: Viewer, at: datetime, today: date) -> list[Visit]:
    rows = amends.delivered(viewer, at=at)
    done = _done([row.offer for row in rows])
    of = {
        one.code: one
        for one in Inquiry.objects.filter(code__in={row.inquiry for row in rows}).select_related("incident")
    }
    return [
        Visit("offer", row.offer, of[row.inquiry].incident.code, of[row.inquiry].incident_id,
              of[row.inquiry].incident.compartment, one.days, one.due, row.language, None, one.due < today, row.inquiry)
        for row in rows
        for one in _waiting(row.on, done.get(row.offer, set()))
    ]  # fmt: skip


def follow_ups_of(viewer: Viewer, inquiry: Inquiry, *, at: datetime) -> list[FollowUp]:
    """The visits made on the incident of this inquiry, newest first."""
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    rows = FollowUp.objects.filter(reading.inside(viewer), incident=inquiry.incident_id)
    return list(rows.select_related("by").order_by("-at", "-pk"))


# Protection ---------------------------------------------------------------------------------------------------------


def flags(viewer: Viewer, *, at: datetime) -> QuerySet[ProtectionFlag]:
    """Threats and reprisals: for whoever protects those who spoke, within their compartments."""
    if not viewer.may(Permission.RESPONSES_PROTECT):
        return ProtectionFlag.objects.none()
    rows = ProtectionFlag.objects.filter(reading.inside(viewer))
    return rows.select_related("incident", "taken_by").order_by("-ended_at", "raised_at", "pk")


# Limitation of claims -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClaimLine:
    """One limit as it reads today. `row` None: nobody has set the dates; they are taken from the incident."""

    incident: str
    inquiry: str
    row: ClaimLimit | None
    limit: Limitation
    state: str
    reminder: int | None
    left: int  # days; negative when past


def claims(viewer: Viewer, *, at: datetime, everything: bool = False) -> list[ClaimLine]:
    """Reminders: limits that come close or have passed without a claim. `everything`: all of them, the nearest first."""
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    today = timezone.localdate(at)
    own = (
        readable_incidents(viewer, at=at)
        .filter(involvement__in=OWN_INVOLVEMENTS, inquiries__isnull=False)
        .exclude(state="merged")
        .distinct()
    )
    rows = ClaimLimit.objects.filter(incident__in=own).select_related("incident", "addressee")
    hidden = Q(addressee__isnull=False) & ~Q(addressee__in=reading.addressees(viewer, at=at))
    set_rows = list(rows.exclude(hidden))
    with_row = {row.incident_id for row in set_rows if row.addressee_id is None}
    derived = own.filter(starts_on__isnull=False).exclude(pk__in=with_row).only("code", "starts_on")[:MOST]
    lines = [_claim(row.incident.code, row, today) for row in set_rows]
    lines += [_derived(row.code, row.starts_on, today) for row in derived if row.starts_on]
    inquiry_of = dict(Inquiry.objects.filter(incident__code__in=[one.incident for one in lines])
                      .order_by("pk").values_list("incident__code", "code"))  # fmt: skip
    lines = [_with_inquiry(one, inquiry_of.get(one.incident, "")) for one in lines]
    shown = [one for one in lines if everything or one.state in ("reminder", "ended")]
    return sorted(shown, key=lambda one: (one.limit.last_day, one.incident))


def _claim(incident: str, row: ClaimLimit, today: date) -> ClaimLine:
    limit = limitation(
        row.damage_on, discovered=row.discovered_on, mandate_ends=row.mandate_ends_on, exception=row.exception
    )
    state = limit.state(today, row.filed_on)
    return ClaimLine(
        incident, "", row, limit, state.value, limit.reminder(today), (limit.last_day - today).days
    )


def _derived(incident: str, damage: date, today: date) -> ClaimLine:
    limit = limitation(damage)
    left = (limit.last_day - today).days
    return ClaimLine(incident, "", None, limit, limit.state(today).value, limit.reminder(today), left)


def _with_inquiry(line: ClaimLine, inquiry: str) -> ClaimLine:
    return ClaimLine(line.incident, inquiry, line.row, line.limit, line.state, line.reminder, line.left)


# The plan, lessons, accompaniment -------------------------------------------------------------------------------------


def plan_of(viewer: Viewer, inquiry: Inquiry) -> list[PlanLine]:
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    rows = PlanLine.objects.filter(inquiry=inquiry).select_related("owner", "ended_by")
    return list(rows.order_by("due_on", "pk"))


def plan_due(viewer: Viewer, *, at: datetime) -> list[PlanLine]:
    """Lines of readable plans that wait, the nearest day first."""
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    rows = PlanLine.objects.filter(done__isnull=True, inquiry__in=readable_inquiries(viewer, at=at))
    return list(rows.select_related("owner", "inquiry").order_by("due_on", "pk")[:MOST])


def lessons_of(viewer: Viewer, inquiry: Inquiry) -> list[Lesson]:
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    rows = Lesson.objects.filter(incident=inquiry.incident_id).select_related("owner")
    return list(rows.order_by("pk"))


def lessons(viewer: Viewer, *, at: datetime, state: str = "proposed") -> list[Lesson]:
    """Lessons raised from cases this viewer may read, the nearest day first."""
    if not viewer.may(Permission.RESPONSES_READ):
        return []
    rows = Lesson.objects.filter(state=state, incident__in=readable_incidents(viewer, at=at))
    return list(rows.select_related("owner", "incident").order_by("due_on", "pk")[:MOST])


def tracks(viewer: Viewer, *, at: datetime) -> list[Track]:
    """Those whom this person accompanies, the next check first."""
    rows = reading.tracks(viewer, at=at).filter(ended_at__isnull=True).select_related("incident")
    return list(rows.order_by("next_check_on", "pk"))


def persons_to_add(viewer: Viewer, inquiry: Inquiry, *, at: datetime) -> list[tuple[str, str]]:
    """(value, words) of those who are owed an answer and stand on no list yet: report codes and keys of persons."""
    found = owed.lines(viewer, inquiry, current_decision(inquiry))
    missing = [one for one in found if one.addressee is None and not one.hidden and not one.alone]
    return [(one.report or str(_first(one.keys)), one.who) for one in missing]


def _first(keys: frozenset[UUID]) -> UUID:
    return min(keys, key=str)


__all__ = [
    "GENERAL", "CaseLine", "ClaimLine", "ComplaintLine", "Visit", "addressee", "cases", "claims", "clock_of", "complaint",
    "complaint_clock", "complaints", "consequences", "flags", "follow_up_of", "follow_ups_of", "lessons", "lessons_of",
    "notice", "notices_of", "persons_to_add", "plan_due", "plan_of", "track", "tracks", "visits",
]  # fmt: skip
