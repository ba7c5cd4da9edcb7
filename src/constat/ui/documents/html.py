"""HTML of a document. Every word is escaped; headings, captions and heads of tables are real ones."""

from functools import cache
from html import escape
from pathlib import Path

from constat.ui.documents import charts, words
from constat.ui.documents.model import (
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
    isolate,
)

STYLE = Path(__file__).resolve().parent.parent / "static/ui/document.css"


@cache
def _style() -> str:
    return STYLE.read_text("utf-8")


def page(document: Document) -> str:
    tag, direction = document.tag, _direction(document)
    return (
        f'<!doctype html>\n<html lang="{tag}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(document.title)}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f'<body class="doc-page">\n<main>\n{body(document)}</main>\n</body>\n</html>\n'
    )


def body(document: Document) -> str:
    """An <article> with its own language and direction, wherever it is put."""
    inside = [_head(document), *(_block(block, document) for block in document.blocks), _foot(document)]
    opening = f'<article class="doc" lang="{document.tag}" dir="{_direction(document)}">'
    return "\n".join([opening, *inside, "</article>"]) + "\n"


def _direction(document: Document) -> str:
    return "rtl" if document.right_to_left else "ltr"


def _head(document: Document) -> str:
    lines = ["<header>"]
    if document.status:
        lines.append(f'<p class="doc-status">{escape(document.status)}</p>')
    if document.issuer:
        lines.append(f'<p class="doc-issuer">{escape(document.issuer)}</p>')
    lines.append(f"<h1>{escape(document.title)}</h1>")
    if document.subtitle:
        lines.append(f'<p class="doc-subtitle">{escape(document.subtitle)}</p>')
    if document.facts:
        lines.append('<dl class="doc-facts">')
        lines += [
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in document.facts
        ]
        lines.append("</dl>")
    return "\n".join([*lines, "</header>"])


def _foot(document: Document) -> str:
    parts = [part for part in (isolate(document.reference), words.as_of(document)) if part]
    return f"<footer>{' · '.join(f'<span>{escape(part)}</span>' for part in parts)}</footer>" if parts else ""


def _block(block: Block, document: Document) -> str:
    match block:
        case Heading():
            level = min(max(block.level, 1), 3) + 1
            return f"<h{level}>{escape(block.text)}</h{level}>"
        case Paragraph():
            lead = ' class="doc-lead"' if block.lead else ""
            return f"<p{lead}>{escape(block.text)}</p>"
        case Bullets():
            kind = "ol" if block.numbered else "ul"
            return f"<{kind}>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</{kind}>"
        case TableBlock():
            return _table(block)
        case ChartBlock():
            return _chart(block)
        case KeyFigures():
            return _figures(block)
        case Note():
            title = block.title or words.contents_note(document, block.kind)
            kind = "warning" if block.kind == "warning" else "info"
            return (
                f'<aside class="doc-note doc-{kind}">'
                f"<p><strong>{escape(title)}</strong> {escape(block.text)}</p></aside>"
            )
        case PageBreak():
            return '<hr class="doc-break">'


def _table(block: TableBlock) -> str:
    heads = "".join(
        f'<th scope="col"{_numeric(column.numeric)}>{escape(column.head)}</th>' for column in block.columns
    )
    first_total = len(block.rows) - block.totals
    rows = []
    for index, row in enumerate(block.rows):
        cells = "".join(
            f'<th scope="row">{escape(cell)}</th>'
            if number == 0 and cell
            else f"<td{_numeric(column.numeric)}>{_amount(cell) if column.numeric else escape(cell)}</td>"
            for number, (cell, column) in enumerate(zip(row, block.columns, strict=True))
        )
        total = ' class="doc-total"' if index >= first_total else ""
        rows.append(f"<tr{total}>{cells}</tr>")
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    note = f'<p class="doc-small">{escape(block.note)}</p>' if block.note else ""
    # A wide table scrolls by itself, and by keyboard, so that the page never does.
    named = f' aria-label="{escape(block.caption)}"' if block.caption else ""
    return (
        f'<div class="doc-wide" tabindex="0" role="group"{named}><table>{caption}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def _amount(text: str) -> str:
    """A figure keeps its sign in front and its range from low to high, in an Arabic line too."""
    return f"<bdi>{escape(text)}</bdi>"


def _numeric(numeric: bool) -> str:
    return ' class="doc-n"' if numeric else ""


def _chart(block: ChartBlock) -> str:
    drawing = charts.chart_svg(block.spec)
    note = f'<p class="doc-small">{escape(block.note)}</p>' if block.note else ""
    return (
        f'<figure><figcaption>{escape(block.caption)}</figcaption><div class="doc-wide" tabindex="0" dir="ltr" role="img" '
        f'aria-label="{escape(block.alternative)}">{drawing}</div>{note}</figure>'
    )


def _figures(block: KeyFigures) -> str:
    items = "".join(
        f"<div><dt>{escape(one.label)}</dt><dd><b>{_amount(one.value)}</b>"
        f"{f'<span>{escape(one.detail)}</span>' if one.detail else ''}</dd></div>"
        for one in block.figures
    )
    return f'<dl class="doc-figures">{items}</dl>'
