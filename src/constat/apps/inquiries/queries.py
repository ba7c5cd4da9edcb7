"""Fetchers of inquiries. Each takes the viewer; what is not theirs is absent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.incidents.queries import readable_incidents
from constat.apps.inquiries.errors import InquiryNotFound
from constat.apps.inquiries.models import Decision, Inquiry, InquiryPause, Investigation, InvestigationTask
from constat.rules import deadlines
from constat.rules.inquiry import CONCLUDING, progress_due
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Clock, Pager

RESPONSE, CLOSED = "response", "closed"  # vocabulary "inquiry_state"
MINE, OPEN, EVERY = "mine", "open", "all"
PAGE = 25
CAP = 1000  # counting further costs a walk of the table and tells nobody anything
LATE_SHOWN = 500


def readable_inquiries(viewer: Viewer, *, at: datetime) -> QuerySet[Inquiry]:
    """All inquiries this viewer may read: the only way to them."""
    if not viewer.may(Permission.INQUIRIES_READ):
        return Inquiry.objects.none()
    return Inquiry.objects.filter(incident__in=readable_incidents(viewer, at=at))


def get(viewer: Viewer, code: str, *, at: datetime) -> Inquiry:
    """Raises InquiryNotFound, also for an inquiry that is there and not theirs."""
    rows = readable_inquiries(viewer, at=at).select_related("incident", "officer", "opened_by", "closed_by")
    found = rows.filter(code=code).first()
    if found is None:
        raise InquiryNotFound(
            _("There is no inquiry %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def current_decision(inquiry: Inquiry) -> Decision | None:
    """The decision that stands: the last that concluded, unless the inquiry was reopened after it."""
    found = (
        Decision.objects.filter(inquiry=inquiry, outcome__in=CONCLUDING)
        .select_related("signed_by", "assessment")
        .order_by("-number")
        .first()
    )
    return None if found is None or found.reopenings.exists() else found


def credible(viewer: Viewer, *, at: datetime) -> QuerySet[Inquiry]:
    """Found credible, measures being prepared. The clock `response_plan` runs from the decision."""
    return readable_inquiries(viewer, at=at).filter(state=RESPONSE)


# Clocks ----------------------------------------------------------------------------------------------------------


def pauses_of(inquiries: Iterable[Inquiry]) -> dict[int, list[InquiryPause]]:
    """By inquiry, all its pauses: one query for a whole list."""
    found: dict[int, list[InquiryPause]] = {}
    for pause in InquiryPause.objects.filter(inquiry__in=list(inquiries)).order_by("starts_at"):
        found.setdefault(pause.inquiry_id, []).append(pause)
    return found


def _running(inquiry: Inquiry, pauses: Sequence[InquiryPause]) -> list[InquiryPause]:
    started = inquiry.clock_started_at
    return [one for one in pauses if started and one.clock == inquiry.clock and one.starts_at >= started]


def read_clock(
    inquiry: Inquiry, pauses: Sequence[InquiryPause], at: datetime
) -> deadlines.ClockReading | None:
    """The running clock as it reads at that moment; None where none runs."""
    if not inquiry.clock or inquiry.clock_started_at is None:
        return None
    spans = [deadlines.Pause(p.starts_at, p.ends_at, p.reason) for p in _running(inquiry, pauses)]
    timer = deadlines.clock(inquiry.clock, extended=inquiry.clock_extended)
    return deadlines.reading(inquiry.clock_started_at, timer, spans, max(at, inquiry.clock_started_at))


def clock_of(inquiry: Inquiry, pauses: Sequence[InquiryPause], at: datetime) -> Clock | None:
    """The running clock, to be drawn."""
    read = read_clock(inquiry, pauses, at)
    if read is None:
        return None
    standing = next((one for one in _running(inquiry, pauses) if one.ends_at is None), None)
    spoken = get_language() or "fr"
    return Clock(
        state=read.state.value,
        label=vocabulary("clock").label(inquiry.clock, spoken),
        due=read.due,
        left=read.remaining,
        reason=vocabulary("pause_reason").label(standing.reason, spoken) if standing else "",
    )


@dataclass(frozen=True)
class Breach:
    """A clock that is broken. `over`: by how much. `paused`: how long it stood still, and for which `reasons`."""

    code: str
    incident: str
    state: str
    clock: str
    officer: str
    due: datetime
    over: timedelta
    paused: timedelta
    reasons: tuple[str, ...]
    extended: bool


def breaches(viewer: Viewer, *, at: datetime) -> list[Breach]:
    """Whose time is over, the latest first. Read now: nothing has to run for a breach to be one."""
    # A clock that was never paused is due when its column says; one that is paused, or was, is read below. A pause only
    # moves the day on, so nothing late is missed.
    rows = readable_inquiries(viewer, at=at).filter(due_at__lt=at).select_related("incident", "officer")
    shown = list(rows.order_by("due_at", "pk")[:LATE_SHOWN])
    pauses = pauses_of(shown)
    found = []
    for one in shown:
        mine = pauses.get(one.pk, [])
        read = read_clock(one, mine, at)
        if read is None or read.remaining >= timedelta(0):
            continue
        found.append(
            Breach(
                one.code, one.incident.code, one.state, one.clock, one.officer.display_name if one.officer else "",
                read.due, -read.remaining, read.paused,
                tuple(dict.fromkeys(pause.reason for pause in _running(one, mine))), one.clock_extended,
            )
        )  # fmt: skip
    return sorted(found, key=lambda line: line.over, reverse=True)


@dataclass(frozen=True)
class Overdue:
    """A task, or the monthly word of an investigation, that is late."""

    inquiry: str
    text: str
    owner: str
    due_on: date
    days: int


def tasks_overdue(viewer: Viewer, *, at: datetime) -> list[Overdue]:
    """Open tasks of investigations whose day has passed."""
    rows = InvestigationTask.objects.filter(
        investigation__inquiry__in=readable_inquiries(viewer, at=at).values("pk"),
        investigation__sealed_at__isnull=True,
        done_at__isnull=True,
        due_on__lt=at.date(),
    ).select_related("owner", "investigation__inquiry")
    return [
        Overdue(row.investigation.inquiry.code, row.text, row.owner.display_name, row.due_on,
                (at.date() - row.due_on).days)
        for row in rows.order_by("due_on", "pk")[:LATE_SHOWN]
    ]  # fmt: skip


def progress_overdue(viewer: Viewer, *, at: datetime) -> list[Overdue]:
    """Investigations of which nobody said within a month where they stand."""
    rows = (
        Investigation.objects.filter(
            inquiry__in=readable_inquiries(viewer, at=at).values("pk"), sealed_at__isnull=True
        )
        .select_related("inquiry", "inquiry__officer")
        .prefetch_related("progress", "team__person")
    )
    found = []
    for row in rows.order_by("ordered_at", "pk")[:LATE_SHOWN]:
        due = progress_due(row.ordered_at, (one.at for one in row.progress.all()))
        if at > due:
            lead = next((one.person.display_name for one in row.team.all() if one.released_at is None), "")
            found.append(Overdue(row.inquiry.code, "", lead, due.date(), (at - due).days))
    return found


# The list --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    code: str
    incident: str
    state: str
    opened_at: datetime
    officer: str
    outcome: str  # of the decision that stands, "" where none does
    clock: Clock | None


@dataclass(frozen=True)
class ListPage:
    rows: list[Row]
    pager: Pager


def mine(viewer: Viewer, *, at: datetime) -> QuerySet[Inquiry]:
    """Whose officer one is, or on whose team, or in whose tasks."""
    person = int(viewer.key)
    team = Q(investigations__team__person=person, investigations__team__released_at__isnull=True)
    tasks = Q(investigations__tasks__owner=person, investigations__tasks__done_at__isnull=True)
    ids = Inquiry.objects.filter(Q(officer=person) | team | tasks).exclude(state=CLOSED).values("pk")
    return readable_inquiries(viewer, at=at).filter(pk__in=ids)


def listing(
    viewer: Viewer, *, at: datetime, which: str = OPEN, state: str = "", incident: str = "", cursor: str = "",
    link: Callable[[str], str] | None = None,
) -> ListPage:  # fmt: skip
    """One page, newest first. which: mine, open or all."""
    rows = mine(viewer, at=at) if which == MINE else readable_inquiries(viewer, at=at)
    if which == OPEN and not state and not incident:
        rows = rows.exclude(state=CLOSED)
    rows = rows.filter(**{k: v for k, v in {"state": state, "incident__code": incident}.items() if v})
    total = rows.order_by().values("pk")[: CAP + 1].count()
    found = rows.select_related("incident", "officer").order_by("-pk")
    if cursor.isdecimal():
        found = found.filter(pk__lt=int(cursor))
    shown = list(found[: PAGE + 1])
    more, shown = len(shown) > PAGE, shown[:PAGE]
    pager = Pager(
        newer=link("") if link and cursor else "", older=link(str(shown[-1].pk)) if link and more else "",
        shown=len(shown), total=min(total, CAP), capped=total > CAP,
    )  # fmt: skip
    pauses, outcomes = pauses_of(shown), _outcomes(shown)
    lines = [
        Row(one.code, one.incident.code, one.state, one.opened_at, one.officer.display_name if one.officer else "",
            outcomes.get(one.pk, ""), clock_of(one, pauses.get(one.pk, []), at))
        for one in shown
    ]  # fmt: skip
    return ListPage(lines, pager)


def _outcomes(inquiries: Sequence[Inquiry]) -> dict[int, str]:
    rows = Decision.objects.filter(inquiry__in=list(inquiries), outcome__in=CONCLUDING)
    standing = rows.filter(reopenings__isnull=True).order_by("number")
    return {row.inquiry_id: row.outcome for row in standing}
