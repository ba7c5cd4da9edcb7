"""One source, three files, three languages: the same words in each, readable by somebody else's program."""

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import docx
import pypdf
import pytest
from docx.oxml.ns import qn

from constat.ui.documents import (
    RENDERERS,
    Bullets,
    ChartBlock,
    ChartRow,
    ChartWithoutCount,
    ChartWithoutRange,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    PageBreak,
    Paragraph,
    TableBlock,
    UnevenTable,
    chart_svg,
    html_body,
    interval_chart,
    isolate,
    lint_chart,
    render_docx,
    render_html,
    render_pdf,
)
from constat.ui.documents.charts import FONTS
from constat.ui.documents.word import pieces

AT = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
NASTY = '#sys.inputs *bold* $x$ \\ <script>alert(1)</script> & #import "@preview/x:1.0.0" =cmd'
TITLES = {"fr": "État mensuel", "en": "Monthly statement", "ar": "البيان الشهري"}

needs_fonts = pytest.mark.skipif(
    not any(FONTS.glob("*.ttf")), reason="fonts not made: run python tools/vendor.py"
)


def rows() -> list[ChartRow]:
    return [ChartRow("Gao", 8, 12, 15, 40), ChartRow("Mopti", 3, None, None, 7)]


def document(language: str) -> Document:
    spec = interval_chart(rows(), language=language, unit="x")
    return Document(
        TITLES[language],
        language,
        [
            Paragraph(NASTY, lead=True),
            KeyFigures([KeyFigure("Open", "42", "n = 43")]),
            Heading("One"),
            Heading("Two", 2),
            Bullets(["first", "second"]),
            Bullets(["first", "second"], numbered=True),
            TableBlock(
                [Column("Region"), Column("Killed", numeric=True)],
                [["Gao", "−12"], ["All", "42"]],
                "Table",
                "a note",
                1,
            ),
            ChartBlock(spec, "A chart", "Between 8 and 15 in Gao"),
            Note("Words", kind="warning"),
            PageBreak(),
            Paragraph(isolate("R-2026-000042")),
        ],
        issuer="Cell",
        reference="P-2026-000001",
        as_of=AT,
    )


@needs_fonts
@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_the_same_document_gives_the_same_bytes(language: str, kind: str) -> None:
    assert RENDERERS[kind](document(language)) == RENDERERS[kind](document(language))


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_html_says_its_language_and_lets_no_word_become_markup(language: str) -> None:
    text = render_html(document(language)).decode()
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in text
    assert "<script" not in text and "&lt;script&gt;" in text
    assert '<th scope="col">Region</th>' in text and '<th scope="row">Gao</th>' in text
    assert "Between 8 and 15 in Gao" in text


def test_inside_a_page_of_ours_there_is_no_inline_style() -> None:
    # The policy of our pages forbids it: a chart with a style attribute would lose its look without a word.
    body = html_body(document("fr"))
    assert "<style" not in body and " style=" not in body and "<script" not in body


@needs_fonts
@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_a_document_that_stands_for_no_moment_is_made_and_shows_none(kind: str) -> None:
    undated = replace(document("fr"), as_of=None)
    assert RENDERERS[kind](undated) == RENDERERS[kind](undated)
    if kind == "pdf":
        assert "2000" not in "".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render_pdf(undated))).pages
        )


@needs_fonts
@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_pdf_is_archival_and_its_words_are_data(language: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(document(language))))
    assert reader.metadata.title == TITLES[language]
    assert reader.metadata.creation_date == AT
    assert reader.trailer["/Root"]["/Lang"] == language
    assert b"pdfaid:part>2<" in reader.trailer["/Root"]["/Metadata"].get_data()
    text = "".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 2
    # pypdf puts a sign at the edge of a right-to-left line on its other side.
    for words in ("2026-000042", "P-2026-000001", "42", "sys.inputs *bold* $x$"):
        assert words in text
    fonts = {str(font) for page in reader.pages for font in _fonts(page)}
    assert fonts and all("Noto" in font for font in fonts)


