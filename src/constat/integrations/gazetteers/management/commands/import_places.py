import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from constat.integrations.gazetteers.errors import GazetteerError
from constat.integrations.gazetteers.importing import Outcome, import_places
from constat.integrations.gazetteers.reading import GEOJSON, GEONAMES, PCODES

SHOWN = 20


class Command(BaseCommand):
    help = "Load places (GeoNames) or administrative areas (GeoJSON, table of p-codes) into the register."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Check every row and write nothing.")
        parser.add_argument("--json", action="store_true", help="Print the result as JSON.")
        parser.add_argument(
            "--kind", choices=[GEONAMES, GEOJSON, PCODES], default="", help="Recognised unless said."
        )
        parser.add_argument(
            "--valid-from", type=date.fromisoformat, help="First day on which these areas hold: 2026-11-21."
        )
        parser.add_argument(
            "--source", default="", help="Publisher and year of the areas; the file's name unless said."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        try:
            outcome = import_places(
                path=path, filename=path.name, by="system", at=timezone.now(), kind=options["kind"],
                valid_from=options["valid_from"], source=options["source"], dry_run=options["dry_run"],
            )  # fmt: skip
        except GazetteerError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False, indent=1))
        else:
            self.tell(outcome)

    def tell(self, outcome: Outcome) -> None:
        counts = {
            name: getattr(outcome, name) for name in ("rows", "imported", "unchanged", "changed", "refused")
        }
        self.stdout.write(
            _(
                "%(rows)d rows: %(imported)d imported, %(unchanged)d already here, %(changed)d changed, %(refused)d refused."
            )
            % counts
        )
        for one in outcome.problems[:SHOWN]:
            self.stdout.write(f"  {one.row:>7}  {one.severity:<8} {one.field:<16} {one.message}")
        if len(outcome.problems) > SHOWN:
            self.stdout.write(
                _("  … and %(n)d more; --json lists them all.") % {"n": len(outcome.problems) - SHOWN}
            )
        if outcome.dry_run:
            self.stdout.write(_("This was a trial: nothing was written."))
