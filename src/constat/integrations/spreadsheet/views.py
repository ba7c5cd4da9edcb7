"""Bring in a file, in three pages: the file, what its columns are, a trial with every problem; then the import.

What was entered is lost nowhere: the file stays under its hash, the mapping in the session, both until the next file.
A file is opened only by the session that uploaded it.
"""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from constat.integrations.spreadsheet import uploads
from constat.integrations.spreadsheet.errors import SpreadsheetError, TooBig
from constat.integrations.spreadsheet.forms import FileForm, MappingForm
from constat.integrations.spreadsheet.importing import Outcome, folder
from constat.integrations.spreadsheet.kinds import kind_of
from constat.integrations.spreadsheet.mapping import ColumnMap, from_columns, guess
from constat.integrations.spreadsheet.reading import open_table
from constat.integrations.spreadsheet.reports import import_reports
from constat.ui.gate import gate

SESSION = "imports"


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
    sha256, headers = uploads.receive(sent)
    values = {"name": uploads.name_of(sent), "mapping": guess(headers).as_json(), "source": ""}
    uploads.remember(request, SESSION, sha256, values)
    return sha256


def _map(held: dict[str, Any]) -> ColumnMap:
    return ColumnMap(held["mapping"]["columns"], tuple(held["mapping"]["keep"]))


@gate("reports.import")
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, sha256: str) -> HttpResponse:
    held = uploads.held(request, SESSION, sha256)
    table = open_table(folder() / sha256)
    if kind := kind_of(table.headers):
        return redirect(kind.door) if kind.door else redirect("spreadsheet:check", sha256=sha256)
    form = MappingForm(
        request.POST or None,
        headers=table.headers,
        samples=uploads.samples(table),
        found=_map(held),
        initial={"source": held["source"]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            mapping = from_columns(form.chosen, table.headers)
            uploads.remember(
                request,
                SESSION,
                sha256,
                {**held, "mapping": mapping.as_json(), "source": form.cleaned_data["source"]},
            )
            return redirect("spreadsheet:check", sha256=sha256)
        except SpreadsheetError as error:
            form.add_error(None, error.message)
    page = {"form": form, "name": held["name"], "read_as": table.described, "sha256": sha256}
    return render(request, "imports/columns.html", page, status=422 if form.errors else 200)


@gate("reports.import")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, sha256: str) -> HttpResponse:
    held = uploads.held(request, SESSION, sha256)
    try:
        outcome = _bring_in(request, sha256, held, dry_run=request.method != "POST")
    except SpreadsheetError as error:
        page = {"name": held["name"], "sha256": sha256, "error": error.message}
        return render(request, "imports/check.html", page, status=422)
    if outcome.batch:
        return redirect("reports:batch", pk=outcome.batch)
    page = {
        "name": held["name"], "sha256": sha256, "outcome": outcome, "problems": outcome.problems[:uploads.PROBLEMS_SHOWN],
        "more": max(0, len(outcome.problems) - uploads.PROBLEMS_SHOWN), "mapped": outcome.kind == "reports",
    }  # fmt: skip
    return render(request, "imports/check.html", page)


def _bring_in(request: HttpRequest, sha256: str, held: dict[str, Any], *, dry_run: bool) -> Outcome:
    path = folder() / sha256
    table = open_table(path)
    if uploads.longer_than_a_page(table):
        raise TooBig(
            "too_many_rows_for_page",
            _(
                "The file has more than %(limit)d rows. Ask the administrator of the node to import it with `constat import reports`."
            )
            % {"limit": uploads.MAX_ROWS_ON_PAGE},
        )
    common: dict[str, Any] = {
        "path": path, "filename": held["name"], "by": request.user, "at": timezone.now(), "dry_run": dry_run,
    }  # fmt: skip
    if (kind := kind_of(table.headers)) and not kind.door:
        return kind.bring_in(**common)
    return import_reports(**common, mapping=_map(held), source=held["source"], table=table)
