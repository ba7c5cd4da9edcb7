"""Pages shown when something went wrong. Each says what became of what the person entered, and what to do next.

They say nothing about the record, the rule or the machine: "not yours" and "not there" are the same page.
"""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from constat.ui.gate import gate

log = logging.getLogger(__name__)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    response = render(request, f"ui/errors/{template}.html", status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@gate(public=True)
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400", 400)


@gate(public=True)
def too_large(request: HttpRequest) -> HttpResponse:
    return _page(request, "400", 413)


@gate(public=True)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403", 403)


@gate(public=True)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "404", 404)


@gate(public=True)
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF: the form was opened too long ago, or by another sign-in."""
    return _page(request, "csrf", 403)


@gate(public=True)
def server_error(request: HttpRequest) -> HttpResponse:
    return _last_resort(request, "500", 500)


@gate(public=True)
def busy(request: HttpRequest) -> HttpResponse:
    """For a node that is restoring or being updated."""
    response = _last_resort(request, "503", 503)
    response.headers["Retry-After"] = "60"
    return response


def _last_resort(request: HttpRequest, template: str, status: int) -> HttpResponse:
    try:
        return _page(request, template, status)
    except Exception:
        # What broke may be the session, the database or the node's own file: the page must still come, without them.
        log.exception("The error page was shown without its frame")
        text = loader.render_to_string(f"ui/errors/{template}.html")
        return HttpResponse(text, status=status, headers={"Cache-Control": "no-store"})
