"""How much harm may come, per area and week or month, one week to three months ahead: distributions, never a point alone."""

import argparse
import sys
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from constat.analysis.forecast import files

    files.arguments(parser)
    parser.add_argument("--quiet", action="store_true", help="no word about progress on stderr")
    parser.add_argument("--html", metavar="FILE", help="the answer as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    from constat.analysis.forecast import answers, files, made

    panel = files.read(options.file, files.asked(options))
    found = made.make(panel, options.horizon, progress=None if options.quiet else progress)
    if options.html:
        from constat.analysis.forecast import figures

        figures.write_page(found, options.html)
    return answers.forecast(found)


def progress(done: int, of: int) -> None:
    """One line, only where a person looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rpast accuracy: {done} of {of}" + ("\n" if done == of else ""))
        sys.stderr.flush()
