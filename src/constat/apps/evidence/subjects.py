"""What an item or an interview may hang on: records of later steps, which this step does not know.

The later steps are named once, in constat.config.subjects, and reached through the setting EVIDENCE_SUBJECTS: type ->
Door. An item is never more open than the record it hangs on: whoever may not read that record now, does not read the item.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string

from constat.apps.access.models import Controlled
from constat.rules.visibility import Viewer

GENERAL = "general"
Subject = tuple[str, str]  # (type, code)


@dataclass(frozen=True)
class Door:
    """readable(viewer, at): the records this viewer may read, with a column `code`. page: the route of a record's page. prefix: of its codes.

    holder: path from the record to the Controlled record that decides about it ("" when it is one itself).
    """

    readable: Callable[[Viewer, datetime], QuerySet[Any]]
    page: str
    label: Any
    prefix: str
    holder: str = ""


@dataclass(frozen=True)
class Found:
    """A record somebody may read: the doors that what hangs on it gets."""

    type: str
    code: str
    record: Any
    sensitivity: int
    compartment: str
    office: str
    own: frozenset[str]  # keys of whoever recorded it and whoever it is assigned to


def doors() -> Mapping[str, Door]:
    found: Mapping[str, Door] = import_string(settings.EVIDENCE_SUBJECTS)()
    return found


def find(viewer: Viewer, subject: Subject, *, at: datetime) -> Found | None:
    """The record, if this viewer may read it. None: not there, not theirs, or of a type nothing hangs on."""
    kind, code = subject
    if (door := doors().get(kind)) is None:
        return None
    row = door.readable(viewer, at).filter(code=code).first()
    return None if row is None else _found(kind, code, row, door)


def of_code(code: str) -> Subject:
    """The subject a person means who writes a code: "i-2026-000042" -> ("incident", "I-2026-000042"). ("", code): none."""
    code = code.strip().upper()
    kind = next((name for name, door in doors().items() if code.startswith(f"{door.prefix}-")), "")
    return kind, code


def page_of(subject: Subject) -> str:
    door = doors().get(subject[0])
    return reverse(door.page, args=[subject[1]]) if door else ""


def _found(kind: str, code: str, row: Any, door: Door) -> Found:
    held = row
    for step in door.holder.split("__") if door.holder else ():
        held = getattr(held, step)
    if not isinstance(held, Controlled):
        raise TypeError(f"{kind} has no doors of its own: say in its Door which record decides.")
    own = {str(key) for key in (held.recorded_by_id, held.assigned_to_id) if key}
    return Found(kind, code, row, held.sensitivity, held.compartment, held.office, frozenset(own))


def through_subject(viewer: Viewer, *, at: datetime, links: QuerySet[Any] | None = None) -> Q:
    """Condition on a row with subject_type and subject_key: its record, or another it is linked to, is readable."""
    condition = Q(pk__in=[])
    for kind, door in doors().items():
        codes = door.readable(viewer, at).values("code")
        condition |= Q(subject_type=kind, subject_key__in=codes)
        if links is not None:
            linked = links.filter(item_id=OuterRef("pk"), subject_type=kind, subject_key__in=codes)
            condition |= Q(Exists(linked))
    return condition


def in_open_compartment(viewer: Viewer, *, at: datetime) -> Q:
    """The record the row hangs on stands in no compartment that is closed to this viewer, wherever it was moved since."""
    condition = Q(pk__in=[])
    for kind, door in doors().items():
        rows = door.readable(viewer, at).model._default_manager.all()
        prefix = f"{door.holder}__" if door.holder else ""
        inside = rows.filter(**{f"{prefix}compartment__in": [GENERAL, *sorted(viewer.compartments)]})
        condition |= Q(subject_type=kind) & Q(Exists(inside.filter(code=OuterRef("subject_key"))))
    return condition


__all__ = [
    "Door",
    "Found",
    "Subject",
    "doors",
    "find",
    "in_open_compartment",
    "of_code",
    "page_of",
    "through_subject",
]
