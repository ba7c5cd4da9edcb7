"""Sentences and small markup that say how sure a number, a date, a place or a deadline is. Translated; no request."""

import datetime as dt
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from constat.rules.vocabulary import vocabulary
from constat.ui import formats
from constat.ui.shapes import part

UNKNOWN = "unknown"  # the code that every vocabulary uses for it

# Ranges --------------------------------------------------------------------------------------------------------


def range_text(low: int | None, best: int | None, high: int | None, language: str) -> tuple[str, str]:
    """(main figure, what stands in brackets after it or ""). Unknown is said; an open end is said as open."""

    def number(value: int) -> str:
        return formats.number(value, language)

    # "At least 0" says nothing: the columns keep 0 where nobody gave a lower bound.
    if low == 0 and high is None and best != 0:
        low = None
    if best is None:
        if low is None and high is None:
            return pgettext("number of people", "unknown"), ""
        if high is None and low is not None:
            return _("at least %(n)s") % {"n": number(low)}, ""
        if low is None and high is not None:
            return _("at most %(n)s") % {"n": number(high)}, ""
        if low == high and low is not None:
            return number(low), ""
        return _("%(low)s to %(high)s") % {"low": number(low or 0), "high": number(high or 0)}, ""
    if low == best == high:
        return number(best), ""
    if low is None and high is None:
        return _("about %(n)s") % {"n": number(best)}, ""
    if high is None and low is not None:
        return number(best), _("at least %(n)s") % {"n": number(low)}
    if low is None and high is not None:
        return number(best), _("at most %(n)s") % {"n": number(high)}
    return number(best), _("%(low)s to %(high)s") % {"low": number(low or 0), "high": number(high or 0)}


def range_html(low: int | None, best: int | None, high: int | None, language: str) -> SafeString:
    """The figure and its range; the bracket is read out as "range", so that it is not heard as a second number."""
    main, bracket = range_text(low, best, high, language)
    if low is None and best is None and high is None:
        return format_html('<span class="range unknown">{}</span>', main)
    if not bracket:
        return format_html('<span class="range"><b>{}</b></span>', main)
    return format_html(
        '<span class="range"><b>{}</b> <span class="range-bounds"><span class="visually-hidden">{} </span>({})</span></span>',
        main,
        _("best estimate, range:"),
        bracket,
    )


# Dates ---------------------------------------------------------------------------------------------------------


def moment(value: dt.datetime, language: str) -> str:
    return _("%(day)s at %(time)s") % {
        "day": formats.day(value, language),
        "time": formats.clock(value, language),
    }


def granularity(precision: str) -> str:
    """minute, day, week, month or year: what the vocabulary date_precision says may be shown. "" is read as a day."""
    return str(vocabulary("date_precision")[precision].extra["granularity"]) if precision else "day"


def dated(start: dt.date | None, precision: str, end: dt.date | None, language: str) -> str:
    """A date said no more exactly than it is known. `precision` is a code of the vocabulary date_precision."""
    if start is None:
        return _("date unknown")
    fine = granularity(precision)
    month = formats.month(start, language)
    if precision == UNKNOWN:
        return _("around %(month)s, precision unknown") % {"month": month}
    if fine in {"minute", "day", "week"} and end is not None and end != start:
        return between(start, end, language)
    if fine == "week":
        return _("within a few days of %(day)s") % {"day": formats.day(start, language)}
    if fine == "month":
        return _("around %(month)s") % {"month": month}
    if fine == "year":
        if end is not None and (end.year, end.month) != (start.year, start.month):
            last = formats.month(end, language)
            return pgettext("months", "between %(first)s and %(last)s") % {"first": month, "last": last}
        return _("in %(year)s, month unknown") % {"year": start.year}
    return pgettext("date", "on %(day)s") % {"day": formats.day(start, language)}


def between(start: dt.date, end: dt.date, language: str) -> str:
    same_month = (start.year, start.month) == (end.year, end.month)
    first = formats.day(start, language, month=not same_month, year=start.year != end.year)
    return _("between %(first)s and %(last)s") % {"first": first, "last": formats.day(end, language)}


def machine_date(start: dt.date, precision: str) -> str:
    """For <time datetime>: cut to what is known (2025-03, 2025)."""
    cut = {"month": 7, "year": 4}.get(granularity(precision), 10)
    return start.isoformat()[:cut]


# Places --------------------------------------------------------------------------------------------------------


def place_precision(code: str, language: str) -> str:
    return vocabulary("place_precision").label(code, language) if code else ""


def span(start: dt.datetime, end: dt.datetime, language: str) -> str:
    """From one moment to another, in local time; within one day the day is said once."""
    if start.date() == end.date():
        return _("%(day)s, %(from)s to %(until)s") % {
            "day": formats.day(start, language),
            "from": formats.clock(start, language),
            "until": formats.clock(end, language),
        }
    return _("%(from)s to %(until)s") % {"from": moment(start, language), "until": moment(end, language)}


# Counted things ------------------------------------------------------------------------------------------------


def counted(n: int | float, unit: str, language: str) -> str:
    """`1 person`, `12 hectares`: a code of the vocabulary harm_unit with its number. Arabic has six forms of each."""
    amount = int(n) if float(n).is_integer() else 2  # a part of one is said like several
    words = {
        "persons": lambda: ngettext("%(n)s person", "%(n)s persons", amount),
        "households": lambda: ngettext("%(n)s household", "%(n)s households", amount),
        "animals": lambda: ngettext("%(n)s animal", "%(n)s animals", amount),
        "structures": lambda: ngettext("%(n)s building or work", "%(n)s buildings or works", amount),
        "hectares": lambda: ngettext("%(n)s hectare", "%(n)s hectares", amount),
        "vehicles": lambda: ngettext("%(n)s vehicle or tool", "%(n)s vehicles or tools", amount),
        "goods": lambda: ngettext("%(n)s good", "%(n)s goods", amount),
        "days": lambda: ngettext("%(n)s day", "%(n)s days", amount),
    }
    return words[unit]() % {"n": formats.number(n, language)}


# Deadlines -----------------------------------------------------------------------------------------------------


def duration(value: dt.timedelta) -> str:
    """`3 days`, `5 hours`, `20 minutes`: one unit, rounded down, so that nobody believes in more time than there is."""
    seconds = int(abs(value.total_seconds()))
    if seconds >= 48 * 3600:
        n = seconds // 86400
        return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    if seconds >= 3600:
        n = seconds // 3600
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
    n = seconds // 60
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}


def clock(value: object, label: str = "") -> dict[str, Any]:
    """What the clock component shows: state (for the mark), words, label, due, reason."""
    state = str(part(value, "state"))
    left = part(value, "left") if part(value, "left") is not None else part(value, "remaining")
    spell = duration(left) if left is not None else ""
    words = {
        "on_time": _("%(time)s left") % {"time": spell} if spell else _("on time"),
        "due_soon": _("due soon: %(time)s left") % {"time": spell} if spell else _("due soon"),
        "overdue": _("overdue by %(time)s") % {"time": spell} if spell else _("overdue"),
        "paused": _("paused"),
        "met": _("done in time"),
        "missed": _("done late"),
    }.get(state, state)
    return {
        "state": state,
        "words": words,
        "label": label or part(value, "label") or "",
        "due": part(value, "due"),
        "reason": part(value, "reason") or "",
    }
