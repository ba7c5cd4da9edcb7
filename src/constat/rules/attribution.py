"""Who is said to have done it, and on what basis. To name nobody is always legal."""

from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary


class AttributionError(RuleError):
    """The tree of this module."""


class AttributionWithoutBasis(AttributionError):
    """A party is named and nothing says on what basis."""


class AttributionWithoutSource(AttributionError):
    """The basis refers to somebody's word, and that somebody is not recorded."""


def check_attribution(party: str | None, basis: str | None, *, said_by: str | None = None) -> None:
    """Refuse a party without a basis, and a basis that needs a source without one.

    party: the actor's key, or None for "unattributed". basis: code of `attribution_basis`.
    said_by: who claims or alleges it, or the decision that found it; needed when the basis says so.
    """
    if not party:
        return
    if not basis:
        raise AttributionWithoutBasis("attribution_without_basis", party=party)
    term = vocabulary("attribution_basis").check(basis)
    if term.extra["names_party"] is False:
        raise AttributionWithoutBasis("attribution_contradicted", party=party, basis=term)
    if term.extra["needs_source"] and not said_by:
        raise AttributionWithoutSource("attribution_without_source", party=party, basis=term)
