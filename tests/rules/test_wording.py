"""Words for a change, held against the two numbers, in three languages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.cells import CellsDisagree, printed, rest_points
from constat.rules.disclosure import Cell
from constat.rules.vocabulary import vocabulary
from constat.rules.wording import (
    WordingError,
    check,
    check_supported,
    claims,
    faults,
    fits,
    fitting,
    unsupported,
)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (100, 200, "doubled"), (100, 204, "doubled"), (100, 206, "more_than_doubled"), (323, 812, "more_than_doubled"),
        (128, 543, "more_than_quadrupled"), (100, 300, "tripled"), (100, 350, "more_than_tripled"),
        (100, 400, "quadrupled"), (100, 150, "rose_by_half"), (100, 180, "nearly_doubled"), (100, 130, "rose"),
        (100, 105, "rose_slightly"), (100, 100, "unchanged"), (100, 95, "fell_slightly"), (100, 70, "fell"),
        (100, 50, "halved"), (100, 20, "fell_by_more_than_half"), (10, 0, "fell_by_more_than_half"),
        (0, 4, "rose"), (0, 0, "unchanged"),
    ],
)  # fmt: skip
def test_the_word_that_fits(before, after, code):
    assert fitting(before, after).code == code
    for language in ("fr", "en", "ar"):
        # What we would print ourselves is found again as exactly this claim, and passes.
        label = vocabulary("change_word").label(code, language)
        assert [claim.code for claim in claims(label, language)] == [code], label
        assert not faults(label, language, before, after)


@pytest.mark.parametrize(
    ("language", "text", "before", "after"),
    [
        ("fr", "Le nombre a doublé.", 100, 151),
        ("fr", "a diminué de moitié", 100, 80),
        ("fr", "une légère hausse", 100, 140),
        ("fr", "a triplé", 100, 200),
        ("fr", "une hausse de 30 %", 100, 151),
        ("en", "doubled", 128, 543),
        ("en", "rose by half", 100, 200),
        ("en", "rose slightly", 100, 140),
        ("en", "halved", 100, 70),
        ("en", "fell by 30 per cent", 70, 100),
        ("en", "an increase of 20 %", 100, 151),
        ("ar", "تضاعف العدد", 100, 151),
        ("ar", "انخفض إلى النصف", 100, 80),
        ("ar", "ازداد قليلا", 100, 150),
        ("ar", "ارتفع بنسبة 30 في المائة", 100, 151),
    ],
)
def test_a_word_that_does_not_fit_is_flagged_with_the_one_that_does(language, text, before, after):
    found = faults(text, language, before, after)
    assert found
    assert found[0].fitting == fitting(before, after)
    assert str(after) in found[0].sentence.say(language) or "%" in found[0].sentence.say(language)
    with pytest.raises(WordingError):
        check(text, language, before, after)


@pytest.mark.parametrize(
    ("language", "text", "before", "after"),
    [
        ("fr", "a plus que doublé (+151\u202f%)", 323, 812),
        ("fr", "un recul de 30 pour cent", 100, 70),
        ("en", "more than doubled, up 151 per cent", 323, 812),
        ("en", "fell by 12.5%", 800, 700),
        ("en", "\u221230 %", 100, 70),
        ("en", "a change of 30 %", 100, 70),
        ("ar", "تضاعف أكثر من مرتين بنسبة 151 في المائة", 323, 812),
    ],
)
def test_what_fits_passes(language, text, before, after):
    check(text, language, before, after)


def test_a_percentage_of_nothing_is_refused():
    (fault,) = faults("+100 %", "en", 0, 5)
    assert fault.sentence.code == "percent_of_nothing"
    assert fault.claim.percent == Decimal(100)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_for_every_change_there_is_a_word_that_is_true(before, after):
    assert fits(fitting(before, after).code, before, after)


# Cells of a table ------------------------------------------------------------------------------------------------


def test_a_single_small_cell_takes_a_neighbour_with_it():
    cells = printed({"a": 3, "b": 9, "c": 20, "d": 0}, 32, 5)
    assert {name: one.value for name, one in cells.items()} == {"a": None, "b": None, "c": 20, "d": 0}
    assert (cells["a"].secondary, cells["b"].secondary, cells["d"].cell) == (False, True, Cell.ZERO)


def test_two_small_cells_hide_each_other_and_unknown_hides_one():
    assert printed({"a": 3, "b": 2, "c": 20}, 25, 5)["c"].value == 20
    assert printed({"a": 3, "b": None, "c": 20}, 30, 5)["c"].value == 20
    assert printed({"a": 3, "b": 0}, 3, 5)["a"].value is None


@pytest.mark.parametrize(("parts", "total"), [({"a": 512, "b": 167}, 812), ({"a": 9, "b": None}, 8)])
def test_parts_that_do_not_add_up_publish_nothing(parts, total):
    with pytest.raises(CellsDisagree):
        printed(parts, total, 5)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8))
def test_no_suppressed_cell_can_be_computed_from_the_rest(values):
    parts = {str(index): value for index, value in enumerate(values)}
    cells = printed(parts, sum(values), 5)
    hidden = [name for name, one in cells.items() if one.cell is Cell.SUPPRESSED]
    small = [name for name, value in parts.items() if 0 < value < 5]
    assert set(small) <= set(hidden)
    # Alone, or together fewer than the threshold, only where every other cell is nothing: then the total itself is.
    if hidden and (len(hidden) == 1 or sum(parts[name] for name in hidden) < 5):
        assert sum(values) == sum(parts[name] for name in hidden)


@pytest.mark.parametrize(
    ("part", "whole", "points"),
    [(11, 12, True), (8, 12, True), (7, 12, False), (12, 12, False), (13, 12, False)],
)
def test_a_part_beside_its_whole_points_at_the_rest(part, whole, points):
    assert rest_points(part, whole, 5) is points


def test_small_cells_that_are_few_even_together_take_a_neighbour_with_them():
    cells = printed({"a": 1, "b": 1, "c": 6, "d": 20}, 28, 5)
    assert [name for name, one in cells.items() if one.value is None] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Killings rose. Displacement doubled, from 1,200 to 2,400 people."),
        ("en", "The number of patrols fell by 25 % (from 80 to 60)."),
        ("fr", "Les déplacements ont doublé, de 1\u202f200 à 2\u202f400."),
        ("ar", "تضاعف عدد النازحين من 1200 إلى 2400."),
        ("en", "Resolution 2640 was adopted in 2022."),
    ],
)
def test_a_word_with_a_number_behind_it_is_supported(language, text):
    assert unsupported(text, language, [(100, 130)]) == ()


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Killings doubled.", "doubled"),
        ("en", "Killings doubled. There were 100, then 200.", "doubled"),
        ("en", "Killings doubled, from 200 to 100.", "doubled"),
        ("fr", "Les tués ont doublé ce trimestre.", "doublé"),
        ("en", "Killings rose by 40 %.", "40 %"),
    ],
)
def test_a_word_without_a_number_behind_it_is_refused(language, text, words):
    assert [claim.words for claim in unsupported(text, language, [(100, 130)])] == [words]
    with pytest.raises(WordingError, match=words):
        check_supported(text, language, [(100, 130)])
