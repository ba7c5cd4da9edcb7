"""What can go wrong with amends. `str(error)` is a sentence for the person who acted; rules raise their own (RuleError).

AmendsError
├── OfferNotFound      no such offer, fund line or case for this person (absent and "not yours" are the same answer)
├── NotAllowed         the person's posts do not allow the act
│   └── SamePersonTwice  the second of two steps that need two persons
├── Incomplete         something needed was not given: `.field` names it
└── FundClosed         the fund line is closed, or cannot be closed yet
"""

from constat.rules.speech import RuleError


class AmendsError(Exception):
    """The tree of this app."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code  # the offer or fund line it is about


class OfferNotFound(AmendsError):
    pass


class NotAllowed(AmendsError):
    pass


class SamePersonTwice(NotAllowed):
    pass


class Incomplete(AmendsError):
    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field


class FundClosed(AmendsError):
    pass


def sentence(error: Exception, language: str) -> str:
    """What went wrong, for the reader: the sentence of a rule in that language, or our own."""
    return error.say(language) if isinstance(error, RuleError) else str(error)
