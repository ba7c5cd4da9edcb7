"""Acknowledge the harm: to one person, or in public. Quickly, and whatever may be paid later."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.responses.actions._case import (
    held_addressee,
    held_inquiry,
    language,
    note,
    permitted,
    written_words,
)
from constat.apps.responses.actions.notices import contact_verdict
from constat.apps.responses.errors import Incomplete, UnsafeContact, WrongState
from constat.apps.responses.models import Acknowledgement
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

PRIVATE, PUBLIC = "acknowledgement_private", "acknowledgement_public"  # vocabulary "response_type"


@transaction.atomic
def acknowledge(
    *, by: Person, at: datetime, inquiry: str, kind: str, words: str, spoken_language: str, given_on: date,
    apology: bool = False, addressee: int | None = None, channel: str = "in_person",
) -> int:  # fmt: skip
    """The key of the record. A private one is a contact like any other: its risk is judged before it is made."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, at=at)
    incident = held_inquiry(viewer, inquiry, at).incident
    vocabulary("response_type").check(kind)
    vocabulary("language").check(spoken_language)
    if kind not in (PRIVATE, PUBLIC):
        raise Incomplete(_("An acknowledgement is private or public."), field="kind")
    said = written_words(words, "words", _("Write what was said, without names."))
    if given_on > at.date():
        raise Incomplete(_("This day is still to come. Record it when it was said."), field="given_on")
    row = None
    if kind == PRIVATE:
        if addressee is None:
            raise Incomplete(_("Say to whom it was said."), field="addressee")
        row = held_addressee(viewer, incident, addressee, at)
        verdict = contact_verdict(row, by=by, channel=channel, at=at)
        if not verdict:
            raise UnsafeContact(verdict.say(language()))
    elif incident.compartment != "general":
        raise WrongState(_("What happened in a closed compartment is not acknowledged in public."))
    made = Acknowledgement.objects.create(
        incident=incident, kind=kind, addressee=row, words=said, language=spoken_language, given_on=given_on,
        apology=apology, by=by, at=at,
    )  # fmt: skip
    note(by=by, verb="acknowledge", kind="incident", key=incident.code, at=at,
         details={"kind": kind, "apology": apology})  # fmt: skip
    return made.pk
