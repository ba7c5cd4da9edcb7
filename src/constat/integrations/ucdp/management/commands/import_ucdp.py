from typing import Any

from django.utils import timezone

from constat.integrations.spreadsheet.commanding import ImportCommand
from constat.integrations.spreadsheet.importing import SYSTEM
from constat.integrations.ucdp.importing import import_ucdp


class Command(ImportCommand):
    help = "Import a file of UCDP GED events: each event becomes a report of an outside source."

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        self.bring_in(
            path,
            lambda: import_ucdp(
                path=path, filename=path.name, by=SYSTEM, at=timezone.now(), dry_run=options["dry_run"]
            ),
            as_json=options["json"],
        )
