"""`constat analyse QUESTION ...`: one word per question, answered without node and without Django.

Each question is a module with `add_arguments(parser)` and `answer(options) -> dict`; it is imported only when asked, so that
the heavy libraries load for the question that needs them. Exit codes: 0 answered or refused with a reason in the answer
(`"refused": true`), 1 the input is wrong (the sentence names file and row), 2 wrong use.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module

from constat.analysis.errors import InputError

# question -> (module, what it answers)
QUESTIONS: dict[str, tuple[str, str]] = {
    "clusters": (
        "constat.analysis.clusters.command",
        "where and since when more harm than chance puts there",
    ),
    "knox": ("constat.analysis.clusters.knox_command", "whether events near in space come near in time"),
    "chart": ("constat.analysis.trend.chart_command", "whether this week is out of the ordinary"),
    "effect": (
        "constat.analysis.trend.effect_command",
        "whether a directive changed anything; when a level changed",
    ),
    "rates": ("constat.analysis.rates.command", "harm per operation, within strata, with exact intervals"),
    "reconcile": (
        "constat.analysis.rates.reconcile_command",
        "our events beside an outside series, by reason",
    ),
    "undercount": (
        "constat.analysis.undercount.command",
        "how many nobody reported, from lists that overlap",
    ),
    "network": (
        "constat.analysis.network.command",
        "who is linked to whom as of a day; what moves when a checkpoint moves",
    ),
    "reprisal": (
        "constat.analysis.reprisal.command",
        "whether violence follows harm, and harm an engagement",
    ),
    "link": ("constat.analysis.linkage.command", "which records speak of one person, or of one incident"),
    "place": ("constat.analysis.place.command", "which place is meant by a name, however it is spelled"),
    "suppress": ("constat.analysis.suppression.suppress_command", "which cells of a table must be withheld"),
    "attack": ("constat.analysis.suppression.attack_command", "what released tables give away together"),
    "forecast": ("constat.analysis.forecast.command", "what harm may come, one week to three months ahead"),
    "score": ("constat.analysis.forecast.score_command", "how good forecasts were"),
    "totals": ("constat.analysis.totals.command", "how many in all, as a range and a distribution"),
}


def main(argv: Sequence[str]) -> int:
    words = list(argv)
    if not words or words[0] in ("--help", "-h"):
        print(_usage())
        return 0 if words else 2
    if words[0] not in QUESTIONS:
        print(f"constat analyse: there is no question {words[0]!r}.\n\n{_usage()}", file=sys.stderr)
        return 2
    module = import_module(QUESTIONS[words[0]][0])
    parser = argparse.ArgumentParser(prog=f"constat analyse {words[0]}", description=module.__doc__)
    module.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    try:
        options = parser.parse_args(words[1:])
        # The only clock of the library: a day after this one is refused as a mistake.
        options.today = datetime.now(UTC).date()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    try:
        found = module.answer(options)
    except InputError as error:
        print(f"constat analyse {words[0]}: {error}", file=sys.stderr)
        return 1
    except MemoryError:
        print(
            f"constat analyse {words[0]}: this needs more memory than the machine has. Look for a count that is far too large.",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        # Reading says so by itself; what is left is the page that cannot be written.
        print(
            f"constat analyse {words[0]}: {error.filename or ''}: {error.strerror or error}.", file=sys.stderr
        )
        return 1
    try:
        print(json.dumps(found, ensure_ascii=False, allow_nan=False) if options.json else text(found))
    except ValueError:
        # JSON knows no infinity. Whoever gave a factor of 1e400 must hear it in words.
        print(
            f"constat analyse {words[0]}: a figure of the answer is not finite. Look for a value or an option that is too large.",
            file=sys.stderr,
        )
        return 1
    return 0


def text(found: Mapping[str, object]) -> str:
    """The answer for a terminal: one line per item, nested ones as JSON."""
    width = max((len(name) for name in found), default=0)
    return "\n".join(
        f"{name:<{width}}  {value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)}"
        for name, value in found.items()
    )


def _usage() -> str:
    width = max(map(len, QUESTIONS), default=0)
    lines = [f"  constat analyse {word:<{width}}  {what}" for word, (_, what) in QUESTIONS.items()]
    return "Usage: constat analyse QUESTION FILE [options]\n\n" + "\n".join(lines) + "\n"
