"""Pages of amends. One call to a query or an action, the error translated, the page drawn."""

from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from constat.apps.access import vault
from constat.apps.access.errors import AccessError
from constat.apps.access.models import Person
from constat.apps.amends import actions, forms, queries
from constat.apps.amends.actions import PayeeDraft, Terms
from constat.apps.amends.errors import AmendsError, OfferNotFound, sentence
from constat.apps.amends.queries import file, pages
from constat.apps.amends.verbs import ACTS, FUND_ACTS
from constat.apps.inquiries.errors import InquiryNotFound
from constat.apps.inquiries.queries import get as get_inquiry
from constat.rules.amends import ACTING, is_survivor
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.visibility import GENERAL
from constat.rules.vocabulary import vocabulary
from constat.ui.gate import gate
from constat.ui.shapes import Crumb

REFUSALS = (AmendsError, AccessError, vault.VaultError, RuleError)
RECEIPT_LANGUAGES = ("fr", "en", "ar")


def _said(error: Exception) -> str:
    say = getattr(error, "say", None)
    return say(get_language() or "fr") if callable(say) else sentence(error, get_language() or "fr")


def _or_404(fetch: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return fetch(*args, **kwargs)
    except (OfferNotFound, InquiryNotFound) as error:
        raise Http404 from error


def _refuse(form: Any, error: Exception) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, _said(error))


def _crumbs(*steps: tuple[str, str]) -> list[Crumb]:
    return [Crumb(_("Amends"), reverse("amends:queue")), *(Crumb(label, url) for label, url in steps)]


def _tabs(current: str, viewer: Any) -> list[dict[str, object]]:
    entries = (
        ("amends:queue", _("To offer")), ("amends:offers", _("Offers")), ("amends:funds", _("Fund lines")),
        ("amends:money", _("Promised and unfunded")), ("amends:bands", _("Bands")),
        ("amends:comparability", _("Same harm, same amount?")),
    )  # fmt: skip
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in entries]


def _context(request: HttpRequest, current: str, **more: Any) -> dict[str, Any]:
    held = request.viewer.permissions  # type: ignore[attr-defined]
    return {"tabs": _tabs(current, request.viewer), "may_propose": Permission.RESPONSES_PROPOSE in held,  # type: ignore[attr-defined]
            "may_fund": Permission.RESPONSES_FUND in held, **more}  # fmt: skip


@gate("responses.read")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    context = _context(request, "amends:queue", cases=queries.queue(viewer, at=at), rows=pages.turn(viewer, at=at),
                       may_see_cases=Permission.INQUIRIES_READ in viewer.permissions)  # fmt: skip
    return render(request, "amends/queue.html", context)


@gate("responses.read")
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in vocabulary("offer_state") else ""
    rows = pages.listing(request.viewer, at=timezone.now(), state=state)  # type: ignore[attr-defined]
    states = [
        {"code": code, "label": term.label(get_language() or "fr"), "current": code == state}
        for code, term in vocabulary("offer_state").items()
    ]
    return render(
        request,
        "amends/offers.html",
        _context(request, "amends:offers", rows=rows, states=states, state=state),
    )


@gate("responses.read")
@require_safe
def case(request: HttpRequest, inquiry: str) -> HttpResponse:
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    found = _or_404(get_inquiry, viewer, inquiry, at=at)
    rows = [pages.row(one) for one in queries.offers_of(viewer, found, at=at)]
    incident = found.incident
    protected = incident.sensitivity > int(queries.MONEY_READS) or incident.compartment != GENERAL
    context = _context(request, "amends:queue", case=queries.case_of(found, at=at), rows=rows, state=found.state,
                       protected=protected, lacking=file.lacking(found, at=at) if protected else [],
                       may_admit=Permission.ACCESS_GRANT in viewer.permissions, admitted=file.admitted_to(found, at=at),
                       crumbs=_crumbs((inquiry, "")))  # fmt: skip
    return render(request, "amends/case.html", context)


