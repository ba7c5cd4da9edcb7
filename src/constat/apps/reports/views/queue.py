"""The worklist: which report needs somebody next."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.access.models import Person
from constat.apps.reports import forms, queries
from constat.apps.reports.actions.assign import assign
from constat.apps.reports.actions.take import take
from constat.apps.reports.errors import ReportError
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.ui.gate import gate
from constat.ui.shapes import NavItem

MOST = 100  # acts of one press: each is its own transaction and its own event


def said(error: Exception) -> str:
    """The sentence of an error, in the reader's language."""
    if isinstance(error, RuleError | AccessError):
        return error.say(get_language() or "fr")
    return str(error)


def _filters(request: HttpRequest) -> queries.Filters:
    get = request.GET.get
    show = get("show", "")
    return queries.Filters(
        sort="newest" if get("list") == "all" else "due",
        state=get("state", ""),
        channel=get("channel", ""),
        area=get("area", ""),
        overdue=show == "overdue",
        mine=show == "mine",
        words=get("q", "").strip()[:200],
    )


@gate("reports.read")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    kept = {name: value for name, value in request.GET.items() if name != "at" and value}
    here = reverse("reports:queue")
    filters = _filters(request)
    page = queries.queue(
        request.viewer, at=at, filters=filters, cursor=request.GET.get("at", ""),  # type: ignore[attr-defined]
        link=lambda text: f"{here}?{urlencode({**kept, 'at': text})}",
    )  # fmt: skip
    due = filters.sort == "due"
    triages = Permission.REPORTS_TRIAGE in request.viewer.permissions  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "page": page,
        "form": forms.Filter(request.GET, areas=[(one.value, one.label) for one in page.areas]),
        "tabs": [
            NavItem(_("To decide"), here, current=due),
            NavItem(_("All reports"), f"{here}?list=all", current=not due),
        ],
        "list": "" if due else "all",
        "filtered": bool({name for name in kept if name != "list"}),
        "clear": here if due else f"{here}?list=all",
        "triages": triages,
        "people": queries.people_who_triage(at=at) if triages else [],
        "query": request.GET.urlencode(),
        "words": filters.words,
    }
    return render(request, "reports/queue.html", context)


@gate("reports.triage")
@require_POST
def act_on_several(request: HttpRequest) -> HttpResponse:
    """Take or assign the ticked reports, each as its own act. What failed is said, one by one."""
    codes = request.POST.getlist("report")[:MOST]
    to = (
        Person.objects.filter(pk=request.POST["to"]).first()
        if request.POST.get("to", "").isdecimal()
        else None
    )
    done = 0
    for code in codes:
        try:
            if request.POST.get("do") == "take":
                take(by=request.user, at=timezone.now(), report=code)  # type: ignore[arg-type]
            elif to is None:
                messages.error(request, _("Choose to whom the reports go."))
                break
            else:
                assign(by=request.user, at=timezone.now(), report=code, to=to)  # type: ignore[arg-type]
            done += 1
        except (ReportError, AccessError, RuleError) as error:
            messages.error(request, f"{code}: {said(error)}")
    if done:
        messages.success(request, ngettext("%(n)s report done.", "%(n)s reports done.", done) % {"n": done})
    elif not codes:
        messages.error(request, _("Tick the reports first."))
    query = request.POST.get("query", "")
    return redirect(f"{reverse('reports:queue')}?{query}" if query else "reports:queue")
