"""People: an account is made, gets a password of its owner's choosing, is switched off and on."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.actions.gate import require, require_other, said
from constat.apps.access.actions.sessions import drop_sessions
from constat.apps.access.errors import Refused
from constat.apps.access.models import Activation, Office, Person
from constat.rules.permissions import Permission

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without the letters and digits people confuse on paper
CODE_LENGTH = 20  # 31^20, 99 bits: cannot be guessed, so a plain hash of it may be stored
CODE_LASTS = timedelta(hours=72)


def create_person(
    *, username: str, display_name: str, language: str = "fr", by: Person | str, at: datetime
) -> Person:
    """An account without password, post or right."""
    require(by, Permission.ACCESS_MANAGE, at=at)
    username = said(username, field="username", message=_("Enter the name the person will sign in with."))
    display_name = said(
        display_name, field="display_name", message=_("Enter the name colleagues know the person by.")
    )
    _known_language(language)
    with transaction.atomic():
        if Person.objects.filter(username__iexact=username).exists():
            raise Refused(
                "name_taken", _("Somebody already signs in with this name. Choose another one."), "username"
            )
        person = Person(username=username, display_name=display_name, language=language, created_at=at)
        person.set_unusable_password()
        person.save(force_insert=True)
        log.record(by=by, verb="access.create_person", object_type="person", object_key=person.pk, at=at)
    return person


def create_office(*, code: str, name: str, area_code: str = "", by: Person | str, at: datetime) -> Office:
    """A place where the mission works; field staff see the reports of their own."""
    require(by, Permission.ACCESS_MANAGE, at=at)
    code = said(
        code, field="code", message=_("Enter a short code for the office, for instance “gao”.")
    ).lower()
    name = said(name, field="name", message=_("Enter the name of the office."))
    with transaction.atomic():
        if Office.objects.filter(code=code).exists():
            raise Refused("office_exists", _("There is already an office with this code."), "code")
        office = Office.objects.create(code=code, name=name, area_code=area_code)
        log.record(by=by, verb="access.create_office", object_type="office", object_key=code, at=at)
    return office


def start_password(*, person: Person, by: Person | str, at: datetime) -> str:
    """A code, shown once, with which the person sets a password of their own; an administrator never knows one.

    An older code of the same person stops working. The old password, if any, works until the code is used.
    """
    require(by, Permission.ACCESS_MANAGE, at=at)
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    with transaction.atomic():
        values = {"lookup": _lookup(code), "started_at": at, "ends_at": at + CODE_LASTS}
        Activation.objects.update_or_create(person=person, defaults=values)
        log.record(by=by, verb="access.start_password", object_type="person", object_key=person.pk, at=at)
    return "-".join(code[start : start + 5] for start in range(0, CODE_LENGTH, 5))


def set_password(*, code: str, password: str, at: datetime) -> Person:
    """The person sets the password with the code they were given. Every session of theirs ends; a second factor stays asked."""
    with transaction.atomic():
        found = Activation.objects.select_for_update().select_related("person")
        activation = found.filter(lookup=_lookup(code), ends_at__gt=at, person__is_active=True).first()
        if activation is None:
            raise Refused(
                "no_such_code", _("This code is not valid, or no longer. Ask for a new one."), "code"
            )
        person = activation.person
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise Refused("weak_password", " ".join(error.messages), "password") from None
        person.set_password(password)
        person.save(update_fields=["password"])
        activation.delete()
        ended = drop_sessions(person)
        log.record(by=person, verb="access.set_password", object_type="person", object_key=person.pk, at=at,
                   details={"sessions_ended": ended})  # fmt: skip
    return person


def _lookup(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(b"constat activation\x00" + plain.encode()).hexdigest()


def disable_person(*, person: Person, reason: str, by: Person | str, at: datetime) -> Person:
    """The account is off from this moment: all its sessions end, its codes die, the next request is refused."""
    require(by, Permission.ACCESS_MANAGE, at=at)
    reason = said(reason, field="reason", message=_("Say why the account is disabled; the log keeps it."))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if not person.is_active:
            raise Refused("already_disabled", _("This account is already disabled."))
        if isinstance(by, Person) and by.pk == person.pk:
            raise Refused(
                "self_disable", _("You cannot disable your own account. Ask another administrator.")
            )
        person.is_active, person.disabled_at = False, at
        person.save(update_fields=["is_active", "disabled_at"])
        Activation.objects.filter(person=person).delete()
        ended = drop_sessions(person)
        log.record(by=by, verb="access.disable_person", object_type="person", object_key=person.pk, at=at, purpose=reason,
                   details={"sessions_ended": ended})  # fmt: skip
    return person


def enable_person(*, person: Person, reason: str, by: Person | str, at: datetime) -> Person:
    """The account is on again, with the posts it still holds."""
    require(by, Permission.ACCESS_MANAGE, at=at)
    require_other(by, person)
    reason = said(
        reason, field="reason", message=_("Say why the account is enabled again; the log keeps it.")
    )
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.is_active:
            raise Refused("already_enabled", _("This account is already in use."))
        person.is_active, person.disabled_at = True, None
        person.save(update_fields=["is_active", "disabled_at"])
        log.record(
            by=by,
            verb="access.enable_person",
            object_type="person",
            object_key=person.pk,
            at=at,
            purpose=reason,
        )
    return person


def speak(*, language: str, by: Person, at: datetime) -> Person:
    """A person chooses the language of the pages."""
    _known_language(language)
    with transaction.atomic():
        by.language = language
        by.save(update_fields=["language"])
        log.record(
            by=by,
            verb="access.speak",
            object_type="person",
            object_key=by.pk,
            at=at,
            details={"language": language},
        )
    return by


def _known_language(language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise Refused("unknown_language", _("Choose one of the languages of the list."), "language")
