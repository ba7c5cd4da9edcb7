"""What one person says another payer settled, read by a second person: confirmed, or sent back with the reason."""

from datetime import datetime

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.amends import queries
from constat.apps.amends.actions._case import held, note, outside, step, take
from constat.apps.amends.models import Offer

RULE = "settled_confirmer"  # vocabulary "separation"


@transaction.atomic
def confirm_settled(*, by: Person, at: datetime, offer: str, reason: str) -> None:
    """Somebody who neither said so nor recorded the harm has looked at how it is known. The harm is settled from here on."""
    found = held(by, offer, "confirm_settled", at)
    transition = step(found, "confirm_settled", by=by, at=at, reason=reason, explanation=reason)
    _second(found, by)
    found.certified_by, found.certified_at = by, at
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb="confirm_settled", offer=found, at=at, details={"payer": found.payer})


@transaction.atomic
def send_back_claim(*, by: Person, at: datetime, offer: str, reason: str) -> None:
    """Not confirmed: the claim falls, the harm waits for an offer again, the reason stands on the page."""
    found = held(by, offer, "send_back_claim", at)
    transition = step(found, "send_back_claim", by=by, at=at, reason=reason, explanation=reason)
    _second(found, by)
    take(found, transition, by=by, at=at, reason=reason)
    note(by=by, verb="send_back_claim", offer=found, at=at, details={"payer": found.payer})


def _second(offer: Offer, by: Person) -> None:
    first = {str(offer.proposed_by_id)} | queries.recorders(offer.inquiry.incident, offer.person)
    outside(offer, by, first, RULE)


__all__ = ["confirm_settled", "send_back_claim"]
