"""The acts a person can do on the page of a report: the address of each, its form, what it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Person
from constat.apps.reports import forms
from constat.apps.reports.actions import acknowledge as acknowledge_
from constat.apps.reports.actions import assign as assign_
from constat.apps.reports.actions import clocks, consent, hold, tell
from constat.apps.reports.actions import grade as grade_
from constat.apps.reports.actions import reopen as reopen_
from constat.apps.reports.actions import share as share_
from constat.apps.reports.actions import take as take_
from constat.apps.reports.actions import translate as translate_
from constat.apps.reports.actions import triage as triage_

Run = Callable[..., Any]


@dataclass(frozen=True)
class Act:
    """`label` names the act on its button; `done` is the message afterwards; `run(by=, at=, report=, data=)`."""

    label: Any
    done: Any
    form: type[forms.Act]
    run: Run
    help: Any = ""


def _plain(action: Run) -> Run:
    def run(*, by: Person, at: datetime, report: str, data: dict[str, Any]) -> Any:
        return action(by=by, at=at, report=report, **data)

    return run


def _triage(*, by: Person, at: datetime, report: str, data: dict[str, Any]) -> Any:
    findings = triage_.Findings(data["child_involved"], data["sexual_violence"], data["involvement"])
    return triage_.triage(
        by=by, at=at, report=report, outcome=data["outcome"], reason=data["reason"], explanation=data["explanation"],
        findings=findings,
    )  # fmt: skip


def _reclassify(*, by: Person, at: datetime, report: str, data: dict[str, Any]) -> Any:
    findings = triage_.Findings(data["child_involved"], data["sexual_violence"], data["involvement"])
    return triage_.reclassify(by=by, at=at, report=report, findings=findings, reason=data["reason"])


def _assign(*, by: Person, at: datetime, report: str, data: dict[str, Any]) -> Any:
    to = Person.objects.get(pk=int(data["to"])) if data["to"] else None
    return assign_.assign(by=by, at=at, report=report, to=to)


def _share(*, by: Person, at: datetime, report: str, data: dict[str, Any]) -> Any:
    person = Person.objects.get(pk=int(data["person"])) if data["person"] else None
    # Until the end of that day, where the node stands.
    until = timezone.make_aware(datetime.combine(data["until"], time(23, 59, 59)))
    return share_.share(
        by=by,
        at=at,
        report=report,
        reason=data["reason"],
        until=until,
        person=person,
        section=data["section"],
    )


ACTS: dict[str, Act] = {
    "take": Act(_("Take"), _("The report is yours."), forms.Act, _plain(take_.take)),
    "hold": Act(_("Hold for safety"), _("The report is held for safety."), forms.Reason, _plain(hold.hold)),
    "release": Act(_("Release"), _("The report is back in the queue."), forms.Release, _plain(hold.release)),
    "triage": Act(
        _("Decide"),
        _("The decision is recorded."),
        forms.Triage,
        _triage,
        _("A duplicate keeps its receipt, and its reporter still sees a status."),
    ),
    "reclassify": Act(
        _("Protect"),
        _("The protection is changed."),
        forms.Reclassify,
        _reclassify,
        _(
            "Children and sexual violence move to their own compartment at once; you may no longer see the report."
        ),
    ),
    "reopen": Act(_("Reopen"), _("The report is open again."), forms.Reopen, _plain(reopen_.reopen)),
    "translate": Act(
        _("Add a translation"),
        _("The translation stands beside the words."),
        forms.Translate,
        _plain(translate_.translate),
    ),
    "grade": Act(_("Grade the source"), _("The source is graded."), forms.Grade, _plain(grade_.grade)),
    "pause": Act(_("Pause the clock"), _("The clock is paused."), forms.Pause, _plain(clocks.pause_clock)),
    "resume": Act(_("Resume the clock"), _("The clock runs again."), forms.Act, _plain(clocks.resume_clock)),
    "acknowledge": Act(
        _("The receipt was given"), _("The receipt is noted."), forms.Act, _plain(acknowledge_.acknowledge)
    ),
    "assign": Act(_("Assign"), _("The report is assigned."), forms.Assign, _assign),
    "share": Act(_("Open to a reader"), _("The report is open to this reader."), forms.Share, _share),
    "withdraw": Act(
        _("Withdraw consent"),
        _("The withdrawal is recorded."),
        forms.Withdraw,
        _plain(consent.withdraw_consent),
    ),
    "tell": Act(_("The person was told"), _("It is noted."), forms.Tell, _plain(tell.tell)),
}
