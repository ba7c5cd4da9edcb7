"""Pages of the answers. One call to a query or an action, the error translated, the page drawn."""

from collections.abc import Iterable
from datetime import datetime
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
from constat.apps.access.vault import VaultError
from constat.apps.amends.errors import AmendsError
from constat.apps.incidents.errors import IncidentError
from constat.apps.inquiries.errors import InquiryError
from constat.apps.inquiries.queries import get as inquiry_of
from constat.apps.reports.errors import ReportError
from constat.apps.responses import actions, forms, page_query, queries
from constat.apps.responses.errors import CannotClose, NotThere, ResponseError, sentence
from constat.apps.responses.verbs import ACTS, values
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.visibility import Viewer
from constat.ui.documents import MEDIA_TYPES, RENDERERS
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

REFUSALS = (
    ResponseError,
    InquiryError,
    IncidentError,
    AmendsError,
    ReportError,
    AccessError,
    VaultError,
    RuleError,
)
ABSENT = (NotThere, InquiryError)


def _said(error: Exception) -> str:
    say = getattr(error, "say", None)
    return say(get_language() or "fr") if callable(say) else sentence(error, get_language() or "fr")


def _crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("Notices and complaints"), reverse("responses:list")), *(Crumb(*one) for one in steps)]


@gate("responses.read")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    context = {
        "cases": queries.cases(viewer, at=at), "complaints": queries.complaints(viewer, at=at),
        "consequences": queries.consequences(viewer, at=at), "visits": queries.visits(viewer, at=at),
        "flags": [one for one in queries.flags(viewer, at=at) if one.ended_at is None],
        "claims": queries.claims(viewer, at=at), "lines": queries.plan_due(viewer, at=at),
        "tracks": queries.tracks(viewer, at=at), "claimed": queries.to_confirm(viewer, at=at),
        "reviews": Permission.RESPONSES_REVIEW in viewer.permissions,
        "protects": Permission.RESPONSES_PROTECT in viewer.permissions,
        "takes": Permission.RESPONSES_COMPLAINT in viewer.permissions,
        "may": {"limit": _may(viewer, "case", "limit"), "claim": _may(viewer, "claim", "filed"),
                "visit": _may(viewer, "visit", "record"), "carry_out": _may(viewer, "consequence", "carry_out")},
    }  # fmt: skip
    return render(request, "responses/list.html", context)


def _acts(kind: str, verbs: Iterable[str]) -> list[tuple[str, str]]:
    """(verb, what its page calls it), for the buttons."""
    return [(verb, str(ACTS[kind][verb].label)) for verb in verbs if verb in ACTS[kind]]


def _may(viewer: Viewer, kind: str, verb: str) -> bool:
    """Whether the page of that act opens: no link is shown that does not."""
    return any(one in viewer.permissions for one in ACTS[kind][verb].permissions)


@gate("responses.read")
@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    found = _or_404(inquiry_of, viewer, code, at=at)
    context = {
        "page": page_query.case(viewer, found, at=at), "crumbs": _crumbs((code, "")),
        "may": Permission.RESPONSES_NOTIFY in viewer.permissions,
        "may_judge": _may(viewer, "case", "judge_risk"),
        "may_close": Permission.INCIDENTS_CLOSE in viewer.permissions,
    }  # fmt: skip
    return render(request, "responses/case.html", context)


@gate("responses.read")
@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    found = _or_404(queries.notice, viewer, code, at=at)
    page = page_query.notice(viewer, found)
    context = {
        "page": page, "acts": _acts("notice", page.verbs), "may": Permission.RESPONSES_NOTIFY in viewer.permissions,
        "crumbs": _crumbs((found.inquiry.code, reverse("responses:case", args=[found.inquiry.code])), (code, "")),
    }  # fmt: skip
    return render(request, "responses/notice.html", context)


