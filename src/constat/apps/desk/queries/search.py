"""One box over incidents, reports and places: accents, spellings and scripts do not matter.

What the viewer may not read is not found, and nothing tells it from what is not there. Lists are newest first and not
ranked; their counts are not given at all, since counting a common word reads every record that has it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from constat.analysis.names import fold, query_terms
from constat.apps.access.visibility import facts_of
from constat.apps.desk.filters import Filters
from constat.apps.desk.queries.map import Box
from constat.apps.desk.queries.records import (
    area_names,
    finest_area,
    incidents,
    newest_dated,
    newest_first,
    page_of,
    reports,
    scoped,
)
from constat.apps.desk.scopes import OWN_INVOLVEMENTS, Scope
from constat.apps.desk.words import label
from constat.apps.incidents.models import Incident
from constat.apps.register.queries import find_places
from constat.apps.register.textindex import MOST_WORDS, matching
from constat.apps.reports.models import Report
from constat.apps.reports.queries import heard
from constat.rules.roles import Detail
from constat.rules.visibility import Field, Viewer, may_see

CODE = re.compile(r"\s*([RI])[\s-]*(\d{4})[\s-]*(\d{1,9})\s*", re.IGNORECASE)
Kind = Literal["incident", "report"]
# Around the first word found: enough to recognise the record, short enough to compare ten of them at a glance.
BEFORE, AFTER = 50, 130
GLANCE = 400
MOST_PLACES = 6
# Half a degree around a place: the villages of a day's drive.
AROUND = 0.25


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found. `words`: its text around what was looked for, with the found words marked."""

    code: str
    url: str
    what: str
    where: SafeString | str
    state: str
    day: Any
    date_precision: str
    words: SafeString | str


