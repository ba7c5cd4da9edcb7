"""The public door of the answers: no account, no cookie, no script. With a code somebody reads that there is an answer; with
or without one somebody complains.

Every code that is not ours gets one answer, and a complaint with a wrong code is taken like any other: whoever guesses learns
nothing. Pages have one length; each look-up does the same work.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from constat.apps.reports import flood, receipts
from constat.apps.reports.public.status import padded
from constat.apps.reports.public.views import PUBLIC_LANGUAGES, in_language
from constat.apps.responses.actions.complaints import About, about, complain, sent_before
from constat.apps.responses.errors import ResponseError
from constat.apps.responses.models import Complaint
from constat.rules.vocabulary import vocabulary
from constat.ui.gate import gate

REOPENED = timedelta(hours=2)
complaints = flood.Brake(30, timedelta(minutes=10))
Page = Callable[[HttpRequest, str], HttpResponse]


def what_stands(found: About) -> tuple[str, str, str]:
    """(title, text, answer). No outcome of a case here: it is said by a person who can be asked."""
    if found.complaint:
        return _of_complaint(found.complaint)
    if found.notice:
        if found.notice.state == "told":
            return (
                _("You were told"),
                _("There is an answer, and it was told. If you do not agree, complain below."),
                "",
            )
        return (
            _("There is an answer"),
            _("Somebody will tell you in the way you chose. You can also come and ask."),
            "",
        )
    if found.report:
        if found.report.state == "closed":
            return (_("There is an answer"),
                    _("The page “Where your report stands” says it in a sentence. If you do not agree, complain below."), "")  # fmt: skip
        return (
            _("No answer yet"),
            _("Your report is being worked on. You can complain below at any time."),
            "",
        )
    return (_("We do not know this code"),
            _("Check the sixteen digits and try again. You can complain below without a code, too."), "")  # fmt: skip


def _of_complaint(row: Complaint) -> tuple[str, str, str]:
    if row.state == "answered":
        outcome = vocabulary("complaint_outcome").label(row.outcome, translation.get_language() or "fr")
        return (_("Your complaint is answered"), outcome, row.answer)
    if row.state == "withdrawn":
        return (
            _("Your complaint was withdrawn"),
            _("You can take it up again at any time: complain below."),
            "",
        )
    text = _("Somebody who took no part in the decision answers within thirty days.")
    title = _("Your complaint has arrived") if row.state == "received" else _("Your complaint is examined")
    return (title, text, "")


@gate(public=True)
@csrf_exempt  # no cookie is read here: there is nothing a forged request could borrow
@require_http_methods(["GET", "POST"])
@in_language
def door(request: HttpRequest, language: str) -> HttpResponse:
    """GET: the questions. POST: `do` is "look" or "complain"; neither a code nor words ever stand in an address."""
    context: dict[str, Any] = {
        "language": language,
        "languages": settings.LANGUAGES,
        "uid": str(uuid.uuid4()),
    }
    if request.method == "POST":
        act = _complain if request.POST.get("do") == "complain" else _look
        return act(request, language, context)
    return _page(request, context)


def _page(request: HttpRequest, context: dict[str, Any], code: int = 200) -> HttpResponse:
    kinds = [
        (one.code, one.label(translation.get_language() or "fr"))
        for one in vocabulary("complaint_kind").active()
    ]
    context.setdefault("kinds", kinds)
    return padded(render_to_string("responses/public/door.html", context, request), code)


def _look(request: HttpRequest, language: str, context: dict[str, Any]) -> HttpResponse:
    if not flood.lookups.allows(flood.address_of(request), timezone.now()):
        return _page(request, context | {"too_many": True}, 429)
    title, text, answer = what_stands(about(_plain(request.POST.get("code", ""))))
    return _page(request, context | {"asked": True, "title": title, "text": text, "answer": answer})


def _complain(request: HttpRequest, language: str, context: dict[str, Any]) -> HttpResponse:
    now, posted = timezone.now(), request.POST
    kept = {name: _plain(posted.get(name, "")) for name in ("code", "words", "kind", "contact")}
    uid = _uid(posted.get("uid", ""))
    context |= {"kept": kept, "uid": str(uid)}
    if posted.get("website"):
        return _page(
            request,
            context | {"problem": _("One field must stay empty. It has been emptied for you: send again.")},
        )
    if sent_before(uid, now, REOPENED):
        # Found in the browser's cache: whoever holds the telephone now gets no code out of it.
        return _page(request, context | {"kept": {}, "uid": str(uuid.uuid4()), "closed": True}, 410)
    if not complaints.allows(flood.address_of(request), now):
        return _page(request, context | {"too_many": True}, 429)
    kind = kept["kind"] if kept["kind"] in vocabulary("complaint_kind") else "treatment"
    spoken = language if language in PUBLIC_LANGUAGES else "fr"
    try:
        received = complain(by="public", at=now, words=kept["words"], kind=kind, spoken_language=spoken, code=kept["code"],
                            contact={"contact": kept["contact"][:300]}, uid=uid)  # fmt: skip
    except ResponseError as error:
        return _page(request, context | {"problem": str(error)})
    return _page(request, context | {"kept": {}, "receipt": receipts.grouped(received.receipt)})


def _plain(text: str) -> str:
    """Without the one sign that a database refuses to keep; the words around it are kept."""
    return text.replace("\0", " ")


def _uid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
