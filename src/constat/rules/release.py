"""What is said in public: only cleared facts, a denial only on a decision, released by two people.

The first statement is the riskiest output of a cell: in one mission a first denial was found false by its own inquiry two
months later. So a sentence that denies, whoever wrote it and in whatever words, needs the signed decision it rests on.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from constat.rules.permissions import Permission
from constat.rules.speech import LANGUAGES, RuleError
from constat.rules.vocabulary import Term, vocabulary
from constat.rules.workflow import Workflow, step


class ReleaseError(RuleError):
    """The tree of this module."""


class DenialWithoutDecision(ReleaseError):
    """A sentence denies, and no decision stands behind it."""


class BasisMissing(ReleaseError):
    """A fact of this kind rests on a record that is not there."""


class NotCleared(ReleaseError):
    """A statement holds a sentence that nobody cleared, or whose clearance was taken back."""


class WrongKind(ReleaseError):
    """A fact that does not belong into this kind of statement."""


class LanguageMissing(ReleaseError):
    """A fact is said in some languages and not in all three."""


_DRAFT, _RELEASE = Permission.PUBLICATION_DRAFT, Permission.PUBLICATION_RELEASE
_STOP = Permission.PUBLICATION_STOP

PUBLICATION = Workflow(
    name="publication",
    states=vocabulary("publication_state"),
    initial="draft",
    starts=(),
    final=frozenset({"superseded", "withdrawn"}),
    transitions=(
        step("draft", "submit_for_review", "review", _DRAFT, "content"),
        step("review", "send_back", "draft", _RELEASE),
        step("review", "publish", "released", _RELEASE, "content"),
        step("review", "stop", "draft", _STOP),
        step("released", "supersede", "superseded", _RELEASE),
        # That it was published is never deleted: it stays listed as withdrawn, with what the public is told of the reason.
        step("released", "withdraw", "withdrawn", _RELEASE),
        step("released", "stop", "withdrawn", _STOP),
        step("draft", "withdraw", "withdrawn", _DRAFT),
    ),
)

# Statements about one incident, in the order in which they may come.
STATEMENTS = ("holding", "facts", "decision", "correction")


@dataclass(frozen=True)
class Basis:
    """What the store holds about the incident at the moment of clearing.

    outcome: code of `decision_outcome` of the decision that stands, "" when there is none.
    """

    reports: int = 0
    inquiry: bool = False
    outcome: str = ""
    published: bool = False  # an earlier public statement about it


def fact_kind(code: str) -> Term:
    return vocabulary("fact_kind")[code]


def check_fact(kind: str, texts: Mapping[str, str], basis: Basis, references: Collection[str]) -> None:
    """May this fact be cleared? Raises LanguageMissing, DenialWithoutDecision, BasisMissing.

    texts: language -> sentence. references: codes of the records that say so, kept inside.
    """
    term = fact_kind(kind)
    for language in LANGUAGES:
        if not texts.get(language, "").strip():
            raise LanguageMissing("fact_language", language=language)
    needed = term.extra.get("outcome", "")
    if needed and basis.outcome != needed:
        if term.extra.get("denial"):
            raise DenialWithoutDecision("denial_without_decision", kind=term)
        raise BasisMissing("fact_basis", kind=term)
    if not needed:
        for language in LANGUAGES:
            found = denial_in(texts[language], language)
            # The decision that denies allows the words that deny; no other does.
            if found and basis.outcome not in DENYING:
                raise DenialWithoutDecision("denial_in_words", words=found)
    held = {"report": basis.reports > 0, "inquiry": basis.inquiry, "published": basis.published,
            "reference": bool(references)}  # fmt: skip
    for what in term.extra.get("needs", ()):
        if not held[what]:
            raise BasisMissing("fact_basis", kind=term)


DENYING = frozenset({"own_force_not_involved", "no_civilian_harm"})

# Words that deny. Too many rather than too few: the answer to a false alarm is another wording; the answer to a denial that
# slipped through is a correction in front of the families.
_DENIALS: Mapping[str, Sequence[str]] = {
    "fr": (
        r"nous (?:démentons|nions|rejetons|contestons)", r"\b(?:dément|nie|rejette|conteste)(?:nt)?\b",
        r"aucune? (?:personne|civile?|victime|blessé|mort|tir)\w*",
        r"n[’']a(?:vons|ont)? (?:pas|jamais) (?:tiré|visé|tué|blessé|été impliqué)", r"n[’'](?:est|était|a été) pas (?:impliquée?|responsable)",
        r"personne n[’'](?:a|avait) (?:pas |jamais |)été (?:tu|bless|touch|vis|atteint)", r"il n[’']y a (?:pas |)eu (?:aucune?|de|ni) (?:personnes?|civile?s?|victimes?|blessés?|morts?|tirs?)",
        r"(?:pas|sans|zéro) (?:de |d[’']|)(?:victimes?|morts?|blessés?|civils? (?:tués?|blessés?|touchés?))",
        r"n[’'](?:étaient|était|avons jamais été) (?:pas |jamais |)(?:présente?s?|sur place|dans la zone)",
        r"(?:seulement|uniquement|que) des tirs? de sommation", r"(?:fausse|mensong|infondé|sans fondement|imaginaire)\w*",
    ),
    "en": (
        r"\b(?:we |)(?:deny|denies|denied|reject|rejects|refute)\b", r"\bno (?:civilians?|casualt|victim|one|person|shots?|deaths?)\w*",
        r"\b(?:did|does|do|has|have|was|were|is|are)(?:n[’']t| not| never) (?:fired?|shoot|shot|target|kill|injur|wound|harm|involved|responsible)\w*",
        r"\b(?:nobody|no-one|none) (?:of [^.]{0,40}|)(?:was|were|has been|had been) (?:killed|shot|hurt|harmed|injured|wounded|hit)",
        r"\b(?:without|zero) (?:any |)(?:civilians?|casualt|victims?|deaths?)\w*", r"\bno harm (?:to|was|came)\b",
        r"\b(?:was|were|is|are)(?:n[’']t| not| never) (?:present|there|in the area|on site)",
        r"\bonly (?:fired )?warning shots?\b", r"\b(?:false|untrue|unfounded|baseless|fabricated)\b",
    ),
    "ar": (
        r"ننفي|تنفي|نفت|نفى|ينفي|نكذب|نرفض هذه", r"لم (?:تُطلق|تطلق|يُطلق|يطلق|يُقتل|يقتل|يُصب|يصب|تستهدف|تشارك|يكن هناك)",
        r"لم (?:يُصَب|يصب|يُقتل|يقتل|يُجرح|يجرح|يتضرر) (?:أحد|أي)", r"غير (?:صحيح|صحيحة)", r"لا (?:صحة|أساس)", r"(?:لا|دون|أي) (?:قتلى|ضحايا|إصابات)", r"طلقات تحذيرية فقط|فقط طلقات تحذيرية", r"كاذب|باطل|ملفق",
    ),
}  # fmt: skip


@cache
def _pattern(language: str) -> re.Pattern[str]:
    return re.compile("|".join(_DENIALS[language]), re.IGNORECASE)


def denial_in(text: str, language: str) -> str:
    """The words of a text that deny, "" when none is found. A sentence about what is not yet known does not deny."""
    found = _pattern(language).search(text.replace("'", "’"))
    return found.group(0) if found else ""


def check_words(texts: Iterable[str], *, of_ours: bool = False) -> None:
    """May these words, which are no cleared fact, go out? Whatever language they are in, they do not deny: what denies is said
    in a statement, on the decision that it rests on. Raises DenialWithoutDecision.

    of_ours: they say what was wrong with a publication of our own; that it was false is then no denial.
    """
    for text in texts:
        heard = _WRONG.sub(" ", text) if of_ours else text
        for language in LANGUAGES:
            if found := denial_in(heard, language):
                raise DenialWithoutDecision("denial_in_words", words=found)


_WRONG = re.compile(r"\b(?:fausses?|false|untrue)\b|غير صحيحة?", re.IGNORECASE)


@dataclass(frozen=True)
class FactView:
    """A fact as a statement sees it. `kind`: code of `fact_kind`."""

    code: str
    kind: str
    cleared: bool


def check_statement(kind: str, facts: Sequence[FactView], *, outcome: str) -> None:
    """May these facts, in this order, be this statement? Raises NotCleared, WrongKind, BasisMissing.

    outcome: of the decision that stands now: one that was true when the fact was cleared may have been reopened since.
    """
    term = vocabulary("statement_kind")[kind]
    if not facts:
        raise NotCleared("statement_empty", statement=term)
    for fact in facts:
        if not fact.cleared:
            raise NotCleared("statement_uncleared", fact=fact.code)
        about = fact_kind(fact.kind)
        if kind not in about.extra["statements"]:
            raise WrongKind("statement_kind", fact=fact.code, kind=about, statement=term)
        needed = about.extra.get("outcome", "")
        if needed and needed != outcome:
            raise DenialWithoutDecision("denial_without_decision", kind=about)
    if kind == "decision" and not any(fact_kind(fact.kind).extra.get("outcome") for fact in facts):
        raise BasisMissing("statement_decision", statement=term)


@dataclass(frozen=True)
class Change:
    """A number that was published and reads otherwise now. None: it was not there, or is no longer."""

    name: str
    before: str | None
    after: str | None


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What a new version of a publication says otherwise, by name of the figure: each becomes a public correction."""
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )
