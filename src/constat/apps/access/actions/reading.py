"""Reading the log is an act too: it shows who takes an interest in what."""

from datetime import datetime

from django.db import transaction

from constat.apps.access import log
from constat.apps.access.errors import NotAllowed
from constat.apps.access.models import Person
from constat.apps.access.queries import LogPage, log_page
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer


def read_log(
    *, by: Person, viewer: Viewer, at: datetime, before: int | None = None, walk: bool = False
) -> LogPage:
    """The page of the log. Whoever sees more than verbs and hashes leaves an event, committed before a byte is shown."""
    NotAllowed.unless(viewer.may(Permission.LOG_VERIFY))
    if viewer.may(Permission.LOG_READ):
        with transaction.atomic(durable=True):
            log.record(by=by, verb="access.read_log", object_type="log", object_key=before or "newest", at=at)
    return log_page(viewer, before=before, walk=walk)
