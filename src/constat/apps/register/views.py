"""Pages of the register. Each view asks a query or calls one action, translates the error, renders."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.register import actions, queries
from constat.apps.register.errors import RegisterError
from constat.apps.register.forms import ActorForm, EndForm, PlaceForm, RelationForm, SiteForm, UnitForm
from constat.rules.vocabulary import vocabulary
from constat.ui.gate import gate


@gate("register.read")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    page = queries.home_page(_viewer(request), words=request.GET.get("q", ""), on=on)
    return render(request, "register/home.html", {"page": page, "picture": queries.picture(1, on=on)})


@gate("register.read")
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    on = timezone.localdate()
    page = queries.area_page(_viewer(request), code=code, on=on)
    if page is None:
        raise Http404
    level = page.now.level
    picture = queries.picture(level + 1, on=on, parent=code) or queries.picture(level, on=on, code=code)
    return render(request, "register/area.html", {"page": page, "picture": picture})


@gate("register.read")
@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponse:
    page = queries.place_page(_viewer(request), place=pk)
    if page is None:
        raise Http404
    return render(request, "register/place.html", {"page": page})


@gate("register.read")
@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    number = request.GET.get("page", "1")
    page = queries.sites_page(
        _viewer(request),
        kind=kind if kind in vocabulary("site_type") else "",
        ended="ended" in request.GET,
        number=int(number) if number.isdecimal() else 1,
        on=timezone.localdate(),
    )
    return render(request, "register/sites.html", {"page": page, "kinds": list(vocabulary("site_type"))})


@gate("register.read")
@require_safe
def actors(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "register/actors.html",
        {"page": queries.actors_page(_viewer(request), words=request.GET.get("q", ""))},
    )


@gate("register.read")
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    return render(request, "register/units.html", {"page": queries.units_page(_viewer(request))})


@gate("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def add_place(request: HttpRequest) -> HttpResponse:
    return _entry(
        request, PlaceForm, actions.add_place, _("Add a place"),
        lambda made: (_("%(name)s is now in the register.") % {"name": made.name}, redirect("register:place", made.pk)),
    )  # fmt: skip


@gate("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def add_site(request: HttpRequest) -> HttpResponse:
    return _entry(request, SiteForm, actions.add_site, _("Add a protected site"), _then("register:sites"))


@gate("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def end_site(request: HttpRequest, pk: int) -> HttpResponse:
    def act(**given: Any) -> Any:
        return actions.end_site(site=pk, **given)

    return _entry(request, EndForm, act, _("This site no longer stands there"), _then("register:sites"))


@gate("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def add_actor(request: HttpRequest) -> HttpResponse:
    return _entry(request, ActorForm, actions.add_actor, _("Add an actor"), _then("register:actors"))


@gate("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def relate_actors(request: HttpRequest) -> HttpResponse:
    def then(_made: Any) -> tuple[str, HttpResponseRedirect]:
        return _("The relation is now in the register."), redirect("register:actors")

    return _entry(request, RelationForm, actions.relate_actors, _("Relate two actors"), then)


@gate("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def add_unit(request: HttpRequest) -> HttpResponse:
    return _entry(request, UnitForm, actions.add_unit, _("Add a unit"), _then("register:units"))


def _then(route: str) -> Callable[[Any], tuple[str, HttpResponseRedirect]]:
    return lambda made: (_("Written: %(name)s.") % {"name": made.name}, redirect(route))


def _entry(
    request: HttpRequest, form_class: type[forms.Form], act: Callable[..., Any], title: str,
    then: Callable[[Any], tuple[str, HttpResponseRedirect]],
) -> HttpResponse:  # fmt: skip
    """A form whose fields are the arguments of one action. A refusal stands at the field it names, the rest is kept."""
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            said, response = then(act(by=request.user, at=timezone.now(), **form.cleaned_data))
        except (RegisterError, AccessError) as error:
            form.add_error(
                error.field if error.field in form.fields else None, getattr(error, "message", str(error))
            )
        else:
            messages.success(request, said)
            return response
    return render(
        request, "register/entry.html", {"form": form, "title": title}, status=422 if form.errors else 200
    )


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]
