"""Load a gazetteer from a page: the same import as the command, and the rows it refused as a table to take home."""

import csv
import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.integrations.gazetteers.errors import GazetteerError
from constat.integrations.gazetteers.importing import Outcome, import_places, outcome_of
from constat.rules.disclosure import spreadsheet_safe
from constat.ui.forms import DateField, Mannered
from constat.ui.gate import gate

SHOWN = 200  # problems on the page; the table to download has them all


class UploadForm(Mannered):
    file = forms.FileField(
        label=_("File"),
        help_text=_("GeoNames (.txt, .gz), GeoJSON of boundaries, or a table of p-codes (.csv)."),
    )
    valid_from = DateField(
        label=_("First day on which these areas hold"),
        required=False,
        help_text=_("Needed when boundaries have changed."),
    )
    source = forms.CharField(label=_("Publisher and year"), required=False, max_length=200)
    dry_run = forms.BooleanField(label=_("Only check the rows; write nothing"), required=False)


@gate("register.import")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            outcome = _import(request, form.cleaned_data)
        except GazetteerError as error:
            form.add_error("file", str(error))
        else:
            if not outcome.dry_run:
                return redirect("gazetteers:outcome", outcome.sha256)
            return render(request, "gazetteers/outcome.html", _context(outcome))
    return render(request, "gazetteers/upload.html", {"form": form}, status=422 if form.errors else 200)


def _import(request: HttpRequest, given: dict[str, Any]) -> Outcome:
    file: UploadedFile[bytes] = given["file"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        return import_places(
            path=path, filename=(file.name or "")[:120], by=request.user, at=timezone.now(), valid_from=given["valid_from"],  # type: ignore[arg-type]
            source=given["source"], dry_run=given["dry_run"],
        )  # fmt: skip


@gate("register.import")
@require_safe
def outcome(request: HttpRequest, sha256: str) -> HttpResponse:
    found = outcome_of(sha256)
    if found is None:
        raise Http404
    return render(request, "gazetteers/outcome.html", _context(found))


def _context(found: Outcome) -> dict[str, Any]:
    return {"outcome": found, "problems": found.problems[:SHOWN], "more": max(0, len(found.problems) - SHOWN)}


@gate("register.import")
@require_safe
def problems(request: HttpRequest, sha256: str) -> HttpResponse:
    found = outcome_of(sha256)
    if found is None:
        raise Http404
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{sha256[:12]}.csv"'
    table = csv.writer(response)
    table.writerow(["row", "severity", "field", "message"])
    table.writerows(
        [one.row, one.severity, spreadsheet_safe(one.field), spreadsheet_safe(one.message)]
        for one in found.problems
    )
    return response
