"""Fetchers of publication: for the desk with a viewer; for everybody only what was released."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from constat.apps.incidents.models import Incident
from constat.apps.incidents.queries import readable_incidents
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import current_decision
from constat.apps.publication.compose import periods
from constat.apps.publication.errors import NotFound
from constat.apps.publication.models import Correction, Fact, Publication, PublicationFile
from constat.rules.permissions import Permission
from constat.rules.release import PUBLICATION, Basis
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui import formats

SHOWN = 200
LISTED = ("released", "superseded", "withdrawn")  # once public, always listed, with what became of it
SERVED = (
    "released",
    "superseded",
)  # what was withdrawn may have endangered somebody: its text is gone from the page


def language() -> str:
    return get_language() or "fr"


def readable_publications(viewer: Viewer, *, at: datetime) -> QuerySet[Publication]:
    """What was released, and drafts for whoever works on them; a statement's draft also needs its incident to be readable."""
    if not viewer.may(Permission.PUBLICATION_READ):
        return Publication.objects.none()
    own = Q(incident__isnull=True) | Q(incident__in=readable_incidents(viewer, at=at))
    return Publication.objects.filter(Q(released_at__isnull=False) | own)


def get(viewer: Viewer, code: str, *, at: datetime) -> Publication:
    """Raises NotFound, also for one that is there and not theirs."""
    rows = readable_publications(viewer, at=at).select_related(
        "incident", "prepared_by", "released_by", "earlier"
    )
    found = rows.filter(code=code).first()
    if found is None:
        raise NotFound(
            _("There is no publication %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def readable_facts(viewer: Viewer, *, at: datetime) -> QuerySet[Fact]:
    if not viewer.may(Permission.PUBLICATION_READ):
        return Fact.objects.none()
    return Fact.objects.filter(incident__in=readable_incidents(viewer, at=at))


def get_fact(viewer: Viewer, code: str, *, at: datetime) -> Fact:
    found = (
        readable_facts(viewer, at=at)
        .select_related("incident", "proposed_by", "cleared_by")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no fact %(code)s among those you may read.") % {"code": code}, code=code)
    return found


def facts_of(viewer: Viewer, incident: Incident, *, at: datetime) -> list[Fact]:
    """In the order in which they were proposed."""
    rows = readable_facts(viewer, at=at).filter(incident=incident)
    return list(rows.select_related("proposed_by", "cleared_by").order_by("pk"))


def basis_of(incident: Incident) -> Basis:
    """What the store holds about the incident now: what a fact may rest on."""
    inquiry = Inquiry.objects.filter(incident=incident).order_by("-pk").first()
    decision = current_decision(inquiry) if inquiry else None
    return Basis(
        reports=incident.report_links.filter(cut_at__isnull=True).count(),
        inquiry=inquiry is not None,
        outcome=decision.outcome if decision else "",
        published=Publication.objects.filter(incident=incident, released_at__isnull=False).exists(),
    )


def listing(viewer: Viewer, *, at: datetime, public: bool | None = None) -> list[Publication]:
    """Newest first. public: True only what was released, False only what is being prepared."""
    rows = readable_publications(viewer, at=at).select_related("incident", "prepared_by")
    if public is not None:
        rows = rows.filter(released_at__isnull=not public)
    return list(rows.order_by("-prepared_at", "-pk")[:SHOWN])


def verbs(viewer: Viewer, row: Publication) -> list[str]:
    """The verbs this viewer may try now, in the order of the table; `supersede` comes with a release and is nobody's button."""
    steps = [
        one
        for one in PUBLICATION.transitions
        if one.source == row.state and one.permission in viewer.permissions
    ]
    return [verb for verb in dict.fromkeys(step.verb for step in steps) if verb != "supersede"]


def title(row: Publication, spoken: str) -> str:
    """What it is, in a line: its kind with its month or quarter, or the kind of statement."""
    if row.kind == "statement":
        return vocabulary("statement_kind").label(row.statement, spoken)
    kind = vocabulary("publication_kind").label(row.kind, spoken)
    return f"{kind} – {_months(row.period, spoken)}" if row.period else kind


def _months(code: str, spoken: str) -> str:
    """2026-10 as "October 2026", 2026-Q3 as "July to September 2026": nobody outside reads codes."""
    if "Q" not in code:
        return formats.month(periods.month(code).first, spoken)
    span, months = periods.quarter(code), formats.MONTHS[formats.base(spoken)]
    with override(spoken):
        return _("%(first)s to %(last)s %(year)s") % {
            "first": months[span.first.month - 1], "last": months[span.last.month - 1], "year": span.first.year,
        }  # fmt: skip


# For everybody ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Released:
    """A publication as the public sees it: no code of a case, no person."""

    code: str
    kind: str
    title: str
    version: int
    state: str
    released_at: datetime
    ended_reason: str
    later: str
    checksum: str


def _released(row: Publication, spoken: str) -> Released:
    assert row.released_at is not None  # noqa: S101
    later = Publication.objects.filter(earlier=row, released_at__isnull=False).first()
    return Released(row.code, row.kind, title(row, spoken), row.version, row.state, row.released_at, row.ended_reason,
                    later.code if later else "", row.checksum)  # fmt: skip


def released(spoken: str) -> list[Released]:
    """Everything that was released, newest first."""
    rows = Publication.objects.filter(state__in=LISTED, released_at__isnull=False).order_by(
        "-released_at", "-pk"
    )
    return [_released(row, spoken) for row in rows[:SHOWN]]


def released_one(code: str, spoken: str) -> Released:
    row = Publication.objects.filter(code=code, state__in=LISTED, released_at__isnull=False).first()
    if row is None:
        raise NotFound(_("There is no such publication."), code=code)
    return _released(row, spoken)


def released_file(code: str, spoken: str, form: str) -> PublicationFile:
    row = PublicationFile.objects.filter(
        publication__code=code, publication__state__in=SERVED, publication__released_at__isnull=False, language=spoken,
        format=form,
    ).first()  # fmt: skip
    if row is None:
        raise NotFound(_("There is no such publication."), code=code)
    return row


def corrections() -> list[Correction]:
    """The public log of corrections, newest first."""
    return list(Correction.objects.select_related("publication", "earlier")[:SHOWN])
