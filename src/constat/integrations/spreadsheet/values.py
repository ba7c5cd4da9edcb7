"""What a cell means: a date as people write them, a number, a word of a vocabulary. Pure; nothing is guessed.

A cell that cannot be read with certainty raises CellFault(reason, facts): constat.integrations.spreadsheet.sentences has
the sentence. An empty cell is never handed over: empty means not known, and never zero.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from constat.analysis.names import fold
from constat.rules.speech import LANGUAGES
from constat.rules.vocabulary import vocabulary


class CellFault(Exception):
    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts: dict[str, Any] = dict(facts)


@dataclass(frozen=True)
class Span:
    """The days a cell speaks of. precision: vocabulary "date_precision"."""

    start: date
    end: date
    precision: str


_MONTHS = {
    1: "janvier janv january jan يناير جانفي كانون الثاني", 2: "fevrier fevr fev february feb فبراير فيفري شباط",
    3: "mars march mar مارس اذار", 4: "avril avr april apr ابريل افريل نيسان", 5: "mai may مايو ماي ايار",
    6: "juin june jun يونيو جوان حزيران", 7: "juillet juil july jul يوليو جويلية تموز",
    8: "aout august aug اغسطس اوت اب", 9: "septembre sept september sep سبتمبر ايلول",
    10: "octobre oct october اكتوبر تشرين الاول", 11: "novembre nov november نوفمبر تشرين الثاني",
    12: "decembre dec december ديسمبر كانون الاول",
}  # fmt: skip
_MONTH_OF = {fold(word): number for number, words in _MONTHS.items() for word in words.split() if fold(word)}
_TIME = re.compile(r"[T ]\d{1,2}[:h]\d{2}(:\d{2})?(\.\d+)?( ?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}")
_MONTH_YEAR = re.compile(r"(?:(\d{1,2})[-/.](\d{4})|(\d{4})[-/.](\d{1,2}))")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_SERIALS = range(20_000, 80_000)  # 1954 to 2119: a number outside is no date anybody meant


def when(text: str, epoch: date) -> Span:
    """A day, a month, a year. Day before month, as the mission's languages write; 03/25/2026 is refused, not turned."""
    value = _TIME.sub("", _digits(text))
    if found := _ISO.fullmatch(value):
        return _day(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(value):
        return _day(text, int(found[3]), int(found[2]), int(found[1]))
    if _SHORT_YEAR.fullmatch(value):
        raise CellFault("date_ambiguous", value=text[:40])
    if found := _MONTH_YEAR.fullmatch(value):
        month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _month(text, int(year), int(month))
    if _SERIAL.fullmatch(value) and int(float(value)) in _SERIALS:
        day = epoch + timedelta(days=int(float(value)))
        return Span(day, day, "day")
    if re.fullmatch(r"(19|20)\d\d", value):
        return Span(date(int(value), 1, 1), date(int(value), 12, 31), "longer")
    return _in_words(text, value)


def _in_words(text: str, value: str) -> Span:
    """12 mars 2026, mars 2026, 12 March 2026, مارس 2026."""
    words = fold(value).replace("1er", "1").split()
    numbers = [int(word) for word in words if word.isdigit()]
    months = [_MONTH_OF[word] for word in words if word in _MONTH_OF]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or not 1900 <= numbers[-1] <= 9999:
        raise CellFault("not_a_date", value=text[:40])
    if len(numbers) == 2:
        return _day(text, numbers[1], months[0], numbers[0])
    return _month(text, numbers[0], months[0])


def _day(text: str, year: int, month: int, day: int) -> Span:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellFault("not_a_date", value=text[:40]) from None
    return Span(found, found, "day")


def _month(text: str, year: int, month: int) -> Span:
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        raise CellFault("not_a_date", value=text[:40])
    return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")


def calendar(year: str, month: str, day: str) -> Span:
    """Year, month and day in columns of their own; month and day may be empty. A month may be a name."""
    if not month:
        return (
            when(_digits(year), date(1899, 12, 30))
            if re.fullmatch(r"(19|20)\d\d", _digits(year))
            else _no_date(year)
        )
    number = _MONTH_OF.get(fold(month)) or (int(_digits(month)) if _digits(month).isdigit() else 0)
    text = "-".join(part for part in (year, month, day) if part)
    if not _digits(year).isdigit() or (day and not _digits(day).isdigit()):
        return _no_date(text)
    return (
        _day(text, int(_digits(year)), number, int(_digits(day)))
        if day
        else _month(text, int(_digits(year)), number)
    )


def _no_date(text: str) -> Span:
    raise CellFault("not_a_date", value=text[:40])


_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_THOUSANDS = re.compile(r"\d{1,3}([.,]\d{3})+")
_RANGE = re.compile(r"(\d+)(?:-|–|—|à|to|a|إلى)(\d+)")
_AT_LEAST = re.compile(r"(?:>=|≥|\+|auminimum|aumoins|atleast|minimum|min|>)?(\d+)(\+|etplus|ormore)?")


def count(text: str) -> tuple[int, int | None, int | None]:
    """(min, best, max) of one cell: 12 is (12, 12, 12); "5-10" is (5, None, 10); "10+" and "≥ 10" are (10, None, None).

    "1 234" is read; "1,234" and "1.234" are not: a decimal to one reader is a thousand to another.
    """
    value = _SPACES.sub("", _digits(text).lower())
    if re.fullmatch(r"\d+([.,]0+)?", value) and not _THOUSANDS.fullmatch(value):
        number = _whole(re.split("[.,]", value)[0], text)
        return number, number, number
    if _THOUSANDS.fullmatch(value):
        raise CellFault("number_ambiguous", value=text[:40])
    if found := _RANGE.fullmatch(value):
        low, high = _whole(found[1], text), _whole(found[2], text)
        if low > high:
            raise CellFault("range_backwards", min=low, best="?", max=high)
        return low, None, high
    if found := _AT_LEAST.fullmatch(value):
        low = _whole(found[1], text)
        return (low + 1 if value.startswith(">") and not value.startswith(">=") else low), None, None
    raise CellFault("not_a_number", value=text[:40])


def _whole(digits: str, text: str) -> int:
    if len(digits) > 8:
        raise CellFault("not_a_number", value=text[:40])
    return int(digits)


def number(text: str) -> int:
    """One whole number, no range."""
    low, best, _ = count(text)
    if best is None:
        raise CellFault("not_a_number", value=text[:40])
    return low


def degrees(text: str, limit: int) -> float:
    """Decimal degrees, with a point or a comma, a degree sign and a letter for the side if somebody wrote them."""
    value = _SPACES.sub("", _digits(text)).replace(",", ".").replace("°", "").upper()
    sign = -1 if value.endswith(("S", "W", "O")) else 1
    value = value.rstrip("NSEWO")
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d+)?", value):
        raise CellFault("point_outside", value=text[:40], limit=limit)
    found = sign * float(value)
    if not -limit <= found <= limit:
        raise CellFault("point_outside", value=text[:40], limit=limit)
    return found


