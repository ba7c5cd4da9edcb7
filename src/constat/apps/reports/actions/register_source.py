"""Register an outside source: the body whose records come in, with the reliability the cell gives it."""

from datetime import datetime

from django.db import transaction

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import require
from constat.apps.reports.models import ExternalSource
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


def register_source(
    *, by: Person | str, at: datetime, code: str, name: str, reliability: str = "F", source_type: str = "dataset",
    note: str = "",
) -> ExternalSource:  # fmt: skip
    """The source of that code; made if it is new, returned as it is if the cell already knows it."""
    if isinstance(by, Person):
        require(by, Permission.REPORTS_IMPORT, at=at)
    vocabulary("reliability").check(reliability)
    with transaction.atomic():
        source, made = ExternalSource.objects.get_or_create(
            code=code,
            defaults={"name": name, "reliability": reliability, "source_type": source_type, "note": note},
        )
        if made:
            log.record(
                by=by, verb="reports.register_source", object_type="source", object_key=code, at=at,
                details={"reliability": reliability, "source_type": source_type},
            )  # fmt: skip
    return source
