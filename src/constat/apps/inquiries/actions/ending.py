"""The end of an inquiry: the plan of response settled, everybody told, closed. Called by amends and responses."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import actions as incidents
from constat.apps.inquiries.actions._case import note, opened, take
from constat.apps.inquiries.errors import Incomplete
from constat.apps.inquiries.queries import current_decision
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def settle_response(*, by: Person, at: datetime, inquiry: str, reason: str) -> None:
    """The measures are settled; what remains is to tell the people concerned."""
    found = opened(by, Permission.RESPONSES_NOTIFY, inquiry, at)
    take(found, "settle_response", by=by, at=at, reason=reason)
    found.save()
    note(by=by, verb="settle_response", inquiry=found, at=at)


@transaction.atomic
def close(
    *, by: Person, at: datetime, inquiry: str, closure_reason: str, explanation: str, notices: Sequence[str]
) -> None:  # fmt: skip
    """End it. Its mark leaves the incident, which the caller then closes in the same transaction.

    closure_reason: vocabulary "closure_reason", one that says the same as the decision. notices: codes of the notices given,
    or coded reasons why somebody could not be told; without any the table refuses.
    """
    found = opened(by, Permission.INCIDENTS_CLOSE, inquiry, at)
    vocabulary("closure_reason").check(closure_reason)
    take(
        found,
        "close",
        by=by,
        at=at,
        reason=explanation,
        closure_reason=closure_reason,
        explanation=explanation,
        notices=list(notices) or None,
    )
    decision = current_decision(found)
    outcome = vocabulary("decision_outcome")[decision.outcome] if decision else None
    if outcome is None or closure_reason not in outcome.extra["closes_as"]:
        raise Incomplete(
            _(
                "This reason says something else than the decision that was signed. Choose one that agrees with it."
            ),
            field="closure_reason",
        )
    found.closed_at, found.closed_by = at, by
    found.closure_reason, found.explanation, found.notices = (
        closure_reason,
        explanation.strip(),
        list(notices),
    )
    found.save()
    incidents.clear_docket(
        by=by,
        at=at,
        incident=found.incident.code,
        docket=found.code,
        permission=Permission.INCIDENTS_CLOSE,
    )
    note(by=by, verb="close", inquiry=found, at=at, details={"closure_reason": closure_reason})
