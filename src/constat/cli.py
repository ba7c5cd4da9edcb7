"""`constat`: one program, one word per task.

The words, their options and their JSON are relied on by others: docs/reference/cli.md. Each word is a Django management
command of the app that does the work; this file only finds it, so that the command line stands below the apps.

Exit codes: 0 done, 1 refused with the reason on stderr, 2 wrong use.
"""

import os
import sys
from collections.abc import Sequence

from constat import node

# word -> (management command, what it does). `import` and `analyse` take a second word.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "make this folder a node: keys, database"),
    "demo": ("demo", "fill the node with an invented mission (--seed N --size small|full)"),
    "serve": ("serve", "answer on http://127.0.0.1:PORT (--port N)"),
    "import ucdp": ("import_ucdp", "bring in events of the UCDP Georeferenced Event Dataset"),
    "import reports": ("import_reports", "bring in reports from a CSV or XLSX file"),
    "import operations": ("import_operations", "bring in a unit's activity log from a CSV or XLSX file"),
    "import places": ("import_places", "bring in a gazetteer, boundaries or p-codes"),
    "totals": ("totals", "harm on record, as ranges (--scope all|own --by country,year,type_of_violence)"),
    "publish": (
        "publish",
        "a counted publication as a draft: queue-statement, note (--format html|pdf|docx|json)",
    ),
    "analyse": ("", "what the figures can bear: undercount, clusters, rates ... (constat analyse --help)"),
    "bag": ("bag", "write an approved hand-over bag (constat bag X-2026-000012 --by NAME --out PATH)"),
    "verify": ("verify", "walk the log and find the first event that was changed, moved or removed"),
    "person": ("person", "make an account; how the first one of a node comes to be"),
    "migrate": ("migrate", "bring the database up to this version of the program"),
}
NEEDS_NO_NODE = {"init"}


def usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  constat {word:<{width}}  {what}" for word, (_, what) in COMMANDS.items()]
    return "Usage: constat WORD [options]     (constat WORD --help tells more)\n\n" + "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if words in (["--help"], ["-h"], ["help"]):
        print(usage())
        return 0
    if words == ["--version"]:
        from importlib.metadata import version

        print(version("constat"))
        return 0
    name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else " ".join(words[:1])
    if name not in COMMANDS:
        print(
            usage() if not words else f"constat: there is no word {words[0]!r}.\n\n{usage()}", file=sys.stderr
        )
        return 2
    return run(name, words[len(name.split()) :])


def run(name: str, options: list[str]) -> int:
    if name == "analyse":
        # The analysis library needs neither node nor Django: it must answer on any machine, from any file.
        from constat.analysis.command import main as analyse

        return analyse(options)
    folder = node.home()
    asks_help = "--help" in options or "-h" in options
    try:
        if name in NEEDS_NO_NODE and not asks_help:
            node.create(folder, name="")
        elif not node.is_node(folder) and not asks_help:
            raise node.NodeError(
                f"There is no node in {folder}. Run `constat init` first, or set CONSTAT_HOME to the node's folder."
            )
    except node.NodeError as error:
        print(f"constat: {error}", file=sys.stderr)
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "constat.config.settings")
    if asks_help and not node.is_node(folder):
        os.environ["CONSTAT_DEBUG"] = "1"  # settings demand a key; help needs none

    import django
    from django.core.management import get_commands, load_command_class
    from django.core.management.base import CommandError

    django.setup()
    command_name = COMMANDS[name][0]
    command = load_command_class(get_commands()[command_name], command_name)
    prefix, _, last = f"constat {name}".rpartition(" ")
    try:
        command.run_from_argv([prefix, last, *options])
    except CommandError as error:
        print(f"constat: {error}", file=sys.stderr)
        return 1
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except BrokenPipeError:
        return 1
    return 0


def entry() -> None:
    sys.exit(main())
