"""The acts of this app: on a case, a notice, a complaint, a visit, a flag, a claim, an accompaniment; each with its form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Person
from constat.apps.incidents.forms import Act as Plain
from constat.apps.responses import actions, forms
from constat.rules.permissions import Permission

Run = Callable[..., Any]
P = Permission


@dataclass(frozen=True)
class Act:
    """`run(by=, at=, code=, target=, data=)`: `code` of the record, `target` what the act is about beside it."""

    label: Any
    done: Any
    form: type[Plain]
    run: Run
    permissions: tuple[Permission, ...]
    help: Any = ""
    grave: bool = False


def _person(pk: str) -> Person | None:
    return Person.objects.get(pk=int(pk)) if pk else None


def _n(target: str) -> int:
    return int(target) if target.isdecimal() else 0


def _plan(data: dict[str, Any]) -> dict[str, Any]:
    names = (
        "spoken_language",
        "text_language",
        "channels",
        "from_hour",
        "until_hour",
        "content_allowed",
        "survivor",
    )
    secrets = ("name", "phone", "where", "who_may_answer", "cover_reason", "duress_word")
    return {
        **{name: data[name] for name in names}, "weekdays": [int(day) for day in data["weekdays"]],
        "adviser": _person(data["adviser"]), "contact": {name: data[name] for name in secrets},
    }  # fmt: skip


def _add(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    who = data["who"]
    about = {"report": who} if who.startswith("R-") else {"key": who}
    kind = "reporter" if who.startswith("R-") else data["kind"]
    return actions.add_addressee(by=by, at=at, inquiry=code, kind=kind, **about, **_plan(data))


def _set_plan(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    return actions.set_plan(by=by, at=at, inquiry=code, addressee=_n(target), **_plan(data))


def _on_addressee(action: Run) -> Run:
    def run(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
        return action(by=by, at=at, inquiry=code, addressee=_n(target), **data)

    return run


def _no_contact(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    day = data["said_on"]
    said = min(timezone.make_aware(datetime.combine(day, time(12))), at) if day else None
    return actions.note_no_contact(by=by, at=at, inquiry=code, addressee=_n(target), contacted_at=said,
                                   no_contact_reason=data["no_contact_reason"], reason=data["reason"])  # fmt: skip


def _acknowledge(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    kind = "acknowledgement_private" if target else "acknowledgement_public"
    return actions.acknowledge(by=by, at=at, inquiry=code, kind=kind, addressee=_n(target) or None, **data)


def _plan_line(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    return actions.plan(by=by, at=at, inquiry=code, **{**data, "owner": _person(data["owner"])})


def _end_line(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    return actions.end_line(
        by=by, at=at, inquiry=code, line=_n(target), done=data["done"] == "1", result=data["result"]
    )


def _lesson(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    return actions.raise_lesson(by=by, at=at, incident=target, **{**data, "owner": _person(data["owner"])})


def _close(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    return actions.close_case(by=by, at=at, inquiry=code, **data)


def _limit(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    return actions.set_limit(by=by, at=at, incident=target, **data)


def _track(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    return actions.open_track(by=by, at=at, incident=target, **data)


def _named(action: Run, name: str, whole: bool = False) -> Run:
    """An action on the record itself, under its code (`whole`: under its number)."""

    def run(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
        return action(by=by, at=at, **{name: _n(code) if whole else code}, **data)

    return run


def _visit(*, by: Person, at: datetime, code: str, target: str, data: dict[str, Any]) -> Any:
    values = {**data, "reached": data["reached"] == "1"}
    return actions.record_visit(by=by, at=at, source=code, days=_n(target), **values)


NOTIFY, REVIEW, KEEP = (P.RESPONSES_NOTIFY,), (P.RESPONSES_REVIEW,), (P.RESPONSES_NOTIFY, P.RESPONSES_PROPOSE)
SECOND = (P.RESPONSES_CONFIRM_UNREACHED,)
ACTS: dict[str, dict[str, Act]] = {
    "case": {
        "add": Act(_("Add somebody to be told"), _("The person is on the list."), forms.AddressForm, _add, NOTIFY),
        "plan_contact": Act(_("Set the safe contact"), _("The plan of contact is changed."), forms.PlanForm, _set_plan, NOTIFY),
        "judge_risk": Act(_("Judge the risk"), _("The judgement is recorded."), forms.RiskForm,
                          _on_addressee(actions.judge_risk), (P.RESPONSES_NOTIFY, P.RESPONSES_PROTECT),
                          _("Before each contact. It holds for three days.")),
        "draft": Act(_("Draft the notice"), _("The notice is drafted. Somebody else reads it now."), forms.DraftForm,
                     _on_addressee(actions.draft), NOTIFY),
        "no_contact": Act(_("Note why not told"), _("Said. Somebody else confirms it; until then the person is owed an answer."),
                          forms.NoContactForm, _no_contact, NOTIFY,
                          _("One person says it, another confirms it. Until then the notice stays owed.")),
        "acknowledge": Act(_("Acknowledge the harm"), _("The acknowledgement is recorded."), forms.AcknowledgeForm, _acknowledge, NOTIFY,
                           _("To recognise the harm costs nothing and comes before any payment.")),
        "measure": Act(_("Add a measure"), _("The measure is in the plan."), forms.PlanLineForm, _plan_line, KEEP),
        "end_measure": Act(_("End this measure"), _("The measure has ended."), forms.EndLineForm, _end_line, KEEP),
        "lesson": Act(_("Raise a lesson"), _("The lesson is proposed."), forms.LessonForm, _lesson,
                      (P.RESPONSES_NOTIFY, P.INCIDENTS_CLOSE)),
        "limit": Act(_("Set the dates of a claim"), _("The dates are set."), forms.LimitForm, _limit, KEEP),
        "accompany": Act(_("Accompany somebody"), _("You accompany this person. Only you see it."), forms.TrackForm, _track,
                         NOTIFY),
        "close": Act(_("Close the case"), _("The case is closed."), forms.CloseForm, _close, (P.INCIDENTS_CLOSE,),
                     _("Everybody was told or a reason is coded; nothing promised is open.")),
    },
    "notice": {
        "clear": Act(_("Clear the text"), _("The text is cleared. The person may be told."), forms.Why,
                     _named(actions.clear, "notice"), NOTIFY, _("Read it aloud once. Whoever wrote it does not clear it.")),
        "send_back": Act(_("Send back"), _("The notice waits for another text."), forms.Why,
                         _named(actions.send_back, "notice"), NOTIFY),
        "redraft": Act(_("Write anew"), _("The text is new."), forms.RedraftForm, _named(actions.redraft, "notice"), NOTIFY),
        "tell": Act(_("Note that the person was told"), _("It is recorded, with its proof."), forms.TellForm,
                    lambda *, by, at, code, target, data: actions.tell(by=by, at=at, notice=code, **data), NOTIFY),
        "confirm_unreached": Act(_("Confirm that the person could not be told"), _("It is confirmed. The reason stands."),
                                 forms.Why, _named(actions.confirm_unreached, "notice"), SECOND,
                                 _("Read what was tried. Until you confirm it, the person is owed an answer.")),
        "send_back_claim": Act(_("Send back with the reason"), _("The person is owed an answer as before."), forms.Why,
                               _named(actions.send_back_claim, "notice"), SECOND, _("Say what is still to be tried.")),
        "reopen": Act(_("Found after all"), _("The notice is a draft again."), forms.Trigger,
                      _named(actions.reopen_notice, "notice"), NOTIFY),
    },
    "complaint": {
        "take": Act(_("Examine it"), _("You examine this complaint."), forms.Why, _named(actions.take, "complaint"), REVIEW,
                    _("Refused to whoever took part in the case or wrote the complaint down.")),
        "relate": Act(_("Relate to a case"), _("It hangs on the case now."), forms.RelateForm,
                      _named(actions.relate, "complaint"), REVIEW),
        "step_aside": Act(_("Step aside"), _("Somebody else examines it. The clock goes on."), forms.Why,
                          _named(actions.step_aside, "complaint"), REVIEW),
        "answer": Act(_("Answer"), _("The answer can be read with the receipt."), forms.AnswerForm,
                      _named(actions.answer, "complaint"), REVIEW),
        "withdraw": Act(_("Withdraw at the person’s wish"), _("The complaint is withdrawn."), forms.Why,
                        _named(actions.withdraw, "complaint"), (P.RESPONSES_COMPLAINT,), grave=True),
        "reopen": Act(_("Take up again"), _("It waits for a reviewer again."), forms.Trigger,
                      _named(actions.reopen, "complaint"), (P.RESPONSES_COMPLAINT,)),
    },
    "consequence": {
        "carry_out": Act(_("Note that it is done"), _("It is recorded as done."), forms.ResultForm,
                         _named(actions.carry_out, "consequence", whole=True),
                         (P.RESPONSES_NOTIFY, P.INQUIRIES_DECIDE, P.RESPONSES_PROPOSE, P.CONDUCT_MANAGE),
                         _("To reopen an inquiry is done here, by who may decide.")),
    },
    "visit": {
        "record": Act(_("Record the visit"), _("The visit is recorded."), forms.VisitForm, _visit, NOTIFY,
                      _("Threats go to the protection focal point at once.")),
    },
    "flag": {
        "take": Act(_("Take it up"), _("You protect this person."), Plain, _named(actions.take_flag, "flag", whole=True),
                    (P.RESPONSES_PROTECT,)),
        "end": Act(_("Note what was done"), _("It is recorded."), forms.MeasuresForm,
                   _named(actions.end_flag, "flag", whole=True), (P.RESPONSES_PROTECT,)),
    },
    "claim": {
        "filed": Act(_("Note that the claim was filed"), _("The claim is filed."), forms.FiledForm,
                     _named(actions.file_claim, "limit", whole=True), KEEP),
        "except": Act(_("Record an exception"), _("A later claim is accepted, with its reason."), forms.Why,
                      _named(actions.except_claim, "limit", whole=True), KEEP),
    },
    "track": {
        "step": Act(_("Note a step"), _("The step is noted."), forms.TrackStepForm,
                    _named(actions.add_step, "track", whole=True), NOTIFY),
    },
}  # fmt: skip


def values(form: Any) -> dict[str, Any]:
    """What the action gets of the form."""
    data = dict(form.cleaned_data)
    if isinstance(form, forms.TellForm):
        data["contacted_at"] = form.moment()
        del data["day"], data["hour"]
    return data
