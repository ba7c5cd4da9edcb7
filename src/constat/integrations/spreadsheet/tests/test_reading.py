"""Files as people really save them, and files as nobody should: read row by row, or refused with a sentence."""

import contextlib
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from constat.integrations.spreadsheet import archive, reading
from constat.integrations.spreadsheet.errors import (
    EmptyFile,
    MacroWorkbook,
    NotASpreadsheet,
    OldWorkbook,
    SpreadsheetError,
    TooBig,
    UnsafeArchive,
)
from constat.integrations.spreadsheet.reading import Row, open_table

DAY = dt.datetime(2026, 2, 1)  # noqa: DTZ001 - a cell of a spreadsheet has no time zone


def read(tmp_path, data):
    path = tmp_path / "file"
    path.write_bytes(data)
    table = open_table(path)
    return table.headers, list(table.rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_same_list_in_any_writing(tmp_path, encoding, separator):
    text = "\r\n".join(
        separator.join(line) for line in [["Date", "Lieu", "Tués"], ["01/02/2026", "Ménaka", "3"]]
    )

    headers, rows = read(tmp_path, text.encode(encoding))

    assert headers == ("Date", "Lieu", "Tués")
    assert rows == [Row(2, {"Date": "01/02/2026", "Lieu": "Ménaka", "Tués": "3"}, "")]


def test_windows_arabic_is_not_taken_for_western(tmp_path):
    headers, rows = read(tmp_path, "التاريخ;المكان\n2026-02-01;غاو\n".encode("cp1256"))

    assert headers == ("التاريخ", "المكان")
    assert rows[0].cells["المكان"] == "غاو"


def test_the_separator_excel_declares(tmp_path):
    assert read(tmp_path, b"sep=;\na,b;c\n1;2\n") == (("a,b", "c"), [Row(2, {"a,b": "1", "c": "2"}, "")])


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path):
    _, rows = read(tmp_path, b'\na,b\n1,"two\nlines"\n\n,\n3,4\n')

    assert [row.number for row in rows] == [3, 6]


def test_a_slip_of_the_keyboard_costs_its_row_and_no_other(tmp_path):
    _, rows = read(tmp_path, b'a,b\n1,2\n3,"open\n5,6\n7,8\n')

    assert [(row.number, row.fault) for row in rows] == [(2, ""), (3, "quotes_broken"), (4, ""), (5, "")]
    assert rows[1].cells["a"] == '3,"open'


def test_cells_beyond_the_last_column_and_nul_are_faults_with_their_content(tmp_path):
    _, rows = read(tmp_path, b"a,b\n1,2,3\nx\x00y,2\n4\n")

    assert [(row.fault, row.cells) for row in rows] == [
        ("too_many_cells", {"a": "1", "b": "2", "C": "3"}),
        ("nul_character", {"a": "x\x00y", "b": "2"}),
        ("", {"a": "4", "b": ""}),
    ]
    assert "\0" not in "".join(reading.keepable(rows[1].cells).values())


def test_one_enormous_cell_is_one_refused_row(tmp_path):
    _, rows = read(tmp_path, b"a,b\n" + b"x" * 10_000_000 + b",1\n2,3\n")

    assert [row.fault for row in rows] == ["cell_too_long", ""]
    assert len(reading.keepable(rows[0].cells)["a"]) < 3000


def test_columns_without_a_name_or_with_the_same_keep_their_content(tmp_path):
    headers, rows = read(tmp_path, b"a,,a,a (2)\n1,2,3,4\n")

    assert len(set(headers)) == 4
    assert list(rows[0].cells.values()) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b"\n \n", EmptyFile),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), NotASpreadsheet),
        (b"%PDF-1.7\n%\xe2\xe3", NotASpreadsheet),
        (b"<?xml version='1.0'?><x/>", NotASpreadsheet),
        (b"{\\rtf1\\ansi", NotASpreadsheet),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OldWorkbook),
        (b"PK\x03\x04 no zip at all", UnsafeArchive),
    ],
)
def test_something_else_is_refused_with_a_sentence(tmp_path, data, error):
    with pytest.raises(error) as refusal:
        read(tmp_path, data)

    assert refusal.value.reason
    assert refusal.value.message.endswith(".")


