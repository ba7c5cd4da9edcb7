"""The quarterly human rights note: what was documented, against the quarter before, by whom, where, to whom.

Every word for a change is chosen by the number and checked against it (rules.wording). Cells below the thresholds are
withheld, with a neighbour where the total would give them away (rules.cells).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from django.utils.translation import gettext as _
from django.utils.translation import override

from constat.apps.publication.compose import words
from constat.apps.publication.compose._door import _Node, admitted
from constat.apps.publication.compose.guard import guarded
from constat.apps.publication.compose.harm_store import CATEGORIES, UNKNOWN, Harm, combined, harm
from constat.apps.publication.compose.periods import Span, before
from constat.apps.publication.compose.periods import quarter as quarter_of
from constat.apps.publication.composed import Composed, Figure, dated
from constat.apps.register.models import AdminArea
from constat.rules import wording
from constat.rules.cells import Printed, printed, rest_points
from constat.rules.disclosure import K_GENERAL, K_SENSITIVE, Cell, public_cell
from constat.rules.percentages import percent_change
from constat.rules.tally import Range, Tally, total
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui import formats
from constat.ui.documents import (
    Block,
    Bullets,
    ChartBlock,
    ChartRow,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Paragraph,
    TableBlock,
    interval_chart,
)

KIND = "note"
TOTALS, UNVERIFIED, GROUPS, REGIONS, PEOPLE = (
    "note_totals", "note_unverified", "note_perpetrators", "note_regions", "note_women_children",
)  # fmt: skip


@dataclass(frozen=True)
class Texts:
    """What people write into a note: the mandate, the context, what authorities did, what is recommended."""

    mandate: str = ""
    context: Sequence[str] = ()
    responses: Sequence[str] = ()
    recommendations: Sequence[str] = ()

    def all(self) -> list[str]:
        return [self.mandate, *self.context, *self.responses, *self.recommendations]


def note(
    viewer: Viewer | _Node | None, *, quarter: str, language: str, at: datetime, texts: Texts | None = None,
    withheld: Mapping[str, frozenset[str]] | None = None,
) -> Composed:  # fmt: skip
    """The note of `quarter` ("2026-Q3") as the store says at `at`. Raises NotAllowed, UnknownPeriod.

    withheld: quarter -> names of figures that a public note about it kept back; they stay back here.
    """
    admitted(viewer)
    span = quarter_of(quarter)
    earlier = before(span)
    found = harm([earlier, span], at)
    held = withheld or {}
    kept = (held.get(span.code, frozenset()), held.get(earlier.code, frozenset()))
    return compose(span, earlier, language, at, found[span.code], found[earlier.code], texts or Texts(), kept)


def compose(
    span: Span, earlier: Span, language: str, at: datetime, now: Harm, then: Harm, texts: Texts,
    withheld: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
) -> Composed:  # fmt: skip
    tag = formats.base(language)
    with override(tag):
        sheet = _Sheet(now, then, at, tag, withheld)
        blocks = _blocks(sheet, span, earlier, texts)
        document = Document(
            title=_("Quarterly note on human rights"),
            language=tag,
            blocks=blocks,
            subtitle=_period(span, tag),
            issuer=words.issuer(),
            status=_("Draft, not released"),
            as_of=at,
            reference=span.code,
        )
        context = {span.code, earlier.code, _period(span, tag), _period(earlier, tag), *texts.all()}
        context |= {words.suppressed(k, tag) for k in (K_GENERAL, K_SENSITIVE)}
        context |= dated(span.first, tag) | dated(at.date(), tag) | set(sheet.names.values())
    return Composed(KIND, span.code, tag, sheet.figures, document, context=frozenset(context))


def check_words(composed: Composed, texts: Texts) -> None:
    """Words such as "doubled" in what people wrote must be true of a change this note prints, or carry their own two numbers.
    Recommendations speak of what is to come. Raises WordingError."""
    changes = [
        (one.before or 0, one.numerator or 0) for one in composed.figures if one.name.startswith("change.")
    ]
    for text in (texts.mandate, *texts.context, *texts.responses):
        wording.check_supported(text, composed.language, changes)


def _period(span: Span, tag: str) -> str:
    months = formats.MONTHS[tag]
    return _("%(first)s to %(last)s %(year)s") % {
        "first": months[span.first.month - 1],
        "last": months[span.last.month - 1],
        "year": span.first.year,
    }


def value_of(tally: Tally) -> int:
    """What is printed for a sum: its best estimate, where an unknown best entered with its minimum."""
    return tally.min if tally.best is None else tally.best


class _Sheet:
    """The figures of one note, made once and read by every block, so that no number is computed twice."""

    def __init__(
        self, now: Harm, then: Harm, at: datetime, tag: str, withheld: tuple[frozenset[str], frozenset[str]]
    ) -> None:
        self.now, self.then, self.at, self.tag = now, then, at, tag
        self.figures: list[Figure] = []
        self.names = _area_names({region for region, _category in now.regions}, tag)
        # More kept back never tells more; less would, beside what an earlier version printed.
        self.kept, kept_then = withheld
        self.hidden, self.hidden_then = _hidden(now) | self.kept, _hidden(then) | kept_then
        for name in CATEGORIES:
            self._figure(name, now.tally(name), TOTALS, hide=name in self.hidden)
        self._figure(
            "total", combined(now.tally(name) for name in CATEGORIES), TOTALS, hide="total" in self.kept
        )
        for name in (*CATEGORIES, "total"):
            self._change(name)
        self._figure("unverified", combined(total(now.unverified[name]) for name in CATEGORIES), UNVERIFIED)
        self.add(Figure("incidents", now.incidents, "incidents", TOTALS, at))
        self.add(Figure("late", now.late, "incidents", TOTALS, at))

    def add(self, figure: Figure) -> Figure:
        self.figures.append(figure)
        return figure

    def printed(self, name: str) -> int | None:
        value = self.get(name).value
        return None if value is None else int(value)

    def get(self, name: str) -> Figure:
        return next(one for one in self.figures if one.name == name)

    def _figure(
        self, name: str, tally: Tally, query: str, k: int = K_GENERAL, *, hide: bool = False
    ) -> Figure:
        value = value_of(tally)
        cell = Cell.SUPPRESSED if hide else public_cell(value, k)
        if cell is Cell.SUPPRESSED:
            return self.add(Figure(name, None, "persons", query, self.at, cell=cell))
        return self.add(
            Figure(
                name, value, "persons", query, self.at, low=tally.min, high=tally.max, n=tally.n, cell=cell
            )
        )

    def people(self, name: str, ranges: list[Range], whole: str, k: int) -> Figure:
        """Women or children among a category: not known, and never 0, where somebody was harmed and no line says it.

        Kept back with the category, and where the others (men, adults, and those of whom it is not known) would be too few.
        """
        if not ranges and self.now.killed_injured[whole]:
            return self.add(Figure(name, None, "persons", PEOPLE, self.at, cell=Cell.UNKNOWN))
        part = total(ranges)
        points = rest_points(value_of(part), value_of(self.now.tally(whole)), K_GENERAL)
        hide = name in self.kept or points or self.get(whole).cell is Cell.SUPPRESSED
        return self._figure(name, part, PEOPLE, k, hide=hide)

    def _change(self, name: str) -> None:
        """Against the quarter before; nothing is said of a change where one of the two numbers may not be printed."""
        tally = (
            combined(self.then.tally(one) for one in CATEGORIES) if name == "total" else self.then.tally(name)
        )
        earlier, figure = value_of(tally), self.get(name)
        small = public_cell(earlier, K_GENERAL) is Cell.SUPPRESSED or name in self.hidden_then
        if small or figure.value is None:
            return
        change = percent_change(earlier, int(figure.value)) if earlier else None
        self.add(
            Figure(f"change.{name}", change, "percent", TOTALS, self.at, before=earlier, numerator=int(figure.value),
                   denominator=earlier or None, n=figure.n)
        )  # fmt: skip

    def column(self, name: str, parts: Mapping[str, Tally], whole: str, k: int) -> dict[str, Printed]:
        """A column under a total of the note: exact, or not printed at all."""
        amount = self.get(whole)
        sums = {key: value_of(tally) for key, tally in parts.items()}
        if amount.cell is Cell.SUPPRESSED:
            return {key: Printed(None, Cell.SUPPRESSED) for key in parts}
        cells = printed(sums, int(amount.value or 0), k)
        held = {key for key in parts if f"{name}.{key}.{whole}" in self.kept}
        return {key: Printed(None, Cell.SUPPRESSED) if key in held else one for key, one in cells.items()}

    def add_column(
        self, name: str, query: str, parts: Mapping[str, Tally], whole: str, cells: Mapping[str, Printed]
    ) -> None:  # fmt: skip
        for key, one in cells.items():
            figure = Figure(
                f"{name}.{key}.{whole}", one.value, "persons", query, self.at, n=parts[key].n, cell=one.cell
            )
            self.add(figure)

    def shown(self, name: str) -> str:
        """A total as it is printed. A category kept back for its neighbour is not small: it is only "withheld"."""
        return words.count(self.get(name), self.tag, K_GENERAL if name == "total" else 0)


def _hidden(one: Harm) -> frozenset[str]:
    """The kinds of harm that may not be printed beside their total: the small ones, and one that would give a small one away."""
    values = {name: value_of(one.tally(name)) for name in CATEGORIES}
    cells = printed(values, sum(values.values()), K_GENERAL)
    return frozenset(name for name, cell in cells.items() if cell.cell is Cell.SUPPRESSED)


def _area_names(codes: set[str], tag: str) -> dict[str, str]:
    rows = (
        AdminArea.objects.filter(code__in=codes, level=1)
        .order_by("valid_from")
        .values_list("code", "name", "name_ar")
    )
    names = {code: (arabic if tag == "ar" and arabic else name) for code, name, arabic in rows}
    return {code: names.get(code, _("Region not known")) for code in codes}


# The document ----------------------------------------------------------------------------------------------------


def labels() -> dict[str, str]:
    return {
        "killed": _("Killed"),
        "abducted": _("Abducted or disappeared"),
        "injured": _("Injured"),
        "detained": _("Illegally detained"),
        "total": _("All harm"),
    }


def _blocks(sheet: _Sheet, span: Span, earlier: Span, texts: Texts) -> list[Block]:
    blocks: list[Block] = [Heading(_("Mandate and method"))]
    if texts.mandate:
        blocks.append(Paragraph(texts.mandate))
    blocks.append(
        Paragraph(
            _(
                "This note covers harm to civilians by every party. It counts people in incidents that were verified; "
                "each figure is the best estimate, with its range and the number of incidents (n) behind it."
            )
        )
    )
    if sheet.at < span.end:
        blocks.append(Note(_("The quarter is not over: these figures will still grow."), kind="warning"))
    if texts.context:
        blocks += [Heading(_("Context")), *(Paragraph(one) for one in texts.context)]
    blocks += [
        Heading(_("What was documented")),
        _key_figures(sheet),
        _totals(sheet, span, earlier),
        *_changes(sheet),
    ]
    blocks += _tiers(sheet)
    blocks += [Heading(_("By perpetrator group")), *_groups(sheet)]
    blocks += [Heading(_("By region")), *_regions(sheet)]
    blocks += [Heading(_("Women and children")), _people(sheet)]
    blocks += [
        Heading(_("Responses by the authorities")),
        _listed(texts.responses, _("None that we know of.")),
    ]
    blocks += [Heading(_("Recommendations")), _listed(texts.recommendations, _("None yet."))]
    blocks += [Heading(_("How this was counted")), _method(sheet)]
    return blocks


def _listed(items: Sequence[str], empty: str) -> Block:
    return Bullets(items) if items else Paragraph(empty)


def _key_figures(sheet: _Sheet) -> KeyFigures:
    names, found = labels(), []
    for name in ("total", *CATEGORIES):
        figure = sheet.get(name)
        main, bracket = sheet.shown(name), ""
        if figure.cell is Cell.SHOWN:
            main, bracket = words.parts(figure, sheet.tag)
        count = (
            f"n{formats.NOBREAK}={formats.NOBREAK}{formats.number(figure.n or 0, sheet.tag)}"
            if figure.n
            else ""
        )
        found.append(KeyFigure(names[name], main, "; ".join(part for part in (bracket, count) if part)))
    return KeyFigures(found)


def _totals(sheet: _Sheet, span: Span, earlier: Span) -> TableBlock:
    names, rows = labels(), []
    changes = {one.name: one for one in sheet.figures if one.name.startswith("change.")}
    for name in (*CATEGORIES, "total"):
        change = changes.get(f"change.{name}")
        was = formats.number(change.before or 0, sheet.tag) if change else _("withheld")
        percent = (
            words.percent(change.value, sheet.tag, signed=True)
            if change and change.value is not None
            else "–"
        )
        rows.append([names[name], was, sheet.shown(name), percent])
    columns = [Column(_("Harm"), share=2.4), Column(_period(earlier, sheet.tag), numeric=True, share=1.6),
               Column(_period(span, sheet.tag), numeric=True, share=1.6), Column(_("Evolution"), numeric=True)]  # fmt: skip
    return TableBlock(columns, rows, totals=1)


def _changes(sheet: _Sheet) -> list[Block]:
    """One sentence per kind of harm, its word chosen by the numbers and checked against them."""
    names, items = labels(), []
    for name in (*CATEGORIES, "total"):
        change = next((one for one in sheet.figures if one.name == f"change.{name}"), None)
        if change is not None:
            items.append(change_sentence(names[name], change.before or 0, change.numerator or 0, sheet.tag))
    chart = _chart([(names[name], sheet.get(name)) for name in CATEGORIES], sheet.tag)
    return [Bullets(items), *chart] if items else chart


def change_sentence(label: str, before_: int, after: int, tag: str) -> str:
    """`Killed: 543, 128 in the quarter before (+324 %): more than quadrupled.` Raises WordingError if it were untrue."""
    percent = words.percent(percent_change(before_, after), tag, signed=True) if before_ else ""
    with override(tag):
        text = _("%(what)s: %(after)s, %(before)s in the quarter before%(percent)s: %(word)s.") % {
            "what": label,
            "after": formats.number(after, tag),
            "before": formats.number(before_, tag),
            "percent": f" ({words.inside(percent)})" if percent else "",
            "word": wording.fitting(before_, after).label(tag),
        }
    wording.check(text, tag, before_, after)
    return text


def _chart(rows: Sequence[tuple[str, Figure]], tag: str) -> list[Block]:
    drawn = [
        ChartRow(label, one.low, int(one.value), one.high, one.n or 0)
        for label, one in rows
        if one.cell is Cell.SHOWN and one.value is not None
    ]
    if not drawn:
        return []
    spec = interval_chart(drawn, language=tag, unit=_("People, best estimate and range; n: incidents"))
    spoken = "; ".join(f"{one.label} {formats.number(one.best or 0, tag)}" for one in drawn)
    return [ChartBlock(spec, _("Harm documented in the quarter"), spoken)]


def _tiers(sheet: _Sheet) -> list[Block]:
    tag = sheet.tag
    unverified, late = sheet.get("unverified"), sheet.get("late")
    told = (
        words.suppressed(K_GENERAL, tag)
        if unverified.cell is Cell.SUPPRESSED
        else words.spread(unverified, tag)
    )
    blocks: list[Block] = [
        Note(
            _("Reported and not yet verified, not in the figures above: %(people)s people.")
            % {"people": words.inside(told)},
            title=_("Unverified:"),
        )
    ]
    if late.value:
        blocks.append(
            Paragraph(
                _(
                    "Incidents of earlier quarters that were verified in this one and are counted here, once: %(n)s."
                )
                % {"n": formats.number(int(late.value), tag)}
            )
        )
    return blocks


def _split(source: Mapping[tuple[str, str], list], key: str, chosen: Sequence[str]) -> Tally:  # type: ignore[type-arg]
    return reduce(lambda sum_, one: sum_ + total(source.get((key, one), [])), chosen, total([]))


def _two_columns(
    sheet: _Sheet, name: str, query: str, keys: Sequence[str], label: Callable[[str], str], source: Mapping[tuple[str, str], list],  # type: ignore[type-arg]
) -> list[list[str]]:  # fmt: skip
    """Rows of (name, killed, all harm): each column safe under its total, and both side by side."""
    killed = {key: _split(source, key, ["killed"]) for key in keys}
    everything = {key: _split(source, key, list(CATEGORIES)) for key in keys}
    columns = guarded(
        sheet.column(name, killed, "killed", K_GENERAL), sheet.column(name, everything, "total", K_GENERAL),
        {key: (value_of(killed[key]), value_of(everything[key])) for key in keys},
        (sheet.printed("killed"), sheet.printed("total")), K_GENERAL,
    )  # fmt: skip
    for cells, parts, whole in zip(columns, (killed, everything), ("killed", "total"), strict=True):
        sheet.add_column(name, query, parts, whole, cells)
    return [[label(key), *(_cell(column[key], sheet.tag) for column in columns)] for key in keys]


def _cell(one: Printed, tag: str) -> str:
    # One word for a small cell and for the neighbour kept back with it: two signs would tell which is which.
    return _("withheld") if one.cell is Cell.SUPPRESSED else formats.number(one.value or 0, tag)


def _three(head: str) -> list[Column]:
    return [
        Column(head, share=2.6),
        Column(labels()["killed"], numeric=True),
        Column(labels()["total"], numeric=True),
    ]


def _sum_row(sheet: _Sheet) -> list[str]:
    return [labels()["total"], *(sheet.shown(name) for name in ("killed", "total"))]


def _groups(sheet: _Sheet) -> list[Block]:
    vocabulary_ = vocabulary("perpetrator_group")
    here = {group for group, _category in sheet.now.groups}
    keys = [code for code in vocabulary_ if code in here]
    rows = _two_columns(
        sheet, "group", GROUPS, keys, lambda code: vocabulary_.label(code, sheet.tag), sheet.now.groups
    )
    if not rows:
        return [Paragraph(_("Nothing was documented in this quarter."))]
    basis = _("By the attribution that stands and its basis; an allegation is not a finding.")
    note_ = f"{basis} {_withheld(rows)}".strip()
    return [TableBlock(_three(_("Perpetrator group")), [*rows, _sum_row(sheet)], totals=1, note=note_)]


def _regions(sheet: _Sheet) -> list[Block]:
    here = {region for region, _category in sheet.now.regions}
    keys = sorted(here, key=lambda code: (code == UNKNOWN, sheet.names[code]))
    rows = _two_columns(sheet, "region", REGIONS, keys, lambda code: sheet.names[code], sheet.now.regions)
    if not rows:
        return [Paragraph(_("Nothing was documented in this quarter."))]
    return [TableBlock(_three(_("Region")), [*rows, _sum_row(sheet)], totals=1, note=_withheld(rows))]


def _withheld(rows: Sequence[Sequence[str]]) -> str:
    if not any(cell == _("withheld") for row in rows for cell in row):
        return ""
    return _(
        "Withheld: too few people to be named without pointing at them, or a number that would give another away."
    )


def _people(sheet: _Sheet) -> TableBlock:
    names, rows = labels(), []
    for name in CATEGORIES:
        women = sheet.people(f"women.{name}", sheet.now.women[name], name, K_GENERAL)
        children = sheet.people(f"children.{name}", sheet.now.children[name], name, K_SENSITIVE)
        rows.append(
            [
                names[name],
                # One word, whether the number is small or the rest is: "fewer than 5" would tell which, and be untrue of the rest.
                words.count(women, sheet.tag),
                words.count(children, sheet.tag),
            ]
        )
    columns = [
        Column(_("Harm"), share=2.6),
        Column(_("Women and girls"), numeric=True),
        Column(_("Children"), numeric=True),
    ]
    note_ = _("Only where the sex or the age is known. A girl is counted in both columns. Sexual violence is reported apart, by those who have that mandate.")  # fmt: skip
    return TableBlock(columns, rows, note=f"{note_} {_withheld(rows)}".strip())


def _method(sheet: _Sheet) -> TableBlock:
    rows = [
        [label, text, _("version %(version)s") % {"version": version}]
        for label, text, version in words.source_rows(sheet.figures, sheet.tag)
    ]
    return TableBlock(
        [
            Column(_("Query"), share=1.3),
            Column(_("What is counted"), share=3.4),
            Column(_("Method"), share=0.8),
        ],
        rows,
    )
