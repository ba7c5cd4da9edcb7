"""Who may read an incident beside those whose post opens it."""

from datetime import datetime

from django.db.models import Q

from constat.apps.incidents.models import Incident, IncidentGrant


def granted_to(incident: Incident, at: datetime) -> frozenset[str]:
    """Keys of persons and codes of sections with leave to read this incident at that moment."""
    rows = IncidentGrant.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), incident=incident, starts_at__lte=at
    ).values_list("person_id", "section")
    return frozenset(str(person) if person else section for person, section in rows)
