"""What a receipt code shows: where the report stands, in plain words, in the reporter's language. And nothing else.

Every code that is not ours gets one answer: unknown, malformed, mistyped, somebody's guess. Same status, same headers,
same page, same length, and the same work: one keyed hash, one query. A page about a known report is padded to the same
length too, so that whoever watches the line cannot tell the answers apart by size.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from constat.apps.reports import flood, receipts
from constat.apps.reports.models import Receipt
from constat.apps.reports.public.views import PUBLIC_LANGUAGES, in_language
from constat.ui.gate import gate

# Longer than the longest page in any language; a page that outgrows it goes to the next multiple.
LENGTH = 12 * 1024


@dataclass(frozen=True)
class Status:
    """`step`: received, examined, followed, closed or unknown; `title` and `text` are sentences."""

    step: str
    title: str
    text: str


@dataclass(frozen=True)
class Found:
    """What the database says of a code. `language` "" when there is no such code."""

    state: str = ""
    outcome: str = ""
    language: str = ""


def find(typed: str) -> Found:
    """One hash and one query, whatever was typed."""
    row = (
        Receipt.objects.filter(lookup=receipts.lookup(receipts.read(typed)))
        .values_list("report__state", "report__outcome", "language")
        .first()
    )
    return Found(*row) if row else Found()


def status_of(found: Found) -> Status:
    """Plain words. "Closed" is never "false": it says why, and that it can be taken up again."""
    if not found.language:
        return Status(
            "unknown",
            _("We do not know this code"),
            _(
                "Check the sixteen digits on your receipt and try again. If it still does not work, report again."
            ),
        )
    if found.state == "received":
        return Status("received", _("Received"), _("Your report has arrived. It will be examined."))
    if found.state in {"safety_hold", "in_triage"}:
        return Status(
            "examined", _("Being examined"), _("Somebody is reading your report and decides what comes next.")
        )
    if found.state == "closed":
        return Status("closed", _("Closed"), " ".join((why_closed(found.outcome), _again())))
    text = _("Your report was kept. It is being worked on together with what others have told us.")
    return Status("followed", _("Followed up"), text)


def why_closed(outcome: str) -> str:
    sentences = {
        "close_not_enough_evidence": _(
            "There is not enough evidence at this time. This does not mean that what you told us is untrue."
        ),
        "own_force_not_involved": _("From what we know now, the mission's own people were not involved."),
        "out_of_scope": _("What you told us is not something this service can act on."),
        "answered": _("What you told us was dealt with."),
        "withdrawn": _("It was withdrawn as you asked."),
        "duplicate": _("Others told us about the same event. What you told us is kept with it."),
    }
    return sentences.get(outcome, _("Our work on your report has ended for now."))


def _again() -> str:
    return _(
        "Your report is kept. If you have something new to tell, report again: it can be taken up again."
    )


@gate(public=True)
@csrf_exempt  # no cookie is read here either: see views.py
@require_http_methods(["GET", "POST"])
@in_language
def status(request: HttpRequest, language: str) -> HttpResponse:
    """GET: the question. POST: the answer; the code never stands in an address."""
    context: dict[str, object] = {"language": language, "languages": settings.LANGUAGES, "asked": False}
    code = 200
    if request.method == "POST":
        if flood.lookups.allows(flood.address_of(request), timezone.now()):
            found = find(request.POST.get("code", ""))
            spoken = found.language if found.language in PUBLIC_LANGUAGES else language
            with translation.override(spoken):
                context |= {"asked": True, "status": status_of(found), "language": spoken}
                return padded(render_to_string("reports/public/status.html", context, request))
        context["too_many"], code = True, 429
    return padded(render_to_string("reports/public/status.html", context, request), code)


def padded(page: str, code: int = 200) -> HttpResponse:
    body = page.encode("utf-8")
    missing = -(len(body) + len("<!---->")) % LENGTH
    return HttpResponse(body + b"<!--" + b" " * missing + b"-->", status=code)
