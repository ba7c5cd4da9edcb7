"""Open an original: for a written purpose, told in the log and in the chain of custody before a byte is given."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.evidence import queries, store
from constat.apps.evidence.actions._item import enter, held, needed, note, permitted
from constat.apps.evidence.errors import NotAllowed
from constat.apps.evidence.models import Item
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer


def allowed_to_open(viewer: Viewer, item: Item, at: datetime) -> None:
    if not queries.may_open(viewer, item, at=at):
        raise NotAllowed(
            _("The media of %(code)s are for whoever works on the case. Ask the head of the cell to assign the case or to"
              " open this item to you, or ask for a redacted copy.") % {"code": item.code},
            code=item.code,
        )  # fmt: skip


def open_original(*, by: Person, at: datetime, item: str, purpose: str) -> store.Plain:
    """The plain bytes. The line of custody is committed first; a file that is not what was sealed is not given out."""
    with transaction.atomic(durable=True):
        viewer = permitted(by, Permission.EVIDENCE_READ, at)
        found = held(viewer, item, at)
        allowed_to_open(viewer, found, at)
        purpose = needed(purpose, _("Write why you open it; it stands in the chain of custody."), "purpose")
        store.check(found)
        last = found.custody.last()
        enter(found, "opened", by=by, at=at, reason=purpose, place_class=last.place_class if last else "unknown",
              digest_checked=True)  # fmt: skip
        note(by=by, verb="open", at=at, code=found.code, purpose=purpose)
    return store.open_bytes(found)


@transaction.atomic
def look(*, by: Person, at: datetime, item: str) -> Item:
    """Somebody looks at the media on a page (to redact it, or to check a redaction): it stands in the log."""
    viewer = permitted(by, Permission.EVIDENCE_READ, at)
    found = queries.get(viewer, item, at=at)
    allowed_to_open(viewer, found, at)
    note(by=by, verb="look", at=at, code=found.code)
    return found
