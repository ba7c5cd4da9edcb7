"""The investigation: an independent team, a plan, what must be preserved, who must be protected, findings, the seal."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from constat.apps.access.log import canonical
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.incidents import actions as incidents
from constat.apps.inquiries.actions._case import in_state, note, numbered, opened, said, take
from constat.apps.inquiries.actions._team import member, require_independent, require_member, running
from constat.apps.inquiries.actions.review import INVESTIGATION, facts_stand_still
from constat.apps.inquiries.errors import Incomplete, NotAllowed, NothingToDo, NotIndependent
from constat.apps.inquiries.models import (
    Finding,
    Inquiry,
    Investigation,
    InvestigationTask,
    Investigator,
    Progress,
)
from constat.apps.inquiries.proof import sealed, sha256
from constat.rules.deadlines import clock
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

# The leave to read the incident outlives the clock of the investigation: findings come late, and are then asked about.
LEAVE_DAYS = 2 * clock("investigation").limit.days


def _ordered(by: Person, inquiry: str, at: datetime) -> tuple[Inquiry, Investigation]:
    """For whoever orders: names the team and may let somebody go."""
    found = opened(by, Permission.INQUIRIES_DECIDE, inquiry, at, Permission.INQUIRIES_REVIEW)
    in_state(found, INVESTIGATION)
    return found, running(found)


def _inside(by: Person, inquiry: str, at: datetime) -> tuple[Inquiry, Investigation, Investigator]:
    """For the team: of it, declared, and outside the chain of every unit named."""
    found = opened(by, Permission.INQUIRIES_INVESTIGATE, inquiry, at)
    in_state(found, INVESTIGATION)
    investigation = running(found)
    return found, investigation, require_member(investigation, by, at)


@transaction.atomic
def name_investigator(*, by: Person, at: datetime, inquiry: str, person: Person, leads: bool = False) -> None:
    """One more of the team. Refused for somebody of the unit involved, and for oneself. It opens the incident to them."""
    found, investigation = _ordered(by, inquiry, at)
    if not viewer_of(person, at=at).may(Permission.INQUIRIES_INVESTIGATE):
        raise NotAllowed(_("This person’s posts do not allow investigating. Choose an investigator."))
    require_independent(found, person, at)
    if member(investigation, person):
        raise NothingToDo(_("This person is of the team already."), code=inquiry)
    incidents.open_to_team(
        by=by,
        at=at,
        incident=found.incident.code,
        docket=found.code,
        person=person,
        days=LEAVE_DAYS,
        permission=_who(by, at),
    )
    Investigator.objects.create(
        investigation=investigation, person=person, leads=leads, named_by=by, named_at=at
    )
    note(by=by, verb="name_investigator", inquiry=found, at=at, details={"person": person.pk, "leads": leads})


@transaction.atomic
def release_investigator(*, by: Person, at: datetime, inquiry: str, person: Person, reason: str) -> None:
    """Somebody leaves the team. What they did stays, with their name."""
    found, investigation = _ordered(by, inquiry, at)
    reason = said(reason, field="reason", message=_("Write why this person leaves the team."))
    row = member(investigation, person)
    if row is None:
        raise NothingToDo(_("This person is not of the team."), code=inquiry)
    row.released_at, row.released_by, row.released_reason = at, by, reason
    row.save(update_fields=["released_at", "released_by", "released_reason"])
    incidents.close_to_team(
        by=by,
        at=at,
        incident=found.incident.code,
        docket=found.code,
        person=person,
        permission=_who(by, at),
    )
    note(by=by, verb="release_investigator", inquiry=found, at=at, details={"person": person.pk})


def _who(by: Person, at: datetime) -> Permission:
    decides = viewer_of(by, at=at).may(Permission.INQUIRIES_DECIDE)
    return Permission.INQUIRIES_DECIDE if decides else Permission.INQUIRIES_REVIEW


@transaction.atomic
def declare(*, by: Person, at: datetime, inquiry: str, declaration: str) -> None:
    """Independent of the unit involved, says the investigator, in own words. Without it nothing else is open to them."""
    found = opened(by, Permission.INQUIRIES_INVESTIGATE, inquiry, at)
    in_state(found, INVESTIGATION)
    row = member(running(found), by)
    if row is None:
        raise NotIndependent(_("You are not of the team of this investigation. Ask to be named."))
    require_independent(found, by, at)
    if row.declared_at:
        raise NothingToDo(_("You have declared that already."), code=inquiry)
    row.declaration = said(
        declaration,
        field="declaration",
        message=_(
            "Write that you are independent of the unit involved, and any tie that others should know."
        ),
    )
    row.declared_at = at
    row.save(update_fields=["declaration", "declared_at"])
    note(by=by, verb="declare", inquiry=found, at=at)


def _wording(verb: str, column: str, missing: Any) -> Callable[..., None]:
    """A verb of the team that writes one text of the investigation, whole, until it is sealed."""

    @transaction.atomic
    def write(*, by: Person, at: datetime, inquiry: str, text: str) -> None:
        found, investigation, _row = _inside(by, inquiry, at)
        setattr(investigation, column, said(text, field="text", message=str(missing)))
        columns = [column]
        if verb == "preserve":
            investigation.preservation_at = at
            columns.append("preservation_at")
        investigation.save(update_fields=columns)
        note(by=by, verb=verb, inquiry=found, at=at)

    return write


plan = _wording(
    "plan", "plan", gettext_lazy("Write the plan: questions, places, people by function, order of work.")
)
preserve = _wording(
    "preserve",
    "preservation_order",
    gettext_lazy("Write what must be kept, and by whom: recordings, logs, weapons, places."),
)
protect = _wording(
    "protect",
    "protection_plan",
    gettext_lazy("Write how witnesses are protected. No names: names are in the vault."),
)


@transaction.atomic
def add_task(*, by: Person, at: datetime, inquiry: str, text: str, owner: Person, due_on: date) -> int:
    """A piece of the plan, its owner and its day. The owner is of the team."""
    found, investigation, _row = _inside(by, inquiry, at)
    text = said(text, field="text", message=_("Write what is to be done."))
    if due_on < at.date():
        raise Incomplete(_("Choose a day that is still to come."), field="due_on")
    if member(investigation, owner) is None:
        raise Incomplete(_("The owner of a task is of the team."), field="owner")
    row = InvestigationTask.objects.create(
        investigation=investigation, text=text, owner=owner, due_on=due_on, made_by=by, made_at=at
    )
    note(by=by, verb="add_task", inquiry=found, at=at, details={"task": row.pk, "owner": owner.pk})
    return row.pk


@transaction.atomic
def finish_task(*, by: Person, at: datetime, inquiry: str, task: int, result: str) -> None:
    """What came of it, "nothing" included."""
    found, investigation, _row = _inside(by, inquiry, at)
    row = InvestigationTask.objects.filter(investigation=investigation, pk=task).first()
    if row is None or row.done_at:
        raise NothingToDo(_("There is no such open task."), code=inquiry)
    row.result = said(result, field="result", message=_("Write what came of it, also if it was nothing."))
    row.done_by, row.done_at = by, at
    row.save(update_fields=["result", "done_by", "done_at"])
    note(by=by, verb="finish_task", inquiry=found, at=at, details={"task": row.pk})


@transaction.atomic
def progress(*, by: Person, at: datetime, inquiry: str, text: str) -> None:
    """The monthly word on where the investigation stands."""
    found, investigation, _row = _inside(by, inquiry, at)
    text = said(text, field="text", message=_("Write where the investigation stands and what holds it up."))
    Progress.objects.create(investigation=investigation, text=text, by=by, at=at)
    note(by=by, verb="progress", inquiry=found, at=at)


@transaction.atomic
def add_finding(
    *, by: Person, at: datetime, inquiry: str, statement: str, proof_standard: str, basis: str, contrary_evidence: str
) -> int:  # fmt: skip
    """One finding with the standard of proof it meets, what it rests on and what speaks against it."""
    found, investigation, _row = _inside(by, inquiry, at)
    vocabulary("proof_standard").check(proof_standard)
    row = Finding.objects.create(
        investigation=investigation,
        number=numbered(Finding, investigation=investigation),
        statement=said(statement, field="statement", message=_("Write the finding.")),
        proof_standard=proof_standard,
        basis=said(basis, field="basis", message=_("Write which evidence it rests on, by its codes.")),
        contrary_evidence=said(
            contrary_evidence,
            field="contrary_evidence",
            message=_("Say what speaks against your conclusion, and why it does not suffice."),
        ),
        by=by,
        at=at,
    )
    note(by=by, verb="add_finding", inquiry=found, at=at,
         details={"finding": row.number, "proof_standard": proof_standard})  # fmt: skip
    return row.number


@transaction.atomic
def withdraw_finding(*, by: Person, at: datetime, inquiry: str, number: int, reason: str) -> None:
    """It does not stand. What it said stays readable, with the reason."""
    found, investigation, _row = _inside(by, inquiry, at)
    row = Finding.objects.filter(
        investigation=investigation, number=number, withdrawn_at__isnull=True
    ).first()
    if row is None:
        raise NothingToDo(_("There is no such finding that stands."), code=inquiry)
    row.withdrawn_reason = said(reason, field="reason", message=_("Write why it does not stand."))
    row.withdrawn_by, row.withdrawn_at = by, at
    row.save(update_fields=["withdrawn_reason", "withdrawn_by", "withdrawn_at"])
    note(by=by, verb="withdraw_finding", inquiry=found, at=at, details={"finding": number})


@transaction.atomic
def submit_findings(*, by: Person, at: datetime, inquiry: str, reason: str) -> None:
    """Seal the investigation and hand it to whoever decides. Nothing in it changes afterwards."""
    found, investigation, _row = _inside(by, inquiry, at)
    if not Finding.objects.filter(investigation=investigation, withdrawn_at__isnull=True).exists():
        raise Incomplete(
            _("There is no finding yet. Where nothing could be found out, write that as a finding."),
            field="reason",
        )
    if not investigation.protection_plan:
        raise Incomplete(_("Write how witnesses are protected before you seal."), field="reason")
    content = canonical(sealed(investigation)).encode("utf-8")
    investigation.sealed_content, investigation.sha256 = content, sha256(content)
    investigation.sealed_by, investigation.sealed_at = by, at
    investigation.save(update_fields=["sealed_content", "sha256", "sealed_by", "sealed_at"])
    take(found, "submit_findings", by=by, at=at, reason=reason, seal=investigation.sha256)
    found.save()
    facts_stand_still(found, by=by, at=at, reason=reason)
    note(by=by, verb="submit_findings", inquiry=found, at=at,
         details={"investigation": investigation.number, "seal": investigation.sha256})  # fmt: skip
