"""Digits as people write them: Arabic-Indic (٠١٢), Eastern Arabic-Indic (۰۱۲) and any other decimal digit become 0-9."""

import unicodedata


def ascii_digits(text: str) -> str:
    """The text with every decimal digit in ASCII; everything else unchanged."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)


def whole_number(text: str) -> int | None:
    """A whole number as typed, spaces between thousands allowed; None for an empty text. Raises ValueError."""
    cleaned = "".join(
        sign for sign in ascii_digits(text) if not sign.isspace() and sign not in "\u202f\u00a0"
    )
    if not cleaned:
        return None
    if not cleaned.isascii() or not cleaned.isdigit():
        raise ValueError(text)
    return int(cleaned)
