"""Conduct dockets: allegations against the mission's own personnel, inside their compartment.

Their events are of the compartment too: nothing is written on the incident or the inquiry they came from.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.incidents.queries import get as incident_of
from constat.apps.inquiries.actions._case import permitted, said
from constat.apps.inquiries.conduct import COMPARTMENT, readable_dockets
from constat.apps.inquiries.errors import DocketNotFound, Incomplete, NotAllowed
from constat.apps.inquiries.models import ConductDocket, ConductLetter, ConductStep
from constat.apps.register.models import Unit
from constat.rules.deadlines import clock
from constat.rules.inquiry import CONDUCT
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import Transition


@transaction.atomic
def open_docket(
    *, by: Person, at: datetime, allegation: str, summary: str, contributor: str = "", unit: str = "", incident: str = ""
) -> str:  # fmt: skip
    """The code of the docket. incident: where it came from, if from a case. Of a unit the register knows the contributor."""
    viewer = permitted(by, Permission.CONDUCT_MANAGE, at)
    if COMPARTMENT not in viewer.compartments:
        raise NotAllowed(_("You are not admitted to this compartment. Ask whoever admits to it."))
    vocabulary("allegation_class").check(allegation)
    summary = said(
        summary, field="summary", message=_("Write what is alleged. No names: names are in the vault.")
    )
    row = Unit.objects.filter(code=unit).first() if unit else None
    if unit and row is None:
        raise Incomplete(_("There is no unit %(code)s in the register.") % {"code": unit}, field="unit")
    contributor = contributor or (row.contributor if row else "")
    if contributor:
        vocabulary("country").check(contributor)
    docket = ConductDocket(
        code=next_code("D", at.year),
        state=CONDUCT.initial,
        sensitivity=3,
        compartment=COMPARTMENT,
        recorded_by=by,
        assigned_to=by,
        incident=incident_of(viewer, incident, at=at) if incident else None,
        allegation=allegation,
        unit=row,
        contributor=contributor,
        summary=summary,
        opened_at=at,
        updated_at=at,
    )
    _start(docket, CONDUCT.starts[0], at)
    docket.save()
    _note(by, "open", docket, at, {"allegation": allegation, "contributor": contributor})
    return docket.code


def _held(by: Person, code: str, at: datetime) -> ConductDocket:
    viewer = permitted(by, Permission.CONDUCT_MANAGE, at)
    rows = ConductDocket.objects.select_for_update(of=("self",))
    found = rows.filter(pk__in=readable_dockets(viewer, at=at).values("pk"), code=code).first()
    if found is None:
        raise DocketNotFound(
            _("There is no docket %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


@transaction.atomic
def write_letter(
    *, by: Person, at: datetime, docket: str, kind: str, on: date, summary: str, due_on: date | None = None,
    answers: int | None = None,
) -> int:  # fmt: skip
    """A letter to or from the contributing country. due_on: until when a reply is asked for. answers: the letter it answers."""
    found = _held(by, docket, at)
    direction = vocabulary("letter_kind").check(kind).extra["direction"]
    summary = said(summary, field="summary", message=_("Write in a sentence what the letter says."))
    if on > at.date():
        raise Incomplete(_("A letter is noted once it was sent or received."), field="on")
    if due_on and (due_on < on or direction == "in"):
        raise Incomplete(
            _("A reply is due after the letter that asks for it. Correct the days."), field="due_on"
        )
    answered = _answered(found, answers, direction)
    row = ConductLetter.objects.create(
        docket=found, kind=kind, on=on, due_on=due_on, summary=summary, answers=answered, by=by, at=at
    )
    found.updated_at = at
    found.save(update_fields=["updated_at"])
    _note(by, "letter", found, at, {"letter": row.pk, "kind": kind})
    return row.pk


def _answered(docket: ConductDocket, letter: int | None, direction: object) -> ConductLetter | None:
    if letter is None:
        return None
    found = ConductLetter.objects.filter(docket=docket, pk=letter, answer__isnull=True).first()
    if (
        found is None
        or direction != "in"
        or vocabulary("letter_kind")[found.kind].extra["direction"] != "out"
    ):
        raise Incomplete(
            _("Choose a letter of ours that has no answer yet, for a letter that came in."), field="answers"
        )
    return found


@transaction.atomic
def notify_contributor(*, by: Person, at: datetime, docket: str, reason: str) -> None:
    """The contributing country was told: the letter that told it is noted first."""
    found = _held(by, docket, at)
    letters = ConductLetter.objects.filter(docket=found, kind="notification")
    if not found.contributor:
        raise Incomplete(_("No contributing country is noted on this docket."), field="reason")
    _take(found, "notify_contributor", by, at, reason, letter=letters.values_list("pk", flat=True).first())


@transaction.atomic
def open_conduct_investigation(*, by: Person, at: datetime, docket: str, reason: str) -> None:
    """The country, the mission or the competent office investigates: the reason says who."""
    _take(_held(by, docket, at), "open_conduct_investigation", by, at, reason)


@transaction.atomic
def report_outcome(
    *, by: Person, at: datetime, docket: str, outcome: str, action_taken: str, reason: str
) -> None:  # fmt: skip
    """outcome: vocabulary "conduct_outcome"."""
    found = _held(by, docket, at)
    vocabulary("conduct_outcome").check(outcome)
    found.outcome, found.action_taken = outcome, action_taken.strip()
    _take(found, "report_outcome", by, at, reason, conduct_outcome=outcome)


@transaction.atomic
def close_docket(*, by: Person, at: datetime, docket: str, explanation: str) -> None:
    found = _held(by, docket, at)
    found.closed_at, found.explanation = at, explanation.strip()
    _take(found, "close", by, at, explanation, explanation=explanation)


@transaction.atomic
def reopen_docket(*, by: Person, at: datetime, docket: str, trigger: str) -> None:
    """Something new is known. What was noted as outcome stays until another is noted."""
    found = _held(by, docket, at)
    found.closed_at = None
    _take(found, "reopen", by, at, trigger, trigger=trigger)


def _take(
    docket: ConductDocket, verb: str, by: Person, at: datetime, reason: str, **supplied: object
) -> Transition:  # fmt: skip
    source = docket.state
    step = CONDUCT.check(source, verb, {"actor": str(by.pk), "at": at, "reason": reason, **supplied})
    ConductStep.objects.create(
        docket=docket, verb=verb, source=source, target=step.target, reason=reason.strip(), by=by, at=at
    )
    docket.state, docket.updated_at = step.target, at
    _start(docket, step.clock, at)
    docket.save()
    _note(by, verb, docket, at, {})
    return step


def _start(docket: ConductDocket, code: str | None, at: datetime) -> None:
    docket.clock = code or ""
    docket.clock_started_at = at if code else None
    docket.due_at = at + clock(code).limit if code else None


def _note(by: Person, verb: str, docket: ConductDocket, at: datetime, details: dict[str, object]) -> None:
    # The word before the dot keeps these events out of everybody else's sight: access.queries.APART.
    log.record(
        by=by, verb=f"conduct.{verb}", object_type="docket", object_key=docket.code, at=at, details=details
    )  # fmt: skip
