"""The few words a document adds by itself, in the language of the document and not of whoever makes it."""

import datetime as dt
import re

from django.utils.translation import gettext as _
from django.utils.translation import override

from constat.ui import phrases
from constat.ui.documents.model import Document, isolate


def as_of(document: Document) -> str:
    """`As of 3 March 2026 at 09:00 UTC`, or "" for a document that stands for no moment."""
    if document.as_of is None:
        return ""
    with override(document.tag):
        moment = phrases.moment(document.as_of.astimezone(dt.UTC), document.tag)
        return _("As of %(moment)s UTC") % {"moment": moment}


def foot(document: Document) -> list[str]:
    """What stands at the foot of every page. A code keeps its own direction."""
    reference = isolate(document.reference) if document.right_to_left else document.reference
    return [part for part in (reference, document.status, as_of(document)) if part]


def page_of(document: Document) -> list[str]:
    """["Page ", "{page}", " of ", "{pages}", ""]: words around two numbers that only the printer knows."""
    with override(document.tag):
        return re.split(r"(\{page\}|\{pages\})", _("Page {page} of {pages}"))


def contents_note(document: Document, kind: str) -> str:
    """The word before a note, so that its meaning does not hang on its colour."""
    with override(document.tag):
        return _("Please note") if kind == "warning" else _("Note")
