from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from constat.integrations.spreadsheet.commanding import ImportCommand
from constat.integrations.spreadsheet.importing import SYSTEM, Outcome
from constat.integrations.spreadsheet.mapping import amended, guess
from constat.integrations.spreadsheet.reading import open_table
from constat.integrations.spreadsheet.reports import import_reports


class Command(ImportCommand):
    help = "Import reports from a CSV file or an .xlsx workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--map", nargs="+", action="extend", default=[], metavar="TARGET=COLUMN",
                            help="What a column is, where its heading does not say it: --map killed=Tués place=Localité")  # fmt: skip
        parser.add_argument("--source", default="", help="Code of the outside body whose list this is.")
        parser.add_argument(
            "--sheet", default="", help="Name of the sheet of a workbook (the first one, unless said)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.bring_in(options["file"], lambda: self._act(options), as_json=options["json"])

    def _act(self, options: dict[str, Any]) -> Outcome:
        path = options["file"]
        table = open_table(path, sheet=options["sheet"])
        mapping = amended(guess(table.headers), options["map"], table.headers)
        return import_reports(
            path=path, filename=path.name, mapping=mapping, by=SYSTEM, at=timezone.now(),
            source=options["source"], dry_run=options["dry_run"], table=table,
        )  # fmt: skip
