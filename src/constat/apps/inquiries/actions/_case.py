"""What every verb begins and ends with: the gate, the locked inquiry, the step, the clock, its one event."""

from collections.abc import Mapping
from datetime import UTC, datetime, time

from django.db.models import Model
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person, Post
from constat.apps.access.queries import viewer_of
from constat.apps.inquiries.errors import Incomplete, InquiryNotFound, NotAllowed, WrongState
from constat.apps.inquiries.models import ClockRun, Inquiry, InquiryPause, InvolvedUnit, Step
from constat.apps.inquiries.queries import readable_inquiries
from constat.apps.register.models import Unit
from constat.rules.deadlines import Pause, clock, reading
from constat.rules.inquiry import INQUIRY
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.workflow import Transition


def language() -> str:
    return get_language() or "fr"


def permitted(by: Person, permission: Permission, at: datetime, *others: Permission) -> Viewer:
    """The viewer, if one of these permissions is held; otherwise the refusal names the first."""
    viewer = viewer_of(by, at=at)
    decision = viewer.may(permission)
    if not decision and not any(viewer.may(one) for one in others):
        raise NotAllowed(decision.say(language()))
    return viewer


def held(viewer: Viewer, code: str, at: datetime) -> Inquiry:
    """The inquiry of that code, locked until the transaction ends, if this person may read it."""
    # The bare rows are locked: what may be read is asked by a condition inside.
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related("incident")
    found = rows.filter(pk__in=readable_inquiries(viewer, at=at).values("pk"), code=code).first()
    if found is None:
        raise InquiryNotFound(
            _("There is no inquiry %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def opened(by: Person, permission: Permission, code: str, at: datetime, *others: Permission) -> Inquiry:
    return held(permitted(by, permission, at, *others), code, at)


def in_state(inquiry: Inquiry, *states: str) -> None:
    if inquiry.state not in states:
        raise WrongState(
            _("%(code)s is “%(state)s”. This can be done only while it is: %(states)s.")
            % {
                "code": inquiry.code,
                "state": INQUIRY.states.label(inquiry.state, language()),
                "states": ", ".join(INQUIRY.states.label(one, language()) for one in states),
            },
            code=inquiry.code,
        )


def said(text: str, *, field: str, message: str) -> str:
    """The text without outer spaces, or a refusal that names the field."""
    if not (text := text.strip()):
        raise Incomplete(message, field=field)
    return text


def take(
    inquiry: Inquiry, verb: str, *, by: Person, at: datetime, reason: str, **supplied: object
) -> Transition:
    """Check and take a step of the table: the state, its clock, its row. Raises IllegalTransition, MissingNeed."""
    source = inquiry.state
    transition = INQUIRY.check(source, verb, {"actor": str(by.pk), "at": at, "reason": reason, **supplied})
    Step.objects.create(
        inquiry=inquiry,
        verb=verb,
        source=source,
        target=transition.target,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    inquiry.state = transition.target
    start_clock(inquiry, transition.clock, at=at)
    inquiry.updated_at = at
    return transition


def start_clock(inquiry: Inquiry, code: str | None, *, at: datetime) -> None:
    """Let another clock run (none: ""). What the one before came to is kept; a pause ends with its clock."""
    if inquiry.clock and inquiry.clock_started_at:
        read = reading(
            inquiry.clock_started_at, clock_of(inquiry), pauses_of(inquiry), max(at, inquiry.clock_started_at)
        )
        ClockRun.objects.create(
            inquiry=inquiry,
            clock=inquiry.clock,
            extended=inquiry.clock_extended,
            started_at=inquiry.clock_started_at,
            ended_at=at,
            due_at=read.due,
            paused_seconds=int(read.paused.total_seconds()),
        )
    if inquiry.pk:
        InquiryPause.objects.filter(inquiry=inquiry, ends_at__isnull=True).update(ends_at=at)
    inquiry.clock = code or ""
    inquiry.clock_extended = False
    inquiry.clock_started_at = at if code else None
    inquiry.due_at = at + clock(code).limit if code else None


def clock_of(inquiry: Inquiry):  # type: ignore[no-untyped-def]
    """The running clock as it was set, extended or not."""
    return clock(inquiry.clock, extended=inquiry.clock_extended)


def pauses_of(inquiry: Inquiry) -> list[Pause]:
    """The pauses of the clock that runs now."""
    rows = InquiryPause.objects.filter(
        inquiry=inquiry, clock=inquiry.clock, starts_at__gte=inquiry.clock_started_at
    )
    return [Pause(row.starts_at, row.ends_at, row.reason) for row in rows]


def note(
    *, by: Person, verb: str, inquiry: Inquiry, at: datetime, details: Mapping[str, object] | None = None
) -> None:
    """The one event of the act. Never words, names or numbers of persons in the details: codes and columns only."""
    log.record(
        by=by, verb=f"inquiries.{verb}", object_type="inquiry", object_key=inquiry.code, at=at, details=details
    )  # fmt: skip


def numbered(rows: type[Model], **about: object) -> int:
    """The next number within an inquiry or an investigation, whose row is locked by the caller."""
    last = rows._default_manager.filter(**about).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def units_of(inquiry: Inquiry) -> frozenset[str]:
    """Codes of the units that are named as involved, and not struck out."""
    rows = InvolvedUnit.objects.filter(inquiry=inquiry, struck_at__isnull=True)
    return frozenset(rows.values_list("unit__code", flat=True))


def serves(person: Person, inquiry: Inquiry, at: datetime) -> frozenset[str]:
    """Codes of the units in which this person serves, or has served since the event.

    Who was in the unit when it happened does not become independent of it by another post.
    """
    rows = Post.objects.filter(person=person, starts_at__lte=at).exclude(unit="")
    happened = inquiry.incident.starts_on
    since = datetime.combine(happened, time(), UTC) if happened else at
    return frozenset(rows.exclude(ends_at__lte=min(since, at)).values_list("unit", flat=True))


def parents() -> dict[str, str]:
    """Every unit of the register and the unit it is part of, "" for none."""
    return {code: above or "" for code, above in Unit.objects.values_list("code", "parent__code")}
