"""How much harm per operation? Rates with exact intervals, ratios within strata, and the Simpson warning."""

import argparse
from collections.abc import Sequence
from typing import Any

from constat.analysis import columns
from constat.analysis.columns import Row, Table
from constat.analysis.errors import InputError
from constat.analysis.rates.estimate import Rate, Ratio, rate, ratio
from constat.analysis.rates.strata import Cell, Comparison, compare

EVENTS = (
    "events",
    "incidents",
    "count",
    "cases",
    "harm",
    "killed",
    "deaths",
    "observed",
    "x",
    "x1",
    "événements",
    "evenements",
    "nombre",
)
EXPOSURE = (
    "exposure",
    "operations",
    "hours",
    "sorties",
    "patrol_days",
    "weapon_releases",
    "population",
    "t",
    "t1",
    "exposition",
    "opérations",
    "heures",
)
GROUP = ("group", "period", "year", "quarter", "unit", "series", "groupe", "période", "année", "unité")
STRATUM = ("stratum", "tactic", "type", "region", "area", "kind_of_operation", "strate", "tactique", "région")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask(
        "file",
        metavar="FILE",
        help="events, exposure and, where known, group (period, unit) and stratum (tactic, region)",
    )
    ask("--events", metavar="NAME", help="the column of events")
    ask("--exposure", metavar="NAME", help="the column of operations, hours, patrol days")
    ask("--group", metavar="NAME", help="the column of what is compared")
    ask("--stratum", metavar="NAME", help="the column of strata")
    ask("--reference", metavar="VALUE", help="the group others are compared with; the first one")
    ask("--method", choices=("exact", "midp"), default="exact")
    ask("--level", type=float, default=0.95)
    ask("--per", type=float, default=1.0, metavar="N", help="rates per so much exposure, 1")
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    table = columns.read(options.file, columns=2)
    if not 0 < options.per < float("inf"):
        raise InputError(f"--per {options.per:g}: give a finite number above 0.")
    year = table.column("year", "année")
    if year is not None:
        for row in table:
            # A year that has not come is a slip of the pen, not a period. "2023/24" and "3rd" are names of periods.
            if len(text := "".join(row.fields[year : year + 1])) == 4 and text.isdigit():
                table.day(row, year, latest=options.today)
    if table.names and table.column("x1") is not None and table.column("x2") is not None:
        return _pairs(table, options)
    cells = _cells(table, options)
    out = _answer(cells, options, table.source)
    if options.html:
        from constat.analysis.rates import figures

        figures.write_page(out, options.html)
    return out


def _pairs(table: Table, options: argparse.Namespace) -> dict[str, Any]:
    """Rows x1, t1 (one rate) or x1, t1, x2, t2 (two, and their ratio)."""
    x1, t1, x2, t2 = (table.need(name) for name in ("x1", "t1", "x2", "t2"))
    rows = []
    for row in table:
        first = (_whole(table, row, x1), table.number(row, t1, least=0))
        if x2 < len(row.fields) and row.fields[x2]:
            other = (_whole(table, row, x2), table.number(row, t2, least=0))
            rows.append(
                {
                    "kind": "rate_ratio",
                    **_ratio(ratio(*first, *other, level=options.level, method=options.method)),
                }
            )
        else:
            rows.append(
                {
                    "kind": "rate",
                    **_rate(rate(*first, level=options.level, method=options.method), options.per),
                }
            )
    return {"question": "rates", "method": options.method, "n": len(rows), "level": options.level, "per": options.per,
            "refused": False, "reason": "", "rates": rows, "comparisons": [], "warnings": []}  # fmt: skip


def _whole(table: Table, row: Row, column: int) -> float:
    value = table.number(row, column, least=0)
    if value != int(value):
        raise InputError(f"{table.at(row, column)}: {value:g} events; a whole number is needed.")
    return value


def _cells(table: Table, options: argparse.Namespace) -> list[Cell]:
    if not table.names:
        return [Cell("all", "all", _whole(table, row, 0), table.number(row, 1, least=0)) for row in table]
    events = table.need(options.events.lower()) if options.events else table.need(*EVENTS)
    exposure = table.need(options.exposure.lower()) if options.exposure else table.need(*EXPOSURE)
    group = table.need(options.group.lower()) if options.group else table.column(*GROUP)
    stratum = table.need(options.stratum.lower()) if options.stratum else table.column(*STRATUM)
    seen: dict[tuple[str, str], Row] = {}
    cells = []
    for row in table:
        key = (
            "all" if group is None else table.text(row, group),
            "all" if stratum is None else table.text(row, stratum),
        )
        if key in seen and (group is not None or stratum is not None):
            raise InputError(
                f"{table.source}, line {row.line}: {' and '.join(key)} stand on line {seen[key].line} already. Add them up first."
            )
        seen[key] = row
        cells.append(Cell(*key, _whole(table, row, events), table.number(row, exposure, least=0)))
    return cells


def _answer(cells: Sequence[Cell], options: argparse.Namespace, source: str) -> dict[str, Any]:
    if not cells:
        raise InputError(f"{source}: no rows under the names of the columns.")
    groups = list(dict.fromkeys(cell.group for cell in cells))
    rates = []
    for cell in cells:
        found = rate(cell.events, cell.exposure, level=options.level, method=options.method)
        rates.append({"group": cell.group, "stratum": cell.stratum, **_rate(found, options.per)})
    totals = []
    for group in groups:
        mine = [cell for cell in cells if cell.group == group]
        found = rate(
            sum(c.events for c in mine),
            sum(c.exposure for c in mine),
            level=options.level,
            method=options.method,
        )
        totals.append({"group": group, **_rate(found, options.per)})
    reference = options.reference or groups[0]
    made = [compare(cells, group, reference, level=options.level) for group in groups if group != reference]
    exposed = sum(cell.exposure for cell in cells)
    return {
        "question": "rates", "method": options.method, "n": int(sum(cell.events for cell in cells)), "exposure": exposed,
        "level": options.level, "per": options.per, "refused": exposed == 0,
        "reason": "No exposure at all: a rate needs operations, hours or people." if exposed == 0 else "",
        "rates": rates, "totals": totals, "comparisons": [_comparison(one, options.per) for one in made],
        "warnings": [
            {"group": one.group, "code": code, "sentence": sentence} for one in made for code, sentence in one.warnings
        ],
    }  # fmt: skip


def _rate(found: Rate, per: float) -> dict[str, Any]:
    def scaled(value: float | None) -> float | None:
        return None if value is None else value * per

    return {
        "events": found.events, "exposure": found.exposure, "rate": scaled(found.value), "low": scaled(found.low),
        "high": scaled(found.high), "reason": found.reason,
    }  # fmt: skip


def _ratio(found: Ratio) -> dict[str, Any]:
    return {"ratio": found.value, "low": found.low, "high": found.high, "p": found.p, "reason": found.reason}


def _comparison(found: Comparison, per: float) -> dict[str, Any]:
    return {
        "group": found.group,
        "reference": found.reference,
        "crude": _ratio(found.crude),
        "adjusted": None if found.adjusted is None else _ratio(found.adjusted),
        "strata": [{"stratum": one.stratum, **_ratio(one.ratio)} for one in found.strata],
        "standardised": [_rate(one, per) for one in found.standardised],
        "heterogeneity_p": found.heterogeneity_p,
    }
