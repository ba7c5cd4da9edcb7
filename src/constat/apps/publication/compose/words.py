"""Numbers as a publication prints them: ranges, percentages, suppressed cells; each in the language of the document."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from constat.apps.publication.composed import Figure
from constat.rules.disclosure import Cell
from constat.rules.vocabulary import vocabulary
from constat.ui import formats, phrases
from constat.ui.documents import isolate


def issuer() -> str:
    return _("Civilian harm cell")


def percent(value: Decimal | int, language: str, *, signed: bool = False) -> str:
    """`0,24 %`, `0.24%`, `+151 %`. As exact as it was computed: no digit is added or taken away."""
    decimals = max(0, -int(Decimal(value).as_tuple().exponent))
    digits = f"{abs(value):,.{decimals}f}".replace(",", "\0")
    digits = digits.replace(".", formats.DECIMAL[language]).replace("\0", formats.THOUSANDS[language])
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{digits}{'' if language == 'en' else formats.NOBREAK}%"


def count(figure: Figure, language: str, threshold: int = 0) -> str:
    """The number, or why there is none: fewer than the threshold, or not known. Zero is printed as 0."""
    if figure.cell is Cell.SUPPRESSED:
        return suppressed(threshold, language)
    if figure.value is None:
        return pgettext("number of people", "unknown")
    return formats.number(int(figure.value), language)


def suppressed(threshold: int, language: str) -> str:
    return _("withheld") if not threshold else f"< {formats.number(threshold, language)}"


def parts(figure: Figure, language: str) -> tuple[str, str]:
    """(main figure, its range). A best estimate that is only the least anybody supports is said as "at least"."""
    best = int(figure.value) if figure.value is not None else None
    if figure.high is None and best == figure.low:
        best = None
    return phrases.range_text(figure.low, best, figure.high, language)


def spread(figure: Figure, language: str) -> str:
    """`12 (8 to 15)`; only the number where nothing is in doubt."""
    if figure.cell is not Cell.SHOWN:
        return count(figure, language)
    main, bracket = parts(figure, language)
    return f"{main} ({bracket})" if bracket else main


def inside(text: str) -> str:
    """A number with its sign, inside a sentence of any direction."""
    return isolate(text)


def source_rows(figures: list[Figure], language: str) -> list[list[str]]:
    """What the annex says of each saved query used, once: name, definition, version."""
    words = vocabulary("saved_query")
    used = dict.fromkeys((one.query, one.methodology) for one in figures)
    return [[words.label(code, language), words[code].defined(language), version] for code, version in used]
