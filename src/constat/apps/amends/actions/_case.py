"""What every verb begins and ends with: the gate, the locked offer, its step, its one event."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.amends import queries
from constat.apps.amends.actions import _ledger
from constat.apps.amends.errors import Incomplete, NotAllowed, OfferNotFound, SamePersonTwice
from constat.apps.amends.models import Entry, Offer, OfferStep
from constat.rules.amends import ACTING, LIVE, OFFER, check_unsettled
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.visibility import Viewer
from constat.rules.workflow import Transition


def language() -> str:
    return get_language() or "fr"


def permitted(by: Person, permission: Permission, at: datetime) -> Viewer:
    viewer = viewer_of(by, at=at)
    for needed in (Permission.RESPONSES_READ, permission):
        decision = viewer.may(needed)
        if not decision:
            raise NotAllowed(decision.say(language()))
    return viewer


def permission_of(verb: str) -> Permission:
    """Each verb of an offer is one permission, in whatever state."""
    return next(step.permission for step in OFFER.transitions if step.verb == verb)


def held(by: Person, code: str, verb: str, at: datetime) -> Offer:
    """The offer, locked, if this person may read it (for a step on the money: its amends file) and do that."""
    permission = permission_of(verb)
    viewer = permitted(by, permission, at)
    rows = queries.files(viewer, at=at) if permission in ACTING else queries.readable_offers(viewer, at=at)
    found = (
        Offer.objects.select_for_update(of=("self",))
        .filter(pk__in=rows.values("pk"))
        .filter(code=code)
        .first()
    )
    if found is None:
        raise OfferNotFound(
            _("There is no offer %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def step(offer: Offer, verb: str, *, by: Person, at: datetime, reason: str, **supplied: object) -> Transition:
    """Check the step against the table. Raises IllegalTransition, MissingNeed, Incomplete."""
    if not reason.strip():
        raise Incomplete(_("Write a reason."), field="reason", code=offer.code)
    given = {"actor": str(by.pk), "at": at, "reason": reason, **supplied}
    return OFFER.check(offer.state, verb, given)


def take(offer: Offer, transition: Transition, *, by: Person, at: datetime, reason: str) -> None:
    """Write the step. An offer that comes back to life must still be the only one for its harm."""
    if transition.source not in LIVE and transition.target in LIVE:
        check_unsettled([code for code in earlier(offer) if code != offer.code])
    OfferStep.objects.create(
        offer=offer, verb=transition.verb, source=offer.state, target=transition.target, reason=reason.strip(), by=by, at=at
    )  # fmt: skip
    offer.state, offer.updated_at = transition.target, at
    offer.save()


def earlier(offer: Offer) -> list[str]:
    """Codes of the live offers for the same harm of the same person: in this event, in what was merged into it or it into."""
    if not offer.subject:
        return []
    rows = Offer.objects.filter(subject=offer.subject, settles=offer.settles, slot=offer.slot, state__in=LIVE)
    if offer.event:
        root = queries.root_of(offer.inquiry.incident)
        rows = rows.filter(inquiry__incident__in=queries.merged(root))
    return list(rows.order_by("pk").values_list("code", flat=True))


def apart(offer: Offer, by: Person, rules: Iterable[tuple[Person | None, str]]) -> None:
    """Who took the earlier step does not take this one. rules: (who took it, code of separation)."""
    for first, rule in rules:
        outside(offer, by, {str(first.pk)} if first else set(), rule)


def outside(offer: Offer, by: Person, first: Collection[str], rule: str) -> None:
    """As `apart`, for keys of people."""
    decision = separate(first, str(by.pk), rule)
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=offer.code)


def release(offer: Offer, *, by: Person, at: datetime, verb: str) -> Entry | None:
    """What stands committed for the offer is available again. None where nothing does."""
    if offer.fund is None:
        return None
    fund = _ledger.locked_fund(offer.fund.code, open_only=False)
    left = _ledger.of_offer(offer).committed
    if not left:
        return None
    return _ledger.post(
        fund=fund, kind="release", amount=left, by=by, at=at, reason=f"{offer.code} {verb}", offer=offer
    )


def note(
    *, by: Person, verb: str, offer: Offer, at: datetime, entry: Entry | None = None,
    details: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """The one event of the act: codes, states and the hash of the entry. Never words, amounts per person or names."""
    told = {"inquiry": offer.inquiry.code, "state": offer.state, **(details or {}), **entry_details(entry)}
    log.record(by=by, verb=f"amends.{verb}", object_type="offer", object_key=offer.code, at=at, details=told)


def entry_details(entry: Entry | None) -> dict[str, object]:
    return {} if entry is None else {"entry": f"{entry.fund.code}/{entry.number}", "entry_hash": entry.hash}
