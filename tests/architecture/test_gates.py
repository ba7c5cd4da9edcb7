"""Every page says who may open it; a page that says nothing fails here, before anybody can open it."""

import importlib.util
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.urls import include, path
from django.views import View

from constat.rules.permissions import Permission
from constat.ui.gate import UndeclaredGate, gate

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("constat_tools_routes", ROOT / "tools/routes.py")
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)

# Open to everybody, each for a reason. A new one is a decision, taken here.
PUBLIC = {
    "account_login": "nobody is signed in yet",
    "account_logout": "a session that ran out must not keep anybody from leaving",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in with a passkey",
    "access:activate": "a first password, with a code",
    "ui:language": "a preference",
    "ui:leave": "where “Exit this page” leads",
    "set_language": "a preference",
}
# The public doors: telling of harm, following a receipt; complaining; reading what was released.
PUBLIC_PREFIX = ("reports:public", "publication:public", "responses:public")


def test_every_route_declares_its_gate():
    assert tool.ungated() == []


def test_every_gate_names_a_permission_that_exists():
    known = {permission.value for permission in Permission} | {None}

    assert {
        (route, view.gate.permission)
        for route, _name, view in tool.routes()
        if view.gate.permission not in known
    } == set()


def test_what_is_open_to_everybody_is_a_short_known_list():
    public = {name for _route, name, view in tool.routes() if view.gate.public}

    assert {name for name in public if name not in PUBLIC and not name.startswith(PUBLIC_PREFIX)} == set()


def test_nothing_of_allauth_is_mounted_beyond_what_is_asked_for():
    """Sign-up, e-mail addresses and mailed resets are code we ship and never want reached."""
    names = {name for _route, name, _view in tool.routes()}

    assert {name for name in names if name.startswith(("account_", "mfa_", "socialaccount"))} == {
        "account_login", "account_logout", "account_reauthenticate", "account_change_password",
        "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_index",
        "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_add_webauthn", "mfa_remove_webauthn",
    }  # fmt: skip


def test_the_list_of_routes_in_the_docs_is_the_list_of_routes():
    assert tool.TARGET.read_text("utf-8") == tool.text(), (
        "run `python tools/routes.py` and look at what is new"
    )


# The test bites -----------------------------------------------------------------------------------------------------


def forgotten(request):
    return HttpResponse("who may see this?")


class ForgottenView(View):
    def get(self, request):
        return HttpResponse("who may see this?")


def imitating(request):
    return HttpResponse("looks gated, is not")


imitating.gate = "reports.read"


@pytest.mark.parametrize("view", [forgotten, ForgottenView.as_view(), imitating])
def test_a_view_without_a_gate_is_found_wherever_it_hides(view):
    gated = gate(public=True)(lambda request: HttpResponse(""))
    hidden = [
        path("open/", gated),
        path("in/", include([path("deep/<int:pk>/", include([path("er/", view)]))])),
    ]

    assert tool.ungated(hidden) == ["in/deep/<int:pk>/er/"]


def test_a_gate_cannot_be_left_open_by_silence():
    for wrong in ({}, {"permission": object()}, {"permission": "reports.read", "public": True}):
        with pytest.raises(UndeclaredGate):
            gate(**wrong)
