"""Bring in an activity log, in three pages: the file, what its columns are, a trial with every problem; then the import.

The file stays under its hash, what was chosen in the session. A file is opened only by the session that uploaded it.
"""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from constat.apps.operations import actions
from constat.apps.operations.errors import OperationError
from constat.integrations.spreadsheet import reading
from constat.integrations.spreadsheet.errors import SpreadsheetError, TooBig
from constat.integrations.spreadsheet.forms import FileForm
from constat.integrations.spreadsheet.importing import Outcome, folder, keep, sha256_of
from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.integrations.spreadsheet.operations.columns import from_columns, guess
from constat.integrations.spreadsheet.operations.forms import LogColumns
from constat.integrations.spreadsheet.operations.importing import import_operations
from constat.integrations.spreadsheet.reading import Table, open_table
from constat.ui.gate import gate

SESSION = "imports of operations"
SAMPLES = 3  # cells of each column shown beside its choice
# A page must answer before the web server gives up on it; longer files go through the command line.
MAX_ROWS_ON_PAGE = 20_000
PROBLEMS_SHOWN = 200


@gate("operations.import")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                "spreadsheet:operations-columns", sha256=_receive(request, form.cleaned_data["file"])
            )
        except SpreadsheetError as error:
            form.add_error("file", error.message)
    return render(request, "imports/operations_new.html", {"form": form}, status=422 if form.errors else 200)


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
    _remember(
        request, sha256, {"name": (sent.name or "file")[:255], "columns": dict(guess(table.headers).columns)}
    )
    return sha256


def _held(request: HttpRequest, sha256: str) -> dict[str, Any]:
    try:
        return dict(request.session[SESSION][sha256])
    except KeyError:
        raise Http404 from None


def _remember(request: HttpRequest, sha256: str, held: dict[str, Any]) -> None:
    request.session[SESSION] = {**request.session.get(SESSION, {}), sha256: held}


@gate("operations.import")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, sha256: str) -> HttpResponse:
    held = _held(request, sha256)
    table = open_table(folder() / sha256)
    start = {name: held[name] for name in ("zone", "first", "last", "brought_by") if held.get(name)}
    form = LogColumns(
        request.POST or None, headers=table.headers, samples=_samples(table), found=ColumnMap(held["columns"]),
        initial=start,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            mapping = from_columns(form.chosen, table.headers)
        except SpreadsheetError as error:
            form.add_error(None, error.message)
        else:
            days = {
                name: day.isoformat() if (day := form.cleaned_data[name]) else ""
                for name in ("first", "last")
            }
            said = {name: form.cleaned_data[name] for name in ("zone", "brought_by")}
            _remember(request, sha256, {**held, **days, **said, "columns": dict(mapping.columns)})
            return redirect("spreadsheet:operations-check", sha256=sha256)
    page = {"form": form, "name": held["name"], "read_as": table.described,
            "settings": [form[name] for name in ("zone", "first", "last", "brought_by")]}  # fmt: skip
    return render(request, "imports/operations_columns.html", page, status=422 if form.errors else 200)


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


@gate("operations.import")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, sha256: str) -> HttpResponse:
    held = _held(request, sha256)
    if "zone" not in held:
        return redirect("spreadsheet:operations-columns", sha256=sha256)
    page: dict[str, Any] = {"name": held["name"], "sha256": sha256}
    try:
        outcome = _bring_in(request, sha256, held, dry_run=request.method != "POST")
    except SpreadsheetError as error:
        return render(request, "imports/operations_check.html", {**page, "error": error.message}, status=422)
    except OperationError as error:
        return render(request, "imports/operations_check.html", {**page, "error": str(error)}, status=422)
    if outcome.batch:
        return redirect("operations:file", outcome.batch)
    shown = [(one.row, one.severity, one.field, one.message) for one in outcome.problems[:PROBLEMS_SHOWN]]
    page |= {"outcome": outcome, "problems": shown, "more": max(0, len(outcome.problems) - PROBLEMS_SHOWN)}
    return render(request, "imports/operations_check.html", page)


def _bring_in(request: HttpRequest, sha256: str, held: dict[str, Any], *, dry_run: bool) -> Outcome:
    path = folder() / sha256
    table = open_table(path)
    if sum(1 for _row, _n in zip(table.rows(), range(MAX_ROWS_ON_PAGE + 1), strict=False)) > MAX_ROWS_ON_PAGE:
        raise TooBig(
            "too_many_rows_for_page",
            _("The file has more than %(limit)d rows. Ask the administrator of the node to import it with `constat import operations`.")
            % {"limit": MAX_ROWS_ON_PAGE},
        )  # fmt: skip
    received = None
    if held.get("first"):
        days = date.fromisoformat(held["first"]), date.fromisoformat(held["last"])
        received = actions.Received(*days, held.get("brought_by", ""))
    return import_operations(
        path=path, filename=held["name"], mapping=ColumnMap(held["columns"]), by=request.user, at=timezone.now(),  # type: ignore[arg-type]
        zone=held["zone"], received=received, dry_run=dry_run, table=table, sha256=sha256,
    )  # fmt: skip
