# mypy: allow-subclassing-any
"""The views of allauth that this house opens, each behind a declared gate, with our pages. Everything else of allauth
(sign-up, e-mail, mailed resets) is not mounted and so does not exist."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as FreshCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy
from django.utils import timezone

from constat.apps.access.actions.sessions import change_factor
from constat.apps.access.signin import spend
from constat.ui.gate import gate

public: Callable[..., Any] = gate(public=True)
signed_in: Callable[..., Any] = gate(None)


class PlainLoginForm(LoginForm):
    """Without placeholders: they vanish when one types, and look like something already entered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false", dir="ltr")


class Recorded:
    """What the form does and its event: one transaction."""

    what: str
    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            self.also(form)
            change_factor(what=self.what, by=self.request.user, at=timezone.now())  # type: ignore[arg-type]
        return response

    def also(self, form: Any) -> None:
        """Something more in the same transaction."""


class ChangePassword(Recorded, PasswordChangeView):
    what = "change_password"
    success_url = reverse_lazy("access:account")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_usable_password():  # type: ignore[union-attr]  # a first password is set with a code, not here
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class AddApp(Recorded, ActivateTOTPView):
    what = "add_totp"

    def also(self, form: Any) -> None:
        # The code that proved the set-up is used up as well: it does not open a sign-in half a minute later.
        spend(
            Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP),
            form.cleaned_data["code"],
        )


class RemoveApp(Recorded, DeactivateTOTPView):
    what = "remove_totp"


class AddPasskey(Recorded, AddWebAuthnView):
    what = "add_passkey"


class RemovePasskey(Recorded, RemoveWebAuthnView):
    what = "remove_passkey"
    success_url = reverse_lazy("mfa_index")


class NewCodes(Recorded, GenerateRecoveryCodesView):
    what = "new_recovery_codes"


_leave = LogoutView.as_view(template_name="access/signin/logout.html")


def _logout(request: HttpRequest) -> HttpResponse:
    """Nothing stays in a shared computer: the browser is asked to forget what it kept of this site."""
    response: HttpResponse = _leave(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


login = public(LoginView.as_view(form_class=PlainLoginForm, template_name="access/signin/login.html"))
logout = public(_logout)
second_factor = public(AuthenticateView.as_view(template_name="access/signin/second_factor.html"))
passkey_login = public(LoginWebAuthnView.as_view())

confirm_password = signed_in(ReauthenticateView.as_view(template_name="access/signin/confirm_password.html"))
confirm_code = signed_in(FreshCodeView.as_view(template_name="access/signin/confirm_code.html"))
confirm_passkey = signed_in(
    ReauthenticateWebAuthnView.as_view(template_name="access/signin/confirm_passkey.html")
)

change_password = signed_in(ChangePassword.as_view(template_name="access/signin/change_password.html"))
factors = signed_in(IndexView.as_view(template_name="access/signin/factors.html"))
add_app = signed_in(AddApp.as_view(template_name="access/signin/add_app.html"))
remove_app = signed_in(RemoveApp.as_view(template_name="access/signin/remove_app.html"))
codes = signed_in(ViewRecoveryCodesView.as_view(template_name="access/signin/codes.html"))
new_codes = signed_in(NewCodes.as_view(template_name="access/signin/new_codes.html"))
add_passkey = signed_in(AddPasskey.as_view(template_name="access/signin/add_passkey.html"))
remove_passkey = signed_in(RemovePasskey.as_view(template_name="access/signin/remove_passkey.html"))
