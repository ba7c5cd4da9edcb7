"""Rows as plain data and back, without losing a microsecond: what a merge remembers and a split puts back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

from constat.apps.incidents.models import (
    Attribution,
    HarmLine,
    Incident,
    IncidentPause,
    IncidentReport,
    PersonHarm,
    Source,
)

AnyModel = TypeVar("AnyModel", bound=Model)

# The rows of an incident that a merge touches, by the name they have in its memory.
MOVING: Mapping[str, type[Model]] = {
    "links": IncidentReport, "sources": Source, "persons": PersonHarm, "attributions": Attribution,
}  # fmt: skip
STAYING: Mapping[str, type[Model]] = {"harms": HarmLine, "pauses": IncidentPause}
ROWS = {**MOVING, **STAYING}

# What the work stands at: a merge does not change it on the incident that is kept, so an undo leaves it alone there.
PROCESS = frozenset(
    [
        "state",
        "closure_reason",
        "clock",
        "clock_started_at",
        "due_at",
        "assigned_to_id",
        "merged_into_id",
        "docket",
        "updated_at",
    ]
)
# Made anew from the rows by sums.refresh.
DERIVED = frozenset(
    [
        "deaths_min",
        "deaths_best",
        "deaths_max",
        "injured_min",
        "injured_best",
        "injured_max",
        "report_count",
        "search_text",
    ]
)
NEVER = frozenset({"id", "uid", "code", "opened_at", "recorded_by_id"})


def row_data(row: Model) -> dict[str, Any]:
    return {field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def rows_of(incident: Incident, names: Iterable[str] = ROWS) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [row_data(row) for row in ROWS[name]._default_manager.filter(incident=incident).order_by("pk")]
        for name in names
    }


def put_back(row: Model, data: Mapping[str, Any], columns: Iterable[str]) -> None:
    """Set the columns from the data; the caller saves."""
    fields = {field.attname: field for field in row._meta.concrete_fields}
    for name in columns:
        setattr(row, name, _typed(fields[name], data[name]))


def rebuilt(model: type[AnyModel], data: Mapping[str, Any]) -> AnyModel:
    row = model()
    put_back(row, data, data.keys())
    return row


def _typed(field: Any, value: Any) -> Any:
    target = field.target_field if field.is_relation else field
    return target.to_python(value) if isinstance(value, str) else value


def incident_columns(*, process: bool) -> list[str]:
    """The columns an undo puts back: all for the absorbed incident, the facts only for the kept one."""
    left_out = NEVER | DERIVED | {"updated_at"} | (frozenset() if process else PROCESS)
    return [field.attname for field in Incident._meta.concrete_fields if field.attname not in left_out]
