"""What the answer needs to know of amends: what is offered to whom, what is still open, what was handed over."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from constat.apps.amends import queries
from constat.apps.amends.models import Offer
from constat.apps.inquiries.models import Inquiry
from constat.rules.amends import LIVE, SAID
from constat.rules.vocabulary import Term, vocabulary

# A proposal nobody has certified is not told: it might become a promise without money.
TOLD = LIVE - {"proposed", SAID}


def measures_for(inquiry: Inquiry, key: UUID | None) -> list[str]:
    """Codes of the measures that stand for this person, each once, in the order in which they were proposed."""
    if key is None:
        return []
    mine = Q(person=key) | Q(beneficiary=key) | Q(payees__key=key)
    rows = Offer.objects.filter(mine, inquiry=inquiry, state__in=TOLD).order_by("pk")
    return list(dict.fromkeys(rows.values_list("measure", flat=True)))


def owed_keys(inquiry: Inquiry) -> list[frozenset[UUID]]:
    """For each offer that was ever put forward: the keys under which the person may stand on the list of those to be told."""
    rows = Offer.objects.filter(inquiry=inquiry).exclude(state="cancelled").prefetch_related("payees")
    found = [_keys(one.person, one.beneficiary, (payee.key for payee in one.payees.all())) for one in rows]
    return [keys for keys in dict.fromkeys(found) if keys]


def _keys(person: UUID | None, beneficiary: UUID | None, payees: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset(key for key in (person, beneficiary, *payees) if key)


def unanswered(inquiry: Inquiry) -> list[Term]:
    """Words of `harm` for which nothing was offered and no coded reason says why, each once. Also of persons this reader may
    not see: the case does not close over them."""
    waiting = (one.harm for one in queries.harms_waiting(inquiry) if one.no_offer is None)
    return [vocabulary("harm")[harm] for harm in dict.fromkeys(waiting)]


def claimed(inquiry: Inquiry) -> list[str]:
    return queries.claimed(inquiry)


def open_offers(inquiry: Inquiry) -> list[str]:
    return queries.open_offers(inquiry)
