"""What every verb begins and ends with: the gate, the locked referral, its one event."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.actions import gate
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.referrals.errors import (
    Incomplete,
    NotAllowed,
    ReferralNotFound,
    SamePersonTwice,
    WrongState,
)
from constat.apps.referrals.models import Referral, ReferralStep
from constat.apps.referrals.queries import language, readable_referrals
from constat.rules.handover import REFERRAL
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.visibility import Viewer
from constat.rules.workflow import IllegalTransition, MissingNeed, Transition

permitted = partial(gate.permitted, refusal=NotAllowed)


def held(viewer: Viewer, code: str, at: datetime) -> Referral:
    """The referral of that code under a lock, if this person may read it."""
    found = (
        Referral.objects.select_for_update(of=("self",))
        .filter(pk__in=readable_referrals(viewer, at=at).values("pk"))
        .filter(code=code)
        .select_related("incident")
        .first()
    )
    if found is None:
        raise ReferralNotFound(
            _("There is no referral %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def step(
    row: Referral, verb: str, *, by: Person, at: datetime, reason: str, **supplied: object
) -> Transition:
    """Check and take the step in the table, and keep its reason. The caller saves and records."""
    if not reason.strip():
        raise Incomplete(_("Write a reason."), field="reason")
    given = {"actor": str(by.pk), "at": at, "reason": reason, **supplied}
    try:
        transition = REFERRAL.check(row.state, verb, given)
    except IllegalTransition as error:
        raise WrongState(error.say(language()), code=row.code) from error
    except MissingNeed as error:
        raise Incomplete(error.say(language()), field=error.need) from error
    row.state = transition.target
    ReferralStep.objects.create(referral=row, verb=verb, reason=reason.strip(), by=by, at=at)
    return transition


def in_draft(row: Referral) -> None:
    if row.state != "draft":
        raise WrongState(
            _("%(code)s can be changed only while it is being prepared. Have it sent back first.")
            % {"code": row.code},
            code=row.code,
        )


def another(row: Referral, by: Person) -> None:
    """Not whoever prepared it (rules.separation)."""
    decision = separate({str(row.prepared_by_id)}, str(by.pk), "referral_approval")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=row.code)


def preparer(row: Referral, at: datetime) -> Viewer:
    """The eyes with which the content is assembled: an approver may read less of the items than the bag will hold."""
    found = viewer_of(row.prepared_by, at=at)
    if not found.may(Permission.REFERRALS_PREPARE):
        raise Incomplete(_("Whoever prepared this has left. Send it back and let somebody else prepare it."))
    return found


def said(text: str, *, field: str, message: str) -> str:
    if not (text := text.strip()):
        raise Incomplete(message, field=field)
    return text


def note(
    *, by: Person, verb: str, row: Referral, at: datetime, details: Mapping[str, object] | None = None
) -> None:
    """The one event of the act: codes and counts, never words or names."""
    log.record(
        by=by, verb=f"referrals.{verb}", object_type="referral", object_key=row.code, at=at, details=details
    )
