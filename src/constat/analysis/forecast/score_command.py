"""How good forecasts were: CRPS, IGN, MIS and calibration, of forecasts in a file or, by rolling origin, of ours on a table of harm."""

import argparse
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from constat.analysis.forecast import files

    files.arguments(parser)
    ask = parser.add_argument
    ask("--origins", type=int, metavar="N", help="rolling origin: how many past dates, 6")
    ask("--every", type=int, metavar="N", help="rolling origin: periods between them, 2 months or 8 weeks")
    ask("--quiet", action="store_true", help="no word about progress on stderr")
    ask("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    from constat.analysis import columns
    from constat.analysis.forecast import drawn

    table = columns.read(options.file)
    found = drawn.answer(table) if drawn.holds_forecasts(table) else _rolled(options)
    if options.html:
        from constat.analysis.forecast import figures

        figures.write_score_page(found, options.html)
    return found


def _rolled(options: argparse.Namespace) -> dict[str, Any]:
    from constat.analysis.errors import InputError
    from constat.analysis.forecast import answers, files, made, rolling
    from constat.analysis.forecast.command import progress

    longest = made.LONGEST[options.unit]
    if not 1 <= options.horizon <= longest:
        raise InputError(f"--horizon {options.horizon}: from 1 to {longest} {options.unit}s ahead.")
    for name in ("origins", "every"):
        given = getattr(options, name)
        if given is not None and given < 1:
            raise InputError(f"--{name} {given}: 1 or more.")
    panel = files.read(options.file, files.asked(options))
    at = rolling.origins(panel, options.horizon, number=options.origins, every=options.every)
    reason = made.refusal(panel, options.horizon, max(len(at), 0))
    if reason:
        return answers.rolled(options.unit, [], reason)
    horizons = range(1, options.horizon + 1)
    past = rolling.accuracy(panel, horizons, at, progress=None if options.quiet else progress)
    return answers.rolled(options.unit, past, "")
