"""Is this .xlsx safe to open? Asked of the zip directory alone, before any byte of it is unpacked or parsed."""

import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from constat.integrations.spreadsheet.errors import MacroWorkbook, NotASpreadsheet, UnsafeArchive

MAX_RATIO = 100  # unpacked : packed, of the whole file; real workbooks stay under 25
MAX_UNPACKED = 1024**3
MAX_ENTRIES = 10_000
# openpyxl keeps all shared strings in memory, and a string costs several times its bytes there.
MAX_SHARED_STRINGS = 100 * 1024**2
# Tiny parts (relations, content types) compress beyond any ratio by nature and cost nothing.
_RATIO_FROM = 1024**2


def check(path: Path) -> None:
    """Raises UnsafeArchive, MacroWorkbook or NotASpreadsheet; returns when the workbook may be parsed."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            types = _content_types(archive, entries)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnsafeArchive(
            "archive_damaged",
            _("This workbook is damaged and cannot be opened. Save it again and send the new copy."),
        ) from error
    _check_size(path, entries)
    names = {entry.filename for entry in entries}
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise MacroWorkbook(
            "macro_workbook",
            _(
                "This workbook carries macros (.xlsm). Save it as a plain .xlsx workbook or as CSV, then import that copy."
            ),
        )
    if b"spreadsheetml" not in types:
        raise NotASpreadsheet(
            "not_a_spreadsheet", _("This file is not a spreadsheet. Import a CSV file or an .xlsx workbook.")
        )


def _content_types(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bytes:
    for entry in entries:
        if entry.filename == "[Content_Types].xml":
            with archive.open(entry) as part:
                # A list of parts; more than this is no honest workbook, and must not be unpacked to find out.
                return part.read(256 * 1024)
    return b""


def _check_size(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_many = len(entries) > MAX_ENTRIES
    too_large = unpacked > MAX_UNPACKED
    too_dense = unpacked > _RATIO_FROM and unpacked > MAX_RATIO * path.stat().st_size
    strings = sum(
        entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml")
    )
    if too_many or too_large or too_dense or strings > MAX_SHARED_STRINGS:
        raise UnsafeArchive(
            "archive_unsafe",
            _(
                "This workbook unpacks to far more than a spreadsheet should, so it was not opened. Save it as CSV and import that."
            ),
            entries=len(entries),
            unpacked=unpacked,
            packed=path.stat().st_size,
        )
