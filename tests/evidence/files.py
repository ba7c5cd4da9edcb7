"""Files full of what must not get out, made here: hidden text, metadata, a thumbnail, an attachment, an earlier revision."""

import io
import re
import zlib

import pypdf
from PIL import ExifTags, Image, ImageDraw, PngImagePlugin
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

CANARY = "CANARI7391"


def jpeg() -> bytes:
    """A picture with a red face in the middle, GPS, comment, and a thumbnail in which the face is to be seen."""
    face = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(face).rectangle((150, 100, 249, 199), fill="red")
    small = io.BytesIO()
    face.resize((80, 60)).save(small, "JPEG")
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = CANARY
    exif[ExifTags.Base.ImageDescription] = CANARY
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (17.0, 33.0, 1.0), 3: "E", 4: (0.0, 15.0, 2.0)})
    out = io.BytesIO()
    face.save(
        out,
        "JPEG",
        quality=95,
        exif=_with_thumbnail(exif.tobytes(), small.getvalue()),
        comment=CANARY.encode(),
    )
    data = out.getvalue()
    # What an editor leaves behind: a packet of XMP, and bytes after the end of the picture.
    packet = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + CANARY.encode() + b"</x:xmpmeta>"
    return data[:2] + b"\xff\xe1" + (len(packet) + 2).to_bytes(2, "big") + packet + data[2:] + CANARY.encode()


def _with_thumbnail(exif: bytes, small: bytes) -> bytes:
    """The block with an IFD1 and a thumbnail, as cameras write it."""
    head, body = exif[:6], bytearray(exif[6:])
    order = "little" if body[:2] == b"II" else "big"
    at = int.from_bytes(body[4:8], order)
    count = int.from_bytes(body[at : at + 2], order)
    link = at + 2 + 12 * count
    body[link : link + 4] = len(body).to_bytes(4, order)
    first = len(body)

    def entry(tag: int, kind: int, value: int) -> bytes:
        return (
            tag.to_bytes(2, order)
            + kind.to_bytes(2, order)
            + (1).to_bytes(4, order)
            + value.to_bytes(4, order)
        )

    place = first + 2 + 24 + 4
    body += (2).to_bytes(2, order) + entry(0x0201, 4, place) + entry(0x0202, 4, len(small)) + bytes(4) + small
    return head + bytes(body)


def png() -> bytes:
    """Words in a text chunk; a face under full transparency."""
    face = Image.new("RGBA", (200, 200), (255, 255, 255, 255))
    ImageDraw.Draw(face).rectangle((50, 50, 149, 149), fill=(255, 0, 0, 0))
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", CANARY)
    note.add_itxt("Author", CANARY)
    out = io.BytesIO()
    face.save(out, "PNG", pnginfo=note)
    return out.getvalue()


def tiff() -> bytes:
    """Two frames."""
    frames = [Image.new("RGB", (200, 100), colour) for colour in ("white", "green")]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], tiffinfo={270: CANARY})
    return out.getvalue()


def _page(writer: pypdf.PdfWriter, content: bytes) -> None:
    page = writer.add_blank_page(595, 842)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                             NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
    )
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())


def pdf(pages: int = 2) -> bytes:
    """A name on each page, the same name in white and under a black bar, an attachment, metadata, an earlier revision."""
    writer = pypdf.PdfWriter()
    for number in range(pages):
        _page(writer, (
            f"BT /F 24 Tf 60 700 Td (Temoin {CANARY} page {number}) Tj ET\n"
            f"1 1 1 rg BT /F 12 Tf 60 400 Td (cache {CANARY}) Tj ET\n"
            f"0 0 0 rg BT /F 12 Tf 60 300 Td (barre {CANARY}) Tj ET 50 290 400 30 re f\n"
        ).encode())  # fmt: skip
    writer.add_metadata({"/Author": CANARY, "/Title": CANARY})
    writer.add_attachment("annexe.txt", CANARY.encode())
    out = io.BytesIO()
    writer.write(out)
    first = out.getvalue()
    # An incremental update, as a reader's "save" makes it: the first revision stays whole in the file.
    later = pypdf.PdfWriter(io.BytesIO(first), incremental=True)
    later.add_metadata({"/Subject": CANARY})
    out = io.BytesIO()
    later.write(out)
    return out.getvalue()


def everything_in(data: bytes) -> bytes:
    """The raw bytes and every stream in them that can be inflated, in the writings a name may be stored in."""
    found = [data]
    for match in re.finditer(rb"stream\r?\n|IDAT|zTXt|iTXt|iCCP", data):
        for skip in (0, 1, 2, 3):
            try:
                found.append(zlib.decompressobj().decompress(data[match.end() + skip :]))
                break
            except zlib.error:
                continue
    return b"\n".join(found)


def holds(data: bytes, words: str) -> bool:
    whole = everything_in(data)
    return any(
        needle in whole
        for needle in (
            words.encode(),
            words.encode("utf-16-be"),
            words.encode("utf-16-le"),
            words.encode().hex().encode(),
        )
    )
