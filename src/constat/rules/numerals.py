"""Small numbers and days in words, in French, English and Arabic, for texts that are read aloud."""

from collections.abc import Mapping, Sequence
from datetime import date

DIGITS: Mapping[str, Sequence[str]] = {
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "ar": ("صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"),
}
_BETWEEN = {"fr": ", ", "en": ", ", "ar": "، "}

MONTHS: Mapping[str, Sequence[str]] = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "ar": ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر",
           "ديسمبر"),
}  # fmt: skip

_FR = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
       "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf")  # fmt: skip
_FR_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
       "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth", "twenty": "twentieth", "thirty": "thirtieth",
}  # fmt: skip
# With a masculine noun in the genitive ("of the year"): the form a reader says after عام.
_AR = ("", "واحد", "اثنين", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة", "أحد عشر", "اثني عشر",
       "ثلاثة عشر", "أربعة عشر", "خمسة عشر", "ستة عشر", "سبعة عشر", "ثمانية عشر", "تسعة عشر")  # fmt: skip
_AR_TENS = ("", "", "عشرين", "ثلاثين", "أربعين", "خمسين", "ستين", "سبعين", "ثمانين", "تسعين")
_AR_ORDINALS = ("", "الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع", "العاشر",
                "الحادي عشر", "الثاني عشر", "الثالث عشر", "الرابع عشر", "الخامس عشر", "السادس عشر", "السابع عشر",
                "الثامن عشر", "التاسع عشر", "العشرين")  # fmt: skip
_AR_UNITS = ("", "الحادي", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع")


def digits_in_words(digits: str, language: str) -> str:
    """Each digit as a word: "4071" -> "quatre, zéro, sept, un"."""
    return _BETWEEN[language].join(DIGITS[language][int(sign)] for sign in digits)


def below_hundred(number: int, language: str) -> str:
    """0 to 99, as counted (Arabic: 1 to 99, the form of a year's last part)."""
    if not 0 <= number <= 99:
        raise ValueError(f"{number} is not between 0 and 99.")
    return {"fr": _french, "en": _english, "ar": _arabic}[language](number)


def _french(number: int) -> str:
    if number < 20:
        return _FR[number]
    ten, unit = divmod(number, 10)
    if ten in (7, 9):
        ten, unit = ten - 1, unit + 10
    if ten == 8:
        return "quatre-vingts" if unit == 0 else f"quatre-vingt-{_FR[unit]}"
    if unit == 0:
        return _FR_TENS[ten]
    return f"{_FR_TENS[ten]} et {_FR[unit]}" if unit in (1, 11) else f"{_FR_TENS[ten]}-{_FR[unit]}"


def _english(number: int) -> str:
    if number < 20:
        return _EN[number]
    ten, unit = divmod(number, 10)
    return _EN_TENS[ten] if unit == 0 else f"{_EN_TENS[ten]}-{_EN[unit]}"


def _arabic(number: int) -> str:
    if number < 20:
        return _AR[number]
    ten, unit = divmod(number, 10)
    return _AR_TENS[ten] if unit == 0 else f"{_AR[unit]} و{_AR_TENS[ten]}"


def year_in_words(year: int, language: str) -> str:
    """2000 to 2099."""
    if not 2000 <= year <= 2099:
        raise ValueError(f"{year} is not a year of this century.")
    rest = year - 2000
    word = below_hundred(rest, language) if rest else ""
    if language == "fr":
        return f"deux mille {word}".strip()
    if language == "en":
        return f"two thousand and {word}" if word else "two thousand"
    return f"ألفين و{word}" if word else "ألفين"


def day_in_words(day: date, language: str) -> str:
    """A day as it is said: "trois mars deux mille vingt-six" (after "le")."""
    month, year = MONTHS[language][day.month - 1], year_in_words(day.year, language)
    if language == "fr":
        return f"{'premier' if day.day == 1 else _french(day.day)} {month} {year}"
    if language == "en":
        return f"{_ordinal(day.day)} of {month}, {year}"
    return f"{_arabic_ordinal(day.day)} من {month} عام {year}"


def _ordinal(number: int) -> str:
    head, dash, last = _english(number).rpartition("-")
    return head + dash + _EN_ORDINALS.get(last, f"{last}th")


def _arabic_ordinal(number: int) -> str:
    if number <= 20:
        return _AR_ORDINALS[number]
    ten, unit = divmod(number, 10)
    return f"{_AR_UNITS[unit]} وال{_AR_TENS[ten]}" if unit else f"ال{_AR_TENS[ten]}"