@gate("responses.notify")
@require_safe
def printed(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The paper, or the text to read aloud, with its code. Only once the text is cleared."""
    found = _or_404(queries.notice, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    if form not in RENDERERS or found.state not in ("cleared", "told"):
        raise Http404
    body = RENDERERS[form](page_query.paper(found, aloud="aloud" in request.GET))
    response = HttpResponse(body, content_type=MEDIA_TYPES[form])
    response.headers["Content-Disposition"] = f'inline; filename="{code}.{form}"'
    return response


@gate("responses.complaint")
@require_safe
def complaint(request: HttpRequest, code: str) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    found = _or_404(queries.complaint, viewer, code, at=at)
    page = page_query.complaint(viewer, found, at=at)
    context = {"page": page, "acts": _acts("complaint", page.verbs), "crumbs": _crumbs((code, ""))}
    return render(request, "responses/complaint.html", context)


@gate("responses.complaint")
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """A complaint somebody brings by voice or on paper. The receipt is shown once."""
    at, receipt = timezone.now(), ""
    form = forms.ComplaintForm(
        request.POST if request.method == "POST" else None, initial={"channel": "walk_in"}, at=at
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        contact = {"contact": data.pop("contact")}
        try:
            receipt = actions.complain(by=request.user, at=at, contact=contact, **data).receipt  # type: ignore[arg-type]
        except REFUSALS as error:
            _refuse(form, error)
    context = {
        "act": {"label": _("Take a complaint down")}, "form": form, "code": "", "url": reverse("responses:list"),
        "receipt": page_query.grouped(receipt), "crumbs": _crumbs((_("Take a complaint down"), "")),
    }  # fmt: skip
    return render(request, "responses/act.html", context)


@gate("desk.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, kind: str, code: str, verb: str, target: str = "") -> HttpResponse:
    """GET: the form of the act. POST: the act; what it refuses is said above the form, which keeps its values."""
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    chosen = ACTS.get(kind, {}).get(verb)
    if chosen is None or not any(one in viewer.permissions for one in chosen.permissions):
        raise Http404
    back, extra = _place(viewer, kind, code, verb, target, at)
    posted = request.POST if request.method == "POST" else None
    form = chosen.form(posted, initial=extra.get("initial"), at=at)
    for name, choices in extra.get("choices", {}).items():
        form.fields[name].choices = choices  # type: ignore[attr-defined]
    gaps: tuple[str, ...] = ()
    if posted is not None and form.is_valid():
        try:
            about = extra.get("target", target)
            made = chosen.run(by=request.user, at=at, code=code, target=about, data=values(form))
        except REFUSALS as error:
            if isinstance(error, CannotClose):
                gaps = tuple(gap.say(get_language() or "fr") for gap in error.gaps)
            else:
                _refuse(form, error)
        else:
            messages.success(request, str(chosen.done))
            return redirect("responses:notice", made) if verb == "draft" else redirect(back)
    context = {"act": chosen, "form": form, "code": code, "url": back, "gaps": gaps, "claim": extra.get("claim"),
               "crumbs": _crumbs((code, back), (str(chosen.label), ""))}  # fmt: skip
    return render(request, "responses/act.html", context)


def _place(
    viewer: Any, kind: str, code: str, verb: str, target: str, at: datetime
) -> tuple[str, dict[str, Any]]:
    """Where the act leads back to, and what its form begins with. 404 for what this person may not read."""
    if kind == "case":
        found = _or_404(inquiry_of, viewer, code, at=at)
        return reverse("responses:case", args=[code]), page_query.beginnings(
            viewer, found, verb, target, at=at
        )
    if kind == "notice" and verb in page_query.SECOND:
        claim = _or_404(queries.one_to_confirm, viewer, code, at=at)
        return reverse("responses:list"), {"claim": claim}
    if kind == "notice":
        row = _or_404(queries.notice, viewer, code, at=at)
        return reverse("responses:notice", args=[code]), page_query.notice_beginnings(row, verb)
    if kind == "complaint":
        _or_404(queries.complaint, viewer, code, at=at)
        return reverse("responses:complaint", args=[code]), {}
    return reverse("responses:list"), {}


@gate("responses.read")
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """How to reach one person, once, for a stated purpose. It is in this answer and nowhere else."""
    if Permission.IDENTITIES_REVEAL not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    return _reveal(request, code, reverse("responses:case", args=[code]), actions.reveal_contact, inquiry=code,
                   addressee=number)  # fmt: skip


@gate("responses.complaint")
@require_http_methods(["GET", "POST"])
def complainant(request: HttpRequest, code: str) -> HttpResponse:
    if Permission.IDENTITIES_REVEAL not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    return _reveal(
        request, code, reverse("responses:complaint", args=[code]), actions.reveal_complainant, complaint=code
    )


def _reveal(request: HttpRequest, code: str, back: str, action: Any, **about: Any) -> HttpResponse:
    at, shown = timezone.now(), {}
    form = forms.Purpose(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            shown = action(by=request.user, at=at, purpose=form.cleaned_data["purpose"], **about)
        except NotThere as error:
            raise Http404 from error
        except REFUSALS as error:
            _refuse(form, error)
    context = {"act": {"label": _("Show how to reach the person")}, "form": form, "code": code, "url": back,
               "secrets": page_query.secrets(shown), "crumbs": _crumbs((code, back))}  # fmt: skip
    return render(request, "responses/act.html", context)


def _refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, _said(error))


def _or_404(fetch: Any, *args: Any, **kwargs: Any) -> Any:
    try:
        return fetch(*args, **kwargs)
    except ABSENT as error:
        raise Http404 from error
