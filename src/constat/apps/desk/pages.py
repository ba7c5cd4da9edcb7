"""From a page object to what a template shows: tiles, bars, words. No query and no decision."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from constat.apps.desk.filters import FilterForm, Filters
from constat.apps.desk.queries.commander import Sheet
from constat.apps.desk.queries.home import Numbers, Season
from constat.apps.desk.queries.map import Box
from constat.apps.desk.queries.map_table import MapTable
from constat.apps.desk.queries.records import Counted, Harm, area_names
from constat.apps.desk.queries.search import Results
from constat.apps.desk.queries.timeline import Bin, Timeline
from constat.apps.desk.scopes import Scope
from constat.apps.desk.totals import DIMENSIONS, Totals, label, totals
from constat.rules.tally import Tally
from constat.rules.visibility import Viewer
from constat.ui import formats
from constat.ui.shapes import Bar, NavItem, Pager, Range


def language() -> str:
    return formats.base(get_language())


def number(counted: Counted) -> str:
    """`1 000+` for a count that stopped."""
    text = formats.number(counted.n, language())
    return _("%(n)s or more") % {"n": text} if counted.capped else text


def day(value: date | datetime) -> str:
    return formats.day(value, language())


# Numbers on top of a page: three at most ---------------------------------------------------------------------------


def home_tiles(numbers: Numbers | None) -> list[dict[str, Any]]:
    if numbers is None:
        return []
    tiles: list[dict[str, Any]] = [
        {
            "label": _("Overdue"),
            "value": number(numbers.list.overdue),
            "note": _("of %(n)s running clocks, now") % {"n": number(numbers.list.running)},
            "url": reverse("desk:worklist"),
        }
    ]
    if numbers.received:
        tiles.append(_received(numbers.received, numbers.newest))
    if numbers.killed and numbers.killed_year_before:
        tiles.append(_killed(numbers.killed, numbers.killed_year_before, numbers.first))
    return tiles


def commander_tiles(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        _killed(sheet.killed, sheet.killed_year_before, sheet.first),
        {
            "label": _("Open incidents"),
            "value": number(sheet.open),
            "note": _("%(n)s of them past their time; now") % {"n": number(sheet.overdue)},
        },
        {
            "label": _("Decisions waiting"),
            "value": number(sheet.waiting),
            "note": _("listed below; now"),
        },
    ]


def _received(season: Season, newest: datetime | None) -> dict[str, Any]:
    before = _("same days last year: %(n)s") % {"n": number(season.year_before)}
    age = _("last one on %(day)s") % {"day": day(newest)} if newest else _("none yet")
    return {"label": _("Reports received in 7 days"), "value": number(season.now), "note": f"{before}; {age}",
            "url": reverse("reports:queue")}  # fmt: skip


def _killed(harm: Harm, before: Harm, first: date) -> dict[str, Any]:
    tally, year = harm.tally, before.tally
    notes = [based_on(tally)]
    age = _("last change on %(day)s") % {"day": day(harm.newest)} if harm.newest else ""
    return {
        "label": _("Killed, our own force, since %(day)s") % {"day": day(first)},
        "range": tally.range if tally.n else None,
        "value": _("none recorded"),
        "note": "; ".join(part for part in (*notes, age) if part),
        "before": year.range if year.n else None,
        "before_n": year.n,
        "url": f"{reverse('desk:timeline')}?scope={Scope.OWN.value}",
    }


def based_on(tally: Tally) -> str:
    """`on 12 incidents, 3 of them without an estimate`: what a range rests on."""
    shown = formats.number(tally.n, language())
    text = ngettext("on %(n)s incident", "on %(n)s incidents", tally.n) % {"n": shown}
    if not tally.n_best_unknown:
        return text
    missing = tally.n_best_unknown
    part = ngettext("%(n)s without an estimate", "%(n)s without an estimate", missing) % {
        "n": formats.number(missing, language())
    }
    return f"{text}, {part}"


# Scope: a switch, never a sum ----------------------------------------------------------------------------------------


def scope_tabs(filters: Filters, route: str, **more: object) -> list[NavItem]:
    return [
        NavItem(
            scope.label, f"{reverse(route)}?{filters.with_scope(scope).query(**more)}", scope is filters.scope
        )
        for scope in (Scope.OWN, Scope.ALL)
    ]


# Search ---------------------------------------------------------------------------------------------------------------


def search_form(form: FilterForm, words: str) -> FilterForm:
    """The filters of a search: grade belongs to incidents alone and would hide every report."""
    del form.fields["grade"]
    del form.fields["start"], form.fields["end"]
    return form


def search_context(found: Results, words: str, filters: Filters, only: str) -> dict[str, Any]:
    def further(kind: str, place: str) -> str:
        values = {"q": words, "in": kind, "before": place if only else ""}
        return f"{reverse('desk:search')}?{filters.query(**values)}"

    return {
        "found": found,
        "words": words,
        "search_query": words,
        "more_incidents": further("incidents", found.incidents.next) if found.incidents.next else "",
        "more_reports": further("reports", found.reports.next) if found.reports.next else "",
        "all_kinds": f"{reverse('desk:search')}?{filters.query(q=words)}",
    }


# Map -------------------------------------------------------------------------------------------------------------------


def map_context(table: MapTable, filters: Filters, form: FilterForm, box: Box | None) -> dict[str, Any]:
    del form.fields["scope"]
    place = str(box) if box else ""
    older = f"{reverse('desk:map')}?{filters.query(bbox=place, before=table.next)}" if table.next else ""
    return {
        "table": table,
        "form": form,
        "filters": filters,
        "scopes": scope_tabs(filters, "desk:map", bbox=place),
        "pager": Pager(older=older, shown=len(table.rows), total=table.total.n, capped=table.total.capped),
        "source_url": reverse("desk:map-data"),
        "outline_url": reverse("desk:map-outlines"),
        "query": filters.query(),
        "bounds": place,
        "table_id": "incidents",
        "box": box,
        "whole": f"{reverse('desk:map')}?{filters.query()}",
        "placeless": number(table.placeless) if table.placeless.n else "",
    }


# Timeline --------------------------------------------------------------------------------------------------------------


def timeline_context(found: Timeline, filters: Filters, form: FilterForm) -> dict[str, Any]:
    del form.fields["scope"]
    route = "desk:timeline"
    return {
        "found": found,
        "form": form,
        "filters": filters,
        "scopes": scope_tabs(filters, route, by=found.by),
        "steps": [
            NavItem(words, f"{reverse(route)}?{filters.query(by=by)}", found.by == by)
            for by, words in (("month", _("By month")), ("week", _("By week")))
        ],
        "bars": [_bar(one, found.by) for one in found.bins],
        "caption": _("Killed by month of the event")
        if found.by == "month"
        else _("Killed by week of the event"),
        "source": _source(found, filters),
        "breaks": [day(one) for one in found.breaks],
    }


def _bar(one: Bin, by: str) -> Bar:
    words = formats.month(one.start, language()) if by == "month" else day(one.start)
    tally = one.tally
    # Nothing recorded is "nobody recorded", drawn at zero with n = 0; it is no claim that nobody died.
    shape = Range(tally.min, tally.best, tally.max) if tally.n else Range(0, 0, 0)
    return Bar(words, shape, one.incidents, one.url)


def _source(found: Timeline, filters: Filters) -> str:
    parts = [
        filters.scope.label,
        _("methodology %(codes)s") % {"codes": ", ".join(found.methodologies) or "–"},
    ]
    if found.newest:
        parts.append(_("last change on %(day)s") % {"day": day(found.newest)})
    return " · ".join(parts)


# Totals ----------------------------------------------------------------------------------------------------------------


def dimension_names() -> dict[str, str]:
    return {
        "country": _("Country"), "year": _("Year"), "month": _("Month"), "type_of_violence": _("Type of violence"),
        "adm1": _("Region"), "adm2": _("District"), "incident_type": _("Type of incident"), "weapon": _("Weapon or cause"),
        "involvement": _("Involvement of our force"), "grade": pgettext("noun", "Grade"),
    }  # fmt: skip


def dimensions_of(asked: Sequence[str]) -> tuple[str, ...]:
    """At most two, known ones, in the order asked: more make a table that nobody reads on a screen."""
    found = [name for name in dict.fromkeys(asked) if name in DIMENSIONS]
    return tuple(found[:2]) or ("year",)


def condition(filters: Filters) -> Q:
    """The filters as a condition on columns that incidents and reports share."""
    where = Q()
    if filters.first:
        where &= Q(starts_on__gte=filters.first)
    if filters.last:
        where &= Q(starts_on__lte=filters.last)
    if filters.type:
        where &= Q(incident_type=filters.type)
    return where


def area_words(found: Totals) -> dict[str, str]:
    """The names of the areas that stand in the rows. One query, none when no dimension is an area."""
    places = [place for place, name in enumerate(found.by) if name in {"adm1", "adm2"}]
    return area_names(str(row.key[place] or "") for row in found.rows for place in places)


def words_of(by: Sequence[str], key: Sequence[Any], names: Mapping[str, str]) -> list[str]:
    """The values of a row as a reader reads them. `names`: of areas, by code."""
    return [
        names.get(str(value)) or label(name, value, language()) or _("unknown")
        for name, value in zip(by, key, strict=True)
    ]


def totals_context(
    viewer: Viewer, filters: Filters, form: FilterForm, by: tuple[str, ...], at: datetime
) -> dict[str, Any]:
    found = totals(viewer=viewer, scope=filters.scope, by=by, at=at, where=condition(filters))
    del form.fields["scope"], form.fields["grade"]
    names, areas = dimension_names(), area_words(found)
    asked = QueryDict(mutable=True)
    asked.setlist("by", list(by))
    query = f"{filters.query()}&{asked.urlencode()}"
    rows: list[dict[str, Any]] = [
        {"words": words_of(found.by, row.key, areas), "incidents": row.incidents, "reports": row.reports}
        for row in found.rows
    ]
    return {
        "found": found,
        "filters": filters,
        "form": form,
        "rows": rows,
        "names": [names[one] for one in by],
        "chosen": by,
        "dimensions": list(names.items()),
        "scopes": [
            NavItem(one.label, f"{reverse('desk:totals')}?{filters.with_scope(one).query()}&{asked.urlencode()}", one is filters.scope)
            for one in (Scope.OWN, Scope.ALL)
        ],
        "bars": [Bar(", ".join(row["words"]), row["incidents"].range, row["incidents"].n) for row in rows if row["incidents"].n][:40],
        "notes": notes_of(found, filters),
        "csv_url": f"{reverse('desk:totals-file', args=['csv'])}?{query}",
        "xlsx_url": f"{reverse('desk:totals-file', args=['xlsx'])}?{query}",
    }  # fmt: skip


def notes_of(found: Totals, filters: Filters) -> list[str]:
    """Scope, method, moment and what is not covered: with every total, on the page and in the file."""
    from_, to = (day(filters.first) if filters.first else "…"), (day(filters.last) if filters.last else "…")
    return [
        _("Scope: %(label)s. %(sentence)s") % {"label": found.scope.label, "sentence": found.scope.sentence},
        _("Events that began from %(first)s to %(last)s.") % {"first": from_, "last": to},
        _("Methodology %(code)s: incidents by their own sums, without those merged or found to be doubles; beside them, "
          "reports that no incident holds. The two are different things and are not added here.") % {"code": found.methodology},
        _("As of %(day)s, %(time)s.") % {"day": day(found.as_of), "time": formats.clock(found.as_of, language())},
        _("Not covered: what was never reported, what you may not read, and harm other than deaths. "
          "A record without a figure counts among the records, never as zero dead."),
    ]  # fmt: skip
