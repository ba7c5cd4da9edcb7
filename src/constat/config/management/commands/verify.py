"""`constat verify`: walk the log, the signed decisions, the ledger of amends and the evidence store, and name what was changed, moved or removed."""

import argparse
import json
import re
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from constat.apps.access import log
from constat.apps.access.queries import first
from constat.apps.amends import verify as ledger
from constat.apps.evidence import integrity
from constat.apps.inquiries import proof


def noted(text: str) -> tuple[int, str]:
    """SIZE:HASH as it was printed earlier."""
    if not (match := re.fullmatch(r"(\d+):([0-9a-f]{64})", text.strip().lower())):
        raise argparse.ArgumentTypeError(
            "write SIZE:HASH as the log page or `constat verify` printed it, for instance 42:9f3c…"
        )
    return int(match[1]), match[2]


class Command(BaseCommand):
    help = (
        "Walk the log, the signed decisions, the ledger of amends and the evidence store. Exit 1, naming the first event that cannot be trusted and every file that was"
        " changed, is missing or belongs to nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", type=noted, metavar="SIZE:HASH", help="a head noted earlier, outside this node"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--log-only", action="store_true", help="do not read the evidence store, which takes longer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        fault = first(log.faults(expected_head=options["head"]))
        size, head = log.head()
        walked = None if options["log_only"] else integrity.walk(at=timezone.now())
        books = list(ledger.faults())
        signed = list(proof.faults())
        result = {"ok": fault is None and not books and not signed and not (walked and walked.faults), "events": size, "head": f"{size}:{head}",
                  "compared_with_noted_head": bool(options["head"]), "first_bad": fault.seq if fault else None,
                  "what": fault.what if fault else None, "ledger": [asdict(one) for one in books],
                  "decisions": [asdict(one) for one in signed],
                  "evidence": asdict(walked) if walked else None}  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._say(size, head, fault, walked)
        wrong = [f"the log does not hold from event {fault.seq} on: {fault.what}"] if fault else []
        wrong += [
            f"evidence: {one.code or '-'} {one.file}: {one.what}" for one in (walked.faults if walked else ())
        ]
        wrong += [f"{one.record}: {one.what}" for one in signed]
        wrong += [f"ledger: {one.record}: {one.what}" for one in books]
        if wrong:
            raise CommandError("\n".join(wrong))

    def _say(self, size: int, head: str, fault: log.Fault | None, walked: integrity.Walk | None) -> None:
        if fault is None:
            self.stdout.write(f"{size} events, each following from the one before it.\nHead: {size}:{head}")
        if walked and not walked.faults:
            self.stdout.write(f"{walked.files} sealed files ({walked.bytes} bytes), each as it was received.")
