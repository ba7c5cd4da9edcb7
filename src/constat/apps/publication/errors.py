"""What publication refuses. The tree begins in `composed.PublicationError`; each sentence says what to do next."""

from constat.apps.publication.composed import NotAllowed, PublicationError


class Refused(PublicationError):
    """`field`: the field of the form it belongs to, if any."""

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class NotFound(Refused):
    """No such publication or fact among those the person may read."""


class WrongState(Refused):
    """The act belongs to another state."""


class SamePersonTwice(Refused):
    """The second step was tried by whoever took the first."""


class Incomplete(Refused):
    """Something that must be said is missing."""


__all__ = [
    "Incomplete",
    "NotAllowed",
    "NotFound",
    "PublicationError",
    "Refused",
    "SamePersonTwice",
    "WrongState",
]
