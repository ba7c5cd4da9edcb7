"""Names as they are written in the Sahel: French, English and Arabic spellings of one place or person brought together.

Three keys, from strict to loose:

  fold   the same letters: accents, case, punctuation, Arabic vowel signs and letter forms no longer matter
  sound  the same reading: Tombouctou and Timbuktu, Ménaka and Menaka, Anéfis and Anefis no longer differ
  bones  the consonants of `sound`: what Arabic writes and what a hurried listener keeps

`fold` is also what stored search texts are made of. Arabic is written in Latin letters by it, the same way for the text
and for the query, so an Arabic query finds Arabic words; `index_text` adds the bones of each Arabic word so that a query
in Latin letters finds them too.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

# Prefix of a token made of bones: no word of the languages spoken here begins with it, so no query meets it by chance.
BONES = "zzq"
# Two consonants (Gao, Mali) are the bones of hundreds of words; three are few enough to help.
ENOUGH_BONES = 3

_DROPPED = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640"  # Arabic vowel signs, tatweel
    "\u02be\u02bf\u02bb\u02bc\u02b9\u0621"  # hamza and ayn, alone or as written by scholars in Latin letters
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"  # invisible: soft hyphen, joiners, direction marks
)
_ARABIC = "\u0620-\u063f\u0641-\u064a\u0671-\u06d3\u06fa-\u06ff\u0750-\u077f"
# "the", alone or glued to "and", "with", "like", "so", "to": al-madrasa and madrasa are one word to somebody searching.
# What remains must be a word: Alfa, Bali, Wala keep their beginning.
_ARTICLE = re.compile(
    f"(?<![{_ARABIC}])(?:ال(?=[{_ARABIC}]{{3}})|[وبكف]ال(?=[{_ARABIC}]{{4}})|لل(?=[{_ARABIC}]{{3}}))"
)
# Ta marbuta, often typed as ha, is heard as a.
_FINAL_HA = re.compile(f"[ةهہەۃۀ](?![{_ARABIC}])")
# Letters as the French of the region writes them, so that `sound` levels them together with Latin spellings. Forms of one
# letter share a value: alef with or without hamza, final ya and alef maqsura, Persian and Urdu shapes.
_LETTERS = str.maketrans(
    {
        "ا": "a", "أ": "a", "إ": "a", "آ": "a", "ٱ": "a", "ع": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "t", "ط": "t",
        "ج": "j", "ژ": "j", "چ": "tch", "ح": "h", "ه": "h", "ة": "h", "ہ": "h", "ھ": "h", "ە": "h", "ۀ": "h", "ۃ": "h",
        "خ": "kh", "د": "d", "ذ": "d", "ض": "d", "ر": "r", "ز": "z", "ظ": "z", "س": "s", "ص": "s", "ش": "ch",
        "غ": "gh", "گ": "g", "ګ": "g", "ڭ": "g", "ݣ": "g", "ڤ": "v", "ڥ": "v", "ف": "f", "ڢ": "f", "ق": "q", "ڧ": "q",
        "ك": "k", "ک": "k", "ڪ": "k", "ل": "l", "م": "m", "ن": "n", "ں": "n", "و": "ou", "ؤ": "ou", "ۇ": "ou",
        "ي": "i", "ى": "i", "ی": "i", "ے": "i", "ئ": "i",
    }
)  # fmt: skip
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_NOT_KEY = re.compile("[^a-z0-9]+")
_HAS_ARABIC = re.compile(f"[{_ARABIC}]")


def fold(text: str) -> str:
    """The text in lower-case unaccented Latin letters, digits and single spaces; "" for a text without any of them.

    Latin, Arabic, Tifinagh and N'Ko are read; two texts with one fold are written the same but for accents, case,
    punctuation and the interchangeable forms of Arabic letters. fold(fold(x)) == fold(x).
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _DROPPED.sub("", text)
        if _HAS_ARABIC.search(text):
            text = _FINAL_HA.sub("ا", _ARTICLE.sub("", text)).translate(_LETTERS)
        # Sign by sign, so only the signs that need it: a page with one accent costs one sign.
        text = _NOT_ASCII.sub(lambda found: anyascii(found[0]), text)
    return _NOT_KEY.sub(" ", text.lower()).strip()


# One rule per spelling habit, in this order, on the folded name without its spaces. Results use letters as sounds:
# x as in cheikh, c as in tchin, j as in djebel, g for g and for the throat sounds, u for ou and w.
_HABITS = [
    (re.compile(pattern), value)
    for pattern, value in [
        (r"x", "ks"),
        (r"tch|tsh|c(?=h[aeiou]?d)", "c"),  # Tchin-Tabaraden, Tshin
        (r"sch|ch|sh", "x"),  # Cheikh, Sheikh
        (r"ck|c(?=[^eiyhc]|$)", "k"),  # Sokolo, Socolo
        (r"c(?=[eiy])", "s"),  # Cissé, Sissé
        (r"gu(?=[eiy])", "g"),  # Guidimé, Gidime
        (r"dj|dg(?=[ei])|dj?[iy](?=[aou])|gy", "j"),  # Djenné, Jenne; Diallo, Jallo, Dyallo
        (r"t[iy](?=[aou])|ky(?=[aeou])", "c"),  # Tiéma, Tyema, Kyema
        (r"gn|n[iy](?=[aou])", "n"),  # Niono, Gnono: n with or without its y
        (r"kh|gh|rh|q(?!u)", "g"),  # Aghlal, Arhlal, Aqlal: one throat sound
        (r"qu|q", "k"),
        (r"ph", "f"),
        (r"([tdbl])h", r"\1"),
        (r"ou|oo|w", "u"),  # Ouagadou, Wagadu
        (r"h", ""),  # Hombori, Ombori: French does not hear it
        (r"y", "i"),
        (r"m(?=[bpf])", "n"),  # Kombori, Konbori
        (r"(.)\1+", r"\1"),  # Cissé, Cisé
        (r"(?<=..)(?:e|t|s)$", ""),  # Diré, Dir; Tombouct(ou); silent ends
    ]
]
_LOOSE = str.maketrans("oepvfzxcjr", "uibbbssggl")
_VOWELS = re.compile("[aeiou]+")
_levenshtein = Levenshtein.normalized_similarity


