"""Places for the doors: what somebody wrote is looked up in the gazetteer, and the person chooses. Never a silent guess."""

from collections.abc import Mapping
from typing import Any

from constat.analysis.names import fold, sound
from constat.apps.register.models import AdminArea, Place, PlaceName

MOST = 8  # more would not be read on a telephone


def candidates(words: str) -> list[Place]:
    """Places of that name or of that sound, the larger first. At most MOST."""
    key = fold(words)
    if not key:
        return []
    found: dict[int, Place] = {}
    for condition in ({"folded": key}, {"sound": sound(words)}):
        names = (
            PlaceName.objects.filter(**condition)
            .select_related("place")
            .order_by("-place__population", "place_id")
        )
        for name in names[:MOST]:
            found.setdefault(name.place_id, name.place)
    return list(found.values())[:MOST]


def choices(words: str) -> list[tuple[str, str]]:
    """(primary key, "Name, cercle, region") for a list of radios."""
    found = candidates(words)
    codes = {code for place in found for code in (place.adm1, place.adm2) if code}
    names = dict(AdminArea.objects.filter(code__in=codes, valid_to__isnull=True).values_list("code", "name"))
    return [
        (
            str(place.pk),
            ", ".join([place.name, *(names[code] for code in (place.adm2, place.adm1) if code in names)]),
        )
        for place in found
    ]


def columns(place_id: str) -> Mapping[str, Any]:
    """The columns of a Draft that say where, for a place that was chosen; nothing for "none of these".

    A village is a named place, not a spot: an event "in Tin-Hama" may be anywhere around its point.
    """
    place = (
        Place.objects.filter(pk=int(place_id)).first() if place_id.isascii() and place_id.isdigit() else None
    )
    if place is None:
        return {}
    return {
        "place_id": place.pk,
        "country": place.country,
        "adm1": place.adm1,
        "adm2": place.adm2,
        "adm3": place.adm3,
        "lon": place.lon,
        "lat": place.lat,
        "place_precision": "exact",
    }
