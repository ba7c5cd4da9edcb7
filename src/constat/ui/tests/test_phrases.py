"""A number, a date or a deadline is never said more surely than it is known."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from constat.rules.tally import Range as RuleRange
from constat.ui import formats, phrases
from constat.ui.shapes import Clock, Range, bounds

N, B = "\u202f", "\u00a0"


def drawn(text: str, language: str = "fr", **context: object) -> str:
    with translation.override(language):
        return Template("{% load constat %}" + text).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((8, 12, 15), ("12", "8 to 15")),
        ((12, 12, 12), ("12", "")),
        ((8, 12, None), ("12", "at least 8")),
        ((None, 12, 15), ("12", "at most 15")),
        ((None, 12, None), ("about 12", "")),
        ((8, None, 15), ("8 to 15", "")),
        ((8, None, None), ("at least 8", "")),
        ((None, None, 15), ("at most 15", "")),
        ((0, None, None), ("unknown", "")),
        ((0, 3, None), ("about 3", "")),
        ((None, None, None), ("unknown", "")),
        ((0, 0, 0), ("0", "")),
        ((0, None, 5), ("0 to 5", "")),
    ],
)
def test_ranges(numbers: tuple[int | None, int | None, int | None], said: tuple[str, str]) -> None:
    with translation.override("en"):
        assert phrases.range_text(*numbers, "en") == said


def test_a_range_is_drawn_from_whatever_carries_the_three_numbers() -> None:
    wanted = drawn("{% range 8 12 15 %}")
    assert "8" in wanted
    for value in (Range(8, 12, 15), RuleRange(8, 12, 15), {"minimum": 8, "best": 12, "maximum": 15}):
        assert drawn("{{ value|range }}", value=value) == wanted
    assert bounds(None) == (None, None, None)
    with pytest.raises(TypeError):
        bounds("12")


def test_an_unknown_number_is_not_a_zero() -> None:
    assert drawn("{{ n|num }}", "en", n=None) == "unknown"
    assert drawn("{{ n|num }}", "en", n=0) == "0"


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (12345, f"12{N}345", "12,345"),
        (1234.5, f"1{N}234,5", "1,234.5"),
        (-3, "−3", "-3".replace("-", "−")),
        (0, "0", "0"),
        (999, "999", "999"),
    ],
)
def test_numbers(value: float, french: str, english: str) -> None:
    assert formats.number(value, "fr") == french
    assert formats.number(value, "en") == english


def test_days_and_hours() -> None:
    assert formats.day(dt.date(2025, 3, 1), "fr") == f"1er{B}mars{B}2025"
    assert formats.day(dt.date(2025, 3, 3), "en") == f"3{B}March{B}2025"
    assert formats.clock(dt.time(14, 5), "fr") == f"14{B}h{B}05"
    assert formats.clock(dt.time(14, 5), "ar") == "14:05"
    assert formats.day(dt.date(2025, 3, 3), "sw") == formats.day(dt.date(2025, 3, 3), "fr")


@pytest.mark.parametrize(
    ("start", "precision", "end", "said", "machine"),
    [
        ((2025, 3, 3), "day", None, "on 3 March 2025", "2025-03-03"),
        ((2025, 3, 3), "day", (2025, 3, 8), "between 3 and 8 March 2025", "2025-03-03"),
        ((2025, 2, 27), "days_2_6", (2025, 3, 2), "between 27 February and 2 March 2025", "2025-02-27"),
        ((2024, 12, 30), "week", (2025, 1, 4), "between 30 December 2024 and 4 January 2025", "2024-12-30"),
        ((2025, 3, 3), "month", (2025, 3, 31), "around March 2025", "2025-03"),
        ((2025, 1, 1), "longer", (2025, 12, 31), "between January 2025 and December 2025", "2025"),
        ((2025, 1, 1), "longer", None, "in 2025, month unknown", "2025"),
        ((2025, 3, 3), "unknown", None, "around March 2025, precision unknown", "2025-03"),
    ],
)
def test_dates_carry_their_precision(
    start: tuple[int, int, int], precision: str, end: tuple[int, int, int] | None, said: str, machine: str
) -> None:
    context = {"s": dt.date(*start), "p": precision, "e": dt.date(*end) if end else None}
    html = drawn("{% dated s p e %}", "en", **context)
    assert html.replace(B, " ") == f'<time datetime="{machine}">{said}</time>'


def test_no_date_is_said() -> None:
    assert "unknown" in drawn("{% dated s 'day' %}", "en", s=None)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (dt.timedelta(days=2), "2 days"),
        (dt.timedelta(hours=47), "47 hours"),
        (dt.timedelta(minutes=59), "59 minutes"),
        (dt.timedelta(hours=-1), "1 hour"),
    ],
)
def test_time_left_is_never_rounded_up(left: dt.timedelta, said: str) -> None:
    with translation.override("en"):
        assert phrases.duration(left) == said


@pytest.mark.parametrize("state", ["on_time", "due_soon", "overdue", "paused", "met", "missed"])
def test_a_clock_says_its_state_in_words(state: str) -> None:
    words = {
        phrases.clock(Clock(one))["words"]
        for one in ("on_time", "due_soon", "overdue", "paused", "met", "missed")
    }
    assert len(words) == 6
    html = drawn("{% clock c 'Triage' %}", c=Clock(state, left=dt.timedelta(hours=5)))
    with translation.override("fr"):
        assert phrases.clock(Clock(state, left=dt.timedelta(hours=5)))["words"] in html


def test_text_of_people_is_isolated_and_escaped() -> None:
    assert drawn("{{ t|own }}", t="<b>قرية</b>") == "<bdi>&lt;b&gt;قرية&lt;/b&gt;</bdi>"