def sound(text: str) -> str:
    """How a name sounds to a reader of the region, as one lower-case word: spelling habits levelled, vowels kept."""
    word = fold(text).replace(" ", "")
    for habit, value in _HABITS:
        word = habit.sub(value, word)
    return word


def bones(text: str) -> str:
    """The consonants of the sound. Arabic writes little more, and vowels are what two transcribers agree on least."""
    return _VOWELS.sub("", sound(text))


def index_text(*texts: str) -> str:
    """What a search_text column holds: the folded texts, then the bones of their Arabic words (see the module)."""
    folded = " ".join(filter(None, (fold(text) for text in texts)))
    arabic = dict.fromkeys(
        word for text in texts for word in re.findall(f"[{_ARABIC}]+", _DROPPED.sub("", text))
    )
    tokens = [BONES + bones(word) for word in arabic if len(bones(word)) >= ENOUGH_BONES]
    return " ".join([folded, *tokens]).strip()


def query_terms(words: str) -> list[tuple[str, ...]]:
    """What to look for in an indexed text: every inner tuple is one word as (beginning, [bones]); one of them must be there.

    One-letter words ask for nothing when longer ones are there (the R of R-2026-000042 stands in every report).
    """
    tokens = list(dict.fromkeys(fold(words).split()))
    tokens = [token for token in tokens if len(token) > 1] or tokens
    terms: list[tuple[str, ...]] = []
    for token in tokens:
        skeleton = bones(token)
        named = len(skeleton) >= ENOUGH_BONES and not token.isdigit()
        terms.append((token, BONES + skeleton) if named else (token,))
    return terms


# Weights of the five likenesses: a random search over 500 of the GeoNames variants of Mali whose hash is even; what they
# are worth is measured on the odd ones (benchmarks/bench_places.py). "start": the sound, agreeing beginnings count more.
WEIGHTS = {"fold": 0.46, "sound": 0.11, "start": 0.19, "loose": 0.17, "bones": 0.07}
# How many names of the first, quick pass are looked at closely.
CLOSELY = 200


def loose(text: str) -> str:
    """The sound with the letters that hearers confuse made one: o and u, e and i, p and b, r and l, z and s."""
    return sound(text).translate(_LOOSE)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate: its position in the list that was given, and its likeness to the query, 0 to 1."""

    index: int
    score: float


class NameList:
    """Many names, prepared once to be compared with queries. 25,000 names take about 1 s to prepare and 15 MB."""

    def __init__(self, names: Sequence[str]) -> None:
        self._prepare([fold(name) for name in names], [sound(name) for name in names])

    @classmethod
    def from_keys(cls, folded: Sequence[str], sounds: Sequence[str]) -> "NameList":
        """From keys that were stored beside the names, which saves making them again."""
        made = cls(())
        made._prepare(folded, sounds)
        return made

    def _prepare(self, folded: Sequence[str], sounds: Sequence[str]) -> None:
        self.fold = [word.replace(" ", "") for word in folded]
        self.sound = list(sounds)
        self.loose = [word.translate(_LOOSE) for word in self.sound]
        self.bones = [_VOWELS.sub("", word) for word in self.sound]

    def __len__(self) -> int:
        return len(self.fold)

    def rank(self, query: str, *, limit: int = 20, among: Sequence[int] | None = None) -> list[Ranked]:
        """The names most like the query, best first; `among` restricts to these positions. Empty for an empty query."""
        word = fold(query).replace(" ", "")
        if not word or not len(self):
            return []
        key = loose(query)
        among = self._near(key, range(len(self)) if among is None else among, max(limit, CLOSELY))
        if not among:
            return []

        def likeness(one: str, column: list[str], scorer: Any) -> Any:
            return process.cdist([one], [column[i] for i in among], scorer=scorer, dtype=np.float32)[0]

        heard = sound(query)
        score = (
            WEIGHTS["fold"] * likeness(word, self.fold, _levenshtein)
            + WEIGHTS["loose"] * likeness(key, self.loose, _levenshtein)
            + WEIGHTS["sound"] * likeness(heard, self.sound, _levenshtein)
            + WEIGHTS["start"] * likeness(heard, self.sound, JaroWinkler.normalized_similarity)
            + WEIGHTS["bones"] * likeness(_VOWELS.sub("", heard), self.bones, _levenshtein)
        )
        order = np.argsort(-score, kind="stable")[:limit]
        return [Ranked(among[i], round(float(score[i]), 4)) for i in order]

    def _near(self, key: str, among: Sequence[int], most: int) -> Sequence[int]:
        """So many of the positions, those whose loose sound is most like the key's."""
        if len(among) <= most:
            return among
        column = self.loose if len(among) == len(self) else [self.loose[i] for i in among]
        quick = process.cdist([key], column, scorer=_levenshtein, dtype=np.float32)[0]
        return [among[i] for i in quick.argpartition(-most)[-most:].tolist()]


def rank(query: str, candidates: Sequence[str], *, limit: int = 20) -> list[Ranked]:
    """The candidates most like the query, best first. For many queries over one list, keep a NameList."""
    return NameList(candidates).rank(query, limit=limit, among=range(len(candidates)))
