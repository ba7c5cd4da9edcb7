"""What whoever redacts looks at: one page with the boxes on it and, for those without a mouse, a numbered grid."""

import io

from PIL import Image, ImageDraw, ImageFont

from constat.apps.evidence.redraw import image, pdf
from constat.apps.evidence.redraw.paper import Sheet, bind
from constat.apps.evidence.redraw.shapes import Box, Drawn, Unreadable

LONGEST = 1400
STEP = 100  # thousandths between two lines of the grid


def sample_pdf() -> bytes:
    return bind([Sheet.of(Image.new("RGB", (8, 8), "white"))])


def draw(data: bytes, media_type: str, boxes: list[Box], *, page: int) -> Drawn:
    picture, count = _page(data, media_type, page)
    picture.thumbnail((LONGEST, LONGEST))
    picture = image.black(picture, boxes, page)
    _grid(picture)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Drawn(out.getvalue(), "image/png", count)


def _page(data: bytes, media_type: str, page: int) -> tuple[Image.Image, int]:
    if media_type == "application/pdf":
        count = pdf.count(data)
        if not 1 <= page <= count:
            raise Unreadable("broken")
        return next(picture for _number, picture, _size in pdf.pages(data, only=page)), count
    if media_type not in image.KINDS:
        raise Unreadable("unsupported")
    frames = list(image.frames(data))
    if not 1 <= page <= len(frames):
        raise Unreadable("broken")
    return frames[page - 1], len(frames)


def _grid(picture: Image.Image) -> None:
    """Thin lines every tenth, numbered in hundreds along the top and the left: the numbers that go into the fields."""
    draw = ImageDraw.Draw(picture, "RGBA")
    wide, high = picture.size
    font = ImageFont.load_default(
        size=max(10, wide // 42)
    )  # to be read on a telephone, where the page is shrunk
    for step in range(STEP, 1000, STEP):
        across, down = step * wide // 1000, step * high // 1000
        draw.line([(across, 0), (across, high)], fill=(0, 90, 160, 90))
        draw.line([(0, down), (wide, down)], fill=(0, 90, 160, 90))
        for place in ((across + 2, 1), (2, down + 1)):
            label = str(step)
            edge = draw.textbbox(place, label, font=font)
            draw.rectangle(edge, fill=(255, 255, 255, 200))
            draw.text(place, label, fill=(0, 60, 120, 255), font=font)
