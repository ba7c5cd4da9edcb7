"""Pages of publication, for the desk. One call to a query or an action, the error translated, the page drawn."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.incidents.errors import IncidentNotFound
from constat.apps.incidents.models import Incident
from constat.apps.incidents.queries import get as get_incident
from constat.apps.publication import actions, forms, queries
from constat.apps.publication.actions.compose import LANGUAGES
from constat.apps.publication.errors import NotFound, PublicationError
from constat.apps.publication.models import Publication
from constat.apps.publication.statement import suggested
from constat.apps.publication.verbs import ACTS
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary
from constat.ui.documents import MEDIA_TYPES, RENDERERS, html_body
from constat.ui.forms import Mannered
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

REFUSALS = (PublicationError, AccessError, RuleError)


def _spoken() -> str:
    return (get_language() or "fr")[:2]


def _said(error: Exception) -> str:
    say = getattr(error, "say", None)
    return say(_spoken()) if callable(say) else str(error)


def _or_404(fetch: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return fetch(*args, **kwargs)
    except (NotFound, IncidentNotFound) as error:
        raise Http404 from error


def _crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [
        Crumb(_("Publication"), reverse("publication:list")),
        *(Crumb(label, url) for label, url in steps),
    ]


def _url(code: str) -> str:
    return reverse("publication:page", args=[code])


def _me(request: HttpRequest) -> Any:
    """The person acting: every view here is behind a gate, so somebody is signed in."""
    return request.user


def _refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, _said(error))


@gate("publication.read")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    public = "public" in request.GET
    tabs = [
        {"label": _("Being prepared"), "url": reverse("publication:list"), "current": not public},
        {"label": _("Made public"), "url": "?public", "current": public},
    ]
    rows = [(row, queries.title(row, _spoken())) for row in queries.listing(viewer, at=at, public=public)]
    context = {"rows": rows, "tabs": tabs, "may_draft": Permission.PUBLICATION_DRAFT in viewer.permissions}
    return render(request, "publication/list.html", context)


@gate("publication.read")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One publication: what it says (live while a draft, frozen afterwards), what it rests on, what next."""
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    row: Publication = _or_404(queries.get, viewer, code, at=at)
    shown = request.GET.get("language", _spoken())
    shown = shown if shown in LANGUAGES else "fr"
    body, problem = "", ""
    rows: Any = ()
    if row.state == "draft":
        try:
            document, composed = actions.compose_now(row, viewer, language=shown, at=at)
            body, rows = html_body(document), composed.rows if composed else ()
        except REFUSALS as error:
            problem = _said(error)
    else:
        file = row.files.filter(language=shown, format="body").first()
        body = bytes(file.data).decode("utf-8") if file else ""
    context = {
        "row": row, "title": queries.title(row, _spoken()), "body": body, "problem": problem, "rows": rows, "shown": shown,
        "direction": "rtl" if shown == "ar" else "ltr", "crumbs": _crumbs((code, "")),
        "may_revise": row.state == "draft" and row.kind in COUNTED and Permission.PUBLICATION_DRAFT in viewer.permissions,
        "acts": [(verb, ACTS[verb].label) for verb in queries.verbs(viewer, row)],
        "files": [file for file in row.files.all() if file.language == shown and file.format != "body"],
        "sentences": [one.fact for one in row.sentences.select_related("fact", "fact__cleared_by")],
        "languages": [{"label": label, "url": f"?language={tag}", "current": tag == shown}
                      for tag, label in (("fr", "Français"), ("en", "English"), ("ar", "العربية"))],
        "steps": list(row.steps.select_related("by")), "corrections": list(row.corrections.all()),
    }  # fmt: skip
    return render(request, "publication/page.html", context)


