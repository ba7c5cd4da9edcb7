"""The acts a person can do on the page of an incident: the address of each, its form, what it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Person
from constat.apps.incidents import actions, forms
from constat.apps.incidents.errors import Incomplete
from constat.apps.incidents.models import Incident, PersonHarm, PersonHarmed, Source
from constat.apps.register.queries.areas import areas_at
from constat.rules.permissions import Permission

Run = Callable[..., Any]


@dataclass(frozen=True)
class Act:
    """`label` names the act on its button; `done` is the message afterwards; `run(by=, at=, incident=, target=, data=)`.

    target: what the act is about beside the incident (a report's code, a person's key ...), "" where it is about nothing else.
    """

    label: Any
    done: Any
    form: type[forms.Act]
    run: Run
    permission: Permission
    help: Any = ""
    grave: bool = False  # the button says that it cannot be overlooked


def _plain(action: Run, target_name: str = "") -> Run:
    def run(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> Any:
        about = {target_name: target} if target_name else {}
        return action(by=by, at=at, incident=incident, **about, **data)

    return run


def _describe(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    changes = {name: value for name, value in data.items() if name != "reason"}
    found = Incident.objects.filter(code=incident).first()
    moved = found is not None and (found.lon, found.lat) != (changes.get("lon"), changes.get("lat"))
    if moved and changes.get("lon") is not None and changes.get("lat") is not None:
        # A point that was moved is in other areas, and is no longer the named place it was taken from.
        here = areas_at(changes["lon"], changes["lat"], on=changes["starts_on"] or at.date())
        changes |= {
            "place_id": None,
            "country": here.country,
            "adm1": here.adm1,
            "adm2": here.adm2,
            "adm3": here.adm3,
        }
    actions.describe(by=by, at=at, incident=incident, changes=changes, reason=data["reason"])


def _person(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in {"name", "contact"}}


def _add_person(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    identity = {"name": data["name"], "contact": data["contact"]}
    actions.add_person(by=by, at=at, incident=incident, identity=identity, **_person(data))


def _source(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "supports": data["supports"] == "1"}


def _add_source(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    actions.add_source(by=by, at=at, incident=incident, **_source(data))


def _grade_source(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    actions.grade_source(by=by, at=at, incident=incident, source=number(target), **_source(data))


def _withdraw(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    actions.withdraw_attribution(by=by, at=at, incident=incident, attribution=number(target))


def _assign(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    actions.assign(
        by=by, at=at, incident=incident, to=Person.objects.get(pk=int(data["to"])) if data["to"] else None
    )


def _share(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    # Until the end of that day, where the node stands.
    until = timezone.make_aware(datetime.combine(data["until"], time(23, 59, 59)))
    person = Person.objects.get(pk=int(data["person"])) if data["person"] else None
    actions.share(by=by, at=at, incident=incident, reason=data["reason"], until=until, person=person,
                  section=data["section"])  # fmt: skip


def _move(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    actions.move(by=by, at=at, report=target, source=incident, target=data["target"].strip().upper(),
                 relation=data["relation"], reason=data["reason"])  # fmt: skip


def _split(*, by: Person, at: datetime, incident: str, target: str, data: dict[str, Any]) -> None:
    actions.split(by=by, at=at, absorbed=target, reason=data["reason"])


def number(target: str) -> int:
    if not target.isdecimal():
        raise Incomplete(str(_("Choose a line of the incident.")))
    return int(target)


P = Permission
ACTS: dict[str, Act] = {
    "describe": Act(_("Describe"), _("The description is changed."), forms.Describe, _describe, P.INCIDENTS_BUILD,
                    _("What it said before stays in the record.")),
    "harm": Act(_("Set the figures"), _("The figures are changed."), forms.Reason, _plain(actions.set_harm), P.INCIDENTS_BUILD),
    "person": Act(_("Add a person harmed"), _("The person is on the list, under a key."), forms.AddPerson, _add_person,
                  P.INCIDENTS_BUILD),
    "amend_person": Act(_("Amend"), _("The person is amended."), forms.PersonForm,
                        lambda *, target, data, **act: actions.amend_person(person=target, **_person(data), **act),
                        P.INCIDENTS_BUILD),
    "remove_person": Act(_("Take off the list"), _("The person is off the list."), forms.Reason,
                         _plain(actions.remove_person, "person"), P.INCIDENTS_BUILD, grave=True),
    "source": Act(_("Add a source"), _("The source is added."), forms.SourceForm, _add_source, P.INCIDENTS_GRADE),
    "grade_source": Act(_("Grade this source"), _("The source is graded."), forms.SourceForm, _grade_source,
                        P.INCIDENTS_GRADE),
    "grade": Act(_("Grade the incident"), _("The incident is graded."), forms.GradeForm, _plain(actions.grade),
                 P.INCIDENTS_GRADE),
    "attribute": Act(_("Attribute"), _("The attribution is recorded."), forms.AttributeForm, _plain(actions.attribute),
                     P.INCIDENTS_ATTRIBUTE, _("To name nobody is always right when nobody is known.")),
    "withdraw": Act(_("Withdraw this attribution"), _("The attribution no longer stands."), forms.Act, _withdraw,
                    P.INCIDENTS_ATTRIBUTE, _("It stays in the record, with the moment it ended.")),
    "difference": Act(_("Explain the difference"), _("The difference is explained."), forms.DifferenceForm,
                      _plain(actions.explain_difference, "harm"), P.INCIDENTS_BUILD),
    "submit_for_review": Act(_("Submit for review"), _("Somebody else decides now."), forms.Reason,
                             _plain(actions.submit_for_review), P.INCIDENTS_BUILD),
    "return_to_open": Act(_("Return for more work"), _("The incident is open again."), forms.Reason,
                          _plain(actions.return_to_open), P.INCIDENTS_CLOSE),
    "close": Act(_("Close"), _("The decision is recorded."), forms.CloseForm, _plain(actions.close), P.INCIDENTS_CLOSE,
                 _("Whoever worked on the incident does not close it. Closing is never final: it can be reopened.")),
    "reopen": Act(_("Reopen"), _("The incident is open again."), forms.ReopenForm, _plain(actions.reopen), P.INCIDENTS_CLOSE),
    "tell": Act(_("Note that they were told"), _("It is noted, and the clock has ended."), forms.Reason, _plain(actions.tell),
                P.INCIDENTS_BUILD, _("Say how the people concerned were told, or why it was impossible. No names, no numbers.")),
    "pause": Act(_("Pause the clock"), _("The clock is paused."), forms.PauseForm, _plain(actions.pause), P.INCIDENTS_BUILD),
    "resume": Act(_("Resume the clock"), _("The clock runs again."), forms.Act, _plain(actions.resume), P.INCIDENTS_BUILD),
    "assign": Act(_("Assign"), _("The incident is assigned."), forms.AssignForm, _assign, P.ACCESS_GRANT),
    "share": Act(_("Open to a reader"), _("The incident is open to this reader."), forms.ShareForm, _share, P.ACCESS_GRANT),
    "link": Act(_("Link reports"), _("The reports are linked."), forms.LinkForm, _plain(actions.link), P.REPORTS_LINK),
    "cut": Act(_("Cut this report"), _("The report is cut and waits for its incident."), forms.Reason,
               _plain(actions.cut, "report"), P.REPORTS_LINK, _("The link stays in the record, with its end.")),
    "move": Act(_("Move to another incident"), _("The report is moved."), forms.MoveForm, _move, P.REPORTS_LINK),
    "split": Act(_("Undo this merge"), _("Both incidents are back as they were."), forms.Reason, _split, P.INCIDENTS_MERGE,
                 _("Every row goes back where it was. What was added since stays here; figures and wording written for the"
                   " two together are taken back and kept in the record.")),
}  # fmt: skip


def initial(verb: str, incident: Incident, target: str) -> dict[str, Any]:
    """What the form shows first."""
    if verb == "describe":
        return {name: getattr(incident, name) for name in forms.Describe.base_fields if name != "reason"}
    if verb == "grade":
        return {
            "grade": incident.grade_suggested or incident.grade,
            "proof_standard": incident.proof_standard,
        }
    if verb == "grade_source":
        row = Source.objects.filter(incident=incident, pk=int(target) if target.isdecimal() else 0).first()
        return _of_source(row) if row else {}
    if verb == "amend_person":
        persons = {str(one.key): one for one in PersonHarmed.objects.filter(harms__incident=incident)}
        return _of_person(persons[target], incident) if target in persons else {}
    return {}


def _of_source(row: Source) -> dict[str, Any]:
    group = "" if row.independence_group == "unestablished" else row.independence_group
    return {"kind": row.kind, "access": row.access, "reliability": row.reliability, "credibility": row.credibility,
            "independence_group": group, "supports": "1" if row.supports else "0", "note_text": row.note}  # fmt: skip


def _of_person(person: PersonHarmed, incident: Incident) -> dict[str, Any]:
    harms = PersonHarm.objects.filter(person=person, incident=incident).values_list("harm", flat=True)
    return {"sex": person.sex, "age_band": person.age_band, "status": person.status, "groups": person.groups,
            "status_basis": person.status_basis, "harms": list(harms)}  # fmt: skip
