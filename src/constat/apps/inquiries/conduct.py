"""Fetchers of conduct dockets. Outside their compartment there is none, in any list, count or page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.visibility import readable
from constat.apps.inquiries.errors import DocketNotFound
from constat.apps.inquiries.models import ConductDocket, ConductGrant, ConductLetter, ConductStep
from constat.rules.deadlines import clock as clock_of
from constat.rules.deadlines import reading
from constat.rules.inquiry import CONDUCT
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Clock

COMPARTMENT = "conduct"  # vocabulary "compartment"
SHOWN = 200


def readable_dockets(viewer: Viewer, *, at: datetime) -> QuerySet[ConductDocket]:
    """All dockets this viewer may read: the only way to them."""
    if not viewer.may(Permission.CONDUCT_MANAGE) or COMPARTMENT not in viewer.compartments:
        return ConductDocket.objects.none()
    grants = ConductGrant.objects.all()
    return ConductDocket.objects.filter(
        readable(viewer, kind="incident", grants=grants, grant_key="docket_id", at=at)
    )


def get(viewer: Viewer, code: str, *, at: datetime) -> ConductDocket:
    """Raises DocketNotFound, also for a docket that is there and not theirs."""
    rows = readable_dockets(viewer, at=at).select_related("unit", "incident", "assigned_to", "recorded_by")
    found = rows.filter(code=code).first()
    if found is None:
        raise DocketNotFound(
            _("There is no docket %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


@dataclass(frozen=True)
class LetterLine:
    """`days`: how long it has waited for its answer, or waited until it came; None for one that asks for none."""

    pk: int
    kind: str
    outward: bool
    on: date
    due_on: date | None
    summary: str
    by: str
    days: int | None
    answered_on: date | None
    overdue: bool


@dataclass(frozen=True)
class DocketRow:
    code: str
    state: str
    allegation: str
    contributor: str
    unit: str
    opened_at: datetime
    age_days: int
    unanswered: int  # letters of ours whose day has passed
    clock: Clock | None


@dataclass(frozen=True)
class DocketPage:
    row: DocketRow
    summary: str
    incident: str
    outcome: str
    action_taken: str
    explanation: str
    letters: tuple[LetterLine, ...]
    steps: tuple[ConductStep, ...]
    verbs: tuple[str, ...]


def dockets(viewer: Viewer, *, at: datetime, state: str = "") -> list[DocketRow]:
    """Those that are not closed first, the one that has waited longest on top."""
    rows = readable_dockets(viewer, at=at).select_related("unit").order_by("opened_at", "pk")
    rows = rows.filter(state=state) if state else rows
    shown = list(rows[:SHOWN])
    late: dict[int, int] = {}
    for line in ConductLetter.objects.filter(docket__in=shown, due_on__lt=at.date(), answer__isnull=True):
        late[line.docket_id] = late.get(line.docket_id, 0) + 1
    lines = [_row(one, late.get(one.pk, 0), at) for one in shown]
    return sorted(lines, key=lambda line: line.state in CONDUCT.final)


def _row(one: ConductDocket, late: int, at: datetime) -> DocketRow:
    end = one.closed_at or at
    return DocketRow(
        one.code, one.state, one.allegation, one.contributor, one.unit.name if one.unit else "", one.opened_at,
        max((end - one.opened_at).days, 0), late, _clock(one, at),
    )  # fmt: skip


def _clock(one: ConductDocket, at: datetime) -> Clock | None:
    if not one.clock or one.clock_started_at is None:
        return None
    read = reading(one.clock_started_at, clock_of(one.clock), (), max(at, one.clock_started_at))
    label = vocabulary("clock").label(one.clock, get_language() or "fr")
    return Clock(state=read.state.value, label=label, due=read.due, left=read.remaining, reason="")


def docket_page(viewer: Viewer, code: str, *, at: datetime) -> DocketPage:
    """Raises DocketNotFound."""
    one = get(viewer, code, at=at)
    letters = list(
        ConductLetter.objects.filter(docket=one).select_related("by", "answer").order_by("on", "pk")
    )
    lines = tuple(_letter(letter, at.date()) for letter in letters)
    return DocketPage(
        row=_row(one, sum(line.overdue for line in lines), at),
        summary=one.summary,
        incident=one.incident.code if one.incident else "",
        outcome=one.outcome,
        action_taken=one.action_taken,
        explanation=one.explanation,
        letters=lines,
        steps=tuple(ConductStep.objects.filter(docket=one).select_related("by").order_by("pk")),
        verbs=CONDUCT.verbs_from(one.state),
    )


def _letter(one: ConductLetter, today: date) -> LetterLine:
    answer = getattr(one, "answer", None)
    answered_on = answer.on if answer else None
    waits = (answered_on or today) - one.on if one.due_on else None
    outward = vocabulary("letter_kind")[one.kind].extra["direction"] == "out"
    overdue = bool(one.due_on and not answered_on and today > one.due_on)
    return LetterLine(
        one.pk, one.kind, outward, one.on, one.due_on, one.summary, one.by.display_name,
        max(waits, timedelta(0)).days if waits is not None else None, answered_on, overdue,
    )  # fmt: skip
