"""Pages that belong to no step of the work: the language, the end of a sign-in in another tab, the gallery."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe
from django.views.i18n import set_language as django_set_language

from constat.ui.gate import gate

set_language = gate(public=True)(django_set_language)


@gate(public=True)
@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """A plain link to another language, for pages without a form. It changes a preference and nothing else."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            # Until the browser is closed: on a shared telephone nothing stays to say that this page was open.
            max_age=None,
            path=settings.LANGUAGE_COOKIE_PATH,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@gate(public=True)
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """ "Leave this page" of the public form: the draft is erased here, and the browser is asked to forget its copies.

    A link and not a form, so that it works at once and on every telephone. A signed-in session is left alone.
    """
    if getattr(request, "viewer", None) is None:
        request.session.flush()
    response = render(request, "ui/left.html")
    # Browsers keep their own history whatever we ask; the page says so.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@gate(None)
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where a person lands who signed in again in a second tab to save a form: go back to it and send it."""
    return render(request, "ui/signed_in.html")
