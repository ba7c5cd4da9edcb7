"""The phone form: a report told to a colleague, written down in under a minute, one page, keyboard only."""

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.access.errors import AccessError
from constat.apps.reports import places, queries, receipts
from constat.apps.reports.actions.receive import KEPT_APART, Received, receive
from constat.apps.reports.draft import Draft, HarmClaim
from constat.apps.reports.errors import RefusedDraft
from constat.apps.reports.forms import Call, Kind
from constat.apps.reports.public import forms as asked
from constat.apps.reports.public import raw
from constat.apps.reports.public.compose import draft_from
from constat.apps.reports.views.queue import said
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary
from constat.ui import phrases
from constat.ui.gate import gate

# The questions on the page, in the order of a call.
PARTS: dict[str, type[asked.Question]] = {
    "call": Call,
    "words": asked.Words,
    "place": asked.Place,
    "when": asked.When,
    "killed": asked.Killed,
    "injured": asked.Injured,
    "other": asked.Other,
    "kind": Kind,
    "who": asked.Who,
    "contact": asked.Contact,
    "agree": asked.Agree,
}
IDENTITY = ("contact",)


def _forms(request: HttpRequest, today: date) -> dict[str, asked.Question]:
    data = request.POST if request.method == "POST" else None
    own = get_language() or "fr"
    initial = {"channel": "phone", "reporter": "unknown", "reporter_language": own, "language": own,
               "incident_type": "unknown"}  # fmt: skip
    identities = Permission.IDENTITIES_RECORD in request.viewer.permissions  # type: ignore[attr-defined]
    return {
        name: form(data, today=today, initial=initial)
        for name, form in PARTS.items()
        if identities or name not in IDENTITY
    }


@gate("reports.record", own=True)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    parts = _forms(request, timezone.localdate())
    if request.method != "POST":
        return _show(request, parts, uid=str(uuid.uuid4()))
    uid = _uid(request)
    which, chosen = _which(request)
    valid = [form.is_valid() for form in parts.values()]
    if not all(valid) or (which is not None and chosen is None):
        return _show(request, parts, uid=str(uid), which=which)
    draft = draft_from(
        {**_data(parts), "place_id": chosen or ""},
        channel=parts["call"].cleaned_data["channel"],
        uid=uid,
        words=raw.field_bytes(request, "words") or b"",
        reporter_language=parts["call"].cleaned_data["reporter_language"],
    )
    try:
        got = receive(by=request.user, at=timezone.now(), draft=draft)  # type: ignore[arg-type]
    except (RefusedDraft, AccessError) as error:
        return _show(request, parts, uid=str(uid), which=which, problem=said(error))
    return _confirmed(request, draft, got)


def _uid(request: HttpRequest) -> uuid.UUID:
    """Made with the page, so that two presses of the button are one report."""
    try:
        made = uuid.UUID(request.POST.get("uid", ""))
    except ValueError:
        made = uuid.UUID(int=0)
    # The uids of rows of a file follow from their content: with one of those, somebody could add words to the report of
    # another, and learn that it is here. Ours are drawn at random.
    return made if made.version == 4 else uuid.uuid4()


def _data(parts: dict[str, asked.Question]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, form in parts.items():
        data |= form.cleaned_data
        if "range" in data:
            data[f"range_{name}"] = data.pop("range")
    for name in ("in_danger", "needs_care", "child_involved", "sexual_violence"):
        # A tick says yes; no tick says that nobody said so, which is not no.
        data[name] = "yes" if data.get(name) else "unknown"
    return data


def _which(request: HttpRequest) -> tuple[asked.Which | None, str | None]:
    """The question "which of these places?" when the name has several, and the answer if there is one.

    A name that exactly one place bears is that place; the page after says so. An answer holds for the name it was asked for.
    """
    name = request.POST.get("place", "")
    sure, found = places.resolved(name)
    if sure or not found:
        return None, sure or None
    answered = request.POST.get("place_asked") == name and bool(request.POST.get("place_id"))
    form = asked.Which(request.POST if answered else None, today=timezone.localdate(), found=found)
    return form, (form.cleaned_data["place_id"] if answered and form.is_valid() else None)


def _show(
    request: HttpRequest,
    parts: dict[str, asked.Question],
    *,
    uid: str,
    which: asked.Which | None = None,
    problem: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "parts": parts,
        "forms": list(parts.values()),
        "uid": uid,
        "which": which,
        "speaker_open": any(form.errors or any(bound.value() for bound in form) for form in _speaker(parts)),
        "place_asked": request.POST.get("place", ""),
        "problem": problem
        or (_("Choose which place is meant.") if which is not None and not which.is_bound else ""),
        "wrong": any(form.errors for form in parts.values()) or which is not None,
    }
    return render(request, "reports/record.html", context)


def _confirmed(request: HttpRequest, draft: Draft, got: Received) -> HttpResponse:
    """The code to read out, large, and the text to read back, in the language of the person who told it.

    Shown as the answer to the form itself: a report about children or sexual violence has already left the sight of
    whoever wrote it down, and the caller still waits for the code. Loading the page again sends the same report, which
    changes nothing and shows the same code.
    """
    with translation.override(draft.reporter_language):
        back = read_back(draft)
    readable = queries.readable_reports(request.viewer, at=timezone.now())  # type: ignore[attr-defined]
    context = {
        "code": got.report,
        "receipt": receipts.grouped(got.receipt_code),
        "language": draft.reporter_language,
        "read_back": back,
        "changed": got.outcome == KEPT_APART,
        "in_sight": readable.filter(code=got.report).exists(),
    }
    return render(request, "reports/recorded.html", context)


def read_back(draft: Draft) -> list[str]:
    """Sentences to read to the caller: what was noted, and what was not asked."""
    said_ = [_("I have written down your words."), _where(draft), _when(draft)]
    for harm, one in (("death", _("Killed: %(n)s.")), ("injury", _("Injured: %(n)s."))):
        lines = [line for line in draft.harms if line.harm == harm]
        said_.append(one % {"n": _count(lines[0]) if lines else _("not known")})
    language = translation.get_language() or "fr"
    others = [
        vocabulary("harm").label(line.harm, language)
        for line in draft.harms
        if line.harm not in {"death", "injury"}
    ]
    if others:
        said_.append(_("Also: %(harms)s.") % {"harms": ", ".join(others)})
    if draft.claimed_actor_text:
        said_.append(_("Who did it, as you say: %(who)s.") % {"who": draft.claimed_actor_text})
    said_.append(
        _(
            "Is that right? You can look at where your report stands with your code, on our page or by telephone."
        )
    )
    return [one for one in said_ if one]


def _where(draft: Draft) -> str:
    return _("Place: %(place)s.") % {"place": draft.place_text or _("not known")}


def _when(draft: Draft) -> str:
    if draft.starts_on is None:
        return _("Day: not known.")
    text = phrases.dated(
        draft.starts_on, draft.date_precision, draft.ends_on, translation.get_language() or "fr"
    )
    return _("Day: %(date)s.") % {"date": text}


def _count(line: HarmClaim) -> str:
    best, bracket = phrases.range_text(
        line.minimum, line.best, line.maximum, translation.get_language() or "fr"
    )
    return f"{best} ({bracket})" if bracket else best


def _speaker(parts: dict[str, asked.Question]) -> list[asked.Question]:
    return [parts[name] for name in ("contact", "agree") if name in parts]


@gate("reports.record", own=True)
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Names of places for the list under the field; the field works without it."""
    return JsonResponse({"places": places.beginnings(request.GET.get("q", ""))})
