"""What can go wrong with a report, in the words of the work.

ReportError
├── ReportNotFound      no such report for this person (absent and "not yours" are the same answer)
├── RefusedDraft        what was sent cannot become a report: `.faults` says field by field why
├── NotNeeded           the person's work does not need to know who spoke
├── NothingToDo         the act would change nothing: nothing is written
└── BatchError          a file: its counts do not add up, or it was already brought in

constat.apps.access.errors.NotAllowed    the person's posts do not allow the act
constat.rules.workflow.WorkflowError     the act does not exist in that state, or something it needs is missing
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing to mend. `field`: name of the field of the draft; `reason`: stable code; `message`: a sentence."""

    field: str
    reason: str
    message: str


class ReportError(Exception):
    """The tree of this app. `str(error)` is a sentence for the person who acted."""


class ReportNotFound(ReportError):
    pass


class RefusedDraft(ReportError):
    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


class NotNeeded(ReportError):
    pass


class NothingToDo(ReportError):
    pass


class BatchError(ReportError):
    pass
