"""What can go wrong with an answer, in the words of the work. `str(error)` is a sentence for the person who acted.

ResponseError
├── NotThere           no such notice, complaint, addressee or track for this person (absent and "not yours" are one answer)
├── NotAllowed         the person's posts do not allow the act
│   └── SamePersonTwice  the second of two steps that need two persons
├── UnsafeContact      the contact would be made against what the person allowed, or nobody judged the risk
├── WrongState         the case is not where this can be done
├── Incomplete         something needed was not given: `.field` names it
├── NothingToDo        the act would change nothing: nothing is written
└── CannotClose        somebody was not told, or something promised is open: `.gaps`, one sentence each
"""

from collections.abc import Sequence

from constat.rules.speech import RuleError, Sentence


class ResponseError(Exception):
    """The tree of this app."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code  # the record it is about


class NotThere(ResponseError):
    pass


class NotAllowed(ResponseError):
    pass


class SamePersonTwice(NotAllowed):
    pass


class UnsafeContact(ResponseError):
    pass


class WrongState(ResponseError):
    pass


class Incomplete(ResponseError):
    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field


class NothingToDo(ResponseError):
    pass


class CannotClose(ResponseError):
    """Each gap says what stands open and what to do next."""

    def __init__(self, message: str, gaps: Sequence[Sentence], language: str, *, code: str = "") -> None:
        super().__init__(" ".join([message, *(gap.say(language) for gap in gaps)]), code=code)
        self.gaps = tuple(gaps)


def sentence(error: Exception, language: str) -> str:
    """What went wrong, for the reader: the sentence of a rule in that language, or our own."""
    return error.say(language) if isinstance(error, RuleError) else str(error)
