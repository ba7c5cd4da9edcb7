"""A file that a page was sent: received, remembered by the session that sent it, shown in samples, short enough for a page.

What was entered is lost nowhere: the file stays under its hash, what was chosen about it in the session. A file is opened only
by the session that uploaded it.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from constat.integrations.spreadsheet import reading
from constat.integrations.spreadsheet.errors import TooBig
from constat.integrations.spreadsheet.importing import keep, sha256_of
from constat.integrations.spreadsheet.reading import Table, open_table

SAMPLES = 3  # cells of each column shown beside its choice
# A page must answer before the web server gives up on it; longer files go through the command line.
MAX_ROWS_ON_PAGE = 20_000
PROBLEMS_SHOWN = 200


def receive(sent: "UploadedFile[Any]") -> tuple[str, Sequence[str]]:
    """(SHA-256 under which the file is kept, headers). Raises SpreadsheetError before anything is kept."""
    if (sent.size or 0) > reading.MAX_BYTES:
        raise TooBig("too_many_bytes", _("The file is larger than 50 MB. Cut it into several files."))
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in sent.chunks():
            copy.write(chunk)
        copy.flush()
        path = Path(copy.name)
        table = open_table(path)  # what it really is, by its bytes; refused before it is kept
        sha256 = sha256_of(path)
        keep(path, sha256)
    return sha256, table.headers


def name_of(sent: "UploadedFile[Any]") -> str:
    return (sent.name or "file")[:255]


def held(request: HttpRequest, session: str, sha256: str) -> dict[str, Any]:
    """What this session chose about the file. `session`: the key of the door. Http404 for a file it did not send."""
    try:
        return dict(request.session[session][sha256])
    except KeyError:
        raise Http404 from None


def remember(request: HttpRequest, session: str, sha256: str, values: dict[str, Any]) -> None:
    request.session[session] = {**request.session.get(session, {}), sha256: values}


def samples(table: Table) -> dict[str, list[str]]:
    """The first cells of each column that say something, from the first fifty rows."""
    found: dict[str, list[str]] = {header: [] for header in table.headers}
    for count, row in enumerate(table.rows()):
        for header in table.headers:
            cell = row.cells.get(header, "").strip()
            if cell and len(found[header]) < SAMPLES:
                found[header].append(cell[:80])
        if count > 50:
            break
    return found


def longer_than_a_page(table: Table) -> bool:
    return (
        sum(1 for _row, _n in zip(table.rows(), range(MAX_ROWS_ON_PAGE + 1), strict=False)) > MAX_ROWS_ON_PAGE
    )


__all__ = [
    "MAX_ROWS_ON_PAGE",
    "PROBLEMS_SHOWN",
    "held",
    "longer_than_a_page",
    "name_of",
    "receive",
    "remember",
    "samples",
]
