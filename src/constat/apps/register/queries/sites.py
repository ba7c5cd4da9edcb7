"""Protected sites near a point on a day."""

from dataclasses import dataclass
from datetime import date
from math import cos, radians

from django.db.models import Q, QuerySet

from constat.apps.register.models import Site
from constat.apps.register.queries.places import KM_PER_DEGREE, distance_km
from constat.rules.visibility import Viewer


@dataclass(frozen=True, slots=True)
class SiteHit:
    """A site that stood there on the day, and how far from the point."""

    id: int
    kind: str
    name: str
    lon: float
    lat: float
    km: float
    valid_from: date | None
    valid_to: date | None


def standing(on: date) -> Q:
    """Condition: the site stood on that day. `valid_to` is the first day on which it no longer did."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    )


def sites_near(
    lon: float, lat: float, *, viewer: Viewer, on: date, km: float = 5, limit: int = 50
) -> list[SiteHit]:
    """Nearest first. Empty for somebody who may not read the register: displacement sites are not for everybody."""
    if "register.read" not in viewer.permissions:
        return []
    high = km / KM_PER_DEGREE
    wide = high / max(cos(radians(lat)), 0.01)
    rows: QuerySet[Site] = Site.objects.filter(
        standing(on), lon__range=(lon - wide, lon + wide), lat__range=(lat - high, lat + high)
    )
    hits = []
    for site in rows:
        if site.lon is None or site.lat is None:
            continue
        away = distance_km((lon, lat), (site.lon, site.lat))
        if away <= km:
            hits.append(
                SiteHit(
                    site.pk,
                    site.kind,
                    site.name,
                    site.lon,
                    site.lat,
                    round(away, 2),
                    site.valid_from,
                    site.valid_to,
                )
            )
    return sorted(hits, key=lambda hit: hit.km)[:limit]
