"""A PDF made of pictures: a catalogue, the pages, one picture on each, and not one object more.

Written here, because every library adds a producer, a date or an identifier; a redacted copy says nothing of its making.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

DPI = 150
QUALITY = 85


@dataclass(frozen=True)
class Sheet:
    """One page: a JPEG of `width` x `height` pixels on a page of `size` points."""

    jpeg: bytes
    width: int
    height: int
    size: tuple[float, float]

    @classmethod
    def of(cls, picture: Image.Image, size: tuple[float, float] | None = None) -> "Sheet":
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=QUALITY)
        wide, high = size or (picture.width * 72 / DPI, picture.height * 72 / DPI)
        return cls(out.getvalue(), picture.width, picture.height, (wide, high))


def bind(sheets: Sequence[Sheet]) -> bytes:
    objects: list[bytes] = []
    kids = " ".join(f"{3 + 3 * number} 0 R" for number in range(len(sheets)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode())
    for number, sheet in enumerate(sheets):
        wide, high = (f"{side:.2f}" for side in sheet.size)
        content = f"q {wide} 0 0 {high} 0 0 cm /P Do Q".encode()
        page = 3 + 3 * number
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide} {high}] /Contents {page + 1} 0 R"
            f" /Resources << /XObject << /P {page + 2} 0 R >> >> >>".encode()
        )
        objects.append(_stream("", content))
        objects.append(
            _stream(
                f"/Type /XObject /Subtype /Image /Width {sheet.width} /Height {sheet.height} /ColorSpace /DeviceRGB"
                " /BitsPerComponent 8 /Filter /DCTDecode",
                sheet.jpeg,
            )
        )
    return _file(objects)


def _stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010d} 00000 n \n".encode() for place in places)
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()
