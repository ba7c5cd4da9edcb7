"""The words of a notice: what somebody affected is told, in French, English or Arabic, to be read or to be read aloud.

The sentences are data (`notices.toml`), chosen by the outcome of the decision and by who is told. No name, place or amount
stands in a notice: a paper is found in a pocket. The amount of an offer is said, not written. "Not enough evidence" never
becomes a doubt about the person.

Reading aloud: short sentences, no figure and no abbreviation; a day in words, a code digit by digit.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from constat.rules.numerals import day_in_words, digits_in_words
from constat.rules.speech import LANGUAGES, RuleError
from constat.rules.vocabulary import vocabulary

# Outcomes that end a question; the others ("investigate", "returned") are steps on the way, and nobody is told of them.
FINAL = ("credible", "not_enough_evidence", "own_force_not_involved", "no_civilian_harm")
CODE = "{code}"  # stays in the stored text: the code itself is kept nowhere, it is put in when the paper is printed
MOST_WORDS = 22  # in one sentence read aloud


class NoticeError(RuleError):
    """The tree of this module."""


class NothingToTell(NoticeError):
    """The decision is not one that ends the question."""


class NoSuchLanguage(NoticeError):
    """A notice is written in French, English or Arabic; other languages are spoken by an interpreter."""


@dataclass(frozen=True)
class Told:
    """One notice. Paragraphs to read (`written`) and to read aloud (`spoken`); both may hold the mark CODE."""

    language: str
    title: str
    written: tuple[str, ...]
    spoken: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        return {"title": self.title, "written": list(self.written), "spoken": list(self.spoken)}


@cache
def parts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """part -> language -> form ("written", "spoken") -> sentence."""
    text = resources.files("constat.rules").joinpath("notices.toml").read_text("utf-8")
    return {
        entry["code"]: {
            language: {
                "written": entry[language],
                "spoken": entry.get(f"{language}_spoken", entry[language]),
            }
            for language in LANGUAGES
        }
        for entry in tomllib.loads(text)["part"]
    }


def compose(
    *, outcome: str, kind: str, language: str, measures: Sequence[str] = (), happened: date | None = None
) -> Told:
    """`kind`: vocabulary `addressee_kind`. `measures`: codes of `response_type` that are offered to this person.

    Whoever reported or represents a community is not told what is offered to others.
    """
    if outcome not in FINAL:
        raise NothingToTell("nothing_to_tell", outcome=outcome)
    if language not in LANGUAGES:
        raise NoSuchLanguage("no_such_language", language=language)
    told_of_offers = bool(vocabulary("addressee_kind")[kind].extra["offers"])
    words = vocabulary("response_type")
    offered = [words.label(code, language) for code in measures] if told_of_offers else []
    names = _parts(outcome, kind, offered, told_of_offers, happened)
    written, spoken = (
        tuple(_filled(parts()[name][language][form], form, language, offered, happened) for name in names)
        for form in ("written", "spoken")
    )
    return Told(language, parts()["title"][language]["written"], written, spoken)


def _parts(
    outcome: str, kind: str, offered: Sequence[str], told_of_offers: bool, happened: date | None
) -> list[str]:
    names = ["greeting", f"about_{kind}" if happened else f"about_{kind}_undated", f"found_{outcome}"]
    if outcome == "credible" and told_of_offers:
        names.append("sorry")
        names += ["offer_some", "offer_choice"] if offered else ["offer_none"]
    return [*names, "again", "complain", "code", "free", "danger", "privacy"]


def _filled(sentence: str, form: str, language: str, offered: Sequence[str], happened: date | None) -> str:
    joined = (
        {"fr": " ; ", "en": "; ", "ar": "؛ "} if form == "written" else {"fr": ". ", "en": ". ", "ar": ". "}
    )
    day = "" if happened is None else day_in_words(happened, language)
    filled = sentence.replace("{offers}", joined[language].join(offered)).replace("{day}", day)
    return filled


def with_code(sentence: str, code: str, language: str, *, spoken: bool) -> str:
    """The stored sentence with the complaint code: four groups of four digits, or each digit as a word."""
    if not spoken:
        groups = [code[start : start + 4] for start in range(0, len(code), 4)]
        return sentence.replace(CODE, " ".join(groups))
    groups = [digits_in_words(code[start : start + 4], language) for start in range(0, len(code), 4)]
    return sentence.replace(CODE, ". ".join(groups))
