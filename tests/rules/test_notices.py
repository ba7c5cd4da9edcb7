"""The words of a notice: complete in three languages, nothing that endangers, nothing a listener stumbles over."""

import itertools
import re
from datetime import date

import pytest

from constat.rules.notices import (
    CODE,
    FINAL,
    MOST_WORDS,
    NoSuchLanguage,
    NothingToTell,
    compose,
    parts,
    with_code,
)
from constat.rules.numerals import DIGITS, below_hundred, day_in_words, digits_in_words, year_in_words
from constat.rules.speech import LANGUAGES
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb
DAY = date(2026, 2, 20)
EVERY = list(
    itertools.product(FINAL, vocabulary("addressee_kind"), LANGUAGES, ((), ("condolence_payment", "apology")), (None, DAY))
)  # fmt: skip


def test_there_is_a_notice_for_every_outcome_that_ends_the_question():
    final = set(vocabulary("decision_outcome")) - {"investigate", "returned"}
    assert final == set(FINAL)


@pytest.mark.parametrize(("outcome", "kind", "language", "measures", "day"), EVERY)
def test_every_notice_is_whole_and_can_be_read_aloud(outcome, kind, language, measures, day):
    told = compose(outcome=outcome, kind=kind, language=language, measures=measures, happened=day)

    assert told.written and len(told.written) == len(told.spoken)
    assert sum(CODE in one for one in told.written) == sum(CODE in one for one in told.spoken) == 1
    for sentence in (*told.written, *told.spoken):
        assert not re.search(r"{(?!code})", sentence), sentence
    for sentence in told.spoken:
        aloud = with_code(sentence, "4071" * 4, language, spoken=True)
        assert not re.search(r"[0-9٠-٩/:();]", aloud), aloud
        for piece in re.split(r"[.?!؟]", aloud):
            assert len(piece.split()) <= MOST_WORDS, piece
        # An abbreviation is read letter by letter by a screen and stumbled over by a person.
        assert not re.search(r"\b[A-Z]{2,}\b|\betc\b|\bM\.|\bn°", aloud), aloud


@pytest.mark.parametrize(
    ("kind", "language"), list(itertools.product(vocabulary("addressee_kind"), LANGUAGES))
)
def test_not_enough_evidence_is_never_a_doubt_about_the_person(kind, language):
    forbidden = {
        "fr": r"faux|fausse|mensong|non crédible|prouvé",
        "en": r"false|lie\b|lying|not credible|unfounded|untrue",
        "ar": r"كاذب|كذب|زائف|غير صحيح",
    }
    said = {
        "fr": "pas assez d’éléments à ce jour",
        "en": "not enough evidence now",
        "ar": "لا تتوفر أدلة كافية",
    }
    told = compose(outcome="not_enough_evidence", kind=kind, language=language)

    for text in (" ".join(told.written), " ".join(told.spoken)):
        assert said[language] in text
        assert not re.search(forbidden[language], text, re.IGNORECASE)


def test_only_who_an_offer_is_made_to_hears_of_it():
    measure = vocabulary("response_type").label("condolence_payment", "fr")
    for kind, hears in (
        ("beneficiary", True),
        ("household", True),
        ("reporter", False),
        ("community", False),
    ):
        told = compose(outcome="credible", kind=kind, language="fr", measures=["condolence_payment"])
        assert (measure in " ".join(told.written)) is hears, kind


def test_without_a_measure_the_notice_says_so():
    told = compose(outcome="credible", kind="household", language="en")

    assert any("No measure is offered" in one for one in told.written)
    assert "sorry" in " ".join(told.written)
    assert told.as_data()["written"] == list(told.written)


def test_a_step_on_the_way_is_not_told():
    with pytest.raises(NothingToTell) as refusal:
        compose(outcome="returned", kind="household", language="fr")
    assert "returned" in str(refusal.value)
    with pytest.raises(NoSuchLanguage):
        compose(outcome="credible", kind="household", language="bm")


