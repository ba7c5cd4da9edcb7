"""Totals as a file. An act: something leaves the node, so it stands in the log with who, what and when."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.desk.filters import Filters
from constat.apps.desk.pages import area_words, condition, dimension_names, notes_of, words_of
from constat.apps.desk.totals import Row, Totals, totals
from constat.rules.visibility import Viewer
from constat.ui.spreadsheet import csv_response, xlsx_response


class ExportRefused(Exception):
    """The table cannot leave in this form."""


def totals_file(viewer: Viewer, *, filters: Filters, by: Sequence[str], kind: str, by_person: Person,
                at: datetime) -> HttpResponse | StreamingHttpResponse:  # fmt: skip
    """kind: 'csv' or 'xlsx'. Table and event stand in one transaction: no file without its line in the log."""
    with transaction.atomic():
        found = totals(viewer=viewer, scope=filters.scope, by=by, at=at, where=condition(filters))
        details = {"scope": filters.scope.value, "by": list(by), "filters": filters.query(), "kind": kind,
                   "rows": len(found.rows), "methodology": found.methodology}  # fmt: skip
        log.record(
            by=by_person,
            verb="desk.export",
            object_type="totals",
            object_key=filters.scope.value,
            at=at,
            details=details,
        )
    name = f"totals-{filters.scope.value}-{at:%Y%m%d-%H%M}"
    header, rows, notes = _header(by), list(_lines(found)), notes_of(found, filters)
    if kind == "csv":
        # A CSV has no second sheet: scope, method and moment stand in columns of every row instead.
        return csv_response(name, [*header, *_about()], ([*row, *_about_values(found)] for row in rows))
    return xlsx_response(
        name, header, rows, title=found.scope.label, language=get_language() or "fr", notes=notes
    )


def _header(by: Sequence[str]) -> list[str]:
    names = dimension_names()
    figures = [
        _("killed, least"),
        _("killed, best estimate"),
        _("killed, most"),
        _("records"),
        _("records without best estimate"),
    ]
    return [*(names[one] for one in by), _("tier"), *figures]


def _about() -> list[str]:
    return [_("scope"), _("methodology"), _("as of")]


def _about_values(found: Totals) -> list[Any]:
    return [found.scope.label, found.methodology, found.as_of]


def _lines(found: Totals) -> Iterator[list[Any]]:
    areas = area_words(found)
    for row in found.rows:
        yield from _tiers(words_of(found.by, row.key, areas), row)
    yield from _tiers([_("Total"), *[""] * (len(found.by) - 1)] if found.by else [], found.total)


def _tiers(words: Sequence[str], row: Row) -> Iterator[list[Any]]:
    for name, tally in ((_("incidents"), row.incidents), (_("reports no incident holds"), row.reports)):
        yield [*words, name, tally.min, tally.best, tally.max, tally.n, tally.n_best_unknown]
