"""Start, question, sent, status. Nothing is stored before "send"; nothing but the report is stored after it.

No CSRF token: CSRF abuses the authority a cookie carries, and these pages read no cookie. A stranger's page can make a
browser send a report, and gains nothing it could not send by itself; the signed state, not a cookie, is what "send"
rests on. So the form works with cookies off.

Language is part of the address (/signaler/ar/), not of a cookie. Every answer is a POST, so that no answer stands in an
address, a history or a log.

Cache: a page that shows an answer is `no-store`. A question that shows none yet holds only sealed answers (state.py) and
may stay in this browser's cache: otherwise the Back button of a telephone ends in "form resubmission" (tried in Chromium).
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.reports import flood, places, queries, receipts
from constat.apps.reports.actions.receive import KEPT_APART, PUBLIC, receive
from constat.apps.reports.errors import RefusedDraft
from constat.apps.reports.public import compose, raw, steps
from constat.apps.reports.public import state as travelling
from constat.apps.reports.public.state import State, StateUnreadable
from constat.apps.reports.public.steps import BY_NAME, CHECK, FIRST
from constat.ui.gate import gate

# Nobody reads and answers the first question in less; a program does. The page asks again and keeps everything.
TOO_FAST = 3
# The time of receipt is kept to the hour: between one and two hours after sending, the answers no longer open.
REOPENED = timedelta(hours=2)
TRAP = "website"  # a field people do not see
PUBLIC_LANGUAGES = [code for code, _name in settings.LANGUAGES]

View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """The language of the address, for this answer only."""

    @wraps(view)
    def spoken(request: HttpRequest, language: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if language not in PUBLIC_LANGUAGES:
            raise Http404
        with translation.override(language):
            response = view(request, language, *args, **kwargs)
            response.headers["Content-Language"] = language
            response.headers.setdefault("Cache-Control", "no-store")
            return response

    return spoken


@gate(public=True)
@require_safe
def start(request: HttpRequest, language: str = settings.LANGUAGE_CODE) -> HttpResponse:
    return _start(request, language)


@in_language
def _start(request: HttpRequest, language: str) -> HttpResponse:
    return render(
        request, "reports/public/start.html", {"language": language, "languages": settings.LANGUAGES}
    )


@gate(public=True)
@csrf_exempt
@require_http_methods(["POST", "GET"])
@in_language
def question(request: HttpRequest, language: str) -> HttpResponse:
    """One POST, one page. `do`: start, next, back, stay (another language), change:<step>, finish, send."""
    if request.method == "GET":
        # Somebody reloaded the address alone: there is nothing to show but the beginning.
        return _start(request, language)
    now = timezone.now()
    do = request.POST.get("do", "next")
    if do == "start":
        return _page(request, language, FIRST, travelling.fresh(now))
    try:
        state = travelling.read(request.POST.get("state", ""), now)
    except StateUnreadable:
        return render(request, "reports/public/lost.html", {"language": language}, status=400)
    here = request.POST.get("step", FIRST)
    if _sent_before(state, now):
        return _closed(request, language, state, now, again=do == "send" and here == CHECK)
    if here in BY_NAME:
        state = _keep(request, here, state)
    return _go(request, language, here, do, state)


def _sent_before(state: State, now: datetime) -> bool:
    """Was this report sent, and not only just now? Whoever goes back to add something does it within the hour."""
    return queries.received_before(state.uid, now - REOPENED)


def _closed(request: HttpRequest, language: str, state: State, now: datetime, *, again: bool) -> HttpResponse:
    """A page of the form was found in the browser's cache. Whoever holds the telephone gets no answer back out of it; sending
    once more, for somebody who never saw the code arrive, still gives the code."""
    if again and flood.submissions.allows(flood.address_of(request), now):
        try:
            return _received(request, language, state, now)
        except (compose.Incomplete, RefusedDraft):
            pass
    return render(request, "reports/public/closed.html", {"language": language}, status=410)


def _keep(request: HttpRequest, here: str, state: State) -> State:
    """What was typed on this page, right or wrong: nothing a person wrote is thrown away."""
    form = BY_NAME[here].form
    if form is None:
        return state
    values: dict[str, Any] = {}
    for name, field in form.base_fields.items():
        if name == "words":
            continue
        several = hasattr(field.widget, "allow_multiple_selected") and field.widget.allow_multiple_selected
        values[name] = request.POST.getlist(name) if several else request.POST.get(name, "")[:2000]
    if here == "place" and values["place"] != state.text("place"):
        values["place_id"] = ""  # chosen for the place as it was written before
    words = raw.field_bytes(request, "words") if here == "words" else None
    return state.answered(values, words)


def _go(request: HttpRequest, language: str, here: str, do: str, state: State) -> HttpResponse:
    verb, _colon, target = do.partition(":")
    checking = bool(request.POST.get("checking"))
    if verb == "change" and target in BY_NAME:
        return _page(request, language, target, state, checking=True)
    if verb == "stay":
        return _page(
            request, language, here if here in (*BY_NAME, CHECK) else FIRST, state, checking=checking
        )
    if verb == "back":
        return _page(request, language, CHECK if checking else steps.before(here, state) or FIRST, state)
    if verb == "send" and here == CHECK:
        return _send(request, language, state)
    form = compose.form_for(BY_NAME[here], state, today=_today(), bound=True) if here in BY_NAME else None
    if form is not None and not form.is_valid():
        return _page(request, language, here, state, checking=checking, form=form)
    return _forward(request, language, here, verb, state, checking=checking)


def _forward(
    request: HttpRequest, language: str, here: str, verb: str, state: State, *, checking: bool
) -> HttpResponse:
    if here not in BY_NAME or verb == "finish":
        return _page(request, language, CHECK, state)
    following = steps.after(here, state)
    if following == "which" and not places.choices(state.text("place")):
        following = steps.after("which", state)
    if checking and following not in {"urgent", "which"}:
        following = CHECK
    return _page(request, language, following, state, checking=checking)


def _today() -> date:
    return timezone.localdate()


def _page(
    request: HttpRequest, language: str, name: str, state: State, *, checking: bool = False, form: Any = None,
    problem: str = "",
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "language": language,
        "languages": settings.LANGUAGES,
        "token": travelling.write(state),
        "step": name,
        "checking": checking and name != CHECK,
        "problem": problem,
        "trap": TRAP,
        "first": name == FIRST,
        "may_finish": bool(state.words.strip()) and name not in {"words", CHECK},
    }
    if name == CHECK:
        try:
            compose.cleaned(state, today=_today())
        except compose.Incomplete as incomplete:
            return _page(request, language, incomplete.step.name, state, checking=True, form=incomplete.form)
        context["lines"] = compose.lines(state, today=_today())
        return render(request, "reports/public/check.html", context)
    context["form"] = asked = form or compose.form_for(BY_NAME[name], state, today=_today(), bound=False)
    context["position"] = steps.position(name)
    response = render(request, f"reports/public/{name}.html", context)
    if not _shows_answers(name, asked, state):
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _shows_answers(name: str, form: Any, state: State) -> bool:
    if name in {"urgent", "which"} or (form is not None and form.is_bound):
        return True
    shown = set(form.fields) if form is not None else set()
    return bool(shown & set(state.values)) or (name == "words" and bool(state.words))


def _send(request: HttpRequest, language: str, state: State) -> HttpResponse:
    now = timezone.now()
    if request.POST.get(TRAP):
        problem = _("One field must stay empty. It has been emptied for you: send again.")
        return _page(request, language, CHECK, state, problem=problem)
    if now.timestamp() - state.started < TOO_FAST:
        problem = _("That was very quick. Read your answers once more, then send again.")
        return _page(request, language, CHECK, state, problem=problem)
    if not flood.submissions.allows(flood.address_of(request), now):
        problem = _(
            "Too many reports come from this connection just now. Nothing is lost: wait ten minutes, then send again."
        )
        response = _page(request, language, CHECK, state, problem=problem)
        response.status_code = 429
        return response
    try:
        return _received(request, language, state, now)
    except compose.Incomplete as incomplete:
        return _page(request, language, incomplete.step.name, state, checking=True, form=incomplete.form)
    except RefusedDraft as refused:
        return _page(request, language, CHECK, state, problem=str(refused))


def _received(request: HttpRequest, language: str, state: State, now: datetime) -> HttpResponse:
    """The page with the code. Raises Incomplete, RefusedDraft."""
    draft = compose.draft_of(state, language=language, today=_today())
    received = receive(by=PUBLIC, at=now, draft=draft)
    return render(
        request,
        "reports/public/sent.html",
        {
            "language": language,
            "languages": settings.LANGUAGES,
            "code": receipts.grouped(received.receipt_code),
            "kept_apart": received.outcome == KEPT_APART,
            "in_danger": draft.in_danger == "yes" or draft.needs_care == "yes",
        },
    )
