"""Finding a place by any of its spellings.

All spellings of the gazetteer stand in memory, already folded and sounded (50,000 take some 30 MB in each process), and
are read again when the table changed. Exact spellings and beginnings are found in a sorted list; what was misheard or
misspelt is ranked by constat.analysis.names.NameList.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from threading import Lock

import numpy as np
from django.db.models import Count, Max, Q

from constat.analysis.names import NameList, fold, sound
from constat.apps.register.models import AdminArea, Place, PlaceName
from constat.rules.visibility import Viewer

# Below this likeness a name has more wrong than right: showing it would bury the right answer "not in the register".
LIKE_ENOUGH = 0.55
# A beginning that was typed so far is a better answer than a whole name that merely looks alike.
BEGINNING = 0.92
KM_PER_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A place that may be meant. `matched`: the spelling that was found. `areas`: names from commune to country.

    `reason`: exact (same letters), beginning, sound (reads the same), spelling (looks alike); `score` 0 to 1.
    """

    id: int
    name: str
    matched: str
    areas: tuple[str, ...]
    codes: dict[str, str]
    lon: float
    lat: float
    population: int | None
    score: float
    reason: str

    @property
    def area(self) -> str:
        return ", ".join(self.areas)


class _Spellings:
    """Every spelling, as parallel lists; `order` sorts them by fold for exact and beginning."""

    def __init__(self, stamp: object) -> None:
        self.stamp = stamp
        rows = list(
            PlaceName.objects.order_by("folded", "pk").values_list("place_id", "name", "folded", "sound")
        )
        self.place = np.array([row[0] for row in rows], dtype=np.int64)
        self.name = [row[1] for row in rows]
        self.folded = [row[2] for row in rows]
        self.names = NameList.from_keys(self.folded, [row[3] for row in rows])

    def beginning_with(self, key: str) -> range:
        first = bisect_left(self.folded, key)
        return range(first, bisect_left(self.folded, key + "\x7f", lo=first))


_lock = Lock()
_loaded: list[_Spellings] = []


def _stamp() -> object:
    # Names are added, never changed or removed one by one; the last row guards against tests that reuse keys.
    counts = PlaceName.objects.aggregate(n=Count("pk"), last=Max("pk"))
    last = PlaceName.objects.order_by("-pk").values_list("folded", "place_id").first()
    return (counts["n"], counts["last"], last)


def _spellings() -> _Spellings:
    stamp = _stamp()
    with _lock:
        if not _loaded or _loaded[0].stamp != stamp:
            _loaded[:] = [_Spellings(stamp)]
        return _loaded[0]


def find_places(
    words: str,
    viewer: Viewer | None = None,
    *,
    within: str | None = None,
    near: tuple[float, float] | None = None,
    limit: int = 20,
) -> list[PlaceHit]:
    """Places that may be meant by the words, best first.

    `within`: code of a country or an area; only places inside it. `near`: (lon, lat); among namesakes the nearest comes
    first, otherwise the most populous. Places are public knowledge: `viewer` is not asked, None stands for the public.
    """
    query = fold(words)
    if not query:
        return []
    spellings = _spellings()
    inside = _inside(within) if within else None
    found: dict[int, tuple[float, str, int]] = {}  # place -> score, reason, position of its best spelling
    _by_letters(spellings, query, inside, found)
    if len(found) < limit:
        _by_likeness(spellings, words, inside, found, limit)
    return _hits(spellings, found, near, limit)


def _inside(code: str) -> set[int]:
    match = Q(country=code) | Q(adm1=code) | Q(adm2=code) | Q(adm3=code)
    return set(Place.objects.filter(match).values_list("pk", flat=True))


def _by_letters(
    spellings: _Spellings, query: str, inside: set[int] | None, found: dict[int, tuple[float, str, int]]
) -> None:
    for position in spellings.beginning_with(query):
        place = int(spellings.place[position])
        if inside is not None and place not in inside:
            continue
        same = spellings.folded[position] == query
        # Of two beginnings, the one with less left to type.
        score = (
            1.0
            if same
            else BEGINNING * len(query) / len(spellings.folded[position]) ** 0.5 / len(query) ** 0.5
        )
        if found.get(place, (0.0, "", 0))[0] < score:
            found[place] = (score, "exact" if same else "beginning", position)


def _by_likeness(
    spellings: _Spellings,
    words: str,
    inside: set[int] | None,
    found: dict[int, tuple[float, str, int]],
    limit: int,
) -> None:
    among: Sequence[int] | None = None
    if inside is not None:
        among = np.flatnonzero(np.isin(spellings.place, list(inside))).tolist()
        if not among:
            return
    heard = sound(words)
    for ranked in spellings.names.rank(words, limit=3 * limit, among=among):
        same = spellings.names.sound[ranked.index] == heard
        score = max(ranked.score, 0.95) if same else ranked.score
        place = int(spellings.place[ranked.index])
        if score >= LIKE_ENOUGH and found.get(place, (0.0, "", 0))[0] < score:
            found[place] = (score, "sound" if same else "spelling", ranked.index)


def _hits(
    spellings: _Spellings,
    found: dict[int, tuple[float, str, int]],
    near: tuple[float, float] | None,
    limit: int,
) -> list[PlaceHit]:
    # Namesakes share a score: many more than the limit may tie, and the order among them needs their rows.
    scores = sorted((score for score, _reason, _position in found.values()), reverse=True)[:limit]
    rows = Place.objects.in_bulk(
        [key for key, (score, _r, _p) in found.items() if score >= scores[-1]] if scores else []
    )

    def order(place: Place) -> tuple[float, bool, float, str]:
        away = distance_km(near, (place.lon, place.lat)) if near else -float(place.population or 0)
        # Of namesakes, somebody rather means the village than its well or its hill.
        return (-round(found[place.pk][0], 2), not place.feature.startswith("PPL"), away, place.name)

    best = sorted(rows.values(), key=order)[:limit]
    names = area_names(code for place in best for code in (place.adm3, place.adm2, place.adm1, place.country))
    return [
        PlaceHit(
            id=place.pk,
            name=place.name,
            matched=spellings.name[found[place.pk][2]],
            areas=tuple(
                names[code] for code in (place.adm3, place.adm2, place.adm1, place.country) if code in names
            ),
            codes={"country": place.country, "adm1": place.adm1, "adm2": place.adm2, "adm3": place.adm3},
            lon=place.lon,
            lat=place.lat,
            population=place.population,
            score=round(found[place.pk][0], 3),
            reason=found[place.pk][1],
        )
        for place in best
    ]


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """code -> name as it is now (the row with the latest beginning)."""
    rows = AdminArea.objects.filter(code__in={code for code in codes if code}).values_list(
        "code", "name", "valid_from"
    )
    latest = sorted(rows, key=lambda row: (row[2] is not None, row[2]))
    return {code: name for code, name, _since in latest}


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance on a sphere flattened at the mean latitude: within 0.5 % below 300 km, enough to order neighbours."""
    middle = radians((one[1] + other[1]) / 2)
    return KM_PER_DEGREE * hypot((one[0] - other[0]) * cos(middle), one[1] - other[1])
