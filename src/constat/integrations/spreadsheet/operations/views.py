"""Bring in an activity log, in three pages: the file, what its columns are, a trial with every problem; then the import.

The file stays under its hash, what was chosen in the session. A file is opened only by the session that uploaded it.
"""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from constat.apps.operations import actions
from constat.apps.operations.errors import OperationError
from constat.integrations.spreadsheet import uploads
from constat.integrations.spreadsheet.errors import SpreadsheetError, TooBig
from constat.integrations.spreadsheet.forms import FileForm
from constat.integrations.spreadsheet.importing import Outcome, folder
from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.integrations.spreadsheet.operations.columns import from_columns, guess
from constat.integrations.spreadsheet.operations.forms import LogColumns
from constat.integrations.spreadsheet.operations.importing import import_operations
from constat.integrations.spreadsheet.reading import open_table
from constat.ui.gate import gate

SESSION = "imports of operations"


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
    sha256, headers = uploads.receive(sent)
    values = {"name": uploads.name_of(sent), "columns": dict(guess(headers).columns)}
    uploads.remember(request, SESSION, sha256, values)
    return sha256


@gate("operations.import")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, sha256: str) -> HttpResponse:
    held = uploads.held(request, SESSION, sha256)
    table = open_table(folder() / sha256)
    start = {name: held[name] for name in ("zone", "first", "last", "brought_by") if held.get(name)}
    form = LogColumns(
        request.POST or None, headers=table.headers, samples=uploads.samples(table), found=ColumnMap(held["columns"]),
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
            uploads.remember(
                request, SESSION, sha256, {**held, **days, **said, "columns": dict(mapping.columns)}
            )
            return redirect("spreadsheet:operations-check", sha256=sha256)
    page = {"form": form, "name": held["name"], "read_as": table.described,
            "settings": [form[name] for name in ("zone", "first", "last", "brought_by")]}  # fmt: skip
    return render(request, "imports/operations_columns.html", page, status=422 if form.errors else 200)


@gate("operations.import")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, sha256: str) -> HttpResponse:
    held = uploads.held(request, SESSION, sha256)
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
    shown = [
        (one.row, one.severity, one.field, one.message) for one in outcome.problems[: uploads.PROBLEMS_SHOWN]
    ]
    page |= {
        "outcome": outcome,
        "problems": shown,
        "more": max(0, len(outcome.problems) - uploads.PROBLEMS_SHOWN),
    }
    return render(request, "imports/operations_check.html", page)


def _bring_in(request: HttpRequest, sha256: str, held: dict[str, Any], *, dry_run: bool) -> Outcome:
    path = folder() / sha256
    table = open_table(path)
    if uploads.longer_than_a_page(table):
        raise TooBig(
            "too_many_rows_for_page",
            _("The file has more than %(limit)d rows. Ask the administrator of the node to import it with `constat import operations`.")
            % {"limit": uploads.MAX_ROWS_ON_PAGE},
        )  # fmt: skip
    received = None
    if held.get("first"):
        days = date.fromisoformat(held["first"]), date.fromisoformat(held["last"])
        received = actions.Received(*days, held.get("brought_by", ""))
    return import_operations(
        path=path, filename=held["name"], mapping=ColumnMap(held["columns"]), by=request.user, at=timezone.now(),  # type: ignore[arg-type]
        zone=held["zone"], received=received, dry_run=dry_run, table=table, sha256=sha256,
    )  # fmt: skip
