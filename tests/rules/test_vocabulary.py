"""The loader refuses a bad file; the shipped files are good; old codes stay readable and cannot be reused."""

import csv
import gzip
import re
import string
from datetime import date
from pathlib import Path

import pytest

from constat.rules import speech
from constat.rules.speech import LANGUAGES
from constat.rules.vocabulary import (
    RetiredTerm,
    UnknownMapping,
    UnknownTerm,
    UnknownVocabulary,
    VocabularyFault,
    names,
    read,
    vocabulary,
)

pytestmark = pytest.mark.onedb
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

TITLE = 'title = { fr = "T", en = "T", ar = "T" }\nsource = "S"\nsince = 2026-01-01\n'
TERM = """
[[term]]
code = "{code}"
label = {{ fr = "F", en = "E", ar = "A" }}
definition = {{ fr = "F", en = "E" }}
{more}
"""


def term(code="one", more=""):
    return TERM.format(code=code, more=more)


FAULTS = {
    "there is twice": (TITLE + term() + term(), "is there twice"),
    "a label is missing": (TITLE + term().replace('ar = "A"', 'ar = " "'), "the label lacks ar"),
    "no label": (TITLE + '[[term]]\ncode = "one"\n', "the label lacks fr, en, ar"),
    "no definition": (TITLE + term().replace('definition = { fr = "F", en = "E" }', ""), "no definition"),
    "half a definition": (TITLE + term().replace('fr = "F", en = "E" }\n', 'fr = "F" }\n'), "no definition"),
    "no source": (TITLE.replace('source = "S"\n', "") + term(), "no source"),
    "no date": (TITLE.replace("since = 2026-01-01\n", "") + term(), "no since date"),
    "parent unknown": (TITLE + term(more='parent = "two"'), "unknown parent two"),
    "parent further down": (TITLE + term(more='parent = "two"') + term("two"), "further down"),
    "not a code": (TITLE + term("a code"), "is not a code"),
    "unknown key": (TITLE + term(more='parrent = "x"'), "unknown key ['parrent']"),
    "no title": ('source = "S"\nsince = 2026-01-01\n' + term(), "the title lacks"),
    "no term": (TITLE, "it has no term"),
    "not TOML": ("title = ", "not valid TOML"),
    "one value, two terms": (
        TITLE + term(more='mappings = { ucdp = ["1"] }') + term("two", 'mappings = { ucdp = ["1"] }'),
        "means all of one, two",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_refused_at_load(fault):
    text, sentence = FAULTS[fault]
    with pytest.raises(VocabularyFault) as refusal:
        read("trial", text)
    assert sentence in str(refusal.value)
    assert "trial" in refusal.value.say("ar")


def test_a_good_file():
    words = read(
        "trial", TITLE + term() + term("two", 'parent = "one"') + term("old", "retired = 2026-02-01")
    )
    assert list(words) == ["one", "two", "old"]
    assert len(words) == 3
    assert "two" in words
    assert "three" not in words
    assert repr(words) == "<vocabulary trial: 3 terms>"
    assert [entry.code for entry in words.children("one")] == ["two"]
    assert words.ancestors("two") == ("one",)
    assert words.choices("en") == [("one", "E"), ("two", "E")]
    assert words["one"].defined("ar") == "E", "a definition missing in Arabic reads English"
    assert words["one"].since == date(2026, 1, 1)


def test_a_retired_code_stays_readable_and_is_refused_in_a_new_record():
    words = read("trial", TITLE + term("old", "retired = 2026-02-01"))
    assert words.label("old", "fr") == "F"
    assert words.check("old", new=False).code == "old"
    with pytest.raises(RetiredTerm, match="not been in use since 2026-02-01"):
        words.check("old")


def test_an_unknown_code_is_named():
    with pytest.raises(UnknownTerm, match="“deth” is not in the vocabulary harm"):
        vocabulary("harm")["deth"]
    with pytest.raises(KeyError):
        vocabulary("harm").check("deth")
    with pytest.raises(UnknownVocabulary, match="no vocabulary “harms”"):
        vocabulary("harms")


def test_a_value_of_another_system_leads_to_one_term_or_is_refused():
    assert vocabulary("violence_type").from_mapping("ucdp", " state-based violence ").code == "state_based"
    assert vocabulary("place_precision").from_mapping("ucdp", "2").code == "near_25km"
    with pytest.raises(UnknownMapping, match="“9” of ucdp matches no term of the vocabulary place_precision"):
        vocabulary("place_precision").from_mapping("ucdp", "9")


def test_a_value_shared_by_several_terms_is_no_guess():
    """The list of weapons of the SDG is coarser than ours: several of our terms share one value."""
    with pytest.raises(UnknownMapping):
        vocabulary("weapon").from_mapping("sdg", "heavy_explosive")


@pytest.mark.parametrize("name", names())
def test_the_shipped_words(name):
    words = vocabulary(name)
    assert words is vocabulary(name), "read once"
    for code, entry in words.items():
        for language in LANGUAGES:
            assert words.label(code, language).strip() == words.label(code, language)
        assert re.search(r"[\u0600-\u06FF]", entry.label("ar")), (
            f"{name}.{code}: no Arabic letter in the Arabic label"
        )
        assert entry.source
        assert entry.since


@pytest.mark.parametrize("name", names())
def test_labels_of_one_list_can_be_told_apart(name):
    for language in LANGUAGES:
        shown = [label for _, label in vocabulary(name).choices(language)]
        assert len(shown) == len(set(shown)), [label for label in shown if shown.count(label) > 1]


@pytest.mark.parametrize("name", names())
def test_french_typography(name):
    for entry in vocabulary(name).values():
        for text in (entry.label("fr"), entry.defined("fr")):
            assert "'" not in text, text
            assert not re.search(r" [;!?:»]|« ", text), f"an ordinary space before or after a sign: {text}"
            assert not re.search(r"[^\u202f\u00a0][;!?»]|[^\u00a0]:", text), f"no space before a sign: {text}"


def test_not_enough_evidence_is_never_called_false():
    """Non-credible means "not enough evidence at this time"; nothing ever reads as "false" or "a lie"."""
    forbidden = {
        "fr": r"\b(faux|fausse|mensong\w*|non crédible\w*)\b",
        "en": r"\b(false|fake|lie|lies|lying|not credible|non-credible)\b",
        "ar": r"كاذب|كذب|زائف|مزيف|غير صحيح",
    }
    for name in names():
        for entry in vocabulary(name).values():
            for language, pattern in forbidden.items():
                for text in (entry.label(language), entry.defined(language)):
                    assert not re.search(pattern, text, re.IGNORECASE), (name, entry.code, text)
    for outcome in ("triage_outcome", "closure_reason"):
        labels = {entry.label("en") for entry in vocabulary(outcome).values()}
        assert "Not enough evidence at this time" in labels


def test_the_sentences_say_the_same_in_three_languages():
    for code, entry in speech.templates().items():
        places = [
            {place for _, place, _, _ in string.Formatter().parse(entry[language]) if place}
            for language in LANGUAGES
        ]
        assert places[0] == places[1] == places[2], code
        assert re.search(r"[\u0600-\u06FF]", entry["ar"]), code
        assert not re.search(r" [;!?:»]|« |'", entry["fr"]), code


def test_a_language_without_labels_reads_french():
    assert speech.language_of("bm") == "fr"
    assert speech.language_of("ar-ML") == "ar"
    assert speech.language_of("EN_gb") == "en"


def test_a_sentence_can_be_stored_and_spoken_again():
    grade = vocabulary("grade")["fair"]
    spoken = speech.Sentence("override_without_reason", {"suggested": grade, "grade": "weak"})
    assert spoken.as_data() == {
        "code": "override_without_reason",
        "facts": {"suggested": "fair", "grade": "weak"},
    }
    several = speech.Sentence("mixed_units", {"units": (vocabulary("harm_unit")["persons"], 3)})
    assert several.as_data()["facts"] == {"units": ["persons", 3]}
    assert "Persons, 3" in several.say("en")


def countries_of(path: Path) -> set[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        table = csv.DictReader(lines)
        column = next((c for c in ("country", "country_cy", "name") if c in (table.fieldnames or [])), None)
        return {row[column].strip() for row in table} - {""} if column else set()


@pytest.mark.data
def test_every_country_of_the_conflict_files_is_known():
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is absent: the names of real files are not checked here")
    found = {}
    for path in sorted([*DATA.glob("ucdp_*.csv"), *DATA.glob("ucdp_*.csv.gz")]):
        found |= dict.fromkeys(countries_of(path), path.name)
    assert len(found) > 150
    for name in found:
        vocabulary("country").from_mapping("ucdp", name)


@pytest.mark.data
def test_country_numbers_of_the_conflict_files_agree_with_ours():
    path = DATA / "ucdp_ged_v23_sample1000.csv"
    if not path.is_file():
        pytest.skip(f"{path} is absent: numbers of real files are not checked here")
    with path.open(encoding="utf-8") as lines:
        pairs = {(row["country"], row["country_id"]) for row in csv.DictReader(lines)}
    assert len(pairs) > 50
    countries = vocabulary("country")
    for name, number in pairs:
        assert countries.from_mapping("ucdp", name) is countries.from_mapping("gwno", number), (name, number)
