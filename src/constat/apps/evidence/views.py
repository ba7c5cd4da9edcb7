"""Pages of evidence. One call to a query or an action, the error translated, the page drawn."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.access.vault import VaultError
from constat.apps.evidence import actions, forms, integrity, page_query, queries, redactions, subjects
from constat.apps.evidence.errors import EvidenceError, ItemNotFound
from constat.apps.evidence.uploads import SealedUpload, SealingHandler
from constat.apps.evidence.verbs import INTERVIEW_ACTS, ITEM_ACTS, Act, moment_of
from constat.rules.consent import NAMED
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

REFUSALS = (EvidenceError, AccessError, VaultError, RuleError)
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "text/plain": "txt"}


def said(error: Exception) -> str:
    say = getattr(error, "say", None)
    return say(get_language() or "fr") if callable(say) else str(error)


def refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, said(error))


def or_404(fetch: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        found = fetch(*args, **kwargs)
    except ItemNotFound as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found


def crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("Evidence"), reverse("evidence:list")), *(Crumb(label, url) for label, url in steps)]


def page_url(code: str) -> str:
    return reverse("evidence:page", args=[code])


@gate("evidence.read")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    kept = {name: request.GET[name] for name in ("q", "kind") if request.GET.get(name)}

    def link(cursor: str) -> str:
        return f"?{urlencode({**kept, 'cursor': cursor} if cursor else kept)}"

    viewer = request.viewer  # type: ignore[attr-defined]
    found = page_query.listing(viewer, at=timezone.now(), kind=kept.get("kind", ""), words_of=kept.get("q", ""),
                               cursor=request.GET.get("cursor", ""), link=link)  # fmt: skip
    context = {
        "page": found, "kept": kept, "kinds": vocabulary("evidence_kind").choices(get_language() or "fr"),
        "may_deposit": Permission.EVIDENCE_DEPOSIT in viewer.permissions,
        "may_verify": Permission.LOG_VERIFY in viewer.permissions,
    }  # fmt: skip
    return render(request, "evidence/list.html", context)


@gate("evidence.read")
@require_safe
def case(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Everything held about one record."""
    found = or_404(page_query.case, request.viewer, (kind, code), at=timezone.now())  # type: ignore[attr-defined]
    return render(request, "evidence/case.html", {"page": found, "crumbs": crumbs((code, ""))})


# The file is read before Django's own check of the form's token, because it is sealed while it arrives. So the check is
# made inside, once the receiver stands; what arrived without a token belongs to nothing and is removed again.
@csrf_exempt
@gate("evidence.deposit")
@require_http_methods(["GET", "POST"])
def deposit(request: HttpRequest) -> HttpResponse:
    receiver = SealingHandler(request)
    request.upload_handlers = [receiver]
    try:
        return _deposit(request, receiver)
    finally:
        receiver.leave()


@csrf_protect
def _deposit(request: HttpRequest, receiver: SealingHandler) -> HttpResponse:
    at, posted = timezone.now(), request.method == "POST"
    form = forms.Deposit(
        request.POST if posted else None, request.FILES if posted else None, at=at,
        initial={"subject": request.GET.get("subject", ""), "consent_basis": "person"},
    )  # fmt: skip
    if posted and receiver.problem:
        form.add_error("file", said(receiver.problem))
    if posted and form.is_valid():
        data = form.cleaned_data
        upload = data["file"] if isinstance(data["file"], SealedUpload) else None
        try:
            code = actions.deposit(
                by=request.user, at=at, file=upload.sealed if upload else None,  # type: ignore[arg-type]
                subject=subjects.of_code(data["subject"]), title=data["title"], filename=(upload.name or "") if upload else "",
                acquisition=data["acquisition"], consent_basis=data["consent_basis"],
                captured_at=moment_of(data["captured_on"], at), captured_by=data["captured_by"],
                place_text=data["place_text"], device=data["device"], description=data["description"],
                received_from=data["received_from"], place_class="" if upload else data["place_class"],
                location=data["location"], seal=data["seal"],
            )  # fmt: skip
        except REFUSALS as error:
            refuse(form, error)
        else:
            if upload:
                receiver.took(upload.sealed)
            messages.success(request, _("Received and sealed as %(code)s.") % {"code": code})
            return redirect(page_url(code))
    if posted and request.FILES:
        form.add_error(
            "file", _("Choose the file again: it was not kept, because something else was missing.")
        )
    return render(
        request, "evidence/deposit.html", {"form": form, "crumbs": crumbs((_("Deposit an item"), ""))}
    )


