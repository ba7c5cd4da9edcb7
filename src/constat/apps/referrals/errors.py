"""What referrals refuse. Each sentence says what to do next."""


class ReferralError(Exception):
    """The tree of referrals. `field`: the field of the form it belongs to, if any."""

    def __init__(self, message: str, *, field: str = "", **facts: object) -> None:
        super().__init__(message)
        self.field = field
        self.facts = facts


class NotAllowed(ReferralError):
    """The person's post does not allow the act."""


class ReferralNotFound(ReferralError):
    """No such referral among those the person may read."""


class WrongState(ReferralError):
    """The act belongs to another state."""


class SamePersonTwice(ReferralError):
    """The second step was tried by whoever took the first."""


class Incomplete(ReferralError):
    """Something that must be said is missing."""


class Changed(ReferralError):
    """What was approved is no longer what would be handed over."""


class BagBroken(ReferralError):
    """A file of the bag is not what was sealed, or has no proper place in it."""
