"""What every verb begins and ends with: the gate, the locked row, its one event."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.actions import gate
from constat.apps.access.models import Person
from constat.apps.publication.errors import Incomplete, NotAllowed, NotFound, SamePersonTwice, WrongState
from constat.apps.publication.models import Publication, PublicationStep
from constat.apps.publication.queries import language, readable_publications
from constat.rules.release import PUBLICATION
from constat.rules.separation import separate
from constat.rules.visibility import Viewer
from constat.rules.workflow import IllegalTransition, MissingNeed

permitted = partial(gate.permitted, refusal=NotAllowed)


def held(viewer: Viewer, code: str, at: datetime) -> Publication:
    """The publication of that code under a lock, if this person may read it."""
    found = (
        Publication.objects.select_for_update(of=("self",))
        .filter(pk__in=readable_publications(viewer, at=at).values("pk"), code=code)
        .select_related("incident", "earlier")
        .first()
    )
    if found is None:
        raise NotFound(
            _("There is no publication %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def step(row: Publication, verb: str, *, by: Person, at: datetime, reason: str, **supplied: object) -> None:
    """Check and take the step in the table, and keep its reason. The caller saves and records."""
    if not reason.strip():
        raise Incomplete(_("Write a reason."), field="reason")
    given = {"actor": str(by.pk), "at": at, "reason": reason, **supplied}
    try:
        transition = PUBLICATION.check(row.state, verb, given)
    except IllegalTransition as error:
        raise WrongState(error.say(language()), code=row.code) from error
    except MissingNeed as error:
        raise Incomplete(error.say(language()), field=error.need) from error
    row.state = transition.target
    PublicationStep.objects.create(publication=row, verb=verb, reason=reason.strip(), by=by, at=at)


def two_people(first: Person | int, by: Person, rule: str, code: str) -> None:
    key = first.pk if isinstance(first, Person) else first
    decision = separate({str(key)}, str(by.pk), rule)
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=code)


def note(
    *,
    by: Person,
    verb: str,
    key: str,
    at: datetime,
    kind: str = "publication",
    details: Mapping[str, object] | None = None,
) -> None:
    """The one event of the act: codes and digests, never the words."""
    log.record(by=by, verb=f"publication.{verb}", object_type=kind, object_key=key, at=at, details=details)