def _fonts(page: pypdf.PageObject) -> list[str]:
    return [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_word_has_real_headings_header_rows_and_pages(language: str) -> None:
    content = render_docx(document(language))
    file = docx.Document(io.BytesIO(content))
    styles = {p.text: p.style.name for p in file.paragraphs if p.text}
    assert styles[TITLES[language]] == "Title"
    assert (styles["One"], styles["Two"], styles["first"]) == ("Heading 1", "Heading 2", "List Bullet")
    table = next(t for t in file.tables if t.rows[0].cells[0].text == "Region")
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    footer = file.sections[0].footer._element.xml
    assert "NUMPAGES" in footer and "P-2026-000001" in footer
    assert 'descr="Between 8 and 15 in Gao"' in zipfile.ZipFile(io.BytesIO(content)).read(
        "word/document.xml"
    ).decode("utf-8")
    assert file.core_properties.title == TITLES[language]


def test_arabic_in_word_runs_from_right_to_left() -> None:
    file = docx.Document(io.BytesIO(render_docx(document("ar"))))
    title = next(p for p in file.paragraphs if p.text == TITLES["ar"])
    assert title._p.pPr.find(qn("w:bidi")) is not None
    assert title.runs[0].font.rtl
    assert title.runs[0]._r.rPr.find(qn("w:lang")).get(qn("w:bidi")) == "ar-SA"
    for table in file.tables:
        assert table._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    # A bare figure stays left to right, or its minus sign would stand behind it.
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells if cell.text == "−12"]
    properties = cells[0].paragraphs[0]._p.pPr
    assert properties.find(qn("w:bidi")) is None


def test_a_mixed_line_is_cut_where_the_script_changes() -> None:
    cut = pieces("الملف رقم R-2026-000042 (انظر)")
    assert "".join(cut) == "الملف رقم R-2026-000042 (انظر)"
    assert len(cut) == 3 and cut[1].startswith("R-2026")
    assert pieces("") == [] and pieces("Gao") == ["Gao"]


def test_a_row_with_a_missing_cell_is_refused() -> None:
    with pytest.raises(UnevenTable, match="Row 2"):
        TableBlock([Column("a"), Column("b")], [["1", "2"], ["1"]], "T")


def test_importing_documents_loads_no_heavy_library() -> None:
    code = "import sys, constat.ui.documents as d; print(sorted(set(sys.modules) & {'typst','docx','vl_convert','PIL','lxml'}))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


# Charts --------------------------------------------------------------------------------------------------------


def test_a_chart_always_carries_range_and_n() -> None:
    for periods in (False, True):
        svg = chart_svg(interval_chart(rows(), language="fr", unit="personnes tuées", periods=periods))
        assert "n\u00a0=\u00a040" in svg and "personnes tuées" in svg
        assert "style=" not in svg


def test_bare_bars_are_refused() -> None:
    bars = {
        "data": {"values": [{"label": "a", "low": 1, "best": 2, "high": 3, "n": 4}]},
        "layer": [
            {"mark": "bar", "encoding": {"y": {"field": "label"}, "x": {"field": "best", "type": "quantitative"}}},
            {"mark": "text", "encoding": {"text": {"field": "n"}}},
        ],
    }  # fmt: skip
    with pytest.raises(ChartWithoutRange):
        lint_chart(bars)
    bars["layer"].append(  # type: ignore[attr-defined]
        {"mark": "rule", "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}}
    )
    lint_chart(bars)


def test_a_range_on_the_other_axis_or_of_no_width_does_not_count() -> None:
    for wide in (
        {"y": {"field": "low"}, "y2": {"field": "high"}},
        {"x": {"field": "low"}, "x2": {"field": "low"}},
    ):
        spec = {
            "data": {"values": [{"low": 1, "best": 2, "high": 3, "n": 4}]},
            "layer": [
                {"mark": {"type": "bar"}, "encoding": {"x": {"field": "best", "type": "quantitative"}}},
                {"mark": "rule", "encoding": wide},
                {"mark": "text", "encoding": {"text": {"field": "n"}}},
            ],
        }
        with pytest.raises(ChartWithoutRange):
            lint_chart(spec)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"n": None}, ChartWithoutCount),
        ({"n": True}, ChartWithoutCount),
        ({"low": None}, ChartWithoutRange),
        ({"high": None, "open": False}, ChartWithoutRange),
        ({"low": 99}, ChartWithoutRange),
    ],
)
def test_each_row_needs_its_range_and_its_n(change: dict[str, object], error: type[Exception]) -> None:
    spec = json.loads(json.dumps(interval_chart(rows(), language="fr", unit="x")))
    spec["data"]["values"][0].update(change)
    with pytest.raises(error):
        lint_chart(spec)


def test_n_must_be_printed_not_only_known() -> None:
    spec = json.loads(json.dumps(interval_chart(rows(), language="fr", unit="x")))
    spec["layer"] = [
        layer for layer in spec["layer"] if layer["encoding"].get("text", {}).get("field") != "n_label"
    ]
    with pytest.raises(ChartWithoutCount):
        chart_svg(spec)
