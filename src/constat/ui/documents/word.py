"""Word document: real headings, header rows that repeat, right-to-left paragraphs and tables, a language on every run."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from constat.ui.documents import charts, words
from constat.ui.documents.model import (
    EPOCH,
    Block,
    Bullets,
    ChartBlock,
    Column,
    Document,
    Heading,
    KeyFigures,
    Note,
    PageBreak,
    Paragraph,
    TableBlock,
)

LOCALES = {"fr": "fr-FR", "en": "en-GB", "ar": "ar-SA"}
TEAL, MUTED, INK = "0B5C5E", "565F5B", "1A2625"
TEXT_WIDTH = 16.8  # centimetres between the margins of A4
# Letters of one script with the marks between them; numbers and signs go with the Latin side of a mixed line.
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_PIECES = re.compile(
    r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff][^A-Za-z0-9\u00c0-\u024f]*|[^\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]+"
)


def render(document: Document) -> bytes:
    import docx

    return _Writer(document, docx.Document()).write()


class _Writer:
    """Holds the file being written. python-docx has no words for direction and language, so a few elements are set here."""

    def __init__(self, document: Document, file: Any) -> None:
        self.document, self.file = document, file
        self.rtl = document.right_to_left

    def write(self) -> bytes:
        self._properties()
        self._page()
        self._styles()
        self._head()
        for block in self.document.blocks:
            self._block(block)
        return _settled(self.file)

    # Set-up ----------------------------------------------------------------------------------------------------

    def _properties(self) -> None:
        properties, at = self.file.core_properties, self.document.as_of or EPOCH
        properties.title = self.document.title
        properties.author = self.document.issuer
        properties.subject = self.document.subtitle
        properties.language = LOCALES[self.document.tag]
        properties.comments = ""
        properties.last_modified_by = ""
        properties.revision = 1
        properties.created = properties.modified = at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)

    def _page(self) -> None:
        from docx.shared import Cm

        section = self.file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.1)
        section.top_margin, section.bottom_margin = Cm(2), Cm(2)
        if self.rtl:
            _flag(section._sectPr, "w:bidi", before=("w:rtlGutter", "w:docGrid", "w:printerSettings"))
        foot = section.footer.paragraphs[0]
        foot.style = self.file.styles["Normal"]  # the style of footers has stops for another width of page
        self._direct(foot)
        self._runs(foot, " · ".join(words.foot(self.document)), size=8, colour=MUTED)
        foot.add_run("\t")
        for part in words.page_of(self.document):
            if part in {"{page}", "{pages}"}:
                self._field(foot, "PAGE" if part == "{page}" else "NUMPAGES")
            elif part:
                self._runs(foot, part, size=8, colour=MUTED)
        _tabs(foot, TEXT_WIDTH)

    def _styles(self) -> None:
        from docx.shared import Pt, RGBColor

        sizes = {"Normal": 10, "Title": 20, "Subtitle": 12, "Heading 1": 13.5, "Heading 2": 11.5, "Heading 3": 10.5,
                 "List Bullet": 10, "List Number": 10, "Caption": 9.5}  # fmt: skip
        for name, size in sizes.items():
            style = self.file.styles[name]
            style.font.size, style.font.name = Pt(size), "Noto Sans"
            style.font.italic = False
            if name.startswith("Heading") or name in {"Title", "Caption"}:
                style.font.bold = True
            colours = {"Heading 1": TEAL, "Subtitle": MUTED}
            style.font.color.rgb = RGBColor.from_string(colours.get(name, INK))
            _fonts(
                style.element.get_or_add_rPr(),
                size,
                name.startswith("Heading") or name in {"Title", "Caption"},
            )
            _language(style.element.get_or_add_rPr(), self.document.tag)
            if name == "Title":
                _remove_border(style)
            style.paragraph_format.keep_with_next = name.startswith("Heading") or name == "Caption"
        normal = self.file.styles["Normal"].paragraph_format
        normal.space_after, normal.line_spacing = Pt(6), 1.15 if not self.rtl else 1.25

    # The head --------------------------------------------------------------------------------------------------

    def _head(self) -> None:
        document = self.document
        if document.status:
            self._runs(self._paragraph(), document.status, bold=True, colour="734700")
        if document.issuer:
            self._runs(self._paragraph(), document.issuer, bold=True, colour=TEAL)
        self._runs(self._paragraph("Title"), document.title)
        if document.subtitle:
            self._runs(self._paragraph("Subtitle"), document.subtitle)
        if document.facts:
            columns = (Column("", share=1), Column("", share=2.4))
            self._grid(columns, [list(pair) for pair in document.facts], head=False)
        _rule(self._paragraph())

    # Blocks ----------------------------------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._runs(self._paragraph(f"Heading {min(max(block.level, 1), 3)}"), block.text)
            case Paragraph():
                self._runs(self._paragraph(), block.text, size=11 if block.lead else None)
            case Bullets():
                self._bullets(block)
            case TableBlock():
                if block.caption:
                    self._runs(self._paragraph("Caption"), block.caption)
                self._grid(block.columns, block.rows, totals=block.totals)
                self._small(block.note)
            case ChartBlock():
                self._chart(block)
            case KeyFigures():
                self._key_figures(block)
            case Note():
                self._note(block)
            case PageBreak():
                self.file.add_page_break()

    def _bullets(self, block: Bullets) -> None:
        if not block.numbered:
            for item in block.items:
                self._runs(self._paragraph("List Bullet"), item)
            return
        # Numbers are written out: Word would carry the numbering of an earlier list on into this one.
        for number, item in enumerate(block.items, start=1):
            self._runs(self._paragraph(), f"{number}.\u00a0{item}")

    def _chart(self, block: ChartBlock) -> None:
        from docx.shared import Cm

        self._runs(self._paragraph("Caption"), block.caption)
        paragraph = self._paragraph()
        picture = paragraph.add_run().add_picture(
            io.BytesIO(charts.chart_image(block.spec)), width=Cm(TEXT_WIDTH)
        )
        shape = picture._inline.docPr
        shape.set("descr", block.alternative)
        shape.set("title", block.caption)
        self._small(block.note)

    def _key_figures(self, block: KeyFigures) -> None:
        columns = [Column(one.label) for one in block.figures]
        table = self.file.add_table(rows=1, cols=len(columns))
        self._lay_out(table, columns)
        for cell, one in zip(table.rows[0].cells, block.figures, strict=True):
            _borders(cell, top=(18, TEAL))
            self._cell(cell, one.value, bold=True, size=18)
            for text in (one.label, one.detail):
                if text:
                    paragraph = cell.add_paragraph()
                    self._direct(paragraph)
                    self._runs(paragraph, text, size=9, colour=MUTED)
        self._after_table()

    def _note(self, block: Note) -> None:
        title = block.title or words.contents_note(self.document, block.kind)
        warning = block.kind == "warning"
        paragraph = self._paragraph()
        self._runs(paragraph, title + " ", bold=True)
        self._runs(paragraph, block.text)
        _box(paragraph, "FBECCB" if warning else "DEECEA", "D6951B" if warning else TEAL, self.rtl)

    def _small(self, text: str) -> None:
        if text:
            self._runs(self._paragraph(), text, size=8.5, colour=MUTED)

    # Tables ----------------------------------------------------------------------------------------------------

    def _grid(
        self, columns: Iterable[Column], rows: Iterable[Any], *, head: bool = True, totals: int = 0
    ) -> None:
        columns, rows = list(columns), list(rows)
        table = self.file.add_table(rows=len(rows) + head, cols=len(columns))
        self._lay_out(table, columns)
        if head:
            for cell, column in zip(table.rows[0].cells, columns, strict=True):
                self._cell(cell, column.head, bold=True, end=column.numeric)
                _borders(cell, bottom=(8, "857F72"))
            _flag(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        # A row of cells is asked for once: each look-up walks the whole table.
        for index, (line, row) in enumerate(zip(list(table.rows)[head:], rows, strict=True)):
            total = index >= len(rows) - totals
            _flag(line._tr.get_or_add_trPr(), "w:cantSplit")
            for number, (cell, column, text) in enumerate(zip(line.cells, columns, row, strict=True)):
                muted = not head and number == 0
                self._cell(cell, text, bold=total, end=column.numeric, colour=MUTED if muted else None)
                if head:
                    top = {"top": (8, "857F72")} if total and index == len(rows) - totals else {}
                    _borders(cell, bottom=(4, "DBD4C6"), **top)
        self._after_table()

    def _lay_out(self, table: Any, columns: list[Column]) -> None:
        from docx.shared import Cm

        table.autofit = False
        if self.rtl:
            _flag(table._tbl.tblPr, "w:bidiVisual", before=("w:tblStyleRowBandSize", "w:tblStyleColBandSize",
                  "w:tblW", "w:jc", "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout",
                  "w:tblCellMar", "w:tblLook"))  # fmt: skip
        whole = sum(column.share for column in columns)
        widths = [Cm(TEXT_WIDTH * column.share / whole) for column in columns]
        for width, drawn in zip(widths, table.columns, strict=True):
            drawn.width = width
        for row in table.rows:
            for width, cell in zip(widths, row.cells, strict=True):
                cell.width = width

    def _cell(self, cell: Any, text: str, *, end: bool = False, **look: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        paragraph = cell.paragraphs[0]
        # A bare figure keeps its sign in front and its range from low to high, in an Arabic table too.
        figure = end and not _ARABIC.search(text)
        if not figure:
            self._direct(paragraph)
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.space_before = Pt(2)
        if end:
            # In a right-to-left paragraph Word reads "right" as the end of the line, which is its left edge.
            mirrored = figure and self.rtl
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if mirrored else WD_ALIGN_PARAGRAPH.RIGHT
        self._runs(paragraph, text, **{"size": 9, **look})

    def _after_table(self) -> None:
        from docx.shared import Pt

        paragraph = self._paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = Pt(6)

    # Words -----------------------------------------------------------------------------------------------------

    def _paragraph(self, style: str = "Normal") -> Any:
        paragraph = self.file.add_paragraph(style=style)
        self._direct(paragraph)
        return paragraph

    def _direct(self, paragraph: Any) -> None:
        if self.rtl:
            _flag(paragraph._p.get_or_add_pPr(), "w:bidi", before=("w:adjustRightInd", "w:snapToGrid", "w:spacing",
                  "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection",
                  "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr",
                  "w:sectPr", "w:pPrChange"))  # fmt: skip

    def _runs(
        self, paragraph: Any, text: str, *, bold: bool | None = None, size: float | None = None,
        colour: str | None = None,
    ) -> None:  # fmt: skip
        from docx.shared import Pt, RGBColor

        for piece in pieces(text):
            run = paragraph.add_run(piece)
            arabic = bool(_ARABIC.search(piece))
            if bold is not None:
                run.font.bold = run.font.cs_bold = bold
            if size is not None:
                run.font.size = Pt(size)
            if colour is not None:
                run.font.color.rgb = RGBColor.from_string(colour)
            properties = run._r.get_or_add_rPr()
            if size is not None:
                _complex_size(properties, size)
            if arabic:
                run.font.rtl = True
            _language(properties, "ar" if arabic else self.document.tag)

    def _field(self, paragraph: Any, name: str) -> None:
        """PAGE or NUMPAGES: Word fills it in."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        run = paragraph.add_run()
        run.font.size = Pt(8)
        for kind, text in (("begin", None), (None, name), ("separate", None), ("value", "1"), ("end", None)):
            if kind == "value":
                run.add_text("1")
            elif kind is None:
                instruction = OxmlElement("w:instrText")
                instruction.set(qn("xml:space"), "preserve")
                instruction.text = text
                run._r.append(instruction)
            else:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)


