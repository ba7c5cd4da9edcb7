"""Language, session and viewer of every request."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from constat.apps.access.actions.sessions import MARK, open_session
from constat.apps.access.models import SignIn
from constat.apps.access.queries import viewer_of

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
GRAIN = timedelta(minutes=1)  # one write a minute and person, not one a request


class LanguageMiddleware:
    """The cookie a person chose, else the language of their account, else French. The browser's own wish is not asked:
    most of the machines in a mission were installed in English by somebody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or getattr(request.user, "language", "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
            return response


class ViewerMiddleware:
    """Puts `request.viewer` in place (None for the public). Read anew on every request: a right that ended is over at once.

    Ends a session that was idle for 15 minutes, is older than 8 hours, or was ended elsewhere (account disabled, password
    set anew, "end all others"): its row is gone, and a copied cookie opens nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        row = None
        if request.user.is_authenticated:
            row = sitting(request)
            if row is None:
                logout(request)
        request.viewer = viewer_of(request.user) if request.user.is_authenticated else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if (
            row is not None
            and request.session.session_key not in {row.session_key, None}
            and request.session.get(MARK) == row.pk
        ):
            # A changed password gives the session a new key; the row follows it.
            SignIn.objects.filter(pk=row.pk).update(session_key=request.session.session_key)
        return response


def sitting(request: HttpRequest) -> SignIn | None:
    """The row of this request's session, or None when the session is over."""
    now = timezone.now()
    if MARK not in request.session:
        # Signed in by a door that is not ours (a test's force_login): from here on it has the limits of every session.
        return open_session(session=request.session, person=request.user, at=now)  # type: ignore[arg-type]
    row = SignIn.objects.filter(pk=request.session[MARK], person=request.user).first()  # type: ignore[misc]
    if row is None:
        return None
    if now - row.seen_at > IDLE or now - row.started_at > LONGEST:
        row.delete()
        return None
    if now - row.seen_at >= GRAIN:
        SignIn.objects.filter(pk=row.pk).update(seen_at=now)
    return row
