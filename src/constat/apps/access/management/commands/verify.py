"""`constat verify`: walk the log and find the first event that was changed, moved or removed."""

import argparse
import json
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from constat.apps.access import log
from constat.apps.access.queries import first


def noted(text: str) -> tuple[int, str]:
    """SIZE:HASH as it was printed earlier."""
    if not (match := re.fullmatch(r"(\d+):([0-9a-f]{64})", text.strip().lower())):
        raise argparse.ArgumentTypeError(
            "write SIZE:HASH as the log page or `constat verify` printed it, for instance 42:9f3c…"
        )
    return int(match[1]), match[2]


class Command(BaseCommand):
    help = "Walk the log. Exit 1, naming the first event that cannot be trusted, if the chain does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", type=noted, metavar="SIZE:HASH", help="a head noted earlier, outside this node"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        fault = first(log.faults(expected_head=options["head"]))
        size, head = log.head()
        result = {"ok": fault is None, "events": size, "head": f"{size}:{head}", "compared_with_noted_head": bool(options["head"]),
                  "first_bad": fault.seq if fault else None, "what": fault.what if fault else None}  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(result))
        elif fault is None:
            self.stdout.write(f"{size} events, each following from the one before it.\nHead: {size}:{head}")
        if fault is not None:
            raise CommandError(f"the log does not hold from event {fault.seq} on: {fault.what}")
