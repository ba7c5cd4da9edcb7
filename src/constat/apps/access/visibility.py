"""The reading rule of constat.rules.visibility, written a second time as a database condition.

Lists, counts, search, map and totals all use `readable`; there is no other way to fetch a controlled record. A property
test (tests/properties/test_visibility_equal.py) draws viewers and records at random and holds rule and condition equal.
"""

from datetime import datetime
from typing import Literal

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from constat.rules.roles import role
from constat.rules.visibility import Facts, Level, Viewer

NOTHING = Q(pk__in=[])


def readable(viewer: Viewer, *, kind: str, grants: QuerySet, grant_key: str, at: datetime) -> Q:  # type: ignore[type-arg]
    """Condition on a Controlled model. `grants` are the Grant rows of that model, `grant_key` their key to it."""
    if not viewer.active or not viewer.roles:
        return NOTHING
    compartment = Q(compartment__in=["general", *sorted(viewer.compartments)])
    level = Q(sensitivity__lte=int(viewer.ceiling))
    person = int(viewer.key)
    granted = grants.filter(**{grant_key: OuterRef("pk")}).filter(
        Q(person_id=person) | Q(section__in=sorted(viewer.sections - {""})),
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        starts_at__lte=at,
    )
    scopes = {getattr(role(code), f"scope_{kind}s") for code in viewer.roles}
    if "all" in scopes:
        # No further condition: everything the level and the compartments allow. Kept apart so that the planner can
        # walk an index for lists, instead of testing a disjunction on every row.
        return compartment & level
    need: Q = Q(recorded_by_id=person) | Q(assigned_to_id=person) | Q(Exists(granted))
    if "office" in scopes and viewer.offices:
        need |= Q(office__in=sorted(viewer.offices))
    if "compartment" in scopes:
        need |= ~Q(compartment="general")
    return compartment & level & need


def granted_to(grants: QuerySet, *, at: datetime) -> frozenset[str]:  # type: ignore[type-arg]
    """Person keys and section codes of the grants in force, among the grants of one record."""
    running = grants.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)
    return frozenset(
        section or str(person) for person, section in running.values_list("person_id", "section")
    )


def facts_of(record: Model, *, kind: Literal["report", "incident"], granted_to: frozenset[str]) -> Facts:
    """The Facts of one record, for the pure rule and for the panel that answers "why can this person see it?"."""
    return Facts(
        kind=kind,
        sensitivity=Level(record.sensitivity),  # type: ignore[attr-defined]
        compartment=record.compartment,  # type: ignore[attr-defined]
        office=record.office,  # type: ignore[attr-defined]
        recorded_by=str(record.recorded_by_id) if record.recorded_by_id else None,  # type: ignore[attr-defined]
        assigned_to=frozenset({str(record.assigned_to_id)} if record.assigned_to_id else ()),  # type: ignore[attr-defined]
        granted_to=granted_to,
    )