@gate("publication.read")
@require_safe
def file(request: HttpRequest, code: str, language: str, form: str) -> HttpResponse:
    """A frozen file, or, of a draft, what it would be now (marked as a draft on every page)."""
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    row: Publication = _or_404(queries.get, viewer, code, at=at)
    if form not in RENDERERS or language not in LANGUAGES:
        raise Http404
    held = row.files.filter(language=language, format=form).first()
    if held is None:
        try:
            data = RENDERERS[form](actions.compose_now(row, viewer, language=language, at=at)[0])
        except REFUSALS as error:
            messages.error(request, _said(error))
            return redirect(_url(code))
    else:
        data = bytes(held.data)
    return _download(data, form, f"{code}-{language}")


def _download(data: bytes, form: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=MEDIA_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


COUNTED: dict[str, tuple[Any, Callable[[Any], str]]] = {
    "queue_statement": (forms.Month, forms.last_month),
    "note": (forms.Quarter, forms.last_quarter),
}


@gate("publication.draft")
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """A monthly statement or a quarterly note."""
    if kind not in COUNTED:
        raise Http404
    at = timezone.now()
    make, period = COUNTED[kind]
    form = make(
        request.POST if request.method == "POST" else None, initial={"period": period(timezone.localdate())}
    )
    if request.method == "POST" and form.is_valid():
        try:
            code = actions.begin(
                by=_me(request), at=at, kind=kind, period=form.cleaned_data["period"], inputs=form.inputs()
            )
        except REFUSALS as error:
            _refuse(form, error)
        else:
            return redirect(_url(code))
    label = vocabulary("publication_kind").label(kind, _spoken())
    context = {"form": form, "title": label, "help": vocabulary("publication_kind")[kind].defined(_spoken()),
               "button": _("Compose"), "back": reverse("publication:list"), "crumbs": _crumbs((label, ""))}  # fmt: skip
    return render(request, "publication/form.html", context)


@gate("publication.draft")
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest, code: str) -> HttpResponse:
    """What people wrote into a draft, to write it otherwise. Its period stays."""
    at = timezone.now()
    row: Publication = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    if row.kind not in COUNTED or row.state != "draft":
        raise Http404
    make, _period = COUNTED[row.kind]
    form = make(
        request.POST if request.method == "POST" else None,
        initial={"period": row.period, **make.initial_of(row.inputs)},
    )
    form.fields["period"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            actions.revise(by=_me(request), at=at, publication=code, inputs=form.inputs())
        except REFUSALS as error:
            _refuse(form, error)
        else:
            return redirect(_url(code))
    context = {"form": form, "title": _("Change the texts"), "about": code, "button": _("Keep"), "back": _url(code),
               "crumbs": _crumbs((code, _url(code)), (_("Change the texts"), ""))}  # fmt: skip
    return render(request, "publication/form.html", context)


@gate("publication.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    at = timezone.now()
    row: Publication = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    if verb not in ACTS or not (ACTS[verb].permissions & request.viewer.permissions):  # type: ignore[attr-defined]
        raise Http404
    chosen = ACTS[verb]
    form = chosen.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.run(by=_me(request), at=at, publication=code, **form.cleaned_data)
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, str(chosen.done))
            return redirect(_url(code))
    context = {"form": form, "title": chosen.label, "help": chosen.help, "button": chosen.label, "grave": chosen.grave,
               "about": row.code, "back": _url(code), "crumbs": _crumbs((code, _url(code)), (str(chosen.label), ""))}  # fmt: skip
    return render(request, "publication/form.html", context)


# About one incident ----------------------------------------------------------------------------------------------


@gate("publication.read")
@require_safe
def facts(request: HttpRequest, incident: str) -> HttpResponse:
    """What may be said of one incident: facts proposed and cleared, statements made of them."""
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    case: Incident = _or_404(get_incident, viewer, incident, at=at)
    held = viewer.permissions
    statements = [row for row in queries.listing(viewer, at=at) if row.incident_id == case.pk]
    context = {
        "incident": case, "facts": [(one, one.text(_spoken())) for one in queries.facts_of(viewer, case, at=at)],
        "statements": [(row, queries.title(row, _spoken())) for row in statements], "basis": queries.basis_of(case),
        "may_draft": Permission.PUBLICATION_DRAFT in held, "may_clear": Permission.PUBLICATION_CLEAR in held,
        "me": request.user.pk, "crumbs": _crumbs((incident, "")),
        "kinds": vocabulary("fact_kind").active(), "spoken": _spoken(),
    }  # fmt: skip
    return render(request, "publication/facts.html", context)


@gate("publication.draft")
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, incident: str) -> HttpResponse:
    """A new fact. The sentence of its kind is offered, with time and place as coarse as the public may have them."""
    at = timezone.now()
    case: Incident = _or_404(get_incident, request.viewer, incident, at=at)  # type: ignore[attr-defined]
    kind = request.GET.get("kind", "known")
    texts = suggested(kind, case) if kind in vocabulary("fact_kind") else {}
    initial = {"kind": kind, **{f"text_{language}": text for language, text in texts.items()}}
    form = forms.Fact(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.propose_fact(
                by=_me(request), at=at, incident=incident, kind=data["kind"],
                texts={language: data[f"text_{language}"] for language in LANGUAGES},
                references=data["references"].replace(",", " ").split(),
            )  # fmt: skip
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Proposed. Somebody else clears it."))
            return redirect("publication:facts", incident)
    context = {"form": form, "title": _("Propose a fact"), "about": incident, "button": _("Propose"),
               "help": _("One sentence, in three languages, that names nobody. A denial needs a signed decision."),
               "back": reverse("publication:facts", args=[incident]),
               "crumbs": _crumbs((incident, reverse("publication:facts", args=[incident])), (_("Propose a fact"), ""))}  # fmt: skip
    return render(request, "publication/form.html", context)


@gate("publication.clear")
@require_http_methods(["GET", "POST"])
def decide_fact(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Clear a fact, or take it back."""
    at = timezone.now()
    fact = _or_404(queries.get_fact, request.viewer, code, at=at)  # type: ignore[attr-defined]
    if verb not in ("clear", "withdraw"):
        raise Http404
    form: Any = (Mannered if verb == "clear" else forms.Reason)(
        request.POST if request.method == "POST" else None
    )
    where = reverse("publication:facts", args=[fact.incident.code])
    if request.method == "POST" and form.is_valid():
        try:
            if verb == "clear":
                actions.clear_fact(by=_me(request), at=at, fact=code)
            else:
                actions.withdraw_fact(by=_me(request), at=at, fact=code, reason=form.cleaned_data["reason"])
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Cleared.") if verb == "clear" else _("Taken back."))
            return redirect(where)
    title = _("Clear a fact") if verb == "clear" else _("Take a fact back")
    context = {"form": form, "title": title, "about": code, "fact": fact, "button": title, "grave": verb == "withdraw",
               "back": where, "crumbs": _crumbs((fact.incident.code, where), (title, ""))}  # fmt: skip
    return render(request, "publication/form.html", context)


@gate("publication.draft")
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, incident: str) -> HttpResponse:
    """A statement made of cleared facts."""
    at = timezone.now()
    case: Incident = _or_404(get_incident, request.viewer, incident, at=at)  # type: ignore[attr-defined]
    choices = [(one.code, f"{one.code} – {one.text(_spoken())}") for one in queries.facts_of(request.viewer, case, at=at)  # type: ignore[attr-defined]
               if one.standing]  # fmt: skip
    form = forms.Statement(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            code = actions.begin_statement(by=_me(request), at=at, incident=incident, **form.cleaned_data)
        except REFUSALS as error:
            _refuse(form, error)
        else:
            return redirect(_url(code))
    where = reverse("publication:facts", args=[incident])
    context = {"form": form, "title": _("New statement"), "about": incident, "button": _("Compose"), "back": where,
               "crumbs": _crumbs((incident, where), (_("New statement"), ""))}  # fmt: skip
    return render(request, "publication/form.html", context)
