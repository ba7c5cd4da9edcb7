"""From the rows of an incident to what the rule of grading needs, and back to a suggestion."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from constat.apps.incidents.models import UNESTABLISHED, Attribution, HarmLine, Incident, Source
from constat.apps.operations.queries import force_nearby
from constat.rules import overlap
from constat.rules.proof import GradeSuggestion, SourceView, suggest_grade
from constat.rules.vocabulary import vocabulary

ADMITTED = "admitted"  # vocabulary "attribution_basis"
NOT_LOOKED = "unknown"  # vocabulary "involvement": not examined yet
# Those who are counted as harmed civilians in no total; if nobody else was harmed the incident is discounted.
FIGHTERS = frozenset({"armed_forces_member", "participating_in_hostilities"})  # vocabulary "person_status"


def heard(**which: Any) -> QuerySet[Source]:
    """The sources that count and may show. A report that was moved into a closed compartment after it was linked takes
    its source along: what is left on a page of the others would tell that there is such a report."""
    shared = (
        Q(report=None) | Q(report__compartment="general") | Q(report__compartment=F("incident__compartment"))
    )
    return Source.objects.filter(shared, ended_at__isnull=True, **which)


def suggestion_for(incident: Incident) -> GradeSuggestion:
    """What the rule would say of the rows as they are now."""
    return suggest(
        list(heard(incident=incident)),
        list(
            Attribution.objects.filter(incident=incident, withdrawn_at__isnull=True).select_related("actor")
        ),
        list(HarmLine.objects.filter(incident=incident)),
        nearby=operation_nearby(incident),
    )


def operation_nearby(incident: Incident) -> bool:
    """Did our own force use force, or act in a kinetic operation, where and when this may have happened?

    Asked of the activity log by the incident's own uncertainty. Only where our force is the party concerned: it is
    alleged or more, or nobody has looked yet. A log that is missing answers "not established", as does a place or a time
    known so vaguely that some operation would always be found (rules.overlap.tells_nearby)."""
    ours = (
        incident.involvement == NOT_LOOKED
        or vocabulary("involvement")[incident.involvement].extra["own_scope"]
    )
    if not ours or incident.starts_on is None or incident.lon is None or incident.lat is None:
        return False
    first, last = overlap.days(incident.date_precision, incident.starts_on, incident.ends_on)
    radius_km = overlap.radius_km(incident.place_precision)
    return force_nearby(first=first, last=last, lon=incident.lon, lat=incident.lat, radius_km=radius_km)


def suggest(
    sources: Sequence[Source], attributions: Sequence[Attribution], lines: Sequence[HarmLine], *, nearby: bool
) -> GradeSuggestion:
    """What the rule says of these rows. `nearby`: see `operation_nearby`."""
    named = {row.actor_id for row in attributions if row.actor_id}
    return suggest_grade(
        [view_of(source) for source in sources if source.supports],
        own_operation_nearby=nearby,
        acknowledged_by_party=any(row.basis == ADMITTED for row in attributions),
        competing_attribution=len(named) > 1 or any(not source.supports for source in sources),
        harmed_were_fighters_or_other_party=_only_fighters(lines),
    )


def view_of(source: Source) -> SourceView:
    group = "" if source.independence_group == UNESTABLISHED else source.independence_group
    return SourceView(source.kind, source.reliability, source.credibility, group, source.access)


def _only_fighters(lines: Sequence[HarmLine]) -> bool:
    harmed = [
        line for line in lines if line.unit == "persons" and (line.minimum or line.best or line.maximum)
    ]
    known = [line for line in harmed if line.is_total]
    return bool(known) and all(line.status in FIGHTERS for line in known)


def groups_of(sources: Sequence[Source]) -> int:
    """How many sources that do not copy each other."""
    return len({view_of(source).independence_group for source in sources if source.ended_at is None})


__all__ = [
    "ADMITTED",
    "FIGHTERS",
    "groups_of",
    "heard",
    "operation_nearby",
    "suggest",
    "suggestion_for",
    "view_of",
]
