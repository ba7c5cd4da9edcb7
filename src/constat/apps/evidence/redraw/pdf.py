"""PDF: every page drawn to pixels as a reader sees it, blacked out, bound anew as pictures."""

from collections.abc import Iterable, Iterator

import pypdfium2
from PIL import Image

from constat.apps.evidence.redraw.image import bare, black
from constat.apps.evidence.redraw.paper import DPI, Sheet, bind
from constat.apps.evidence.redraw.shapes import Box, Drawn, Unreadable

PAGES = 300  # more would not be looked through by whoever redacts; deposit the part that matters
LONGEST = 5000  # pixels of the longer side: a plan of a building is drawn more coarsely, an A4 page is not


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if "password" in str(error).lower() else "broken") from error
    if not len(document):
        raise Unreadable("broken")
    if len(document) > PAGES:
        raise Unreadable("too_many_pages")
    return document


def pages(data: bytes, only: int | None = None) -> Iterator[tuple[int, Image.Image, tuple[float, float]]]:
    """(number from 1, picture, size in points) of each page, or of one."""
    document = _open(data)
    try:
        document.init_forms()
        for number in range(1, len(document) + 1) if only is None else [only]:
            page = document[number - 1]
            wide, high = page.get_size()
            scale = min(DPI / 72, LONGEST / max(wide, high, 1))
            drawn = page.render(scale=scale, may_draw_forms=True).to_pil()
            yield number, bare(drawn), (wide, high)
            page.close()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise Unreadable("broken") from error
    finally:
        document.close()


def count(data: bytes) -> int:
    document = _open(data)
    try:
        return len(document)
    finally:
        document.close()


def hidden(data: bytes) -> tuple[str, ...]:
    """What the file carries beside its pages: codes of what will be gone."""
    document = _open(data)
    try:
        found = []
        if any(document.get_metadata_dict().values()) or b"<x:xmpmeta" in data:
            found.append("metadata")
        if any(page.get_textpage().count_chars() for page in document):
            found.append("text_layer")
        if document.count_attachments():
            found.append("attachments")
        if data.count(b"%%EOF") > 1:
            found.append("revisions")
        return tuple(found)
    finally:
        document.close()


def redraw(data: bytes, boxes: Iterable[Box]) -> Drawn:
    boxes = list(boxes)
    sheets = [Sheet.of(black(picture, boxes, number), size) for number, picture, size in pages(data)]
    return Drawn(bind(sheets), "application/pdf", len(sheets), hidden(data))
