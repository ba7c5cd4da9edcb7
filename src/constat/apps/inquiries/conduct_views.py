"""Pages of conduct dockets. To everybody outside the compartment these addresses do not exist."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.incidents.errors import IncidentNotFound
from constat.apps.incidents.queries import get as incident_of
from constat.apps.inquiries import actions, conduct, forms
from constat.apps.inquiries.errors import DocketNotFound
from constat.apps.inquiries.views import REFUSALS, crumbs, refuse
from constat.rules.inquiry import CONDUCT
from constat.rules.vocabulary import vocabulary
from constat.ui.gate import gate


@dataclass(frozen=True)
class Act:
    label: Any
    done: Any
    form: type[forms.Act]
    run: Callable[..., Any]
    help: Any = ""
    grave: bool = False


_NOTED = gettext_lazy("It is noted.")
ACTS: dict[str, Act] = {
    "letter": Act(gettext_lazy("Note a letter"), _NOTED, forms.LetterForm, actions.write_letter,
                  gettext_lazy("One that asks for a reply ages until it has one.")),
    "notify_contributor": Act(vocabulary("verb")["notify_contributor"], _NOTED, forms.Reason, actions.notify_contributor),
    "open_conduct_investigation": Act(vocabulary("verb")["open_conduct_investigation"], _NOTED, forms.Reason,
                                      actions.open_conduct_investigation, gettext_lazy("Say who investigates.")),
    "report_outcome": Act(vocabulary("verb")["report_outcome"], _NOTED, forms.OutcomeForm, actions.report_outcome),
    "close": Act(vocabulary("verb")["close"], _NOTED, forms.ExplainForm, actions.close_docket),
    "reopen": Act(vocabulary("verb")["reopen"], _NOTED, forms.ReopenForm, actions.reopen_docket),
}  # fmt: skip


def _label(act: Act) -> str:
    label = getattr(act.label, "label", None)
    return str(label(get_language() or "fr")) if callable(label) else str(act.label)


def _inside(request: HttpRequest) -> Any:
    """The viewer, if admitted to the compartment; otherwise there is no such page."""
    viewer: Any = request.viewer  # type: ignore[attr-defined]
    if conduct.COMPARTMENT not in viewer.compartments:
        raise Http404
    return viewer


def _trail(*steps: tuple[str, str]) -> list[Any]:
    return crumbs((_("Conduct dockets"), reverse("inquiries:conduct")), *steps)


@gate("conduct.manage")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    viewer, state = _inside(request), request.GET.get("state", "")
    rows = conduct.dockets(viewer, at=timezone.now(), state=state if state in CONDUCT.states else "")
    return render(
        request, "inquiries/conduct_list.html", {"rows": rows, "crumbs": crumbs((_("Conduct dockets"), ""))}
    )


@gate("conduct.manage")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    try:
        found = conduct.docket_page(_inside(request), code, at=timezone.now())
    except DocketNotFound as error:
        raise Http404 from error
    acts = [(verb, _label(ACTS[verb])) for verb in ("letter", *found.verbs) if verb in ACTS]
    return render(
        request, "inquiries/docket.html", {"docket": found, "acts": acts, "crumbs": _trail((code, ""))}
    )


@gate("conduct.manage")
@require_http_methods(["GET", "POST"])
def open_docket(request: HttpRequest, incident: str = "") -> HttpResponse:
    viewer, at = _inside(request), timezone.now()
    if incident:
        try:
            incident_of(viewer, incident, at=at)
        except IncidentNotFound as error:
            raise Http404 from error
    form = forms.DocketForm(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            code = actions.open_docket(by=request.user, at=at, incident=incident, **form.cleaned_data)  # type: ignore[arg-type]
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, _("The docket is open."))
            return redirect("inquiries:docket", code)
    act = Act(_("Open a conduct docket"), "", forms.DocketForm, actions.open_docket,
              _("It stands in its own compartment. Nothing of it shows on the case it comes from."))  # fmt: skip
    context = {"record": incident, "act": act, "form": form, "url": reverse("inquiries:conduct"),
               "crumbs": _trail((str(act.label), ""))}  # fmt: skip
    return render(request, "inquiries/act.html", context)


@gate("conduct.manage")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    viewer, at = _inside(request), timezone.now()
    if verb not in ACTS:
        raise Http404
    try:
        found = conduct.docket_page(viewer, code, at=at)
    except DocketNotFound as error:
        raise Http404 from error
    chosen, extra = ACTS[verb], {}
    if verb == "letter":
        waiting = [line for line in found.letters if line.outward and line.answered_on is None]
        kinds = vocabulary("letter_kind")
        extra["choices"] = [
            (
                str(line.pk),
                f"{date_format(line.on, 'SHORT_DATE_FORMAT')} – {kinds.label(line.kind, get_language() or 'fr')}",
            )
            for line in waiting
        ]
    form: Any = chosen.form(request.POST if request.method == "POST" else None, at=at, **extra)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if verb == "letter":
            data["answers"] = int(data["answers"]) if data["answers"] else None
        try:
            chosen.run(by=request.user, at=at, docket=code, **data)
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, str(chosen.done))
            return redirect("inquiries:docket", code)
    url, label = reverse("inquiries:docket", args=[code]), _label(chosen)
    context = {"record": code, "act": {"label": label, "help": chosen.help, "grave": False}, "form": form, "url": url,
               "crumbs": _trail((code, url), (label, ""))}  # fmt: skip
    return render(request, "inquiries/act.html", context)
