"""Bring in a file, in three pages: the file, what its columns are, a trial with every problem; then the import.

What was entered is lost nowhere: the file stays under its hash, the mapping in the session, both until the next file.
A file is opened only by the session that uploaded it.
"""

import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from constat.integrations.spreadsheet import reading
from constat.integrations.spreadsheet.errors import SpreadsheetError, TooBig
from constat.integrations.spreadsheet.forms import FileForm, MappingForm
from constat.integrations.spreadsheet.importing import Outcome, folder, keep, sha256_of
from constat.integrations.spreadsheet.kinds import kind_of
from constat.integrations.spreadsheet.mapping import ColumnMap, from_columns, guess
from constat.integrations.spreadsheet.reading import Table, open_table
from constat.integrations.spreadsheet.reports import import_reports
from constat.ui.gate import gate

SESSION = "imports"
SAMPLES = 3  # cells of each column shown beside its choice
# A page must answer before the web server gives up on it; longer files go through the command line.
MAX_ROWS_ON_PAGE = 20_000
PROBLEMS_SHOWN = 200


@gate("reports.import")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("spreadsheet:columns", sha256=_receive(request, form.cleaned_data["file"]))
        except SpreadsheetError as error:
            form.add_error("file", error.message)
    return render(request, "imports/new.html", {"form": form}, status=422 if form.errors else 200)


def _receive(request: HttpRequest, sent: "UploadedFile[Any]") -> str:
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
    held = {"name": (sent.name or "file")[:255], "mapping": guess(table.headers).as_json(), "source": ""}
    request.session[SESSION] = {**request.session.get(SESSION, {}), sha256: held}
    return sha256


def _held(request: HttpRequest, sha256: str) -> dict[str, Any]:
    try:
        return dict(request.session[SESSION][sha256])
    except KeyError:
        raise Http404 from None


def _remember(request: HttpRequest, sha256: str, held: dict[str, Any]) -> None:
    request.session[SESSION] = {**request.session[SESSION], sha256: held}


def _map(held: dict[str, Any]) -> ColumnMap:
    return ColumnMap(held["mapping"]["columns"], tuple(held["mapping"]["keep"]))


@gate("reports.import")
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, sha256: str) -> HttpResponse:
    held = _held(request, sha256)
    table = open_table(folder() / sha256)
    if kind := kind_of(table.headers):
        return redirect(kind.door) if kind.door else redirect("spreadsheet:check", sha256=sha256)
    form = MappingForm(
        request.POST or None,
        headers=table.headers,
        samples=_samples(table),
        found=_map(held),
        initial={"source": held["source"]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            mapping = from_columns(form.chosen, table.headers)
            _remember(
                request, sha256, {**held, "mapping": mapping.as_json(), "source": form.cleaned_data["source"]}
            )
            return redirect("spreadsheet:check", sha256=sha256)
        except SpreadsheetError as error:
            form.add_error(None, error.message)
    page = {"form": form, "name": held["name"], "read_as": table.described, "sha256": sha256}
    return render(request, "imports/columns.html", page, status=422 if form.errors else 200)


def _samples(table: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {header: [] for header in table.headers}
    for count, row in enumerate(table.rows()):
        for header in table.headers:
            cell = row.cells.get(header, "").strip()
            if cell and len(found[header]) < SAMPLES:
                found[header].append(cell[:80])
        if count > 50:
            break
    return found


@gate("reports.import")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, sha256: str) -> HttpResponse:
    held = _held(request, sha256)
    try:
        outcome = _bring_in(request, sha256, held, dry_run=request.method != "POST")
    except SpreadsheetError as error:
        page = {"name": held["name"], "sha256": sha256, "error": error.message}
        return render(request, "imports/check.html", page, status=422)
    if outcome.batch:
        return redirect("reports:batch", pk=outcome.batch)
    page = {
        "name": held["name"], "sha256": sha256, "outcome": outcome, "problems": outcome.problems[:PROBLEMS_SHOWN],
        "more": max(0, len(outcome.problems) - PROBLEMS_SHOWN), "mapped": outcome.kind == "reports",
    }  # fmt: skip
    return render(request, "imports/check.html", page)


def _bring_in(request: HttpRequest, sha256: str, held: dict[str, Any], *, dry_run: bool) -> Outcome:
    path = folder() / sha256
    table = open_table(path)
    if (
        sum(1 for _row, _number in zip(table.rows(), range(MAX_ROWS_ON_PAGE + 1), strict=False))
        > MAX_ROWS_ON_PAGE
    ):
        raise TooBig(
            "too_many_rows_for_page",
            _(
                "The file has more than %(limit)d rows. Ask the administrator of the node to import it with `constat import reports`."
            )
            % {"limit": MAX_ROWS_ON_PAGE},
        )
    common: dict[str, Any] = {
        "path": path, "filename": held["name"], "by": request.user, "at": timezone.now(), "dry_run": dry_run,
    }  # fmt: skip
    if (kind := kind_of(table.headers)) and not kind.door:
        return kind.bring_in(**common)
    return import_reports(**common, mapping=_map(held), source=held["source"], table=table)
