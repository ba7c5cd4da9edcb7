"""Tables that leave the program for a spreadsheet: CSV (RFC 4180) and XLSX.

Text that a spreadsheet would run as a formula is made harmless in constat.rules.disclosure.spreadsheet_safe, for both
kinds of file: an XLSX cell written as text is saved as CSV by somebody the next day.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

from constat.rules.disclosure import spreadsheet_safe

BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What neither XML nor a CSV reader takes; TAB and line ends stay.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CELL_LIMIT = 32767  # characters in one cell of an XLSX sheet
_ROW_LIMIT = 1_048_576


class SpreadsheetError(Exception):
    """A table cannot be written as asked."""


class TooManyRows(SpreadsheetError):
    """An XLSX sheet holds 1 048 576 rows: write CSV, or a narrower selection."""


def cell(value: Any) -> Any:
    """A value as a cell: text made harmless, dates as ISO text or date, None as an empty cell and never as zero."""
    if value is None:
        return ""
    if isinstance(value, (bool, int, float, dt.date)):
        return value
    return spreadsheet_safe(_CONTROL.sub("", str(value)))


def _text(value: Any) -> Any:
    value = cell(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return value


class _Line:
    """A file that gives back what was just written, so that a million rows never stand in memory."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True) -> Iterator[str]:
    """Lines of a CSV file, CRLF at the end of each. `bom`: Excel needs it to read UTF-8; programs rather do not."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield (BOM if bom else "") + str(writer.writerow([_text(name) for name in header]))
    for row in rows:
        yield str(writer.writerow([_text(value) for value in row]))


def csv_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True
) -> StreamingHttpResponse:
    """A CSV download, streamed. `name` without its ending."""
    response = StreamingHttpResponse(
        csv_lines(header, rows, bom=bom), content_type="text/csv; charset=utf-8; header=present"
    )
    _as_download(response, f"{name}.csv")
    return response


def write_xlsx(
    target: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    right_to_left: bool = False,
    notes: Sequence[str] = (),
) -> int:
    """Write one sheet (and the notes on a second one) to `target`; return the number of rows. Raises TooManyRows.

    `notes`: scope, date, method, the word "synthetic": what must travel with the numbers.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(_sheet_name(title))
    if right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(header):
        sheet.set_column(column, column, min(40, max(10, len(label) + 2)))
        sheet.write_string(0, column, str(cell(label)), bold)
    try:
        count = _fill(sheet, rows, date, minute)
    except BaseException:
        # The library keeps a temporary file open until the book is closed; half a book goes nowhere.
        book.filename = io.BytesIO()
        book.close()
        raise
    if notes:
        page = book.add_worksheet("Notes")
        if right_to_left:
            page.right_to_left()
        page.set_column(0, 0, 100)
        for line, note in enumerate(notes):
            page.write_string(line, 0, str(cell(note)))
    book.close()
    return count


def _fill(sheet: Any, rows: Iterable[Sequence[Any]], date: Any, minute: Any) -> int:
    count = 0
    for count, row in enumerate(rows, start=1):
        if count >= _ROW_LIMIT:
            raise TooManyRows(f"More than {_ROW_LIMIT - 1} rows: choose CSV, or a narrower selection.")
        for column, value in enumerate(row):
            _write(sheet, count, column, cell(value), date, minute)
    return count


def _write(sheet: Any, row: int, column: int, value: Any, date: Any, minute: Any) -> None:
    if isinstance(value, dt.datetime):
        # Excel knows no time zones: the node's own is written.
        local = timezone.make_naive(value) if timezone.is_aware(value) else value
        sheet.write_datetime(row, column, local, minute)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), date)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value[:_CELL_LIMIT])


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "Constat"


def xlsx_response(
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    language: str = "fr",
    notes: Sequence[str] = (),
) -> HttpResponse:
    """An XLSX download; the sheet runs from right to left for Arabic."""
    buffer = io.BytesIO()
    write_xlsx(buffer, header, rows, title=title, right_to_left=language.startswith("ar"), notes=notes)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    _as_download(response, f"{name}.xlsx")
    return response


def _as_download(response: HttpResponse | StreamingHttpResponse, name: str) -> None:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "no-store"
