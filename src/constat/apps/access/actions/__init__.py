"""The verbs of access. Each asks the permission, applies the rule, writes, and leaves one event: in one transaction."""

from constat.apps.access.actions.grants import end_grant, grant
from constat.apps.access.actions.people import (
    create_office,
    create_person,
    disable_person,
    enable_person,
    set_password,
    speak,
    start_password,
)
from constat.apps.access.actions.posts import admit_to_compartment, appoint, end_post, remove_from_compartment
from constat.apps.access.actions.reading import read_log
from constat.apps.access.actions.sessions import end_sessions

__all__ = [
    "admit_to_compartment",
    "appoint",
    "create_office",
    "create_person",
    "disable_person",
    "enable_person",
    "end_grant",
    "end_post",
    "end_sessions",
    "grant",
    "read_log",
    "remove_from_compartment",
    "set_password",
    "speak",
    "start_password",
]
