"""What goes into a redrawing and what comes out."""

from dataclasses import dataclass

FULL = 1000  # a box is given in thousandths of the page, so that it holds whatever the size of the picture


class Unreadable(Exception):
    """The file cannot be drawn: broken, encrypted, too large, or of a kind that has no pages."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code  # encrypted, broken, too_many_pages, too_large, unsupported


@dataclass(frozen=True)
class Box:
    """A rectangle to black out. page from 1; the rest in thousandths of the page, from the top left corner."""

    page: int
    left: int
    top: int
    right: int
    bottom: int

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom (inside) in pixels; rounded outward and a pixel wider: better too much than too little."""
        return (
            max(0, self.left * width // FULL - 1),
            max(0, self.top * height // FULL - 1),
            min(width - 1, -(-self.right * width // FULL) + 1),
            min(height - 1, -(-self.bottom * height // FULL) + 1),
        )


@dataclass(frozen=True)
class Drawn:
    """A finished copy. hidden: what the source carried beside what can be seen (codes), for the record and the reader."""

    data: bytes
    media_type: str
    pages: int
    hidden: tuple[str, ...] = ()
