"""Every page says who may open it, and the gate keeps to it."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from constat.ui.gate import Gate, UndeclaredGate, gate


@dataclass
class Somebody:
    permissions: frozenset[str] = field(default_factory=frozenset)
    active: bool = True


AMINA = Somebody(frozenset({"reports.read"}))
FARID = Somebody()


def ask(view: Any, viewer: Somebody | None, method: str = "get") -> HttpResponse:
    request = getattr(RequestFactory(), method)("/case/7/?q=x")
    request.viewer = viewer
    request.user = AnonymousUser()
    response: HttpResponse = view(request)
    return response


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


def test_the_right_opens_and_nothing_is_kept_in_a_cache() -> None:
    response = ask(gate("reports.read")(page), AMINA)
    assert response.content == b"inside"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_view_may_say_otherwise_about_caching() -> None:
    def outlines(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "private, max-age=3600"})

    assert ask(gate(None)(outlines), AMINA).headers["Cache-Control"] == "private, max-age=3600"


def test_without_the_right_the_page_is_not_there() -> None:
    with pytest.raises(Http404):
        ask(gate("reports.read")(page), FARID)


def test_ones_own_section_page_says_no_openly() -> None:
    response = ask(gate("reports.read", own=True)(page), FARID)
    assert response.status_code == 403
    assert b"inside" not in response.content


@pytest.mark.parametrize("viewer", [None, Somebody(frozenset({"reports.read"}), active=False)])
def test_nobody_is_sent_to_the_sign_in_page_and_back(viewer: Somebody | None) -> None:
    response = ask(gate("reports.read")(page), viewer)
    assert response.status_code == 302
    assert response.headers["Location"] == "/connexion/?next=/case/7/%3Fq%3Dx"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_form_sent_after_the_session_ended_is_not_thrown_away() -> None:
    response = ask(gate("reports.read")(page), None, "post")
    assert response.status_code == 401
    assert "next=/signed-in/" in response.content.decode()
    assert b"inside" not in response.content


def test_anybody_signed_in_and_everybody() -> None:
    assert ask(gate(None)(page), FARID).status_code == 200
    assert ask(gate(None)(page), None).status_code == 302
    assert ask(gate(public=True)(page), None).status_code == 200


def test_silence_and_contradiction_are_refused() -> None:
    for wrong in (lambda: gate(), lambda: gate("reports.read", public=True), lambda: gate(page)):
        with pytest.raises(UndeclaredGate):
            wrong()


def test_a_gate_describes_itself() -> None:
    assert gate("reports.read")(page).gate == Gate("reports.read")  # type: ignore[attr-defined]
    assert [Gate("reports.read").describe(), Gate().describe(), Gate(public=True).describe()] == [
        "reports.read",
        "signed in",
        "public",
    ]
