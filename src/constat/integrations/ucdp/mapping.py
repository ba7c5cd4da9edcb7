"""One row of UCDP GED -> one draft of a report, or the problems that refuse it. Nothing is repaired, nothing guessed.

Two shapes are read: the codebook's own columns (UCDP GED codebook 23.1), and the short set that circulates in R packages
(dates as year, month, day; no precision; `low_death`, `best_death`, `high_death`; type of violence as text).
Invariants of the codebook that a row must satisfy: low <= best <= high; deaths_a + deaths_b + deaths_civilians +
deaths_unknown = best. Published files break the first one in places; such rows are refused and listed, never mended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from constat.apps.reports.draft import Draft, HarmClaim, Problem
from constat.integrations.spreadsheet.errors import NotASpreadsheet
from constat.integrations.spreadsheet.reading import Row, keepable
from constat.integrations.spreadsheet.sentences import sentence
from constat.rules.vocabulary import UnknownMapping, vocabulary

SOURCE = "ucdp_ged"
# Namespace of the uids of GED events: uuid5(NAMESPACE, id). Never change it: re-import would add every event again.
NAMESPACE = UUID("6f6a1b0e-52c7-5d0f-9c53-0d0a6a1f7a11")
ARMED = "armed_forces_member"  # vocabulary "person_status": "of an army or an organised armed group"
SHARED = (
    "id",
    "year",
    "type_of_violence",
    "conflict_name",
    "side_a",
    "side_b",
    "country",
    "latitude",
    "longitude",
)
NATIVE = (
    *SHARED, "number_of_sources", "where_prec", "event_clarity", "date_prec", "date_start", "date_end",
    "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low",
)  # fmt: skip
SHORT = (*SHARED, "month", "day", "low_death", "best_death", "high_death")
PARTS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
# The account itself, in the order in which a reader wants it. Short files have only the last three.
WORDS = (
    "source_article", "source_headline", "source_original", "source_office", "source_date", "where_description",
    "where_coordinates", "conflict_name", "side_a", "side_b",
)  # fmt: skip
ONE_SIDED = "3"


@dataclass(frozen=True)
class Columns:
    """Which columns of this shape carry what the two shapes name differently."""

    native: bool
    low: str
    best: str
    high: str


def is_ged(headers: tuple[str, ...]) -> bool:
    return set(NATIVE) <= set(headers) or set(SHORT) <= set(headers)


def recognise(headers: tuple[str, ...]) -> Columns:
    """Raises NotASpreadsheet naming the columns that are missing."""
    if not (absent := [name for name in NATIVE if name not in headers]):
        return Columns(native=True, low="low", best="best", high="high")
    if not (short := [name for name in SHORT if name not in headers]):
        return Columns(native=False, low="low_death", best="best_death", high="high_death")
    missing = min(absent, short, key=len)
    raise NotASpreadsheet(
        "not_ged",
        _("This is not a file of UCDP GED: it has no column %(columns)s.") % {"columns": ", ".join(missing)},
        missing=missing,
    )


class _Refused(Exception):
    """Inside this module only: the first thing wrong with a field, with the field's name."""

    def __init__(self, field: str, reason: str, **facts: object) -> None:
        self.field, self.reason, self.facts = field, reason, {"field": field, **facts}


@lru_cache(maxsize=4096)
def _term(words: str, field: str, value: str) -> str:
    # An error is not cached, a term is: a file repeats the same few values a hundred thousand times.
    try:
        return vocabulary(words).from_mapping("ucdp", value).code
    except UnknownMapping:
        raise _Refused(field, "unknown_value", value=value) from None


def figures(cells: Mapping[str, str], columns: Columns) -> tuple[int, int, int] | None:
    """(low, best, high) as written, even if they contradict each other; None when one of them is no number."""
    try:
        return _number(cells, columns.low), _number(cells, columns.best), _number(cells, columns.high)
    except _Refused:
        return None


def draft_of(row: Row, columns: Columns, *, source_id: int, reliability: str, today: date) -> Draft | Problem:
    try:
        return _draft(row, columns, source_id, reliability, today)
    except _Refused as refused:
        return Problem(
            row=row.number, severity="refused", reason=refused.reason, field=refused.field,
            message=sentence(refused.reason, refused.facts), content=keepable(row.cells),
        )  # fmt: skip


def _draft(row: Row, columns: Columns, source_id: int, reliability: str, today: date) -> Draft:
    cells = row.cells
    if row.fault:
        raise _Refused("", row.fault)
    key = cells["id"].strip()
    if not key.isascii() or not key.isalnum() or len(key) > 40:
        raise _Refused("id", "key_unreadable", value=key[:40])
    low, best, high = (_number(cells, name) for name in (columns.low, columns.best, columns.high))
    _check_order(columns, low, best, high)
    kind = cells["type_of_violence"]
    starts, ends = _dates(cells, columns, today)
    native = columns.native
    return Draft(
        channel="external_dataset",
        original=_words(cells),
        original_language="en",
        uid=uuid5(NAMESPACE, key),
        reporter_type="researcher",
        starts_on=starts,
        ends_on=ends,
        date_precision=_term("date_precision", "date_prec", cells["date_prec"]) if native else "unknown",
        place_text=cells.get("where_coordinates", "")[:300],
        country=_term("country", "country", cells["country"]),
        lon=_degrees(cells, "longitude", 180),
        lat=_degrees(cells, "latitude", 90),
        place_precision=_term("place_precision", "where_prec", cells["where_prec"]) if native else "unknown",
        violence_type=_term("violence_type", "type_of_violence", kind),
        claimed_actor_text=_sides(cells),
        harms=_harms(cells, low, best, high) if native else (HarmClaim("death", low, best, high),),
        receipt=False,
        sensitivity=1,  # already public
        reliability=reliability,
        independence_group=SOURCE,
        sources_stated=_sources(cells) if native else None,
        event_clarity=_term("event_clarity", "event_clarity", cells["event_clarity"])
        if native
        else "unknown",
        source_id=source_id,
        external_key=key,
        extra=cells,
        row=row.number,
        content=cells,
        warnings=_warnings(row, cells),
    )


