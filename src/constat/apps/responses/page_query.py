"""What the pages of the answers show: frozen, in the reader's language, without a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.incidents.models import PersonHarm
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import current_decision
from constat.apps.reports import receipts
from constat.apps.responses import owed, queries, reading
from constat.apps.responses.actions.addressees import latest_risk
from constat.apps.responses.codes import code_of
from constat.apps.responses.forms import PlanForm
from constat.apps.responses.models import (
    Acknowledgement,
    Complaint,
    ComplaintStep,
    Consequence,
    FollowUp,
    Lesson,
    Notice,
    NoticeStep,
    PlanLine,
)
from constat.apps.responses.verbs import ACTS
from constat.rules.answers import COMPLAINT, NOTICE
from constat.rules.notices import with_code
from constat.rules.visibility import Viewer
from constat.ui.documents import Document, Paragraph
from constat.ui.shapes import Clock


@dataclass(frozen=True)
class Person:
    """One who is owed an answer: `number` 0: not on the list yet."""

    who: str
    kind: str
    number: int
    notice: str
    state: str
    reason: str
    channel: str
    risk: str
    language: str
    hidden: bool
    alone: bool


@dataclass(frozen=True)
class Case:
    code: str
    incident: str
    state: str
    outcome: str
    clock: Clock | None
    people: list[Person]
    gaps: list[str]
    acknowledgements: list[Acknowledgement]
    lines: list[PlanLine]
    lessons: list[Lesson]
    visits: list[FollowUp]
    answering: bool


def case(viewer: Viewer, row: Inquiry, *, at: datetime) -> Case:
    decision = current_decision(row)
    spoken = get_language() or "fr"
    found = owed.lines(viewer, row, decision)
    visible = [one.addressee.pk for one in found if one.addressee and not one.hidden]
    said = (
        Acknowledgement.objects.filter(incident=row.incident_id)
        .select_related("addressee", "by")
        .order_by("given_on", "pk")
    )
    return Case(
        code=row.code, incident=row.incident.code, state=row.state, outcome=decision.outcome if decision else "",
        clock=queries.clock_of(row, at), people=[_person(one) for one in found if not one.hidden],
        gaps=[gap.say(spoken) for gap in owed.missing(viewer, row, decision)] if decision else [],
        acknowledgements=[one for one in said if one.addressee_id in (None, *visible)],
        lines=queries.plan_of(viewer, row), lessons=queries.lessons_of(viewer, row),
        visits=queries.follow_ups_of(viewer, row, at=at),
        answering=row.state in queries.ANSWERING and decision is not None,
    )  # fmt: skip


def _person(one: owed.Line) -> Person:
    row, given = one.addressee, one.notice
    risk = latest_risk(row) if row else None
    return Person(
        who=one.who, kind=one.kind, number=row.number if row else 0, notice=given.code if given else "",
        state=given.state if given else "", reason=given.no_contact_reason if given else "",
        channel=given.channel if given else "", risk=risk.risk if risk else "", language=row.language if row else "",
        hidden=one.hidden, alone=one.alone,
    )  # fmt: skip


@dataclass(frozen=True)
class NoticePage:
    row: Notice
    who: str
    title: str
    written: list[str]
    spoken: list[str]
    language: str
    steps: list[NoticeStep]
    verbs: list[str]


# The second person's, on what one person said: `NoticePage.verbs` leaves them out for whoever is a first one.
SECOND = ("confirm_unreached", "send_back_claim")


def notice(viewer: Viewer, row: Notice) -> NoticePage:
    """The code shows only once the text is cleared: an uncleared paper is not handed over."""
    first = viewer.key in reading.first_hands(row) if row.state == reading.UNREACHED else False
    verbs = [
        *(["redraft"] if row.state == "draft" else []),
        *(verb for verb in NOTICE.verbs_from(row.state) if verb != "note_no_contact"),
    ]
    code = code_of(row) if row.state in ("cleared", "told") else ""
    language = row.addressee.text_language
    return NoticePage(
        row=row, who=owed.named(row.addressee), title=row.text["title"], written=_text(row, code, spoken=False),
        spoken=_text(row, code, spoken=True), language=language, steps=list(row.steps.select_related("by").order_by("pk")),
        verbs=[
            verb for verb in verbs
            if not (first and verb in SECOND)
            and any(one in viewer.permissions for one in ACTS["notice"][verb].permissions)
        ],
    )  # fmt: skip


def _text(row: Notice, code: str, *, spoken: bool) -> list[str]:
    language, form = row.addressee.text_language, "spoken" if spoken else "written"
    if not code:
        return [one.replace("{code}", "…") for one in row.text[form]]
    return [with_code(one, code, language, spoken=spoken) for one in row.text[form]]


def paper(row: Notice, *, aloud: bool) -> Document:
    """One sheet, in the larger letters. Nothing on it says whose it is."""
    blocks = [Paragraph(one, lead=True) for one in _text(row, code_of(row), spoken=aloud)]
    return Document(row.text["title"], row.addressee.text_language, blocks)


@dataclass(frozen=True)
class ComplaintPage:
    row: Complaint
    clock: Clock | None
    steps: list[ComplaintStep]
    consequences: list[Consequence]
    verbs: list[str]
    incident: str


def complaint(viewer: Viewer, row: Complaint, *, at: datetime) -> ComplaintPage:
    verbs = [*COMPLAINT.verbs_from(row.state), *(["relate"] if row.state == "under_review" else [])]
    allowed = [
        verb
        for verb in verbs
        if any(one in viewer.permissions for one in ACTS["complaint"][verb].permissions)
    ]
    return ComplaintPage(
        row=row, clock=queries.complaint_clock(row, at), steps=list(row.steps.select_related("by").order_by("pk")),
        consequences=list(row.consequences.order_by("pk")), verbs=allowed,
        incident=row.incident.code if row.incident else "",
    )  # fmt: skip


def beginnings(viewer: Viewer, row: Inquiry, verb: str, target: str, *, at: datetime) -> dict[str, Any]:
    """What the form of an act on a case begins with."""
    if verb == "add":
        waiting = queries.persons_to_add(viewer, row, at=at)
        choices = [*waiting, ("", _("Somebody else: the family, a representative of the community"))]
        return {"choices": {"who": choices}, "initial": {"who": target}}
    if verb == "plan_contact" and target.isdecimal():
        one = queries.addressee(viewer, row, int(target), at=at)
        names = ("text_language", "channels", "from_hour", "until_hour", "content_allowed", "survivor")
        return {"initial": {**{name: getattr(one, name) for name in names}, "spoken_language": one.language,
                            "weekdays": [str(day) for day in one.weekdays], "adviser": str(one.adviser_id or "")}}  # fmt: skip
    if verb in ("lesson", "limit"):
        return {"target": row.incident.code, "initial": {"damage_on": row.incident.starts_on}}
    if verb == "accompany":
        keys = (
            PersonHarm.objects.filter(incident=row.incident_id).values_list("person_id", flat=True).distinct()
        )
        return {"target": row.incident.code, "choices": {"key": [(str(key), str(key)[:8]) for key in keys]}}
    return {}


def notice_beginnings(row: Notice, verb: str) -> dict[str, Any]:
    if verb == "redraft":
        return {"initial": {"addition": row.text.get("addition", "")}}
    if verb == "tell":
        return {"initial": {"spoken_language": row.addressee.language}}
    return {}


def secrets(shown: Mapping[str, str]) -> list[tuple[str, str]]:
    fields = PlanForm.base_fields
    return [(str(fields[name].label) if name in fields else name, value) for name, value in shown.items()]


def grouped(code: str) -> str:
    return receipts.grouped(code) if code else ""


__all__ = ["Case", "ComplaintPage", "NoticePage", "beginnings", "case", "complaint", "grouped", "notice",
           "notice_beginnings", "paper", "secrets"]  # fmt: skip
