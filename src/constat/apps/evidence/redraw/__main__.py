"""The process that touches a file somebody else made. It gets bytes, gives bytes, and can do nothing else.

stdin: length of a JSON order (8 bytes), the order, the file. stdout: length of a JSON answer, the answer, the copy.
Limits: time, memory, no file written, and once the libraries are loaded no file or connection can be opened at all.
"""

import encodings.utf_8_sig  # noqa: F401 - a codec is a file too: loaded while files can still be opened
import io
import json
import resource
import sys

from PIL import Image

from constat.apps.evidence.redraw import image, pdf, preview, text
from constat.apps.evidence.redraw.shapes import Box, Drawn, Unreadable

SECONDS = 120
MEMORY = 3 * 1024**3  # of addresses; PDFium reserves more than it uses


def _confine() -> None:
    Image.init()  # loads every decoder now: later nothing can be opened
    Image.MAX_IMAGE_PIXELS = image.LARGEST
    # The libraries' own lazy parts, drawn once with a file of our own.
    pdf.redraw(preview.sample_pdf(), [])
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _carry_out(order: dict[str, object], data: bytes) -> Drawn:
    media_type = str(order["media_type"])
    boxes = [Box(*map(int, box)) for box in order.get("boxes", [])]  # type: ignore[attr-defined]
    if order["verb"] == "preview":
        return preview.draw(data, media_type, boxes, page=int(str(order["page"])))
    if media_type == "application/pdf":
        return pdf.redraw(data, boxes)
    if media_type in image.KINDS:
        return image.redraw(data, boxes, media_type)
    if media_type.startswith("text/"):
        return text.redraw(data, order.get("phrases", []), order.get("lines", []))  # type: ignore[arg-type]
    raise Unreadable("unsupported")


def main() -> None:
    source = sys.stdin.buffer
    order = json.loads(source.read(int.from_bytes(source.read(8), "big")))
    data = source.read()
    _confine()
    copy = b""
    try:
        drawn = _carry_out(order, data)
        copy = drawn.data
        answer: dict[str, object] = {
            "media_type": drawn.media_type, "pages": drawn.pages, "hidden": drawn.hidden,
        }  # fmt: skip
    except Unreadable as error:
        answer = {"error": error.code}
    except (MemoryError, RecursionError):
        answer = {"error": "too_large"}
    out = io.BytesIO()
    said = json.dumps(answer).encode()
    out.write(len(said).to_bytes(8, "big") + said + copy)
    sys.stdout.buffer.write(out.getbuffer())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
