"""Records for the desk's tests: plain rows, since the desk reads and never writes. All invented."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import shapely

from constat.analysis.names import fold
from constat.apps.access.models import Person
from constat.apps.incidents.models import Incident
from constat.apps.register.models import AdminArea
from constat.apps.reports.models import Report

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_numbers = count(1)


def report(**columns: Any) -> Report:
    number = next(_numbers)
    words = columns.pop("words", "Des hommes armés sont venus.")
    values: dict[str, Any] = {
        "code": f"R-2026-{number:06}", "channel": "phone", "received_at": NOW - DAY, "original": words.encode(),
        "original_language": "fr", "original_sha256": hashlib.sha256(words.encode()).hexdigest(), "adm1": "T1", "adm2": "T11",
        "search_text": fold(f"R-2026-{number:06} {words} {columns.get('place_text', '')}"),
    }  # fmt: skip
    if columns.get("clock"):
        values["clock_started_at"] = NOW - DAY
    return Report.objects.create(**(values | columns))


def incident(**columns: Any) -> Incident:
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"I-2026-{number:06}", "opened_at": NOW - 3 * DAY, "updated_at": NOW - 3 * DAY, "incident_type": "unknown",
        "starts_on": TODAY - 3 * DAY, "ends_on": TODAY - 3 * DAY, "date_precision": "day", "adm1": "T1", "adm2": "T11",
        "country": "MLI", "lon": 0.512, "lat": 0.512, "place_precision": "exact",
        "search_text": fold(f"I-2026-{number:06} {columns.get('place_text', '')} {columns.get('narrative', '')}"),
    }  # fmt: skip
    if columns.get("clock"):
        values["clock_started_at"] = NOW - DAY
    if columns.get("state") == "closed":
        values["closure_reason"] = "not_enough_evidence"
    return Incident.objects.create(**(values | columns))


def areas() -> None:
    """A country of two regions; the first has two districts. Squares of one degree."""
    squares = {
        ("MLI", 0, "Pays", ""): (0, 0, 2, 1), ("T1", 1, "Région Un", "MLI"): (0, 0, 1, 1), ("T2", 1, "Région Deux", "MLI"): (1, 0, 2, 1),
        ("T11", 2, "Cercle Un", "T1"): (0, 0, 0.6, 1), ("T12", 2, "Cercle Deux", "T1"): (0.6, 0, 1, 1),
    }  # fmt: skip
    for (code, level, name, parent), (west, south, east, north) in squares.items():
        shape = shapely.MultiPolygon([shapely.box(west, south, east, north)])
        AdminArea.objects.create(
            code=code, level=level, name=name, folded=fold(name), country="MLI", parent_code=parent, geometry=shape.wkb,
            min_lon=west, min_lat=south, max_lon=east, max_lat=north, lon=shape.centroid.x, lat=shape.centroid.y, source="test",
        )  # fmt: skip


def graded(person: Person, grade: str, **columns: Any) -> Incident:
    return incident(grade=grade, graded_by=person, graded_at=NOW, **columns)


__all__ = ["DAY", "HOUR", "NOW", "TODAY", "areas", "date", "graded", "incident", "report"]
