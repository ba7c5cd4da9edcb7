"""How well something is known: the ladder of proof, the two axes of a source, and a suggested grade.

The grade is only ever suggested: a person decides, and an override says why. What counts is the number of
*independent* groups of sources: three newspapers that copy one telephone call are one source.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from constat.rules.speech import RuleError, Sentence
from constat.rules.vocabulary import Term, vocabulary

# Reliability A-C and credibility 1-3 carry a finding; D, E, 4 and 5 speak against it; F and 6 say nothing.
CREDIBLE_RELIABILITY = frozenset("ABC")
CREDIBLE_INFORMATION = frozenset("123")
DOUBTFUL_RELIABILITY = frozenset("DE")
DOUBTFUL_INFORMATION = frozenset("45")

# The three-source test: one victim or witness, one medical or official, one of another type.
FIRST_HAND = frozenset({"victim", "witness"})
FORMAL = frozenset({"medical", "official"})


class ProofError(RuleError):
    """The tree of this module."""


class OverrideWithoutReason(ProofError):
    """A grade differs from the suggestion and nobody wrote why."""


def at_least(met: str, required: str) -> bool:
    """Is the standard of proof met at least as high as the one required?"""
    ladder = vocabulary("proof_standard")
    return (ladder[met].rank or 0) >= (ladder[required].rank or 0)


@dataclass(frozen=True)
class SourceView:
    """What a grade needs to know of a source, and nothing that names it.

    `independence_group`: who copies whom. Sources that name no group count together as one, because nobody
    has established that they are independent.
    """

    type: str
    reliability: str
    credibility: str
    independence_group: str = ""
    access: str = "unknown"

    def __post_init__(self) -> None:
        vocabulary("source_type").check(self.type, new=False)
        vocabulary("reliability").check(self.reliability, new=False)
        vocabulary("credibility").check(self.credibility, new=False)
        vocabulary("source_access").check(self.access, new=False)

    @property
    def credible(self) -> bool:
        return self.reliability in CREDIBLE_RELIABILITY and self.credibility in CREDIBLE_INFORMATION

    @property
    def doubtful(self) -> bool:
        return self.reliability in DOUBTFUL_RELIABILITY or self.credibility in DOUBTFUL_INFORMATION


@dataclass(frozen=True)
class GradeSuggestion:
    """`grade`: code of the vocabulary. `rule`: the one that fired. `trace`: every step, in order.

    `counter_evidence`: what speaks against the grade; shown beside it, always.
    """

    grade: str
    rule: str
    trace: tuple[Sentence, ...]
    counter_evidence: tuple[Sentence, ...]

    @property
    def term(self) -> Term:
        return vocabulary("grade")[self.grade]


def suggest_grade(
    sources: Sequence[SourceView],
    *,
    own_operation_nearby: bool = False,
    acknowledged_by_party: bool = False,
    competing_attribution: bool = False,
    harmed_were_fighters_or_other_party: bool = False,
) -> GradeSuggestion:
    """Suggest a grade from what was established. Same evidence, same answer, whatever the order of sources.

    own_operation_nearby: a likely or confirmed action of the party concerned, close in time and place.
    acknowledged_by_party: that party accepted responsibility.
    competing_attribution: more than one party is claimed or alleged to be responsible.
    harmed_were_fighters_or_other_party: those harmed were fighters, or another party most likely did it.
    """
    credible = independent_groups(source for source in sources if source.credible)
    three_types = three_source_test(sources)
    trace = (
        Sentence("trace_groups", {"groups": len(independent_groups(sources)), "sources": len(sources)}),
        Sentence("trace_credible_groups", {"groups": len(credible)}),
        Sentence("trace_three_types_met" if three_types else "trace_three_types_not_met"),
        Sentence("trace_action_nearby" if own_operation_nearby else "trace_no_action_nearby"),
    )
    supported = len(credible) >= 2 and own_operation_nearby
    contradicted = acknowledged_by_party and harmed_were_fighters_or_other_party
    table = (
        # The order is the rule: the first line that holds decides.
        ("contested", "rule_acknowledged_but_contradicted", contradicted),
        ("confirmed", "rule_acknowledged", acknowledged_by_party),
        ("discounted", "rule_fighters_or_other_party", harmed_were_fighters_or_other_party),
        ("contested", "rule_competing_attribution", competing_attribution),
        ("fair", "rule_credible_groups_and_action", supported),
        ("fair", "rule_three_types", three_types),
        ("weak", "rule_little_support", bool(sources)),
        ("ungraded", "rule_no_source", True),
    )
    grade, rule = next((grade, rule) for grade, rule, holds in table if holds)
    against = _counter_evidence(sources, grade, competing_attribution, own_operation_nearby)
    return GradeSuggestion(grade, rule, (*trace, Sentence(rule)), against)


def independent_groups(sources: Iterable[SourceView]) -> frozenset[str]:
    """The groups of sources that do not copy each other. No group named: together one group."""
    return frozenset(source.independence_group for source in sources)


def three_source_test(sources: Iterable[SourceView]) -> bool:
    """One victim or witness, one medical or official, one of another type: three independent groups."""
    credible = [source for source in sources if source.credible]
    first = _groups_of(credible, FIRST_HAND)
    formal = _groups_of(credible, FORMAL)
    other = frozenset(s.independence_group for s in credible if s.type not in FIRST_HAND | FORMAL)
    return any(len({one, two, three}) == 3 for one in first for two in formal for three in other)


def _groups_of(sources: Iterable[SourceView], types: frozenset[str]) -> frozenset[str]:
    return frozenset(source.independence_group for source in sources if source.type in types)


def _counter_evidence(
    sources: Sequence[SourceView], grade: str, competing: bool, nearby: bool
) -> tuple[Sentence, ...]:
    doubtful = sum(source.doubtful for source in sources)
    hearsay = bool(sources) and all(source.access == "hearsay" for source in sources)
    copies = len(sources) - len(independent_groups(sources))
    found = (
        (doubtful > 0, Sentence("counter_doubtful_sources", {"n": doubtful})),
        (hearsay, Sentence("counter_hearsay_only")),
        (copies > 0, Sentence("counter_copies", {"n": copies})),
        (competing and grade != "contested", Sentence("counter_competing_attribution")),
        (grade in {"confirmed", "fair"} and not nearby, Sentence("counter_no_action_found")),
    )
    return tuple(sentence for holds, sentence in found if holds)


@dataclass(frozen=True)
class GradeDecision:
    """The grade a person chose, beside the one that was suggested; both are kept."""

    grade: str
    suggested: str
    rule: str
    reason: str

    @property
    def overridden(self) -> bool:
        return self.grade != self.suggested


def decide_grade(suggestion: GradeSuggestion, grade: str, reason: str = "") -> GradeDecision:
    """Take the suggestion, or override it with a written reason."""
    chosen = vocabulary("grade").check(grade)
    if grade != suggestion.grade and not reason.strip():
        raise OverrideWithoutReason("override_without_reason", suggested=suggestion.term, grade=chosen)
    return GradeDecision(grade, suggestion.grade, suggestion.rule, reason.strip())
