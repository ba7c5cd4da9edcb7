"""The answer as one page: plain HTML in one file, no script, nothing fetched. What was asked, how, on how much, and the limits.

A figure is a Vega-Lite description drawn to SVG here. A description without an interval or without n is refused: a bare bar
reads as certainty.
"""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from constat.analysis.errors import AnalysisError

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { border-bottom: 1px solid #ccc; padding: .3rem .5rem; text-align: left; vertical-align: top; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
svg { max-width: 100%; height: auto; } .refused { border-left: .3rem solid #8a1c1c; padding-left: .8rem; }
"""


class FigureError(AnalysisError):
    """A figure without its interval or its n."""


@dataclass(frozen=True)
class Sheet:
    """One table of figures: a caption, the names of the columns, rows of values already worded."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Page:
    """title: the question. answer: it in a sentence or two. n: on how much it stands. reason: set when it was refused."""

    title: str
    answer: str
    method: str
    n: str
    limits: Sequence[str]
    sheets: Sequence[Sheet] = ()
    figures: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    reason: str = ""


def write(page: Page, path: str | Path) -> None:
    """The page into a file, as UTF-8."""
    Path(path).write_text(render(page), "utf-8")


def render(page: Page) -> str:
    """The page as HTML. Raises FigureError for a figure without interval or n."""
    parts = [f"<h1>{_safe(page.title)}</h1>"]
    if page.reason:
        parts.append(f'<p class="refused"><strong>Not answered.</strong> {_safe(page.reason)}</p>')
    if page.answer:
        parts.append(f"<p><strong>{_safe(page.answer)}</strong></p>")
    parts += [svg(figure) for figure in page.figures]
    parts += [_sheet(sheet) for sheet in page.sheets]
    parts += [
        "<h2>On how much</h2>",
        f"<p>{_safe(page.n)}</p>",
        "<h2>Method</h2>",
        f"<p>{_safe(page.method)}</p>",
    ]
    parts += ["<h2>Limits</h2>", "<ul>", *(f"<li>{_safe(limit)}</li>" for limit in page.limits), "</ul>"]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{_safe(page.title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n'
    )


def svg(figure: Mapping[str, Any]) -> str:
    """The drawn figure, inline, with its description for those who do not see it."""
    import vl_convert

    notes = figure.get("usermeta", {})
    if not notes.get("n") or not notes.get("interval"):
        raise FigureError(
            "A figure states its n and what its interval is, under usermeta; this one does not."
        )
    drawn = vl_convert.vegalite_to_svg(json.dumps(dict(figure)))
    drawn = drawn[drawn.index("<svg") :]
    return f"<figure>{drawn}<figcaption>{_safe(notes['interval'])}; n = {_safe(notes['n'])}</figcaption></figure>"


def _sheet(sheet: Sheet) -> str:
    head = "".join(f"<th>{_safe(name)}</th>" for name in sheet.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_safe(value)}</td>" for value in row) + "</tr>" for row in sheet.rows
    )
    return f"<table><caption>{_safe(sheet.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _safe(value: object) -> str:
    return html.escape("" if value is None else str(value))


def number(value: float | None, digits: int = 3) -> str:
    """A figure as people read it: significant digits, thin spaces between thousands, a dash for nothing."""
    if value is None:
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace(",", "\u202f")
    return f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:,.0f}".replace(",", "\u202f")
