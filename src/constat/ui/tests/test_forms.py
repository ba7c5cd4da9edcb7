"""Dates typed in three parts; fields that say what is wrong above the control."""

import datetime as dt

import pytest
from django.utils import translation

from constat.ui.forms import DateField, Mannered


class Form(Mannered):
    when = DateField(required=False, latest=lambda: dt.date(2025, 6, 1))


def read(day: str, month: str, year: str) -> tuple[dt.date | None, list[str]]:
    with translation.override("en"):
        form = Form({"when_day": day, "when_month": month, "when_year": year})
        form.is_valid()
        return form.cleaned_data.get("when"), [str(error) for error in form.errors.get("when", [])]


@pytest.mark.parametrize("parts", [("3", "3", "2025"), (" 03 ", "03", "2025"), ("٣", "٣", "٢٠٢٥")])
def test_a_date_is_read(parts: tuple[str, str, str]) -> None:
    assert read(*parts) == (dt.date(2025, 3, 3), [])


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        (("31", "2", "2025"), "There is no such day. Check day, month and year."),
        (("mardi", "2", "2025"), "There is no such day. Check day, month and year."),
        (("3", "3", "25"), "There is no such day. Check day, month and year."),
        (("3", "", "2025"), "Enter a day, a month and a year."),
        (("2", "6", "2025"), "This date is in the future."),
    ],
)
def test_a_wrong_date_is_explained(parts: tuple[str, str, str], error: str) -> None:
    assert read(*parts) == (None, [error])


def test_no_date_where_none_is_needed() -> None:
    assert read("", "", "") == (None, [])


def test_a_date_is_shown_again_in_its_parts() -> None:
    html = str(Form(initial={"when": dt.date(2025, 3, 9)})["when"])
    assert [part in html for part in ('value="9"', 'value="3"', 'value="2025"')] == [True] * 3
    assert "required" not in html
