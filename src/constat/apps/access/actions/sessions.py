"""Sessions: what a sign-in opened, until it ends."""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from constat.apps.access import log
from constat.apps.access.models import Person, SignIn

MARK = "constat.sign_in"  # in the session: the row of SignIn it belongs to


def sign_in(*, session: SessionBase, person: Person, ways: list[str], at: datetime) -> SignIn:
    """A person came in. `ways`: password, totp, webauthn, recovery_codes."""
    with transaction.atomic():
        row = open_session(session=session, person=person, at=at)
        log.record(
            by=person,
            verb="access.sign_in",
            object_type="person",
            object_key=person.pk,
            at=at,
            details={"ways": ways},
        )
    return row


def open_session(*, session: SessionBase, person: Person, at: datetime) -> SignIn:
    """The row of a session, as a part of the caller's act."""
    row = SignIn.objects.create(
        session_key=session.session_key or "", person=person, started_at=at, seen_at=at
    )
    session[MARK] = row.pk
    return row


def sign_out(*, session: SessionBase, person: Person, at: datetime) -> None:
    with transaction.atomic():
        SignIn.objects.filter(pk=session.get(MARK, 0)).delete()
        log.record(by=person, verb="access.sign_out", object_type="person", object_key=person.pk, at=at)


def change_factor(*, what: str, by: Person, at: datetime) -> None:
    """A person changed how they sign in, as a part of the caller's change. `what`: password, totp_added, passkey_removed ..."""
    log.record(by=by, verb=f"access.{what}", object_type="person", object_key=by.pk, at=at)


def drop_sessions(person: Person, *, keep: str = "") -> int:
    """Remove the sessions of a person, as a part of the caller's act. `keep`: the session key that stays. Returns how many."""
    rows = SignIn.objects.filter(person=person).exclude(session_key=keep)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def end_sessions(*, keep: str, by: Person, at: datetime) -> int:
    """A person ends all sessions of their own but the one they sit in."""
    with transaction.atomic():
        ended = drop_sessions(by, keep=keep)
        log.record(
            by=by,
            verb="access.end_sessions",
            object_type="person",
            object_key=by.pk,
            at=at,
            details={"sessions_ended": ended},
        )
    return ended
