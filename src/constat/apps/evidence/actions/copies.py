"""Copies: new files drawn anew from what can be seen of their parent. The parent is not touched."""

import io
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.evidence import engine, queries, store, words
from constat.apps.evidence.actions._item import enter, held, needed, note, permitted
from constat.apps.evidence.actions.deposit import SERIES
from constat.apps.evidence.actions.opening import allowed_to_open
from constat.apps.evidence.errors import Incomplete, NothingToDo
from constat.apps.evidence.models import REDACTED, WORKING, CustodyEvent, Item
from constat.apps.evidence.redraw.shapes import FULL, Box, Drawn
from constat.rules.permissions import Permission
from constat.rules.separation import require_separate


def copy(*, by: Person, at: datetime, item: str, reason: str) -> str:
    """A working copy: everything visible, nothing hidden. Returns its code."""
    return _make(by, at, item, WORKING, reason, (), (), ())


def redact(
    *, by: Person, at: datetime, item: str, reason: str, boxes: Sequence[Box] = (), phrases: Sequence[str] = (),
    lines: Sequence[int] = (),
) -> str:  # fmt: skip
    """A redacted copy: boxes on the pages of a picture or PDF; phrases and lines of a text. Returns its code.

    Raises CannotCopy, Incomplete, NotAllowed, StoreError.
    """
    if not any(phrase.strip() for phrase in phrases) and not boxes and not lines:
        raise Incomplete(_("Mark at least one place to black out, or make a working copy."), field="boxes")
    for box in boxes:
        if not (0 <= box.left < box.right <= FULL and 0 <= box.top < box.bottom <= FULL and box.page >= 1):
            raise Incomplete(
                _("A box goes from left to right and from top to bottom, in numbers from 0 to 1000."),
                field="boxes",
            )
    return _make(by, at, item, REDACTED, reason, boxes, phrases, lines)


def _make(
    by: Person, at: datetime, code: str, kind: str, reason: str, boxes: Sequence[Box], phrases: Sequence[str],
    lines: Sequence[int],
) -> str:  # fmt: skip
    viewer = permitted(by, Permission.EVIDENCE_REDACT, at)
    parent = queries.get(viewer, code, at=at)
    allowed_to_open(viewer, parent, at)
    reason = needed(reason, _("Write what the copy is for. No names."), "reason")
    # Outside the transaction: drawing takes seconds, and the parent cannot change meanwhile.
    store.check(parent)
    drawn = engine.redraw(parent, boxes=boxes, phrases=phrases, lines=lines)
    if boxes and (beyond := [box.page for box in boxes if box.page > drawn.pages]):
        raise Incomplete(
            _("There is no page %(page)s: the item has %(pages)s.")
            % {"page": beyond[0], "pages": drawn.pages},
            field="boxes",
        )
    sealed = store.seal(io.BytesIO(drawn.data))
    try:
        with transaction.atomic():
            held(viewer, code, at)
            return _write(
                by, at, parent, kind, reason, sealed, drawn, _told(boxes, phrases, lines, drawn)
            ).code
    except BaseException:
        sealed.discard()
        raise


def _told(
    boxes: Sequence[Box], phrases: Sequence[str], lines: Sequence[int], drawn: Drawn
) -> dict[str, object]:
    """How it was made. The phrases are not kept: they are what must not be known."""
    return {
        "pages": drawn.pages, "boxes": [[box.page, box.left, box.top, box.right, box.bottom] for box in boxes],
        "phrases": sum(1 for phrase in phrases if phrase.strip()), "lines": list(lines), "left_behind": list(drawn.hidden),
    }  # fmt: skip


def _write(by: Person, at: datetime, parent: Item, kind: str, reason: str, sealed: store.Sealed, drawn: Drawn,
           made_with: dict[str, object]) -> Item:  # fmt: skip
    code = next_code(SERIES, at.year)
    item = Item(
        code=code, subject_type=parent.subject_type, subject_key=parent.subject_key, kind=kind, parent=parent,
        title=parent.title, blob=sealed.blob, sha256=sealed.sha256, size=sealed.size, media_type=drawn.media_type,
        captured_at=parent.captured_at, place_text=parent.place_text, acquisition=parent.acquisition,
        consent_basis=parent.consent_basis, sealed=words.seal({}, place=f"item {code}"), received_at=at, received_by=by,
        recorded_by=by, office=parent.office, compartment=parent.compartment, sensitivity=parent.sensitivity,
        made_with=made_with,
    )  # fmt: skip
    item.save(force_insert=True)
    enter(item, "received", by=by, at=at, reason=reason, place_class="sealed_store", digest_checked=True)
    last = parent.custody.last()
    enter(parent, "copied", by=by, at=at, reason=f"{code}: {reason}", digest_checked=True,
          place_class=last.place_class if last else "sealed_store")  # fmt: skip
    note(by=by, verb="redact" if kind == REDACTED else "copy", at=at, code=code, details={
        "parent": parent.code, "sha256": item.sha256, "size": item.size, "boxes": len(made_with["boxes"]),  # type: ignore[arg-type]
    })  # fmt: skip
    return item


@transaction.atomic
def second_look(*, by: Person, at: datetime, item: str, reason: str = "") -> None:
    """Somebody else looked through a redacted copy and found nothing left to black out."""
    viewer = permitted(by, Permission.EVIDENCE_REDACT, at)
    found = held(viewer, item, at)
    if found.kind != REDACTED:
        raise NothingToDo(_("%(code)s is not a redacted copy.") % {"code": found.code}, code=found.code)
    require_separate([str(found.received_by_id)], str(by.pk), "redaction_look")
    if CustodyEvent.objects.filter(item=found, kind="second_look").exists():
        raise NothingToDo(
            _("%(code)s was looked at by a second person already.") % {"code": found.code}, code=found.code
        )
    store.check(found)
    enter(found, "second_look", by=by, at=at, reason=reason.strip() or _("Looked through: nothing left to black out."),
          place_class="sealed_store", digest_checked=True)  # fmt: skip
    note(by=by, verb="second_look", at=at, code=found.code)
