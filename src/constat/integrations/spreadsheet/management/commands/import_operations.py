from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from constat.apps.operations.actions import Received
from constat.apps.operations.errors import OperationError
from constat.integrations.spreadsheet.commanding import ImportCommand
from constat.integrations.spreadsheet.importing import SYSTEM, Outcome
from constat.integrations.spreadsheet.operations.columns import amended, guess
from constat.integrations.spreadsheet.operations.importing import import_operations
from constat.integrations.spreadsheet.reading import open_table


class Command(ImportCommand):
    help = "Import a unit's activity log from a CSV file or an .xlsx workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--map", nargs="+", action="extend", default=[], metavar="TARGET=COLUMN",
                            help="What a column is, where its heading does not say it: --map unit=Section kind=Activité")  # fmt: skip
        parser.add_argument("--zone", default="", help="Time zone of the log: UTC, +01:00, Africa/Bamako (the node's, unless said).")  # fmt: skip
        parser.add_argument("--sheet", default="", help="Name of the sheet of a workbook (the first one, unless said).")  # fmt: skip
        parser.add_argument("--first", type=date.fromisoformat, help="The file is the whole log of its units from this day …")  # fmt: skip
        parser.add_argument("--last", type=date.fromisoformat, help="… to this one: their logs are entered as received.")  # fmt: skip
        parser.add_argument(
            "--brought-by", default="", help="Post or section that handed the log over; no name."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["first"] is None) != (options["last"] is None):
            raise CommandError("Give both --first and --last, or neither.", returncode=2)
        try:
            self.bring_in(options["file"], lambda: self._act(options), as_json=options["json"])
        except OperationError as error:
            raise CommandError(str(error)) from error

    def _act(self, options: dict[str, Any]) -> Outcome:
        path, received = options["file"], None
        table = open_table(path, sheet=options["sheet"])
        if options["first"]:
            received = Received(options["first"], options["last"], options["brought_by"])
        return import_operations(
            path=path, filename=path.name, mapping=amended(guess(table.headers), options["map"], table.headers),
            by=SYSTEM, at=timezone.now(), zone=options["zone"], received=received, dry_run=options["dry_run"],
            table=table,
        )  # fmt: skip