def test_the_code_is_read_digit_by_digit():
    sentence = parts()["code"]["fr"]["spoken"]

    spoken = with_code(sentence, "4071000099999999", "fr", spoken=True)
    assert "quatre, zéro, sept, un. zéro, zéro, zéro, zéro. neuf" in spoken
    assert "4071 0000 9999 9999" in with_code(
        parts()["code"]["ar"]["written"], "4071000099999999", "ar", spoken=False
    )


def test_every_part_is_used_and_french_is_set_as_french():
    used = set()
    for outcome, kind, measures, day in itertools.product(
        FINAL, vocabulary("addressee_kind"), ((), ("apology",)), (None, DAY)
    ):
        told = compose(outcome=outcome, kind=kind, language="fr", measures=measures, happened=day)
        used |= set(told.written) | {told.title}
    label = vocabulary("response_type").label("apology", "fr")
    for code, sentence in ((code, one["fr"]["written"]) for code, one in parts().items()):
        filled = sentence.replace("{day}", day_in_words(DAY, "fr")).replace("{offers}", label)
        assert filled in used, code
        assert not re.search(r" [;!?:»]|« |'", sentence), code


# Numbers in words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "fr", "en", "ar"),
    [
        (7, "sept", "seven", "سبعة"),
        (16, "seize", "sixteen", "ستة عشر"),
        (21, "vingt et un", "twenty-one", "واحد وعشرين"),
        (26, "vingt-six", "twenty-six", "ستة وعشرين"),
        (30, "trente", "thirty", "ثلاثين"),
        (71, "soixante et onze", "seventy-one", "واحد وسبعين"),
        (78, "soixante-dix-huit", "seventy-eight", "ثمانية وسبعين"),
        (80, "quatre-vingts", "eighty", "ثمانين"),
        (81, "quatre-vingt-un", "eighty-one", "واحد وثمانين"),
        (91, "quatre-vingt-onze", "ninety-one", "واحد وتسعين"),
        (99, "quatre-vingt-dix-neuf", "ninety-nine", "تسعة وتسعين"),
    ],
)
def test_numbers_in_words(number, fr, en, ar):
    assert [below_hundred(number, language) for language in ("fr", "en", "ar")] == [fr, en, ar]


@pytest.mark.parametrize(
    ("day", "fr", "en", "ar"),
    [
        (date(2026, 3, 1), "premier mars deux mille vingt-six", "first of March, two thousand and twenty-six",
         "الأول من مارس عام ألفين وستة وعشرين"),
        (date(2000, 8, 20), "vingt août deux mille", "twentieth of August, two thousand", "العشرين من أغسطس عام ألفين"),
        (date(2011, 12, 31), "trente et un décembre deux mille onze", "thirty-first of December, two thousand and eleven",
         "الحادي والثلاثين من ديسمبر عام ألفين وأحد عشر"),
        (date(2030, 2, 30 - 1 - 1), "vingt-huit février deux mille trente", "twenty-eighth of February, two thousand and thirty",
         "الثامن والعشرين من فبراير عام ألفين وثلاثين"),
        (date(2024, 4, 30), "trente avril deux mille vingt-quatre", "thirtieth of April, two thousand and twenty-four",
         "الثلاثين من أبريل عام ألفين وأربعة وعشرين"),
    ],
)  # fmt: skip
def test_days_in_words(day, fr, en, ar):
    assert [day_in_words(day, language) for language in ("fr", "en", "ar")] == [fr, en, ar]


def test_numbers_of_the_same_language_differ():
    for language in LANGUAGES:
        assert len({below_hundred(number, language) for number in range(1, 100)}) == 99
        assert len({day_in_words(date(2026, 1, day), language) for day in range(1, 32)}) == 31
        assert len(set(DIGITS[language])) == 10
    assert below_hundred(0, "fr") == "zéro"


def test_what_is_out_of_reach_is_refused():
    for wrong in (-1, 100):
        with pytest.raises(ValueError, match="between 0 and 99"):
            below_hundred(wrong, "en")
    with pytest.raises(ValueError, match="this century"):
        year_in_words(1999, "fr")
    assert digits_in_words("10", "ar") == "واحد، صفر"
