"""The two doors of the desk to controlled records, and the few database functions that its pages share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, IntegerField, Max, Q, QuerySet, Sum, TextField
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from constat.apps.access.visibility import readable
from constat.apps.desk.scopes import OWN_INVOLVEMENTS, Scope
from constat.apps.desk.words import CLOSED, DUPLICATE, MERGED
from constat.apps.incidents.models import Incident, IncidentGrant
from constat.apps.register.models import AdminArea
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.tally import Tally
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.formats import base

# Counting stops here: "more than 1,000" answers the question, and an exact count of a large table costs seconds.
CAP = 1000


def reports(viewer: Viewer, *, at: datetime) -> "QuerySet[Report]":
    """The reports this viewer may read."""
    grants = ReportGrant.objects.all()
    return Report.objects.filter(readable(viewer, kind="report", grants=grants, grant_key="report", at=at))


def incidents(viewer: Viewer, *, at: datetime) -> "QuerySet[Incident]":
    """The incidents this viewer may read, without those that were merged into another: they are counted there."""
    grants = IncidentGrant.objects.all()
    condition = readable(viewer, kind="incident", grants=grants, grant_key="incident", at=at)
    return Incident.objects.filter(condition).exclude(state=MERGED)


def countable(queryset: "QuerySet[Incident]") -> "QuerySet[Incident]":
    """Without what was found to be another incident's double: harm is counted once (as in the totals)."""
    return queryset.exclude(state=CLOSED, closure_reason=DUPLICATE)


def scoped(queryset: "QuerySet[Incident]", scope: Scope) -> "QuerySet[Incident]":
    """Own force only, or everybody. There is no third, and nothing adds the two."""
    return queryset.filter(involvement__in=OWN_INVOLVEMENTS) if scope is Scope.OWN else queryset


def finest_area(row: Any) -> str:
    """The code of the area that may be said of a record: none finer than its place is known to be."""
    level = int(vocabulary("place_precision")[row.place_precision].extra["level"])
    return (row.adm2 if level >= 2 else "") or (row.adm1 if level >= 1 else "") or ""


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Code -> name in the language of the page, for the areas asked for. One query, none if there is nothing to ask."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    arabic = base(get_language()) == "ar"
    # An area that changed its bounds stands there once per period; the last one gives the name people use now.
    rows = AdminArea.objects.filter(code__in=wanted).order_by(F("valid_from").asc(nulls_first=True))
    return {code: (name_ar if arabic and name_ar else name) for code, name, name_ar in
            rows.values_list("code", "name", "name_ar")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of records that stops at CAP. `capped`: there are more than `n`."""

    n: int
    capped: bool = False


def counted(queryset: "QuerySet[Any]", cap: int = CAP) -> Counted:
    n = queryset.order_by()[: cap + 1].count()
    return Counted(min(n, cap), n > cap)


def newest_first(queryset: "QuerySet[Any]", column: str, before: str, limit: int) -> tuple[list[Any], str]:
    """A page by a date column, newest first, records without a date at the end. `before`: where the last page stopped.

    Returns the rows and where the next page starts ("" at the end). Records without a date are a list of their own:
    the two databases sort nothing on different sides, and an index serves only its own order.
    """
    rows: list[Any] = []
    dated = newest_dated(queryset, column, before)
    if dated is not None:
        rows = list(dated[: limit + 1])
    if len(rows) <= limit and queryset.model._meta.get_field(column).null:
        dateless = queryset.filter(**{f"{column}__isnull": True})
        if dated is None:
            dateless = dateless.filter(pk__lt=int(before.removeprefix("~")))
        rows += list(dateless.order_by("-pk")[: limit + 1 - len(rows)])
    return page_of(rows, column, limit)


def newest_dated(queryset: "QuerySet[Any]", column: str, before: str) -> "QuerySet[Any] | None":
    """The records with a date behind a bookmark, newest first; None when the bookmark is already among those without."""
    moment, separator, number = before.partition("~")
    place = int(number) if number.isdecimal() else None
    if separator and not moment and place is not None:
        return None
    dated = queryset.filter(**{f"{column}__isnull": False}).order_by(f"-{column}", "-pk")
    if place is not None and (bound := _moment(queryset, column, moment)) is not None:
        # Both halves of the pair bounded: with the `or` alone SQLite walks the index from its beginning.
        dated = dated.filter(Q(**{f"{column}__lt": bound}) | Q(pk__lt=place), **{f"{column}__lte": bound})
    return dated


def page_of(rows: list[Any], column: str, limit: int) -> tuple[list[Any], str]:
    """The first `limit` of some rows, and the bookmark behind them if there are more."""
    if len(rows) <= limit:
        return rows, ""
    last = rows[limit - 1]
    stamp = getattr(last, column)
    return rows[:limit], f"{stamp.isoformat() if stamp else ''}~{last.pk}"


def _moment(queryset: "QuerySet[Any]", column: str, text: str) -> Any:
    """The date or moment of a bookmark; None for one that cannot be read."""
    try:
        return queryset.model._meta.get_field(column).to_python(text)
    except ValidationError:
        return None


class Month(Func):
    """The month of a date as "2026-03". SQLite keeps dates as text: cutting it is ten times faster than a function."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 7)", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="TO_CHAR(%(expressions)s, 'YYYY-MM')", **extra)


