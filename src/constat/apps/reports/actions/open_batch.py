"""Open a batch: a file was chosen to be brought in. The file itself stays in the node under its hash."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import require
from constat.apps.reports.errors import BatchError
from constat.apps.reports.models import ExternalSource, ImportBatch
from constat.rules.permissions import Permission


def open_batch(
    *, by: Person | str, at: datetime, kind: str, filename: str, sha256: str,
    source: ExternalSource | None = None, mapping: Mapping[str, object] | None = None,
) -> ImportBatch:  # fmt: skip
    """An empty batch for `receive_many`. `kind`: reports, ucdp, places. `filename`: the name only, never a path."""
    if isinstance(by, Person):
        require(by, Permission.REPORTS_IMPORT, at=at)
    name = filename.replace("\\", "/").rsplit("/", 1)[-1][:255]
    if not name or len(sha256) != 64:
        raise BatchError(_("The file has no name or no fingerprint. Choose the file again."))
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=kind, filename=name, sha256=sha256, source=source, mapping=dict(mapping or {}),
            by=by if isinstance(by, Person) else None, at=at,
        )  # fmt: skip
        log.record(
            by=by, verb="reports.open_batch", object_type="batch", object_key=batch.pk, at=at,
            details={"kind": kind, "file": sha256},
        )  # fmt: skip
    return batch
