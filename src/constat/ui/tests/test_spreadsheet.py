"""Tables leave without a cell that runs, without a lost character and without a zero that nobody said."""

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from constat.ui import spreadsheet

HEADER = ["Code", "Morts"]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\x00=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    line = "".join(spreadsheet.csv_lines(HEADER, [[text, 1]], bom=False))
    cell = next(csv.reader(io.StringIO(line.split("\r\n", 1)[1], newline="")))[0]
    assert cell.startswith("'")
    assert "\x00" not in cell
    assert sheet([[text, 1]])["A2"].value.startswith("'")


def test_csv_is_what_the_standard_says() -> None:
    rows = [['dit "oui"', 3], ["deux\nlignes; virgule, point", None], ["قرية", dt.date(2025, 3, 3)]]
    text = "".join(spreadsheet.csv_lines(HEADER, rows))
    assert text.startswith("\ufeffCode,Morts\r\n")
    assert '"dit ""oui""",3\r\n' in text
    assert list(csv.reader(io.StringIO(text[1:], newline="")))[1:] == [
        ['dit "oui"', "3"],
        ["deux\nlignes; virgule, point", ""],
        ["قرية", "2025-03-03"],
    ]


def test_negative_numbers_stay_numbers() -> None:
    assert "".join(spreadsheet.csv_lines(["n"], [[-5]], bom=False)) == "n\r\n-5\r\n"


def test_csv_is_streamed() -> None:
    asked = 0

    def rows():  # type: ignore[no-untyped-def]
        nonlocal asked
        for asked in range(1_000_000):
            yield [asked]

    lines = spreadsheet.csv_lines(["n"], rows())
    for _ in range(3):
        next(lines)
    assert asked < 5


def sheet(rows: list[list[object]], **options: object):  # type: ignore[no-untyped-def]
    target = io.BytesIO()
    spreadsheet.write_xlsx(target, HEADER, rows, **options)  # type: ignore[arg-type]
    return openpyxl.load_workbook(io.BytesIO(target.getvalue())).worksheets[0]


def test_xlsx_keeps_types_and_direction() -> None:
    page = sheet(
        [["I-1", None], ["I-2", 0], ["I-3", dt.datetime(2025, 3, 3, 14, 30, tzinfo=dt.UTC)]],
        right_to_left=True,
        title="a/b:c",
    )
    assert page.sheet_view.rightToLeft
    assert page.title == "a b c"
    assert [page["B2"].value, page["B3"].value] == [None, 0]
    assert page["B4"].value == dt.datetime(2025, 3, 3, 14, 30)  # noqa: DTZ001
    assert not sheet([["I-1", 1]]).sheet_view.rightToLeft


def test_the_notes_travel_with_the_numbers() -> None:
    response = spreadsheet.xlsx_response(
        "bilan é", HEADER, [["I-1", 1]], language="ar", notes=["Données inventées"]
    )
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert any(
            "Données inventées" in archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith(".xml")
        )
    assert (
        response.headers["Content-Disposition"]
        == "attachment; filename=\"bilan-.xlsx\"; filename*=UTF-8''bilan%20%C3%A9.xlsx"
    )
    assert response.headers["Cache-Control"] == "no-store"


def test_too_many_rows_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_ROW_LIMIT", 3)
    with pytest.raises(spreadsheet.TooManyRows):
        spreadsheet.write_xlsx(io.BytesIO(), HEADER, [["x", 1]] * 3)
