"""Fetchers of reports. Each takes the viewer; what is not theirs is absent. Lists never load the words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.access.visibility import facts_of, readable
from constat.apps.register.models import AdminArea
from constat.apps.register.textindex import matching
from constat.apps.reports.errors import ReportNotFound
from constat.apps.reports.models import Report, ReportGrant, ReportHarm, ReportPause
from constat.apps.reports.pages import Choice, Queue, Row, Where
from constat.rules import deadlines
from constat.rules.disclosure import Audience, coarsen_place
from constat.rules.visibility import Field, Viewer, may_see
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Clock, Pager, Range

PAGE = 25
CAP = 1000  # nobody works through more; counting further costs a walk of the table
OPEN = ("received", "safety_hold", "in_triage")  # vocabulary "report_state": somebody still has to decide

# The columns of a list: never original, search_text or extra.
LISTED = (
    "id", "code", "state", "channel", "received_at", "starts_on", "ends_on", "date_precision", "place_text", "place_id",
    "place__name", "adm1", "adm2", "lon", "lat", "place_precision", "in_danger", "needs_care", "sensitivity", "compartment",
    "office", "involvement", "recorded_by_id", "assigned_to_id", "assigned_to__display_name", "clock",
    "clock_started_at", "due_at",
)  # fmt: skip


def language() -> str:
    return get_language() or "fr"


def readable_reports(viewer: Viewer, *, at: datetime) -> QuerySet[Report]:
    """All reports this viewer may read: the only way to them, for lists, counts, search and map alike."""
    condition = readable(
        viewer, kind="report", grants=ReportGrant.objects.all(), grant_key="report_id", at=at
    )
    return Report.objects.filter(condition)


def get(viewer: Viewer, code: str, *, at: datetime) -> Report:
    """One report with everything but its search text. Raises ReportNotFound."""
    found = (
        readable_reports(viewer, at=at)
        .select_related("place", "assigned_to", "recorded_by", "source", "claimed_actor")
        .defer("search_text")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise ReportNotFound(_("There is no report %(code)s among those you may read.") % {"code": code})
    return found


@dataclass(frozen=True)
class Filters:
    """What the worklist shows. `sort`: "due" (running clocks, the next deadline first) or "newest" (all reports)."""

    sort: str = "due"
    state: str = ""
    channel: str = ""
    area: str = ""  # AdminArea.code of level 1
    overdue: bool = False
    mine: bool = False
    words: str = ""


@dataclass(frozen=True)
class Cursor:
    """Where a page begins or ends: the sort value and key of its edge row. `back`: towards the beginning."""

    value: datetime
    pk: int
    back: bool = False

    def write(self) -> str:
        return f"{'-' if self.back else ''}{self.value.timestamp():.6f}.{self.pk}"

    @classmethod
    def read(cls, text: str, at: datetime) -> "Cursor | None":
        try:
            seconds, _dot, pk = text.removeprefix("-").rpartition(".")
            return cls(datetime.fromtimestamp(float(seconds), tz=at.tzinfo), int(pk), text.startswith("-"))
        except (ValueError, OverflowError, OSError):
            return None


def queue(viewer: Viewer, *, at: datetime, filters: Filters, cursor: str = "", link: Any = None) -> Queue:
    """One page of the worklist. `link`: cursor text -> address of that page."""
    found = filtered(viewer, at=at, filters=filters)
    column = "due_at" if filters.sort == "due" else "received_at"
    edge = Cursor.read(cursor, at) if cursor else None
    rows, before, after = _slice(found, column, descending=column == "received_at", edge=edge)
    total = found.order_by().values("pk")[: CAP + 1].count()
    shown = _rows(viewer, rows, at)
    return Queue(
        rows=shown,
        pager=Pager(
            newer=link(Cursor(rows[0][column], rows[0]["id"], back=True).write()) if link and before else "",
            older=link(Cursor(rows[-1][column], rows[-1]["id"]).write()) if link and after else "",
            shown=len(shown),
            total=min(total, CAP),
            capped=total > CAP,
        ),
        areas=areas(),
    )


def filtered(viewer: Viewer, *, at: datetime, filters: Filters) -> QuerySet[Report]:
    """The readable reports that the filters let through, unordered."""
    found = readable_reports(viewer, at=at)
    if filters.sort == "due" or filters.overdue:
        found = found.filter(due_at__isnull=False)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.channel:
        found = found.filter(channel=filters.channel)
    if filters.area:
        found = found.filter(adm1=filters.area)
    if filters.overdue:
        found = found.filter(due_at__lt=at)
    if filters.mine:
        found = found.filter(assigned_to_id=int(viewer.key))
    return matching(heard(viewer, found), filters.words) if filters.words else found


def heard(viewer: Viewer, found: QuerySet[Report]) -> QuerySet[Report]:
    """Those whose words this viewer may read, before words are searched: a search that found others would tell what was
    said, one guess at a time. Own ones only, for a post that sees of the others the pattern."""
    if any(one.fields[Field.PATTERN] == "full" for one in viewer.held):
        return found
    return found.filter(Q(recorded_by_id=int(viewer.key)) | Q(assigned_to_id=int(viewer.key)))


def _slice(
    found: QuerySet[Report], column: str, *, descending: bool, edge: Cursor | None
) -> tuple[list[dict[str, Any]], bool, bool]:
    """(rows, is there a page before, is there one after). Keyset: no page number that moves while one reads."""
    backwards = bool(edge and edge.back)
    down = descending != backwards
    if edge:
        side = "lt" if down else "gt"
        found = found.filter(
            Q(**{f"{column}__{side}": edge.value}) | Q(**{column: edge.value, f"pk__{side}": edge.pk})
        )
    sign = "-" if down else ""
    rows = list(found.order_by(f"{sign}{column}", f"{sign}id").values(*LISTED)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    before, after = (more, True) if backwards else (edge is not None, more)
    return rows, before and bool(rows), after and bool(rows)


def search(viewer: Viewer, words: str, *, at: datetime, limit: int = PAGE) -> Sequence[Row]:
    """Readable reports that have every word, newest first."""
    found = matching(heard(viewer, readable_reports(viewer, at=at)), words).order_by("-received_at", "-id")
    return _rows(viewer, list(found.values(*LISTED)[:limit]), at)


def count_matching(viewer: Viewer, words: str, *, at: datetime) -> int:
    """How many readable reports have every word; CAP + 1 means more than CAP."""
    return matching(heard(viewer, readable_reports(viewer, at=at)), words).values("pk")[: CAP + 1].count()


def _rows(viewer: Viewer, values: Sequence[dict[str, Any]], at: datetime) -> list[Row]:
    ids = [value["id"] for value in values]
    names = area_names(code for value in values for code in (value["adm1"], value["adm2"]))
    harms = _totals(ids)
    pauses = _pauses(ids)
    return [
        Row(
            code=value["code"],
            state=value["state"],
            channel=value["channel"],
            received_at=value["received_at"],
            starts_on=value["starts_on"],
            ends_on=value["ends_on"],
            date_precision=value["date_precision"],
            where=where(viewer, value, names),
            killed=harms.get((value["id"], "death")),
            injured=harms.get((value["id"], "injury")),
            urgent="yes" in (value["in_danger"], value["needs_care"]),
            sensitivity=value["sensitivity"],
            compartment=value["compartment"],
            involvement=value["involvement"],
            assigned_to=value["assigned_to__display_name"] or "",
            clock=_brief(reading_of(value, pauses.get(value["id"], []), at)),
        )
        for value in values
    ]


def _brief(clock: Clock | None) -> Clock | None:
    """Without the moment it is due: in a list, what is left says more in less room."""
    return replace(clock, due=None) if clock else None


def _totals(ids: Sequence[int]) -> dict[tuple[int, str], Range]:
    lines = ReportHarm.objects.filter(
        report_id__in=ids, is_total=True, harm__in=("death", "injury"), unit="persons"
    )
    found = lines.values_list("report_id", "harm", "minimum", "best", "maximum")
    return {(report, harm): Range(least, best, most) for report, harm, least, best, most in found}


def _pauses(ids: Sequence[int]) -> dict[int, list[ReportPause]]:
    found: dict[int, list[ReportPause]] = {}
    for pause in ReportPause.objects.filter(report_id__in=ids):
        found.setdefault(pause.report_id, []).append(pause)
    return found


def reading_of(value: dict[str, Any], pauses: Iterable[ReportPause], at: datetime) -> Clock | None:
    """The running clock of a report as it reads now."""
    code, started = value["clock"], value["clock_started_at"]
    if not code:
        return None
    mine = [pause for pause in pauses if pause.clock == code and pause.starts_at >= started]
    spans = [deadlines.Pause(pause.starts_at, pause.ends_at, pause.reason) for pause in mine]
    read = deadlines.reading(started, deadlines.clock(code), spans, max(at, started))
    open_pause = next((pause for pause in mine if pause.ends_at is None), None)
    return Clock(
        state=read.state.value,
        label=vocabulary("clock").label(code, language()),
        due=read.due,
        left=read.remaining,
        reason=vocabulary("pause_reason").label(open_pause.reason, language()) if open_pause else "",
    )


@dataclass(frozen=True)
class _Controlled:
    """The five columns that decide, of a row fetched as values."""

    sensitivity: int
    compartment: str
    office: str
    recorded_by_id: int | None
    assigned_to_id: int | None


def where(viewer: Viewer, value: dict[str, Any], names: dict[str, str]) -> Where:
    """The place as this viewer may know it: in full, coarsened to what a section may know, or the region only.

    The record itself was fetched through `readable`, so reading is settled; `granted_to` names the viewer to say so.
    """
    record = _Controlled(*(value[name] for name in _Controlled.__dataclass_fields__))
    facts = facts_of(record, kind="report", granted_to=frozenset({viewer.key}))  # type: ignore[arg-type]
    detail = may_see(viewer, facts, Field.EXACT_PLACE).level
    area = ", ".join(names[code] for code in (value["adm2"], value["adm1"]) if code in names)
    precision = value["place_precision"]
    if detail == "full":
        return Where(
            stated=value["place_text"], name=value["place__name"] or "", area=area, precision=precision,
            lon=value["lon"], lat=value["lat"],
        )  # fmt: skip
    if detail == "none":
        return Where(area=names.get(value["adm1"], ""), withheld=True)
    lon, lat = _coarse(value["lon"], value["lat"], precision)
    return Where(
        name=value["place__name"] or "", area=area, precision=precision, withheld=True, lon=lon, lat=lat
    )


def _coarse(lon: float | None, lat: float | None, precision: str) -> tuple[float | None, float | None]:
    if lon is None or lat is None:
        return None, None
    place = coarsen_place(lon, lat, precision, Audience.SECTION)
    if place.longitude is None or place.latitude is None:
        return None, None
    return float(place.longitude), float(place.latitude)


def area_names(codes: Iterable[str]) -> dict[str, str]:
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    column = "name_ar" if language() == "ar" else "name"
    rows = (
        AdminArea.objects.filter(code__in=wanted).order_by("valid_from").values_list("code", "name", column)
    )
    return {code: spoken or name for code, name, spoken in rows}


def areas() -> list[Choice]:
    """The regions that stand today, for the filter."""
    rows = (
        AdminArea.objects.filter(level=1, valid_to__isnull=True)
        .order_by("name")
        .values_list("code", "name", "name_ar")
    )
    arabic = language() == "ar"
    return [Choice(code, (name_ar if arabic and name_ar else name)) for code, name, name_ar in rows]


def people_who_triage(*, at: datetime) -> list[tuple[int, str]]:
    """Those to whom a report can be assigned: active people whose post lets them read and sort reports."""
    from_now = Q(posts__starts_at__lte=at) & (Q(posts__ends_at__isnull=True) | Q(posts__ends_at__gt=at))
    codes = [code for code in vocabulary("role") if "reports.read" in _permissions(code)]
    rows = (
        Person.objects.filter(from_now, is_active=True, posts__role__in=codes)
        .distinct()
        .order_by("display_name")
    )
    return list(rows.values_list("pk", "display_name"))


def _permissions(role: str) -> Sequence[str]:
    held: Sequence[str] = vocabulary("role")[role].extra["permissions"]
    return held


def received_before(uid: UUID, moment: datetime) -> bool:
    """Was a report sent under this number before that moment? The number is the sender's own: it tells nothing else."""
    return Report.objects.filter(uid=uid, received_at__lt=moment).exists()
