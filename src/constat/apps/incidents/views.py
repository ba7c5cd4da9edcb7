"""Pages of incidents. One call to a query or an action, the error translated, the page drawn."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.access.vault import VaultError
from constat.apps.incidents import actions, forms, page_query, places, queries, suggestions
from constat.apps.incidents.errors import IncidentError, IncidentNotFound, sentence
from constat.apps.incidents.harms import HarmEntry
from constat.apps.incidents.models import Incident
from constat.apps.incidents.verbs import ACTS, initial
from constat.apps.reports.errors import ReportError
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

REFUSALS = (IncidentError, ReportError, AccessError, VaultError, RuleError)


def _said(error: Exception) -> str:
    say = getattr(error, "say", None)
    return say(get_language() or "fr") if callable(say) else sentence(error, get_language() or "fr")


def _or_404(fetch: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return fetch(*args, **kwargs)
    except IncidentNotFound as error:
        raise Http404 from error


def _crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("Incidents"), reverse("incidents:list")), *(Crumb(label, url) for label, url in steps)]


def _url(code: str) -> str:
    return reverse("incidents:page", args=[code])


@gate("incidents.read")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    form = forms.Filter(request.GET)
    if Permission.DESK_SEARCH not in request.viewer.permissions:  # type: ignore[attr-defined]
        # The words searched hold the place as it was said: asking for them one by one would tell what is kept back.
        del form.fields["q"]
    chosen = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    filters = queries.Filters(
        scope=chosen.get("scope") or queries.ALL, first=chosen.get("first"), last=chosen.get("last"),
        area=chosen.get("area", ""), type=chosen.get("type", ""), grade=chosen.get("grade", ""),
        state=chosen.get("state", ""), words=chosen.get("q", ""),
    )  # fmt: skip

    kept = {name: str(value) for name, value in request.GET.items() if value and name != "cursor"}

    def link(cursor: str) -> str:
        return f"?{urlencode({**kept, 'cursor': cursor} if cursor else kept)}"

    page = queries.listing(
        request.viewer,  # type: ignore[attr-defined]
        at=timezone.now(),
        filters=filters,
        cursor=request.GET.get("cursor", ""),
        link=link,
    )
    scope = vocabulary("total_scope")[filters.scope]
    context = {
        "page": page, "form": form, "scope": filters.scope, "scope_label": scope.label(get_language() or "fr"),
        "scope_sentence": scope.defined(get_language() or "fr"), "filtered": any(request.GET.values()),
        "scopes": [
            {"label": one.label(get_language() or "fr"), "current": code == filters.scope,
             "url": f"?{urlencode({**kept, 'scope': code})}"}
            for code, one in vocabulary("total_scope").items()
        ],
    }  # fmt: skip
    return render(request, "incidents/list.html", context)


@gate("incidents.read")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    incident = _or_404(page_query.page, viewer, code, at=timezone.now())
    held = viewer.permissions
    context = {
        "incident": incident, "crumbs": _crumbs((code, "")), "at_work": incident.state == "open",
        "may_link": Permission.REPORTS_LINK in held and incident.state != "merged",
        "may_build": Permission.INCIDENTS_BUILD in held and incident.state == "open",
        "may_grade": Permission.INCIDENTS_GRADE in held and incident.state == "open",
        "may_attribute": Permission.INCIDENTS_ATTRIBUTE in held and incident.state == "open",
        "may_merge": Permission.INCIDENTS_MERGE in held, "may_pause": Permission.INCIDENTS_BUILD in held,
    }  # fmt: skip
    return render(request, "incidents/page.html", context)


@gate("incidents.read")
@require_safe
def shape(request: HttpRequest, code: str) -> HttpResponse:
    """GeoJSON of one incident for the map on its page."""
    viewer = request.viewer  # type: ignore[attr-defined]
    incident = _or_404(queries.get, viewer, code, at=timezone.now())
    drawn = places.shape(viewer, incident)
    features = [] if drawn is None else [
        {"type": "Feature", "geometry": drawn["geometry"],
         "properties": {"kind": drawn["kind"], "label": code, "text": "", "url": ""}}
    ]  # fmt: skip
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


@gate("incidents.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str, target: str = "") -> HttpResponse:
    """GET: the form of the act. POST: the act; what it refuses is said above the form, which keeps its values."""
    if verb not in ACTS or ACTS[verb].permission not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    chosen, at = ACTS[verb], timezone.now()
    incident: Incident = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    form = chosen.form(
        request.POST if request.method == "POST" else None, initial=initial(verb, incident, target), at=at
    )
    if isinstance(form, forms.Describe) and not places.exactly(request.viewer, incident):  # type: ignore[attr-defined]
        form.without_place()
    if request.method == "POST" and form.is_valid():
        try:
            chosen.run(by=request.user, at=at, incident=code, target=target, data=form.cleaned_data)
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, str(chosen.done))
            # The act may have taken the page out of this person's sight (a grant that ended, a level that rose).
            return redirect(_url(code) if _still(request, code, at) else "incidents:list")
    suggestion = page_query.suggestion_of(request.viewer, code, at=at) if verb == "grade" else None  # type: ignore[attr-defined]
    context = {
        "incident": incident, "act": chosen, "verb": verb, "target": target, "form": form, "url": _url(code),
        "crumbs": _crumbs((code, _url(code)), (str(chosen.label), "")), "suggestion": suggestion,
        "trace": [one.say(get_language() or "fr") for one in suggestion.trace] if suggestion else [],
        "against": [one.say(get_language() or "fr") for one in suggestion.counter_evidence] if suggestion else [],
    }  # fmt: skip
    return render(request, "incidents/act.html", context)


def _still(request: HttpRequest, code: str, at: datetime) -> bool:
    try:
        queries.get(request.viewer, code, at=at)  # type: ignore[attr-defined]
    except IncidentNotFound:
        return False
    return True


def _refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, _said(error))


@gate("incidents.read")
@require_http_methods(["GET", "POST"])
def harm(request: HttpRequest, code: str) -> HttpResponse:
    """The whole table at once: lines are true or false together."""
    at = timezone.now()
    if Permission.INCIDENTS_BUILD not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    incident = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    posted = request.POST if request.method == "POST" else None
    lines = forms.HarmLines(posted, initial=_harm_initial(incident), prefix="lines")
    why = forms.Reason(posted, at=at)
    why.fields["reason"].required = False
    problem = ""
    if request.method == "POST" and lines.is_valid() and why.is_valid():
        try:
            entries = [_entry(one) for one in lines.cleaned_data if one.get("harm")]
            actions.set_harm(
                by=request.user, at=at, incident=code, lines=entries, reason=why.cleaned_data["reason"]  # type: ignore[arg-type]
            )  # fmt: skip
        except REFUSALS as error:
            problem = _said(error)
        else:
            messages.success(request, str(ACTS["harm"].done))
            return redirect(_url(code))
    context = {"incident": incident, "lines": lines, "why": why, "problem": problem, "url": _url(code),
               "crumbs": _crumbs((code, _url(code)), (str(ACTS["harm"].label), ""))}  # fmt: skip
    return render(request, "incidents/harm.html", context)


def _harm_initial(incident: Incident) -> list[dict[str, Any]]:
    names = ("harm", "sex", "age_band", "status", "unit", "minimum", "best", "maximum", "basis")
    rows = queries.harm_lines(incident)
    return [
        {**{name: getattr(row, name) for name in names}, "kind": "total" if row.is_total else "part"}
        for row in rows
    ]


def _entry(data: dict[str, Any]) -> HarmEntry:
    return HarmEntry(
        harm=data["harm"], minimum=data["minimum"] or 0, best=data["best"], maximum=data["maximum"],
        sex=data["sex"] or "unknown", age_band=data["age_band"] or "unknown", status=data["status"] or "unknown",
        unit=data["unit"] or "persons", is_total=data["kind"] != "part", basis=data["basis"],
    )  # fmt: skip


@gate("incidents.read")
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The name of one person, once, for a stated purpose. It is in this answer and nowhere else."""
    at, values = timezone.now(), {}
    if Permission.IDENTITIES_REVEAL not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    incident = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    form = forms.Purpose(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            values = actions.reveal_identity(
                by=request.user,  # type: ignore[arg-type]
                at=at,
                incident=code,
                person=key,
                purpose=form.cleaned_data["purpose"],
            )
        except REFUSALS as error:
            _refuse(form, error)
    context = {"incident": incident, "form": form, "values": values, "short": key[:8], "url": _url(code),
               "crumbs": _crumbs((code, _url(code)), (_("Identity"), ""))}  # fmt: skip
    return render(request, "incidents/reveal.html", context)


@gate("reports.link")
@require_http_methods(["GET", "POST"])
def suggest(request: HttpRequest, code: str) -> HttpResponse:
    """The incidents a report may belong to: tick, link, refuse, or build a new one."""
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    everything = "all" in request.GET
    proposals = _or_404(suggestions.for_report, viewer, code, at=at, everything=everything)
    problem = ""
    if request.method == "POST":
        try:
            where = _decide(request, code, at)
        except REFUSALS as error:
            problem = _said(error)
        else:
            return redirect(where)
    context = {
        "code": code, "proposals": proposals, "problem": problem, "everything": everything,
        "relations": forms.terms("link_relation"), "report_url": reverse("reports:page", args=[code]),
        "may_build": Permission.INCIDENTS_BUILD in viewer.permissions,
        "crumbs": _crumbs((_("Incidents for %(code)s") % {"code": code}, "")),
    }  # fmt: skip
    return render(request, "incidents/suggest.html", context)


def _decide(request: HttpRequest, code: str, at: datetime) -> str:
    """What the button said. Several incidents may be ticked: one report can tell of several events."""
    by: Any = request.user
    ticked, reason = request.POST.getlist("incident"), request.POST.get("reason", "")
    match request.POST.get("do"):
        case "build":
            made = actions.build(by=by, at=at, reports=[code], reason=reason)
            messages.success(request, _("Incident %(code)s is built.") % {"code": made})
            return _url(made)
        case "refuse":
            for one in ticked:
                actions.refuse_suggestion(by=by, at=at, report=code, incident=one, reason=reason)
            messages.success(request, _("Refused. They are not proposed again for this report."))
        case "reconsider":
            for one in request.POST.getlist("refused"):
                actions.reconsider_suggestion(by=by, at=at, report=code, incident=one)
            messages.success(request, _("They may be proposed again."))
        case _:
            relation = request.POST.get("relation", "same_event")
            for one in ticked:
                actions.link(by=by, at=at, incident=one, reports=[code], relation=relation, reason=reason)
            if ticked:
                messages.success(request, _("The report is linked."))
                return _url(ticked[-1])
    if not ticked and request.POST.get("do") != "reconsider":
        messages.warning(request, _("Tick at least one line first."))
    return reverse("incidents:suggest", args=[code])


@gate("reports.link")
@require_http_methods(["GET", "POST"])
def candidates(request: HttpRequest, code: str) -> HttpResponse:
    """The reports that may belong to this incident, many ticked at once; and the incidents that may be the same."""
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    everything, problem = "all" in request.GET, ""
    incident = _or_404(queries.get, viewer, code, at=at)
    if request.method == "POST":
        try:
            where = _gather(request, code, at)
        except REFUSALS as error:
            problem = _said(error)
        else:
            return redirect(where)
    context = {
        "incident": incident, "url": _url(code), "problem": problem, "everything": everything,
        "reports": suggestions.for_incident(viewer, code, at=at, everything=everything),
        "doubles": suggestions.doubles(viewer, code, at=at, everything=everything),
        "relations": forms.terms("link_relation"), "may_merge": Permission.INCIDENTS_MERGE in viewer.permissions,
        "crumbs": _crumbs((code, _url(code)), (_("What may belong to it"), "")),
    }  # fmt: skip
    return render(request, "incidents/candidates.html", context)


def _gather(request: HttpRequest, code: str, at: datetime) -> str:
    by: Any = request.user
    ticked, reason = request.POST.getlist("report"), request.POST.get("reason", "")
    here = reverse("incidents:candidates", args=[code])
    match request.POST.get("do"):
        case "refuse":
            for one in ticked:
                actions.refuse_suggestion(by=by, at=at, report=one, incident=code, reason=reason)
            messages.success(request, _("Refused. They are not proposed again for this incident."))
            return here
        case "reconsider":
            for one in request.POST.getlist("refused"):
                actions.reconsider_suggestion(by=by, at=at, report=one, incident=code)
            return here
        case "two_events":
            actions.not_one_event(
                by=by, at=at, incident=code, other=request.POST.get("other", ""), reason=reason
            )
            messages.success(request, _("Remembered: two events."))
            return here
        case _:
            done = actions.link(
                by=by, at=at, incident=code, reports=ticked, relation=request.POST.get("relation", "same_event"),
                reason=reason,
            )  # fmt: skip
            messages.success(request, _("Linked: %(codes)s.") % {"codes": ", ".join(done)})
            return _url(code)


@gate("incidents.merge")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Both incidents side by side, what will move, then the reason and the button."""
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    kept = _or_404(page_query.page, viewer, code, at=at)
    wanted = (request.POST.get("other") or request.GET.get("other") or "").strip().upper()
    other, problem = None, ""
    if wanted:
        try:
            other = page_query.page(viewer, wanted, at=at)
        except IncidentNotFound as error:
            problem = str(error)
    form = forms.Reason(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and other and form.is_valid():
        try:
            actions.merge(
                by=request.user, at=at, kept=code, absorbed=wanted, reason=form.cleaned_data["reason"]  # type: ignore[arg-type]
            )  # fmt: skip
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("%(code)s is merged into this incident.") % {"code": wanted})
            return redirect(_url(code))
    context = {
        "kept": kept, "other": other, "wanted": wanted, "problem": problem, "form": form, "url": _url(code),
        "doubles": None if other else suggestions.doubles(viewer, code, at=at),
        "crumbs": _crumbs((code, _url(code)), (_("Merge"), "")),
    }  # fmt: skip
    return render(request, "incidents/merge.html", context)


@gate("incidents.build")
@require_http_methods(["GET", "POST"])
def split_out(request: HttpRequest, code: str) -> HttpResponse:
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    page = _or_404(page_query.page, viewer, code, at=at)
    incident = queries.get(viewer, code, at=at)
    rows = queries.harm_lines(incident)
    language = get_language() or "fr"
    choices = {
        "reports": [(line.code, line.code) for line in page.reports],
        "harm_lines": [(str(row.pk), f"{vocabulary('harm').label(row.harm, language)} : {row.minimum}–{row.maximum or '…'}")
                       for row in rows],
        "persons": [(line.key, line.short) for line in page.persons],
    }  # fmt: skip
    form = forms.SplitOutForm(request.POST if request.method == "POST" else None, at=at, choices=choices)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.split_out(
                by=request.user, at=at, incident=code, reason=data["reason"], reports=data["reports"],  # type: ignore[arg-type]
                harm_lines=[int(pk) for pk in data["harm_lines"]], persons=data["persons"],
            )  # fmt: skip
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Incident %(code)s is built from what you chose.") % {"code": made})
            return redirect(_url(made))
    context = {"incident": incident, "act": {"label": _("Split out into a new incident")}, "form": form, "url": _url(code),
               "crumbs": _crumbs((code, _url(code)), (_("Split out into a new incident"), ""))}  # fmt: skip
    return render(request, "incidents/act.html", context)
