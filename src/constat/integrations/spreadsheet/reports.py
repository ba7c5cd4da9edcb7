"""Import a list of reports: read, map, check every row, hand over. Used by the command line and by the pages alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions.register_source import register_source
from constat.apps.reports.draft import Draft, Problem
from constat.apps.reports.models import ExternalSource
from constat.integrations.spreadsheet.errors import MappingError
from constat.integrations.spreadsheet.importing import Outcome, bring_in
from constat.integrations.spreadsheet.mapping import ColumnMap, checked
from constat.integrations.spreadsheet.reading import Table, open_table
from constat.integrations.spreadsheet.rows import Reader


def import_reports(
    *, path: Path, filename: str, mapping: ColumnMap, by: Person | str, at: datetime, source: str = "",
    dry_run: bool = False, table: Table | None = None,
) -> Outcome:  # fmt: skip
    """`source`: code of the outside body whose list it is; "" when the rows are accounts the cell itself collected.

    Raises SpreadsheetError when the file cannot be read or the mapping does not fit it.
    """
    table = table or open_table(path)
    checked(mapping, table.headers)
    if "key" in mapping and not source:
        raise MappingError(
            "key_needs_source",
            _(
                "Row 1 of one office is not row 1 of another: to use the column of keys, say whose list this is (source)."
            ),
        )
    outside = _source(source, by, at, dry_run)
    reader = Reader(
        mapping=mapping, epoch=table.epoch, today=at.date(), language=get_language() or "fr",
        source_id=None if outside is None else outside.pk or 0, source_key=source,
        reliability="F" if outside is None else outside.reliability,
    )  # fmt: skip
    rest = _Rest()
    outcome = bring_in(
        path=path, filename=filename, kind="reports", by=by, at=at, drafts=rest.drafts(table, reader), source=outside,
        mapping={**mapping.as_json(), "read_as": table.described}, dry_run=dry_run, further=rest.problems,
    )  # fmt: skip
    return replace(outcome, more={"mapping": mapping.as_json(), "source": source, "read_as": table.described})


class _Rest:
    """A row is handed over once, with its first fault; its other faults are listed beside it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def drafts(self, table: Table, reader: Reader) -> Iterator[Draft | Problem]:
        for row in table.rows():
            first, *others = reader.read(row)
            self.problems += [one for one in others if isinstance(one, Problem)]
            yield first


def _source(code: str, by: Person | str, at: datetime, dry_run: bool) -> ExternalSource | None:
    if not code:
        return None
    if not code.isascii() or not code.replace("-", "").replace("_", "").isalnum() or len(code) > 40:
        raise MappingError(
            "source_code",
            _("“%(code)s” cannot be the code of a source. Use letters without accents, digits, - and _.")
            % {"code": code},
        )
    known = ExternalSource.objects.filter(code=code).first()
    if known or dry_run:
        return known or ExternalSource(code=code, reliability="F")
    return register_source(by=by, at=at, code=code, name=code, reliability="F", source_type="other")
