"""Bring a file in: keep it, open a batch, hand its rows to reports, and say what became of every row.

The same for every kind of file; each kind brings its own way from a row to a draft. The file is kept first, under its
hash, so that a refused row can be looked up in it even if everything after goes wrong.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.reports.actions.list_problems import list_problems
from constat.apps.reports.actions.open_batch import open_batch
from constat.apps.reports.actions.receive_many import receive_many
from constat.apps.reports.draft import Draft, Problem
from constat.apps.reports.models import ExternalSource, ImportBatch

SYSTEM = "system"


@dataclass(frozen=True)
class Outcome:
    """What became of a file: docs/reference/imports.md describes each word. rows = imported + unchanged + changed + refused."""

    file: str
    sha256: str
    kind: str
    rows: int
    imported: int
    unchanged: int
    changed: int
    refused: int
    warnings: int
    problems: tuple[Problem, ...]
    dry_run: bool
    batch: int | None
    more: Mapping[str, Any] = field(
        default_factory=dict
    )  # what only this kind of file has: totals, mapping ...

    def as_json(self) -> dict[str, Any]:
        names = ("file", "sha256", "kind", "rows", "imported", "unchanged", "changed", "refused", "warnings")
        return {
            **{name: getattr(self, name) for name in names},
            "problems": [
                {
                    "row": one.row,
                    "field": one.field,
                    "reason": one.reason,
                    "message": one.message,
                    "severity": one.severity,
                }
                for one in self.problems
            ],
            "dry_run": self.dry_run,
            "batch": self.batch,
            **self.more,
        }


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder() -> Path:
    return Path(settings.HOME) / "evidence" / "imports"


def keep(path: Path, sha256: str) -> Path:
    """The file under its hash in the node's evidence folder; written whole and on disk before anything refers to it."""
    target = folder() / sha256
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as copy, path.open("rb") as file:
            shutil.copyfileobj(file, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        os.replace(name, target)  # mkstemp makes it readable by the node's user alone
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target


def bring_in(
    *, path: Path, filename: str, kind: str, by: Person | str, at: datetime, drafts: Iterable[Draft | Problem],
    source: ExternalSource | None = None, mapping: Mapping[str, object] | None = None, dry_run: bool = False,
    sha256: str = "", further: Iterable[Problem] = (),
) -> Outcome:  # fmt: skip
    """`drafts`: every row of the file in order, as a draft or as the problem that refuses it.

    `further`: faults of a refused row beside its first one; read after all drafts were.
    """
    sha256 = sha256 or sha256_of(path)
    if dry_run:
        batch = ImportBatch(kind=kind, filename=filename, sha256=sha256, source=source, at=at)
    else:
        keep(path, sha256)
        batch = open_batch(
            by=by, at=at, kind=kind, filename=filename, sha256=sha256, source=source, mapping=mapping
        )
    # One transaction: the rows and the whole list of what is wrong with them stand together or not at all.
    with transaction.atomic():
        counts = receive_many(by=by, at=at, batch=batch, drafts=drafts, dry_run=dry_run)
        others = tuple(further)
        if not dry_run and others:
            list_problems(batch=batch, problems=others)
    return Outcome(
        file=filename, sha256=sha256, kind=kind, rows=counts.rows, imported=counts.imported,
        unchanged=counts.unchanged, changed=counts.changed, refused=counts.refused, warnings=counts.warnings,
        problems=tuple(sorted([*counts.problems, *others], key=lambda one: one.row)), dry_run=dry_run, batch=batch.pk,
    )  # fmt: skip
