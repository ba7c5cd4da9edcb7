"""Pages of referrals. One call to a query or an action, the error translated, the page drawn."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.access.vault import VaultError
from constat.apps.evidence.errors import EvidenceError
from constat.apps.referrals import actions, forms, queries
from constat.apps.referrals.actions.hand import WRITABLE
from constat.apps.referrals.errors import ReferralError, ReferralNotFound
from constat.apps.referrals.signing import public_key
from constat.apps.referrals.verbs import ACTS, noon
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.ui.forms import Mannered
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

REFUSALS = (ReferralError, AccessError, EvidenceError, VaultError, RuleError)


def _said(error: Exception) -> str:
    say = getattr(error, "say", None)
    return say(get_language() or "fr") if callable(say) else str(error)


def _or_404(fetch: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return fetch(*args, **kwargs)
    except ReferralNotFound as error:
        raise Http404 from error


def _crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("Referrals"), reverse("referrals:list")), *(Crumb(label, url) for label, url in steps)]


def _url(code: str) -> str:
    return reverse("referrals:page", args=[code])


def _me(request: HttpRequest) -> Any:
    """The person acting: every view here is behind a gate, so somebody is signed in."""
    return request.user


def _refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, _said(error))


@gate("referrals.read")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    at, viewer = timezone.now(), request.viewer  # type: ignore[attr-defined]
    overdue = "overdue" in request.GET
    late = queries.count_overdue(viewer, at=at)
    tabs = [
        {
            "label": pgettext("referrals", "All"),
            "url": reverse("referrals:list"),
            "current": not overdue and "incident" not in request.GET,
        },
        {"label": _("No answer in time"), "url": "?overdue", "current": overdue, "count": late},
    ]
    incident = request.GET.get("incident", "")
    rows = (
        queries.of_incident(viewer, incident, at=at)
        if incident
        else queries.listing(viewer, at=at, overdue=overdue)
    )
    context = {"rows": rows, "tabs": tabs, "incident": incident}
    return render(request, "referrals/list.html", context)


@gate("referrals.read")
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    found = _or_404(queries.page, viewer, code, at=at)
    held = viewer.permissions
    state = found.row.state
    acts = [(verb, ACTS[verb].label) for verb, _label in found.verbs if verb != "settle"]
    if state == "draft" and Permission.PUBLICATION_STOP in held:
        acts.append(("judge_risk", ACTS["judge_risk"].label))
    context = {
        "page": found, "row": found.row, "crumbs": _crumbs((code, "")), "acts": acts, "key": public_key(),
        "may_prepare": Permission.REFERRALS_PREPARE in held and state == "draft",
        "may_write": Permission.REFERRALS_PREPARE in held and state in WRITABLE,
        "consents": {str(one.person_id): one for one in queries.consents_of(found.row) if one.withdrawn_at is None},
        "may_consent": Permission.REFERRALS_PREPARE in held,
    }  # fmt: skip
    return render(request, "referrals/page.html", context)


@gate("referrals.prepare")
@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, incident: str) -> HttpResponse:
    """A new referral of this case."""
    at = timezone.now()
    _readable_incident(request, incident)
    form = forms.Terms(
        request.POST if request.method == "POST" else None, initial={"language": get_language()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            code = actions.prepare(
                by=_me(request), at=at, incident=incident, terms=actions.Terms(**form.cleaned_data)
            )
        except ReferralNotFound as error:
            raise Http404 from error
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("The referral is begun. Choose what helps."))
            return redirect("referrals:items", code)
    context = {"form": form, "title": _("New referral"), "about": incident, "back": reverse("incidents:page", args=[incident]),
               "button": _("Begin"), "crumbs": _crumbs((_("New referral"), ""))}  # fmt: skip
    return render(request, "referrals/form.html", context)


def _readable_incident(request: HttpRequest, code: str) -> None:
    from constat.apps.incidents.errors import IncidentNotFound
    from constat.apps.incidents.queries import get

    try:
        get(request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
    except IncidentNotFound as error:
        raise Http404 from error


@gate("referrals.prepare")
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, code: str) -> HttpResponse:
    at = timezone.now()
    row = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    names = tuple(forms.Terms.base_fields)
    form = forms.Terms(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(row, name) for name in names},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend(by=_me(request), at=at, referral=code, terms=actions.Terms(**form.cleaned_data))
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Changed. The risk is to be judged again."))
            return redirect(_url(code))
    context = {"form": form, "title": _("Change the referral"), "about": code, "back": _url(code), "button": _("Keep"),
               "crumbs": _crumbs((code, _url(code)), (_("Change"), ""))}  # fmt: skip
    return render(request, "referrals/form.html", context)


@gate("referrals.prepare")
@require_http_methods(["GET", "POST"])
def items(request: HttpRequest, code: str) -> HttpResponse:
    """The items and interviews of the case, each with: does it help, is it privileged, how risky."""
    at = timezone.now()
    found = _or_404(queries.page, request.viewer, code, at=at)  # type: ignore[attr-defined]
    chosen = queries.chosen_of(found.row)
    lines, problem = [], ""
    for entry in found.content.entries:
        row = chosen.get(entry.held.pk if entry.kind != "interview" else -entry.held.pk)
        initial = {
            "needed": bool(row and row.needed),
            "privileged": bool(row and row.privileged),
            "risk": row.risk if row else "low",
        }
        lines.append(
            (
                entry,
                forms.Item(
                    request.POST if request.method == "POST" else None, initial=initial, prefix=entry.code
                ),
            )
        )
    if request.method == "POST" and all(form.is_valid() for _entry, form in lines):
        choices = {entry.code: actions.Choice(**form.cleaned_data) for entry, form in lines}
        try:
            actions.choose(by=_me(request), at=at, referral=code, choices=choices)
        except REFUSALS as error:
            problem = _said(error)
        else:
            messages.success(request, _("Chosen. What goes and what is withheld is listed below."))
            return redirect(_url(code))
    context = {"row": found.row, "lines": lines, "problem": problem, "back": _url(code),
               "crumbs": _crumbs((code, _url(code)), (_("Items"), ""))}  # fmt: skip
    return render(request, "referrals/items.html", context)


@gate("referrals.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """GET: the form of the act. POST: the act; what it refuses is said above the form, which keeps its values."""
    if verb not in ACTS or ACTS[verb].permission not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    chosen, at = ACTS[verb], timezone.now()
    row = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    form = chosen.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.run(by=_me(request), at=at, referral=code, data=form.cleaned_data)
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, str(chosen.done))
            return redirect(_url(code))
    context = {"form": form, "title": chosen.label, "about": row.code, "back": _url(code), "button": chosen.label,
               "help": chosen.help, "grave": chosen.grave, "crumbs": _crumbs((code, _url(code)), (str(chosen.label), ""))}  # fmt: skip
    return render(request, "referrals/form.html", context)


@gate("referrals.prepare")
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, code: str, person: str) -> HttpResponse:
    """A person’s yes to the name going to this authority, or its end."""
    at = timezone.now()
    row = _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    standing = any(
        str(one.person_id) == person and one.withdrawn_at is None for one in queries.consents_of(row)
    )
    form: Any = (Mannered if standing else forms.Consent)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if standing:
                actions.withdraw_consent(by=_me(request), at=at, referral=code, person=person)
            else:
                day = form.cleaned_data["given_at"]
                actions.record_consent(by=_me(request), at=at, referral=code, person=person,
                                       said_by=form.cleaned_data["said_by"], given_at=noon(day, at))  # fmt: skip
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(
                request, _("The consent is taken back.") if standing else _("The consent is on record.")
            )
            return redirect(_url(code))
    title = _("Take the consent back") if standing else _("Record a consent")
    context = {"form": form, "title": title, "about": code, "back": _url(code), "button": title, "grave": standing,
               "help": _("Only a name goes by this consent, to this authority, for this purpose."),
               "crumbs": _crumbs((code, _url(code)), (title, ""))}  # fmt: skip
    return render(request, "referrals/form.html", context)


@gate("referrals.prepare")
@require_POST
def download(request: HttpRequest, code: str) -> Any:
    """The bag as a ZIP. A POST: it leaves a trace, and nobody makes another write it by a link."""
    at = timezone.now()
    _or_404(queries.get, request.viewer, code, at=at)  # type: ignore[attr-defined]
    try:
        writing = actions.write_bag(by=_me(request), at=at, referral=code)
    except REFUSALS as error:
        messages.error(request, _said(error))
        return redirect(_url(code))
    answer = StreamingHttpResponse(writing.stream(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{writing.name}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer
