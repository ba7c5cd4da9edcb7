"""The plan of response beyond money, line by line, and the lesson a case may raise."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.responses.actions._case import (
    answering,
    held_incident,
    held_inquiry,
    note,
    permitted,
    written_words,
)
from constat.apps.responses.errors import Incomplete, NothingToDo, NotThere
from constat.apps.responses.models import Lesson, PlanLine
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

PLANNERS = (Permission.RESPONSES_NOTIFY, Permission.RESPONSES_PROPOSE)


@transaction.atomic
def plan(
    *, by: Person, at: datetime, inquiry: str, measure: str, owner: Person | None, due_on: date, remark: str = ""
) -> int:  # fmt: skip
    """One measure with its owner and its day. The key of the line."""
    viewer = permitted(by, *PLANNERS, at=at)
    found = held_inquiry(viewer, inquiry, at)
    answering(found)
    vocabulary("response_type").check(measure)
    if owner is None or not owner.is_active:
        raise Incomplete(_("Name who does it."), field="owner")
    if due_on < at.date():
        raise Incomplete(_("Give a day that is still to come."), field="due_on")
    line = PlanLine.objects.create(
        inquiry=found,
        measure=measure,
        note=remark.strip(),
        owner=owner,
        due_on=due_on,
        made_by=by,
        made_at=at,
    )
    note(
        by=by, verb="plan", kind="inquiry", key=inquiry, at=at, details={"line": line.pk, "measure": measure}
    )
    return line.pk


@transaction.atomic
def end_line(*, by: Person, at: datetime, inquiry: str, line: int, done: bool, result: str) -> None:
    """It was done, or it is dropped: either way with words."""
    viewer = permitted(by, *PLANNERS, at=at)
    found = held_inquiry(viewer, inquiry, at)
    row = PlanLine.objects.select_for_update().filter(inquiry=found, pk=line).first()
    if row is None:
        raise NotThere(_("There is no such line in this plan."))
    if row.done is not None:
        raise NothingToDo(_("This line has ended already."))
    row.result = written_words(result, "result", _("Write what came of it, or why it is dropped."))
    row.done, row.ended_by, row.ended_at = done, by, at
    row.save(update_fields=["done", "result", "ended_by", "ended_at"])
    note(by=by, verb="end_line", kind="inquiry", key=inquiry, at=at, details={"line": line, "done": done})


@transaction.atomic
def raise_lesson(
    *, by: Person, at: datetime, incident: str, text: str, owner: Person | None, due_on: date
) -> str:
    """Propose a lesson from a case. Its code. Who accepts, funds and tests it works elsewhere."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, Permission.INCIDENTS_CLOSE, at=at)
    found = held_incident(viewer, incident, at)
    words = written_words(text, "text", _("Write what was learned and what should change."))
    if owner is None or not owner.is_active:
        raise Incomplete(_("Name who takes it further."), field="owner")
    if due_on < at.date():
        raise Incomplete(_("Give a day that is still to come."), field="due_on")
    code = next_code("L", at.year)
    Lesson.objects.create(
        code=code, incident=found, text=words, owner=owner, due_on=due_on, raised_by=by, raised_at=at
    )
    note(by=by, verb="raise_lesson", kind="lesson", key=code, at=at, details={"incident": incident})
    return code
