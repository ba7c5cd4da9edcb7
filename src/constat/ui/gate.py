"""The gate of a page: who may open it, said at the view and nowhere else.

    @gate("reports.read")            the viewer must hold this permission, else the page does not exist for them
    @gate("reports.read", own=True)  same, but a refusal says so: for pages whose existence is no secret
    @gate(None)                      any person who is signed in
    @gate(public=True)               everybody; written out, because silence must never mean "open"

A test walks the routes and fails on a view without a gate. The gate decides about the page only; what is on it is
decided record by record in the queries (constat.rules.visibility).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

type_of_view = Callable[..., HttpResponse]


class UndeclaredGate(TypeError):
    """`gate()` was written without saying for whom."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may open a page. `permission` None and not public: any signed-in person."""

    permission: str | None = None
    public: bool = False
    own: bool = False

    def describe(self) -> str:
        """One line for the list of routes: `public`, `signed in`, `reports.read`."""
        if self.public:
            return "public"
        return self.permission or "signed in"

    def opens(self, viewer: Any) -> bool:
        """May this constat.rules.visibility.Viewer (None: nobody signed in) open the page?"""
        if self.public:
            return True
        if viewer is None or not viewer.active:
            return False
        return self.permission is None or self.permission in viewer.permissions


_UNSAID = object()


def gate(
    permission: object = _UNSAID, *, public: bool = False, own: bool = False
) -> Callable[[type_of_view], type_of_view]:
    """Declare the gate of a view. See the module for the four ways to write it."""
    if (permission is _UNSAID) == (not public):
        raise UndeclaredGate(
            'Write @gate("area.verb"), @gate(None) for any signed-in person, or @gate(public=True).'
        )
    if permission is not _UNSAID and permission is not None and not isinstance(permission, str):
        raise UndeclaredGate("A permission is its code, for instance @gate('reports.read').")
    declared = Gate(None if permission is _UNSAID else permission, public, own)  # type: ignore[arg-type]

    def wrap(view: type_of_view) -> type_of_view:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not declared.opens(viewer := getattr(request, "viewer", None)):
                return closed(request, declared, viewer)
            response = view(request, *args, **kwargs)
            # A page about people must not stay in a shared computer's cache, nor in a proxy's; a view that knows
            # better (the outlines of a map) has said so already.
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        gated.gate = declared  # type: ignore[attr-defined]
        return gated

    return wrap


def closed(request: HttpRequest, declared: Gate, viewer: Any) -> HttpResponse:
    """Nobody signed in: to the sign-in page. Signed in without the right: as if the page were not there."""
    if viewer is None or not viewer.active:
        return _sign_in(request)
    if declared.own:
        response = render(request, "ui/errors/403.html", status=403)
        response.headers["Cache-Control"] = "no-store"
        return response
    raise Http404


def _sign_in(request: HttpRequest) -> HttpResponse:
    if request.method in {"GET", "HEAD"}:
        response: HttpResponse = redirect_to_login(request.get_full_path())
    else:
        # A redirect would throw away what was typed while the session ran out. This page says how to get it back.
        login = f"{settings.LOGIN_URL}?next={reverse('ui:signed-in')}"
        response = render(request, "ui/errors/ended.html", {"login_url": login}, status=401)
    response.headers["Cache-Control"] = "no-store"
    return response
