"""Who is set apart, and how fast somebody must look: decided from what is claimed, the moment it is claimed.

Pure: values in, values out. Children and sexual violence leave the general compartment by themselves; nobody can put
them back by leaving a box empty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from constat.apps.reports.draft import Draft, HarmClaim
from constat.rules.deadlines import clock
from constat.rules.visibility import GENERAL, Level
from constat.rules.vocabulary import vocabulary

YES = "yes"
CHILD, CRSV = "child", "crsv"  # vocabulary "compartment"
ACKNOWLEDGE, SAFETY, TRIAGE, TRIAGE_OWN = (
    "acknowledge",
    "safety_review",
    "triage",
    "triage_own_force",
)  # vocabulary "clock"
SEXUAL_VIOLENCE = "sexual_violence"
CHILD_HARM = "child_grave_violation"


@dataclass(frozen=True)
class Protection:
    """Where a report sits: compartment, level, and the two answers that put it there."""

    compartment: str
    sensitivity: int
    child_involved: str
    sexual_violence: str


def protect(
    *,
    compartment: str,
    sensitivity: int,
    child_involved: str,
    sexual_violence: str,
    harms: Iterable[HarmClaim],
) -> Protection:
    """Sexual violence wins over children when both are there: its circle of readers is the smaller one."""
    lines = [line for line in harms if _says_somebody(line)]
    if any(_is_a(line.harm, SEXUAL_VIOLENCE) for line in lines):
        sexual_violence = YES
    if any(is_child(line.age_band) or _is_a(line.harm, CHILD_HARM) for line in lines):
        child_involved = YES
    if sexual_violence == YES:
        return Protection(CRSV, int(Level.L3), child_involved, sexual_violence)
    if child_involved == YES:
        keep = compartment if compartment != GENERAL else CHILD
        return Protection(keep, int(Level.L3), child_involved, sexual_violence)
    return Protection(compartment, sensitivity, child_involved, sexual_violence)


def protect_draft(draft: Draft) -> Protection:
    return protect(
        compartment=draft.compartment,
        sensitivity=draft.sensitivity,
        child_involved=draft.child_involved,
        sexual_violence=draft.sexual_violence,
        harms=draft.harms,
    )


def _says_somebody(line: HarmClaim) -> bool:
    return bool(line.minimum or line.best or line.maximum)


def _is_a(code: str, family: str) -> bool:
    return code == family or family in vocabulary("harm").ancestors(code)


def is_child(age_band: str) -> bool:
    """Is the age band one of children? A band whose upper end is below 18, or the word itself."""
    return age_band == CHILD or CHILD in vocabulary("age_band").ancestors(age_band)


def first_clock(
    *, in_danger: str, needs_care: str, protection: Protection, involvement: str, receipt_given: bool
) -> str:
    """The clock that runs from the moment of receipt. Safety first; then the receipt owed; then triage."""
    if YES in (in_danger, needs_care) or protection.compartment in (CHILD, CRSV):
        return SAFETY
    if not receipt_given:
        return ACKNOWLEDGE
    return triage_clock(involvement)


def triage_clock(involvement: str) -> str:
    """A day instead of three when our own force is said to be involved, however weakly."""
    return TRIAGE_OWN if vocabulary("involvement")[involvement].extra["own_scope"] else TRIAGE


def due_from(code: str, started: datetime) -> datetime:
    return started + clock(code).limit


def rounded(at: datetime) -> datetime:
    """Down to the hour: the public form keeps no finer time, so that nobody can match it to a telephone's traffic."""
    return at.replace(minute=0, second=0, microsecond=0)
