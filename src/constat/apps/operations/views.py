"""Pages of operations. One call to a query or an action, the error translated, the page drawn."""

import csv
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.operations import actions, forms, page_query, queries
from constat.apps.operations.actions.record import AMENDABLE
from constat.apps.operations.draft import Draft
from constat.apps.operations.errors import OperationError, OperationNotFound
from constat.apps.operations.reading import draft_of
from constat.apps.register.queries import find_places
from constat.rules import overlap
from constat.rules.disclosure import spreadsheet_safe
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

PLACES_SHOWN = 8
# Field of the draft -> field of the form, where they differ.
FIELDS = {"starts_at": "starts_on", "ends_at": "ends_on"}


def _said(error: Exception) -> str:
    return error.say(get_language() or "fr") if isinstance(error, RuleError) else str(error)


def _or_404(fetch: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return fetch(*args, **kwargs)
    except OperationNotFound as error:
        raise Http404 from error


def _crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("Operations"), reverse("operations:list")), *(Crumb(label, url) for label, url in steps)]


def _refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    field = FIELDS.get(field, field)
    form.add_error(field if field in form.fields else None, _said(error))


def _may(request: HttpRequest) -> dict[str, bool]:
    held = request.viewer.permissions  # type: ignore[attr-defined]
    return {
        "may_record": Permission.OPERATIONS_RECORD in held,
        "may_import": Permission.OPERATIONS_IMPORT in held,
    }


def _filters(form: forms.Filter) -> page_query.Filters:
    chosen = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    return page_query.Filters(
        kind=chosen.get("kind", ""), unit=chosen.get("unit", ""), first=chosen.get("first"), last=chosen.get("last"),
        area=chosen.get("area", ""), force=bool(chosen.get("force")), withdrawn=bool(chosen.get("withdrawn")),
    )  # fmt: skip


@gate("operations.read")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    form = forms.Filter(request.GET)
    kept = {name: str(value) for name, value in request.GET.items() if value and name != "cursor"}

    def link(cursor: str) -> str:
        return f"?{urlencode({**kept, 'cursor': cursor} if cursor else kept)}"

    page = page_query.listing(
        request.viewer, at=timezone.now(), filters=_filters(form), cursor=request.GET.get("cursor", ""), link=link  # type: ignore[attr-defined]
    )  # fmt: skip
    return render(
        request, "operations/list.html", {"page": page, "form": form, "filtered": bool(kept), **_may(request)}
    )


