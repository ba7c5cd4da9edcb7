"""Leave to read one record, given by somebody who may read it, to somebody else, with a reason."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.actions.gate import require, require_other, said
from constat.apps.access.errors import NotAllowed, Refused
from constat.apps.access.models import Grant, Person
from constat.apps.access.queries import viewer_of
from constat.rules.permissions import Permission
from constat.rules.visibility import GENERAL, Facts, may_read
from constat.rules.vocabulary import vocabulary


def grant(grants: Any, *, facts: Facts, object_key: str, reason: str, by: Person, at: datetime, person: Person | None = None,
          section: str = "", ends_at: datetime | None = None) -> Grant:  # fmt: skip
    """Open one record. `grants`: the record's related manager (`report.grants`). To a person, or to a section.

    A grant never opens a compartment and never lifts a level: where it would change nothing it is refused, so that nobody
    believes that somebody can read what they cannot.
    """
    require(by, Permission.ACCESS_GRANT, at=at)
    NotAllowed.unless(may_read(viewer_of(by, at=at), facts))
    if (person is None) == (section == ""):
        raise Refused("one_receiver", _("Choose one person or one section."), "person")
    reason = said(reason, field="reason", message=_("Say why this record is opened; the log keeps it."))
    if ends_at is not None and ends_at <= at:
        raise Refused(
            "ends_before", _("The permission to read must end after today, or have no end."), "ends_at"
        )
    if person is not None:
        require_other(by, person)
        _require_effect(person, facts, at)
    else:
        vocabulary("section").check(section)
    with transaction.atomic():
        made: Grant = grants.create(
            person=person, section=section, reason=reason, granted_by=by, starts_at=at, ends_at=ends_at
        )
        log.record(by=by, verb="access.grant", object_type=facts.kind, object_key=object_key, at=at, purpose=reason,
                   details={"person": person.pk if person else None, "section": section})  # fmt: skip
    return made


def end_grant(given: Grant, *, object_type: str, object_key: str, by: Person, at: datetime) -> Grant:
    """The leave ends now."""
    require(by, Permission.ACCESS_GRANT, at=at)
    with transaction.atomic():
        given = type(given)._default_manager.select_for_update().get(pk=given.pk)
        if given.ends_at is not None and given.ends_at <= at:
            raise Refused("grant_over", _("This permission to read has already ended."))
        given.ends_at = max(at, given.starts_at)
        given.save(update_fields=["ends_at"])
        log.record(by=by, verb="access.end_grant", object_type=object_type, object_key=object_key, at=at,
                   details={"person": given.person_id, "section": given.section})  # fmt: skip
    return given


def _require_effect(person: Person, facts: Facts, at: datetime) -> None:
    viewer = viewer_of(person, at=at)
    if facts.compartment != GENERAL and facts.compartment not in viewer.compartments:
        raise Refused("outside_compartment", _("This person is not admitted to the compartment of this record; admit them first."),
                      "person")  # fmt: skip
    opened = Facts(
        kind=facts.kind,
        sensitivity=facts.sensitivity,
        compartment=facts.compartment,
        granted_to=frozenset({viewer.key}),
    )
    NotAllowed.unless(may_read(viewer, opened))
