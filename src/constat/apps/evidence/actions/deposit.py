"""Deposit: something comes in and is sealed while it is received. Nothing about it can be changed afterwards."""

from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.evidence import queries, store, subjects, words
from constat.apps.evidence.actions._item import enter, found_subject, needed, note, permitted
from constat.apps.evidence.errors import AlreadyHeld, Incomplete
from constat.apps.evidence.kinds import claimed, recognise
from constat.apps.evidence.models import Item
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

SERIES = "E"


def deposit(
    *, by: Person, at: datetime, file: IO[bytes] | store.Sealed | None, subject: subjects.Subject, title: str,
    filename: str = "", acquisition: str = "unknown", consent_basis: str = "person", captured_at: datetime | None = None,
    captured_by: str = "", place_text: str = "", device: str = "", description: str = "", received_from: str = "",
    place_class: str = "", location: str = "", seal: str = "", sensitivity: int | None = None, reason: str = "",
) -> str:  # fmt: skip
    """Seal a file (or enter an object: `file` None) for a record the person may read. Returns its code.

    file: a binary file, read to its end here, or one the upload has sealed already. subject: ("incident", code).
    captured_by, description and filename may name people: they are encrypted. received_from: a function or a body, no
    private name. The same bytes twice, for somebody who may read the first: AlreadyHeld, which names it.
    Raises NotAllowed, ItemNotFound, Incomplete, Empty, TooLarge, AlreadyHeld.
    """
    sealed: store.Sealed | None = file if isinstance(file, store.Sealed) else None
    try:
        viewer = permitted(by, Permission.EVIDENCE_DEPOSIT, at)
        found = found_subject(viewer, subject, at)
        title = needed(title, _("Give the item a title that names nobody."), "title")
        vocabulary("acquisition").check(acquisition)
        vocabulary("consent_basis").check(consent_basis)
        if captured_at and captured_at > at:
            raise Incomplete(
                _("The moment it was taken lies in the future. Check the date."), field="captured_at"
            )
        if file is not None and sealed is None:
            sealed = store.seal(file)  # type: ignore[arg-type]
        with transaction.atomic():
            # The row of the counter stays locked until the end: of two who bring the same bytes, the second is told.
            code = next_code(SERIES, at.year)
            if sealed is not None:
                _told_once(viewer, sealed, at)
            item = Item(
                code=code, subject_type=found.type, subject_key=found.code, title=title, received_at=at, received_by=by,
                recorded_by=by, office=found.office, compartment=found.compartment,
                sensitivity=max(found.sensitivity, sensitivity or 0), acquisition=acquisition,
                consent_basis=consent_basis, captured_at=captured_at, place_text=place_text.strip(), device=device.strip(),
                physical=sealed is None,
                sealed=words.seal({"filename": filename, "captured_by": captured_by.strip(),
                                   "description": description.strip()}, place=f"item {code}"),
            )  # fmt: skip
            if sealed is not None:
                _about_the_file(item, sealed, filename)
            item.save(force_insert=True)
            enter(item, "received", by=by, at=at, reason=reason.strip() or _("Received and sealed."),
                  from_party=received_from.strip(), place_class=place_class or ("unknown" if item.physical else "sealed_store"),
                  location=location.strip(), seal=seal.strip(), digest_checked=sealed is not None)  # fmt: skip
            note(by=by, verb="deposit", at=at, code=code, details={
                "subject": found.code, "sha256": item.sha256, "size": item.size, "media_type": item.media_type,
                "compartment": item.compartment})  # fmt: skip
        return code
    except BaseException:
        # The act is undone whole: no file stays that no item knows.
        if sealed is not None:
            sealed.discard()
        raise


def _told_once(viewer: Viewer, sealed: store.Sealed, at: datetime) -> None:
    # Only among what the person may read: to tell more would let anybody ask whether the cell holds a certain file.
    same = (
        queries.readable_items(viewer, at=at)
        .filter(sha256=sealed.sha256, kind="original")
        .order_by("id")
        .first()
    )
    if same is not None:
        raise AlreadyHeld(
            _("These bytes are in the store already, as %(code)s (“%(title)s”). Nothing was stored twice. If they bear on"
              " another record too, link %(code)s to it.") % {"code": same.code, "title": same.title},
            code=same.code,
            field="file",
        )  # fmt: skip


def _about_the_file(item: Item, sealed: store.Sealed, filename: str) -> None:
    item.blob, item.sha256, item.size = sealed.blob, sealed.sha256, sealed.size
    item.media_type = recognise(sealed.head)
    said = claimed(filename)
    item.claimed_type = said if said and said != item.media_type else ""
