"""A yes or a no with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from constat.rules.speech import say


@dataclass(frozen=True)
class Decision:
    """`if decision:` reads as the answer. `reason` is a stable code for the log; `say()` is for people."""

    allowed: bool
    reason: str
    detail: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed

    def say(self, language: str) -> str:
        return say(self.reason, language, {"detail": self.detail, **self.facts})
