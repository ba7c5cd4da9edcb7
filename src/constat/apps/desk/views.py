"""The desk's pages: one call to a query, then the template."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from constat.apps.desk import export, pages
from constat.apps.desk.filters import filters_from
from constat.apps.desk.queries import commander as commander_query
from constat.apps.desk.queries import home as home_query
from constat.apps.desk.queries import map as map_query
from constat.apps.desk.queries import map_table
from constat.apps.desk.queries import search as search_query
from constat.apps.desk.queries import timeline as timeline_query
from constat.apps.desk.queries import worklist as worklist_query
from constat.apps.desk.scopes import Scope
from constat.apps.register import queries as register
from constat.ui.gate import gate


@gate("desk.read")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    page = home_query.home(viewer, at=at, language=get_language())
    return render(request, "desk/home.html", {"page": page, "tiles": pages.home_tiles(page.numbers)})


@gate("desk.read")
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """The whole list behind the home page's first lines; with `mine`, what is assigned to the viewer."""
    mine = request.GET.get("mine") == "1"
    found = worklist_query.worklist(
        request.viewer,  # type: ignore[attr-defined]
        at=timezone.now(),
        limit=50,
        after=request.GET.get("after", ""),
        mine=mine,
        count=False,
    )
    values = {"after": found.next, **({"mine": "1"} if mine else {})}
    further = f"{reverse('desk:worklist')}?{urlencode(values)}" if found.next else ""
    return render(request, "desk/worklist.html", {"list": found, "mine": mine, "next": further})


@gate("desk.totals")
@require_safe
def commander(request: HttpRequest) -> HttpResponse:
    page = commander_query.sheet(request.viewer, at=timezone.now(), language=get_language())  # type: ignore[attr-defined]
    context = {"page": page, "tiles": pages.commander_tiles(page), "scope": Scope.OWN}
    return render(request, "desk/commander.html", context)


@gate("desk.search")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    words = request.GET.get("q", "")[:200]
    if target := search_query.jump(viewer, words, at=at):
        return HttpResponseRedirect(target)
    filters, form = filters_from(request.GET, today=timezone.localdate(at), period="all")
    only = request.GET.get("in", "") if request.GET.get("in") in {"incidents", "reports"} else ""
    found = search_query.search(
        viewer,
        words,
        at=at,
        filters=filters,
        only=only,
        before=request.GET.get("before", ""),
        limit=25 if only else 8,
    )
    context = pages.search_context(found, words, filters, only) | {
        "form": pages.search_form(form, words),
        "only": only,
    }
    return render(request, "desk/search.html", context)


@gate("desk.read")
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    filters, form = filters_from(request.GET, today=timezone.localdate(at))
    box = map_query.Box.read(request.GET.get("bbox", ""))
    table = map_table.table(viewer, filters=filters, box=box, at=at, before=request.GET.get("before", ""))
    return render(request, "desk/map.html", pages.map_context(table, filters, form, box))


@gate("desk.read")
@require_safe
def map_data(request: HttpRequest) -> HttpResponse:
    """GeoJSON of the part of the map somebody looks at: `bbox=w,s,e,n`, `zoom`, and the filters of the page."""
    box = map_query.Box.read(request.GET.get("bbox", ""))
    if box is None:
        raise BadRequest("bbox is west,south,east,north in degrees")
    try:
        zoom = float(request.GET.get("zoom", "5"))
    except ValueError:
        raise BadRequest("zoom is a number") from None
    at = timezone.now()
    filters, _form = filters_from(request.GET, today=timezone.localdate(at))
    found = map_query.drawn(request.viewer, box=box, zoom=zoom, filters=filters, at=at)  # type: ignore[attr-defined]
    content: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": found.features,
        "grouped": found.grouped,
        "complete": found.complete,
        "scope": filters.scope,
    }
    return JsonResponse(content, content_type="application/geo+json")


@gate("desk.read")
@require_safe
def outlines(request: HttpRequest) -> HttpResponse:
    """Borders under the map: the regions of the register. No record is in them, so a browser may keep them."""
    response = HttpResponse(
        register.outlines(1, on=timezone.localdate()), content_type="application/geo+json"
    )
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@gate("desk.read")
@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    filters, form = filters_from(request.GET, today=timezone.localdate(at), period="365")
    by = "week" if request.GET.get("by") == "week" else "month"
    found = timeline_query.timeline(viewer, filters=filters, by=by, at=at)
    return render(request, "desk/timeline.html", pages.timeline_context(found, filters, form))


@gate("desk.totals")
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    filters, form = filters_from(request.GET, today=timezone.localdate(at), period="365")
    context = pages.totals_context(viewer, filters, form, pages.dimensions_of(request.GET.getlist("by")), at)
    context["may_export"] = "desk.export" in viewer.permissions
    return render(request, "desk/totals.html", context)


@gate("desk.export")
@require_safe
def totals_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The table of the page as a file; leaving the node is written into the log."""
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    filters, _form = filters_from(request.GET, today=timezone.localdate(at), period="365")
    by = pages.dimensions_of(request.GET.getlist("by"))
    person: Any = request.user  # somebody: the gate lets nobody else in
    return export.totals_file(viewer, filters=filters, by=by, kind=kind, by_person=person, at=at)  # type: ignore[return-value]  # a stream is a response
