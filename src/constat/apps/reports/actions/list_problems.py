"""List further faults of rows that a batch already counts as refused: whoever mends a row wants to mend it once."""

from collections.abc import Iterable

from django.db import connection

from constat.apps.reports.draft import Problem
from constat.apps.reports.errors import BatchError
from constat.apps.reports.models import ImportBatch, ImportProblem


def list_problems(*, batch: ImportBatch, problems: Iterable[Problem]) -> None:
    """Part of the act of `receive_many`, in its transaction and under its event: no row changes its fate by it."""
    if not connection.in_atomic_block:
        raise BatchError("The problems of a file are listed in the transaction that brings it in.")
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(batch=batch, row=one.row, severity=one.severity, field=one.field, reason=one.reason,
                          message=one.message, content=dict(one.content))
            for one in problems
        ],
        batch_size=500,
    )  # fmt: skip
