"""Who may read what hangs on a case: the records of this app that actions lock and queries show."""

from datetime import datetime

from django.db.models import Q, QuerySet

from constat.apps.amends.queries import recorders
from constat.apps.incidents.queries import readable_incidents
from constat.apps.responses.models import Addressee, ClaimLimit, Complaint, Consequence, Notice, Track
from constat.rules.amends import SURVIVOR_COMPARTMENT
from constat.rules.permissions import Permission
from constat.rules.visibility import GENERAL, Viewer

UNREACHED = "unreached"  # vocabulary "notice_state"


def inside(viewer: Viewer, prefix: str = "") -> Q:
    """In the general compartment or one of the viewer's."""
    return Q(**{f"{prefix}compartment__in": [GENERAL, *sorted(viewer.compartments)]})


def addressees(viewer: Viewer, *, at: datetime) -> QuerySet[Addressee]:
    """A survivor stands on the list of the one adviser who makes contact, and on no other."""
    if not viewer.may(Permission.RESPONSES_READ):
        return Addressee.objects.none()
    return Addressee.objects.filter(
        inside(viewer),
        Q(survivor=False) | Q(adviser_id=int(viewer.key)),
        incident__in=readable_incidents(viewer, at=at),
    )


def notices(viewer: Viewer, *, at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(addressee__in=addressees(viewer, at=at))


def as_second(viewer: Viewer, *, at: datetime) -> QuerySet[Notice]:
    """Notices this viewer may confirm as the second person, where one said that somebody could not be told.

    A survivor stands on one adviser's list, and that adviser cannot confirm her own word: then whoever is admitted to the
    compartment of survivors reads the reason and what was tried, and no contact.
    """
    if not (viewer.may(Permission.RESPONSES_READ) and viewer.may(Permission.RESPONSES_CONFIRM_UNREACHED)):
        return Notice.objects.none()
    open_to = Q(addressee__survivor=False) | Q(addressee__adviser_id=int(viewer.key))
    if SURVIVOR_COMPARTMENT in viewer.compartments:
        open_to |= Q(addressee__survivor=True)
    return Notice.objects.filter(
        inside(viewer, "addressee__"), open_to, inquiry__incident__in=readable_incidents(viewer, at=at)
    )  # fmt: skip


def first_hands(made: Notice) -> frozenset[str]:
    """Keys of whoever said that the person is out of reach, put the person on the list, or recorded the harm or the report."""
    row = made.addressee
    found = {str(made.noted_by_id), str(row.added_by_id)}
    if row.report and row.report.recorded_by_id:
        found.add(str(row.report.recorded_by_id))
    return frozenset(found | (recorders(made.inquiry.incident, row.key) if row.key else frozenset()))


def complaints(viewer: Viewer, *, at: datetime) -> QuerySet[Complaint]:
    """Reviewers read all that their compartments allow; whoever wrote one down reads that one; nobody else reads any."""
    if viewer.may(Permission.RESPONSES_REVIEW):
        return Complaint.objects.filter(inside(viewer))
    if viewer.may(Permission.RESPONSES_COMPLAINT):
        return Complaint.objects.filter(recorded_by_id=int(viewer.key))
    return Complaint.objects.none()


def consequences(viewer: Viewer, *, at: datetime) -> QuerySet[Consequence]:
    """What upheld complaints ask for: for those who may read the case, within their compartments; not the complaint itself.

    The caller has asked for a permission: those who carry one out hold different ones.
    """
    of_case = Q(complaint__incident__in=readable_incidents(viewer, at=at)) | Q(
        complaint__incident__isnull=True
    )
    return Consequence.objects.filter(inside(viewer, "complaint__"), of_case)


def claims(viewer: Viewer, *, at: datetime) -> QuerySet[ClaimLimit]:
    """The dates of claims of incidents and, where they are of one person, of addressees this viewer may read."""
    of_one = Q(addressee__isnull=True) | Q(addressee__in=addressees(viewer, at=at))
    return ClaimLimit.objects.filter(of_one, incident__in=readable_incidents(viewer, at=at))


def tracks(viewer: Viewer, *, at: datetime) -> QuerySet[Track]:
    """The adviser's own, and nobody else's."""
    if not viewer.may(Permission.RESPONSES_NOTIFY):
        return Track.objects.none()
    return Track.objects.filter(
        inside(viewer), adviser_id=int(viewer.key), incident__in=readable_incidents(viewer, at=at)
    )
