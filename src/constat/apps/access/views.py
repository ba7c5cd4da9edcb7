"""Pages of access. Each view asks a query or calls one action, translates the error, renders."""

from collections.abc import Callable
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from constat.apps.access import actions, queries
from constat.apps.access.errors import AccessError
from constat.apps.access.forms import (
    ActivationForm,
    AdmissionForm,
    LanguageForm,
    OfficeForm,
    PersonForm,
    PostForm,
    ReasonForm,
)
from constat.apps.access.models import CompartmentMember, Office, Person, Post
from constat.ui.gate import gate


def tried(request: HttpRequest, form: forms.Form, act: Callable[[], object]) -> bool:
    """Do the act if the form is whole. A refusal becomes an error of the form, at its field where it names one."""
    if not form.is_valid():
        return False
    try:
        act()
    except AccessError as error:
        form.add_error(error.field if error.field in form.fields else None, error.say(queries.language()))
        return False
    return True


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, even if it is nothing: an empty form sent is a form with gaps, not a form not sent."""
    return request.POST if request.method == "POST" else None


def back(route: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(route, args=args))


# Own account -------------------------------------------------------------------------------------------------------


@gate(None)
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    person = _self(request)
    page = queries.account_page(
        person, request.viewer, session_key=request.session.session_key or "", at=timezone.now()  # type: ignore[attr-defined]
    )  # fmt: skip
    form = LanguageForm(initial={"language": person.language})
    return render(request, "access/account.html", {"page": page, "language_form": form})


@gate(None)
@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    form = LanguageForm(request.POST)
    if tried(
        request,
        form,
        lambda: actions.speak(language=form.cleaned_data["language"], by=_self(request), at=timezone.now()),
    ):
        response = back("access:account")
        # The choice made for this browser alone gives way to the account's.
        response.delete_cookie("django_language")
        return response
    return back("access:account")


@gate(None)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = actions.end_sessions(keep=request.session.session_key or "", by=_self(request), at=timezone.now())
    messages.success(request, _("Other sessions ended: %(n)s.") % {"n": ended})
    return back("access:account")


def _self(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]


@sensitive_post_parameters("code", "password", "again")
@gate(public=True)
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    form = ActivationForm(sent(request))
    if request.method == "POST":
        # Counted by address and by code, never for all together: anybody could then lock everybody out.
        if not ratelimit.consume(request, action="login_failed", key=request.POST.get("code", "")[:60]):
            form.add_error(None, _("Too many tries. Wait five minutes, then try again."))
        elif tried(request, form, lambda: actions.set_password(code=form.cleaned_data["code"], password=form.cleaned_data["password"],
                                                               at=timezone.now())):  # fmt: skip
            messages.success(request, _("Your password is set. Sign in with it."))
            return back("account_login")
    return render(request, "access/activate.html", {"form": form}, status=200 if not form.errors else 422)


# People ------------------------------------------------------------------------------------------------------------


@gate("access.manage")
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    form = PersonForm(sent(request), initial={"language": "fr"})
    if request.method == "POST":
        made: list[Person] = []
        if tried(
            request,
            form,
            lambda: made.append(
                actions.create_person(**form.cleaned_data, by=_self(request), at=timezone.now())
            ),
        ):
            return back("access:person", made[0].pk)
    words = request.GET.get("q", "")
    lines = queries.people(request.viewer, at=timezone.now(), words=words)  # type: ignore[attr-defined]
    context = {"people": lines, "form": form, "q": words}
    return render(request, "access/people.html", context, status=422 if form.errors else 200)


def _person(request: HttpRequest, pk: int, **bound: Any) -> HttpResponse:
    page = queries.person_page(pk, request.viewer, at=timezone.now())  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    blank = {"post_form": PostForm(), "reason_form": ReasonForm()}
    wrong = any(isinstance(value, forms.Form) and value.errors for value in bound.values())
    return render(
        request, "access/person.html", {"page": page, **blank, **bound}, status=422 if wrong else 200
    )


@gate("access.manage")
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _person(request, pk)


@gate("access.manage")
@require_POST
def start_password(request: HttpRequest, pk: int) -> HttpResponse:
    code = actions.start_password(
        person=get_object_or_404(Person, pk=pk), by=_self(request), at=timezone.now()
    )
    # Shown in this answer and never again: it is stored nowhere, and no-store keeps it out of the browser's cache.
    return _person(request, pk, code=code)


@gate("access.manage")
@require_POST
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, actions.disable_person)


@gate("access.manage")
@require_POST
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, actions.enable_person)


def _switch(request: HttpRequest, pk: int, act: Callable[..., Person]) -> HttpResponse:
    person, form = get_object_or_404(Person, pk=pk), ReasonForm(request.POST)
    if tried(
        request, form, lambda: act(person=person, **form.cleaned_data, by=_self(request), at=timezone.now())
    ):
        return back("access:person", pk)
    return _person(request, pk, reason_form=form)


@gate("access.manage")
@require_POST
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = get_object_or_404(Person, pk=pk), PostForm(request.POST)
    if tried(request, form, lambda: actions.appoint(person=person, role=form.cleaned_data["role"], section=form.cleaned_data["section"],
                                                    office=form.cleaned_data["office"], ends_at=form.ends_at(),
                                                    unit=form.cleaned_data["unit"], by=_self(request), at=timezone.now())):  # fmt: skip
        return back("access:person", pk)
    return _person(request, pk, post_form=form)


@gate("access.manage")
@require_POST
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post, pk=pk)
    _try(request, lambda: actions.end_post(post=post, by=_self(request), at=timezone.now()))
    return back("access:person", post.person_id)


def _try(request: HttpRequest, act: Callable[[], object]) -> None:
    """For a button without a form: the refusal is said on top of the page one returns to."""
    try:
        act()
    except AccessError as error:
        messages.error(request, error.say(queries.language()))


@gate("access.grant")
@require_http_methods(["GET", "POST"])
def compartments(request: HttpRequest) -> HttpResponse:
    form = AdmissionForm(sent(request))
    if request.method == "POST" and tried(request, form, lambda: actions.admit_to_compartment(
            person=form.cleaned_data["person"], compartment=form.cleaned_data["compartment"], reason=form.cleaned_data["reason"],
            ends_at=form.ends_at(), by=_self(request), at=timezone.now())):  # fmt: skip
        return back("access:compartments")
    context = {"admissions": queries.admissions(request.viewer, at=timezone.now()), "form": form}  # type: ignore[attr-defined]
    return render(request, "access/compartments.html", context, status=422 if form.errors else 200)


@gate("access.grant")
@require_POST
def remove_from_compartment(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(CompartmentMember, pk=pk)
    reason = request.POST.get("reason", "")
    _try(
        request,
        lambda: actions.remove_from_compartment(
            member=member, reason=reason, by=_self(request), at=timezone.now()
        ),
    )
    return back("access:compartments")


# Sections, roles, log ------------------------------------------------------------------------------------------------


@gate(None)
@require_GET
def sections(request: HttpRequest) -> HttpResponse:
    offices = Office.objects.order_by("name")
    context = {
        "sections": queries.sections(),
        "offices": offices,
        "form": OfficeForm(),
        "language": queries.language(),
    }
    return render(request, "access/sections.html", context)


@gate("access.manage")
@require_POST
def create_office(request: HttpRequest) -> HttpResponse:
    form = OfficeForm(request.POST)
    if tried(
        request,
        form,
        lambda: actions.create_office(**form.cleaned_data, by=_self(request), at=timezone.now()),
    ):
        return back("access:sections")
    context = {
        "sections": queries.sections(),
        "offices": Office.objects.order_by("name"),
        "form": form,
        "language": queries.language(),
    }
    return render(request, "access/sections.html", context, status=422)


@gate(None)
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    return render(
        request, "access/roles.html", {"page": queries.roles_page(), "language": queries.language()}
    )


@gate("log.verify")
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    page = actions.read_log(by=_self(request), viewer=request.viewer, at=timezone.now(),  # type: ignore[attr-defined]
                            before=int(before) if before.isdecimal() else None, walk="walk" in request.GET)  # fmt: skip
    return render(request, "access/log.html", {"page": page})
