"""Actors, how they relate and since when, and units."""

from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from constat.analysis.names import fold
from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.register.actions import _gate
from constat.apps.register.errors import NoSuchEntry, RefusedEntry
from constat.apps.register.models import Actor, ActorRelation, Unit
from constat.rules.permissions import Permission


def add_actor(
    *, by: Person | str, at: datetime, kind: str, name: str, code: str = "", name_ar: str = "", also_known_as: str = "",
    is_own: bool = False, source: str = "",
) -> Actor:  # fmt: skip
    """A party. `also_known_as`: one name per line. Raises RefusedEntry when the code or the name is taken."""
    _gate.require(by, Permission.REGISTER_EDIT, at=at)
    _gate.known("actor_type", kind, field="kind")
    name = _gate.said(name, field="name")
    code = code or slugify(fold(name))[:60]
    with transaction.atomic():
        if not code or Actor.objects.filter(code=code).exists():
            raise RefusedEntry(_("An actor with this code is already in the register."), field="name")
        actor = Actor.objects.create(
            code=code, kind=kind, name=name, name_ar=name_ar.strip(), also_known_as=also_known_as.strip(),
            folded=fold(name)[:200], is_own=is_own, source=source.strip(),
        )  # fmt: skip
        log.record(
            by=by,
            verb="register.add_actor",
            object_type="actor",
            object_key=code,
            at=at,
            details={"kind": kind},
        )
    return actor


def relate_actors(
    *, by: Person | str, at: datetime, actor: str, other: str, relation: str, basis: str,
    valid_from: date | None = None, valid_to: date | None = None,
) -> ActorRelation:  # fmt: skip
    """Say how two actors (by code) relate, from when until when, and on what basis."""
    _gate.require(by, Permission.REGISTER_EDIT, at=at)
    _gate.known("actor_relation", relation, field="relation")
    _gate.in_order(valid_from, valid_to)
    if not basis.strip():
        raise RefusedEntry(_("Say on what basis: who told, which document."), field="basis")
    if actor == other:
        raise RefusedEntry(_("An actor cannot relate to itself."), field="other")
    with transaction.atomic():
        row = ActorRelation.objects.create(
            actor=_actor(actor), other=_actor(other), relation=relation, basis=basis.strip(), valid_from=valid_from, valid_to=valid_to
        )  # fmt: skip
        details = {"other": other, "relation": relation}
        log.record(
            by=by,
            verb="register.relate_actors",
            object_type="actor",
            object_key=actor,
            at=at,
            details=details,
        )
    return row


def add_unit(
    *, by: Person | str, at: datetime, name: str, actor: str, code: str = "", parent: str = "", contributor: str = "",
    valid_from: date | None = None, valid_to: date | None = None,
) -> Unit:  # fmt: skip
    """A unit of an actor. `parent`: code of the unit it belongs to; `contributor`: ISO 3166 alpha-3 of the contributing state."""
    _gate.require(by, Permission.REGISTER_EDIT, at=at)
    name = _gate.said(name, field="name")
    _gate.in_order(valid_from, valid_to)
    code = code or slugify(fold(name))[:60]
    with transaction.atomic():
        if not code or Unit.objects.filter(code=code).exists():
            raise RefusedEntry(_("A unit with this code is already in the register."), field="name")
        above = Unit.objects.filter(code=parent).first() if parent else None
        if parent and above is None:
            raise NoSuchEntry(_("There is no such unit in the register."), field="parent")
        unit = Unit.objects.create(
            code=code, name=name, actor=_actor(actor), parent=above, contributor=contributor.upper(),
            valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip
        log.record(
            by=by,
            verb="register.add_unit",
            object_type="unit",
            object_key=code,
            at=at,
            details={"actor": actor},
        )
    return unit


def _actor(code: str) -> Actor:
    found = Actor.objects.filter(code=code).first()
    if found is None:
        raise NoSuchEntry(_("There is no such actor in the register."), field="actor")
    return found
