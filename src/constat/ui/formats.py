"""Numbers, dates and times as a reader of French, English or Arabic writes them. Pure: the language is an argument.

French: U+202F between thousands, decimal comma, "14 h 30", "1er mars 2025". Arabic: the month names used at the
United Nations, with European digits, which is what is read in West Africa. No word is translated here except
month names, which belong to the calendar and not to a screen.
"""

import datetime as dt

NARROW = "\u202f"  # narrow no-break space
NOBREAK = "\u00a0"

MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "ar": [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
}
THOUSANDS = {"fr": NARROW, "en": ",", "ar": NARROW}
DECIMAL = {"fr": ",", "en": ".", "ar": ","}


def base(language: str | None) -> str:
    """`fr-ml` -> `fr`; a language that pages do not speak is read as French, the default."""
    code = (language or "fr").split("-")[0].lower()
    return code if code in MONTHS else "fr"


def number(value: int | float, language: str, decimals: int | None = None) -> str:
    """1234.5 -> `1 234,5` (fr), `1,234.5` (en). A float keeps at most one decimal unless `decimals` says more."""
    language = base(language)
    if decimals is None:
        decimals = 0 if float(value).is_integer() else 1
    text = f"{abs(value):,.{decimals}f}"
    text = text.replace(",", "\0").replace(".", DECIMAL[language]).replace("\0", THOUSANDS[language])
    # U+2212, the true minus sign, does not break away from its number.
    return f"−{text}" if value < 0 and any(c in "123456789" for c in text) else text


def day(value: dt.date, language: str, *, year: bool = True, month: bool = True) -> str:
    """`3 mars 2025`, `1er mars 2025`, `3 March 2025`; without month and year: `3`, to write a range."""
    language = base(language)
    text = "1er" if language == "fr" and value.day == 1 else str(value.day)
    if month:
        text += NOBREAK + MONTHS[language][value.month - 1]
        if year:
            text += NOBREAK + str(value.year)
    return text


def month(value: dt.date, language: str) -> str:
    """`mars 2025`."""
    return f"{MONTHS[base(language)][value.month - 1]}{NOBREAK}{value.year}"


def clock(value: dt.time | dt.datetime, language: str) -> str:
    """`14 h 30` (fr), `14:30` (en, ar)."""
    if base(language) == "fr":
        return f"{value.hour}{NOBREAK}h{NOBREAK}{value.minute:02d}"
    return f"{value.hour:02d}:{value.minute:02d}"


def short(value: dt.date, language: str) -> str:
    """For dense tables: `03/03/2025` (fr), `2025-03-03` (en: day and month cannot be confused), `2025/03/03` (ar)."""
    pattern = {"fr": "%d/%m/%Y", "en": "%Y-%m-%d", "ar": "%Y/%m/%d"}[base(language)]
    return value.strftime(pattern)
