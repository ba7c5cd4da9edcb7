"""The acts on the page of a referral: the address of each, its form, what it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Person
from constat.apps.referrals import actions, forms
from constat.rules.permissions import Permission
from constat.ui.forms import Mannered


@dataclass(frozen=True)
class Act:
    """`label` names the act on its button; `done` is the message afterwards; `run(by=, at=, referral=, data=)`."""

    label: Any
    done: Any
    form: type[Mannered]
    run: Callable[..., Any]
    permission: Permission
    help: Any = ""
    grave: bool = False


def noon(day: date, at: datetime) -> datetime:
    """A day somebody named, as a moment: noon where the node stands, and never after now."""
    return min(timezone.make_aware(datetime.combine(day, time(12))), at)


def _plain(action: Callable[..., Any]) -> Callable[..., Any]:
    def run(*, by: Person, at: datetime, referral: str, data: dict[str, Any]) -> None:
        action(by=by, at=at, referral=referral, **data)

    return run


def _answer(*, by: Person, at: datetime, referral: str, data: dict[str, Any]) -> None:
    actions.note_answer(
        by=by, at=at, referral=referral, kind=data["kind"], words=data["words"], reference=data["reference"],
        said_at=_moment(data["said_at"], at),
    )  # fmt: skip


def _moment(day: date, at: datetime) -> datetime:
    # A day in the future stays one, so that the action can refuse it.
    return (
        noon(day, at)
        if day <= timezone.localdate(at)
        else timezone.make_aware(datetime.combine(day, time(12)))
    )


P = Permission
ACTS: dict[str, Act] = {
    "judge_risk": Act(_("Judge the risk"), _("The risk is on record."), forms.Risk, _plain(actions.judge_risk), P.PUBLICATION_STOP,
                      _("Who could be harmed by this hand-over, and what is done about it?")),
    "submit_for_review": Act(_("Submit"), _("It waits for a second person."), forms.Reason, _plain(actions.submit_for_review),
                             P.REFERRALS_PREPARE),
    "send_back": Act(_("Send back"), _("It is back with whoever prepares it."), forms.Reason, _plain(actions.send_back),
                     P.REFERRALS_APPROVE, _("Say what is to be done first.")),
    "approve": Act(_("Approve"), _("Approved. It may be written out and handed over."), forms.Reason, _plain(actions.approve),
                   P.REFERRALS_APPROVE, _("You looked at what goes, what is withheld, the basis and the risk. If any of it"
                                          " changes, you will be asked again.")),
    "hand_over": Act(_("Hand over"), _("Handed over. An answer is awaited."), forms.HandOver, _plain(actions.hand_over),
                     P.REFERRALS_PREPARE),
    "note_answer": Act(_("Note an answer"), _("The answer is on record."), forms.Answered, _answer, P.REFERRALS_PREPARE,
                       _("Silence is an answer to note, too: the wait starts again.")),
    "settle": Act(_("Note the outcome"), _("The answer is on record."), forms.Answered, _answer, P.REFERRALS_PREPARE),
    "close": Act(_("Close the referral"), _("Closed."), forms.Closing, _plain(actions.close), P.REFERRALS_PREPARE),
    "withdraw": Act(_("Withdraw"), _("Withdrawn."), forms.Reason, _plain(actions.withdraw), P.REFERRALS_PREPARE, grave=True),
    "stop": Act(_("Stop"), _("Stopped. It is a draft again."), forms.Reason, _plain(actions.stop), P.PUBLICATION_STOP,
                _("Say who would be in danger, without naming anybody."), grave=True),
}  # fmt: skip
