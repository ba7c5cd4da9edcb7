"""What waits in the answer for this person: inquiries, amends, notices, complaints, referrals, publications.

Counts and a link each, nothing of a case. Each is read from the record at this moment; none is a task somebody wrote down.
A line stands here only for whoever may take its step, and only while something waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from constat.apps.amends.queries.pages import turn
from constat.apps.desk.queries.records import CAP, Counted, counted
from constat.apps.inquiries import queries as inquiries
from constat.apps.publication.queries import readable_publications
from constat.apps.referrals import queries as referrals
from constat.apps.responses import reading
from constat.apps.responses.queries import to_confirm
from constat.rules.permissions import Permission as P
from constat.rules.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Waiting:
    """label: what waits. late: it is over its time."""

    label: str
    n: Counted
    url: str
    late: bool = False


def waiting(viewer: Viewer, *, at: datetime) -> tuple[Waiting, ...]:
    """In the order of a case, what is late first."""
    found = [*_inquiries(viewer, at), *_responses(viewer, at), *_outside(viewer, at)]
    return tuple(sorted((one for one in found if one.n.n), key=lambda one: not one.late))


def _inquiries(viewer: Viewer, at: datetime) -> Iterator[Waiting]:
    if not viewer.may(P.INQUIRIES_READ):
        return
    page = reverse("inquiries:list")
    late = inquiries.breaches(viewer, at=at)
    yield Waiting(_("Inquiries over their time"), Counted(len(late)), reverse("inquiries:late"), late=True)
    mine = inquiries.mine(viewer, at=at)
    yield Waiting(_("Inquiries that are yours"), counted(mine), f"{page}?which=mine")
    if viewer.may(P.INQUIRIES_DECIDE):
        rows = inquiries.readable_inquiries(viewer, at=at).filter(state="decision")
        yield Waiting(_("Files to decide upon"), counted(rows), f"{page}?which=all&state=decision")


def _responses(viewer: Viewer, at: datetime) -> Iterator[Waiting]:
    if not viewer.may(P.RESPONSES_READ):
        return
    if viewer.may(P.RESPONSES_PROPOSE):
        rows = inquiries.credible(viewer, at=at)
        yield Waiting(_("Cases found credible: measures to settle"), counted(rows), reverse("amends:queue"))
    offers = turn(viewer, at=at)
    yield Waiting(
        _("Offers that wait for your step"), Counted(min(len(offers), CAP)), reverse("amends:queue")
    )
    if viewer.may(P.RESPONSES_NOTIFY):
        drafts = reading.notices(viewer, at=at).filter(state="draft")
        yield Waiting(_("Notices nobody has cleared"), counted(drafts), reverse("responses:list"))
    said = to_confirm(viewer, at=at)
    yield Waiting(
        _("People said to be out of reach: to confirm"),
        Counted(min(len(said), CAP)),
        reverse("responses:list"),
    )
    if viewer.may(P.RESPONSES_REVIEW):
        open_ = reading.complaints(viewer, at=at).filter(state__in=("received", "under_review"))
        yield Waiting(_("Complaints without an answer"), counted(open_), reverse("responses:list"))


def _outside(viewer: Viewer, at: datetime) -> Iterator[Waiting]:
    if viewer.may(P.REFERRALS_READ):
        url = reverse("referrals:list")
        late = referrals.count_overdue(viewer, at=at)
        yield Waiting(
            _("Authorities that owe an answer"), Counted(min(late, CAP)), f"{url}?overdue=1", late=True
        )
        if viewer.may(P.REFERRALS_APPROVE):
            rows = referrals.readable_referrals(viewer, at=at).filter(state="review")
            yield Waiting(_("Referrals to approve"), counted(rows), url)
    if viewer.may(P.PUBLICATION_RELEASE):
        texts = (
            readable_publications(viewer, at=at).filter(state="review").exclude(prepared_by=int(viewer.key))
        )
        yield Waiting(_("Texts to release"), counted(texts), reverse("publication:list"))


__all__ = ["Waiting", "waiting"]
