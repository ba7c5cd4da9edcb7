"""The acts a person can do on the page of an item or an interview: the address of each, its form, what it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Person
from constat.apps.evidence import actions, forms, queries, subjects
from constat.rules.permissions import Permission

Run = Callable[..., Any]
P = Permission


@dataclass(frozen=True)
class Act:
    """`run(by=, at=, code=, target=, data=)`. target: the key of a consent, "" where the act is about nothing else."""

    label: Any
    done: Any
    form: type[forms.Act]
    run: Run
    permission: Permission
    help: Any = ""
    grave: bool = False


def moment_of(day: date | None, at: datetime) -> datetime | None:
    """Noon of that day where the node stands, or now when that is earlier."""
    return None if day is None else min(at, timezone.make_aware(datetime.combine(day, time(12))))


def _plain(action: Run) -> Run:
    def run(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
        return action(by=by, at=at, item=code, **data)

    return run


def _hand_over(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> None:
    values = {**data, "happened": moment_of(data["happened_on"], at)}
    del values["happened_on"]
    actions.hand_over(by=by, at=at, item=code, **values)


def _link(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> None:
    actions.link(by=by, at=at, item=code, subject=subjects.of_code(data["subject"]), reason=data["reason"])


def _shared(action: Run, name: str) -> Run:
    def run(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> None:
        until = timezone.make_aware(datetime.combine(data["until"], time(23, 59, 59)))
        person = Person.objects.get(pk=int(data["person"])) if data["person"] else None
        action(
            by=by,
            at=at,
            reason=data["reason"],
            until=until,
            person=person,
            section=data["section"],
            **{name: code},
        )

    return run


def _consent(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> None:
    values = {**data, "given_at": moment_of(data["given_on"], at)}
    del values["given_on"]
    actions.consent(by=by, at=at, record=code, **values)


def _withdraw(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> None:
    purpose, recipient = queries.consent_named(code, target)
    actions.withdraw_consent(by=by, at=at, record=code, purpose=purpose, recipient=recipient)


def _weigh(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> None:
    actions.weigh_risk(by=by, at=at, interview=code, level=data["level"])


_CONSENT = Act(_("Record a consent"), _("The consent is recorded."), forms.Consent, _consent, P.EVIDENCE_INTERVIEW,
               _("One purpose at a time. What is not recorded is a no."))  # fmt: skip
_WITHDRAW = Act(_("Consent withdrawn"), _("From now on it is a no; the next hand-over leaves it out."), forms.Act, _withdraw,
                P.EVIDENCE_INTERVIEW, _("The person took it back. No reason is asked for. What was given before stays on"
                                        " record with its end."), grave=True)  # fmt: skip

ITEM_ACTS: dict[str, Act] = {
    "hand_over": Act(_("Add a line of custody"), _("The line is in the chain of custody."), forms.HandOver, _hand_over,
                     P.EVIDENCE_CUSTODY, _("The file is read whole and compared with its seal first.")),
    "hold": Act(_("Place a legal hold"), _("The item is on hold."), forms.Reason, _plain(actions.hold), P.EVIDENCE_CUSTODY),
    "lift_hold": Act(_("Lift the legal hold"), _("The hold is lifted."), forms.Reason, _plain(actions.lift_hold),
                     P.EVIDENCE_CUSTODY),
    "copy": Act(_("Make a working copy"), _("The working copy is made."), forms.Reason, _plain(actions.copy),
                P.EVIDENCE_REDACT, _("Drawn anew from what can be seen, without the hidden data of the original.")),
    "second_look": Act(_("Confirm after a second look"), _("The second look is recorded."), forms.Act,
                       _plain(actions.second_look), P.EVIDENCE_REDACT,
                       _("You looked through every page and found nothing left to black out.")),
    "link": Act(_("Link to another record"), _("The item is linked."), forms.Link, _link, P.EVIDENCE_DEPOSIT),
    "share": Act(_("Open to a reader"), _("The item is open to this reader."), forms.Share, _shared(actions.share, "item"),
                 P.ACCESS_GRANT, _("The media are opened too. A compartment is never opened.")),
    "consent": _CONSENT,
    "withdraw": _WITHDRAW,
}  # fmt: skip

INTERVIEW_ACTS: dict[str, Act] = {
    "consent": _CONSENT,
    "withdraw": _WITHDRAW,
    "weigh_risk": Act(_("Weigh the risk again"), _("The risk is recorded."), forms.Weigh, _weigh, P.EVIDENCE_INTERVIEW,
                      _("Before another contact, a hand-over or a publication. The last one counts.")),
    "share": Act(_("Open to a reader"), _("The interview is open to this reader."), forms.Share,
                 _shared(actions.share_interview, "interview"), P.ACCESS_GRANT),
}  # fmt: skip
