"""Fetchers of what was brought in by file: the list of batches, one batch with its rows that need somebody."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from constat.apps.reports.errors import BatchError
from constat.apps.reports.models import ImportBatch, ImportProblem
from constat.apps.reports.pages import BatchPage, BatchRow, ProblemRow
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer

PAGE = 50
SHOWN = 200  # rows on the page; the download has them all


class NoSuchBatch(BatchError):
    """No file of that number, or not for this person."""


PUBLISHED = frozenset({"ucdp"})  # kinds of files that anybody can download elsewhere


def _may(viewer: Viewer) -> bool:
    return bool(viewer.may(Permission.REPORTS_IMPORT))


def _own(viewer: Viewer, batch: ImportBatch) -> bool:
    """May this person see the rows? A row is listed as it was read, and may tell of a child or of sexual violence: no
    compartment holds it, so nobody sees it but whoever had the file in hand."""
    return batch.kind in PUBLISHED or (batch.by_id is not None and str(batch.by_id) == viewer.key)


def batches(viewer: Viewer, *, before: int | None = None) -> list[BatchRow]:
    """Newest first, PAGE at a time; `before`: number of the last one seen."""
    if not _may(viewer):
        return []
    found = ImportBatch.objects.select_related("by", "source").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    return [_row(batch) for batch in found[:PAGE]]


def _row(batch: ImportBatch) -> BatchRow:
    return BatchRow(
        pk=batch.pk, kind=batch.kind, filename=batch.filename, at=batch.at,
        by=batch.by.display_name if batch.by else "", source=batch.source.name if batch.source else "",
        rows=batch.rows, imported=batch.imported, unchanged=batch.unchanged, changed=batch.changed, refused=batch.refused,
    )  # fmt: skip


def _get(viewer: Viewer, pk: int) -> ImportBatch:
    found = ImportBatch.objects.select_related("by", "source").filter(pk=pk).first() if _may(viewer) else None
    if found is None:
        raise NoSuchBatch(_("There is no such file."))
    return found


def batch(viewer: Viewer, pk: int) -> BatchPage:
    found = _get(viewer, pk)
    own = _own(viewer, found)
    rows = list(ImportProblem.objects.filter(batch=found).order_by("row", "id")[: SHOWN + 1]) if own else []
    return BatchPage(
        batch=_row(found),
        sha256=found.sha256,
        mapping=[(str(name), str(value)) for name, value in found.mapping.items()],
        problems=[_problem(row) for row in rows[:SHOWN]],
        more=len(rows) > SHOWN,
        own=own,
    )


def _problem(row: ImportProblem) -> ProblemRow:
    return ProblemRow(row.row, row.severity, row.field, row.message, dict(row.content))


def problems(viewer: Viewer, pk: int) -> Iterator[ProblemRow]:
    """All of them, in the order of the file, for the download. Raises NoSuchBatch, also for somebody else's file."""
    found = _get(viewer, pk)
    if not _own(viewer, found):
        raise NoSuchBatch(_("There is no such file."))
    for row in ImportProblem.objects.filter(batch=found).order_by("row", "id").iterator(chunk_size=1000):
        yield _problem(row)
