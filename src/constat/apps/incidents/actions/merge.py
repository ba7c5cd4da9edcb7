"""Merge: two incidents are one event, says a person. One is kept, the other absorbed; nothing is lost, added up or glued.

Moves to the kept incident: links to reports, sources, persons harmed, attributions. Stays with the absorbed one, shown on
the page of the kept one: its harm lines (figures of one event are not added), its narrative, what stood in both (the same
report, the same person). The absorbed incident counts in no total while it sleeps. `split` puts everything back.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from constat.apps.access.models import Identity, Person
from constat.apps.access.visibility import facts_of
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import (
    IN_REVIEW,
    LIVE,
    OPEN,
    held_together,
    in_state,
    note,
    permitted,
)
from constat.apps.incidents.actions._stage import start_clock, step
from constat.apps.incidents.errors import Incomplete, Mixed, NotAllowed, NothingToDo, WrongState
from constat.apps.incidents.models import Incident, IncidentReport, Merge, NotOneEvent, PersonHarm
from constat.apps.incidents.reading import granted_to
from constat.apps.incidents.snapshot import MOVING, row_data, rows_of
from constat.rules.permissions import Permission
from constat.rules.visibility import Field, Viewer, may_see


def merge(*, by: Person, at: datetime, kept: str, absorbed: str, reason: str) -> int:
    """The id of the merge. Raises WrongState when another merge was faster: one incident is absorbed once."""
    try:
        with transaction.atomic():
            return _merge(by, at, kept, absorbed, reason)
    except IntegrityError as error:
        # Two people at the same moment: the database let one through.
        raise NothingToDo(_("%(code)s was merged by somebody else just now.") % {"code": absorbed}) from error


def _merge(by: Person, at: datetime, kept: str, absorbed: str, reason: str) -> int:
    if not reason.strip():
        raise Incomplete(_("Write why these two incidents are one event."), field="reason")
    if kept == absorbed:
        raise Incomplete(_("An incident cannot be merged with itself. Choose another one."), field="absorbed")
    viewer = permitted(by, Permission.INCIDENTS_MERGE, at)
    keeper, guest = held_together(viewer, [kept, absorbed], at, states=LIVE)
    in_state(keeper, {OPEN, IN_REVIEW})
    _no_inquiry_lost(keeper, guest)
    _one_audience(keeper, guest)
    _names_stay_with_their_own(viewer, keeper, guest, at)
    _not_told_apart(keeper, guest)
    before = {"kept": row_data(keeper), "absorbed": row_data(guest),
              "kept_rows": rows_of(keeper), "absorbed_rows": rows_of(guest)}  # fmt: skip
    moved = _move_rows(keeper, guest)
    step(guest, "absorb", by=by, at=at, reason=reason, absorbed_into=keeper.code)
    guest.merged_into = keeper
    start_clock(guest, None, at=at)
    keeper.sensitivity = max(keeper.sensitivity, guest.sensitivity)
    row = Merge.objects.create(
        kept=keeper, absorbed=guest, moved=moved, before=before, reason=reason.strip(), by=by, at=at
    )
    for incident in (keeper, guest):
        sums.refresh(incident, at=at)
    # No counts here: links of a closed compartment move along, and must not show by their number.
    note(by=by, verb="merge", incident=keeper, at=at, details={"absorbed": guest.code, "merge": row.pk})
    note(by=by, verb="absorbed", incident=guest, at=at, details={"kept": keeper.code, "merge": row.pk})
    return row.pk


def _no_inquiry_lost(keeper: Incident, guest: Incident) -> None:
    """An inquiry is about one incident: it is not absorbed with it, and facts do not change under whoever decides."""
    if guest.docket:
        raise WrongState(
            _(
                "Inquiry %(docket)s is open on %(code)s. Keep %(code)s and absorb the other one, or end the inquiry first."
            )
            % {"docket": guest.docket, "code": guest.code},
            code=guest.code,
        )
    if keeper.docket and keeper.state != OPEN:
        raise WrongState(
            _(
                "A decision is being taken on %(code)s (inquiry %(docket)s). Merge when it is taken or returned."
            )
            % {"docket": keeper.docket, "code": keeper.code},
            code=keeper.code,
        )


def _one_audience(keeper: Incident, guest: Incident) -> None:
    if keeper.compartment != guest.compartment:
        raise Mixed(
            _("%(one)s and %(other)s are not in the same compartment: merging would show one to the readers of the other."
              " Link the reports instead; such a link is seen only by the members.")
            % {"one": keeper.code, "other": guest.code}
        )  # fmt: skip


def _names_stay_with_their_own(viewer: Viewer, keeper: Incident, guest: Incident, at: datetime) -> None:
    """Names come to those whose work the kept incident is. So if somebody new gets them, the person who merges must be
    one who may see them: else whoever builds an incident could merge any other into it, and read its names."""
    gaining = {keeper.recorded_by_id, keeper.assigned_to_id} - {
        guest.recorded_by_id,
        guest.assigned_to_id,
        None,
    }
    keys = PersonHarm.objects.filter(incident=guest).values("person")
    if not gaining or not Identity.objects.filter(pk__in=keys).exists():
        return
    facts = facts_of(guest, kind="incident", granted_to=granted_to(guest, at))
    if may_see(viewer, facts, Field.PERSON_IDENTITY, purpose="merge").level != "full":
        raise NotAllowed(
            _(
                "Names of %(code)s are in the vault and would open to others. Whoever works on it, or the chief, can merge it."
            )
            % {"code": guest.code},
            code=guest.code,
        )


def _not_told_apart(keeper: Incident, guest: Incident) -> None:
    pair = Q(one=keeper, other=guest) | Q(one=guest, other=keeper)
    said = NotOneEvent.objects.filter(pair).select_related("by").first()
    if said is not None:
        raise NothingToDo(
            _("%(name)s found that these are two events. Take that back first if it was wrong.")
            % {"name": said.by}
        )


def _move_rows(keeper: Incident, guest: Incident) -> dict[str, Any]:
    """Move all but what stands in both; say exactly which rows moved and which were set aside."""
    aside = {
        "links": set(
            IncidentReport.objects.filter(incident=guest, cut_at__isnull=True)
            .filter(
                report__in=IncidentReport.objects.filter(incident=keeper, cut_at__isnull=True).values(
                    "report"
                )
            )
            .values_list("pk", flat=True)
        ),
        "persons": {
            pk
            for pk, person, harm in PersonHarm.objects.filter(incident=guest).values_list(
                "pk", "person", "harm"
            )
            if PersonHarm.objects.filter(incident=keeper, person=person, harm=harm).exists()
        },
    }
    # The source that a report set aside speaks through is heard in the kept incident already.
    twice = IncidentReport.objects.filter(pk__in=aside["links"]).values_list("report", flat=True)
    sources = MOVING["sources"]._default_manager
    aside["sources"] = set(
        sources.filter(incident=guest, report__in=list(twice)).values_list("pk", flat=True)
    )
    moved: dict[str, Any] = {"rows": {}, "set_aside": {}}
    for name, model in MOVING.items():
        stays = aside.get(name, set())
        ids = [pk for pk in model._default_manager.filter(incident=guest).order_by("pk").values_list("pk", flat=True)
               if pk not in stays]  # fmt: skip
        model._default_manager.filter(pk__in=ids).update(incident=keeper)
        moved["rows"][name], moved["set_aside"][name] = ids, sorted(stays)
    moved["set_aside"]["harms"] = [row["id"] for row in rows_of(guest, ["harms"])["harms"]]
    return moved
