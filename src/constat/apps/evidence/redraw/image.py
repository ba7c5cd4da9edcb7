"""Pictures: decoded, turned as the camera said, flattened, blacked out, encoded anew from the bare pixels."""

import io
from collections.abc import Iterable, Iterator

from PIL import ExifTags, Image, ImageDraw, ImageOps, UnidentifiedImageError

from constat.apps.evidence.redraw import paper
from constat.apps.evidence.redraw.shapes import Box, Drawn, Unreadable

# A picture of more pixels is a bomb or a map; either is better deposited in parts.
LARGEST = 80_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "MPO")
KINDS = {"image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif", "image/bmp"}
FRAMES = 300
QUALITY = 90


def frames(data: bytes) -> Iterator[Image.Image]:
    """Each frame as an RGB picture that shares nothing with the file. Raises Unreadable."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as source:
            count = 1 if source.format == "MPO" else getattr(source, "n_frames", 1)
            if count > FRAMES:
                raise Unreadable("too_many_pages")
            for number in range(count):
                source.seek(number)
                if source.width * source.height > LARGEST:
                    raise Unreadable("too_large")
                yield bare(ImageOps.exif_transpose(source) or source)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
    ) as error:
        raise Unreadable("broken") from error


def bare(picture: Image.Image) -> Image.Image:
    """The visible colours and nothing else: what lies under transparency is not what is seen, so white is."""
    if picture.mode.startswith("I") or picture.mode == "F":
        low, high = picture.getextrema()  # a 16-bit scan: stretched, so that it is not drawn all white
        scale = 255 / ((high - low) or 1)  # type: ignore[operator]
        picture = picture.point(lambda value: (value - low) * scale).convert("L")
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        coloured = picture.convert("RGBA")
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(coloured, mask=coloured.getchannel("A"))
    else:
        flat = picture.convert("RGB")
    # A picture made from bytes has no info, profile, comment or application segment to carry over.
    return Image.frombytes("RGB", flat.size, flat.tobytes())


def black(picture: Image.Image, boxes: Iterable[Box], page: int) -> Image.Image:
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        if box.page == page:
            draw.rectangle(box.pixels(*picture.size), fill="black")
    return picture


def encode(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    else:
        picture.save(out, "PNG", optimize=False)
    return out.getvalue()


def hidden(data: bytes) -> tuple[str, ...]:
    """What the file carries beside its pixels: codes of what will be gone."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as source:
        exif = source.getexif()
        marks = {
            "exif": bool(exif),
            "gps": bool(exif.get_ifd(ExifTags.IFD.GPSInfo)),
            "thumbnail": bool(exif.get_ifd(ExifTags.IFD.IFD1)) or source.format == "MPO",
            "metadata": b"http://ns.adobe.com/xap/" in data
            or "xmp" in source.info
            or "photoshop" in source.info,
            "comment": "comment" in source.info or bool(getattr(source, "text", None)),
            "profile": "icc_profile" in source.info,
        }
        found = [name for name, there in marks.items() if there]
    return tuple(found)


def redraw(data: bytes, boxes: Iterable[Box], media_type: str) -> Drawn:
    """One frame stays a picture of its kind (JPEG, else PNG); several become pages of a PDF made of pictures."""
    boxes = list(boxes)
    drawn = [black(picture, boxes, page) for page, picture in enumerate(frames(data), 1)]
    if len(drawn) == 1:
        kind = "JPEG" if media_type == "image/jpeg" else "PNG"
        return Drawn(encode(drawn[0], kind), f"image/{kind.lower()}", 1, hidden(data))
    return Drawn(
        paper.bind([paper.Sheet.of(picture) for picture in drawn]),
        "application/pdf",
        len(drawn),
        hidden(data),
    )
