"""Why a row was refused, or imported with a warning: stable reason codes and their sentences.

The codes are for programs and stay; the sentences are for whoever must mend the row, and say what to do.
"""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

# reason -> sentence. Functions, so that the sentence is made in the language of the moment, from literal msgids.
_SENTENCES: dict[str, Callable[[Mapping[str, object]], str]] = {
    # the row as a whole
    "quotes_broken": lambda f: _("A quotation mark in this row is not closed, or stands where it should not. Correct it in the spreadsheet."),
    "nul_character": lambda f: _("This row contains a NUL sign, which no text has: the file may be damaged here. Type the row again."),
    "cell_too_long": lambda f: _("A cell of this row is longer than any report can be. A quotation mark may be missing above it."),
    "too_many_cells": lambda f: _("This row has more cells than there are columns. A separator inside a text may need quotation marks."),
    "same_as_row": lambda f: _("This row says the same as row %(row)s and was imported once.") % f,
    "key_unreadable": lambda f: _("“%(value)s” cannot be the key of an event. Use letters and digits only.") % f,
    "key_missing": lambda f: _("The column chosen as key is empty here. Without a key the row cannot be recognised when it is sent again."),
    "words_or_harm_missing": lambda f: _("The row says neither what happened nor who was harmed. Fill in at least one of the two."),
    # words of the vocabularies
    "unknown_value": lambda f: _("“%(value)s” in %(field)s is a value this program does not know. Somebody has to say what it means; it is not guessed.") % f,
    "unknown_code": lambda f: _("“%(value)s” is not a word of the list. Allowed: %(allowed)s.") % f,
    # dates
    "not_a_date": lambda f: _("“%(value)s” is not a date. Write day/month/year (25/03/2026) or year-month-day (2026-03-25).") % f,
    "date_ambiguous": lambda f: _("“%(value)s” has a year of two digits. Write the year with four.") % f,
    "date_in_future": lambda f: _("The date %(value)s lies in the future. Check the year.") % f,
    "date_too_early": lambda f: _("The date %(value)s is too long ago. Check the year.") % f,
    "date_half": lambda f: _("There is a last day but no first day. Enter both, or only the first."),
    "dates_backwards": lambda f: _("The event ends (%(end)s) before it starts (%(start)s). Check both dates.") % f,
    "year_differs": lambda f: _("The year column says %(year)s, the dates say %(start)s to %(end)s. Check which is right.") % f,
    # numbers
    "number_missing": lambda f: _("%(field)s is empty. It must hold a number here.") % f,
    "not_a_number": lambda f: _("“%(value)s” in %(field)s is not a whole number. Write 1234, or leave the cell empty if it is not known.") % f,
    "number_ambiguous": lambda f: _("“%(value)s” in %(field)s can be read in two ways. Write the number without separators: 1234.") % f,
    "range_backwards": lambda f: _("The figures contradict each other: at least %(min)s, about %(best)s, at most %(max)s. They must not go down.") % f,
    "sum_differs": lambda f: _("The parts (%(parts)s = %(sum)s) do not make the total (%(total)s). Check each figure.") % f,
    "sum_exceeds": lambda f: _("The parts (%(parts)s = %(sum)s) are more than the total (%(total)s). Check each figure.") % f,
    "sum_short": lambda f: _("The parts (%(parts)s = %(sum)s) are fewer than the total (%(total)s). The rest is kept as not known.") % f,
    # places
    "point_outside": lambda f: _("“%(value)s” is not a position in degrees: it must lie between -%(limit)s and %(limit)s.") % f,
    "point_half": lambda f: _("A position needs both a longitude and a latitude. One of them is empty."),
    # warnings
    "source_doubts": lambda f: _("The source itself has doubts about this event: “%(value)s”.") % f,
}  # fmt: skip
REASONS = frozenset(_SENTENCES)


def sentence(reason: str, facts: Mapping[str, object]) -> str:
    return _SENTENCES[reason](facts)


__all__ = ["REASONS", "sentence"]