@gate("responses.propose")
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, inquiry: str) -> HttpResponse:
    """What is offered for one harm: of a person (`person`), or of the figures."""
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    found = _or_404(get_inquiry, viewer, inquiry, at=at)
    harm, person = request.GET.get("harm", ""), request.GET.get("person", "")
    if harm not in vocabulary("harm"):
        raise Http404
    waiting = next(
        (one for one in queries.harms_waiting(found) if (str(one.person or ""), one.harm) == (person, harm)), None
    )  # fmt: skip
    survivor = is_survivor(found.incident.compartment, harm)
    start = {
        "quantity": waiting.left if waiting else 1,
        "band": waiting.bands[0] if waiting and waiting.bands else "",
    }
    form = forms.Propose(request.POST or None, harm=harm, survivor=survivor, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            code = _proposed(request, inquiry, harm, person, form.cleaned_data)
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Proposed: %(code)s. Somebody else certifies it.") % {"code": code})
            return redirect("amends:offer", code)
    context = _context(
        request, "amends:queue", form=form, inquiry=inquiry, harm=harm, short=person[:8], survivor=survivor,
        bands=[one for one in pages.bands(on=at.date()) if one.current and waiting and one.code in waiting.bands],
        url=reverse("amends:case", args=[inquiry]),
        crumbs=_crumbs((inquiry, reverse("amends:case", args=[inquiry])), (_("Propose"), "")),
    )  # fmt: skip
    return render(request, "amends/propose.html", context)


def _proposed(request: HttpRequest, inquiry: str, harm: str, person: str, data: dict[str, Any]) -> str:
    changes = [(data[f"change_{n}"], data[f"change_amount_{n}"] or Decimal(0))
               for n in range(forms.CHANGES) if data[f"change_{n}"]]  # fmt: skip
    terms = Terms(
        measure=data["measure"], currency=data["currency"], band=data["band"], base=data["base"], adjustments=changes,
        deviation=data["deviation"], deviation_words=data["deviation_words"], in_kind_unit=data["in_kind_unit"],
        in_kind_quantity=data["in_kind_quantity"], valuation=data["valuation"], legal_nature=data["legal_nature"],
    )  # fmt: skip
    payees = [
        PayeeDraft(data[f"kinship_{n}"], data[f"share_{n}"] or Fraction(0),
                   {"name": data[f"name_{n}"], "contact": data[f"contact_{n}"]})
        for n in range(forms.HEIRS) if data[f"kinship_{n}"] or data[f"name_{n}"]
    ]  # fmt: skip
    return actions.propose(
        by=request.user, at=timezone.now(), inquiry=inquiry, harm=harm, person=person or None, terms=terms, payees=payees,  # type: ignore[arg-type]
        payee_rule=data["payee_rule"], payee_basis=data["payee_basis"], reason=data["reason"], quantity=data["quantity"],
    )  # fmt: skip


@gate("responses.propose")
@require_http_methods(["GET", "POST"])
def case_act(request: HttpRequest, inquiry: str, verb: str) -> HttpResponse:
    """What is done for a harm beside an offer: settled by another payer, held back, taken up again."""
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    _or_404(get_inquiry, viewer, inquiry, at=at)
    kinds: dict[str, tuple[Any, type[forms.Act], Callable[..., Any]]] = {
        "elsewhere": (_("Settled by another payer"), forms.Elsewhere, actions.settled_elsewhere),
        "hold_back": (_("No offer now"), forms.HoldBack, actions.hold_back),
        "take_up": (_("Take up again"), forms.Act, actions.take_up),
    }
    harm, person = request.GET.get("harm", ""), request.GET.get("person", "")
    if verb not in kinds or harm not in vocabulary("harm"):
        raise Http404
    label, form_class, run = kinds[verb]
    form = form_class(request.POST if request.method == "POST" else None, at=at, initial={"quantity": 1})
    url = reverse("amends:case", args=[inquiry])
    if request.method == "POST" and form.is_valid():
        try:
            run(
                by=request.user, at=at, inquiry=inquiry, harm=harm, person=person or None, **form.cleaned_data
            )
        except REFUSALS as error:
            _refuse(form, error)
        else:
            said = _("Said. Somebody else confirms it; until then the harm stays open.")
            messages.success(request, said if verb == "elsewhere" else _("Recorded."))
            return redirect(url)
    help = _("One person says it, another confirms it. Until then the harm stays open.")
    context = _context(request, "amends:queue", form=form, label=label, help=help if verb == "elsewhere" else "", about=vocabulary("harm").label(harm, get_language() or "fr"),
                       code=inquiry, url=url, crumbs=_crumbs((inquiry, url), (label, "")))  # fmt: skip
    return render(request, "amends/act.html", context)


@gate("access.grant")
@require_http_methods(["GET", "POST"])
def admission(request: HttpRequest, inquiry: str, number: int = 0) -> HttpResponse:
    """Admit somebody by name to the amends file of a case above their level; `number`: end that admission."""
    viewer, at, by = request.viewer, timezone.now(), request.user  # type: ignore[attr-defined]
    _or_404(get_inquiry, viewer, inquiry, at=at)
    posted = request.POST if request.method == "POST" else None
    form = forms.Act(posted, at=at) if number else forms.Admit(posted, at=at)

    def run(data: dict[str, Any]) -> None:
        if number:
            actions.end_admission(by=by, at=at, inquiry=inquiry, admission=number)  # type: ignore[arg-type]
            return
        until = timezone.make_aware(datetime.combine(data["until"], time(23, 59, 59)))
        person = Person.objects.get(pk=int(data["person"]))
        actions.admit(by=by, at=at, inquiry=inquiry, person=person, reason=data["reason"], until=until)  # type: ignore[arg-type]

    label = _("End this admission") if number else _("Admit somebody to the amends file")
    help = _(
        "They see amount, band, reference and receipt of the offers of this case, and nothing of what happened or to whom."
    )
    return _money_act(request, label, form, run, reverse("amends:case", args=[inquiry]), code=inquiry,
                      help="" if number else help, grave=bool(number))  # fmt: skip


@gate("responses.read")
@require_safe
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """The offer with its case; above the reader's level the amends file alone; else nothing is there."""
    viewer, at = request.viewer, timezone.now()  # type: ignore[attr-defined]
    languages = [(one, str(dict(_languages())[one])) for one in RECEIPT_LANGUAGES]
    try:
        page = pages.offer_page(viewer, code, at=at)
    except OfferNotFound:
        protected = _or_404(file.file_page, viewer, code, at=at)
        context = _context(
            request, "amends:offers", page=protected, languages=languages, crumbs=_crumbs((code, ""))
        )
        return render(request, "amends/file.html", context)
    context = _context(request, "amends:offers", page=page, languages=languages, crumbs=_crumbs((code, "")),
                       may_see_cases=Permission.INQUIRIES_READ in request.viewer.permissions)  # type: ignore[attr-defined]  # fmt: skip
    return render(request, "amends/offer.html", context)


def _languages() -> list[tuple[str, str]]:
    return vocabulary("language").choices(get_language() or "fr")


@gate("responses.read")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """GET: the form of the act. POST: the act; what it refuses is said above the form, which keeps its values.

    A step on the money opens from the amends file too; every other one needs the case.
    """
    if verb not in ACTS or ACTS[verb].permission not in request.viewer.permissions:  # type: ignore[attr-defined]
        raise Http404
    chosen, at = ACTS[verb], timezone.now()
    page, protected = _page_or_file(request.viewer, code, chosen.permission, at)  # type: ignore[attr-defined]
    posted = request.method == "POST"
    form = chosen.form(request.POST if posted else None, request.FILES if posted else None, at=at)
    if posted and form.is_valid():
        try:
            chosen.run(by=request.user, at=at, target=code, data=dict(form.cleaned_data))
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("amends:offer", code)
    label = vocabulary("verb").label(verb, get_language() or "fr")
    url = reverse("amends:offer", args=[code])
    context = _context(
        request, "amends:offers", form=form, label=label, code=code, url=url, grave=chosen.grave, page=page, file=protected,
        help=chosen.help or vocabulary("verb")[verb].defined(get_language() or "fr"), crumbs=_crumbs((code, url), (label, "")),
    )  # fmt: skip
    return render(request, "amends/act.html", context)


def _page_or_file(
    viewer: Any, code: str, permission: Permission, at: datetime
) -> tuple[pages.OfferPage | None, file.FilePage | None]:
    """What the act is about, as much as this viewer may see: one of the two."""
    try:
        return pages.offer_page(viewer, code, at=at), None
    except OfferNotFound as error:
        if permission not in ACTING:
            raise Http404 from error
        return None, _or_404(file.file_page, viewer, code, at=at)


@gate("identities.reveal")
@require_http_methods(["GET", "POST"])
def payee(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The name of one who receives, once, for a stated purpose. It is in this answer and nowhere else."""
    viewer, at, values = request.viewer, timezone.now(), {}  # type: ignore[attr-defined]
    line = _or_404(file.payee_of, viewer, code, key, at=at)
    if line is None:
        raise Http404
    form = forms.Reveal(request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            by: Any = request.user
            values = vault.reveal(key, by=by, viewer=viewer, purpose=form.cleaned_data["purpose"], at=at)
        except REFUSALS as error:
            _refuse(form, error)
    url = reverse("amends:offer", args=[code])
    context = _context(request, "amends:offers", form=form, values=values, code=code, line=line, url=url,
                       crumbs=_crumbs((code, url), (_("Who receives"), "")))  # fmt: skip
    return render(request, "amends/payee.html", context)


@gate("responses.read")
@require_safe
def receipt(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """A plain page to print: what is handed over, the statement to read aloud, room for the marks. No name is on it."""
    if language not in RECEIPT_LANGUAGES:
        raise Http404
    with translation.override(language):
        page = _or_404(file.paper, request.viewer, code, at=timezone.now())  # type: ignore[attr-defined]
        return render(request, "amends/receipt.html", {"page": page, "receipt_language": language,
                      "direction": "rtl" if language == "ar" else "ltr"})  # fmt: skip


@gate("responses.read")
@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "amends/funds.html",
        _context(request, "amends:funds", funds=pages.funds(), rates=pages.rates()),
    )


@gate("responses.read")
@require_safe
def fund(request: HttpRequest, code: str) -> HttpResponse:
    before = request.GET.get("before", "")
    page = _or_404(
        pages.fund_page, request.viewer, code, at=timezone.now(), before=int(before) if before.isdecimal() else None  # type: ignore[attr-defined]
    )  # fmt: skip
    context = _context(
        request,
        "amends:funds",
        page=page,
        crumbs=_crumbs((_("Fund lines"), reverse("amends:funds")), (code, "")),
    )
    return render(request, "amends/fund.html", context)


def _money_act(
    request: HttpRequest, label: Any, form: Any, run: Callable[[dict[str, Any]], Any], url: str, *, code: str = "",
    help: Any = "", grave: bool = False,
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            run(form.cleaned_data)
        except REFUSALS as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect(url)
    context = _context(request, "amends:funds", form=form, label=label, code=code, url=url, help=help, grave=grave,
                       crumbs=_crumbs((label, "")))  # fmt: skip
    return render(request, "amends/act.html", context)


@gate("responses.fund")
@require_http_methods(["GET", "POST"])
def fund_act(request: HttpRequest, code: str, verb: str, number: int = 0) -> HttpResponse:
    if verb not in FUND_ACTS or (verb == "reverse") != bool(number):
        raise Http404
    chosen, at = FUND_ACTS[verb], timezone.now()
    _or_404(pages.fund_page, request.viewer, code, at=at)  # type: ignore[attr-defined]
    form = chosen.form(request.POST if request.method == "POST" else None, at=at)
    target = f"{code}/{number}" if number else code

    def run(data: dict[str, Any]) -> None:
        chosen.run(by=request.user, at=at, target=target, data=data)

    return _money_act(request, chosen.label, form, run, reverse("amends:fund", args=[code]), code=target,
                      help=chosen.help, grave=chosen.grave)  # fmt: skip


@gate("responses.fund")
@require_http_methods(["GET", "POST"])
def setting(request: HttpRequest, what: str) -> HttpResponse:
    """Open a fund line, note a rate, set a band."""
    at, by = timezone.now(), request.user
    kinds: dict[str, tuple[Any, type[forms.Act], Callable[..., Any], str]] = {
        "fund": (_("Open a fund line"), forms.OpenFund, actions.open_fund, "amends:funds"),
        "rate": (_("Note a rate"), forms.SetRate, actions.set_rate, "amends:funds"),
        "band": (_("Set a band"), forms.SetBand, actions.set_band, "amends:bands"),
    }
    if what not in kinds:
        raise Http404
    label, form_class, action, back = kinds[what]
    form = form_class(request.POST if request.method == "POST" else None, at=at)
    return _money_act(request, label, form, lambda data: action(by=by, at=at, **data), reverse(back))


@gate("responses.read")
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    page = pages.money_page(request.viewer, at=timezone.now())  # type: ignore[attr-defined]
    return render(
        request, "amends/money.html", _context(request, "amends:money", page=page, funds=pages.funds())
    )


@gate("responses.read")
@require_safe
def bands(request: HttpRequest) -> HttpResponse:
    rows = pages.bands(on=timezone.now().date())
    return render(request, "amends/bands.html", _context(request, "amends:bands", bands=rows))


@gate("responses.read")
@require_safe
def comparability(request: HttpRequest) -> HttpResponse:
    form = forms.Period(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    classes = pages.comparability_page(
        request.viewer, at=timezone.now(), first=chosen.get("first"), last=chosen.get("last")  # type: ignore[attr-defined]
    )  # fmt: skip
    return render(
        request,
        "amends/comparability.html",
        _context(request, "amends:comparability", classes=classes, form=form),
    )
