"""Documents that leave the house: written once, then read as HTML, PDF or Word, in French, English or Arabic.

    document = Document("Note", "fr", [Heading("Bilan"), Paragraph("..."), TableBlock(...)], as_of=at)
    render_html(document), render_pdf(document), render_docx(document)   -> bytes

A document holds words and figures already cleared by whoever wrote it; nothing is looked up here. The same document
gives the same bytes. Importing this package costs nothing: the heavy libraries are loaded by the first rendering.
"""

from constat.ui.documents.charts import (
    ChartError,
    ChartRow,
    ChartWithoutCount,
    ChartWithoutRange,
    chart_image,
    chart_svg,
    interval_chart,
    lint_chart,
)
from constat.ui.documents.model import (
    Block,
    Bullets,
    ChartBlock,
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
    isolate,
)


def render_html(document: Document) -> bytes:
    """A whole page that stands alone: style and pictures inside, no script, nothing fetched."""
    from constat.ui.documents import html, signs

    return html.page(signs.washed(document)).encode()


def html_body(document: Document) -> str:
    """The same words as elements for a page of ours: no style element and no style attribute, as our policy wants."""
    from constat.ui.documents import html, signs

    return html.body(signs.washed(document))


def render_pdf(document: Document) -> bytes:
    """PDF/A-2b. Raises FontsMissing when set-up has not made the fonts. A sign no font has stands as one that says so."""
    from constat.ui.documents import pdf, signs

    return pdf.render(signs.washed(document))


def render_docx(document: Document) -> bytes:
    """A Word document with real headings, tables with header rows and the language of every word."""
    from constat.ui.documents import signs, word

    return word.render(signs.washed(document))


RENDERERS = {"html": render_html, "pdf": render_pdf, "docx": render_docx}
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

__all__ = [
    "MEDIA_TYPES",
    "RENDERERS",
    "Block",
    "Bullets",
    "ChartBlock",
    "ChartError",
    "ChartRow",
    "ChartWithoutCount",
    "ChartWithoutRange",
    "Column",
    "Document",
    "Heading",
    "KeyFigure",
    "KeyFigures",
    "Note",
    "PageBreak",
    "Paragraph",
    "TableBlock",
    "UnevenTable",
    "chart_image",
    "chart_svg",
    "html_body",
    "interval_chart",
    "isolate",
    "lint_chart",
    "render_docx",
    "render_html",
    "render_pdf",
]
