# mypy: allow-subclassing-any
"""Sign-in as this house does it: nobody signs up, nothing is mailed, one answer to every failure.

An unknown name, a wrong password and a disabled account get the same sentence after the same work (one Argon2id run), so
that nobody can find out who works here. Attempts are counted in memory only, by name and by address, and forgotten there.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from constat.apps.access import vault
from constat.apps.access.actions.sessions import sign_in, sign_out
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.rules.permissions import Permission

FAILED = _(
    "This name and password do not open an account. Check both. After several tries you will have to wait."
)
CODE_WRONG = _("This code is not right, or was already used. Wait for the next one.")
PATIENCE = _("Too many tries. Wait five minutes, then try again.")

FIRST_PAGES = (
    (Permission.DESK_READ, settings.LOGIN_REDIRECT_URL),
    (Permission.ACCESS_MANAGE, "access:people"),
    (Permission.LOG_VERIFY, "access:log"),
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": FAILED,
        "too_many_login_attempts": PATIENCE,
        "rate_limited": PATIENCE,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "incorrect_code": CODE_WRONG,
        "same_as_current": _("The new password must differ from the one you have now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """As allauth does it, but a disabled account with the right password is a failure like any other, and counts as one."""
        self.pre_authenticate(request, **credentials)
        person = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if person is None:
            self.authentication_failed(request, **credentials)
            return None
        self._rollback_login_failed_rl_usage()
        return person

    def login(self, request: HttpRequest, user: Any) -> None:
        # Session, row and event stand or fall together: nobody is in without a trace.
        with transaction.atomic():
            super().login(request, user)
            records = get_authentication_records(request, user)
            ways = [str(record.get("type") or record["method"]) for record in records]
            sign_in(session=request.session, person=user, ways=ways, at=timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page that is open to this person: not everybody who keeps the accounts or reads the log has a desk."""
        viewer = viewer_of(request.user)  # type: ignore[arg-type]
        for permission, route in FIRST_PAGES:
            if permission in viewer.permissions:
                return resolve_url(route)
        return reverse("access:account")

    def logout(self, request: HttpRequest) -> None:
        with transaction.atomic():
            sign_out(session=request.session, person=request.user, at=timezone.now())  # type: ignore[arg-type]
            super().logout(request)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A passkey of a disabled account: the same sentence as any other failure."""
        messages.error(request, str(FAILED))
        return HttpResponseRedirect(reverse("account_login"))

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None,
                    message_context: dict[str, Any] | None = None, extra_tags: str = "", message: str | None = None) -> None:  # fmt: skip
        """Only sentences of errors: that something worked is visible on the page one lands on."""
        if message is not None:
            messages.add_message(request, level, message, extra_tags)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed; the log and the account page tell."""


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": CODE_WRONG}

    def encrypt(self, text: str) -> str:
        """Secrets of second factors are sealed under the vault's key: who reads the database cannot make codes."""
        return vault.seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.open_secret(encrypted_text)

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Passkey %(n)s") % {"n": count + 1})


def spend(authenticator: Authenticator, code: str) -> bool:
    """Mark the interval of a code as used, for every process of the node. False: it, or a later one, was used before."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        secret = decrypt(row.data["secret"])
        # allauth has just found the code to be right; 0 only if its interval ended in this very moment.
        spent = max((counter for counter in totp.yield_hotp_counters_from_time()
                     if totp.format_hotp_value(totp.hotp_value(secret, counter)) == totp.normalize_user_code(code)), default=0)  # fmt: skip
        if spent <= row.data.get("spent", 0):
            return False
        row.data["spent"] = spent
        row.save(update_fields=["data"])
    authenticator.data = row.data
    return True


class Once(forms.Form):
    """A code opens once. allauth remembers used codes per process; several processes serve one node."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not spend(self.authenticator, code):
            raise forms.ValidationError(CODE_WRONG, code="incorrect_code")
        return code


class SecondFactorForm(Once, AuthenticateForm):
    pass


class FreshFactorForm(Once, ReauthenticateForm):
    pass
