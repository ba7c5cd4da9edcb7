"""Sessions: what a sign-in opened, until it ends."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from constat.apps.access import log
from constat.apps.access.models import Person, SignIn


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
        log.record(by=by, verb="access.end_sessions", object_type="person", object_key=by.pk, at=at, details={"sessions_ended": ended})
    return ended
