"""The sentences of the rules, in French, English and Arabic.

A rule never writes a sentence itself: it names one of `sentences.toml` and gives the facts.
The page chooses the language. So a refusal, a reason and a trace read the same in all three.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Protocol, runtime_checkable

LANGUAGES = ("fr", "en", "ar")
# French is the working language of the reference mission; a reader whose language has no label gets it.
FALLBACK = "fr"


@runtime_checkable
class Worded(Protocol):
    """Something with a label per language, such as a term of a vocabulary."""

    def label(self, language: str) -> str: ...


def language_of(tag: str) -> str:
    """The language whose labels a reader gets: `fr-ML` reads `fr`; a language without labels reads French."""
    base = tag.replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else FALLBACK


@cache
def templates() -> Mapping[str, Mapping[str, str]]:
    """Every sentence: code -> language -> text with {places}."""
    text = resources.files("constat.rules").joinpath("sentences.toml").read_text("utf-8")
    return {entry["code"]: entry for entry in tomllib.loads(text)["sentence"]}


def say(code: str, language: str, facts: Mapping[str, object]) -> str:
    """The sentence `code` in `language`, its {places} filled with `facts` (terms by their label)."""
    words = {name: _word(value, language) for name, value in facts.items()}
    return templates()[code][language_of(language)].format_map(words)


def _word(value: object, language: str) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(_word(part, language) for part in value)
    return value.label(language) if isinstance(value, Worded) else str(value)


@dataclass(frozen=True)
class Sentence:
    """A sentence not yet spoken: its code and its facts. `say("ar")` speaks it."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        return say(self.code, language, self.facts)

    def as_data(self) -> dict[str, object]:
        """Plain data for storage: terms become their code, so that a stored trace can be read again."""
        return {"code": self.code, "facts": {name: _plain(value) for name, value in self.facts.items()}}


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value if isinstance(value, int) else str(getattr(value, "code", value))


class RuleError(Exception):
    """A rule refuses. Carries its sentence; `say(language)` tells the reader what to do next."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.sentence = Sentence(code, facts)

    @property
    def code(self) -> str:
        return self.sentence.code

    @property
    def facts(self) -> Mapping[str, object]:
        return self.sentence.facts

    def say(self, language: str) -> str:
        return self.sentence.say(language)

    def __str__(self) -> str:
        return self.say("en")
