"""Build: one or several accounts become one incident that the cell holds.

Date, place and kind are taken over from the account that knows them most exactly. Figures become first lines that name
the reports they come from: the envelope of what was claimed, never an average and never a sum. A person goes on from
there.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import GENERAL, held_report, language, note, permitted
from constat.apps.incidents.actions._links import join
from constat.apps.incidents.errors import Incomplete, Mixed
from constat.apps.incidents.harms import first_lines
from constat.apps.incidents.models import HarmLine, Incident
from constat.apps.incidents.precision import UNKNOWN, date_width, place_width
from constat.apps.reports.models import Report, ReportHarm
from constat.rules.deadlines import clock
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import INCIDENT

PRIMARY, SAME_EVENT = "primary", "same_event"  # vocabulary "link_relation"
WHEN = ("starts_on", "ends_on", "date_precision")
WHERE = ("place_text", "place_id", "country", "adm1", "adm2", "adm3", "lon", "lat", "place_precision")
KIND = ("incident_type", "weapon", "violence_type")


@transaction.atomic
def build(*, by: Person, at: datetime, reports: Sequence[str], reason: str = "", narrative: str = "") -> str:
    """The code of the new incident. The first report is the primary one. Raises Incomplete, Mixed, ReportNotReadable."""
    viewer = permitted(by, Permission.INCIDENTS_BUILD, at)
    codes = list(dict.fromkeys(reports))
    if not codes:
        raise Incomplete(_("Choose at least one report to build an incident from."), field="reports")
    accounts = [held_report(viewer, code, at) for code in codes]
    incident = Incident(**_first_values(accounts, by, at), narrative=narrative)
    incident.save(force_insert=True)
    _copy_harm(incident, accounts)
    for position, account in enumerate(accounts):
        relation = PRIMARY if position == 0 else SAME_EVENT
        join(incident, account, relation=relation, reason=reason or _("Built from this report"), by=by, at=at)
    sums.refresh(incident, at=at)
    note(by=by, verb="build", incident=incident, at=at, details={"reports": codes, "clock": incident.clock})
    return incident.code


def _first_values(accounts: Sequence[Report], by: Person, at: datetime) -> dict[str, object]:
    when = min(accounts, key=lambda one: (one.starts_on is None, date_width(one.date_precision)))
    where = min(
        accounts, key=lambda one: (one.lon is None, not one.country, place_width(one.place_precision))
    )
    started = INCIDENT.starts[0]
    return {
        **{name: getattr(when, name) for name in WHEN},
        **{name: getattr(where, name) for name in WHERE},
        **{name: _first_known(accounts, name) for name in KIND},
        "involvement": _gravest(accounts),
        "code": next_code("I", at.year),
        "state": INCIDENT.initial,
        "opened_at": at,
        "updated_at": at,
        "compartment": _one_compartment(accounts),
        "sensitivity": max(account.sensitivity for account in accounts),
        "office": accounts[0].office,
        "recorded_by": by,
        "clock": started,
        "clock_started_at": at,
        "due_at": at + clock(started).limit,
    }


def _first_known(accounts: Sequence[Report], name: str) -> str:
    return next((value for one in accounts if (value := getattr(one, name)) != UNKNOWN), UNKNOWN)


def _gravest(accounts: Sequence[Report]) -> str:
    """What is alleged of our own force is kept if one account says it; "not alleged" by others does not cancel it."""
    ladder = vocabulary("involvement")
    ranked = [one.involvement for one in accounts if ladder[one.involvement].rank is not None]
    return max(ranked, key=lambda code: ladder[code].rank or 0, default=_first_known(accounts, "involvement"))


def _one_compartment(accounts: Sequence[Report]) -> str:
    found = {account.compartment for account in accounts}
    if len(found) > 1:
        names = ", ".join(
            sorted(vocabulary("compartment").label(one, language()) for one in found - {GENERAL})
        )
        raise Mixed(
            _(
                "These reports do not share one compartment (%(names)s). Build the incident from those of one compartment,"
                " then link the others: such a link is seen only by the members."
            )
            % {"names": names}
        )
    return found.pop()


def _copy_harm(incident: Incident, accounts: Sequence[Report]) -> None:
    claims = {
        account.code: list(ReportHarm.objects.filter(report=account).order_by("pk")) for account in accounts
    }
    HarmLine.objects.bulk_create([HarmLine(incident=incident, **values) for values in first_lines(claims)])