class Monday(Func):
    """The Monday of the week of a date, as "2026-03-02"."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="DATE(%(expressions)s, '-6 days', 'weekday 1')", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "TO_CHAR(DATE_TRUNC('week', %(expressions)s), 'YYYY-MM-DD')"
        return self.as_sql(compiler, connection, template=template, **extra)


class Step(Func):
    """A coordinate as a whole number of steps, nearest first: `Step(F("lon"), size=0.01)`. Same on both databases.

    Moved into the positive first, because SQLite cuts towards zero and PostgreSQL rounds to the nearest.
    """

    output_field = IntegerField()
    OFFSET = 360

    def __init__(self, expression: Any, *, size: float) -> None:
        super().__init__(expression, size=repr(float(size)))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"CAST(((%(expressions)s) + {self.OFFSET}) / %(size)s + 0.5 AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"CAST(FLOOR(((%(expressions)s) + {self.OFFSET}) / %(size)s + 0.5) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)


@dataclass(frozen=True, slots=True)
class Harm:
    """The killed of a set of incidents, what the number rests on, and the newest change among them."""

    tally: Tally
    newest: datetime | None = None


def killed() -> dict[str, Any]:
    """Aggregates for `tally_of`: the stored sums of each incident, added as constat.rules.tally adds them.

    As in the totals, an incident without a figure counts in `n` and among the unknown, never as zero dead; one whose
    best is not known enters with its minimum, and one open end leaves the sum open.
    """
    return {
        "killed_min": Sum("deaths_min"),
        "killed_best": Sum(Coalesce("deaths_best", "deaths_min")),
        "killed_max": Sum("deaths_max"),
        "killed_n": Count("id"),
        "killed_unknown": Count("id", filter=Q(deaths_best__isnull=True)),
        "killed_open": Count("id", filter=Q(deaths_max__isnull=True)),
    }


def tally_of(row: dict[str, Any]) -> Tally:
    n, unknown, opened = row["killed_n"], row["killed_unknown"], row["killed_open"]
    return Tally(
        min=row["killed_min"] or 0,
        best=None if unknown == n else row["killed_best"],
        max=None if opened else row["killed_max"] or 0,
        n=n,
        n_best_unknown=unknown,
        n_max_open=opened,
    )


def killed_between(queryset: "QuerySet[Incident]", first: date, last: date) -> Harm:
    """The killed of the incidents that began from `first` to `last`, both days included."""
    row = (
        countable(queryset)
        .filter(starts_on__gte=first, starts_on__lte=last)
        .aggregate(newest=Max("updated_at"), **killed())
    )
    return Harm(tally_of(row), row["newest"])
