"""What can go wrong with an inquiry, in the words of the work. `str(error)` is a sentence for the person who acted.

InquiryError
├── InquiryNotFound      no such inquiry for this person (absent and "not yours" are the same answer)
│   └── DocketNotFound   no such conduct docket for this person
├── NotAllowed           the person's posts do not allow the act
│   ├── SamePersonTwice  the second of two steps that need two persons
│   ├── NotIndependent   in the chain of the unit involved, or not of the team, or not declared independent
│   └── NotSigned        the password given at the moment of signing is not this person's
├── WrongState           the inquiry is not in a state in which this can be done
├── Incomplete           something needed was not given: `.field` names it
├── NothingToDo          the act would change nothing: nothing is written
└── Sealed               the investigation is sealed: nothing in it changes any more
"""

from constat.rules.speech import RuleError


class InquiryError(Exception):
    """The tree of this app."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code  # the inquiry it is about


class InquiryNotFound(InquiryError):
    pass


class DocketNotFound(InquiryNotFound):
    pass


class NotAllowed(InquiryError):
    pass


class SamePersonTwice(NotAllowed):
    pass


class NotIndependent(NotAllowed):
    pass


class NotSigned(NotAllowed):
    field = "password"


class WrongState(InquiryError):
    pass


class Incomplete(InquiryError):
    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field


class NothingToDo(InquiryError):
    pass


class Sealed(InquiryError):
    pass


def sentence(error: Exception, language: str) -> str:
    """What went wrong, for the reader: the sentence of a rule in that language, or our own."""
    return error.say(language) if isinstance(error, RuleError) else str(error)