@gate("operations.read")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    found = _or_404(page_query.page, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    context = {"operation": found, "code": code, "crumbs": _crumbs((code, "")), **_may(request)}
    return render(request, "operations/page.html", context)


@gate("operations.record")
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    def run(draft: Draft, _reason: str) -> str:
        code = actions.record(by=request.user, at=timezone.now(), draft=draft)  # type: ignore[arg-type]
        messages.success(request, _("Operation %(code)s is recorded.") % {"code": code})
        return code

    return _edit(request, run, crumbs=_crumbs((_("Record an operation"), "")))


@gate("operations.record")
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, code: str) -> HttpResponse:
    row = _or_404(queries.get, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    before = draft_of(row)

    def run(draft: Draft, reason: str) -> str:
        # What the form does not ask stays as it is.
        asked = {one.name for one in fields(Draft)} & AMENDABLE - {"place_id"}
        changes = {name: getattr(draft, name) for name in asked}
        if (draft.lon, draft.lat) != (before.lon, before.lat):
            changes["place_id"] = None
        actions.amend(by=request.user, at=timezone.now(), operation=code, changes=changes, reason=reason)  # type: ignore[arg-type]
        messages.success(request, _("The operation is amended."))
        return code

    url = reverse("operations:page", args=[code])
    return _edit(request, run, before=before, code=code, crumbs=_crumbs((code, url), (_("Amend"), "")))


def _edit(
    request: HttpRequest, run: Callable[[Draft, str], str], *, crumbs: list[Crumb], before: Draft | None = None,
    code: str = "",
) -> HttpResponse:  # fmt: skip
    posted = request.POST if request.method == "POST" else None
    form = forms.OperationForm(posted, initial=forms.initial(before) if before else None)
    lines = forms.Lines(posted, before)
    why = forms.Reason(posted if before else None)
    status = 200
    if request.method == "POST":
        status = 422
        valid = [form.is_valid(), lines.is_valid(), why.is_valid() if before else True]
        if all(valid):
            try:
                done = run(form.draft(lines), why.cleaned_data["reason"] if before else "")
            except (OperationError, RuleError) as error:
                _refuse(form, error)
            else:
                return redirect("operations:page", done)
    shown = why if before else None
    context = {"form": form, "lines": lines, "why": shown, "code": code, "crumbs": crumbs,
               "everything": forms.Together(form, *lines.forms(), shown)}  # fmt: skip
    return render(request, "operations/edit.html", context, status=status)


@gate("operations.record")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    _or_404(queries.get, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    url = reverse("operations:page", args=[code])
    act = {
        "label": _("Withdraw this record"), "done": _("The record is withdrawn."), "back": url, "grave": True,
        "help": _("For an operation that did not take place or stands here twice. It stays readable and is no longer searched."),
        "crumbs": _crumbs((code, url), (_("Withdraw"), "")),
    }  # fmt: skip
    return _reasoned(request, act, lambda reason: actions.withdraw(
        by=request.user, at=timezone.now(), operation=code, reason=reason))  # type: ignore[arg-type]  # fmt: skip


@gate("operations.record")
@require_http_methods(["GET", "POST"])
def withdraw_log(request: HttpRequest, pk: int) -> HttpResponse:
    url = reverse("operations:coverage")
    act = {
        "label": _("Take this entry back"), "done": _("The entry is taken back."), "back": url, "grave": True,
        "help": _("The days count again as they did before the entry was made."),
        "crumbs": _crumbs((_("Logs"), url), (_("Take back"), "")),
    }  # fmt: skip
    return _reasoned(request, act, lambda reason: actions.withdraw_log(
        by=request.user, at=timezone.now(), log=pk, reason=reason))  # type: ignore[arg-type]  # fmt: skip


def _reasoned(request: HttpRequest, act: dict[str, Any], run: Callable[[str], None]) -> HttpResponse:
    """A verb that needs a reason and nothing else."""
    form = forms.Reason(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            run(form.cleaned_data["reason"])
        except OperationNotFound as error:
            raise Http404 from error
        except OperationError as error:
            _refuse(form, error)
        else:
            messages.success(request, act["done"])
            return redirect(act["back"])
    return render(request, "operations/act.html", {"form": form, **act}, status=422 if form.errors else 200)


@gate("operations.read")
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    try:
        until = date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        until = None
    found = page_query.coverage_page(request.viewer, at=timezone.now(), until=until)  # type: ignore[attr-defined]
    return render(
        request,
        "operations/coverage.html",
        {"page": found, "crumbs": _crumbs((_("Logs"), "")), **_may(request)},
    )


@gate("operations.record")
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    form = forms.LogForm(request.POST if request.method == "POST" else None, initial=_log_initial(request))
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        state, gap = given.pop("state"), given.pop("gap")
        common: dict[str, Any] = {"by": request.user, "at": timezone.now()}
        try:
            if state == "received":
                actions.log_received(**common, **given)
            else:
                given = {name: given[name] for name in ("unit", "first", "last", "note_text")}
                actions.log_missing(**common, **given, reason=gap)
        except (OperationError, RuleError) as error:
            _refuse(form, error)
        else:
            messages.success(request, _("The entry is made."))
            return redirect("operations:coverage")
    url = reverse("operations:coverage")
    context = {"form": form, "back": url, "crumbs": _crumbs((_("Logs"), url), (_("Enter a log"), "")),
               "label": _("Enter a log"), "help": _("One entry for each span of days whose log is here, or is known to be missing.")}  # fmt: skip
    return render(request, "operations/act.html", context, status=422 if form.errors else 200)


def _log_initial(request: HttpRequest) -> dict[str, Any]:
    """A cell of the coverage leads here with its unit and month."""
    given: dict[str, Any] = {"unit": request.GET.get("unit", "")}
    for name in ("first", "last"):
        try:
            given[name] = date.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            continue
    return given


@gate("operations.read")
@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """What could have met. Asked by GET, so that the answer has an address; nothing is written."""
    asked = any(name in request.GET for name in ("first_day", "lat", "place"))
    form = forms.Look(request.GET if asked else None)
    found, choices = None, []
    if asked and form.is_valid():
        data = form.cleaned_data
        point = (data["lon"], data["lat"])
        if data["lat"] is None:
            choices = find_places(data["place"], limit=PLACES_SHOWN)
            point = _only(choices)
            if not choices:
                form.add_error(
                    "place", _("No place of the register is called like that. Give the position instead.")
                )
        if point[0] is not None:
            first, last = overlap.days(data["date_precision"], data["first"], data["last"])
            try:
                found = queries.overlapping(
                    request.viewer, at=timezone.now(), first=first, last=last, lon=point[0], lat=point[1],  # type: ignore[attr-defined]
                    radius_km=overlap.radius_km(data["place_precision"]),
                )  # fmt: skip
            except (OperationError, RuleError) as error:
                _refuse(form, error)
    kept: dict[str, Any] = {name: one for name, one in request.GET.items() if name not in {"lat", "lon"}}
    context = {
        "form": form, "found": found, "crumbs": _crumbs((_("What could have met"), "")),
        "choices": [] if found else [
            {"hit": one, "url": f"?{urlencode({**kept, 'lat': one.lat, 'lon': one.lon})}"} for one in choices
        ],
    }  # fmt: skip
    return render(request, "operations/look.html", context, status=422 if form.errors else 200)


def _only(choices: list[Any]) -> tuple[float | None, float | None]:
    """The point of the one place that is meant, if only one can be."""
    exact = [one for one in choices if one.reason == "exact"]
    meant = exact if exact else choices
    return (meant[0].lon, meant[0].lat) if len(meant) == 1 else (None, None)


@gate("operations.read")
@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    form = forms.Filter(request.GET)
    for name in ("force", "withdrawn"):
        del form.fields[name]
    found = page_query.funnel_page(request.viewer, at=timezone.now(), filters=_filters(form))  # type: ignore[attr-defined]
    rows = [
        {"stage": stage, "outcomes": [stage.outcomes.get(code, 0) for code in found.outcomes],
         "lights": [stage.light.get(code, 0) for code in found.lights]}
        for stage in found.funnel.stages
    ]  # fmt: skip
    context = {"page": found, "rows": rows, "form": form, "filtered": any(request.GET.values()),
               "crumbs": _crumbs((_("Escalation of force"), ""))}  # fmt: skip
    return render(request, "operations/funnel.html", context)


@gate("operations.import")
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    found = _or_404(page_query.file_page, request.viewer, pk, at=timezone.now())  # type: ignore[attr-defined]
    return render(request, "operations/file.html", {"file": found, "crumbs": _crumbs((_("Import"), ""))})


@gate("operations.import")
@require_safe
def problems(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row that needs somebody, with its own cells, as a table to mend and bring in again."""
    rows = _or_404(page_query.problems_of, request.viewer, pk, at=timezone.now())  # type: ignore[attr-defined]
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-operations-{pk}.csv"'
    table = csv.writer(response)
    columns = list(dict.fromkeys(name for row in rows for name in row.content))
    table.writerow(["row", "result", "field", "why", *(spreadsheet_safe(name) for name in columns)])
    for row in rows:
        cells = [spreadsheet_safe(str(row.content.get(name, ""))) for name in columns]
        table.writerow(
            [row.row, row.severity, spreadsheet_safe(row.field), spreadsheet_safe(row.message), *cells]
        )
    return response
