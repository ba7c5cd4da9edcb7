"""Fetchers of operations. Each takes the viewer; without leave to read operations there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.operations import search
from constat.apps.operations.coverage import Coverage, LogSpan, coverage
from constat.apps.operations.errors import NotAllowed, OperationNotFound
from constat.apps.operations.models import Operation
from constat.rules import overlap
from constat.rules.permissions import Permission
from constat.rules.speech import Sentence
from constat.rules.visibility import Viewer


@dataclass(frozen=True)
class Hit:
    """An operation that could have met. `unit`: its name. `reasons`: in the reader's language; `trace`: the same, unspoken."""

    code: str
    kind: str
    unit: str
    unit_code: str
    starts_at: datetime
    ends_at: datetime
    distance_km: float
    hours_apart: float
    score: float
    reasons: tuple[str, ...]
    trace: tuple[Sentence, ...]
    force: str  # weapon, kinetic, none
    place: str


@dataclass(frozen=True)
class Overlap:
    """`count`: all that met; with `capped` there are at least so many. `hits`: the best of them, best first.

    `searched`, `missing`: for each own unit the days whose log is here, and those whose log is not. Nothing found is a
    finding only together with these two lists.
    """

    hits: tuple[Hit, ...]
    count: int
    capped: bool
    searched: tuple[LogSpan, ...]
    missing: tuple[LogSpan, ...]
    first: datetime
    last: datetime
    lon: float
    lat: float
    radius_km: float
    way: str


def overlapping(
    viewer: Viewer, *, at: datetime, first: date | datetime, last: date | datetime, lon: float, lat: float,
    radius_km: float, limit: int = 50,
) -> Overlap:  # fmt: skip
    """Every operation that could have been within `radius_km` of the point between `first` and `last`.

    Days stand for all of their hours. Raises NotAllowed; WindowBackwards and PlaceOutside of rules.overlap. `at`: the
    moment of asking; what was asked of days still to come is answered by what is on record.
    """
    if Permission.OPERATIONS_READ not in viewer.permissions:
        raise NotAllowed(_("You may not read operations. Ask the cell to make this search."))
    asked = search.moments(first, last)
    found = search.search(asked, lon, lat, radius_km)
    days = search.days_of(asked)
    logs = coverage(days[0], min(days[1], max(at.date(), days[0])))
    return Overlap(
        hits=_hits(found.met[:limit]), count=len(found.met), capped=found.capped, searched=logs.searched,
        missing=logs.missing, first=asked.first, last=asked.last, lon=lon, lat=lat, radius_km=radius_km, way=found.way,
    )  # fmt: skip


def _hits(met: Sequence[search.Met]) -> tuple[Hit, ...]:
    spoken = get_language() or "fr"
    rows = Operation.objects.filter(pk__in=[one.pk for one in met]).select_related("unit")
    by_pk = {row.pk: row for row in rows}
    return tuple(
        Hit(
            code=row.code, kind=row.kind, unit=row.unit.name, unit_code=row.unit.code, starts_at=row.starts_at,
            ends_at=row.ends_at, distance_km=round(one.meeting.distance_km, 2),
            hours_apart=round(one.meeting.hours_apart, 2), score=one.meeting.score,
            reasons=tuple(sentence.say(spoken) for sentence in one.meeting.reasons), trace=one.meeting.reasons,
            force=search.FORCE[row.force], place=row.place_text,
        )
        for one in met
        if (row := by_pk.get(one.pk))
    )  # fmt: skip


def force_nearby(*, first: date, last: date, lon: float, lat: float, radius_km: float) -> bool:
    """Did our own force act with force, or in a kinetic operation, where and when this may have happened?

    For the grading rule, which states a fact about the case and names no operation: so no viewer. False where place or
    time are known so vaguely that the answer would always be yes.
    """
    if not overlap.tells_nearby(first, last, radius_km):
        return False
    return bool(search.search(search.moments(first, last), lon, lat, radius_km, force=1).met)


def get(viewer: Viewer, code: str, *, at: datetime) -> Operation:
    """Raises OperationNotFound, also for somebody who may not read operations."""
    row = None
    if Permission.OPERATIONS_READ in viewer.permissions:
        row = Operation.objects.filter(code=code).select_related("unit", "place", "log_file").first()
    if row is None:
        raise OperationNotFound(_("There is no operation %(code)s.") % {"code": code}, code=code)
    return row


__all__ = ["Coverage", "Hit", "LogSpan", "Overlap", "coverage", "force_nearby", "get", "overlapping"]
