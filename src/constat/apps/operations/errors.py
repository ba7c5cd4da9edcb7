"""What can go wrong with an operation, in the words of the work. `str(error)` is a sentence for the person who acted.

OperationError
├── OperationNotFound   no such operation for this person
├── NotAllowed          the person's posts do not allow the act
├── Planned             it lies in the future: this is a log, not a plan
├── Incomplete          something is missing or contradicts itself: `.field` names it
├── NothingToDo         the act would change nothing: nothing is written
└── AlreadyWithdrawn    the record was withdrawn before
"""


class OperationError(Exception):
    """The tree of this app. `field`: the entry that is meant. `reason`: stable, for machines."""

    reason = "refused"

    def __init__(self, message: str, *, field: str = "", code: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.field, self.code = field, code
        self.reason = reason or self.reason


class OperationNotFound(OperationError):
    reason = "not_found"


class NotAllowed(OperationError):
    reason = "not_allowed"


class Planned(OperationError):
    reason = "in_future"


class Incomplete(OperationError):
    reason = "incomplete"


class NothingToDo(OperationError):
    reason = "nothing_to_do"


class AlreadyWithdrawn(OperationError):
    reason = "already_withdrawn"
