"""Writing the bag out of the node, and handing it over against a receipt."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from constat import node
from constat.apps.access import vault
from constat.apps.access.models import Person
from constat.apps.evidence.actions import copies_left
from constat.apps.evidence.models import Item
from constat.apps.evidence.queries import may_open
from constat.apps.referrals import bag as writing
from constat.apps.referrals.actions._referral import held, note, permitted, preparer, said, step
from constat.apps.referrals.bag import Bag, Part
from constat.apps.referrals.content import Content, assemble, info, parts, verifier
from constat.apps.referrals.errors import Changed, NotAllowed, ReferralError, WrongState
from constat.apps.referrals.models import Referral, WrittenBag
from constat.apps.referrals.queries import get
from constat.apps.referrals.signing import sign
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

WRITABLE = ("approved", "handed_over", "answered", "closed")


@dataclass(frozen=True)
class Writing:
    """A bag that is allowed to be written: its name, and how. Nothing has been read from the store yet."""

    name: str
    parts: list[Part]
    info: list[tuple[str, str]]
    at: datetime
    written: int

    def into_folder(self, top: Path) -> Bag:
        """Write below a folder that does not exist yet."""
        made = writing.write(
            writing.Folder(top), name=self.name, parts=self.parts, info=self.info, tags=_tags(), sign=sign
        )
        return self._done(made)

    def into_file(self, file: IO[bytes]) -> Bag:
        made = writing.archive_of(
            name=self.name, at=self.at, parts=self.parts, info=self.info, tags=_tags(), sign=sign, into=file
        )
        return self._done(made)

    def stream(self) -> Iterator[bytes]:
        """The ZIP as it is written, a few pieces ahead of whoever takes it: a bag of two gigabytes needs no room of its own."""
        made: list[Bag] = []

        def work(out: IO[bytes]) -> None:
            made.append(
                writing.archive_of(name=self.name, at=self.at, parts=self.parts, info=self.info, tags=_tags(), sign=sign,
                                   into=out)
            )  # fmt: skip

        yield from _pieces(work)
        # Back in the thread that owns the connection to the database.
        self._done(made[0])

    def _done(self, made: Bag) -> Bag:
        WrittenBag.objects.filter(pk=self.written).update(digest=made.digest, octets=made.octets)
        return made


def write_bag(*, by: Person, at: datetime, referral: str) -> Writing:
    """Leave to write the bag now. The event is committed first; each name is shown by the vault, with its own event.

    Refused when what would go is no longer what was approved, and to whoever may not open the media that would go.
    Raises NotAllowed, ReferralNotFound, WrongState, Changed.
    """
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = get(viewer, referral, at=at)
    content = _as_approved(row, at)
    _opens(viewer, content, at)
    names = {
        one.key: vault.reveal(one.key, by=by, viewer=viewer, purpose=f"referral {row.code}", at=at)
        for one in content.persons
        if one.named
    }
    listed = list(parts(row, content, names, at=row.approved_at or at))
    with transaction.atomic():
        row = held(viewer, referral, at)
        if row.state not in WRITABLE or row.approved_content != content.digest:
            raise Changed(_changed(), code=row.code)
        made = WrittenBag.objects.create(
            referral=row, by=by, at=at, content=content.digest, included=content.included, withheld=content.withheld,
            names=len(names),
        )  # fmt: skip
        note(by=by, verb="write_bag", row=row, at=at,
             details={"included": content.included, "withheld": len(content.withheld), "names": len(names)})  # fmt: skip
    mission = node.read(Path(settings.HOME)).name
    return Writing(
        row.code, listed, info(row, mission=mission, at=row.approved_at or at), row.approved_at or at, made.pk
    )


def _as_approved(row: Referral, at: datetime) -> Content:
    if row.state not in WRITABLE:
        raise WrongState(
            _("%(code)s has not been approved. Submit it; a second person looks at consent and risk.")
            % {"code": row.code},
            code=row.code,
        )
    content = assemble(row, preparer(row, at), at=at)
    if content.digest != row.approved_content:
        raise Changed(_changed(), code=row.code)
    return content


def _changed() -> str:
    return _(
        "What would go is no longer what was approved: a consent was taken back, an item came in, or the facts changed."
        " Stop or withdraw it, look at it again, and have it approved anew."
    )


def _opens(viewer: Viewer, content: Content, at: datetime) -> None:
    closed = [
        entry.code for entry in content.entries
        if entry.goes and isinstance(entry.held, Item) and not may_open(viewer, entry.held, at=at)
    ]  # fmt: skip
    if closed:
        raise NotAllowed(
            _(
                "You may not open %(codes)s. Ask whoever holds the case to write the bag, or to open them to you."
            )
            % {"codes": ", ".join(closed)}
        )


def _tags() -> dict[str, bytes]:
    return {"verify_bag.py": verifier()}


@transaction.atomic
def hand_over(
    *, by: Person, at: datetime, referral: str, received_by: str, receipt: str, reason: str
) -> None:
    """The bag is in the recipient's hands. `received_by`: function and office. The clock of the answer starts."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    receipt = receipt.strip()
    transition = step(row, "hand_over", by=by, at=at, reason=reason, receipt=receipt)
    content = assemble(row, preparer(row, at), at=at)
    made = row.bags.filter(content=row.approved_content).exclude(digest="").order_by("-pk").first()
    if made is None:
        raise ReferralError(_("Write the bag out first; then hand over what was written."), field="receipt")
    if content.digest != row.approved_content:
        raise Changed(_changed(), code=row.code)
    row.received_by = said(received_by, field="received_by", message=_("Say which office received it."))
    row.receipt, row.bag_digest = receipt, made.digest
    row.handed_by, row.handed_at = by, at
    # The wait is the one agreed with this authority; the clock of the table only says which clock it is.
    row.due_at = at + timedelta(days=row.answer_days) if transition.clock else None
    row.save()
    gone = [entry.held.pk for entry in content.entries if entry.goes and isinstance(entry.held, Item)]
    copies_left(
        gone,
        by=by,
        at=at,
        reason=row.code,
        to_party=vocabulary("referral_authority").label(row.authority, row.language),
    )
    note(
        by=by, verb="hand_over", row=row, at=at, details={"digest": row.bag_digest, "items": content.included}
    )


# A pipe without a file: what one thread writes, the other yields -------------------------------------------------


class _Pipe:
    """The writing end. Bounded: a slow line holds the writer back instead of filling the memory."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[bytes | None] = queue.Queue(maxsize=16)
        self.left = threading.Event()
        self.length = 0

    def write(self, data: bytes) -> int:
        while True:
            if self.left.is_set():
                raise BrokenPipeError("nobody takes the bag any more")
            try:
                self.pieces.put(bytes(data), timeout=1)
            except queue.Full:
                continue
            self.length += len(data)
            return len(data)

    def tell(self) -> int:
        return self.length

    def flush(self) -> None:
        """Nothing is kept back."""


def _pieces(work: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    pipe, faults = _Pipe(), list[BaseException]()

    def run() -> None:
        try:
            work(pipe)  # type: ignore[arg-type]
        except BaseException as fault:
            faults.append(fault)
        finally:
            while not pipe.left.is_set():
                try:
                    pipe.pieces.put(None, timeout=1)
                    break
                except queue.Full:
                    continue

    writer = threading.Thread(target=run, name="bag", daemon=True)
    writer.start()
    try:
        while (piece := pipe.pieces.get()) is not None:
            yield piece
    finally:
        pipe.left.set()
        writer.join()
    if faults:
        # The line breaks off: whoever receives half a bag sees that it is no ZIP, and the verifier would say so too.
        raise faults[0]
