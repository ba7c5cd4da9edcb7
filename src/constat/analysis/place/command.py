"""Which place is meant by a name, however it is spelled? The likeliest entries of a gazetteer."""

import argparse
import os
from typing import Any

from constat.analysis.errors import InputError

# Where the gazetteer lies, unless --places says so.
VARIABLE = "CONSTAT_PLACES"
# Of 3,300 spellings of places of Mali, no right answer was less alike than 0.52; what is less is a coincidence of letters.
LEAST = 0.45


def add_arguments(parser: argparse.ArgumentParser) -> None:
    ask = parser.add_argument
    ask("name", metavar="NAME", help="the name as it was heard or written")
    ask(
        "--places",
        metavar="FILE",
        help=f"GeoNames file (.gz too) or table with name, code, latitude, longitude; {VARIABLE} otherwise",
    )
    ask("--within", metavar="CODE", default="", help="code of the region, cercle or commune it lies in")
    ask("--limit", type=int, default=5, metavar="N", help="so many candidates, 5")
    ask(
        "--main-names",
        action="store_true",
        help="search main names only, not the other names of the gazetteer",
    )


def answer(options: argparse.Namespace) -> dict[str, Any]:
    path = options.places or os.environ.get(VARIABLE)
    if not path:
        raise InputError(f"No gazetteer: give --places FILE, or set {VARIABLE}.")
    if not options.name.strip():
        raise InputError("The name is empty: give the name of a place.")
    if options.limit < 1:
        raise InputError(f"--limit {options.limit}: give 1 or more.")
    from constat.analysis.place.find import Finder, keys
    from constat.analysis.place.gazetteer import read

    finder = Finder(read(path, alternates=not options.main_names))
    try:
        found = finder.find(options.name, within=options.within, limit=options.limit)
    except KeyError:
        raise InputError(
            f"--within {options.within}: no place of the gazetteer lies within this code."
        ) from None
    reason = "" if found else "Nothing in the name can be read as letters."
    if found and found[0].likeness < LEAST:
        reason = f"No name is like it: the nearest, {found[0].spelling}, shares hardly a letter ({found[0].likeness:.2f})."
        found = ()
    return {
        "name": options.name, "within": options.within, "read_as": keys(options.name), "n": len(finder.places),
        "refused": not found, "reason": reason,
        "candidates": [
            {
                "code": one.place.code, "name": one.place.name, "spelling": one.spelling, "score": one.likeness, "share": one.share,
                "latitude": one.place.lat, "longitude": one.place.lon, "kind": one.place.kind, "population": one.place.people,
                "parents": list(one.place.parents),
            }
            for one in found
        ],
    }  # fmt: skip
