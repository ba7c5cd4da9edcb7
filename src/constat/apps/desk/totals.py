"""Deaths on record as ranges, each harm counted once, always for one scope, always saying when and by which method.

What is counted (methodology 1):

  incidents   every incident but those merged into another or closed as a duplicate, by its own sums of deaths
  reports     every report that no incident holds and that triage did not set aside (as a duplicate, as out of scope, as
              withdrawn), by its total line of deaths; parts of a total (women, side A) are never added to it

The two are different things, what the cell holds and what it was told, so they are shown as two tiers and their sum.
A record without a figure counts in `n` and `n_best_unknown`, never as zero dead. `best` of a sum follows
constat.rules.tally: an unknown best enters with its min. `max` is None when one record in it is open-ended.

Scope `own` keeps what our own force did or may have done, by the claimed or assessed involvement of each record; scope
`all` is every party. One call answers for one scope: they are never in one table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, Model, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractYear, TruncMonth

from constat.apps.access.visibility import readable
from constat.apps.desk.scopes import OWN_INVOLVEMENTS, Scope
from constat.apps.incidents.models import Incident, IncidentGrant, IncidentReport
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.tally import NOTHING, Tally
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

METHODOLOGY = "1"
HARM, UNIT = "death", "persons"
NOT_COUNTED = ("duplicate", "out_of_scope", "withdrawn")  # vocabulary "triage_outcome"
DUPLICATE = "duplicate"  # vocabulary "closure_reason"
MERGED = "merged"  # vocabulary "incident_state"


class TotalsError(Exception):
    """A total was asked for in a way that has no answer. `str(error)` says what can be asked."""


class UnknownDimension(TotalsError):
    pass


class _Node:
    """The node itself: the command line, run by whoever holds the database. Never a page: those have a viewer."""


NODE = _Node()


@dataclass(frozen=True)
class Dimension:
    """column: where it stands on both models; "" when reports have none. words: vocabulary that names its values."""

    name: str
    incidents: Any
    reports: Any
    words: str = ""


def _same(name: str, expression: Any, words: str = "") -> Dimension:
    return Dimension(name, expression, expression, words)


DIMENSIONS: Mapping[str, Dimension] = {
    one.name: one
    for one in (
        _same("country", F("country"), "country"),
        _same("year", ExtractYear("starts_on")),
        _same("month", TruncMonth("starts_on")),
        _same("type_of_violence", F("violence_type"), "violence_type"),
        _same("adm1", F("adm1")),
        _same("adm2", F("adm2")),
        _same("incident_type", F("incident_type"), "incident_type"),
        _same("weapon", F("weapon"), "weapon"),
        _same("involvement", F("involvement"), "involvement"),
        Dimension("grade", F("grade"), None, "grade"),
    )
}


@dataclass(frozen=True)
class Row:
    """`key`: the value of each dimension, in the order asked, None where it is not known."""

    key: tuple[Any, ...]
    incidents: Tally
    reports: Tally

    @property
    def total(self) -> Tally:
        return self.incidents + self.reports


@dataclass(frozen=True)
class Totals:
    scope: Scope
    by: tuple[str, ...]
    as_of: datetime
    rows: tuple[Row, ...]
    harm: str = HARM
    unit: str = UNIT
    methodology: str = METHODOLOGY
    total: Row = field(default=Row((), NOTHING, NOTHING))

    def as_json(self) -> dict[str, Any]:
        return {
            "scope": self.scope.value,
            "methodology": self.methodology,
            "as_of": self.as_of.isoformat(timespec="seconds"),
            "harm": self.harm,
            "unit": self.unit,
            "by": list(self.by),
            "rows": [{**_named(self.by, row.key), **_figures(row)} for row in self.rows],
            "total": _figures(self.total),
        }


def totals(
    *, viewer: Viewer | _Node | None, scope: Scope, by: Sequence[str], at: datetime, where: Q | None = None
) -> Totals:
    """`where`: a further condition on columns that incidents and reports share (dates, country, areas, types).

    A viewer sees the sum of what this viewer may read, None (nobody signed in) sees nothing, NODE sees all.
    Two queries, grouped in the database. Raises UnknownDimension.
    """
    dimensions = [_dimension(name) for name in by]
    where = Q() if where is None else where
    if scope is Scope.OWN:
        where &= Q(involvement__in=OWN_INVOLVEMENTS)
    tiers = {
        "incidents": _grouped(
            _incidents(viewer, at).filter(where), [one.incidents for one in dimensions], _INCIDENT
        ),
        "reports": _grouped(_reports(viewer, at).filter(where), [one.reports for one in dimensions], _REPORT),
    }
    keys = sorted(tiers["incidents"].keys() | tiers["reports"].keys(), key=_order)
    rows = tuple(
        Row(key, tiers["incidents"].get(key, NOTHING), tiers["reports"].get(key, NOTHING)) for key in keys
    )
    return Totals(scope, tuple(by), at, rows, total=_sum(rows))


def _dimension(name: str) -> Dimension:
    try:
        return DIMENSIONS[name]
    except KeyError:
        raise UnknownDimension(f"There is no dimension {name!r}. Known: {', '.join(DIMENSIONS)}.") from None


def _incidents(viewer: Viewer | _Node | None, at: datetime) -> QuerySet[Incident]:
    found = Incident.objects.exclude(state=MERGED).exclude(state="closed", closure_reason=DUPLICATE)
    return found.filter(_readable(viewer, "incident", IncidentGrant, at))


def _reports(viewer: Viewer | _Node | None, at: datetime) -> QuerySet[Report]:
    held = IncidentReport.objects.filter(report_id=OuterRef("pk"), cut_at__isnull=True)
    found = Report.objects.filter(~Exists(held)).exclude(outcome__in=NOT_COUNTED)
    found = found.filter(_readable(viewer, "report", ReportGrant, at))
    # A left join to the one line that carries the total: a report without it is still counted in `n`.
    lines = Q(harms__harm=HARM, harms__unit=UNIT, harms__is_total=True)
    return found.annotate(deaths=FilteredRelation("harms", condition=lines))


def _readable(viewer: Viewer | _Node | None, kind: str, grants: type[Model], at: datetime) -> Q:
    if isinstance(viewer, _Node):
        return Q()
    if viewer is None:
        return Q(pk__in=[])
    return readable(viewer, kind=kind, grants=grants._default_manager.all(), grant_key=f"{kind}_id", at=at)


_INCIDENT = ("deaths_min", "deaths_best", "deaths_max")
_REPORT = ("deaths__minimum", "deaths__best", "deaths__maximum")


def _grouped(
    found: QuerySet[Any], dimensions: Sequence[Any], columns: tuple[str, str, str]
) -> dict[tuple[Any, ...], Tally]:
    low, best, high = columns
    names = {f"key{index}": one for index, one in enumerate(dimensions) if one is not None}
    sums = {
        "t_min": Coalesce(Sum(low), 0),
        "t_best": Coalesce(Sum(Coalesce(best, low)), 0),
        "t_max": Coalesce(Sum(high), 0),
        "t_n": Count("pk", distinct=True),
        "t_best_unknown": Count("pk", distinct=True, filter=Q(**{f"{best}__isnull": True})),
        "t_max_open": Count("pk", distinct=True, filter=Q(**{f"{high}__isnull": True})),
    }
    if names:
        figures = list(found.order_by().annotate(**names).values(*names).annotate(**sums))
    else:
        # Without groups SQL answers one row even over nothing; nothing is no row here.
        figures = [one for one in [found.order_by().aggregate(**sums)] if one["t_n"]]
    result: dict[tuple[Any, ...], Tally] = {}
    for one in figures:
        key = tuple(_known(one.get(f"key{index}")) for index in range(len(dimensions)))
        result[key] = result.get(key, NOTHING) + _tally(one)
    return result


def _known(value: Any) -> Any:
    return (
        None
        if value in ("", "unknown", "ungraded")
        else value.strftime("%Y-%m")
        if isinstance(value, date)
        else value
    )


def _tally(one: Mapping[str, int]) -> Tally:
    n, unknown, open_ = one["t_n"], one["t_best_unknown"], one["t_max_open"]
    return Tally(
        min=one["t_min"],
        best=None if unknown == n else one["t_best"],
        max=None if open_ else one["t_max"],
        n=n,
        n_best_unknown=unknown,
        n_max_open=open_,
    )


def _sum(rows: Iterable[Row]) -> Row:
    incidents = reports = NOTHING
    for row in rows:
        incidents, reports = incidents + row.incidents, reports + row.reports
    return Row((), incidents, reports)


def _order(key: tuple[Any, ...]) -> tuple[tuple[bool, str], ...]:
    """What is not known comes last."""
    return tuple((value is None, f"{value:>12}" if isinstance(value, int) else str(value)) for value in key)


def _figures(row: Row) -> dict[str, Any]:
    return {**_flat(row.total), "tiers": {"incidents": _flat(row.incidents), "reports": _flat(row.reports)}}


def _flat(tally: Tally) -> dict[str, int | None]:
    return {
        name: getattr(tally, name) for name in ("min", "best", "max", "n", "n_best_unknown", "n_max_open")
    }


def _named(by: Sequence[str], key: Sequence[Any]) -> dict[str, Any]:
    """Country and type of violence also in the words of UCDP GED, so that tables can be laid side by side."""
    named: dict[str, Any] = {}
    for name, value in zip(by, key, strict=True):
        if name == "country":
            named |= {"country": ucdp("country", value), "country_code": value}
        elif name == "type_of_violence":
            number = ucdp("violence_type", value)
            named |= {"type_of_violence": int(number) if number else None, "type_of_violence_code": value}
        else:
            named[name] = value
    return named


def ucdp(words: str, code: str | None) -> str | None:
    """The first value UCDP GED uses for this term; None when it has none."""
    if code is None or code not in vocabulary(words):
        return None
    values = vocabulary(words)[code].mappings.get("ucdp", ())
    return values[0] if values else None


def label(name: str, value: Any, language: str) -> str:
    """The value of a dimension as a reader of that language reads it; "" where it is not known."""
    if value is None:
        return ""
    words = DIMENSIONS[name].words
    return vocabulary(words).label(value, language) if words and value in vocabulary(words) else str(value)


__all__ = [
    "DIMENSIONS",
    "METHODOLOGY",
    "NODE",
    "Dimension",
    "Row",
    "Totals",
    "TotalsError",
    "UnknownDimension",
    "label",
    "totals",
]
