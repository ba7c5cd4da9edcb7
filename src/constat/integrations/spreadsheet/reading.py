"""A CSV file or an .xlsx workbook as rows of text, numbered as the spreadsheet numbers them.

    table = open_table(path)
    table.headers                      ("Date", "Lieu", ...)
    for row in table.rows(): ...       Row(number=2, cells={"Date": "2026-03-01", ...}, fault="")

A row that cannot be read as written (a quotation mark that is never closed, a NUL, more cells than columns) comes out
all the same, with `fault` naming why: the caller lists it. Nothing is dropped except rows with no content at all.
Standard: RFC 4180, and what spreadsheets really write (a BOM, UTF-16, Windows code pages, `;`, tabs, "sep=;").
"""

import codecs
import csv
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import puremagic
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.xml import DEFUSEDXML, LXML

from constat.integrations.spreadsheet import archive
from constat.integrations.spreadsheet.errors import (
    EmptyFile,
    NotASpreadsheet,
    OldWorkbook,
    SpreadsheetError,
    TooBig,
    UnknownEncoding,
    UnsafeArchive,
)

MAX_BYTES = 50 * 1024**2
MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_CELL = 100_000  # characters; a page of testimony is some 3,000

# Python's own limit (128 KiB) would raise in the middle of a file; ours is checked per cell and names the row.
csv.field_size_limit(MAX_BYTES)
# Without defusedxml, or with lxml in its place, openpyxl would expand XML entities. Better not to start.
if LXML or not DEFUSEDXML:  # pragma: no cover
    raise ImportError(
        "openpyxl must read with defusedxml and without lxml: a workbook could otherwise exhaust the machine"
    )


class Row(NamedTuple):
    """`number` as the spreadsheet shows it (the header is usually 1). `fault`: a reason code, or "" when readable."""

    number: int
    cells: dict[str, str]
    fault: str


class Table(Protocol):
    @property
    def headers(self) -> tuple[str, ...]: ...

    @property
    def epoch(self) -> date:
        """Day 0 of bare serial numbers in date columns."""
        ...

    @property
    def described(self) -> str:
        """How the file was read, for the page and the record: "CSV, utf-8, ;" ..."""
        ...

    def rows(self) -> Iterator[Row]: ...


# Excel's day 1 is 1900-01-01, and it believes that 1900 was a leap year: from March 1900 on, day 0 is this.
EPOCH_1900 = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)


def open_table(path: Path, *, sheet: str = "") -> Table:
    """Raises a SpreadsheetError that says what the file is instead, or what is wrong with it."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise TooBig(
            "too_many_bytes",
            _(
                "The file has %(size)d MB; at most %(limit)d MB can be imported at once. Cut it into several files."
            )
            % {"size": size // 1024**2 + 1, "limit": MAX_BYTES // 1024**2},
            size=size,
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\0\t\r\n "):
        raise EmptyFile("empty_file", _("The file is empty."))
    kind = _kind(head)
    if kind == "workbook":
        archive.check(path)
        return _Workbook(path, sheet)
    return _Csv(path, head)


def _kind(head: bytes) -> str:
    """ "workbook" or "text"; anything else is refused. By the bytes, never by the name."""
    if head.startswith(b"PK\x03\x04"):
        return "workbook"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # An old .xls and a password-protected .xlsx share this container.
        raise OldWorkbook(
            "old_workbook",
            _(
                "This is an old .xls workbook, or one locked with a password. Save it without password as .xlsx or CSV."
            ),
        )
    if head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "text"
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        found = []
    if any(_no_accident(match.byte_match or b"") for match in found) or _binary(head):
        raise NotASpreadsheet(
            "not_a_spreadsheet", _("This file is not a spreadsheet. Import a CSV file or an .xlsx workbook.")
        )
    return "text"


def _no_accident(signature: bytes) -> bool:
    """%PDF, <?xml, FF D8 FF: no name of a column begins like that. "From" and "ID3" are words first."""
    return len(signature) >= 3 and any(byte in b"%<{\\\0" or byte >= 128 or byte < 9 for byte in signature)


def _binary(head: bytes) -> bool:
    """More control characters than a text with a few slips of the keyboard has. NUL is judged row by row: UTF-16."""
    controls = sum(byte < 32 and byte not in b"\t\r\n\x0b\x0c\x1a\x00" for byte in head)
    return controls > max(4, len(head) // 50)


# --- CSV ---------------------------------------------------------------------------------------------------------


class _Csv:
    epoch = EPOCH_1900

    def __init__(self, path: Path, head: bytes) -> None:
        self._path = path
        self._encoding = _encoding(path, head)
        self._delimiter, self._skip = self._dialect()
        self._header_row, self.headers = self._find_headers()
        self.described = f"CSV, {self._encoding}, {self._delimiter!r}"

    def _lines(self) -> Iterator[str]:
        with self._path.open(encoding=self._encoding, newline="") as file:
            yield from islice(file, self._skip, None)

    def _dialect(self) -> tuple[str, int]:
        """The separator: declared by Excel's "sep=" line, or the one that cuts the first rows most evenly."""
        self._skip = 0
        lines = list(islice(self._lines(), 50))
        first = lines[0].strip("\ufeff\r\n ").strip('"') if lines else ""
        if first.lower().startswith("sep=") and len(first) == 5:
            return first[4], 1
        return max(",;\t|", key=lambda mark: _evenness(lines, mark)), 0

    def _find_headers(self) -> tuple[int, tuple[str, ...]]:
        for number, cells, fault in _records(self._lines(), self._delimiter):
            if fault:
                raise NotASpreadsheet(
                    "header_unreadable",
                    _(
                        "Row %(row)d should name the columns, but it cannot be read. Check its quotation marks."
                    )
                    % {"row": number},
                )
            if any(cell.strip() for cell in cells):
                return number, _headers(cells)
        raise EmptyFile("empty_file", _("The file is empty."))

    def rows(self) -> Iterator[Row]:
        records = _records(self._lines(), self._delimiter)
        body = ((number, cells, fault) for number, cells, fault in records if number > self._header_row)
        return _rows(self.headers, body)


