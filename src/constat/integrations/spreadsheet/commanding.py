"""What the import commands share: the file argument, the words they print, their exit codes."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from constat.integrations.spreadsheet.errors import SpreadsheetError
from constat.integrations.spreadsheet.importing import Outcome

SHOWN = 20  # problems shown as text; --json lists all of them


class ImportCommand(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Check every row and write nothing.")
        parser.add_argument(
            "--json", action="store_true", help="Print the result as JSON (docs/reference/imports.md)."
        )

    def bring_in(self, path: Path, act: Callable[[], Outcome], *, as_json: bool) -> None:
        """Exit code 0 when the file was read, even if rows of it were refused: they are listed. 1 when it was not."""
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        try:
            outcome = act()
        except SpreadsheetError as error:
            raise CommandError(error.message) from error
        if as_json:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False, indent=1))
        else:
            self.tell(outcome)

    def tell(self, outcome: Outcome) -> None:
        self.stdout.write(
            _(
                "%(rows)d rows: %(imported)d imported, %(unchanged)d already here, %(changed)d changed, %(refused)d refused."
            )
            % {
                name: getattr(outcome, name)
                for name in ("rows", "imported", "unchanged", "changed", "refused")
            }
        )
        for one in outcome.problems[:SHOWN]:
            self.stdout.write(f"  {one.row:>7}  {one.severity:<8} {one.field:<16} {one.message}")
        if len(outcome.problems) > SHOWN:
            self.stdout.write(
                _("  … and %(n)d more; --json lists them all.") % {"n": len(outcome.problems) - SHOWN}
            )
        if outcome.dry_run:
            self.stdout.write(_("This was a trial: nothing was written."))


__all__ = ["ImportCommand"]
