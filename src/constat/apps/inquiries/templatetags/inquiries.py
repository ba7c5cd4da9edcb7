"""Words for the table that sets what was reported beside what was found."""

import datetime as dt
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.rules.vocabulary import vocabulary
from constat.ui.phrases import range_text
from constat.ui.templatetags.constat import own, shortday

register = template.Library()

FACTS = {
    "deaths": _("Killed"), "injured": _("Injured"), "starts_on": _("First day"), "ends_on": _("Last day"),
    "date_precision": _("Precision of the date"), "place_text": _("Place as stated"), "country": _("Country"),
    "adm1": _("Region"), "adm2": _("Area below the region"), "adm3": _("Municipality"), "lon": _("Longitude"),
    "lat": _("Latitude"), "place_precision": _("Precision of the place"), "incident_type": _("Kind of event"),
    "weapon": _("Cause or weapon"), "violence_type": _("Kind of violence"), "involvement": _("Involvement of our force"),
    "grade": _("How well established"), "proof_standard": _("Standard of proof met"),
}  # fmt: skip


@register.filter
def fact(name: str) -> object:
    """What a column is called."""
    return FACTS[name]


@register.filter
def fact_value(value: Any, kind: str) -> object:
    """A stored value as a reader sees it."""
    spoken = get_language() or "fr"
    if value in (None, ""):
        return "–"
    if kind == "range":
        low, best, high = value
        main, bracket = range_text(low, best, high, spoken)
        return f"{main} ({bracket})" if bracket else main
    if kind == "date":
        return shortday(dt.date.fromisoformat(value))
    if kind == "text":
        return own(str(value))
    return vocabulary(kind).label(value, spoken)
