"""Two-person rules: who may not do the second step because of having done the first."""

from collections.abc import Collection

from constat.rules.decision import Decision
from constat.rules.speech import RuleError
from constat.rules.vocabulary import Term, vocabulary


class SamePerson(RuleError):
    """One person was about to take two steps that need two people."""


def rule(code: str) -> Term:
    """One row of the table: the first step, the second step, and the sentence that says why."""
    return vocabulary("separation")[code]


def separate(first: Collection[str], second: str, rule_code: str) -> Decision:
    """May the person `second` take the second step, given the people who took the first?

    first: keys of natural persons, not of accounts: a second account is no second person.
    """
    term = rule(rule_code)
    facts = {"rule": term}
    if not second:
        return Decision(False, "second_person_unknown", rule_code, facts)
    if second in first:
        return Decision(False, "same_person", rule_code, facts)
    return Decision(True, "two_persons", rule_code, facts)


def require_separate(first: Collection[str], second: str, rule_code: str) -> None:
    """As `separate`, but refusing with SamePerson."""
    decision = separate(first, second, rule_code)
    if not decision:
        raise SamePerson(decision.reason, **decision.facts)