def _records(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """(number, cells, fault). After a broken quotation mark, reading goes on at the next line, so that one slip of the
    keyboard does not swallow the rest of the file into one cell."""
    number = 0
    pending: list[str] = []
    while True:
        source = _Feed(pending, lines)
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                number += 1
                source.taken.clear()
                yield number, cells, ""
            return
        except csv.Error:
            number += 1
            broken, *pending = [*source.taken, *source.pending]
            yield number, [broken.rstrip("\r\n")], "quotes_broken"


class _Feed:
    """Lines for csv.reader, remembering those of the record being read: `taken` is what a broken record has eaten."""

    def __init__(self, pending: list[str], lines: Iterator[str]) -> None:
        self.pending = pending[::-1]
        self.taken: list[str] = []
        self._lines = lines

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self.pending.pop() if self.pending else next(self._lines)
        self.taken.append(line)
        return line


def _evenness(lines: list[str], mark: str) -> tuple[int, int]:
    """(rows as wide as the header, width), for choosing the separator."""
    widths = [len(cells) for number, cells, fault in _records(iter(lines), mark) if cells and not fault]
    if not widths or widths[0] == 1:
        return 0, 0
    return sum(width == widths[0] for width in widths), widths[0]


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif (even := _nul_share(head)) is not None:
        candidates = ["utf-16-be" if even else "utf-16-le"]
    else:
        candidates = ["utf-8", ""]
    for encoding in candidates:
        # The code page is guessed only once the file is known not to be UTF-8: it means reading every byte.
        if _decodes(path, encoding := encoding or _code_page(path)):
            return encoding
    raise UnknownEncoding(
        "unknown_encoding",
        _("The letters of this file cannot be read. Save it again as “CSV UTF-8” and import that copy."),
    )


def _nul_share(head: bytes) -> bool | None:
    """UTF-16 without a mark: every second byte of Latin text is NUL. True: the even ones (big-endian)."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = len(head) // 8
    if max(even, odd) <= max(enough, 2) or min(even, odd) > max(even, odd) // 4:
        return None
    return even > odd


def _code_page(path: Path) -> str:
    """Windows Western or Windows Arabic. In French an accented letter stands among plain ones; Arabic words are
    made of nothing but high bytes."""
    data = path.read_bytes()
    high = total = run = 0
    for byte in data[:2_000_000]:
        if byte >= 0x80:
            total += 1
            run += 1
            if run == 3:
                high += 3
            elif run > 3:
                high += 1
        else:
            run = 0
    return "cp1256" if total and high > total // 2 else "cp1252"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


# --- XLSX --------------------------------------------------------------------------------------------------------


class _Workbook:
    def __init__(self, path: Path, sheet: str) -> None:
        self._path = path
        with _opened(path) as book:
            names = [ws.title for ws in book.worksheets if ws.sheet_state == "visible"]
            if sheet and sheet not in names:
                raise NotASpreadsheet(
                    "no_such_sheet",
                    _("The workbook has no sheet “%(sheet)s”. It has: %(names)s.")
                    % {"sheet": sheet, "names": ", ".join(names)},
                )
            if not names:
                raise EmptyFile("empty_file", _("The file is empty."))
            self._sheet = sheet or names[0]
            self.other_sheets = tuple(name for name in names if name != self._sheet)
            self.epoch = EPOCH_1904 if book.epoch.year == EPOCH_1904.year else EPOCH_1900
        self._header_row, self.headers = self._find_headers()
        self.described = f"XLSX, {self._sheet}"

    def _records(self) -> Iterator[tuple[int, list[str], str]]:
        with _opened(self._path) as book:
            worksheet = book[self._sheet]
            worksheet.reset_dimensions()  # the size a file claims for itself may be wrong, or a trap
            values = worksheet.iter_rows(values_only=True)
            number = 0
            while (cells := _next(values)) is not None:
                number += 1
                if (
                    number > MAX_ROWS + 1000
                ):  # some room for blank rows, none for a row number of two thousand million
                    raise _too_many_rows()
                if len(cells) > MAX_COLUMNS:
                    raise _too_many_columns(len(cells))
                yield number, [_text(value) for value in cells], ""

    def _find_headers(self) -> tuple[int, tuple[str, ...]]:
        for number, cells, _fault in self._records():
            if any(cell.strip() for cell in cells):
                return number, _headers(cells)
        raise EmptyFile("empty_file", _("The file is empty."))

    def rows(self) -> Iterator[Row]:
        body = (
            (number, cells, fault) for number, cells, fault in self._records() if number > self._header_row
        )
        return _rows(self.headers, body)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The workbook, from its bytes: by its name openpyxl would refuse a file that has no ending."""
    with path.open("rb") as file:
        book = _load(file)
        try:
            yield book
        finally:
            book.close()


def _load(file: BinaryIO) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of features it drops; none of them carries data
            return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # a damaged workbook raises whatever its damage meets first, down to TypeError
        raise _damaged() from error


def _next(values: Iterator[tuple[object, ...]]) -> tuple[object, ...] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # a date outside the calendar is a warning there, an #error cell here
            return next(values, None)
    except Exception as error:
        raise _damaged() from error


def _damaged() -> SpreadsheetError:
    return UnsafeArchive(
        "archive_damaged",
        _("This workbook is damaged and cannot be opened. Save it again and send the new copy."),
    )


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            midnight = value.time() == time(0)
            return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)


