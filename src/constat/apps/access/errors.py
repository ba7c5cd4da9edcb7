"""The errors of access: one tree. Each says in a sentence, in any of the three languages, what is wrong and what to do."""

from constat.rules.decision import Decision
from constat.rules.speech import FALLBACK


class AccessError(Exception):
    """The tree. `say(language)` is for people, `code` for tests and logs."""

    def __init__(self, code: str, message: str = "", field: str = "") -> None:
        super().__init__(message or code)
        self.code, self.message, self.field = code, message or code, field

    def say(self, language: str) -> str:
        return self.message


class NotAllowed(AccessError):
    """The person holds no post that allows this act."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason, decision.say("en"))
        self.decision = decision

    def say(self, language: str = FALLBACK) -> str:
        return self.decision.say(language)

    @classmethod
    def unless(cls, decision: Decision) -> None:
        """Raise unless the decision is a yes."""
        if not decision:
            raise cls(decision)


class Refused(AccessError):
    """The act itself is not possible: the sentence says why, `field` which entry is meant."""
