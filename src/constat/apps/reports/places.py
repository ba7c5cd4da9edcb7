"""Places for the doors: what somebody wrote is looked up in the register, and the person chooses. Never a silent guess."""

from collections.abc import Mapping
from typing import Any

from constat.analysis.names import fold
from constat.apps.register.models import Place
from constat.apps.register.queries import PlaceHit, find_places

MOST = 6  # more would not be read on a telephone
NAME_WORDS = 3  # the longest name looked for inside a sentence
SENTENCE_WORDS = 12  # of a sentence, the first ones: each run of words is one look-up
ALIKE = 0.75  # a likeness below this is more often another name than a slip
EXACT, BEGINNING = "exact", "beginning"  # reasons of find_places
# GeoNames feature code -> vocabulary "place_precision": the name of an area says no more than the area.
OF_AREA = {"PCLI": "country", "ADM1": "admin1", "ADM2": "admin2", "ADM3": "near_25km", "RGN": "fuzzy_area"}


def candidates(words: str) -> list[PlaceHit]:
    """Places that may be meant, best first. Where some are written exactly so, only those."""
    found = [hit for hit in find_places(words[:100], limit=MOST) if hit.score >= ALIKE]
    return [hit for hit in found if hit.reason == EXACT] or found or _named_in(words[:100])


def _named_in(words: str) -> list[PlaceHit]:
    """Places whose whole name stands in a sentence: "near the well of Gao" names Gao. The longest names first."""
    parts = fold(words).split()[:SENTENCE_WORDS]
    for size in range(min(NAME_WORDS, len(parts) - 1), 0, -1):
        runs = [" ".join(parts[start : start + size]) for start in range(len(parts) - size + 1)]
        found = [
            hit for run in runs if len(run) > 2 for hit in find_places(run, limit=MOST) if hit.reason == EXACT
        ]
        if found:
            return list({hit.id: hit for hit in found}.values())[:MOST]
    return []


def choices(words: str) -> list[tuple[str, str]]:
    """(primary key, "Name, cercle, region") for a list of radios."""
    return [_choice(hit) for hit in candidates(words)]


def beginnings(words: str) -> list[str]:
    """Lines to propose while somebody still types: what begins so, and what may be meant."""
    found = [
        hit for hit in find_places(words[:100], limit=MOST) if hit.reason == BEGINNING or hit.score >= ALIKE
    ]
    return [_choice(hit)[1] for hit in found]


def _line_of(words: str) -> PlaceHit | None:
    """The place whose proposed line was taken as it stands: "Gao, Gao, Gao" with its areas says which one is meant."""
    name, comma, _areas = words.partition(", ")
    hits = find_places(name[:100], limit=MOST) if comma else []
    return next((hit for hit in hits if hit.reason == EXACT and _choice(hit)[1] == words), None)


def _choice(hit: PlaceHit) -> tuple[str, str]:
    return str(hit.id), f"{hit.name}, {hit.area}" if hit.area else hit.name


def resolved(words: str) -> tuple[str, list[tuple[str, str]]]:
    """(key of the only place of exactly that name or "", what to choose from). A name inside a sentence is asked back."""
    if line := _line_of(words.strip()):
        return str(line.id), [_choice(line)]
    found = candidates(words)
    alone = len(found) == 1 and found[0].reason == EXACT and fold(found[0].matched) == fold(words)
    sure = str(found[0].id) if alone else ""
    return sure, [_choice(hit) for hit in found]


def columns(place_id: str, words: str = "") -> Mapping[str, Any]:
    """The columns of a Draft that say where, for a place that was chosen; nothing for "none of these".

    "Near the well of Gao" with Gao chosen is known to some 25 km, "Gao" to the place itself.
    """
    place = (
        Place.objects.filter(pk=int(place_id)).first() if place_id.isascii() and place_id.isdigit() else None
    )
    if place is None:
        return {}
    more = len(fold(words).split()) > max(len(fold(place.name).split()), 1) and not _line_of(words.strip())
    return {
        "place_id": place.pk,
        "country": place.country,
        "adm1": place.adm1,
        "adm2": place.adm2,
        "adm3": place.adm3,
        "lon": place.lon,
        "lat": place.lat,
        "place_precision": OF_AREA.get(place.feature, "near_25km" if more else "exact"),
    }
