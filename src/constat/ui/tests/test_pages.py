"""The shared pages hold what they promise: direction, no inline code, small public page, honest errors."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from django.utils import translation

from constat.ui import errors, gallery, views

LANGUAGES = ["fr", "en", "ar"]


def shown(view: object, language: str, query: str = "", **kwargs: object) -> str:
    request = RequestFactory().get(f"/{query}")
    request.user = AnonymousUser()
    with translation.override(language):
        return view(request, **kwargs).content.decode()  # type: ignore[operator]


PAGES = [(gallery.components, {}), (gallery.public, {}), (gallery.bare, {})] + [
    (gallery.error, {"name": name}) for name in ("400", "403", "404", "500", "503", "csrf", "ended")
]


@pytest.mark.parametrize(("view", "kwargs"), PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_direction_band_and_no_inline_code(view: object, kwargs: dict[str, str], language: str) -> None:
    html = shown(view, language, **kwargs)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert 'class="synthetic"' in html
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style|<script>|https?://(?!www\.w3\.org)", html)
    assert re.findall(r"<script[^>]*>", html) == [
        tag for tag in re.findall(r"<script[^>]*>", html) if 'src="/static/' in tag
    ]
    assert html.count("<h1") == 1


def test_arabic_gets_the_mirrored_stylesheet() -> None:
    assert "bootstrap.rtl.min.css" in shown(gallery.components, "ar")
    assert "bootstrap.rtl" not in shown(gallery.components, "fr")


def test_the_public_page_is_small_and_needs_no_script() -> None:
    html = shown(gallery.public, "ar", "?wrong")
    assert "<script" not in html
    sheets = re.findall(r'rel="stylesheet" href="/static/([^"]+)"', html)
    assert sheets == ["ui/public.css"]
    sheet = finders.find("ui/public.css")
    assert isinstance(sheet, str)
    with open(sheet, "rb") as file:
        css = len(file.read())
    assert css <= 12 * 1024
    assert css + len(html.encode()) <= 60 * 1024


def test_an_error_is_named_in_the_title_in_the_summary_and_at_the_field() -> None:
    html = shown(gallery.public, "fr", "?wrong")
    assert "<title>Erreur\u00a0:" in html
    for target in re.findall(r'<a href="#(id_[^"]+)">', html):
        assert f'id="{target}"' in html
    assert 'value="31"' in html  # what was typed is still there
    assert html.count("Ce jour n’existe pas") == 2


def test_the_page_of_a_failure_comes_without_session_or_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(errors, "render", broken)
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert b"<h1>" in response.content


def test_a_language_link_never_leads_away() -> None:
    client = Client()
    response = client.get("/language/ar/", {"next": "/leave/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/leave/")
    assert response.cookies["django_language"].value == "ar"
    assert client.get("/language/ar/", {"next": "https://elsewhere.example/"}).headers["Location"] == "/"
    assert "django_language" not in client.get("/language/xx/").cookies


def test_leaving_erases_the_draft_and_tells_the_truth(rf: RequestFactory) -> None:
    class Draft(dict[str, str]):
        def flush(self) -> None:
            self.clear()

    request = rf.get("/leave/")
    request.user, request.session, request.viewer = AnonymousUser(), Draft(words="secret"), None
    response = views.leave(request)
    assert request.session == {}
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "historique" in response.content.decode()