def pieces(text: str) -> list[str]:
    """A line cut where the script changes: Word wants a direction and a language on each piece."""
    plain = text.replace("\u2068", "").replace("\u2069", "")
    return _PIECES.findall(plain) if _ARABIC.search(plain) else [plain] if plain else []


# Elements that python-docx does not set ------------------------------------------------------------------------


def _flag(parent: Any, tag: str, before: tuple[str, ...] = ()) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if parent.find(qn(tag)) is not None:
        return
    element = OxmlElement(tag)
    # The schema is an ordered list: an element in the wrong place makes Word refuse the file.
    for name in before:
        later = parent.find(qn(name))
        if later is not None:
            later.addprevious(element)
            return
    parent.append(element)


def _fonts(properties: Any, size: float, bold: bool) -> None:
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:ascii"), "Noto Sans")
    fonts.set(qn("w:hAnsi"), "Noto Sans")
    fonts.set(qn("w:cs"), "Noto Naskh Arabic")
    _complex_size(properties, size * 1.1)
    if bold:
        _flag(properties, "w:bCs", before=("w:i", "w:iCs", "w:caps", "w:color", "w:spacing", "w:kern", "w:sz", "w:szCs", "w:lang"))  # fmt: skip


def _complex_size(properties: Any, size: float) -> None:
    """The size of Arabic letters is a property of its own."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = properties.find(qn("w:szCs"))
    if element is None:
        element = OxmlElement("w:szCs")
        size_element = properties.find(qn("w:sz"))
        if size_element is not None:
            size_element.addnext(element)
        else:
            properties.append(element)
    element.set(qn("w:val"), str(round(size * 2)))


def _language(properties: Any, tag: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    element = OxmlElement("w:lang")
    if tag == "ar":
        element.set(qn("w:bidi"), LOCALES["ar"])
    else:
        element.set(qn("w:val"), LOCALES[tag])
    properties.append(element)


def _borders(cell: Any, **sides: tuple[int, str]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "bottom"):
        if side in sides:
            size, colour = sides[side]
            element = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", colour)):
                element.set(qn(f"w:{name}"), value)
            borders.append(element)
    properties.append(borders)


def _rule(paragraph: Any) -> None:
    _paragraph_border(paragraph, {"bottom": (12, TEAL)})


def _box(paragraph: Any, fill: str, edge: str, right_to_left: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    _paragraph_border(paragraph, {"right" if right_to_left else "left": (24, edge)})
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shade.set(qn(f"w:{name}"), value)
    paragraph._p.pPr.find(qn("w:pBdr")).addnext(shade)


def _paragraph_border(paragraph: Any, sides: dict[str, tuple[int, str]]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:pBdr")
    for side, (size, colour) in sides.items():
        element = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "6"), ("color", colour)):
            element.set(qn(f"w:{name}"), value)
        borders.append(element)
    properties = paragraph._p.get_or_add_pPr()
    for name in ("w:shd", "w:tabs", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:rPr"):
        later = properties.find(qn(name))
        if later is not None:
            later.addprevious(borders)
            return
    properties.append(borders)


def _remove_border(style: Any) -> None:
    from docx.oxml.ns import qn

    for element in style.element.iter(qn("w:pBdr")):
        element.getparent().remove(element)
        return


def _tabs(paragraph: Any, centimetres: float) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(centimetres), WD_TAB_ALIGNMENT.RIGHT)


def _settled(file: Any) -> bytes:
    """The same document gives the same bytes: parts in order, one date for all of them."""
    raw, out = io.BytesIO(), io.BytesIO()
    file.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        # Word wants the list of content types first.
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
