"""How many in all: the range, the distribution inside it, and each area, when reports repeat each other and places are not sure."""

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constat.analysis.totals.spread import Total

METHOD = (
    "reports of one part of an incident joined by the largest minimum and the largest maximum, parts added; inside a range "
    "the chance falls from the best estimate to both ends"
)
LIMITS = (
    "The distribution inside a range is a convention. Only [sum of min, sum of max] is what the reports say.",
    "The narrow interval holds when incidents err independently, the wide one when all err the same way. The truth lies between.",
    "Harm nobody reported is not in any total: ask undercount.",
    "Reports of one incident that nobody recognised as such are counted twice: ask link.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("file", metavar="FILE", help="one row a report: incident, min, best, max, area or areas with chances")
    ask("--area", metavar="NAME", help="the column of areas")
    ask(
        "--widen",
        action="store_true",
        help="widen a range that does not hold its own best estimate, and say which",
    )
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    from constat.analysis.totals import files, ranges, spread

    reports, widened = files.read(options.file, latest=options.today, area=options.area, widen=options.widen)
    found = ranges.incidents(reports)
    whole, areas = spread.over(found), spread.by_area(found)
    given = {
        "question": "totals", "method": METHOD, "n_reports": len(reports), "n_incidents": len(found),
        "n_joined": len(reports) - len(found), "refused": False, "reason": "", "total": as_json(whole),
        "areas": [{"area": area} | as_json(one) for area, one in areas.items()],
        "contradictions": [{"incident": one.key, "reports": list(one.reports)} for one in found if one.contradicts],
        "widened": widened, "limits": list(LIMITS),
    }  # fmt: skip
    if options.html:
        from constat.analysis.totals import figures

        figures.write_page(given, options.html)
    return given


def as_json(one: "Total") -> dict[str, Any]:
    return {
        "min": one.tally.min, "best": one.tally.best, "max": one.tally.max, "n": one.tally.n,
        "n_best_unknown": one.tally.n_best_unknown, "n_max_open": one.tally.n_max_open, "open_ended": one.open_ended,
        "expected": round(one.expected, 9),
        "quantiles": {f"{level:g}": value for level, value in one.quantiles.items()},
        "quantiles_together": {f"{level:g}": value for level, value in one.together.items()},
    }  # fmt: skip
