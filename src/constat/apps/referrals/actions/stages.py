"""The stages of a referral: risk judged, submitted, sent back or approved, withdrawn, stopped."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.referrals.actions._referral import (
    another,
    held,
    in_draft,
    note,
    permitted,
    preparer,
    said,
    step,
)
from constat.apps.referrals.content import assemble
from constat.rules.handover import check_basis, check_risk
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def judge_risk(*, by: Person, at: datetime, referral: str, risk: str, mitigation: str = "") -> None:
    """Somebody who guards people, and did not prepare the bag, says what danger it brings and what is done about it."""
    viewer = permitted(by, Permission.PUBLICATION_STOP, at)
    row = held(viewer, referral, at)
    in_draft(row)
    another(row, by)
    vocabulary("handover_risk").check(risk)
    if risk == "medium":
        check_risk(risk, mitigation)
    row.risk, row.mitigation, row.risk_by, row.risk_at = risk, mitigation.strip(), by, at
    row.save(update_fields=["risk", "mitigation", "risk_by", "risk_at"])
    note(by=by, verb="judge_risk", row=row, at=at, details={"risk": risk})


@transaction.atomic
def submit_for_review(*, by: Person, at: datetime, referral: str, reason: str) -> None:
    """The bag is prepared as far as it goes; somebody else approves."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    step(row, "submit_for_review", by=by, at=at, reason=reason, risk=row.risk)
    check_risk(row.risk, row.mitigation)
    row.save(update_fields=["state"])
    note(by=by, verb="submit_for_review", row=row, at=at)


@transaction.atomic
def send_back(*, by: Person, at: datetime, referral: str, reason: str) -> None:
    """More is to be done first; the reason says what."""
    viewer = permitted(by, Permission.REFERRALS_APPROVE, at)
    row = held(viewer, referral, at)
    step(row, "send_back", by=by, at=at, reason=reason)
    row.save(update_fields=["state"])
    note(by=by, verb="send_back", row=row, at=at)


@transaction.atomic
def approve(*, by: Person, at: datetime, referral: str, reason: str) -> None:
    """A second person looked at consent, basis and risk. What was looked at is remembered: if it changes, it is asked again."""
    viewer = permitted(by, Permission.REFERRALS_APPROVE, at)
    row = held(viewer, referral, at)
    another(row, by)
    step(row, "approve", by=by, at=at, reason=reason, legal_basis=row.legal_basis, risk=row.risk)
    check_risk(row.risk, row.mitigation)
    check_basis(row.legal_basis, row.basis_reference)
    row.approved_by, row.approved_at = by, at
    row.approved_content = assemble(row, preparer(row, at), at=at).digest
    row.save(update_fields=["state", "approved_by", "approved_at", "approved_content"])
    note(by=by, verb="approve", row=row, at=at, details={"content": row.approved_content})


@transaction.atomic
def withdraw(*, by: Person, at: datetime, referral: str, reason: str) -> None:
    """The referral will not take place."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    step(row, "withdraw", by=by, at=at, reason=reason)
    row.closed_at = at
    row.save(update_fields=["state", "closed_at"])
    note(by=by, verb="withdraw", row=row, at=at)


@transaction.atomic
def stop(*, by: Person, at: datetime, referral: str, reason: str) -> None:
    """It would endanger somebody: back to the draft, with the approval gone."""
    viewer = permitted(by, Permission.PUBLICATION_STOP, at)
    row = held(viewer, referral, at)
    step(row, "stop", by=by, at=at, reason=reason)
    row.approved_by, row.approved_at, row.approved_content = None, None, ""
    row.risk, row.mitigation, row.risk_by, row.risk_at = "", "", None, None
    row.save()
    note(by=by, verb="stop", row=row, at=at)


@transaction.atomic
def close(*, by: Person, at: datetime, referral: str, explanation: str) -> None:
    """The authority said what it does; nothing more is awaited."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    explanation = said(explanation, field="explanation", message=_("Write what came of it."))
    step(row, "close", by=by, at=at, reason=explanation, explanation=explanation)
    row.closed_at, row.due_at = at, None
    row.save(update_fields=["state", "closed_at", "due_at"])
    note(by=by, verb="close", row=row, at=at)
