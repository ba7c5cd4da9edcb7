"""The acts a person can do on the page of an inquiry: the address of each, its form, what it calls, where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Person
from constat.apps.incidents import places
from constat.apps.inquiries import actions, forms
from constat.apps.inquiries.errors import Incomplete
from constat.apps.inquiries.models import Assessment, Inquiry
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

Run = Callable[..., Any]
P = Permission
REVIEW, ASSESSMENT, DECISION, INVESTIGATION = "initial_review", "assessment", "decision", "investigation"
AT_WORK = (REVIEW, ASSESSMENT, INVESTIGATION)
SIGNED = ("response", "notification", "closed")
# Sections of the page, in the order of the work.
PARTS = ("head", "review", "assessment", "decision", "investigation", "end")


@dataclass(frozen=True)
class Act:
    """`label` names the act on its button; `done` is the message afterwards; `run(by=, at=, inquiry=, target=, data=)`.

    permissions: one of them. states: those in which it is offered, () for all. part: section of the page. target: it is
    about one row of the page. team: "member" or "declare" for acts of the team of the open investigation only.
    """

    label: Any
    done: Any
    form: type[forms.Act]
    run: Run
    permissions: tuple[Permission, ...]
    part: str
    states: tuple[str, ...] = ()
    help: Any = ""
    grave: bool = False
    target: bool = False
    team: str = ""
    clock: bool = False

    def open_to(self, viewer: Viewer) -> bool:
        return any(viewer.may(one) for one in self.permissions)


def _plain(action: Run, target_name: str = "", convert: Callable[[str], Any] = str) -> Run:
    def run(*, by: Person, at: datetime, inquiry: str, target: str, data: dict[str, Any]) -> Any:
        about = {target_name: convert(target)} if target_name else {}
        return action(by=by, at=at, inquiry=inquiry, **about, **data)

    return run


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _person(text: str) -> Person:
    found = Person.objects.filter(pk=_whole(text), is_active=True).first()
    if found is None:
        raise Incomplete(str(_("Choose a person.")), field="person")
    return found


def _about_person(action: Run, name: str) -> Run:
    """The chosen person goes to the action under `name`."""

    def run(*, by: Person, at: datetime, inquiry: str, target: str, data: dict[str, Any]) -> Any:
        rest = {key: value for key, value in data.items() if key != "person"}
        return action(by=by, at=at, inquiry=inquiry, **{name: _person(data["person"])}, **rest)

    return run


def _release(*, by: Person, at: datetime, inquiry: str, target: str, data: dict[str, Any]) -> None:
    actions.release_investigator(by=by, at=at, inquiry=inquiry, person=_person(target), reason=data["reason"])


def _assess(*, by: Person, at: datetime, inquiry: str, target: str, data: dict[str, Any]) -> None:
    rest = {key: value for key, value in data.items() if not key.startswith(("deaths_", "injured_"))}
    bounds: dict[str, Any] = {
        name: tuple(data[f"{name}_{end}"] for end in ("min", "best", "max")) for name in ("deaths", "injured")
    }
    actions.assess(by=by, at=at, inquiry=inquiry, **bounds, **rest)


_WORK = (P.INQUIRIES_REVIEW, P.INQUIRIES_ASSESS, P.INQUIRIES_INVESTIGATE)
_ALL = (*_WORK, P.INQUIRIES_DECIDE)
_ORDER = (P.INQUIRIES_DECIDE, P.INQUIRIES_REVIEW)
_TEAM = (P.INQUIRIES_INVESTIGATE,)

ACTS: dict[str, Act] = {
    "search": Act(_("Search the logs of operations"), _("The search is recorded."), forms.SearchForm,
                  _plain(actions.search_operations), _WORK, "review", AT_WORK,
                  _("What is found, where we looked and which logs are missing are all kept.")),
    "name_unit": Act(_("Name a unit involved"), _("The unit is named."), forms.UnitForm, _plain(actions.name_unit), _WORK,
                     "review", AT_WORK, _("Nobody in its chain decides on this case, and none of its members investigates.")),
    "strike_unit": Act(_("It was not this unit"), _("The unit is struck out."), forms.Reason,
                       _plain(actions.strike_unit, "unit"), _WORK, "review", AT_WORK, target=True),
    "open_assessment": Act(_("Open the assessment"), _("The assessment is open."), forms.Reason,
                           _plain(actions.open_assessment), (P.INQUIRIES_REVIEW,), "review", (REVIEW,)),
    "investigate_at_once": Act(_("Go straight to investigation"), _("The investigation is ordered."), forms.Reason,
                               _plain(actions.investigate_at_once), (P.INQUIRIES_REVIEW,), "review", (REVIEW,),
                               _("For what cannot wait. Your reason is the order of the investigation.")),
    "propose_closure": Act(_("Propose closure"), _("Somebody else decides now."), forms.ProposeForm,
                           _plain(actions.propose_closure), (P.INQUIRIES_REVIEW,), "review", (REVIEW,),
                           _("A reviewer closes nothing: your proposal is signed, or not, by somebody else.")),
    "assess": Act(_("Write the findings"), _("A version of the findings is recorded."), forms.AssessForm, _assess,
                  (P.INQUIRIES_ASSESS,), "assessment", (ASSESSMENT,),
                  _("The version before stays, and what was reported stays beside both.")),
    "submit_to_decision": Act(_("Submit for decision"), _("Somebody else decides now."), forms.Reason,
                              _plain(actions.submit_to_decision), (P.INQUIRIES_ASSESS,), "assessment", (ASSESSMENT,),
                              _("From then on the facts of the incident stand still until it is decided.")),
    "dissent": Act(_("Disagree"), _("Your disagreement is recorded under your name."), forms.TextForm,
                   _plain(actions.dissent), _ALL, "assessment", (*AT_WORK, DECISION),
                   _("It goes with the file to whoever decides, and stays whatever is decided.")),
    "decide": Act(_("Decide and sign"), _("The decision is signed."), forms.DecideForm, _plain(actions.decide),
                  (P.INQUIRIES_DECIDE,), "decision", (DECISION,),
                  _("Three separate judgements, the standard of proof, your remarks, your signature. Whoever worked on the"
                    " facts does not sign, nor anybody in the chain of a unit involved."), grave=True),
    "reopen": Act(_("Reopen"), _("It is taken up again; the decision that stood stays in the record."), forms.ReopenForm,
                  _plain(actions.reopen), (P.INQUIRIES_DECIDE,), "end", SIGNED),
    "name_investigator": Act(_("Name somebody to the team"), _("The person is of the team and may read the incident."),
                             forms.InvestigatorForm, _about_person(actions.name_investigator, "person"), _ORDER,
                             "investigation", (INVESTIGATION,), _("Refused for a member of the unit involved.")),
    "release_investigator": Act(_("Release from the team"), _("The person has left the team."), forms.Reason, _release,
                                _ORDER, "investigation", (INVESTIGATION,), target=True),
    "declare": Act(_("Declare your independence"), _("Your declaration is recorded."), forms.DeclareForm,
                   _plain(actions.declare), _TEAM, "investigation", (INVESTIGATION,), team="declare"),
    "plan": Act(_("Write the plan"), _("The plan is recorded."), forms.TextForm, _plain(actions.plan), _TEAM,
                "investigation", (INVESTIGATION,), team="member"),
    "preserve": Act(_("Order what must be preserved"), _("The order is recorded."), forms.TextForm,
                    _plain(actions.preserve), _TEAM, "investigation", (INVESTIGATION,), team="member"),
    "protect": Act(_("Plan the protection of witnesses"), _("The plan is recorded."), forms.TextForm,
                   _plain(actions.protect), _TEAM, "investigation", (INVESTIGATION,),
                   _("No names: names are in the vault."), team="member"),
    "add_task": Act(_("Add a task"), _("The task is recorded."), forms.TaskForm,
                    _about_person(actions.add_task, "owner"), _TEAM, "investigation", (INVESTIGATION,), team="member"),
    "finish_task": Act(_("Note what came of a task"), _("The result is recorded."), forms.ResultForm,
                       _plain(actions.finish_task, "task", _whole), _TEAM, "investigation", (INVESTIGATION,), target=True,
                       team="member"),
    "progress": Act(_("Say where it stands"), _("It is recorded for this month."), forms.TextForm,
                    _plain(actions.progress), _TEAM, "investigation", (INVESTIGATION,), team="member"),
    "add_finding": Act(_("Record a finding"), _("The finding is recorded."), forms.FindingForm,
                       _plain(actions.add_finding), _TEAM, "investigation", (INVESTIGATION,), team="member"),
    "withdraw_finding": Act(_("Withdraw a finding"), _("The finding no longer stands."), forms.Reason,
                            _plain(actions.withdraw_finding, "number", _whole), _TEAM, "investigation", (INVESTIGATION,),
                            _("What it said stays readable."), target=True, team="member"),
    "submit_findings": Act(_("Seal and deliver the findings"), _("The investigation is sealed; somebody else decides now."),
                           forms.Reason, _plain(actions.submit_findings), _TEAM, "investigation", (INVESTIGATION,),
                           _("Nothing in the investigation changes afterwards."), grave=True, team="member"),
    "assign": Act(_("Assign"), _("It is assigned."), forms.PersonForm, _about_person(actions.assign, "to"), _ORDER, "head"),
    "pause": Act(_("Pause the clock"), _("The clock is paused."), forms.PauseForm, _plain(actions.pause), _ALL, "head",
                 clock=True),
    "resume": Act(_("Resume the clock"), _("The clock runs again."), forms.Act, _plain(actions.resume), _ALL, "head",
                  clock=True),
    "extend": Act(_("Ask for more time"), _("The longer limit runs now."), forms.ExtendForm, _plain(actions.extend), _ALL,
                  "head", (ASSESSMENT,), _("Once, and in writing."), clock=True),
}  # fmt: skip


def initial(viewer: Viewer, verb: str, inquiry: Inquiry) -> dict[str, Any]:
    """What the form shows first."""
    incident = inquiry.incident
    if verb == "search":
        place = {"lon": incident.lon, "lat": incident.lat} if places.exactly(viewer, incident) else {}
        radius = vocabulary("place_precision")[incident.place_precision].extra.get("radius_km") or 5
        return {"first": incident.starts_on, "last": incident.ends_on or incident.starts_on, "radius_km": max(radius, 5),
                **place}  # fmt: skip
    if verb == "assess":
        last = Assessment.objects.filter(inquiry=inquiry).order_by("-number").first()
        source: Any = last or incident
        names = [f"{name}_{end}" for name in ("deaths", "injured") for end in ("min", "best", "max")]
        kept = ("findings", "contrary_evidence", "unknowns", "recommendation", "criminality", "proof_standard",
                "proposed_outcome")  # fmt: skip
        return {
            **{name: getattr(source, name) for name in (*names, "involvement")},
            **({name: getattr(last, name) for name in kept} if last else {}),
        }
    if verb in {"plan", "preserve", "protect"}:
        running = inquiry.investigations.filter(sealed_at__isnull=True).first()
        column = {"plan": "plan", "preserve": "preservation_order", "protect": "protection_plan"}[verb]
        return {"text": getattr(running, column)} if running else {}
    return {}
