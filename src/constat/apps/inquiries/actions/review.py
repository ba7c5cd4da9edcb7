"""The initial review: what our own logs say, which unit may have been there, and what happens next."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import actions as incidents
from constat.apps.inquiries.actions._case import (
    held,
    in_state,
    note,
    numbered,
    opened,
    permitted,
    said,
    take,
    units_of,
)
from constat.apps.inquiries.actions._team import order
from constat.apps.inquiries.errors import Incomplete, NothingToDo
from constat.apps.inquiries.models import Inquiry, InvolvedUnit, OperationSearch
from constat.apps.operations.coverage import LogSpan
from constat.apps.operations.queries import Hit, overlapping
from constat.apps.register.models import Unit
from constat.rules.inquiry import CONCLUDING
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer

REVIEW, ASSESSMENT, DECISION, INVESTIGATION = "initial_review", "assessment", "decision", "investigation"
# Until the decision is signed, whoever works on the facts may look into the logs again and name a unit.
AT_WORK = (REVIEW, ASSESSMENT, INVESTIGATION)
LISTED = 50
OPEN = "open"  # vocabulary "incident_state"


@transaction.atomic
def search_operations(
    *, by: Person, at: datetime, inquiry: str, first: date, last: date, lon: float, lat: float, radius_km: float,
    conclusion: str,
) -> int:  # fmt: skip
    """Ask the logs of our own operations and keep the answer: what was found, where we looked, where nobody could look.

    "Nothing found" is kept like any other answer. Returns the number of the search. first, last: days, both included.
    """
    _viewer, found = _to_work(by, inquiry, at)
    viewer = permitted(by, Permission.OPERATIONS_READ, at)
    if last < first:
        raise Incomplete(_("The last day is before the first. Correct the days."), field="last")
    if radius_km <= 0:
        raise Incomplete(_("Give a distance of more than 0 km."), field="radius_km")
    conclusion = said(conclusion, field="conclusion", message=_("Write in a sentence what this search says."))
    overlap = overlapping(
        viewer, at=at, first=first, last=last, lon=lon, lat=lat, radius_km=radius_km, limit=LISTED
    )
    row = OperationSearch.objects.create(
        inquiry=found,
        number=numbered(OperationSearch, inquiry=found),
        asked={
            "first": first.isoformat(), "last": last.isoformat(), "lon": lon, "lat": lat, "radius_km": radius_km,
            "capped": overlap.capped,
        },
        hits=[_hit(one) for one in overlap.hits],
        searched=[_span(one) for one in overlap.searched],
        missing=[_span(one) for one in overlap.missing],
        count=overlap.count,
        conclusion=conclusion,
        by=by,
        at=at,
    )  # fmt: skip
    _touch(found, at)
    note(by=by, verb="search_operations", inquiry=found, at=at,
         details={"search": row.number, "found": row.count, "searched": len(row.searched),
                  "missing": len(row.missing)})  # fmt: skip
    return row.number


def _to_work(by: Person, inquiry: str, at: datetime) -> tuple[Viewer, Inquiry]:
    viewer = permitted(
        by, Permission.INQUIRIES_REVIEW, at, Permission.INQUIRIES_ASSESS, Permission.INQUIRIES_INVESTIGATE
    )
    found = held(viewer, inquiry, at)
    in_state(found, *AT_WORK)
    return viewer, found


def _hit(one: Hit) -> dict[str, Any]:
    """An operation that was found, as plain data; why it was found as codes, to be spoken in any language."""
    plain = {name: getattr(one, name) for name in ("code", "kind", "unit", "unit_code", "force", "place")}
    numbers = {name: round(getattr(one, name), 3) for name in ("distance_km", "hours_apart", "score")}
    days = {name: getattr(one, name).isoformat() for name in ("starts_at", "ends_at")}
    return {**plain, **numbers, **days, "trace": [part.as_data() for part in one.trace]}


def _span(one: LogSpan) -> dict[str, Any]:
    return {
        "unit": one.unit, "unit_code": one.unit_code, "first": one.first.isoformat(), "last": one.last.isoformat(),
        "reason": one.reason,
    }  # fmt: skip


@transaction.atomic
def name_unit(*, by: Person, at: datetime, inquiry: str, unit: str, basis: str) -> None:
    """This unit may have been there, and on what that rests. Its people neither decide nor investigate from now on."""
    _viewer, found = _to_work(by, inquiry, at)
    basis = said(basis, field="basis", message=_("Write what it rests on: an operation, a source."))
    row = Unit.objects.filter(code=unit).first()
    if row is None:
        raise Incomplete(_("There is no unit %(code)s in the register.") % {"code": unit}, field="unit")
    if unit in units_of(found):
        raise NothingToDo(_("This unit is named already."), code=inquiry)
    InvolvedUnit.objects.create(inquiry=found, unit=row, basis=basis, by=by, at=at)
    _touch(found, at)
    note(by=by, verb="name_unit", inquiry=found, at=at, details={"unit": unit})


@transaction.atomic
def strike_unit(*, by: Person, at: datetime, inquiry: str, unit: str, reason: str) -> None:
    """It was not this unit. That it was named stays readable."""
    _viewer, found = _to_work(by, inquiry, at)
    reason = said(reason, field="reason", message=_("Write why it was not this unit."))
    row = InvolvedUnit.objects.filter(inquiry=found, unit__code=unit, struck_at__isnull=True).first()
    if row is None:
        raise NothingToDo(_("This unit is not named."), code=inquiry)
    row.struck_by, row.struck_at, row.struck_reason = by, at, reason
    row.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    _touch(found, at)
    note(by=by, verb="strike_unit", inquiry=found, at=at, details={"unit": unit})


@transaction.atomic
def open_assessment(*, by: Person, at: datetime, inquiry: str, reason: str) -> None:
    """The allegation may hold: the facts are to be established."""
    found = opened(by, Permission.INQUIRIES_REVIEW, inquiry, at)
    take(found, "open_assessment", by=by, at=at, reason=reason, operation_search=search_of(found))
    found.save()
    note(by=by, verb="open_assessment", inquiry=found, at=at)


@transaction.atomic
def investigate_at_once(*, by: Person, at: datetime, inquiry: str, reason: str) -> None:
    """Its gravity asks for an independent team at once. The reason is the order of the investigation."""
    found = opened(by, Permission.INQUIRIES_REVIEW, inquiry, at)
    take(found, "investigate_at_once", by=by, at=at, reason=reason, operation_search=search_of(found))
    found.save()
    number = order(found, text=reason, by=by, at=at)
    note(by=by, verb="investigate_at_once", inquiry=found, at=at, details={"investigation": number})


@transaction.atomic
def propose_closure(*, by: Person, at: datetime, inquiry: str, outcome: str, reason: str) -> None:
    """Nothing more to be found out, says the reviewer. It is closed by somebody else's signature, or not at all.

    outcome: vocabulary "decision_outcome", one that concludes and is not "credible".
    """
    found = opened(by, Permission.INQUIRIES_REVIEW, inquiry, at)
    if outcome and outcome not in CONCLUDING - {"credible"}:
        raise Incomplete(
            _("Choose one of the outcomes that end an inquiry without a response."), field="outcome"
        )
    take(
        found,
        "propose_closure",
        by=by,
        at=at,
        reason=reason,
        operation_search=search_of(found),
        proposed_outcome=outcome,
    )
    found.proposed_outcome, found.proposed_reason = outcome, reason.strip()
    found.save()
    facts_stand_still(found, by=by, at=at, reason=reason)
    note(by=by, verb="propose_closure", inquiry=found, at=at, details={"outcome": outcome})


def facts_stand_still(inquiry: Inquiry, *, by: Person, at: datetime, reason: str) -> None:
    """While somebody decides, the facts of the incident are not changed under their eyes: it goes to review."""
    inquiry.incident.refresh_from_db()
    if inquiry.incident.state == OPEN:
        incidents.submit_for_review(by=by, at=at, incident=inquiry.incident.code, reason=reason)


def search_of(inquiry: Inquiry) -> int | None:
    """The number of the last search of the logs, None where nobody searched."""
    return (
        OperationSearch.objects.filter(inquiry=inquiry)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )


def _touch(inquiry: Inquiry, at: datetime) -> None:
    inquiry.updated_at = at
    inquiry.save(update_fields=["updated_at"])
