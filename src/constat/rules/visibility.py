"""Who may read what. Default: nobody.

`may_read` is written a second time as a database condition; a property test holds the two equal. So change
neither alone. To somebody outside, every no is shown as "there is no such record"; the reason is for the log
and for the panel "why can this person see it".
"""

from dataclasses import dataclass, field
from typing import Literal

from constat.rules.decision import Decision
from constat.rules.permissions import Permission
from constat.rules.roles import Detail, Field, Level, Role, Scope, role
from constat.rules.speech import Sentence
from constat.rules.vocabulary import vocabulary

__all__ = ["Decision", "Facts", "Field", "FieldAccess", "Level", "Viewer", "explain", "may_read", "may_see"]

GENERAL = "general"
IDENTITY_FIELDS = frozenset({Field.PERSON_IDENTITY, Field.SOURCE_IDENTITY})


@dataclass(frozen=True)
class Viewer:
    """A person as the rules see one. `key` is the person's key, never a name."""

    key: str
    roles: frozenset[str]
    sections: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    compartments: frozenset[str] = frozenset()
    active: bool = True

    @property
    def held(self) -> tuple[Role, ...]:
        return tuple(role(code) for code in sorted(self.roles))

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person may do; a person who is not active may do nothing."""
        return frozenset().union(*(one.permissions for one in self.held)) if self.active else frozenset()

    @property
    def ceiling(self) -> Level:
        """The highest level the person's roles reach."""
        return max((one.ceiling for one in self.held), default=Level.L0)

    def may(self, permission: Permission) -> Decision:
        """May this person do that at all? Says nothing about a particular record."""
        facts = {"permission": permission}
        if not self.active:
            return Decision(False, "inactive", self.key, facts)
        if permission in self.permissions:
            held = tuple(one for one in self.held if permission in one.permissions)
            return Decision(
                True, "permission_held", ", ".join(one.code for one in held), {**facts, "roles": held}
            )
        return Decision(False, "permission_missing", permission.value, facts)


@dataclass(frozen=True)
class Facts:
    """What decides about reading one record. `granted_to`: unexpired grants, person keys and section codes."""

    kind: Literal["report", "incident"]
    sensitivity: Level
    compartment: str = GENERAL
    office: str = ""
    recorded_by: str | None = None
    assigned_to: frozenset[str] = field(default_factory=frozenset)
    granted_to: frozenset[str] = field(default_factory=frozenset)


def may_read(viewer: Viewer, facts: Facts) -> Decision:
    """May this person read this record? The order of the lines is the rule: the first that applies decides."""
    if not viewer.active:
        return Decision(False, "inactive", viewer.key)
    if not viewer.roles:
        return Decision(False, "no_role", viewer.key)
    # A compartment is closed to everybody outside it: a grant never opens it, membership does.
    if facts.compartment != GENERAL and facts.compartment not in viewer.compartments:
        return Decision(False, "outside_compartment", facts.compartment, _compartment(facts))
    if facts.sensitivity > viewer.ceiling:
        levels = {"level": facts.sensitivity, "ceiling": viewer.ceiling}
        return Decision(False, "above_ceiling", facts.sensitivity.name, levels)
    if granted := facts.granted_to & (viewer.sections | {viewer.key}):
        return Decision(True, "granted", ", ".join(sorted(granted)))
    if facts.recorded_by == viewer.key:
        return Decision(True, "recorded", viewer.key)
    if viewer.key in facts.assigned_to:
        return Decision(True, "assigned", viewer.key)
    return _by_scope(viewer, facts)


def _by_scope(viewer: Viewer, facts: Facts) -> Decision:
    scopes = {one.scope(facts.kind) for one in viewer.held}
    if Scope.ALL in scopes:
        held = tuple(one for one in viewer.held if one.scope(facts.kind) is Scope.ALL)
        return Decision(True, "role", ", ".join(one.code for one in held), {"roles": held})
    if Scope.OFFICE in scopes and facts.office in viewer.offices:
        return Decision(True, "office", facts.office)
    if Scope.COMPARTMENT in scopes and facts.compartment != GENERAL:
        return Decision(True, "compartment", facts.compartment, _compartment(facts))
    return Decision(False, "no_need", facts.kind)


def _compartment(facts: Facts) -> dict[str, object]:
    return {"compartment": vocabulary("compartment")[facts.compartment]}


@dataclass(frozen=True)
class FieldAccess:
    """How much of a field, and why. Compare `level` with 'full', 'coarse', 'none'."""

    level: Detail
    reason: str

    def __bool__(self) -> bool:
        return self.level is not Detail.NONE


def may_see(viewer: Viewer, facts: Facts, part: Field, purpose: str | None = None) -> FieldAccess:
    """How much of one field this person sees in a record. Identities need a stated purpose, every time."""
    reading = may_read(viewer, facts)
    if not reading:
        return FieldAccess(Detail.NONE, reading.reason)
    own = viewer.key in facts.assigned_to or facts.recorded_by == viewer.key
    level = max((_detail(one, facts, part, own) for one in viewer.held), key=lambda detail: detail.rank)
    if level is Detail.NONE:
        return FieldAccess(level, "field_not_needed")
    if part in IDENTITY_FIELDS and not (purpose or "").strip():
        return FieldAccess(Detail.NONE, "purpose_needed")
    return FieldAccess(level, "field_coarse" if level is Detail.COARSE else "field_full")


def _detail(one: Role, facts: Facts, part: Field, own: bool) -> Detail:
    in_keeping = one.keeps_compartment and facts.compartment != GENERAL
    return one.own_fields[part] if own or in_keeping else one.fields[part]


def explain(viewer: Viewer, facts: Facts) -> tuple[Sentence, ...]:
    """Why this person can or cannot read this record, as sentences in any of the three languages."""
    decision = may_read(viewer, facts)
    opening = Sentence("explain_yes" if decision else "explain_no")
    because = Sentence(decision.reason, {"detail": decision.detail, **decision.facts})
    level = Sentence("explain_level", {"level": facts.sensitivity, "ceiling": viewer.ceiling})
    inside = Sentence("explain_compartment", _compartment(facts))
    held = Sentence("explain_roles", {"roles": viewer.held}) if viewer.held else Sentence("explain_no_roles")
    return (opening, because, held, level, inside)
