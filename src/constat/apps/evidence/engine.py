"""The door to the process that redraws: what it is asked, what it answers, what is said when it cannot."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from constat.apps.evidence import store
from constat.apps.evidence.errors import CannotCopy
from constat.apps.evidence.models import Item
from constat.apps.evidence.redraw.image import KINDS
from constat.apps.evidence.redraw.shapes import Box, Drawn

LARGEST = 128 * 1024**2  # bytes of a file that is drawn anew: it is in memory while it is
SECONDS = 180
PDF, TEXT = "application/pdf", "text/plain"


def can_copy(item: Item) -> bool:
    return not item.physical and (item.media_type in KINDS or item.media_type in {PDF, TEXT})


def has_pages(item: Item) -> bool:
    """Is it redacted with boxes on pages (else: phrases and lines of a text)?"""
    return can_copy(item) and item.media_type != TEXT


def plain_text(item: Item) -> str:
    """A text as it is shown to whoever redacts. Raises CannotCopy, StoreError."""
    return redraw(item, boxes=(), phrases=(), lines=()).data.decode()


def redraw(
    item: Item, *, boxes: Sequence[Box], phrases: Sequence[str] = (), lines: Sequence[int] = ()
) -> Drawn:
    """A copy made anew from what can be seen of the item. Raises CannotCopy, StoreError."""
    order = {
        "verb": "redraw", "media_type": item.media_type, "boxes": [_as_list(box) for box in boxes],
        "phrases": list(phrases), "lines": list(lines),
    }  # fmt: skip
    return _ask(item, order)


def preview(item: Item, *, page: int, boxes: Sequence[Box] = ()) -> Drawn:
    """One page as a PNG with the boxes and the numbered grid; `pages` tells how many there are."""
    order = {
        "verb": "preview",
        "media_type": item.media_type,
        "page": page,
        "boxes": [_as_list(box) for box in boxes],
    }
    return _ask(item, order)


def _as_list(box: Box) -> list[int]:
    return [box.page, box.left, box.top, box.right, box.bottom]


def _ask(item: Item, order: dict[str, Any]) -> Drawn:
    if not can_copy(item):
        raise CannotCopy(_refusal("unsupported"), code=item.code)
    if item.size > LARGEST:
        raise CannotCopy(_refusal("too_large"), code=item.code)
    said = json.dumps(order).encode()
    with store.open_bytes(item) as plain:
        data = plain.read()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "constat.apps.evidence.redraw"],
            input=len(said).to_bytes(8, "big") + said + data,
            capture_output=True, timeout=SECONDS, check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotCopy(_refusal("too_large"), code=item.code) from None
    if done.returncode:
        raise CannotCopy(_refusal("broken"), code=item.code)
    length = int.from_bytes(done.stdout[:8], "big")
    answer = json.loads(done.stdout[8 : 8 + length])
    if "error" in answer:
        raise CannotCopy(_refusal(answer["error"]), code=item.code)
    return Drawn(done.stdout[8 + length :], answer["media_type"], answer["pages"], tuple(answer["hidden"]))


def _refusal(code: str) -> str:
    return {
        "encrypted": _("The file asks for a password. Deposit a copy without one beside it; the sealed original stays."),
        "too_many_pages": _("The file has more than 300 pages. Deposit the part that matters as an item of its own."),
        "too_large": _("The file is too large to be drawn anew here. Deposit the part that matters as an item of its own."),
        "unsupported": _("A copy without hidden data can be made of pictures, PDF and plain text. Print this file to PDF on a"
                         " trusted computer, deposit the PDF, and make the copy from that."),
    }.get(code, _("The file cannot be read: it is damaged, or is not what it seems. The sealed original is untouched."))  # fmt: skip


__all__ = ["can_copy", "has_pages", "plain_text", "preview", "redraw"]
