"""Posts and compartments: where rights come from, and where they end."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.actions.gate import require, require_other, said
from constat.apps.access.errors import Refused
from constat.apps.access.models import CompartmentMember, Office, Person, Post
from constat.rules.permissions import Permission
from constat.rules.roles import Scope
from constat.rules.roles import role as role_of
from constat.rules.visibility import GENERAL
from constat.rules.vocabulary import vocabulary


def appoint(*, person: Person, role: str, section: str, office: Office | None = None, ends_at: datetime | None = None,
            unit: str = "", by: Person | str, at: datetime) -> Post:  # fmt: skip
    """Give a person a post from now on. Nobody appoints oneself. unit: code of the unit of the force they serve in."""
    require(by, Permission.ACCESS_MANAGE, at=at)
    require_other(by, person)
    vocabulary("role").check(role)
    vocabulary("section").check(section)
    if ends_at is not None and ends_at <= at:
        raise Refused("ends_before", _("The post must end after today, or have no end."), "ends_at")
    if office is None and Scope.OFFICE in (role_of(role).scope_reports, role_of(role).scope_incidents):
        raise Refused(
            "office_needed", _("This role reads the cases of an office: choose the office."), "office"
        )
    with transaction.atomic():
        _require_active(person)
        if Post.objects.filter(
            _running(at), person=person, role=role, section=section, office=office, unit=unit.strip()
        ).exists():
            raise Refused("post_held", _("This person already holds this post."), "role")
        author = by if isinstance(by, Person) else None
        post = Post.objects.create(person=person, role=role, section=section, office=office, starts_at=at, ends_at=ends_at,
                                   unit=unit.strip(), appointed_by=author)  # fmt: skip
        log.record(by=by, verb="access.appoint", object_type="person", object_key=person.pk, at=at,
                   details={"post": post.pk, "role": role, "section": section, "office": office.code if office else "",
                            "unit": post.unit})  # fmt: skip
    return post


def end_post(*, post: Post, by: Person | str, at: datetime) -> Post:
    """The post ends now; the rights it gave are gone at the person's next request."""
    require(by, Permission.ACCESS_MANAGE, at=at)
    with transaction.atomic():
        post = Post.objects.select_for_update().get(pk=post.pk)
        if post.ends_at is not None and post.ends_at <= at:
            raise Refused("post_over", _("This post has already ended."))
        # A post that was to start later ends before it began: no day of it counts.
        post.ends_at = max(at, post.starts_at)
        post.save(update_fields=["ends_at"])
        log.record(by=by, verb="access.end_post", object_type="person", object_key=post.person_id, at=at,
                   details={"post": post.pk, "role": post.role, "section": post.section})  # fmt: skip
    return post


def admit_to_compartment(*, person: Person, compartment: str, reason: str, ends_at: datetime | None = None,
                         by: Person | str, at: datetime) -> CompartmentMember:  # fmt: skip
    """Open a compartment to one person, by name, with a reason. Whoever keeps the accounts cannot do it: another power."""
    require(by, Permission.ACCESS_GRANT, at=at)
    require_other(by, person)
    vocabulary("compartment").check(compartment)
    if compartment == GENERAL:
        raise Refused(
            "general", _("The general compartment needs no admission: roles decide there."), "compartment"
        )
    reason = said(
        reason,
        field="reason",
        message=_("Say why this person needs to read these records; the log keeps it."),
    )
    if ends_at is not None and ends_at <= at:
        raise Refused("ends_before", _("The admission must end after today, or have no end."), "ends_at")
    with transaction.atomic():
        _require_active(person)
        held = CompartmentMember.objects.select_for_update().filter(person=person, compartment=compartment)
        if held.filter(_running(at)).exists():
            raise Refused(
                "admitted", _("This person is already admitted to this compartment."), "compartment"
            )
        author = by if isinstance(by, Person) else None
        member = CompartmentMember.objects.create(person=person, compartment=compartment, reason=reason, admitted_by=author,
                                                  starts_at=at, ends_at=ends_at)  # fmt: skip
        log.record(by=by, verb="access.admit", object_type="person", object_key=person.pk, at=at, purpose=reason,
                   details={"compartment": compartment})  # fmt: skip
    return member


def remove_from_compartment(
    *, member: CompartmentMember, reason: str, by: Person | str, at: datetime
) -> CompartmentMember:
    """The compartment is closed to the person from their next request on."""
    require(by, Permission.ACCESS_GRANT, at=at)
    reason = said(reason, field="reason", message=_("Say why the admission ends; the log keeps it."))
    with transaction.atomic():
        member = CompartmentMember.objects.select_for_update().get(pk=member.pk)
        if member.ends_at is not None and member.ends_at <= at:
            raise Refused("not_admitted", _("This admission has already ended."))
        member.ends_at = max(at, member.starts_at)
        member.save(update_fields=["ends_at"])
        log.record(by=by, verb="access.remove", object_type="person", object_key=member.person_id, at=at, purpose=reason,
                   details={"compartment": member.compartment})  # fmt: skip
    return member


def _running(at: datetime) -> Q:
    return Q(ends_at__isnull=True) | Q(ends_at__gt=at)


def _require_active(person: Person) -> None:
    # Locked and read anew: an account disabled a moment ago gets no new right.
    if not Person.objects.select_for_update().get(pk=person.pk).is_active:
        raise Refused("disabled", _("This account is disabled. Enable it first."))
