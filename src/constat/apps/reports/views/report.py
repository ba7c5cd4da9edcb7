"""The page of one report, and one page per act on it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.reports import forms, queries, queries_page
from constat.apps.reports.actions.reveal import reveal
from constat.apps.reports.errors import ReportError, ReportNotFound
from constat.apps.reports.verbs import ACTS
from constat.apps.reports.views.queue import said
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.ui.gate import gate
from constat.ui.shapes import Crumb


def _page(request: HttpRequest, code: str) -> Any:
    try:
        return queries_page.page(request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    except ReportNotFound as error:
        raise Http404 from error


def _elsewhere(name: str, code: str) -> str:
    """The address of a page of a later step, or "" where this node has none."""
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""


@gate("reports.read")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    report = _page(request, code)
    held = request.viewer.permissions  # type: ignore[attr-defined]
    context = {
        "report": report,
        "crumbs": [Crumb(_("Reports"), reverse("reports:queue")), Crumb(code)],
        "steps": {verb.code for verb in report.verbs},
        "may": {name.partition(".")[2] for name in held if name.startswith("reports.")},
        "may_share": Permission.ACCESS_GRANT in held,
        "may_grade": Permission.INCIDENTS_GRADE in held or Permission.REPORTS_TRIAGE in held,
        "suggest_url": _elsewhere("incidents:suggest", code) if Permission.INCIDENTS_READ in held else "",
        "may_reveal": Permission.IDENTITIES_REVEAL in held,
    }
    return render(request, "reports/page.html", context)


@gate("reports.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """GET: the form of the act. POST: the act; what it refuses is said above the form, which keeps its values."""
    if verb not in ACTS:
        raise Http404
    chosen, report, at = ACTS[verb], _page(request, code), timezone.now()
    form = chosen.form(
        request.POST if request.method == "POST" else None, initial=_initial(verb, report), at=at
    )
    if request.method == "POST" and form.is_valid():
        try:
            chosen.run(by=request.user, at=at, report=code, data=form.cleaned_data)
        except (ReportError, AccessError, RuleError) as error:
            form.add_error(None, said(error))
        else:
            return _after(request, code, str(chosen.done))
    context = {
        "report": report,
        "act": chosen,
        "verb": verb,
        "form": form,
        "crumbs": [Crumb(_("Reports"), reverse("reports:queue")), Crumb(code, reverse("reports:page", args=[code])),
                   Crumb(str(chosen.label))],
    }  # fmt: skip
    return render(request, "reports/act.html", context)


@gate("identities.reveal")
@require_http_methods(["GET", "POST"])
def reporter(request: HttpRequest, code: str) -> HttpResponse:
    """Who spoke and how to reach them, once, for a stated purpose. It is in this answer and nowhere else."""
    report, at, values = _page(request, code), timezone.now(), {}
    form = forms.Purpose(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            values = reveal(by=request.user, at=at, report=code, purpose=form.cleaned_data["purpose"])  # type: ignore[arg-type]
        except (ReportError, AccessError, RuleError) as error:
            form.add_error(None, said(error))
    url = reverse("reports:page", args=[code])
    context = {"report": report, "form": form, "values": values, "url": url,
               "crumbs": [Crumb(_("Reports"), reverse("reports:queue")), Crumb(code, url), Crumb(_("Who spoke"))]}  # fmt: skip
    return render(request, "reports/reporter.html", context)


def _initial(verb: str, report: Any) -> dict[str, Any]:
    if verb == "grade":
        names = ("reliability", "credibility", "source_access", "independence_group")
        return {name: getattr(report, name) for name in names}
    if verb == "assign":
        return {"to": report.assigned_key or ""}
    return {}


def _after(request: HttpRequest, code: str, done: str) -> HttpResponse:
    """To the report, or to the queue when the act took it out of this person's sight."""
    try:
        queries.get(request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    except ReportNotFound:
        messages.success(
            request, f"{done} " + _("%(code)s now belongs to a compartment you are not in.") % {"code": code}
        )
        return redirect("reports:queue")
    messages.success(request, done)
    return redirect("reports:page", code)
