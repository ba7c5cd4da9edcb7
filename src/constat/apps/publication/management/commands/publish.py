"""`constat publish`: a counted publication as a draft, from the command line."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from constat.apps.publication import compose
from constat.apps.publication.actions.compose import withheld_before
from constat.apps.publication.composed import Composed, PublicationError
from constat.rules.speech import LANGUAGES, RuleError
from constat.ui.documents import RENDERERS

FORMATS = (*RENDERERS, "json")


class Command(BaseCommand):
    help = "A counted publication as a draft: nothing is released by this command."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        statement = kinds.add_parser("queue-statement", help="the monthly statement of reports")
        statement.add_argument("--month", required=True, help="2026-10")
        statement.add_argument("--denominator", action="append", default=[], metavar="UNIT=NUMBER=SOURCE",
                               help="a measure of exposure that is not in the store: engagements=42089=Force")  # fmt: skip
        note = kinds.add_parser("note", help="the quarterly note on human rights")
        note.add_argument("--quarter", required=True, help="2026-Q3")
        for one in (statement, note):
            one.add_argument("--format", choices=FORMATS, default="html")
            one.add_argument("--language", choices=LANGUAGES, default="fr")
            one.add_argument("--at", help="as of this moment (ISO 8601, with its zone); now unless said")
            one.add_argument("--out", type=Path, help="write here instead of to the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        at = _moment(options["at"])
        try:
            found = _compose(options, at)
        except RuleError as error:
            raise CommandError(error.say(options["language"])) from error
        except PublicationError as error:
            raise CommandError(str(error)) from error
        self._put(_bytes(found, options["format"]), options["out"])

    def _put(self, content: bytes, out: Path | None) -> None:
        if out is not None:
            out.write_bytes(content)
            self.stdout.write(str(out))
        elif sys.stdout.isatty() and content[:2] in (b"%P", b"PK"):
            raise CommandError("A PDF or a Word file is not for a terminal. Add --out FILE.")
        else:
            self.stdout._out.buffer.write(content)  # type: ignore[attr-defined]


def _compose(options: dict[str, Any], at: datetime) -> Composed:
    if options["kind"] == "note":
        quarter = options["quarter"]
        return compose.note(compose.NODE, quarter=quarter, language=options["language"], at=at,
                            withheld=withheld_before(quarter))  # fmt: skip
    return compose.queue_statement(
        compose.NODE, month=options["month"], language=options["language"], at=at,
        denominators=[_denominator(text) for text in options["denominator"]],
    )  # fmt: skip


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"Write the moment as 2026-11-01T08:00+00:00, not {text}.", returncode=2
        ) from error
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _denominator(text: str) -> compose.Denominator:
    unit, _, rest = text.partition("=")
    value, _, source = rest.partition("=")
    if not unit or not value.isdecimal() or int(value) == 0 or not source:
        raise CommandError(
            f"Write a denominator as UNIT=NUMBER=SOURCE, for example engagements=42089=Force, not {text}.",
            returncode=2,
        )
    return compose.Denominator(unit, int(value), source)


def _bytes(found: Composed, form: str) -> bytes:
    if form == "json":
        return (json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n").encode()
    return RENDERERS[form](found.document)