def _digits(text: str) -> str:
    """Arabic-Indic and other digits as 0-9; outer spaces away."""
    text = text.strip()
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() and unicodedata.digit(sign, None) is not None
                   else sign for sign in text)  # fmt: skip


@cache
def _words(name: str) -> dict[str, str]:
    """Folded code or label in any of the languages -> code. A label that two terms share means neither."""
    found: dict[str, set[str]] = {}
    for term in vocabulary(name).active():
        for word in {
            term.code,
            term.code.replace("_", " "),
            *(term.label(language) for language in LANGUAGES),
        }:
            found.setdefault(fold(word) or word, set()).add(term.code)
    return {word: codes.pop() for word, codes in found.items() if len(codes) == 1}


def word(text: str, name: str, language: str) -> str:
    """The code of a vocabulary for its code or its label in French, English or Arabic, accents ignored."""
    try:
        return _words(name)[fold(text) or text]
    except KeyError:
        labels = [term.label(language) for term in vocabulary(name).active()]
        shown = ", ".join(labels[:12]) + (" …" if len(labels) > 12 else "")
        raise CellFault("unknown_code", value=text[:40], allowed=shown) from None


_ANSWERS = {
    "yes": ("yes", "oui", "o", "y", "true", "vrai", "1", "x", "نعم"),
    "no": ("no", "non", "n", "false", "faux", "0", "لا"),
    "unknown": ("unknown", "inconnu", "?", "nsp", "ne sait pas", "غير معروف"),
}
_ANSWER_OF = {(fold(word) or word): answer for answer, words in _ANSWERS.items() for word in words}


def answer(text: str) -> str:
    try:
        return _ANSWER_OF[fold(text) or text.strip()]
    except KeyError:
        raise CellFault("unknown_code", value=text[:40], allowed="yes, no, unknown") from None


__all__ = ["CellFault", "Span", "answer", "calendar", "count", "degrees", "number", "when", "word"]
