"""What keeps a draft from becoming a report. The same for every door; a form is courtesy, this is the rule.

Speed matters: a file of 100,000 rows passes here. Codes are looked up in sets made once.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache

from django.utils.translation import gettext as _

from constat.apps.reports.draft import Draft, HarmClaim
from constat.apps.reports.errors import Fault
from constat.rules.vocabulary import vocabulary

# Field of the draft -> vocabulary whose active codes it may hold.
CODED = {
    "channel": "channel",
    "reporter_type": "reporter_type",
    "date_precision": "date_precision",
    "place_precision": "place_precision",
    "incident_type": "incident_type",
    "weapon": "weapon",
    "violence_type": "violence_type",
    "involvement": "involvement",
    "reliability": "reliability",
    "credibility": "credibility",
    "source_access": "source_access",
    "event_clarity": "event_clarity",
    "compartment": "compartment",
}
HARM_CODED = {
    "harm": "harm",
    "sex": "sex",
    "age_band": "age_band",
    "status": "person_status",
    "unit": "harm_unit",
}
ANSWERS = frozenset({"yes", "no", "unknown"})
SAFETY = ("in_danger", "needs_care", "child_involved", "sexual_violence")
MAX_WORDS = 60_000  # bytes: some twenty pages; more belongs in a document
# Longest text of each column: PostgreSQL refuses more, SQLite would take it silently.
LONGEST = {
    "original_language": 10, "place_text": 300, "country": 3, "adm1": 20, "adm2": 20, "adm3": 20,
    "claimed_actor_text": 300, "office": 40, "independence_group": 80, "external_key": 120, "reporter_language": 10,
}  # fmt: skip
MAX_COUNT = 10_000_000
EARLIEST = date(1900, 1, 1)


@cache
def codes(name: str) -> frozenset[str]:
    return frozenset(term.code for term in vocabulary(name).active())


def faults(draft: Draft) -> list[Fault]:
    """Every fault, not the first only: whoever mends a file or a form wants to mend it once."""
    return [*_words(draft), *_coded(draft), *_when(draft), *_where(draft), *_harms(draft), *_who(draft)]


def _words(draft: Draft) -> Iterator[Fault]:
    if not draft.original.strip():
        yield Fault("original", "words_missing", _("Write what happened. A few words are enough."))
    if len(draft.original) > MAX_WORDS:
        yield Fault("original", "words_too_long", _("The text is too long. Send it in several reports."))
    for name, longest in LONGEST.items():
        value = getattr(draft, name)
        if len(value) > longest:
            yield Fault(
                name, "text_too_long", _("This text is too long: %(n)s characters at most.") % {"n": longest}
            )
        elif "\x00" in value:
            yield Fault(
                name, "text_unreadable", _("This text holds a sign that cannot be kept. Write it again.")
            )


def _coded(draft: Draft) -> Iterator[Fault]:
    for name, words in CODED.items():
        value = getattr(draft, name)
        if value not in codes(words):
            yield Fault(name, "unknown_code", _unknown(value))
    for name in SAFETY:
        if getattr(draft, name) not in ANSWERS:
            yield Fault(name, "unknown_code", _("Answer yes, no or “I do not know”."))
    if not 0 <= draft.sensitivity <= 3:
        yield Fault("sensitivity", "unknown_code", _("The level is a number from 0 to 3."))


def _when(draft: Draft) -> Iterator[Fault]:
    if draft.ends_on and not draft.starts_on:
        yield Fault("starts_on", "date_half", _("Enter the first day as well as the last."))
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        yield Fault("ends_on", "dates_backwards", _("The last day is before the first. Check both dates."))
    if draft.starts_on and draft.starts_on < EARLIEST:
        yield Fault("starts_on", "date_too_early", _("This date is too long ago. Check the year."))


def _where(draft: Draft) -> Iterator[Fault]:
    if (draft.lon is None) != (draft.lat is None):
        yield Fault("lat", "point_half", _("A point needs both a latitude and a longitude."))
    elif draft.lon is not None and draft.lat is not None:
        # Comparisons are written so that NaN fails them.
        if not -90 <= draft.lat <= 90:
            yield Fault("lat", "point_outside", _("The latitude lies between -90 and 90."))
        if not -180 <= draft.lon <= 180:
            yield Fault("lon", "point_outside", _("The longitude lies between -180 and 180."))


def _harms(draft: Draft) -> Iterator[Fault]:
    for line in draft.harms:
        if (line.harm, line.sex, line.age_band, line.status, line.unit) not in _seen_lines:
            yield from _line(line)
        yield from _range(line)


# Combinations of codes found good: a file repeats a handful of them thousands of times.
_seen_lines: set[tuple[str, ...]] = set()


def _line(line: HarmClaim) -> Iterator[Fault]:
    wrong = [
        (name, getattr(line, name))
        for name, words in HARM_CODED.items()
        if getattr(line, name) not in codes(words)
    ]
    if not wrong:
        _seen_lines.add((line.harm, line.sex, line.age_band, line.status, line.unit))
    for name, value in wrong:
        yield Fault(f"harm.{name}", "unknown_code", _unknown(value))


def _range(line: HarmClaim) -> Iterator[Fault]:
    figures = [figure for figure in (line.minimum, line.best, line.maximum) if figure is not None]
    where = f"harm.{line.harm}"
    if any(type(figure) is not int or not 0 <= figure <= MAX_COUNT for figure in figures):
        yield Fault(
            where, "count_impossible", _("Enter a whole number, or leave it empty if it is not known.")
        )
    elif figures != sorted(figures):
        yield Fault(
            where, "range_backwards", _("“At least” must not exceed “about”, nor “about” exceed “at most”.")
        )


def _who(draft: Draft) -> Iterator[Fault]:
    for one in draft.consents:
        if one.purpose not in codes("consent_purpose") or one.answer not in ("yes", "no"):
            yield Fault("consents", "unknown_code", _unknown(one.purpose))
    if bool(draft.external_key) != (draft.source_id is not None):
        yield Fault(
            "external_key", "source_half", _("A row of an outside source needs the source and its own key.")
        )


def _unknown(value: object) -> str:
    return _("“%(value)s” is not in the list. Choose one of the list.") % {"value": value}
