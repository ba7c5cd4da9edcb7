"""Import a file of UCDP GED: every event a report of the source `ucdp_ged`, every row accounted for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from constat.apps.access.models import Person
from constat.apps.reports.actions.register_source import register_source
from constat.apps.reports.draft import Draft, Problem
from constat.apps.reports.models import ExternalSource, Report
from constat.integrations.spreadsheet.importing import Outcome, bring_in
from constat.integrations.spreadsheet.reading import Table, open_table
from constat.integrations.ucdp.mapping import SOURCE, Columns, draft_of, figures, recognise

NAME = "Uppsala Conflict Data Program, Georeferenced Event Dataset"
RELIABILITY = "B"  # usually reliable: trained coders, a published codebook, two passes of checking
NOTE = "CC BY 4.0. Cite: Sundberg and Melander (2013), Journal of Peace Research 50(4); Davies, Pettersson and Oberg (2023)."
FATES = ("imported", "unchanged", "changed", "refused")


@dataclass
class _Sums:
    """Deaths low, best and high of the rows of one fate, and how many rows had no readable figures."""

    low: int = 0
    best: int = 0
    high: int = 0
    rows: int = 0
    unreadable: int = 0

    def add(self, found: tuple[int, int, int] | None) -> None:
        self.rows += 1
        if found is None:
            self.unreadable += 1
        else:
            self.low, self.best, self.high = self.low + found[0], self.best + found[1], self.high + found[2]

    def as_json(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "low": self.low,
            "best": self.best,
            "high": self.high,
            "unreadable": self.unreadable,
        }


@dataclass
class _Watch:
    """Passes the rows on and remembers, in 100 bytes each, what is needed to say afterwards what became of the deaths."""

    table: Table
    columns: Columns
    source: ExternalSource
    today: datetime
    seen: list[tuple[int, str, tuple[int, int, int] | None]] = field(default_factory=list)

    def drafts(self) -> Iterator[Draft | Problem]:
        for row in self.table.rows():
            self.seen.append((row.number, row.cells["id"], figures(row.cells, self.columns)))
            yield draft_of(
                row, self.columns, source_id=self.source.pk or 0, reliability=self.source.reliability,
                today=self.today.date(),
            )  # fmt: skip

    def totals(self, outcome: Outcome, known: set[str]) -> dict[str, dict[str, int]]:
        fates = {one.row: one.severity for one in outcome.problems if one.severity != "warning"}
        sums = {name: _Sums() for name in ("file", *FATES)}
        for number, key, found in self.seen:
            fate = fates.get(number) or ("unchanged" if key in known else "imported")
            if fate == "imported":
                known.add(key)
            for name in ("file", fate):
                sums[name].add(found)
        return {name: total.as_json() for name, total in sums.items()}


def import_ucdp(
    *, path: Path, filename: str, by: Person | str, at: datetime, dry_run: bool = False
) -> Outcome:
    """Raises SpreadsheetError when the file as a whole cannot be read. `totals` in the outcome: file = the four fates."""
    table = open_table(path)
    columns = recognise(table.headers)
    source = _source(by, at, dry_run)
    known = set(Report.objects.filter(source__code=SOURCE).values_list("external_key", flat=True))
    watch = _Watch(table, columns, source, at)
    outcome = bring_in(
        path=path, filename=filename, kind="ucdp", by=by, at=at, drafts=watch.drafts(), source=source,
        mapping=_described(table, columns), dry_run=dry_run,
    )  # fmt: skip
    more = {"totals": watch.totals(outcome, known), "read_as": table.described}
    return replace(outcome, more=more)


def _source(by: Person | str, at: datetime, dry_run: bool) -> ExternalSource:
    if dry_run:
        # A dry run writes nothing, not even the source.
        return ExternalSource.objects.filter(code=SOURCE).first() or ExternalSource(
            code=SOURCE, reliability=RELIABILITY
        )
    return register_source(
        by=by, at=at, code=SOURCE, name=NAME, reliability=RELIABILITY, source_type="dataset", note=NOTE
    )


def _described(table: Table, columns: Columns) -> Mapping[str, object]:
    return {
        "shape": "native" if columns.native else "short",
        "read_as": table.described,
        "columns": list(table.headers),
    }
