"""Receive the rows of a file: one transaction, one event with a digest of all rows, every row accounted for.

Written with executemany over plain tuples: the model layer costs more per row than all the checks together.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from constat.apps.access import log, vault
from constat.apps.access.counters import reserve_codes
from constat.apps.access.models import Person
from constat.apps.reports import receipts
from constat.apps.reports.actions._gate import require
from constat.apps.reports.actions._rows import consent_values, harm_values, report_values
from constat.apps.reports.draft import Draft, Problem
from constat.apps.reports.errors import BatchError
from constat.apps.reports.faults import faults
from constat.apps.reports.models import Consent, ImportBatch, ImportProblem, Receipt, Report, ReportHarm
from constat.apps.reports.protection import protect_draft
from constat.rules.permissions import Permission

REFUSED, CHANGED, WARNING = "refused", "changed", "warning"
CHUNK = 500  # rows looked up and written together: below SQLite's limit of variables on every build


@dataclass(frozen=True)
class Counts:
    """rows = imported + unchanged + changed + refused, always. `digest`: SHA-256 over the digests of the rows, in order."""

    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    changed: int = 0
    refused: int = 0
    warnings: int = 0
    digest: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass
class _Run:
    by: Person | str
    at: datetime
    batch: ImportBatch
    dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[object, str] = field(default_factory=dict)  # key -> digest, for doubles inside the file
    problems: list[Problem] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)


def receive_many(
    *,
    by: Person | str,
    at: datetime,
    batch: ImportBatch,
    drafts: Iterable[Draft | Problem],
    dry_run: bool = False,
) -> Counts:
    """All rows of a file, in order. A Problem of severity "refused" in the stream is a row the reader could not turn
    into a draft; it is counted and kept. Raises BatchError if the batch was already filled.

    dry_run: everything is checked against the database and nothing is written. `Counts.problems` lists every problem.
    A row is known by (source, external_key) where it has them, else by its uid: make it with uuid5 of what identifies
    the row, and a second import of the same file adds nothing.
    """
    if isinstance(by, Person):
        require(by, Permission.REPORTS_IMPORT, at=at)
    run = _Run(by, at, batch, dry_run)
    stream = iter(drafts)
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk) if batch.pk else batch
        if held.rows:
            raise BatchError(_("This file was already brought in. Start a new import."))
        while chunk := list(islice(stream, CHUNK)):
            _chunk(run, chunk)
        if not dry_run:
            _settle(run)
    return Counts(
        **{name: run.counts[name] for name in ("rows", "imported", "unchanged", "changed", "refused", "warnings")},
        digest=run.digest.hexdigest(), problems=tuple(run.problems),
    )  # fmt: skip


def _chunk(run: _Run, chunk: Sequence[Draft | Problem]) -> None:
    known = _known([one for one in chunk if isinstance(one, Draft)])
    fresh: list[tuple[Draft, str]] = []
    start = len(run.problems)
    for one in chunk:
        run.counts["rows"] += 1
        if isinstance(one, Problem):
            run.counts[REFUSED] += 1
            run.problems.append(one)
            run.digest.update(f"{one.row}:{one.reason};".encode())
        else:
            _sort(run, one, known, fresh)
    if not run.dry:
        if fresh:
            _write(run, fresh)
        ImportProblem.objects.bulk_create(
            [
                ImportProblem(batch=run.batch, row=one.row, severity=one.severity, field=one.field,
                              reason=one.reason, message=one.message, content=dict(one.content))
                for one in run.problems[start:]
            ]
        )  # fmt: skip


def _key(draft: Draft) -> object:
    return (draft.source_id, draft.external_key) if draft.source_id is not None else draft.uid


def _known(drafts: Sequence[Draft]) -> dict[object, str]:
    """Digest of what is already here, by key."""
    known: dict[object, str] = {}
    uids = [draft.uid for draft in drafts if draft.source_id is None]
    if uids:
        known.update(Report.objects.filter(uid__in=uids).values_list("uid", "content_sha256"))
    sources: dict[int, list[str]] = {}
    for draft in drafts:
        if draft.source_id is not None:
            sources.setdefault(draft.source_id, []).append(draft.external_key)
    for source_id, keys in sources.items():
        rows = Report.objects.filter(source_id=source_id, external_key__in=keys)
        known.update(
            ((source_id, key), digest) for key, digest in rows.values_list("external_key", "content_sha256")
        )
    return known


def _sort(run: _Run, draft: Draft, known: dict[object, str], fresh: list[tuple[Draft, str]]) -> None:
    """Refused, unchanged, changed, or to be written."""
    if found := faults(draft):
        run.counts[REFUSED] += 1
        run.digest.update(f"{draft.row}:refused;".encode())
        run.problems += [
            Problem(draft.row, REFUSED, fault.reason, fault.message, fault.field, draft.content)
            for fault in found
        ]
        return
    digest, key = draft.digest(), _key(draft)
    run.digest.update(digest.encode())
    earlier = known.get(key) or run.seen.get(key)
    if earlier is None:
        run.seen[key] = digest
        run.counts["imported"] += 1
        run.counts["warnings"] += len(draft.warnings)
        run.problems += draft.warnings
        fresh.append((draft, digest))
    elif earlier == digest:
        run.counts["unchanged"] += 1
    else:
        run.counts[CHANGED] += 1
        run.problems.append(Problem(draft.row, CHANGED, "changed", _changed(), "", draft.content))


def _changed() -> str:
    return _(
        "A report with this key is already here with other content. It was left as it is; compare the two."
    )


def _write(run: _Run, fresh: Sequence[tuple[Draft, str]]) -> None:
    person = run.by if isinstance(run.by, Person) else None
    codes = reserve_codes("R", run.at.year, len(fresh))
    ids = _ids(Report, len(fresh))
    reports, harms, consents, handed = [], [], [], []
    for pk, code, (draft, digest) in zip(ids, codes, fresh, strict=True):
        protection = protect_draft(draft)
        key = _seal(run, draft, protection.compartment)
        values = report_values(draft, code=code, at=run.at, by=person, reporter_key=key, protection=protection,
                               batch_id=run.batch.pk, digest=digest)  # fmt: skip
        reports.append({"id": pk, **values})
        harms += [{"report_id": pk, **harm_values(line)} for line in draft.harms]
        consents += [{"report_id": pk, **consent_values(one, draft, run.at)} for one in draft.consents]
        if draft.receipt:
            handed.append((pk, draft))
    insert(Report, reports)
    insert(ReportHarm, harms)
    insert(Consent, consents)
    insert(Receipt, list(_receipts(handed, run.at)))


def _seal(run: _Run, draft: Draft, compartment: str) -> UUID | None:
    if not draft.identity:
        return None
    return vault.seal(
        kind="reporter", values=dict(draft.identity), by=run.by, at=run.at, compartment=compartment
    )


def _receipts(handed: Sequence[tuple[int, Draft]], at: datetime) -> Iterator[dict[str, Any]]:
    first = {pk: receipts.lookup(next(receipts.candidates(draft.uid))) for pk, draft in handed}
    taken = set(Receipt.objects.filter(lookup__in=first.values()).values_list("lookup", flat=True))
    for pk, draft in handed:
        found = next(
            key for code in receipts.candidates(draft.uid) if (key := receipts.lookup(code)) not in taken
        )
        taken.add(found)
        yield {"report_id": pk, "lookup": found, "language": draft.reporter_language, "issued_on": at.date()}


def _ids(model: type[Model], n: int) -> list[int]:
    """Primary keys for n new rows. The transaction holds the counter of codes, so no other writer takes the same."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, n]
            )
            return [row[0] for row in cursor.fetchall()]
        # AUTOINCREMENT never gives a removed report's number to another; the sequence table knows the last one.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + 1 + n))


