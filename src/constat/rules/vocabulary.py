"""The words of the field as data: one file per vocabulary in `vocabularies/`.

A code is stable for ever: it may be retired, never reused and never removed, because old records keep it.
Each term has a label in French, English and Arabic, a definition, a source, and where one exists the value
used for it by other systems (SDG 16.1.2, UCDP, ACLED, HXL ...).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from constat.rules.speech import LANGUAGES, RuleError, language_of

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]*")
_TERM_KEYS = frozenset(
    ("code", "label", "definition", "source", "since", "retired", "parent", "rank", "mappings", "extra")
)


class VocabularyError(RuleError):
    """The tree of this module."""


class UnknownVocabulary(VocabularyError):
    """No file of that name."""


class UnknownTerm(VocabularyError, KeyError):
    """The code is not in the vocabulary. A KeyError too, so that `code in vocabulary` works."""


class RetiredTerm(VocabularyError):
    """The code exists in old records but may not be used in a new one."""


class UnknownMapping(VocabularyError):
    """Another system sent a value that no term claims: a person has to settle it, never a guess."""


class VocabularyFault(VocabularyError):
    """A file is wrong: duplicate code, missing label, unknown parent. Found at load, never in use."""


@dataclass(frozen=True)
class Term:
    """One word of the field.

    `mappings`: other system -> its values for this term. `extra`: what only this vocabulary needs
    (for instance `radius_km` of a place precision). `rank`: position on a ladder, low to high.
    """

    code: str
    labels: Mapping[str, str]
    definition: Mapping[str, str]
    source: str
    since: date
    retired: date | None = None
    parent: str | None = None
    rank: int | None = None
    mappings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def label(self, language: str) -> str:
        return self.labels[language_of(language)]

    def defined(self, language: str) -> str:
        """The definition in `language`; English where a term has no definition in that language."""
        return self.definition.get(language_of(language), self.definition["en"])


@dataclass(frozen=True)
class Defined:
    """A term spoken by its definition, for sentences that explain rather than name."""

    term: Term

    def label(self, language: str) -> str:
        return self.term.defined(language)


class Vocabulary(Mapping[str, Term]):
    """The terms of one file, in the order of the file."""

    def __init__(self, name: str, title: Mapping[str, str], terms: Mapping[str, Term]) -> None:
        self.name = name
        self.title = title
        self._terms = terms
        self._by_mapping = _readable(terms)

    def __getitem__(self, code: str) -> Term:
        try:
            return self._terms[code]
        except KeyError:
            raise UnknownTerm("unknown_term", term=code, vocabulary=self.name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __repr__(self) -> str:
        return f"<vocabulary {self.name}: {len(self)} terms>"

    def label(self, code: str, language: str) -> str:
        """The label of a code, retired or not: old records must stay readable."""
        return self[code].label(language)

    def active(self) -> tuple[Term, ...]:
        """The terms a new record may use."""
        return tuple(term for term in self._terms.values() if term.retired is None)

    def choices(self, language: str) -> list[tuple[str, str]]:
        """(code, label) of the active terms, as a form wants them."""
        return [(term.code, term.label(language)) for term in self.active()]

    def children(self, code: str) -> tuple[Term, ...]:
        """The terms directly under `code`."""
        parent = self[code]
        return tuple(term for term in self._terms.values() if term.parent == parent.code)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The codes above `code`, nearest first."""
        above: list[str] = []
        parent = self[code].parent
        while parent is not None:
            above.append(parent)
            parent = self[parent].parent
        return tuple(above)

    def from_mapping(self, system: str, value: str) -> Term:
        """The term another system means by `value` (letter case and outer spaces do not matter)."""
        try:
            return self._by_mapping[system, value.strip().casefold()]
        except KeyError:
            raise UnknownMapping(
                "unknown_mapping", value=value, system=system, vocabulary=self.name
            ) from None

    def check(self, code: str, *, new: bool = True) -> Term:
        """The term, or UnknownTerm; with `new`, RetiredTerm for one that only old records may hold."""
        term = self[code]
        if new and term.retired is not None:
            raise RetiredTerm("retired_term", term=term, vocabulary=self.name, retired=term.retired)
        return term


