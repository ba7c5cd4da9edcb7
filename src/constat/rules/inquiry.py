"""The life of an inquiry and of a conduct docket as two tables, and what a decision must hold to be one.

An inquiry asks: was it us, says who, by what standard. A decision is three separate judgements, remarks, a standard of
proof and a signature; whoever worked on the facts does not take it, nor anybody in the chain of the unit involved.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from constat.rules.decision import Decision
from constat.rules.permissions import Permission
from constat.rules.separation import SamePerson, rule
from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import Workflow, step

_REVIEW, _ASSESS = Permission.INQUIRIES_REVIEW, Permission.INQUIRIES_ASSESS
_DECIDE, _INVESTIGATE = Permission.INQUIRIES_DECIDE, Permission.INQUIRIES_INVESTIGATE
_CLOSE, _NOTIFY, _CONDUCT = Permission.INCIDENTS_CLOSE, Permission.RESPONSES_NOTIFY, Permission.CONDUCT_MANAGE

_SIGNED = ("judgements", "signature")
_ENDED = ("closure_reason", "explanation", "notices")
_AGAIN = ("trigger", "original_decision")

INQUIRY = Workflow(
    name="inquiry",
    states=vocabulary("inquiry_state"),
    initial="initial_review",
    starts=("initial_review",),
    final=frozenset({"closed"}),
    transitions=(
        step(
            "initial_review", "open_assessment", "assessment", _REVIEW, "operation_search", clock="assessment"
        ),
        step(
            "initial_review",
            "investigate_at_once",
            "investigation",
            _REVIEW,
            "operation_search",
            clock="investigation",
        ),
        # A reviewer closes nothing: what is proposed here is signed, or not, by somebody else.
        step(
            "initial_review",
            "propose_closure",
            "decision",
            _REVIEW,
            "operation_search",
            "proposed_outcome",
            clock="decision",
        ),
        step(
            "assessment",
            "submit_to_decision",
            "decision",
            _ASSESS,
            "findings_version",
            "contrary_evidence",
            "proof_standard",
            clock="decision",
        ),
        step(
            "decision",
            "find_credible",
            "response",
            _DECIDE,
            *_SIGNED,
            "proof_standard",
            clock="response_plan",
        ),
        step("decision", "conclude", "notification", _DECIDE, *_SIGNED, "proof_standard", clock="notify"),
        step("decision", "order_investigation", "investigation", _DECIDE, *_SIGNED, clock="investigation"),
        step("decision", "return_with_reasons", "assessment", _DECIDE, *_SIGNED, clock="assessment"),
        step("investigation", "submit_findings", "decision", _INVESTIGATE, "seal", clock="decision"),
        step("response", "settle_response", "notification", _NOTIFY, clock="notify"),
        step("response", "close", "closed", _CLOSE, *_ENDED),
        step("notification", "close", "closed", _CLOSE, *_ENDED),
        # Taking it up again begins with a review of what is new: ten days to accept or to decline it, and a decision of
        # that too. The decision that stood before stays in the record.
        step("response", "reopen", "initial_review", _DECIDE, *_AGAIN, clock="reopened"),
        step("notification", "reopen", "initial_review", _DECIDE, *_AGAIN, clock="reopened"),
        step("closed", "reopen", "initial_review", _DECIDE, *_AGAIN, clock="reopened"),
    ),
)

CONDUCT = Workflow(
    name="conduct",
    states=vocabulary("conduct_state"),
    initial="received",
    starts=("conduct_screening",),
    final=frozenset({"closed"}),
    transitions=(
        step(
            "received",
            "notify_contributor",
            "with_contributor",
            _CONDUCT,
            "letter",
            clock="contributor_reply",
        ),
        step(
            "received",
            "open_conduct_investigation",
            "under_investigation",
            _CONDUCT,
            clock="conduct_investigation",
        ),
        step("received", "close", "closed", _CONDUCT, "explanation"),
        step(
            "with_contributor",
            "open_conduct_investigation",
            "under_investigation",
            _CONDUCT,
            clock="conduct_investigation",
        ),
        step("with_contributor", "report_outcome", "outcome_reported", _CONDUCT, "conduct_outcome"),
        step("under_investigation", "report_outcome", "outcome_reported", _CONDUCT, "conduct_outcome"),
        step("outcome_reported", "close", "closed", _CONDUCT, "explanation"),
        step("closed", "reopen", "received", _CONDUCT, "trigger", clock="conduct_screening"),
    ),
)


class InquiryRuleError(RuleError):
    """The tree of this module."""


class NotADecision(InquiryRuleError):
    """The judgements and the outcome do not fit together: it would be a signature under a contradiction."""


class InTheChain(SamePerson):
    """Somebody in the chain of the unit involved was about to decide or to investigate."""


# Outcome -> the verb of the table that carries it.
VERB_OF = {
    term.code: str(term.extra["verb"]) for term in vocabulary("decision_outcome").values()
}  # the vocabulary says which outcome ends the inquiry, and how
CONCLUDING = frozenset(
    term.code for term in vocabulary("decision_outcome").values() if term.extra["concludes"]
)


@dataclass(frozen=True)
class Judgements:
    """Three questions, each answered by itself. `consistent`: with the evidence. `criteria_met`: those of the outcome."""

    properly_conducted: bool
    consistent: bool
    criteria_met: bool

    def failed(self) -> tuple[str, ...]:
        """Codes of vocabulary "judgement" that were answered no."""
        return tuple(code for code in vocabulary("judgement") if not getattr(self, code))


def check_decision(outcome: str, judgements: Judgements, proof_standard: str) -> None:
    """Raises NotADecision where the three answers and the standard of proof do not carry the outcome."""
    term = vocabulary("decision_outcome").check(outcome)
    failed = tuple(vocabulary("judgement")[code] for code in judgements.failed())
    if outcome in CONCLUDING and failed:
        raise NotADecision("judgement_failed", outcome=term, judgements=failed)
    if outcome == "returned" and not failed:
        raise NotADecision("nothing_to_return", outcome=term)
    if "proof_at_least" in term.extra:
        standards = vocabulary("proof_standard")
        least, met = standards[str(term.extra["proof_at_least"])], standards.check(proof_standard)
        if (met.rank or 0) < (least.rank or 0):
            raise NotADecision("proof_too_low", outcome=term, met=met, least=least)


def chain_of(unit: str, parents: Mapping[str, str]) -> frozenset[str]:
    """The unit, all above it and all below it. parents: every unit of the register -> the unit it is part of, "" for none."""
    above = _above(unit, parents)
    below = (one for one in parents if unit in _above(one, parents))
    return frozenset({unit, *above, *below})


def _above(unit: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    step_up = parents.get(unit, "")
    # A register in which two units were made part of one another must not hang the desk.
    while step_up and step_up not in found:
        found.append(step_up)
        step_up = parents.get(step_up, "")
    return tuple(found)


def outside_chain(
    serves: Collection[str], involved: Collection[str], parents: Mapping[str, str], rule_code: str
) -> Decision:
    """May a person who serves in these units decide on, or investigate, what these other units may have done?

    rule_code: "unit_signoff" or "unit_investigator". Where no unit is named yet nobody can say whose chain it is: then a
    person who serves in no unit may act, and one who serves in a unit may not.
    """
    facts = {"rule": rule(rule_code)}
    if unknown := sorted(set(serves) - parents.keys()):
        # A misspelt unit must not open the door that the right spelling closes.
        return Decision(False, "unit_unknown", rule_code, {**facts, "unit": ", ".join(unknown)})
    if serves and not involved:
        return Decision(False, "unit_not_named", rule_code, facts)
    chain: set[str] = set()
    for unit in involved:
        chain |= chain_of(unit, parents)
    if chain & set(serves):
        return Decision(False, "in_the_chain", rule_code, facts)
    return Decision(True, "outside_the_chain", rule_code, facts)


def require_outside_chain(
    serves: Collection[str], involved: Collection[str], parents: Mapping[str, str], rule_code: str
) -> None:
    """As `outside_chain`, but refusing with InTheChain."""
    decision = outside_chain(serves, involved, parents, rule_code)
    if not decision:
        raise InTheChain(decision.reason, **decision.facts)


# An investigation says every month where it stands.
PROGRESS_EVERY = timedelta(days=30)


def progress_due(ordered_at: datetime, said_at: Iterable[datetime]) -> datetime:
    """When the next word on where the investigation stands is due."""
    return max((ordered_at, *said_at)) + PROGRESS_EVERY
