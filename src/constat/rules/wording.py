"""Words that claim how a number changed, held against the two numbers.

A note is read for its words: "doubled" is repeated, the table is not. So each such word has bounds (`change_word`), and
a percentage in the sentence must be the one that a reader computes from the two numbers.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from constat.rules.percentages import percent_change
from constat.rules.speech import RuleError, Sentence, language_of
from constat.rules.vocabulary import Term, vocabulary

RISING = frozenset({"rose", "rose_slightly", "rose_by_half"})
FALLING = frozenset({"fell", "fell_slightly", "fell_by_more_than_half", "halved"})


class WordingError(RuleError):
    """A sentence says something else than its numbers. Raised by `check`."""


@dataclass(frozen=True)
class Claim:
    """A word (`code` of `change_word`) or a percentage found in a sentence, from `start` to `end`. percent: signed where the
    sentence says which way; `signed` False when it does not."""

    words: str
    start: int
    end: int
    code: str = ""
    percent: Decimal | None = None
    signed: bool = False


@dataclass(frozen=True)
class Fault:
    """A claim that does not fit. `sentence`: why, and what it would have to be. `fitting`: the word that fits."""

    claim: Claim
    sentence: Sentence
    fitting: Term | None


def fits(code: str, before: int, after: int) -> bool:
    """Does the word fit the change? From nothing to something no ratio exists: only "rose" is true."""
    if before == 0:
        return code == ("rose" if after else "unchanged")
    extra, ratio = vocabulary("change_word")[code].extra, Fraction(after, before)
    if extra.get("closed"):
        return Fraction(extra["above"]) <= ratio <= Fraction(extra["below"])
    above, below = extra.get("above"), extra.get("below")
    return (above is None or ratio > Fraction(above)) and (below is None or ratio < Fraction(below))


def fitting(before: int, after: int) -> Term:
    """The word that says most about the change and is true. The vocabulary is written from the boldest to the plainest,
    so a plain word is there for every change."""
    words = vocabulary("change_word")
    exact = ("quadrupled", "tripled", "doubled", "halved")
    order = sorted(words, key=lambda code: code not in exact)
    return next(words[code] for code in order if fits(code, before, after))


_PERCENT = {
    language: re.compile(r"(?P<sign>[+\u2212-])?\s?(?P<number>\d+(?:[.,]\d+)?)\s?(?:%|٪|" + words + ")")
    for language, words in {
        "fr": "pour cent|p\\. 100",
        "en": "per cent|percent",
        "ar": "في المائة|في المئة|بالمائة|بالمئة",
    }.items()
}


@cache
def _patterns(language: str) -> re.Pattern[str]:
    """All words of a language at once; the vocabulary's order decides which is tried first at one place."""
    parts = [
        f"(?P<{term.code}>{term.extra['patterns'][language]})" for term in vocabulary("change_word").values()
    ]
    # To the end of the word it began, so that a refusal quotes "doubled" and not "doubl".
    return re.compile(rf"(?:{'|'.join(parts)})\w*", re.IGNORECASE)


def claims(text: str, language: str) -> tuple[Claim, ...]:
    """Every word and percentage in the text that claims a change, in the order they stand."""
    language = language_of(language)
    text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2068", "").replace("\u2069", "")
    found = [
        Claim(match.group(), match.start(), match.end(), str(match.lastgroup))
        for match in _patterns(language).finditer(text)
    ]
    found += _percentages(text, language, found)
    return tuple(sorted(found, key=lambda claim: claim.start))


def _percentages(text: str, language: str, words: list[Claim]) -> Iterator[Claim]:
    for match in _PERCENT[language].finditer(text):
        number, sign = Decimal(match["number"].replace(",", ".")), match["sign"]
        # "fell by 30 %": the nearest word before it says which way.
        near = [word.code for word in words if word.end <= match.start() and match.start() - word.end < 25]
        way = -1 if sign in ("-", "\u2212") or (not sign and near and near[-1] in FALLING) else 1
        signed = bool(sign) or bool(near and near[-1] in RISING | FALLING)
        yield Claim(match.group().strip(), match.start(), match.end(), percent=way * number, signed=signed)


def faults(text: str, language: str, before: int, after: int) -> tuple[Fault, ...]:
    """The claims of a sentence about one change that do not hold, each with what it would have to be."""
    checked = (_fault(claim, before, after) for claim in claims(text, language))
    return tuple(fault for fault in checked if fault is not None)


def _fault(claim: Claim, before: int, after: int) -> Fault | None:
    right = fitting(before, after)
    if claim.percent is None:
        if fits(claim.code, before, after):
            return None
        return Fault(
            claim,
            Sentence(
                "word_misfit", {"words": claim.words, "before": before, "after": after, "fitting": right}
            ),
            right,
        )
    if before == 0:
        return Fault(claim, Sentence("percent_of_nothing", {"words": claim.words, "after": after}), right)
    decimals = -int(claim.percent.as_tuple().exponent)
    change = percent_change(before, after, decimals)
    if claim.percent == change or (not claim.signed and abs(claim.percent) == abs(change)):
        return None
    facts = {
        "words": claim.words,
        "before": before,
        "after": after,
        "change": f"{change:+f}".replace("-", "\u2212"),
    }
    return Fault(claim, Sentence("percent_misfit", facts), right)


_SENTENCES = re.compile(r"(?<=[.!?؟…])\s+|\n+")
_GROUPS = re.compile("(?<=\\d)[,.\u00a0\u202f ](?=\\d{3}(?!\\d))")


def unsupported(text: str, language: str, changes: Iterable[tuple[int, int]]) -> tuple[Claim, ...]:
    """The claims of a text somebody wrote that no number stands behind.

    A claim is supported by one of `changes` (before, after) that the same publication prints, or by two numbers written in
    its own sentence, the earlier one first ("doubled, from 200 to 400"). Start and end of a claim count in its sentence.
    """
    known, stray = list(changes), []
    for sentence in _SENTENCES.split(text):
        made = claims(sentence, language)
        plain = "".join(
            " "
            if any(claim.start <= place < claim.end for claim in made if claim.percent is not None)
            else letter
            for place, letter in enumerate(sentence)
        )
        numbers = [int(number) for number in re.findall(r"\d+", _GROUPS.sub("", plain))]
        pairs = [*known, *itertools.combinations(numbers, 2)]
        stray += [claim for claim in made if all(_fault(claim, *pair) for pair in pairs)]
    return tuple(stray)


def check_supported(text: str, language: str, changes: Iterable[tuple[int, int]]) -> None:
    """Raises WordingError naming the first claim no number stands behind."""
    for claim in unsupported(text, language, changes):
        raise WordingError("claim_unsupported", words=claim.words)


def check(text: str, language: str, before: int, after: int) -> None:
    """Refuse a sentence whose words do not fit its numbers. Raises WordingError with the first fault."""
    for fault in faults(text, language, before, after):
        raise WordingError(fault.sentence.code, **fault.sentence.facts)