# --- both --------------------------------------------------------------------------------------------------------


def _headers(cells: list[str]) -> tuple[str, ...]:
    """The names of the columns: blank ones get their letter, repeated ones their count, so that no column is lost."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise _too_many_columns(len(cells))
    names: list[str] = []
    taken: set[str] = set()
    for index, cell in enumerate(cells):
        name = " ".join(cell.replace("\0", " ").split())[:120] or _("column %(letter)s") % {
            "letter": letter(index)
        }
        unique = next(
            each for each in chain([name], (f"{name} ({n})" for n in count(2))) if each not in taken
        )
        taken.add(unique)
        names.append(unique)
    return tuple(names)


def letter(index: int) -> str:
    """0 -> A, 26 -> AA: the name a spreadsheet shows above a column."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _rows(headers: tuple[str, ...], records: Iterator[tuple[int, list[str], str]]) -> Iterator[Row]:
    width = len(headers)
    found = 0
    for number, cells, fault in records:
        if len(cells) == width and not fault:
            # The common case, kept short: a million rows pass here.
            row = dict(zip(headers, cells, strict=True))
        elif not any(cell.strip() for cell in cells):
            continue
        else:
            row, fault = _uneven(headers, cells, fault)
        if not any(cells):
            continue
        found += 1
        if found > MAX_ROWS:
            raise _too_many_rows()
        yield Row(number, row, fault or _unreadable(row))


def _uneven(headers: tuple[str, ...], cells: list[str], fault: str) -> tuple[dict[str, str], str]:
    """Spreadsheets leave out empty cells at the end of a row; cells beyond the last column have no name to go by."""
    row = dict(zip(headers, [*cells, *[""] * (len(headers) - len(cells))], strict=False))
    extra = {
        letter(index): cell for index, cell in enumerate(cells) if index >= len(headers) and cell.strip()
    }
    return row | extra, fault or ("too_many_cells" if extra else "")


def _unreadable(row: dict[str, str]) -> str:
    joined = "".join(row.values())
    if len(joined) > MAX_CELL and any(len(cell) > MAX_CELL for cell in row.values()):
        return "cell_too_long"
    return "nul_character" if "\0" in joined else ""


def keepable(cells: Mapping[str, str]) -> dict[str, str]:
    """The content of a row as the list of problems can hold it: no NUL (PostgreSQL stores none), no giant cell. The
    file itself is kept whole beside it."""
    return {
        name.replace("\0", "␀"): (cell[:2000] + "…" if len(cell) > MAX_CELL else cell).replace("\0", "␀")
        for name, cell in cells.items()
    }


def _too_many_rows() -> TooBig:
    return TooBig(
        "too_many_rows",
        _("The file has more than %(limit)d rows. Cut it into several files.") % {"limit": MAX_ROWS},
        limit=MAX_ROWS,
    )


def _too_many_columns(found: int) -> TooBig:
    return TooBig(
        "too_many_columns",
        _(
            "The sheet is %(found)d columns wide; at most %(limit)d can be read. Remove the columns you do not need."
        )
        % {"found": found, "limit": MAX_COLUMNS},
        found=found,
    )


__all__ = ["EPOCH_1900", "EPOCH_1904", "Row", "Table", "keepable", "letter", "open_table"]
