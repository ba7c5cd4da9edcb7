"""Names as written in the Sahel."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.analysis.names import BONES, bones, fold, index_text, query_terms, rank, sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ménaka", "menaka"),
        ("Anéfis", "ANEFIS"),
        ("N’Zarfika", "n'zarfika"),
        ("In-Tillit", "in  tillit"),
        ("Œuvre", "oeuvre"),
        ("Ɓanangoro", "Banangoro"),
        ("تُمْبُكْتُو", "تمبكتو"),  # vowel signs
        ("تمبكتـــو", "تمبكتو"),  # tatweel
        ("أزواد", "ازواد"),  # alef with and without hamza
        ("مدرسة", "مدرسه"),  # ta marbuta typed as ha
        ("المدرسة", "مدرسة"),  # the article
        ("والمدرسة", "المدرسة"),
        ("على", "علي"),  # ya and alef maqsura
        ("کیدال", "كيدال"),  # Persian keyboard
        ("۲۰۲۶", "٢٠٢٦"),
        ("ﻛﻴﺪﺍﻝ", "كيدال"),  # presentation forms, from old PDF files
        ("\u202bكيدال\u202c", "كيدال"),  # direction marks
    ],
)
def test_fold_levels_what_is_only_writing(one, other):
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize("text", ["تمبكتو", "ⵜⵎⴱⴽⵜⵓ", "ߕߎߡߓߎߞߕߎ"])
def test_fold_reads_the_scripts_of_the_region(text):
    assert fold(text).replace("ou", "u") in {"tmbktu", "tumbuktu"}


def test_fold_keeps_words_apart():
    assert fold("R-2026-000042, marché de Ber") == "r 2026 000042 marche de ber"
    assert fold("ألفا بالي") == "alfa bali"


@given(st.text(max_size=60))
def test_fold_is_plain_and_stays_as_it_is(text):
    once = fold(text)

    assert once.isascii()
    assert once == once.lower().strip()
    assert fold(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ménaka", "Menaka"),
        ("Cissé", "Sissé"),
        ("Djenné", "Jenne"),
        ("Ouagadou", "Wagadu"),
        ("Cheikh", "Sheikh"),
        ("In-Tillit", "I-n-Tillit"),
        ("Anéfis", "Anefi"),
        ("Diallo", "Jallo"),
        ("Guidimé", "Gidimé"),
    ],
)
def test_sound_levels_spelling_habits(one, other):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    "names", [("Tombouctou", "Timbuktu", "تمبكتو"), ("Ménaka", "Menaka", "ميناكا"), ("Kidal", "كيدال")]
)
def test_bones_bring_writings_together(names):
    assert len({bones(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Gao", "Goundam"), ("Kidal", "Kita"), ("Ségou", "Sikasso"), ("Ber", "Bourem")]
)
def test_towns_that_differ_stay_apart(one, other):
    assert sound(one) != sound(other)
    assert bones(one) != bones(other)


def test_an_arabic_text_is_found_by_both_writings():
    indexed = index_text("هجوم على سوق تمبكتو").split()

    for words in ("تمبكتو", "Tombouctou", "timbuktu"):
        (term,) = query_terms(words)
        assert any(token.startswith(term[0]) or token in term[1:] for token in indexed), words


def test_latin_words_are_indexed_without_bones():
    assert BONES not in index_text("marché de Tombouctou")


def test_a_code_is_not_searched_by_its_letter():
    assert query_terms("R-2026-000042") == [("2026",), ("000042",)]
    assert query_terms("R") == [("r",)]
    assert query_terms("  '*\" ") == []


@pytest.mark.data
def test_it_finds_held_out_spellings_more_often_than_the_usual_measures():
    bench = importlib.import_module("benchmarks.bench_places")
    for name in (bench.VARIANTS, bench.PLACES):
        if not (bench.DATA / name).is_file():
            pytest.skip(f"{name} is not beside this repository: the recall of names is not measured")

    ours, *baselines = bench.run(most=150)

    for other in baselines:
        assert ours.first > other.first, (ours, other)
        assert ours.among_five > other.among_five, (ours, other)


def test_rank_gives_the_best_first_and_nothing_for_nothing():
    names = ["Timbuktu", "Tamba", "Kidal"]

    assert rank("Tombouctou", names, limit=1)[0].index == 0
    assert rank("Kidaal", names)[0].index == 2
    assert rank("", names) == rank("Gao", []) == []
