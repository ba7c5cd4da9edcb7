"""Tables that leave the program are read back by other people's readers, and nothing in them runs."""

import csv
import io

import openpyxl
import pytest

from constat.integrations.spreadsheet.reading import open_table
from constat.ui import spreadsheet

DANGEROUS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://example.org")', "＝1+1"]
HEAD = ["words", "n"]
ROWS = [
    [text, index]
    for index, text in enumerate([*DANGEROUS, "Ménaka, « le puits »\nligne 2", "غاو", "", 'dit "non"'])
]


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def as_csv():
    return body(spreadsheet.csv_response("list.csv", HEAD, ROWS))


@pytest.fixture
def as_xlsx():
    return body(spreadsheet.xlsx_response("list.xlsx", HEAD, ROWS))


def runs(text):
    return text.lstrip("\t\r\n ").startswith(("=", "+", "-", "@", "＝")) if isinstance(text, str) else False


def test_csv_read_by_the_csv_module(as_csv):
    rows = list(csv.reader(io.StringIO(as_csv.decode("utf-8-sig"), newline="")))

    assert rows[0] == HEAD
    assert len(rows) == len(ROWS) + 1
    assert not any(runs(row[0]) for row in rows[1:])
    assert rows[1 + len(DANGEROUS) + 1][0] == "غاو"


def test_xlsx_read_by_openpyxl(as_xlsx):
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx)).active

    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == HEAD
    assert not any(cell.data_type == "f" or runs(cell.value) for row in rows[1:] for cell in row)
    assert [row[1].value for row in rows[1:]] == list(range(len(ROWS)))


@pytest.mark.parametrize("kind", ["as_csv", "as_xlsx"])
def test_what_we_wrote_we_read_again(kind, request, tmp_path):
    path = tmp_path / "export"
    path.write_bytes(request.getfixturevalue(kind))

    rows = list(open_table(path).rows())

    assert [row.fault for row in rows] == [""] * len(ROWS)
    assert rows[len(DANGEROUS)].cells["words"].replace("\r", "") == "Ménaka, « le puits »\nligne 2"