def _number(cells: Mapping[str, str], name: str) -> int:
    value = cells[name].strip()
    if value.isascii() and value.isdigit() and len(value) < 9:
        return int(value)
    raise _Refused(name, "number_missing" if not value else "not_a_number", value=value[:40])


def _check_order(columns: Columns, low: int, best: int, high: int) -> None:
    if low <= best <= high:
        return
    field = columns.low if low > best else columns.high
    raise _Refused(field, "range_backwards", min=low, best=best, max=high)


def _dates(cells: Mapping[str, str], columns: Columns, today: date) -> tuple[date, date]:
    if columns.native:
        starts, ends = _day(cells, "date_start"), _day(cells, "date_end")
    else:
        starts = ends = _calendar(cells)
    if ends < starts:
        raise _Refused("date_end", "dates_backwards", start=starts, end=ends)
    if ends > today:
        raise _Refused("date_end", "date_in_future", value=ends)
    if not starts.year <= _number(cells, "year") <= ends.year:
        raise _Refused("year", "year_differs", year=cells["year"], start=starts, end=ends)
    return starts, ends


def _day(cells: Mapping[str, str], name: str) -> date:
    """UCDP writes 1991-08-08, in some releases with a midnight behind it."""
    value = cells[name].strip()
    try:
        if value[10:].strip(" 0:.T"):
            raise ValueError(value)
        return date.fromisoformat(value[:10])
    except ValueError:
        raise _Refused(name, "not_a_date", value=value[:40]) from None


def _calendar(cells: Mapping[str, str]) -> date:
    year, month, day = (_number(cells, name) for name in ("year", "month", "day"))
    try:
        return date(year, month, day)
    except ValueError:
        raise _Refused("day", "not_a_date", value=f"{year}-{month}-{day}") from None


def _degrees(cells: Mapping[str, str], name: str, limit: int) -> float:
    value = cells[name].strip()
    try:
        degrees = float(value)
    except ValueError:
        raise _Refused(name, "not_a_number", value=value[:40]) from None
    if not -limit <= degrees <= limit:  # written so that "nan" fails it
        raise _Refused(name, "point_outside", value=value[:40], limit=limit)
    return degrees


def _sources(cells: Mapping[str, str]) -> int | None:
    """The codebook writes -1 where the number is not known (events coded before 2013)."""
    return None if cells["number_of_sources"].strip() == "-1" else _number(cells, "number_of_sources")


def _words(cells: Mapping[str, str]) -> bytes:
    """The source's own words, each under the name of its column, unchanged. All columns are in `extra` besides."""
    return "\n".join(f"{name}: {cells[name]}" for name in WORDS if cells.get(name)).encode("utf-8")


def _sides(cells: Mapping[str, str]) -> str:
    text = f"{cells['side_a']} / {cells['side_b']}"
    return text if len(text) <= 300 else text[:299] + "…"


def _harms(cells: Mapping[str, str], low: int, best: int, high: int) -> tuple[HarmClaim, ...]:
    """The total, and who the dead were as far as the source says. A part has a best estimate only: UCDP gives it no
    range of its own."""
    counts = {name: _number(cells, name) for name in PARTS}
    if sum(counts.values()) != best:
        raise _Refused(
            "best",
            "sum_differs",
            total=best,
            sum=sum(counts.values()),
            parts=" + ".join(map(str, counts.values())),
        )
    one_sided = cells["type_of_violence"].strip() == ONE_SIDED
    status = {
        "deaths_a": ARMED,
        "deaths_b": "civilian" if one_sided else ARMED,  # in one-sided violence side B is "Civilians"
        "deaths_civilians": "civilian",
        "deaths_unknown": "unknown",
    }
    parts = [
        HarmClaim("death", 0, n, None, status=status[name], is_total=False) for name, n in counts.items() if n
    ]
    return (HarmClaim("death", low, best, high), *parts)


def _warnings(row: Row, cells: Mapping[str, str]) -> tuple[Problem, ...]:
    """UCDP itself marks events it has doubts about: `code_status` other than Clear."""
    status = cells.get("code_status", "").strip()
    if status in {"", "Clear"}:
        return ()
    return (
        Problem(
            row=row.number, severity="warning", reason="source_doubts", field="code_status",
            message=sentence("source_doubts", {"value": status[:80]}), content=keepable(cells),
        ),
    )  # fmt: skip


__all__ = ["NAMESPACE", "SOURCE", "Columns", "draft_of", "figures", "is_ged", "recognise"]