@cache
def names() -> tuple[str, ...]:
    """The vocabularies shipped, in alphabetical order."""
    files = resources.files("constat.rules").joinpath("vocabularies").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of that name; read and checked once."""
    if name not in names():
        raise UnknownVocabulary("unknown_vocabulary", vocabulary=name, names=names())
    text = resources.files("constat.rules").joinpath(f"vocabularies/{name}.toml").read_text("utf-8")
    return read(name, text)


def read(name: str, text: str) -> Vocabulary:
    """Build and check a vocabulary from the text of its file. Raises VocabularyFault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise VocabularyFault("vocabulary_fault", vocabulary=name, fault=f"not valid TOML: {error}") from None
    _require(not (absent := _absent(data.get("title"))), name, f"the title lacks {absent}")
    terms: dict[str, Term] = {}
    for entry in data.get("term", []):
        term = _term(name, entry, data)
        _require(term.code not in terms, name, f"{term.code} is there twice")
        # A parent stands above its children in the file, so no circle can be written.
        known = term.parent is None or term.parent in terms
        _require(known, name, f"{term.code}: unknown parent {term.parent}, or it stands further down")
        terms[term.code] = term
    _require(bool(terms), name, "it has no term")
    _check_mappings(name, terms)
    return Vocabulary(name, MappingProxyType(data["title"]), MappingProxyType(terms))


def _term(name: str, entry: Mapping[str, Any], file: Mapping[str, Any]) -> Term:
    code = entry.get("code", "")
    _require(bool(_CODE.fullmatch(code)), name, f"{code!r} is not a code")
    _require(not (strange := sorted(entry.keys() - _TERM_KEYS)), name, f"{code}: unknown key {strange}")
    _require(not (absent := _absent(entry.get("label"))), name, f"{code}: the label lacks {absent}")
    # Given once at the top of the file, a definition, a source or a date holds for every term without its own.
    definition = entry.get("definition") or file.get("definition", {})
    _require(all(definition.get(tag) for tag in ("fr", "en")), name, f"{code}: no definition in fr and en")
    source = entry.get("source") or file.get("source", "")
    _require(bool(source), name, f"{code}: no source")
    return Term(
        code=code,
        labels=MappingProxyType(entry["label"]),
        definition=MappingProxyType(definition),
        source=source,
        since=_since(name, code, entry.get("since") or file.get("since")),
        retired=entry.get("retired"),
        parent=entry.get("parent"),
        rank=entry.get("rank"),
        mappings=MappingProxyType({key: tuple(values) for key, values in entry.get("mappings", {}).items()}),
        extra=MappingProxyType(entry.get("extra", {})),
    )


def _since(name: str, code: str, since: object) -> date:
    if not isinstance(since, date):
        raise VocabularyFault("vocabulary_fault", vocabulary=name, fault=f"{code}: no since date")
    return since


def _absent(labels: Mapping[str, str] | None) -> str:
    return ", ".join(tag for tag in LANGUAGES if not (labels or {}).get(tag, "").strip())


# Systems from which records are read: there a value must lead to exactly one term. The others (HXL, SDG ...)
# are only written to, and several of our finer terms may share one of their coarser values.
READ_SYSTEMS = frozenset({"ucdp", "acled", "gwno", "iso2"})


def _check_mappings(name: str, terms: Mapping[str, Term]) -> None:
    claimed = _claims(terms)
    for (system, value), codes in claimed.items():
        clear = system not in READ_SYSTEMS or len(codes) == 1
        _require(clear, name, f"{system} {value!r} means all of {', '.join(codes)}")


def _claims(terms: Mapping[str, Term]) -> dict[tuple[str, str], list[str]]:
    claimed: dict[tuple[str, str], list[str]] = {}
    for term in terms.values():
        for system, values in term.mappings.items():
            for value in values:
                claimed.setdefault((system, value.casefold()), []).append(term.code)
    return claimed


def _readable(terms: Mapping[str, Term]) -> dict[tuple[str, str], Term]:
    """The values that lead to one term only: a shared value is unknown to `from_mapping`, never a guess."""
    return {key: terms[codes[0]] for key, codes in _claims(terms).items() if len(codes) == 1}


def _require(holds: bool, name: str, fault: str) -> None:
    if not holds:
        raise VocabularyFault("vocabulary_fault", vocabulary=name, fault=fault)
