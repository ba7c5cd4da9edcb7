"""The roles of a cell and around it: what each may do and how much of a record it needs to know.

The matrix itself is data, in `vocabularies/role.toml`; a record is reached only through `visibility`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from types import MappingProxyType

from constat.rules.permissions import Permission
from constat.rules.vocabulary import Term, vocabulary


class Level(IntEnum):
    """How much harm a record does in the wrong hands; L3 could cost a life."""

    L0 = 0
    L1 = 1
    L2 = 2
    L3 = 3

    def label(self, language: str) -> str:
        return vocabulary("sensitivity").label(self.name, language)


class Field(StrEnum):
    """The parts of a record that not everybody who may read it needs to know."""

    PATTERN = "pattern"
    EXACT_PLACE = "exact_place"
    PERSON_IDENTITY = "person_identity"
    SOURCE_IDENTITY = "source_identity"
    MEDIA = "media"
    DRAFT_ATTRIBUTION = "draft_attribution"
    READ_LOG = "read_log"

    def label(self, language: str) -> str:
        return vocabulary("field").label(self.value, language)


class Detail(StrEnum):
    """How much of a field: all, coarsened (or on approval), nothing."""

    NONE = "none"
    COARSE = "coarse"
    FULL = "full"

    @property
    def rank(self) -> int:
        return ("none", "coarse", "full").index(self.value)


class Scope(StrEnum):
    """Which records a role reads without a grant, beside those its holder recorded or is assigned to."""

    ALL = "all"
    OFFICE = "office"
    COMPARTMENT = "compartment"
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True)
class Role:
    """`fields`: any record the holder may read. `own_fields`: those recorded by, assigned to, or (for a
    keeper of a compartment) in the compartment of the holder. Never less than `fields`."""

    code: str
    labels: Mapping[str, str]
    sentence: Mapping[str, str]
    permissions: frozenset[Permission]
    ceiling: Level
    scope_reports: Scope
    scope_incidents: Scope
    fields: Mapping[Field, Detail]
    own_fields: Mapping[Field, Detail]

    def label(self, language: str) -> str:
        return vocabulary("role").label(self.code, language)

    def scope(self, kind: str) -> Scope:
        """kind: 'report' or 'incident'."""
        return {"report": self.scope_reports, "incident": self.scope_incidents}[kind]

    @property
    def keeps_compartment(self) -> bool:
        return Scope.COMPARTMENT in (self.scope_reports, self.scope_incidents)


@cache
def roles() -> Mapping[str, Role]:
    """All roles, in the order of the matrix."""
    return MappingProxyType({term.code: _role(term) for term in vocabulary("role").values()})


def role(code: str) -> Role:
    """The role of that code. Raises UnknownTerm."""
    return roles()[vocabulary("role")[code].code]


def _role(term: Term) -> Role:
    extra = term.extra
    return Role(
        code=term.code,
        labels=term.labels,
        sentence=term.definition,
        permissions=frozenset(Permission(value) for value in extra["permissions"]),
        ceiling=Level[extra["ceiling"]],
        scope_reports=Scope(extra["scope_reports"]),
        scope_incidents=Scope(extra["scope_incidents"]),
        fields=_details(extra["fields"], 0),
        own_fields=_details(extra["fields"], -1),
    )


def _details(cells: Mapping[str, str], which: int) -> Mapping[Field, Detail]:
    """A cell is 'full', or 'coarse/full': what holds for any record / for one's own."""
    return MappingProxyType({name: Detail(cells[name.value].split("/")[which]) for name in Field})