@dataclass(frozen=True, slots=True)
class PlaceHit:
    name: SafeString | str
    area: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind. `next`: where the following page starts, empty at the end."""

    hits: Sequence[Hit] = ()
    next: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    words: str
    incidents: Group
    reports: Group
    places: Sequence[PlaceHit]

    def __bool__(self) -> bool:
        return bool(self.incidents.hits or self.reports.hits or self.places)


def jump(viewer: Viewer, words: str, *, at: datetime) -> str:
    """The page of the record whose code this is, or "" for any other words and for a record that is not theirs."""
    found = CODE.fullmatch(words)
    if not found:
        return ""
    letter, year, number = found.group(1).upper(), found.group(2), found.group(3)
    report = letter == "R"
    if ("reports.read" if report else "incidents.read") not in viewer.permissions:
        return ""
    records: QuerySet[Any] = reports(viewer, at=at) if report else incidents(viewer, at=at)
    # Zeros in front may be left out: people say "R 2026 42" on the radio.
    codes = [f"{letter}-{year}-{number.lstrip('0').rjust(width, '0')}" for width in (5, 6, 7, 8, 9)]
    code = records.filter(code__in=codes).values_list("code", flat=True).first()
    return reverse("reports:page" if report else "incidents:page", args=[code]) if code else ""


def search(viewer: Viewer, words: str, *, at: datetime, filters: Filters, limit: int = 10,
           only: str = "", before: str = "") -> Results:  # fmt: skip
    """Records of every kind the viewer may read, or of one kind (`only`: incidents, reports) behind a place in its list."""
    terms = fold(words).split()
    empty = Group()
    if not terms:
        return Results(words, empty, empty, ())
    found_incidents, found_reports = empty, empty
    places: tuple[PlaceHit, ...] = ()
    if only in {"", "incidents"} and "incidents.read" in viewer.permissions:
        queryset = filters.apply(scoped(incidents(viewer, at=at), filters.scope))
        rows, following = newest_matching(queryset, words, "starts_on", before, limit)
        found_incidents = Group(_incident_hits(viewer, rows, terms), following)
    if only in {"", "reports"} and "reports.read" in viewer.permissions:
        queryset = _narrowed(heard(viewer, reports(viewer, at=at)), filters)
        rows, following = newest_matching(queryset, words, "received_at", before, limit)
        found_reports = Group(_report_hits(viewer, rows, terms), following)
    if not only:
        places = _places(viewer, words, terms)
    return Results(words, found_incidents, found_reports, places)


def _narrowed(queryset: "QuerySet[Report]", filters: Filters) -> "QuerySet[Report]":
    """Reports are narrowed by the day they came in: what they tell of often has no day."""
    if filters.first:
        queryset = queryset.filter(received_at__date__gte=filters.first)
    if filters.last:
        queryset = queryset.filter(received_at__date__lte=filters.last)
    if filters.scope is Scope.OWN:
        queryset = queryset.filter(involvement__in=OWN_INVOLVEMENTS)
    return queryset.filter(incident_type=filters.type) if filters.type else queryset


def newest_matching(
    queryset: "QuerySet[Any]", words: str, column: str, before: str, limit: int
) -> tuple[list[Any], str]:
    """The newest records with these words, and the bookmark behind them.

    A common word stands in hundreds of thousands of records, and collecting them all from the index of words takes most
    of a second to show ten. So the newest few hundred are looked at first; only a word too rare to fill a page from
    them, whose list is short, is asked of the index. Both ways find the same records in the same order.
    """
    terms = query_terms(words)[:MOST_WORDS]
    ordered = newest_dated(queryset, column, before)
    if ordered is not None and terms:
        glanced = ordered.values_list("pk", "search_text")[:GLANCE]
        hits = [key for key, text in glanced if has_all(text, terms)][: limit + 1]
        if len(hits) > limit:
            rows = sorted(
                queryset.filter(pk__in=hits), key=lambda row: (getattr(row, column), row.pk), reverse=True
            )
            return page_of(rows, column, limit)
    return newest_first(matching(queryset, words), column, before, limit)


def has_all(text: str, terms: Sequence[tuple[str, ...]]) -> bool:
    """What register.textindex.matching asks of the database, asked of one text: every word, as a beginning or as bones."""
    tokens = text.split()
    return all(any(token.startswith(word) or token in bones for token in tokens) for word, *bones in terms)


def _incident_hits(viewer: Viewer, rows: Sequence[Incident], terms: Sequence[str]) -> tuple[Hit, ...]:
    names = area_names(finest_area(row) for row in rows)
    return tuple(
        Hit(
            row.code, reverse("incidents:page", args=[row.code]), label("incident_type", row.incident_type),
            _where(viewer, row, "incident", names, terms), row.state, row.starts_on, row.date_precision,
            excerpt(row.narrative, terms),
        )
        for row in rows
    )  # fmt: skip


def _report_hits(viewer: Viewer, rows: Sequence[Report], terms: Sequence[str]) -> tuple[Hit, ...]:
    names = area_names(finest_area(row) for row in rows)
    return tuple(
        Hit(
            row.code, reverse("reports:page", args=[row.code]), label("channel", row.channel),
            _where(viewer, row, "report", names, terms), row.state, row.received_at.date(), "day",
            excerpt(_said(viewer, row), terms),
        )
        for row in rows
    )  # fmt: skip


def _said(viewer: Viewer, report: Report) -> str:
    """The words of a report, for somebody who needs more of it than its pattern."""
    if _detail(viewer, report, "report", Field.PATTERN) is not Detail.FULL:
        return ""
    return bytes(report.original).decode("utf-8", "replace")


def _where(
    viewer: Viewer, row: Any, kind: Kind, names: dict[str, str], terms: Sequence[str]
) -> SafeString | str:
    area = names.get(finest_area(row), "")
    if not row.place_text or _detail(viewer, row, kind, Field.EXACT_PLACE) is not Detail.FULL:
        return area
    stated = marked(row.place_text, terms)
    return format_html("{} ({})", stated, area) if area else stated


def _detail(viewer: Viewer, row: Any, kind: Kind, part: Field) -> Detail:
    # Fetched as readable: whatever opened it (a grant too) stands for the reading, the field is what is asked.
    facts = facts_of(row, kind=kind, granted_to=frozenset({viewer.key}))
    return may_see(viewer, facts, part).level


def _places(viewer: Viewer, words: str, terms: Sequence[str]) -> tuple[PlaceHit, ...]:
    found = find_places(words, viewer)[:MOST_PLACES]
    return tuple(_place_hit(place, terms) for place in found)


def _place_hit(place: Any, terms: Sequence[str]) -> PlaceHit:
    box = Box(place.lon - AROUND, place.lat - AROUND, place.lon + AROUND, place.lat + AROUND)
    # Found under another spelling: both are shown, or the answer looks like a mistake.
    name = place.name if place.matched == place.name else f"{place.name} ({place.matched})"
    return PlaceHit(marked(name, terms), place.area, f"{reverse('desk:map')}?bbox={box}")


# Marking what was found ------------------------------------------------------------------------------------------


_WORD = re.compile(r"\w+")


def marked(text: str, terms: Sequence[str]) -> SafeString:
    """The text with every word that was looked for in <mark>, whatever its accents, case or script."""
    parts: list[SafeString | str] = []
    end = 0
    for found in _WORD.finditer(text):
        folded = fold(found.group())
        if folded and any(folded.startswith(term) for term in terms):
            parts += [text[end : found.start()], format_html("<mark>{}</mark>", found.group())]
            end = found.end()
    parts.append(text[end:])
    return format_html("{}" * len(parts), *parts)


def excerpt(text: str, terms: Sequence[str]) -> SafeString | str:
    """The text around the first word found, cut between words; its beginning when nothing of it was found."""
    if not text:
        return ""
    first = next(
        (word for word in _WORD.finditer(text) if any(fold(word.group()).startswith(term) for term in terms)),
        None,
    )
    start = max(0, (first.start() if first else 0) - BEFORE)
    end = min(len(text), start + BEFORE + AFTER)
    if start:
        start = text.find(" ", start) + 1 or start
    cut = text[start:end]
    if end < len(text):
        cut = cut.rsplit(" ", 1)[0] + " …"
    return format_html("{}{}", "… " if start else "", marked(cut, terms))
