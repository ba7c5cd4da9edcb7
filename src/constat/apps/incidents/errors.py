"""What can go wrong with an incident, in the words of the work. `str(error)` is a sentence for the person who acted.

IncidentError
├── IncidentNotFound       no such incident for this person (absent and "not yours" are the same answer)
│   └── ReportNotReadable  no such report for this person
├── NotAllowed             the person's posts do not allow the act
│   └── SamePersonTwice    the second of two steps that need two persons
├── WrongState             the incident is not in a state in which this can be done
├── Incomplete             something needed was not given: `.field` names it
├── NothingToDo            the act would change nothing: nothing is written
├── Mixed                  reports of different compartments cannot share one incident's facts
└── CannotUndo             a merge cannot be undone now: the sentence says what stands in the way
"""

from constat.rules.speech import RuleError


class IncidentError(Exception):
    """The tree of this app."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code  # the incident or report it is about


class IncidentNotFound(IncidentError):
    pass


class ReportNotReadable(IncidentNotFound):
    pass


class NotAllowed(IncidentError):
    pass


class SamePersonTwice(NotAllowed):
    pass


class WrongState(IncidentError):
    pass


class Incomplete(IncidentError):
    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field


class NothingToDo(IncidentError):
    pass


class Mixed(IncidentError):
    pass


class CannotUndo(IncidentError):
    pass


def sentence(error: Exception, language: str) -> str:
    """What went wrong, for the reader: the sentence of a rule in that language, or our own."""
    return error.say(language) if isinstance(error, RuleError) else str(error)
