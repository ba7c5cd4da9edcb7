"""Fetchers of referrals. Each takes the viewer; what is not theirs is absent."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.incidents.queries import readable_incidents
from constat.apps.referrals.content import Content, assemble
from constat.apps.referrals.errors import ReferralNotFound
from constat.apps.referrals.models import Answer, PersonConsent, Referral, ReferralItem, WrittenBag
from constat.rules import deadlines
from constat.rules.handover import REFERRAL
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Clock

SHOWN = 200  # referrals of a mission are counted in tens
AWAITED = "handed_over"
CLOCK = "referral_answer"


def language() -> str:
    return get_language() or "fr"


def readable_referrals(viewer: Viewer, *, at: datetime) -> QuerySet[Referral]:
    """All referrals this viewer may read: the only way to them."""
    if not viewer.may(Permission.REFERRALS_READ):
        return Referral.objects.none()
    return Referral.objects.filter(incident__in=readable_incidents(viewer, at=at))


def get(viewer: Viewer, code: str, *, at: datetime) -> Referral:
    """Raises ReferralNotFound, also for a referral that is there and not theirs."""
    rows = readable_referrals(viewer, at=at).select_related(
        "incident", "prepared_by", "risk_by", "approved_by", "handed_by"
    )
    found = rows.filter(code=code).first()
    if found is None:
        raise ReferralNotFound(
            _("There is no referral %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


@dataclass(frozen=True)
class Line:
    code: str
    incident: str
    authority: str
    recipient: str
    state: str
    prepared_at: datetime
    clock: Clock | None
    overdue: bool


def listing(viewer: Viewer, *, at: datetime, state: str = "", overdue: bool = False) -> list[Line]:
    """Newest first; the overdue ones, longest silent first."""
    rows = readable_referrals(viewer, at=at).select_related("incident")
    rows = rows.filter(state=state) if state else rows
    if overdue:
        rows = rows.filter(state=AWAITED, due_at__lt=at).order_by("due_at", "pk")
    else:
        rows = rows.order_by("-prepared_at", "-pk")
    return [_line(row, at) for row in rows[:SHOWN]]


def count_overdue(viewer: Viewer, *, at: datetime) -> int:
    return readable_referrals(viewer, at=at).filter(state=AWAITED, due_at__lt=at).count()


def _line(row: Referral, at: datetime) -> Line:
    clock = clock_of(row, at)
    return Line(row.code, row.incident.code, row.authority, row.recipient, row.state, row.prepared_at, clock,
                bool(clock and clock.state == deadlines.ClockState.OVERDUE.value))  # fmt: skip


def clock_of(row: Referral, at: datetime) -> Clock | None:
    """The wait for an answer, as it reads now."""
    if row.state != AWAITED or row.due_at is None:
        return None
    left = row.due_at - at
    warning = deadlines.clock(CLOCK).warning
    state = "overdue" if left.total_seconds() < 0 else "due_soon" if left <= warning else "on_time"
    return Clock(state=state, label=vocabulary("clock").label(CLOCK, language()), due=row.due_at, left=left)


@dataclass(frozen=True)
class Page:
    """One referral with what would go now, what went, what came back."""

    row: Referral
    content: Content
    clock: Clock | None
    answers: list[Answer]
    bags: list[WrittenBag]
    verbs: list[tuple[str, str]]  # (verb, label) that this viewer may take now
    changed: bool  # what would go is no longer what was approved


def page(viewer: Viewer, code: str, *, at: datetime) -> Page:
    row = get(viewer, code, at=at)
    content = assemble(row, viewer, at=at)
    return Page(
        row=row,
        content=content,
        clock=clock_of(row, at),
        answers=list(row.answers.select_related("by")),
        bags=list(row.bags.select_related("by")),
        verbs=_verbs(viewer, row),
        changed=row.state == "approved" and content.digest != row.approved_content,
    )


def _verbs(viewer: Viewer, row: Referral) -> list[tuple[str, str]]:
    steps = [
        step
        for step in REFERRAL.transitions
        if step.source == row.state and step.permission in viewer.permissions
    ]
    words = vocabulary("verb")
    return [(verb, words.label(verb, language())) for verb in dict.fromkeys(step.verb for step in steps)]


def of_incident(viewer: Viewer, incident: str, *, at: datetime) -> list[Line]:
    """The referrals of one case, for its pages."""
    rows = readable_referrals(viewer, at=at).filter(incident__code=incident).select_related("incident")
    return [_line(row, at) for row in rows.order_by("-pk")]


def chosen_of(row: Referral) -> dict[int, ReferralItem]:
    """What was said of each item of the case; an interview stands under its number, negative."""
    return {one.item_id or -(one.interview_id or 0): one for one in ReferralItem.objects.filter(referral=row)}


def consents_of(row: Referral) -> list[PersonConsent]:
    """What the persons harmed said about their names, for this authority. The referral was fetched for a viewer."""
    keys = row.incident.persons.values_list("person_id", flat=True)
    return list(
        PersonConsent.objects.filter(person__in=keys, authority=row.authority)
        .select_related("recorded_by")
        .order_by("given_at")
    )
