"""Which cells of a table must be withheld so that nobody can be pointed at?"""

import argparse
from typing import Any

from constat.analysis.errors import InputError
from constat.analysis.suppression.attack import attack
from constat.analysis.suppression.protect import Release, suppress
from constat.analysis.suppression.tables import aligned, nesting, read_released, read_table

LIMITS = (
    "Counts are shown or withheld, never changed.",
    "Protection holds against readers who have the tables named here; what else they know is not in it.",
    "Cells of zero are shown: they can tell that a group was spared, never who was harmed.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("file", metavar="FILE", help="CSV: one row per inner cell, dimensions first, the count last")
    ask("--k", type=int, default=5, metavar="N", help="counts from 1 to N-1 are withheld, 5")
    ask("--by", metavar="NAMES", help="dimensions of the table to release, with commas; default all")
    ask("--earlier", nargs="+", default=[], metavar="FILE", help="released before, of the same people")
    ask(
        "--watch",
        nargs="+",
        default=[],
        metavar="NAMES",
        help="dimensions, with commas, of tables not released whose small counts must stay unknown too",
    )
    ask(
        "--nested",
        nargs="+",
        default=[],
        metavar="INNER:OUTER",
        help="dimensions of which one lies in the other, such as cercle:region",
    )
    ask(
        "--seconds",
        type=float,
        default=60.0,
        metavar="N",
        help="time for the proof that no fewer cells suffice, 60",
    )
    ask("--html", metavar="FILE", help="the table as a page")


def answer(options: argparse.Namespace) -> dict[str, Any]:
    table = read_table(options.file)
    earlier = aligned([table, *(read_released(path) for path in options.earlier)])
    by = [name.strip() for name in options.by.split(",")] if options.by else None
    if by and len(set(by)) < len(by):
        raise InputError(f"--by {options.by}: a dimension stands there twice.")
    nested = [_pair(text) for text in options.nested]
    made = suppress(
        table, options.k, by=by, earlier=earlier, seconds=options.seconds, nested=nested,
        watch=[[name.strip() for name in text.split(",")] for text in options.watch],
    )  # fmt: skip
    known = [nesting(table, *pair) for pair in nested]
    bounds = attack([made.as_released(str(options.file)), *earlier], known) if not made.refused else ()
    hidden = set(made.primary)
    out: dict[str, Any] = {
        "k": made.k,
        "n": int(table.counts.sum()),
        "cells": [
            {
                **dict(zip(made.names, cell, strict=True)),
                "count": value,
                "status": "shown" if value is not None else "primary" if cell in hidden else "complementary",
            }
            for cell, value in made.values.items()
        ],
        "suppressed": len(made.primary) + len(made.complementary),
        "primary": len(made.primary),
        "complementary": len(made.complementary),
        "optimal": made.optimal,
        "bound": made.bound,
        "recoverable": sum(bound.exact for bound in bounds or ()),
        "seconds": round(made.seconds, 3),
        "refused": made.refused,
        "reason": made.reason,
    }
    if options.html:
        _page(made, out, options.html)
    return out


def _pair(text: str) -> tuple[str, str]:
    child, _, parent = (part.strip() for part in text.partition(":"))
    if not child or not parent:
        raise InputError(
            f"--nested {text}: write the inner dimension, a colon, the outer one, such as cercle:region."
        )
    return child, parent


def _fewest(made: Release) -> str:
    if made.optimal:
        return "proven fewest"
    return f"at most {made.at_most_too_many} more than the fewest; none of them can be shown again"


def _page(made: Release, out: dict[str, Any], path: str) -> None:
    from constat.analysis.page import Page, Sheet, number, write

    rows = [
        (*cell, number(value) if value is not None else "withheld") for cell, value in made.values.items()
    ]
    write(
        Page(
            title="A table that points at nobody",
            answer="" if made.refused else f"{out['suppressed']} of {len(rows)} cells withheld, {out['complementary']} of them so "
            "that the small counts cannot be worked out.",
            method=f"Counts from 1 to {made.k - 1} withheld; complementary cells by integer programming "
            f"({_fewest(made)}); every withheld cell attacked by linear programming.",
            n=f"{number(out['n'])} people or incidents in the table.",
            limits=LIMITS,
            sheets=[Sheet("As it may be released", (*made.names, "count"), rows)],
            reason=made.reason,
        ),
        path,
    )  # fmt: skip
