"""What every verb begins and ends with: the gate, the record it hangs on, the locked item, its one event."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.actions import gate
from constat.apps.access.models import Person
from constat.apps.evidence import chain, queries, subjects
from constat.apps.evidence.errors import Incomplete, ItemNotFound, NotAllowed
from constat.apps.evidence.models import CustodyEvent, Interview, Item
from constat.rules.visibility import Viewer


def language() -> str:
    return get_language() or "fr"


permitted = partial(gate.permitted, refusal=NotAllowed)


def found_subject(viewer: Viewer, subject: subjects.Subject, at: datetime) -> subjects.Found:
    found = subjects.find(viewer, subject, at=at)
    if found is None:
        raise ItemNotFound(
            _("There is no record %(code)s among those you may read. Check its code.") % {"code": subject[1]},
            code=subject[1],
            field="subject",
        )
    return found


def held(viewer: Viewer, code: str, at: datetime) -> Item:
    """The item of that code under a lock, if this person may read it."""
    found = queries.get(viewer, code, at=at)
    return Item.objects.select_for_update(of=("self",)).select_related("parent").get(pk=found.pk)


def held_interview(viewer: Viewer, code: str, at: datetime) -> Interview:
    found = queries.get_interview(viewer, code, at=at)
    return Interview.objects.select_for_update(of=("self",)).get(pk=found.pk)


def needed(text: str, sentence: str, field: str) -> str:
    if not text.strip():
        raise Incomplete(sentence, field=field)
    return text.strip()


def note(
    *, by: Person | str, verb: str, at: datetime, code: str, kind: str = "item", purpose: str = "",
    details: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """The one event of the act: codes and columns, never words. Of an item it also tells how its custody stands."""
    if kind == "item":
        details = {**(details or {}), **chain.told(code)}
    log.record(
        by=by,
        verb=f"evidence.{verb}",
        object_type=kind,
        object_key=code,
        at=at,
        purpose=purpose,
        details=details,
    )


def enter(
    item: Item,
    kind: str,
    *,
    by: Person | None,
    at: datetime,
    happened: datetime | None = None,
    **values: object,
) -> CustodyEvent:
    """The next line of the custody chain. The item is under a lock, so its number is taken by nobody else."""
    number = CustodyEvent.objects.filter(item=item).count() + 1
    return CustodyEvent.objects.create(
        item=item, number=number, kind=kind, at=happened or at, recorded_at=at, by=by, **values
    )