@gate("evidence.read")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    found = or_404(page_query.page, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    return render(
        request, "evidence/page.html", {"page": found, "item": found.item, "crumbs": crumbs((code, ""))}
    )


@gate("evidence.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str, target: str = "") -> HttpResponse:
    chosen = _chosen(request, ITEM_ACTS, verb)
    or_404(queries.get, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    return _act(
        request, chosen, code, target, page_url(code), crumbs((code, page_url(code)), (str(chosen.label), ""))
    )


@gate("evidence.interview")
@require_http_methods(["GET", "POST"])
def interview_act(request: HttpRequest, code: str, verb: str, target: str = "") -> HttpResponse:
    chosen = _chosen(request, INTERVIEW_ACTS, verb)
    or_404(queries.get_interview, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    url = reverse("evidence:interview", args=[code])
    return _act(request, chosen, code, target, url, crumbs((code, url), (str(chosen.label), "")))


def _chosen(request: HttpRequest, acts: dict[str, Act], verb: str) -> Act:
    if verb not in acts or acts[verb].permission not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    return acts[verb]


def _act(
    request: HttpRequest, chosen: Act, code: str, target: str, url: str, trail: list[Crumb]
) -> HttpResponse:
    at = timezone.now()
    form = chosen.form(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            done = chosen.run(by=request.user, at=at, code=code, target=target, data=form.cleaned_data)
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, str(chosen.done))
            return redirect(page_url(done) if isinstance(done, str) else url)
    return render(
        request, "evidence/act.html", {"act": chosen, "form": form, "url": url, "code": code, "crumbs": trail}
    )


@gate("evidence.read")
@require_POST
def download(request: HttpRequest, code: str) -> Any:
    """The bytes as they were received (or as a copy was made), for a written purpose. Never shown inside our pages."""
    item = or_404(queries.get, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    try:
        plain = actions.open_original(
            by=request.user, at=timezone.now(), item=code, purpose=request.POST.get("purpose", "")  # type: ignore[arg-type]
        )  # fmt: skip
    except REFUSALS as error:
        messages.error(request, said(error))
        return redirect(page_url(code))

    def pieces() -> Any:
        with plain:
            yield from plain.chunks()

    name = f"{code}.{EXTENSIONS.get(item.media_type, 'bin')}"
    response = StreamingHttpResponse(pieces(), content_type="application/octet-stream")
    response["Content-Length"] = str(item.size)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # What somebody else made is never opened in our name, whatever is in it.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@gate("evidence.redact")
@require_http_methods(["GET", "POST"])
def redact(request: HttpRequest, code: str) -> HttpResponse:
    """Mark, look, save. Without a script: numbers read off the grid; every look is a new page, and nothing is lost."""
    at = timezone.now()
    item = or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    try:
        actions.look(by=request.user, at=at, item=code)  # type: ignore[arg-type]
        draft = redactions.draft(item, request.POST if request.method == "POST" else None, at=at)
    except REFUSALS as error:
        messages.error(request, said(error))
        return redirect(page_url(code))
    if "save" in request.POST and draft.is_valid():
        try:
            made = actions.redact(by=request.user, at=at, item=code, **draft.choices())  # type: ignore[arg-type]
        except REFUSALS as error:
            draft.refuse(said(error))
        else:
            messages.success(
                request,
                _("The redacted copy is %(code)s. Ask somebody else to look through it.") % {"code": made},
            )
            return redirect(page_url(made))
    context = {"item": item, "draft": draft, "url": page_url(code),
               "crumbs": crumbs((code, page_url(code)), (_("Redact a copy"), ""))}  # fmt: skip
    return render(request, "evidence/redact.html", context)


@gate("evidence.read")
@require_safe
def preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One page as pixels, with the boxes asked for. Drawn in a process of its own; the file itself is not sent."""
    at = timezone.now()
    item = or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    try:
        drawn = redactions.picture(request.user, item, number, request.GET.getlist("b"), at=at)  # type: ignore[arg-type]
    except REFUSALS as error:
        raise Http404 from error
    return HttpResponse(drawn, content_type="image/png")


@gate("evidence.interview")
@require_http_methods(["GET", "POST"])
def record_interview(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    form = forms.Interview(request.POST if request.method == "POST" else None, at=at,
                           initial={"subject": request.GET.get("subject", ""), "language": "fr"})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            code = actions.interview(by=request.user, at=at, **_interview(form.cleaned_data, at))  # type: ignore[arg-type]
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, _("The interview is recorded as %(code)s.") % {"code": code})
            return redirect("evidence:interview", code)
    return render(
        request,
        "evidence/record_interview.html",
        {"form": form, "crumbs": crumbs((_("Record an interview"), ""))},
    )


def _interview(data: dict[str, Any], at: Any) -> dict[str, Any]:
    same = ("form", "source_type", "persons", "sex", "age_band", "language", "interpreter", "setting", "conditions",
            "risk_before", "risk_after", "protection_plan", "summary", "consent_method")  # fmt: skip
    yes = [actions.Yes(one, data["recipient"] if one in NAMED else "") for one in data["consents"]]
    return {
        **{name: data[name] for name in same}, "subject": subjects.of_code(data["subject"]),
        "held_at": moment_of(data["held_on"], at), "consents": yes,
        "identity": {"name": data["name"], "contact": data["contact"]},
    }  # fmt: skip


@gate("evidence.interview")
@require_http_methods(["GET", "POST"])
def interview(request: HttpRequest, code: str) -> HttpResponse:
    """The conditions and consents. POST: the words, or who spoke; both are in the log before they are shown."""
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    found = or_404(page_query.interview, viewer, code, at=at)
    spoken: dict[str, str] = {}
    values: dict[str, str] = {}
    form = forms.Purpose(request.POST if "reveal" in request.POST else None, at=at)
    try:
        if "read" in request.POST:
            spoken = actions.read(by=request.user, at=at, interview=code)  # type: ignore[arg-type]
        elif "reveal" in request.POST and form.is_valid():
            purpose = form.cleaned_data["purpose"]
            values = actions.reveal(by=request.user, at=at, interview=code, purpose=purpose)  # type: ignore[arg-type]
    except REFUSALS as error:
        messages.error(request, said(error))
    context = {"page": found, "interview": found.interview, "words": spoken, "values": values, "form": form,
               "crumbs": crumbs((code, ""))}  # fmt: skip
    return render(request, "evidence/interview.html", context)


@gate("log.verify")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The whole store, read and compared. By button: it takes as long as reading every file."""
    walked = integrity.walk(at=timezone.now()) if request.method == "POST" else None
    return render(
        request,
        "evidence/integrity.html",
        {"walked": walked, "crumbs": [Crumb(_("Integrity of the evidence"), "")]},
    )
