"""The machinery of states, and the life of a report and of an incident as two tables (others beside: `workflows`).

A transition that is not in the table does not exist. The tables draw their own diagrams (`mermaid`), and a
test subtracts them from the vocabularies of states, so that no state is forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.vocabulary import Defined, Vocabulary, vocabulary

# No state changes without somebody, a moment and a reason.
ALWAYS = ("actor", "at", "reason")


class WorkflowError(RuleError):
    """The tree of this module."""


class IllegalTransition(WorkflowError):
    """The verb does not exist in that state."""


class MissingNeed(WorkflowError):
    """The verb exists, and something it needs was not supplied. `need`: its code."""

    def __init__(self, verb: str, need: str) -> None:
        term = vocabulary("need")[need]
        super().__init__("missing_need", verb=_verb(verb), need=term, help=Defined(term))
        self.need = need


@dataclass(frozen=True)
class Transition:
    """`needs`: what must be supplied. `clock`: the clock that starts on arrival, code of `clock`."""

    source: str
    target: str
    verb: str
    permission: Permission
    needs: tuple[str, ...]
    clock: str | None = None


def step(
    source: str, verb: str, target: str, permission: Permission, *needs: str, clock: str | None = None
) -> Transition:
    return Transition(source, target, verb, permission, (*ALWAYS, *needs), clock)


@dataclass(frozen=True)
class Workflow:
    """One table. `starts`: clocks that run from creation. `final`: states where the work is done."""

    name: str
    states: Vocabulary
    initial: str
    transitions: tuple[Transition, ...]
    starts: tuple[str, ...]
    final: frozenset[str]

    def verbs_from(self, state: str) -> tuple[str, ...]:
        """The verbs a record in that state knows, in the order of the table."""
        self.states[state]
        return tuple(dict.fromkeys(step.verb for step in self.transitions if step.source == state))

    def steps(self, state: str, verb: str) -> tuple[Transition, ...]:
        """The rows for a verb in a state; several only where it leads back to where the record was."""
        return tuple(step for step in self.transitions if (step.source, step.verb) == (state, verb))

    def check(self, state: str, verb: str, supplied: Mapping[str, object]) -> Transition:
        """The transition, if it exists and everything it needs is supplied; otherwise a refusal that says why.

        supplied: need -> value. None, blank text and a time without zone count as not supplied.
        """
        steps = self.steps(self.states[state].code, verb)
        if not steps:
            allowed = tuple(_verb(name) for name in self.verbs_from(state))
            raise IllegalTransition(
                "illegal_transition", verb=_verb(verb), state=self.states[state], verbs=allowed
            )
        for need in steps[0].needs:
            if not _given(need, supplied.get(need)):
                raise MissingNeed(verb, need)
        return self._choose(steps, supplied)

    def _choose(self, steps: tuple[Transition, ...], supplied: Mapping[str, object]) -> Transition:
        if len(steps) == 1:
            return steps[0]
        previous = supplied["previous_state"]
        for step in steps:
            if step.target == previous:
                return step
        raise IllegalTransition("illegal_return", verb=_verb(steps[0].verb), previous=previous)

    def mermaid(self, language: str = "en") -> str:
        """The diagram of the table, as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        lines += [f'    state "{term.label(language)}" as {code}' for code, term in self.states.items()]
        lines.append(f"    [*] --> {self.initial}")
        lines += [
            f"    {step.source} --> {step.target} : {vocabulary('verb').label(step.verb, language)}"
            for step in self.transitions
        ]
        lines += [f"    {state} --> [*]" for state in self.states if state in self.final]
        return "\n".join(lines) + "\n"


def _verb(code: str) -> object:
    return vocabulary("verb").get(code, code)


def _given(need: str, value: object) -> bool:
    if need == "at":
        return isinstance(value, datetime) and value.tzinfo is not None
    return bool(value.strip()) if isinstance(value, str) else value is not None


_TRIAGE, _LINK = Permission.REPORTS_TRIAGE, Permission.REPORTS_LINK
_BUILD, _CLOSE, _MERGE = Permission.INCIDENTS_BUILD, Permission.INCIDENTS_CLOSE, Permission.INCIDENTS_MERGE

REPORT = Workflow(
    name="report",
    states=vocabulary("report_state"),
    initial="received",
    starts=("acknowledge", "triage"),
    final=frozenset({"closed"}),
    transitions=(
        step("received", "take", "in_triage", _TRIAGE),
        step("received", "hold", "safety_hold", _TRIAGE, clock="safety_review"),
        step("in_triage", "hold", "safety_hold", _TRIAGE, clock="safety_review"),
        # Back to the queue, not to whoever held it: triage starts again with the protection plan in place.
        step("safety_hold", "release", "received", _TRIAGE, "protection_plan", clock="triage"),
        step("in_triage", "accept", "accepted", _TRIAGE, "outcome"),
        step("in_triage", "link", "linked", _LINK, "incident"),
        step("accepted", "link", "linked", _LINK, "incident"),
        # One report can describe several incidents; `unlink` is the verb for the last link only.
        step("linked", "link", "linked", _LINK, "incident"),
        step("linked", "unlink", "accepted", _LINK, "incident"),
        step("in_triage", "close", "closed", _TRIAGE, "outcome", "explanation", clock="notify"),
        step("accepted", "close", "closed", _TRIAGE, "outcome", "explanation", clock="notify"),
        step("linked", "close", "closed", _TRIAGE, "outcome", "explanation", clock="notify"),
        step("closed", "reopen", "in_triage", _TRIAGE, "trigger", clock="reopened"),
    ),
)

INCIDENT = Workflow(
    name="incident",
    states=vocabulary("incident_state"),
    initial="open",
    starts=("assessment",),
    final=frozenset({"closed", "merged"}),
    transitions=(
        step("open", "submit_for_review", "in_review", _BUILD, clock="decision"),
        step("in_review", "return_to_open", "open", _CLOSE, clock="assessment"),
        step("in_review", "close", "closed", _CLOSE, "closure_reason", "explanation", clock="notify"),
        # The decision that closed it stays in the record: `original_decision` is its key, never replaced.
        step("closed", "reopen", "open", _CLOSE, "trigger", "original_decision", clock="reopened"),
        step("open", "absorb", "merged", _MERGE, "absorbed_into"),
        step("in_review", "absorb", "merged", _MERGE, "absorbed_into"),
        step("closed", "absorb", "merged", _MERGE, "absorbed_into"),
        step("merged", "restore", "open", _MERGE, "previous_state"),
        step("merged", "restore", "in_review", _MERGE, "previous_state"),
        step("merged", "restore", "closed", _MERGE, "previous_state"),
    ),
)
