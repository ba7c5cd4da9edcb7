"""What somebody pasted into a text neither breaks a paper nor becomes a part of the program that prints it."""

import io
import zipfile

import pytest

from constat.ui.documents import (
    RENDERERS,
    Bullets,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Paragraph,
    TableBlock,
    signs,
)

MARKUP = (
    '#read("/etc/passwd") #eval("1+1") $x^2$ ]#image("/etc/passwd")[ `raw` \\\\ @ref #import "@preview/x:1" //c /* '
    "<script>alert(1)</script> &amp; <w:p/> ]]> %s {0}"
)
STRANGE = "a\x0bb\x00c\x1f\x85 \ufffe\uffff \U0001f600 汉字 ⵜⵉⴼⵉⵏⴰⵖ ߒߞߏ \u202e\u2066\u200d \ud800"


def everywhere(text, language="fr"):
    return Document(
        title=text, language=language, subtitle=text, issuer=text, reference=text, status=text,
        blocks=[
            Paragraph(text), Paragraph(text, lead=True), Heading(text), Bullets([text, text]), Note(text, title=text),
            TableBlock([Column(text), Column(text, numeric=True)], [(text, text)], caption=text, note=text, totals=1),
            KeyFigures([KeyFigure(text, text, text)]),
        ],
    )  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
@pytest.mark.parametrize("text", [MARKUP, STRANGE])
def test_any_text_makes_a_paper(text, form, language):
    made = RENDERERS[form](everywhere(text, language))
    assert b"root:" not in made
    assert form == "pdf" or b"<script>alert" not in made  # in a PDF it is the title, which nothing runs


def test_markup_of_the_printer_is_printed_and_not_run():
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(RENDERERS["pdf"](everywhere(MARKUP)))).pages
    said = "".join(page.extract_text() for page in pages)
    assert "#read(" in said and "root:x" not in said


def test_a_word_file_stays_well_formed():
    from xml.dom.minidom import parseString

    with zipfile.ZipFile(io.BytesIO(RENDERERS["docx"](everywhere(MARKUP + STRANGE)))) as file:
        for name in file.namelist():
            if name.endswith((".xml", ".rels")):
                parseString(file.read(name))  # noqa: S318


def test_a_sign_no_font_has_says_that_it_is_missing_and_the_others_stay():
    assert signs.printable({"x": ["né\u202f: ɛɔɲŋ مرحبا 汉"]}) == {"x": ["né\u202f: ɛɔɲŋ مرحبا \ufffd"]}
    assert signs.washed("a\x0bb\tc\nd") == "ab\tc\nd"
