"""The monthly statement of the queue, in the form coalitions publish: what was carried over, came in, was answered, is open.

It counts reports. Every report answered in the month is listed with date, place, finding and reason, no finer than the
public may know; "not enough evidence at this time" is what a report that was not found credible is called, always.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from constat.apps.incidents.models import Incident
from constat.apps.operations.models import Operation
from constat.apps.publication.compose import words
from constat.apps.publication.compose._door import _Node, admitted
from constat.apps.publication.compose.periods import Span
from constat.apps.publication.compose.periods import month as month_of
from constat.apps.publication.compose.queue_store import Queue, queue
from constat.apps.publication.composed import Composed, Figure, dated
from constat.apps.register.models import AdminArea
from constat.apps.reports.models import Report
from constat.rules.disclosure import (
    K_GENERAL,
    Area,
    Audience,
    Cell,
    coarsen_place,
    coarsen_time,
    public_cell,
    releasable,
)
from constat.rules.percentages import share
from constat.rules.queue import (
    CLOSED,
    RESTATED,
    Balance,
    Correction,
    Movement,
    answer,
    balance,
    corrections,
    figures,
)
from constat.rules.tally import NOTHING, Range, Tally, total
from constat.rules.visibility import GENERAL, Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui import formats
from constat.ui.documents import (
    Block,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Paragraph,
    TableBlock,
)

KIND = "queue_statement"
CREDIBLE = "credible"
BALANCE, SINCE, DEATHS = "queue_balance", "queue_cumulative", "queue_deaths"  # vocabulary "saved_query"
OPERATIONS, ENTERED = "exposure_operations", "exposure_entered"


@dataclass(frozen=True)
class Denominator:
    """A measure of exposure that a person gives: `unit` in words ("engagements"), with where it comes from."""

    unit: str
    value: int
    source: str


@dataclass(frozen=True)
class Content:
    """What the statement says, before it is put into words: from the store, or from counts alone."""

    sheet: Balance
    reports: int  # received since the start
    credible: int  # of them, found credible as it stands
    deaths: Tally = NOTHING  # in the reports found credible in the month
    lines: Sequence[Mapping[str, Any]] = ()
    protected: bool = False  # some answered reports are in closed compartments and not listed
    operations: int | None = None
    denominators: Sequence[Denominator] = ()
    corrected: Sequence[Correction] = ()


def queue_statement(
    viewer: Viewer | _Node | None,
    *,
    month: str,
    language: str,
    at: datetime,
    denominators: Sequence[Denominator] = (),
    published: Mapping[str, int] | None = None,
) -> Composed:
    """The statement of `month` ("2026-10") as the store says at `at`.

    published: figures of earlier statements as they were released, by name and month ("2026-09 open" -> 43): whatever
    reads otherwise now is printed as a correction, never changed in silence. Raises NotAllowed, UnknownPeriod.
    """
    admitted(viewer)
    span = month_of(month)
    content = read(span, at, denominators=denominators, published=published or {}, language=language)
    return compose(span, language, at, content)


def read(
    span: Span,
    at: datetime,
    *,
    denominators: Sequence[Denominator],
    published: Mapping[str, int],
    language: str,
) -> Content:
    found = queue(at)
    sheet, moved = balance(found.entries, span.start, span.end)
    came = [entry for entry in found.entries if entry.received < span.end]
    last = min(at, span.end)
    moved = tuple(one for one in moved if one.change.kind != "new")
    with override(language):
        lines, protected = _lines(moved, at)
    return Content(
        sheet=sheet,
        reports=len(came),
        credible=sum(answer(entry, last) == CREDIBLE for entry in came),
        deaths=_deaths(found, moved),
        lines=lines,
        protected=protected,
        operations=Operation.objects.filter(starts_at__lt=last, withdrawn_at__isnull=True).count() or None,
        denominators=denominators,
        corrected=_corrected(found, published),
    )


def _corrected(found: Queue, published: Mapping[str, int]) -> tuple[Correction, ...]:
    """Each published figure against the same figure computed now."""
    now: dict[str, int] = {}
    for code in sorted({name.partition(" ")[0] for name in published}):
        span = month_of(code)
        now |= figures(balance(found.entries, span.start, span.end)[0], f"{code} ")
    return corrections(published, now)


def _deaths(found: Queue, moved: Sequence[Movement]) -> Tally:
    codes = [
        one.key for one in moved if one.change.reason == CREDIBLE and one.change.kind in (CLOSED, RESTATED)
    ]
    ids = {pk for code in codes for pk in found.incidents_of.get(code, ())}
    rows = Incident.objects.filter(pk__in=ids, merged_into__isnull=True).values_list(
        "deaths_min", "deaths_best", "deaths_max"
    )
    return total(Range(*row) for row in rows)


# The list --------------------------------------------------------------------------------------------------------


def _lines(moved: Sequence[Movement], at: datetime) -> tuple[list[dict[str, Any]], bool]:
    """One line per answer or reopening, as the public may read it, and whether some are held back."""
    columns = ("code", "starts_on", "date_precision", "country", "adm1", "adm2", "lon", "lat", "place_precision",
               "compartment", "sensitivity")  # fmt: skip
    rows = {
        row["code"]: row
        for row in Report.objects.filter(code__in=[one.key for one in moved]).values(*columns)
    }
    areas = _Areas(rows.values())
    lines = [_line(one, rows[one.key], areas, at) for one in moved if rows[one.key]["compartment"] == GENERAL]
    # In the order of place and month, not of the day of decision: that order would tell which line is whose.
    lines.sort(key=lambda line: (line["place"], line["month"], line["finding"], line["code"]))
    return lines, len(lines) < len(moved)


def _line(one: Movement, row: Mapping[str, Any], areas: "_Areas", at: datetime) -> dict[str, Any]:
    change = one.change
    day = row["starts_on"]
    known = day is not None and releasable(datetime.combine(day, time(), UTC), at)
    precision = row["date_precision"] or "unknown"
    when = coarsen_time(datetime.combine(day, time(), UTC), Audience.PUBLIC, precision) if known else None
    return {
        "code": one.key,
        "month": when.text if when else "",
        "place": areas.public(row) if known else "",
        "kind": change.kind,
        "finding": _finding(change.reason),
        "reason": change.reason,
        "before": change.before,
    }


def _finding(reason: str) -> str:
    """The topmost reason: credible, not enough evidence, duplicate, set aside; "" of a reopening."""
    return (reason, *vocabulary("queue_reason").ancestors(reason))[-1] if reason else ""


class _Areas:
    """Names of areas no finer than the public may know (rules.disclosure)."""

    def __init__(self, rows: Any) -> None:
        codes = {row[name] for row in rows for name in ("country", "adm1", "adm2") if row[name]}
        found = AdminArea.objects.filter(code__in=codes).order_by("valid_from")
        self.areas = {area.code: Area(area.code, area.level, area.population) for area in found}
        self.names = {area.code: (area.name, area.name_ar) for area in found}

    def public(self, row: Mapping[str, Any]) -> str:
        country = row["country"]
        held = [self.areas[row[name]] for name in ("adm1", "adm2") if row[name] in self.areas]
        if country:
            held.append(Area(country, 0))
        point = (row["lon"] or 0, row["lat"] or 0)
        coarse = coarsen_place(*point, row["place_precision"] or "unknown", Audience.PUBLIC, held)
        return self.name(coarse.area) if coarse.area else ""

    def name(self, code: str) -> str:
        tag = formats.base(get_language())
        if code in vocabulary("country"):
            return vocabulary("country").label(code, tag)
        name, arabic = self.names[code]
        return arabic if tag == "ar" and arabic else name


# The document ----------------------------------------------------------------------------------------------------


def compose(span: Span, language: str, at: datetime, content: Content) -> Composed:
    """Words around the content. Pure but for the language of the words."""
    tag = formats.base(language)
    with override(tag):
        found = _figures(content, at, span)
        month = formats.month(span.first, tag)
        document = Document(
            title=_("Monthly statement of reports"),
            language=tag,
            blocks=_blocks(content, found, span, tag, at),
            subtitle=month,
            issuer=words.issuer(),
            status=_("Draft, not released"),
            as_of=at,
            reference=span.code,
        )
        context = dated(span.first, tag) | dated(at.date(), tag) | {span.code} | _context(content, tag)
    return Composed(KIND, span.code, tag, found, document, rows=content.lines, context=frozenset(context))


def _context(content: Content, tag: str) -> set[str]:
    """Texts with digits that are no figures: thresholds, versions, months of events, words of the denominators."""
    known = {words.suppressed(K_GENERAL, tag), *(one.source for one in content.denominators)}
    known |= {_month(line["month"], tag) for line in content.lines}
    known |= {line["place"] for line in content.lines}
    known |= {_corrected_month(one, tag) for one in content.corrected}
    return known


def _figures(content: Content, at: datetime, span: Span) -> list[Figure]:
    sheet = content.sheet
    found = [Figure(name, value, "reports", BALANCE, at) for name, value in figures(sheet).items()]
    found += [
        Figure(f"finding.{code}", value, "reports", BALANCE, at) for code, value in sheet.by_finding.items()
    ]
    for number, one in enumerate(content.corrected):
        found.append(Figure(f"correction.{number}", one.now, "reports", BALANCE, at, before=one.published))
        found.append(Figure(f"correction.{number}.difference", abs(one.difference), "reports", BALANCE, at))
    found.append(Figure("since.reports", content.reports, "reports", SINCE, at))
    found.append(Figure("since.credible", content.credible, "reports", SINCE, at))
    found.append(_deaths_figure(content.deaths, at))
    found += _rates(content, at)
    return found


def _deaths_figure(deaths: Tally, at: datetime) -> Figure:
    value = deaths.best if deaths.n else 0
    cell = public_cell(value, K_GENERAL)
    if cell is Cell.SUPPRESSED:
        return Figure("deaths.credible", None, "persons", DEATHS, at, cell=cell)
    high = deaths.max if deaths.n else 0
    return Figure(
        "deaths.credible", value, "persons", DEATHS, at, low=deaths.min, high=high, n=deaths.n, cell=cell
    )


def _rates(content: Content, at: datetime) -> list[Figure]:
    """Reports and credible reports per measure of exposure, both counted since the start."""
    found = []
    measures = [(one.unit, one.value, ENTERED, one.source) for one in content.denominators]
    if content.operations:
        measures.insert(0, (_("operations"), content.operations, OPERATIONS, ""))
    for number, (unit, value, query, source) in enumerate(measures):
        found.append(Figure(f"exposure.{number}", value, unit, query, at, source=source))
        for name, part in (("reports", content.reports), ("credible", content.credible)):
            rate = share(part, value, 2)
            found.append(Figure(f"rate.{number}.{name}", rate, unit, query, at, numerator=part, denominator=value,
                                n=content.reports, source=source))  # fmt: skip
    return found


def _blocks(content: Content, found: list[Figure], span: Span, tag: str, at: datetime) -> list[Block]:
    def number(value: int) -> str:
        return formats.number(value, tag)

    sheet, reasons = content.sheet, vocabulary("queue_reason")
    blocks: list[Block] = [
        Paragraph(
            _(
                "This statement accounts for every report that our own force may have harmed civilians. It counts reports, "
                "not people and not incidents."
            ),
            lead=True,
        ),
        KeyFigures(
            [
                KeyFigure(_("carried over"), number(sheet.carried)),
                KeyFigure(_("new"), number(sheet.new)),
                KeyFigure(_("reopened"), number(sheet.reopened)),
                KeyFigure(_("closed"), number(sheet.closed_total)),
                KeyFigure(_("open at the end"), number(sheet.open)),
            ]
        ),
        Paragraph(
            _(
                "%(carried)s carried over + %(new)s new + %(reopened)s reopened − %(closed)s closed = %(open)s open."
            )
            % {
                "carried": number(sheet.carried),
                "new": number(sheet.new),
                "reopened": number(sheet.reopened),
                "closed": number(sheet.closed_total),
                "open": number(sheet.open),
            }
        ),
    ]
    if at < span.end:
        blocks.append(Note(_("The month is not over: these figures will still grow."), kind="warning"))
    blocks += [Heading(_("Closed, by finding")), _reasons(sheet, tag)]
    blocks.append(
        Note(
            reasons["not_enough_evidence"].defined(tag),
            title=_("%(label)s:") % {"label": reasons.label("not_enough_evidence", tag)},
        )
    )
    blocks += _deaths_words(found, tag)
    blocks += [Heading(_("Reports")), *_list(content, tag)]
    blocks += [Heading(_("Rates")), *_rates_words(found, tag)]
    blocks += [Heading(_("Corrections of earlier statements")), *_corrections(content, tag)]
    blocks += [Heading(_("How this was counted")), _method(found, tag)]
    return blocks


def _reasons(sheet: Balance, tag: str) -> TableBlock:
    reasons = vocabulary("queue_reason")
    rows = []
    for code, count in sheet.by_finding.items():
        rows.append([reasons.label(code, tag), "", formats.number(count, tag)])
        parts = [one for one in reasons if reasons[one].parent == code and sheet.closed.get(one)]
        rows += [["", reasons.label(one, tag), formats.number(sheet.closed[one], tag)] for one in parts]
    rows.append([_("Closed in the month"), "", formats.number(sheet.closed_total, tag)])
    columns = [
        Column(_("Finding"), share=2.2),
        Column(_("Reason"), share=3),
        Column(_("Reports"), numeric=True),
    ]
    return TableBlock(columns, rows, totals=1)


def _deaths_words(found: list[Figure], tag: str) -> list[Block]:
    figure = next(one for one in found if one.name == "deaths.credible")
    if figure.cell is Cell.ZERO and not figure.n:
        return []
    value = words.suppressed(K_GENERAL, tag) if figure.cell is Cell.SUPPRESSED else words.spread(figure, tag)
    text = _("Deaths in the incidents found credible this month: %(deaths)s.")
    return [Paragraph(text % {"deaths": words.inside(value)})]


def _list(content: Content, tag: str) -> list[Block]:
    blocks: list[Block] = []
    if content.protected:
        blocks.append(
            Note(
                _(
                    "Reports held in protected compartments are counted above and are not listed, to protect people."
                )
            )
        )
    if not content.lines:
        return [
            *blocks,
            Paragraph(_("No report was answered or reopened this month, or none that can be listed.")),
        ]
    reasons = vocabulary("queue_reason")
    rows = []
    for line in content.lines:
        finding = reasons.label(line["finding"], tag) if line["finding"] else _("Reopened")
        finer = line["reason"] and line["reason"] != line["finding"]
        reason = reasons.label(line["reason"], tag) if finer else ""
        if line["kind"] == RESTATED:
            was = reasons.label(_finding(line["before"]), tag)
            reason = " ".join(
                part for part in (reason, _("(before: %(finding)s)") % {"finding": was}) if part
            )
        rows.append(
            [_month(line["month"], tag) or _("withheld"), line["place"] or _("withheld"), finding, reason]
        )
    columns = [Column(_("Date"), share=1.2), Column(_("Place"), share=1.5), Column(_("Finding"), share=1.7),
               Column(_("Reason"), share=2.6)]  # fmt: skip
    note = _("Dates to the month and places to the area: nobody who spoke to us shall be found by this list.")
    return [*blocks, TableBlock(columns, rows, note=note)]


def _month(code: str, tag: str) -> str:
    if not code:
        return ""
    if len(code) == 4:
        return code
    year, month = code.split("-")
    return f"{formats.MONTHS[tag][int(month) - 1]}{formats.NOBREAK}{year}"


def _rates_words(found: list[Figure], tag: str) -> list[Block]:
    rates = [one for one in found if one.name.startswith("rate.")]
    if not rates:
        return [
            Paragraph(
                _("No operation is on record and no measure of exposure was given, so no rate is printed. Counts alone do not say whether harm became rarer.")
            )
        ]  # fmt: skip
    rows = []
    for one in rates:
        name = _("Reports received") if one.name.endswith("reports") else _("Reports found credible")
        rows.append(
            [name, formats.number(one.numerator or 0, tag), formats.number(one.denominator or 0, tag),
             one.unit, words.percent(one.value or 0, tag)]
        )  # fmt: skip
    columns = [Column(_("Since the start"), share=2.4), Column(_("Numerator"), numeric=True),
               Column(_("Denominator"), numeric=True), Column(_("Unit"), share=1.4), Column(_("Rate"), numeric=True)]  # fmt: skip
    sources = "; ".join(dict.fromkeys(one.source for one in rates if one.source))
    note = _("Source of the denominator: %(source)s.") % {"source": sources} if sources else ""
    return [TableBlock(columns, rows, note=note)]


def _corrections(content: Content, tag: str) -> list[Block]:
    if not content.corrected:
        return [Paragraph(_("None: every figure published before reads the same today."))]
    rows = [
        [_corrected_month(one, tag), _figure_label(one.figure, tag), formats.number(one.published, tag),
         formats.number(one.now, tag)]
        for one in content.corrected
    ]  # fmt: skip
    columns = [Column(_("Month")), Column(_("Figure"), share=2.5), Column(_("As published"), numeric=True),
               Column(_("Today"), numeric=True)]  # fmt: skip
    return [TableBlock(columns, rows)]


def _corrected_month(one: Correction, tag: str) -> str:
    return _month(one.figure.partition(" ")[0], tag)


def _figure_label(name: str, tag: str) -> str:
    figure = name.partition(" ")[2]
    if figure.startswith("closed."):
        return vocabulary("queue_reason").label(figure.removeprefix("closed."), tag)
    return {"carried": _("carried over"), "new": _("new"), "reopened": _("reopened"), "closed": _("closed"),
            "open": _("open at the end")}[figure]  # fmt: skip


def _method(found: list[Figure], tag: str) -> TableBlock:
    rows = [[label, text, _version(version)] for label, text, version in words.source_rows(found, tag)]
    return TableBlock(
        [
            Column(_("Query"), share=1.3),
            Column(_("What is counted"), share=3.4),
            Column(_("Method"), share=0.8),
        ],
        rows,
    )


def _version(version: str) -> str:
    return _("version %(version)s") % {"version": version}


__all__ = ["Content", "Denominator", "compose", "queue_statement", "read"]
