"""Custody: each hand-over is one more line, with the file read whole and compared at that moment. Nothing is corrected."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.evidence import store
from constat.apps.evidence.actions._item import enter, held, needed, note, permitted
from constat.apps.evidence.errors import Incomplete, NothingToDo
from constat.apps.evidence.models import CustodyEvent, Item
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

# What a person enters; the rest of the vocabulary follows from other acts.
ENTERED = ("handed_over", "returned", "moved", "examined", "noted")


@transaction.atomic
def hand_over(
    *, by: Person, at: datetime, item: str, kind: str, reason: str, happened: datetime | None = None,
    from_party: str = "", to_party: str = "", place_class: str = "unknown", location: str = "", seal: str = "",
) -> CustodyEvent:  # fmt: skip
    """One line of custody. The file is read whole first: what was changed in the store is not handed on unnoticed.

    from_party, to_party: a section, a function, an authority. Raises SealBroken, FileMissing, Incomplete.
    """
    viewer = permitted(by, Permission.EVIDENCE_CUSTODY, at)
    found = held(viewer, item, at)
    if kind not in ENTERED:
        raise Incomplete(_("Choose what happened to the item."), field="kind")
    vocabulary("evidence_place").check(place_class)
    reason = needed(reason, _("Write why. No names of witnesses."), "reason")
    if kind == "handed_over":
        needed(from_party, _("Write who handed it over: a section or a function."), "from_party")
        needed(to_party, _("Write who took it: a section, a function or an authority."), "to_party")
    if happened and happened > at:
        raise Incomplete(_("That moment lies in the future. Check the date."), field="happened")
    checked = _checked(found)
    event = enter(
        found, kind, by=by, at=at, happened=happened, reason=reason, from_party=from_party.strip(),
        to_party=to_party.strip(), place_class=place_class, location=location.strip(), seal=seal.strip(),
        digest_checked=checked,
    )  # fmt: skip
    note(by=by, verb="hand_over", at=at, code=found.code, details={"kind": kind, "number": event.number,
                                                                    "place_class": place_class})  # fmt: skip
    return event


@transaction.atomic
def hold(*, by: Person, at: datetime, item: str, reason: str) -> None:
    """Legal hold: kept until lifted, whatever the rules of retention say."""
    _hold(by, at, item, reason, place=True)


@transaction.atomic
def lift_hold(*, by: Person, at: datetime, item: str, reason: str) -> None:
    _hold(by, at, item, reason, place=False)


def _hold(by: Person, at: datetime, code: str, reason: str, *, place: bool) -> None:
    viewer = permitted(by, Permission.EVIDENCE_CUSTODY, at)
    found = held(viewer, code, at)
    if found.legal_hold == place:
        raise NothingToDo(
            _("%(code)s is on hold already.") % {"code": code}
            if place
            else _("%(code)s is not on hold.") % {"code": code},
            code=code,
        )
    reason = needed(reason, _("Write why: which request or decision."), "reason")
    found.legal_hold = place
    found.save(update_fields=["legal_hold"])
    last = found.custody.last()
    enter(found, "hold_placed" if place else "hold_lifted", by=by, at=at, reason=reason,
          place_class=last.place_class if last else "unknown")  # fmt: skip
    note(by=by, verb="hold" if place else "lift_hold", at=at, code=code)


def copies_left(items: Iterable[int], *, by: Person, at: datetime, reason: str, to_party: str) -> None:
    """A line of custody for each item of which an exact copy left the node. Part of the hand-over that carried them: that
    act asks for permission, compares each file while writing it, and leaves the one event. Keys: Item.pk.
    """
    rows = Item.objects.select_for_update(of=("self",)).filter(pk__in=list(items)).order_by("pk")
    for item in rows:
        last = item.custody.last()
        enter(item, "copy_left", by=by, at=at, reason=reason, to_party=to_party, digest_checked=not item.physical,
              place_class=last.place_class if last else "unknown")  # fmt: skip


def _checked(item: Item) -> bool:
    """Raises when the file is not what was sealed. False for an object, which has no digest."""
    if item.physical:
        return False
    store.check(item)
    return True
