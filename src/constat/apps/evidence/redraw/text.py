"""Texts: phrases and lines taken out, and every character nobody sees. A gap does not tell how long what it hides was."""

import re
import unicodedata
from collections.abc import Iterable

from constat.apps.evidence.redraw.shapes import Drawn, Unreadable

GAP = "█████"  # always the same width
_SEEN = {"\n", "\t"}


def visible(data: bytes) -> str:
    """The characters a reader sees, composed; no control, format or private characters, which can carry hidden words."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("broken") from error
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        sign
        for sign in text
        if sign in _SEEN or unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cn", "Cs"}
    )
    return "".join(kept)


def _folded(text: str) -> tuple[str, list[int]]:
    """(letters without case and accents, the place of each in the text)."""
    letters, places = [], []
    for place, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign).casefold():
            if unicodedata.combining(part):
                continue
            letters.append(" " if part.isspace() else part)
            places.append(place)
    return "".join(letters), places


def without(text: str, phrases: Iterable[str], lines: Iterable[int]) -> str:
    """Phrases are found whatever their case, accents and spacing, also across the end of a line. lines: numbers from 1."""
    hidden = bytearray(len(text))
    folded, places = _folded(text)
    for phrase in phrases:
        words = _folded(phrase.strip())[0].split()
        if not words:
            continue
        for match in re.finditer(r"\s+".join(map(re.escape, words)), folded):
            for place in range(places[match.start()], places[match.end() - 1] + 1):
                hidden[place] = 1
    wanted, number = set(lines), 1
    for place, sign in enumerate(text):
        if number in wanted and sign != "\n":
            hidden[place] = 1
        number += sign == "\n"
    out, before = [], 0
    for place, sign in enumerate(text):
        if hidden[place] and not before:
            out.append(GAP)
        if not hidden[place]:
            out.append(sign)
        before = hidden[place]
    return "".join(out)


def redraw(data: bytes, phrases: Iterable[str], lines: Iterable[int]) -> Drawn:
    text = visible(data)
    hidden = ("unseen_characters",) if text.encode() != data.replace(b"\r\n", b"\n") else ()
    return Drawn(without(text, phrases, lines).encode(), "text/plain", 1, hidden)
