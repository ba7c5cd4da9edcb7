"""Import an activity log: read, map, check every row, hand over. Used by the command line and by the pages alike."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.operations import actions
from constat.apps.operations.draft import Draft, Problem
from constat.apps.operations.errors import OperationError
from constat.apps.operations.zones import zone_known
from constat.apps.reports.draft import Problem as Listed
from constat.integrations.spreadsheet.errors import MappingError
from constat.integrations.spreadsheet.importing import Outcome, keep, sha256_of
from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.integrations.spreadsheet.operations.columns import checked, guess
from constat.integrations.spreadsheet.operations.rows import Reader, own_units
from constat.integrations.spreadsheet.reading import Table, open_table


def import_operations(
    *, path: Path, filename: str, mapping: ColumnMap, by: Person | str, at: datetime, zone: str = "",
    received: actions.Received | None = None, dry_run: bool = False, table: Table | None = None, sha256: str = "",
) -> Outcome:  # fmt: skip
    """`zone`: of the log, for rows that do not say their own; the node's unless given. `received`: the file is the whole
    log of its units for these days, so their logs are entered as received too. `Outcome.batch`: number of the LogFile.

    Raises SpreadsheetError when the file cannot be read or the mapping does not fit it; OperationError for the rest.
    """
    table = table or open_table(path)
    checked(mapping, table.headers)
    zone = zone or timezone.get_current_timezone_name()
    if not zone_known(zone):
        raise MappingError(
            "zone_unknown",
            _("“%(zone)s” is no time zone. Write UTC, +01:00 or Africa/Bamako.") % {"zone": zone},
        )
    reader = Reader(mapping, table.epoch, get_language() or "fr", zone, own_units())
    sha256 = sha256 or sha256_of(path)
    if not dry_run:
        keep(path, sha256)
    rest = _Rest()
    loaded = actions.load(
        by=by, at=at, drafts=rest.drafts(table, reader), filename=filename, sha256=sha256, received=received,
        mapping={"columns": dict(mapping.columns), "zone": zone, "read_as": table.described}, dry_run=dry_run,
        further=rest.problems,
    )  # fmt: skip
    more = {"mapping": dict(mapping.columns), "zone": zone, "read_as": table.described, "units": list(loaded.units),
            "logs": loaded.logs}  # fmt: skip
    return Outcome(
        file=filename, sha256=sha256, kind="operations", rows=loaded.rows, imported=loaded.imported,
        unchanged=loaded.unchanged, changed=loaded.changed, refused=loaded.refused, warnings=loaded.warnings,
        problems=tuple(_listed(one) for one in loaded.problems), dry_run=dry_run,
        batch=None if dry_run else loaded.file, more=more,
    )  # fmt: skip


def _listed(one: Problem) -> Listed:
    return Listed(row=one.row, severity=one.severity, field=one.field, reason=one.reason, message=one.message,
                  content=dict(one.content))  # fmt: skip


def import_recognised(*, path: Path, filename: str, by: Person | str, at: datetime, dry_run: bool) -> Outcome:
    """A file whose headings say everything."""
    table = open_table(path)
    try:
        return import_operations(
            path=path,
            filename=filename,
            mapping=guess(table.headers),
            by=by,
            at=at,
            dry_run=dry_run,
            table=table,
        )
    except OperationError as error:
        raise MappingError(error.reason, str(error)) from error


class _Rest:
    """A row is handed over once, with its first fault; its other faults are listed beside it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def drafts(self, table: Table, reader: Reader) -> Iterator[Draft | Problem]:
        for row in table.rows():
            first, *others = reader.read(row)
            self.problems += [one for one in others if isinstance(one, Problem)]
            yield first


__all__ = ["import_operations", "import_recognised"]
