"""The acts on an offer and on a fund line: the form of each, what it calls. The words of each are in the vocabularies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Person
from constat.apps.amends import actions, forms
from constat.apps.amends.actions import ContactDraft, HandOver
from constat.rules.permissions import Permission

Run = Callable[..., Any]


@dataclass(frozen=True)
class Act:
    """`run(by=, at=, target=, data=)`. label, help: "" where the vocabulary of verbs says it."""

    form: type[forms.Act]
    run: Run
    permission: Permission
    label: Any = ""
    help: Any = ""
    grave: bool = False


def _reason(action: Run, **fixed: Any) -> Run:
    def run(*, by: Person, at: datetime, target: str, data: dict[str, Any]) -> None:
        action(by=by, at=at, offer=target, **fixed, **data)

    return run


def _spoken(verb: str) -> Run:
    def run(*, by: Person, at: datetime, target: str, data: dict[str, Any]) -> None:
        reason = data.pop("reason")
        actions.answer(by=by, at=at, offer=target, verb=verb, reason=reason, contact=ContactDraft(**data))

    return run


def _deliver(*, by: Person, at: datetime, target: str, data: dict[str, Any]) -> None:
    colleague = Person.objects.get(pk=int(data["colleague"])) if data["colleague"] else None
    handover = HandOver(
        on=data["on"], place=data["place"], witness=data["witness"], mark=data["mark"],
        receipt_sha256=data["receipt"].strip().lower(), language=data["language"], read_aloud=data["read_aloud"],
        armed_in_view=data["armed"] != "no", colleague=colleague,
    )  # fmt: skip
    actions.deliver(by=by, at=at, offer=target, reason=data["reason"], handover=handover)


def _take_back(*, by: Person, at: datetime, target: str, data: dict[str, Any]) -> None:
    receipt = data["receipt"].strip().lower()
    actions.take_back(by=by, at=at, offer=target, reason=data["reason"], receipt_sha256=receipt)


P = Permission
ACTS: dict[str, Act] = {
    "certify": Act(forms.Certify, _reason(actions.certify), P.RESPONSES_CERTIFY,
                   help=_("The money is committed in the same act. Without enough money nothing is promised.")),
    "refuse_to_certify": Act(forms.Reason, _reason(actions.give_up, verb="refuse_to_certify"), P.RESPONSES_CERTIFY),
    "confirm_settled": Act(forms.Reason, _reason(actions.confirm_settled), P.RESPONSES_CONFIRM_SETTLED,
                           help=_("Look at the letter or the list yourself. Until you confirm it the harm stays open.")),
    "send_back_claim": Act(forms.Reason, _reason(actions.send_back_claim), P.RESPONSES_CONFIRM_SETTLED,
                           help=_("The claim falls, and the harm waits for an offer again.")),
    "cancel": Act(forms.Reason, _reason(actions.give_up, verb="cancel"), P.RESPONSES_CERTIFY, grave=True),
    "withdraw": Act(forms.Reason, _reason(actions.give_up, verb="withdraw"), P.RESPONSES_PROPOSE, grave=True),
    **{verb: Act(forms.Contacted, _spoken(verb), P.RESPONSES_PROPOSE)
       for verb in ("put_to_family", "accept_offer", "decline_offer", "defer_offer", "appeal")},
    **{verb: Act(forms.Reason, _reason(actions.review_appeal, verb=verb), P.RESPONSES_REVIEW)
       for verb in ("uphold", "grant_appeal")},
    "deliver": Act(forms.Deliver, _deliver, P.RESPONSES_PAY,
                   help=_("Place and time were chosen by the person. Nobody armed in view, no photograph.")),
    "take_back": Act(forms.TakeBack, _take_back, P.RESPONSES_PAY, grave=True),
    "reverse_delivery": Act(forms.Reason, _reason(actions.reverse_delivery), P.RESPONSES_CERTIFY, grave=True,
                            help=_("For a hand-over that was recorded and did not happen. Both entries stay in the books.")),
}  # fmt: skip


def _close(*, by: Person, at: datetime, target: str, data: dict[str, Any]) -> None:
    actions.close_fund(by=by, at=at, fund=target, reason=data["reason"])


def _top_up(*, by: Person, at: datetime, target: str, data: dict[str, Any]) -> None:
    actions.top_up(by=by, at=at, fund=target, **data)


def _reverse(*, by: Person, at: datetime, target: str, data: dict[str, Any]) -> None:
    code, _bar, number = target.partition("/")
    actions.reverse_funding(by=by, at=at, fund=code, number=int(number), reason=data["reason"])


FUND_ACTS: dict[str, Act] = {
    "top_up": Act(forms.TopUp, _top_up, P.RESPONSES_FUND, _("Add money that arrived")),
    "close": Act(forms.Reason, _close, P.RESPONSES_FUND, _("Close this fund line"),
                 _("What is left goes back to whoever gave it."), grave=True),
    "reverse": Act(forms.Reason, _reverse, P.RESPONSES_FUND, _("Reverse this entry"),
                   _("For money that did not arrive. The wrong entry stays, with the one that undoes it."), grave=True),
}  # fmt: skip