def insert(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """The same columns in every row, keyed by attribute name; values prepared by the model's fields.

    Columns the rows do not name get the model's default; a primary key that is not given is left to the database.
    """
    if not rows:
        return
    fields: dict[str, Any] = {one.attname: one for one in model._meta.concrete_fields}
    names = list(rows[0])
    rest = [one for name, one in fields.items() if name not in rows[0] and not one.primary_key]
    fixed = tuple(one.get_db_prep_save(one.get_default(), connection) for one in rest)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(one.column) for one in [*(fields[name] for name in names), *rest])
    shaped = [(place, to) for place, name in enumerate(names) if (to := _prepared(fields[name]))]
    pick = itemgetter(*names)
    values = []
    for row in rows:
        line = [*pick(row), *fixed]
        for place, to in shaped:
            line[place] = to(line[place])
        values.append(line)
    into = f"{quote(model._meta.db_table)} ({columns})"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for line in values:
                copy.write_row(line)
    else:
        _insert_together(into, values)


def _insert_together(into: str, values: Sequence[list[Any]]) -> None:
    """Many rows in one statement: SQLite's index of words writes itself to disk at the end of every statement that
    touches it, which row by row costs four times all the rest."""
    raw = connection.connection  # the driver itself: its mark is `?`
    width = len(values[0])
    most = raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width
    one = f"({', '.join('?' * width)})"
    for start in range(0, len(values), most):
        part = values[start : start + most]
        marks = ", ".join([one] * len(part))
        with connection.wrap_database_errors:
            raw.execute(f"INSERT INTO {into} VALUES {marks}", list(chain.from_iterable(part)))  # noqa: S608 - names of columns


def _prepared(column: Any) -> Callable[[Any], Any] | None:
    """How a value is shaped for the database; None: the driver takes it as it is (numbers, text).

    The model's own preparation costs some 5 microseconds a value. Dates of a file are few and repeat, so they are
    remembered; identifiers and bytes have one shape on SQLite and are native on PostgreSQL.
    """
    kind = column.get_internal_type()
    if kind in {"DateField", "DateTimeField"}:
        return lru_cache(maxsize=4096)(lambda value: column.get_db_prep_save(value, connection))
    if kind == "UUIDField":
        native = connection.features.has_native_uuid_field
        return lambda value: value if native or value is None else value.hex
    if kind == "JSONField":
        empty = column.get_db_prep_save({}, connection)
        return lambda value: column.get_db_prep_save(value, connection) if value else empty
    return None


def _settle(run: _Run) -> None:
    batch, counts = run.batch, run.counts
    for name in ("rows", "imported", "unchanged", "changed", "refused"):
        setattr(batch, name, counts[name])
    batch.save(update_fields=["rows", "imported", "unchanged", "changed", "refused"])
    log.record(
        by=run.by, verb="reports.import", object_type="batch", object_key=batch.pk, at=run.at,
        details={**{name: counts[name] for name in ("rows", "imported", "unchanged", "changed", "refused")},
                 "file": batch.sha256, "content": run.digest.hexdigest()},
    )  # fmt: skip
