"""What an incident keeps ready for lists, map, totals and search. Called by every verb, in the verb's transaction."""

from collections.abc import Iterable
from datetime import datetime

from constat.analysis.names import index_text
from constat.apps.incidents.models import HarmLine, Incident, IncidentReport
from constat.rules.tally import NOTHING, Range, Tally, total
from constat.rules.vocabulary import vocabulary

MERGED = "merged"  # vocabulary "incident_state"
DEATH, INJURY = "death", "injury"  # vocabulary "harm"


def family(harm: str) -> str:
    """The topmost harm a code belongs to: a serious injury is an injury."""
    return (harm, *vocabulary("harm").ancestors(harm))[-1]


def tally_of(lines: Iterable[HarmLine], harm: str) -> Tally:
    """Total lines of one family of harm; parts (women, children ...) are inside them already."""
    return total(
        Range(line.minimum, line.best, line.maximum)
        for line in lines
        if line.is_total and line.unit == "persons" and family(line.harm) == harm
    )


def refresh(incident: Incident, *, at: datetime) -> None:
    """Sums, report count and search text anew from the rows; then saves the whole incident."""
    # What was merged away counts nowhere: its lines stay its own, its sums sleep, so that no total meets them twice.
    asleep = incident.state == MERGED
    lines = [] if asleep else list(HarmLine.objects.filter(incident=incident))
    for name, harm in (("deaths", DEATH), ("injured", INJURY)):
        tally = tally_of(lines, harm)
        setattr(incident, f"{name}_min", tally.min)
        setattr(incident, f"{name}_best", tally.best)
        # No line at all is "nothing recorded", not "nobody": the maximum is unknown then.
        setattr(incident, f"{name}_max", None if tally == NOTHING else tally.max)
    incident.report_count = 0 if asleep else visible_links(incident).count()
    incident.search_text = search_text(incident)
    incident.updated_at = at
    incident.save()


def visible_links(incident: Incident):  # type: ignore[no-untyped-def]
    """Links that may be counted in front of every reader of the incident: none of a compartment it does not share."""
    return IncidentReport.objects.filter(
        incident=incident, cut_at__isnull=True, report__compartment__in=["general", incident.compartment]
    )


def search_text(incident: Incident) -> str:
    """Code, place as written and narrative, folded. No words of reports: those are searched by their own readers."""
    parts = [incident.code, incident.place_text, incident.narrative]
    # PostgreSQL text cannot hold a NUL.
    return index_text(" ".join(part for part in parts if part).replace("\x00", " "))
