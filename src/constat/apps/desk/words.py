"""The codes of the vocabularies that the desk has to know by name. Each is looked up, so a wrong one fails at start."""

from django.utils.translation import get_language

from constat.rules.vocabulary import vocabulary
from constat.ui.formats import base

SAFETY_HOLD = vocabulary("report_state")["safety_hold"].code
IN_REVIEW = vocabulary("incident_state")["in_review"].code
MERGED = vocabulary("incident_state")["merged"].code
CLOSED = vocabulary("incident_state")["closed"].code
DUPLICATE = vocabulary("closure_reason")["duplicate"].code
GENERAL = vocabulary("compartment")["general"].code


def label(name: str, code: str) -> str:
    """The label of a code in the language of the page; an empty code gives an empty string."""
    return vocabulary(name).label(code, base(get_language())) if code else ""


def choices(name: str) -> list[tuple[str, str]]:
    """(code, label) of the terms in use, for a filter; the first choice is none."""
    return [("", ""), *vocabulary(name).choices(base(get_language()))]
