"""PDF of a document, by Typst. The words go in as JSON; the file asked for by the template is our own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from constat.ui.documents import charts, signs, words
from constat.ui.documents.model import (
    EPOCH,
    Block,
    Bullets,
    ChartBlock,
    Document,
    Heading,
    KeyFigures,
    Note,
    PageBreak,
    Paragraph,
    TableBlock,
)

TEMPLATE = Path(__file__).with_name("document.typ")


class FontsMissing(Exception):
    """The fonts of documents are not there: run `python tools/vendor.py` (set-up does it)."""


def render(document: Document) -> bytes:
    import typst

    if not any(charts.FONTS.glob("*.ttf")):
        raise FontsMissing(
            f"There are no fonts in {charts.FONTS.name}. Run `python tools/vendor.py`, then this again."
        )
    return bytes(
        typst.compile(
            TEMPLATE,
            font_paths=[charts.FONTS],
            # Fonts of the machine would make the same document differ between two offices.
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(signs.printable(data(document)), ensure_ascii=False)},
            pdf_standards="a-2b",
            timestamp=int((document.as_of or EPOCH).timestamp()),
        )
    )


def data(document: Document) -> dict[str, Any]:
    """Everything the template reads."""
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "issuer": document.issuer,
        "status": document.status,
        "language": document.tag,
        "right_to_left": document.right_to_left,
        "facts": [list(pair) for pair in document.facts],
        "foot": words.foot(document),
        "page_words": words.page_of(document),
        "blocks": [_block(block, document) for block in document.blocks],
    }


def _block(block: Block, document: Document) -> Mapping[str, Any]:
    match block:
        case Heading():
            return {"kind_of": "heading", "level": min(max(block.level, 1), 3), "text": block.text}
        case Paragraph():
            return {"kind_of": "paragraph", "text": block.text, "lead": block.lead}
        case Bullets():
            return {"kind_of": "bullets", "items": list(block.items), "numbered": block.numbered}
        case TableBlock():
            columns = [
                {"head": one.head, "numeric": one.numeric, "share": one.share} for one in block.columns
            ]
            rows = [list(row) for row in block.rows]
            return {
                "kind_of": "table",
                "columns": columns,
                "rows": rows,
                "caption": block.caption,
                "note": block.note,
                "totals": block.totals,
            }
        case ChartBlock():
            return {
                "kind_of": "chart",
                "svg": charts.chart_svg(block.spec),
                "caption": block.caption,
                "alternative": block.alternative,
                "note": block.note,
            }
        case KeyFigures():
            figures = [
                {"label": one.label, "value": one.value, "detail": one.detail} for one in block.figures
            ]
            return {"kind_of": "figures", "figures": figures}
        case Note():
            title = block.title or words.contents_note(document, block.kind)
            return {"kind_of": "note", "text": block.text, "title": title, "kind": block.kind}
        case PageBreak():
            return {"kind_of": "break"}
