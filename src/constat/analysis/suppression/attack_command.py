"""What can be worked out from released tables, all solved together?"""

import argparse
from typing import Any

from constat.analysis.errors import InputError
from constat.analysis.suppression.attack import attack
from constat.analysis.suppression.tables import aligned, read_nesting, read_released


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask(
        "files",
        nargs="+",
        metavar="FILE",
        help="CSV as released: 'total' marks a sum, an empty count a cell withheld",
    )
    ask("--k", type=int, default=5, metavar="N", help="a cell known to be from 1 to N-1 points at people, 5")
    ask(
        "--map",
        nargs="+",
        default=[],
        metavar="FILE",
        help="CSV of two columns, such as cercle,region: what readers know of which lies in which",
    )
    ask("--html", metavar="FILE", help="the bounds as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    if options.k < 2:
        raise InputError(f"--k {options.k}: give 2 or more.")
    tables = aligned([read_released(path) for path in options.files])
    bounds = attack(tables, [read_nesting(path) for path in options.map])
    reason = (
        ""
        if bounds is not None
        else "The tables contradict one another: no set of people gives all these counts."
    )
    names = {table.source: table.names for table in tables}
    found = bounds or ()
    small = [b for b in found if b.lower >= 1 and b.upper is not None and b.upper < options.k]
    out: dict[str, Any] = {
        "tables": len(tables),
        "n": sum(value is not None for table in tables for value in table.values.values()),
        "cells": [
            {
                "file": b.source, **dict(zip(names[b.source], b.cell, strict=True)),
                "lower": b.lower, "upper": b.upper, "exact": b.exact,
            }
            for b in found
        ],
        "withheld": len(found),
        "recoverable": sum(b.exact for b in found),
        "known_small": len(small),
        "refused": bounds is None,
        "reason": reason,
    }  # fmt: skip
    if options.html:
        from constat.analysis.page import Page, Sheet, write

        rows = [
            (b.source, " / ".join(b.cell), b.lower, "no limit" if b.upper is None else b.upper) for b in found
        ]
        page = Page(
            title="What the released tables give away",
            answer=f"{out['recoverable']} of {len(found)} withheld cells can be worked out exactly; {len(small)} are known to "
            f"hold 1 to {options.k - 1}.",
            method="Each withheld cell bounded by two linear programmes over all tables together.",
            n=f"{out['n']} published counts in {len(tables)} tables.",
            limits=("What a reader knows from elsewhere is not in these bounds.",),
            sheets=[Sheet("Bounds", ("file", "cell", "at least", "at most"), rows)],
            reason=reason,
        )
        write(page, options.html)
    return out
