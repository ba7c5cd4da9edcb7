"""From the rows of an incident to what the rule of grading needs, and back to a suggestion."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from constat.apps.incidents.models import UNESTABLISHED, Attribution, HarmLine, Incident, Source
from constat.rules.proof import GradeSuggestion, SourceView, suggest_grade

ADMITTED = "admitted"  # vocabulary "attribution_basis"
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
    )


def suggest(
    sources: Sequence[Source], attributions: Sequence[Attribution], lines: Sequence[HarmLine]
) -> GradeSuggestion:
    """No operations are recorded in this version, so "own operation nearby" is not established and stays False: the
    trace says so, and a suggestion of "fair" then rests on the three-source test alone."""
    named = {row.actor_id for row in attributions if row.actor_id}
    return suggest_grade(
        [view_of(source) for source in sources if source.supports],
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


__all__ = ["ADMITTED", "FIGHTERS", "groups_of", "heard", "suggest", "suggestion_for", "view_of"]
