"""Pages for everybody: what was released, its files, the log of corrections. No account, no cookie, no script."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from constat.apps.publication import queries
from constat.apps.publication.actions.compose import LANGUAGES
from constat.apps.publication.errors import NotFound
from constat.ui.documents import MEDIA_TYPES
from constat.ui.gate import gate

View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """The language of the address, for this answer only."""

    @wraps(view)
    def spoken(request: HttpRequest, language: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if language not in LANGUAGES:
            raise Http404
        with translation.override(language):
            try:
                answer = view(request, language, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error
            answer.headers["Content-Language"] = language
            return answer

    return spoken


def _tongues(name: str, *args: str) -> list[dict[str, str]]:
    from django.urls import reverse

    return [{"code": tag, "label": label, "url": reverse(f"publication:{name}", args=[tag, *args])}
            for tag, label in (("fr", "Français"), ("en", "English"), ("ar", "العربية"))]  # fmt: skip


@gate(public=True)
@require_safe
@in_language
def index(request: HttpRequest, language: str) -> HttpResponse:
    context = {
        "rows": queries.released(language),
        "tongues": _tongues("public"),
        "corrections": queries.corrections(),
    }
    return render(request, "publication/public_index.html", context)


@gate(public=True)
@require_safe
@in_language
def page(request: HttpRequest, language: str, code: str) -> HttpResponse:
    one = queries.released_one(code, language)
    body = (
        ""
        if one.state == "withdrawn"
        else bytes(queries.released_file(code, language, "body").data).decode("utf-8")
    )
    context = {"one": one, "body": body, "tongues": _tongues("public-page", code)}
    return render(request, "publication/public_page.html", context)


@gate(public=True)
@require_safe
@in_language
def file(request: HttpRequest, language: str, code: str, form: str) -> HttpResponse:
    if form not in MEDIA_TYPES:
        raise Http404
    held = queries.released_file(code, language, form)
    answer = HttpResponse(bytes(held.data), content_type=MEDIA_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{code}-{language}.{form}"'
    return answer