def test_limits_of_size(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    with pytest.raises(TooBig):
        read(tmp_path, b"a\n1\n2\n3\n4\n")
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(TooBig):
        read(tmp_path, b"a\n1\n2\n3\n4\n5\n6\n")
    monkeypatch.setattr(reading, "MAX_BYTES", 100_000)
    with pytest.raises(TooBig):
        read(tmp_path, b",".join(b"c" for _ in range(600)) + b"\n1\n")


# --- workbooks ---------------------------------------------------------------------------------------------------


def workbook(rows, epoch=None):
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(data, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if (content := change(entry.filename, old.read(entry))) is not None:
                new.writestr(entry.filename, content)
        extra = change("", b"")
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def test_a_workbook_reads_like_a_list(tmp_path):
    day = DAY
    headers, rows = read(
        tmp_path, workbook([["Date", "Tués", "Note"], [day, 3, "a"], [None] * 3, [day, 2.0, None]])
    )

    assert headers == ("Date", "Tués", "Note")
    assert rows == [
        Row(2, {"Date": "2026-02-01", "Tués": "3", "Note": "a"}, ""),
        Row(4, {"Date": "2026-02-01", "Tués": "2", "Note": ""}, ""),
    ]


def test_dates_counted_from_1904(tmp_path):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    path = tmp_path / "mac.xlsx"
    path.write_bytes(workbook([["Date"], [DAY]], CALENDAR_MAC_1904))
    table = open_table(path)

    assert [row.cells["Date"] for row in table.rows()] == ["2026-02-01"]
    assert table.epoch == reading.EPOCH_1904


def test_macros_are_refused_however_the_file_is_called(tmp_path):
    plain = workbook([["a"], [1]])
    with pytest.raises(MacroWorkbook):
        read(tmp_path, rezipped(plain, lambda name, data: {"xl/vbaProject.bin": b"x"} if not name else data))
    with pytest.raises(MacroWorkbook):
        read(
            tmp_path,
            rezipped(
                plain,
                lambda name, data: (
                    data.replace(
                        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
                        b"application/vnd.ms-excel.sheet.macroEnabled.main",
                    )
                    if name
                    else None
                ),
            ),
        )


def test_a_bomb_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(reading, "_load", lambda path: opened.append(path))
    plain = workbook([["a"], [1]])
    bomb = rezipped(plain, lambda name, data: {"xl/media/x.bin": bytes(30_000_000)} if not name else data)

    with pytest.raises(UnsafeArchive) as refusal:
        read(tmp_path, bomb)

    assert refusal.value.reason == "archive_unsafe"
    assert opened == []


def test_too_many_parts_or_strings_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_ENTRIES", 5)
    with pytest.raises(UnsafeArchive):
        read(tmp_path, workbook([["a"], [1]]))
    monkeypatch.setattr(archive, "MAX_ENTRIES", 10_000)
    monkeypatch.setattr(archive, "MAX_SHARED_STRINGS", 50)
    strings = rezipped(
        workbook([["a"]]), lambda name, data: data if name else {"xl/sharedStrings.xml": bytes(60)}
    )
    with pytest.raises(UnsafeArchive):
        read(tmp_path, strings)


def test_entities_in_a_workbook_are_refused(tmp_path):
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'

    def poisoned(name, data):
        return (
            doctype + data.split(b"?>", 1)[-1]
            if name.startswith("xl/worksheets/sheet1")
            else (data if name else None)
        )

    with pytest.raises(UnsafeArchive):
        read(tmp_path, rezipped(workbook([["a"], [1]]), poisoned))


def test_a_row_number_of_two_thousand_million_does_not_hang(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 1000)

    def far(name, data):
        return (
            data.replace(b'r="2"', b'r="2000000000"')
            if name.startswith("xl/worksheets/sheet1")
            else (data if name else None)
        )

    with pytest.raises(TooBig):
        read(tmp_path, rezipped(workbook([["a"], [1]]), far))


def test_a_sheet_is_chosen_by_its_name(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["first"])
    book.create_sheet("Deuxième").append(["second"])
    path = tmp_path / "two.xlsx"
    book.save(path)

    assert open_table(path).headers == ("first",)
    assert open_table(path, sheet="Deuxième").headers == ("second",)
    with pytest.raises(NotASpreadsheet):
        open_table(path, sheet="Troisième")


# --- whatever the bytes ------------------------------------------------------------------------------------------

_settings = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Control characters beyond line ends and tabs are left to the test above: many of them make a file no text at all.
_cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\r\t";,'), max_size=12)


@_settings
@given(st.binary(max_size=400))
@example(b'"')
@example(b'a,b\n"')
@example(b"\xff\xfe")
@example(b"\xff\xfea")
@example(b"sep=")
@example(b"sep=\x00\n1")
@example(b"PK\x03\x04")
@example(b'a\r"b\rc"')
def test_any_bytes_are_read_or_refused_never_a_crash(tmp_path, data):
    headers, rows = (), []
    with contextlib.suppress(SpreadsheetError):
        headers, rows = read(tmp_path, data)
    assert len(set(headers)) == len(headers)
    numbers = [row.number for row in rows]
    assert numbers == sorted(set(numbers))
    assert all(any(row.cells.values()) for row in rows)


@_settings
@given(st.lists(st.lists(_cells, min_size=2, max_size=2), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_what_a_csv_writer_wrote_is_read_back_row_by_row(tmp_path, lines, separator):
    import csv

    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(["one", "two"])
    writer.writerows(lines)

    _, rows = read(tmp_path, out.getvalue().encode("utf-8"))

    kept = [(number, line) for number, line in enumerate(lines, 2) if any(line)]
    assert [(row.number, list(row.cells.values())) for row in rows if not row.fault] == kept


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused_never_a_crash(tmp_path, at, damage):
    data = workbook([["a", "b"], [1, "x"], [DAY, None]])
    damaged = data[:at] + damage + data[at + len(damage) :]
    with contextlib.suppress(SpreadsheetError):
        read(tmp_path, damaged)
