"""What was brought in by file: the list, one file with its refused rows, the refused rows as a file to mend."""

import csv
import io
from collections.abc import Iterable, Iterator

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from constat.apps.reports import queries_batches
from constat.apps.reports.pages import ProblemRow
from constat.rules.disclosure import spreadsheet_safe
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@gate("reports.import")
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("before", "")
    rows = queries_batches.batches(request.viewer, before=int(after) if after.isdecimal() else None)  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "older": rows[-1].pk if len(rows) == queries_batches.PAGE else None,
        # The upload belongs to the reader of spreadsheets, a later folder: linked by name, absent without it.
        "upload_url": _address("spreadsheet:upload"),
        "crumbs": [Crumb(_("Reports"), reverse("reports:queue")), Crumb(_("Files brought in"))],
    }
    return render(request, "reports/imports.html", context)


@gate("reports.import")
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        page = queries_batches.batch(request.viewer, pk)  # type: ignore[attr-defined]
    except queries_batches.NoSuchBatch as error:
        raise Http404 from error
    crumbs = [Crumb(_("Reports"), reverse("reports:queue")), Crumb(_("Files brought in"), reverse("reports:imports")),
              Crumb(page.batch.filename)]  # fmt: skip
    return render(request, "reports/batch.html", {"page": page, "crumbs": crumbs})


@gate("reports.import")
@require_safe
def problems(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The rows as they were read, with number and reason in front: mend them and bring the file in again."""
    try:
        rows = list(queries_batches.problems(request.viewer, pk))  # type: ignore[attr-defined]
    except queries_batches.NoSuchBatch as error:
        raise Http404 from error
    name = f"constat-{pk}-rows"
    table = _table(rows)
    if form == "csv":
        response = HttpResponse(_csv(table), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(_xlsx(table), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _table(rows: Iterable[ProblemRow]) -> Iterator[list[object]]:
    """Header first. Cells that a spreadsheet would run as a formula are made harmless."""
    rows = list(rows)
    columns = list(dict.fromkeys(str(name) for row in rows for name in row.content))
    yield [_("Row"), _("What"), _("Field"), _("Reason"), *(spreadsheet_safe(column) for column in columns)]
    for row in rows:
        cells = [row.content.get(column, "") for column in columns]
        plain = [
            cell if isinstance(cell, int | float | str) else "" if cell is None else str(cell)
            for cell in cells
        ]
        # The heading and the sentence that quotes a cell are the file's words too.
        yield [row.row, row.severity, *(spreadsheet_safe(cell) for cell in (row.field, row.message, *plain))]


def _csv(table: Iterable[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    # The mark without which spreadsheets read accents and Arabic as another encoding.
    return "\ufeff" + text.getvalue()


def _xlsx(table: Iterable[list[object]]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet()
    for number, cells in enumerate(table):
        sheet.write_row(number, 0, cells)
    book.close()
    return file.getvalue()
