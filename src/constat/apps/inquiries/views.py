"""Pages of inquiries. One call to a query or an action, the error translated, the page drawn."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.incidents import queries as incidents
from constat.apps.incidents.errors import IncidentError, IncidentNotFound
from constat.apps.inquiries import actions, forms, page_query, queries
from constat.apps.inquiries.errors import InquiryError, InquiryNotFound, sentence
from constat.apps.inquiries.verbs import ACTS, initial
from constat.apps.operations.errors import OperationError
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

REFUSALS = (InquiryError, IncidentError, OperationError, AccessError, RuleError)


def said(error: Exception) -> str:
    return sentence(error, get_language() or "fr")


def refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, said(error))


def crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("Inquiries"), reverse("inquiries:list")), *(Crumb(label, url) for label, url in steps)]


@gate("inquiries.read")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    viewer: Any = request.viewer  # type: ignore[attr-defined]
    which, state = request.GET.get("which", queries.OPEN), request.GET.get("state", "")
    incident = request.GET.get("incident", "")
    state = state if state in vocabulary("inquiry_state") else ""
    kept = {
        name: value for name, value in (("which", which), ("state", state), ("incident", incident)) if value
    }

    def link(cursor: str) -> str:
        return f"?{urlencode({**kept, 'cursor': cursor} if cursor else kept)}"

    page = queries.listing(
        viewer, at=timezone.now(), which=which, state=state, incident=incident,
        cursor=request.GET.get("cursor", ""), link=link,
    )  # fmt: skip
    tabs = [
        (queries.OPEN, pgettext("inquiries", "Open")), (queries.MINE, pgettext("inquiries", "Mine")),
        (queries.EVERY, pgettext("inquiries", "All")),
    ]  # fmt: skip
    context = {
        "page": page, "which": which, "state": state, "incident": incident,
        "views": [{"label": label, "url": f"?which={code}", "current": code == which and not state and not incident}
                  for code, label in tabs],
        "states": [{"label": term.label(get_language() or "fr"), "url": f"?{urlencode({'which': queries.EVERY, 'state': code})}",
                    "current": code == state} for code, term in vocabulary("inquiry_state").items()],
        "conduct": Permission.CONDUCT_MANAGE in viewer.permissions and "conduct" in viewer.compartments,
    }  # fmt: skip
    return render(request, "inquiries/list.html", context)


@gate("inquiries.read")
@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """Who is over time, by how much, and how long the clock stood still."""
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    context = {
        "breaches": queries.breaches(viewer, at=at), "tasks": queries.tasks_overdue(viewer, at=at),
        "silent": queries.progress_overdue(viewer, at=at), "at": at, "crumbs": crumbs((_("Over time"), "")),
    }  # fmt: skip
    return render(request, "inquiries/late.html", context)


@gate("inquiries.read")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    try:
        found = page_query.page(
            request.viewer,  # type: ignore[attr-defined]
            code,
            at=timezone.now(),
            language=get_language() or "fr",
        )
    except InquiryNotFound as error:
        raise Http404 from error
    return render(request, "inquiries/page.html", {"inquiry": found, "crumbs": crumbs((code, ""))})


@gate("inquiries.review")
@require_http_methods(["GET", "POST"])
def open_inquiry(request: HttpRequest, incident: str) -> HttpResponse:
    at = timezone.now()
    try:
        found = incidents.get(request.viewer, incident, at=at)  # type: ignore[attr-defined]
    except IncidentNotFound as error:
        raise Http404 from error
    form = forms.OpenForm(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            code = actions.open_inquiry(by=request.user, at=at, incident=incident, **form.cleaned_data)  # type: ignore[arg-type]
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, _("The inquiry is open. What was reported is frozen as it stands."))
            return redirect("inquiries:page", code)
    context = {"incident": found, "form": form, "crumbs": crumbs((_("Open an inquiry"), ""))}
    return render(request, "inquiries/open.html", context)


@gate("inquiries.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str, target: str = "") -> HttpResponse:
    """GET: the form of the act. POST: the act; what it refuses is said above the form, which keeps its values."""
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    if verb not in ACTS or not ACTS[verb].open_to(viewer) or ACTS[verb].target != bool(target):
        raise Http404
    chosen = ACTS[verb]
    try:
        inquiry = queries.get(viewer, code, at=at)
    except InquiryNotFound as error:
        raise Http404 from error
    form = chosen.form(
        request.POST if request.method == "POST" else None, initial=initial(viewer, verb, inquiry), at=at
    )
    if request.method == "POST" and form.is_valid() and _not_guessing(request, verb, form):
        try:
            chosen.run(by=request.user, at=at, inquiry=code, target=target, data=form.cleaned_data)
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, str(chosen.done))
            return redirect("inquiries:page", code)
    url = reverse("inquiries:page", args=[code])
    context = {"record": code, "act": chosen, "verb": verb, "form": form, "url": url,
               "crumbs": crumbs((code, url), (str(chosen.label), ""))}  # fmt: skip
    if verb == "decide":
        context["inquiry"] = page_query.page(viewer, code, at=at, language=get_language() or "fr")
    return render(request, "inquiries/act.html", context)


def _not_guessing(request: HttpRequest, verb: str, form: Any) -> bool:
    """Whoever sits at an open screen may try a password a few times, not until it fits."""
    if verb != "decide" or ratelimit.consume(request, action="reauthenticate", user=request.user):
        return True
    form.add_error("password", _("Too many tries. Wait five minutes, then try again."))
    return False
