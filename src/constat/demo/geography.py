"""An invented country of the Sahel: outline, regions, cercles, communes, a river, towns and protected sites.

It is drawn in the open Atlantic, south-west of Cape Verde, where there is no land: nobody can take its map for that of a
real country, and no coordinate of it points at somebody's house. Its names are put together from syllables and words
that place names of the region have in common; no town is meant to be any real one.

Pure: a seed in, plain values out, the same for the same seed. Only `write` touches the register, through its actions.
Borders are drawn once and shared: a commune is a set of cells of one jittered grid, a cercle is a set of communes, a
region a set of cercles, so neighbours have exactly the same points along a common border.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon

from constat.apps.access.models import Person
from constat.apps.register import actions
from constat.apps.register.drafts import AreaDraft, PlaceDraft

CENTRE = (-31.0, 8.0)  # more than 900 km from Cape Verde and 1,700 km from Africa
SIZE = (9.0, 6.5)  # degrees, west to east and south to north
# ISO 3166 keeps the codes from XAA to XZZ free for users: no country will ever have this one.
COUNTRY = "XSA"
NAME, NAME_AR = "Sahélia", "ساهيليا"
REGIONS, CERCLES, COMMUNES, TOWNS = 6, 24, 90, 400
STEP = 0.06  # degrees: side of the grid cells that borders are made of
SOURCE = "demo"
SITES = {
    "school": 60,
    "health_facility": 35,
    "market": 30,
    "water_point": 55,
    "religious": 45,
    "displacement_site": 18,
}


@dataclass(frozen=True)
class Area:
    """`parent` is a code. Valid from `valid_from` (None: always) until the day before `valid_to`."""

    code: str
    level: int
    name: str
    name_ar: str
    parent: str
    shape: Polygon | MultiPolygon
    population: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Town:
    """`spellings`: other ways in which people write the name. Codes are those of the division at the end."""

    key: str
    name: str
    name_ar: str
    spellings: tuple[str, ...]
    lon: float
    lat: float
    country: str
    adm1: str
    adm2: str
    adm3: str
    population: int


@dataclass(frozen=True)
class ProtectedSite:
    kind: str
    name: str
    lon: float
    lat: float
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Country:
    """`changed_on`: the day on which one region was split in two, in the second year of the mission."""

    seed: int
    areas: tuple[Area, ...]
    towns: tuple[Town, ...]
    sites: tuple[ProtectedSite, ...]
    river: tuple[tuple[float, float], ...]
    changed_on: date

    def level(self, level: int, on: date) -> list[Area]:
        return [
            area
            for area in self.areas
            if area.level == level
            and (area.valid_from is None or area.valid_from <= on)
            and (area.valid_to is None or on < area.valid_to)
        ]


def draw(seed: int = 1, *, begins: date = date(2025, 1, 1)) -> Country:
    """The country of a seed. `begins`: first day of the mission; the split comes fourteen months later."""
    rng = random.Random(f"country {seed}")
    cells = _cells(rng)
    communes = _grown(rng, cells, list(range(len(cells))), COMMUNES)
    commune_shapes = [shapely.union_all([cells[i] for i in group]) for group in communes]
    cercles = _grown(rng, commune_shapes, list(range(COMMUNES)), CERCLES)
    cercle_shapes = [shapely.union_all([commune_shapes[i] for i in group]) for group in cercles]
    regions = _grown(rng, cercle_shapes, list(range(CERCLES)), REGIONS)
    changed_on = date(begins.year + 1, 3, 1)
    names = _Names(rng)
    river = _river(rng)
    areas, commune_codes = _areas(rng, names, commune_shapes, cercles, cercle_shapes, regions, changed_on)
    towns = _towns(rng, names, areas, commune_shapes, commune_codes, river, changed_on)
    return Country(
        seed=seed,
        areas=tuple(_peopled(areas, towns)),
        towns=tuple(towns),
        sites=tuple(_sites(rng, towns, begins)),
        river=tuple(river.coords),
        changed_on=changed_on,
    )


# Land ------------------------------------------------------------------------------------------------------------


def _cells(rng: random.Random) -> list[Polygon]:
    """Quadrilaterals of a jittered grid inside a wavy outline. Corners are shared, so no gap and no overlap."""
    columns, rows = int(SIZE[0] / STEP), int(SIZE[1] / STEP)
    west, south = CENTRE[0] - SIZE[0] / 2, CENTRE[1] - SIZE[1] / 2
    corner = {
        (i, j): (
            round(west + STEP * (i + rng.uniform(-0.32, 0.32)), 5),
            round(south + STEP * (j + rng.uniform(-0.32, 0.32)), 5),
        )
        for i in range(columns + 1)
        for j in range(rows + 1)
    }
    phases = [(n, rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 1) * 0.16 / n) for n in (2, 3, 5, 8, 13)]

    def inside(i: int, j: int) -> bool:
        x, y = (i + 0.5) / columns * 2 - 1, (j + 0.5) / rows * 2 - 1
        angle = math.atan2(y, x)
        reach = 0.82 + sum(size * math.sin(n * angle + phase) for n, phase, size in phases)
        return math.hypot(x, y) < reach

    return [
        Polygon([corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]])
        for i in range(columns)
        for j in range(rows)
        if inside(i, j)
    ]


def _grown(rng: random.Random, shapes: Sequence[Any], members: list[int], wanted: int) -> list[list[int]]:
    """Join neighbouring shapes into `wanted` connected groups that grow from scattered seeds, ragged like real borders."""
    near = _neighbours([shapes[i] for i in members])
    centres = np.array([(shapes[i].centroid.x, shapes[i].centroid.y) for i in members])
    seeds = _scattered(rng, centres, wanted)
    owner = dict(zip(seeds, range(wanted), strict=True))
    edge: list[list[int]] = [[seed] for seed in seeds]
    sizes = [1] * wanted
    while len(owner) < len(members):
        open_groups = [g for g in range(wanted) if edge[g]]
        group = min(open_groups, key=lambda g: sizes[g] * rng.uniform(0.6, 1.4))
        at = edge[group][rng.randrange(len(edge[group]))]
        free = [other for other in near[at] if other not in owner]
        if not free:
            edge[group].remove(at)
            continue
        # The nearest free neighbour to the seed, mostly: round bodies with uneven rims.
        chosen = min(free, key=lambda o: math.dist(centres[o], centres[seeds[group]]) * rng.uniform(0.8, 1.2))
        owner[chosen] = group
        edge[group].append(chosen)
        sizes[group] += 1
    groups: list[list[int]] = [[] for _ in range(wanted)]
    for position in sorted(owner):
        groups[owner[position]].append(members[position])
    return groups


def _neighbours(shapes: Sequence[Any]) -> list[list[int]]:
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="touches")
    found: list[list[int]] = [[] for _ in shapes]
    shared = shapely.length(shapely.intersection(np.asarray(shapes)[left], np.asarray(shapes)[right]))
    for one, other, length in zip(left.tolist(), right.tolist(), shared.tolist(), strict=True):
        if length > 0:  # a corner alone joins nothing
            found[one].append(other)
    return found


def _scattered(rng: random.Random, centres: Any, wanted: int) -> list[int]:
    """Far from one another: of twelve drawn at random, take each time the one farthest from those taken."""
    taken = [rng.randrange(len(centres))]
    while len(taken) < wanted:
        drawn = [i for i in (rng.randrange(len(centres)) for _ in range(12)) if i not in taken]
        if drawn:
            taken.append(max(drawn, key=lambda i: min(math.dist(centres[i], centres[t]) for t in taken)))
    return taken


def _river(rng: random.Random) -> shapely.LineString:
    """From the south-west up to a bend in the north and down to the south-east."""
    phase = rng.uniform(0, 2 * math.pi)
    points = []
    for step in range(161):
        t = step / 160
        x = CENTRE[0] + SIZE[0] * (t - 0.5) * 0.8
        bend = math.sin(math.pi * t) * 0.28 - 0.16
        wave = 0.02 * math.sin(9 * t + phase) + 0.012 * math.sin(23 * t + 2 * phase)
        points.append((round(x, 4), round(CENTRE[1] + SIZE[1] * (bend + wave), 4)))
    return shapely.LineString(points)


# Areas -----------------------------------------------------------------------------------------------------------


def _areas(
    rng: random.Random, names: "_Names", commune_shapes: list[Any], cercles: list[list[int]], cercle_shapes: list[Any],
    regions: list[list[int]], changed_on: date,
) -> tuple[list[Area], dict[int, str]]:  # fmt: skip
    made: list[Area] = []
    codes: dict[int, str] = {}
    made.append(Area(COUNTRY, 0, NAME, NAME_AR, "", shapely.union_all(commune_shapes), 0))
    largest = max(range(REGIONS), key=lambda r: len(regions[r]))
    for number, members in enumerate(regions, start=1):
        code = f"XS{number:02d}"
        name = names.area()
        shape = shapely.union_all([cercle_shapes[c] for c in members])
        parents: dict[int, list[tuple[str, date | None, date | None]]] = {
            c: [(code, None, None)] for c in members
        }
        if number - 1 == largest:
            stays, leaves = _split(members, cercle_shapes)
            fresh, fresh_name = f"XS{REGIONS + 1:02d}", names.area()
            made += [
                Area(code, 1, *name, COUNTRY, shape, 0, None, changed_on),
                Area(
                    code,
                    1,
                    *name,
                    COUNTRY,
                    shapely.union_all([cercle_shapes[c] for c in stays]),
                    0,
                    changed_on,
                ),
                Area(
                    fresh,
                    1,
                    *fresh_name,
                    COUNTRY,
                    shapely.union_all([cercle_shapes[c] for c in leaves]),
                    0,
                    changed_on,
                ),
            ]
            parents |= {c: [(code, None, changed_on), (fresh, changed_on, None)] for c in leaves}
        else:
            made.append(Area(code, 1, *name, COUNTRY, shape, 0))
        for place, cercle in enumerate(members, start=1):
            cercle_code, cercle_name = f"{code}{place:02d}", names.area()
            for parent, since, until in parents[cercle]:
                made.append(
                    Area(cercle_code, 2, *cercle_name, parent, cercle_shapes[cercle], 0, since, until)
                )
            for position, commune in enumerate(cercles[cercle], start=1):
                codes[commune] = f"{cercle_code}{position:02d}"
                made.append(Area(codes[commune], 3, *names.area(), cercle_code, commune_shapes[commune], 0))
    return made, codes


def _split(members: list[int], shapes: list[Any]) -> tuple[list[int], list[int]]:
    """The eastern part of a region becomes a region: the cercles that hang together with the easternmost one."""
    ordered = sorted(members, key=lambda c: shapes[c].centroid.x)
    leaves = [ordered.pop()]
    while len(leaves) < max(1, len(members) // 2) and len(ordered) > 1:
        body = shapely.union_all([shapes[c] for c in leaves])
        touching = [c for c in ordered if shapely.length(shapely.intersection(body, shapes[c])) > 0]
        for candidate in reversed(touching):
            rest = shapely.union_all([shapes[c] for c in ordered if c != candidate])
            if rest.geom_type == "Polygon":
                leaves.append(candidate)
                ordered.remove(candidate)
                break
        else:
            break
    return ordered, leaves


def _peopled(areas: list[Area], towns: list[Town]) -> Iterator[Area]:
    points = shapely.points([(town.lon, town.lat) for town in towns])
    people = np.array([town.population for town in towns])
    for area in areas:
        shapely.prepare(area.shape)
        # Towns hold a third; the others live in hamlets that no list names.
        total = int(people[shapely.contains(area.shape, points)].sum() * 3 // 100 * 100)
        yield Area(
            area.code, area.level, area.name, area.name_ar, area.parent, area.shape, total, area.valid_from, area.valid_to
        )  # fmt: skip


# Names -----------------------------------------------------------------------------------------------------------

# (French spelling, Arabic). Syllables and endings that recur from Senegal to Chad.
_SYLLABLES = (
    ("Ban", "بان"), ("Dou", "دو"), ("Kar", "كار"), ("Tin", "تين"), ("Sam", "سام"), ("Gour", "غور"), ("Man", "مان"),
    ("Ten", "تن"), ("Bou", "بو"), ("Dia", "جا"), ("Fa", "فا"), ("Kou", "كو"), ("Nia", "نيا"), ("Sou", "سو"),
    ("Ta", "تا"), ("Wa", "وا"), ("Zan", "زان"), ("Lé", "لي"), ("Mo", "مو"), ("Ha", "ها"), ("Ou", "أو"), ("Yo", "يو"),
)  # fmt: skip
_MIDDLES = (
    ("ra", "را"), ("ma", "ما"), ("li", "لي"), ("ga", "غا"), ("dé", "دي"), ("na", "نا"), ("ko", "كو"), ("ri", "ري"),
    ("ssé", "سي"), ("ba", "با"), ("lou", "لو"), ("mbé", "مبي"),
)  # fmt: skip
_ENDINGS = (
    ("bougou", "بوغو"), ("kou", "كو"), ("dougou", "دوغو"), ("na", "نا"), ("ré", "ري"), ("ka", "كا"), ("la", "لا"),
    ("yara", "يارا"), ("ssou", "سو"), ("goré", "غوري"), ("wéré", "ويري"), ("tala", "تالا"), ("daga", "داغا"),
)  # fmt: skip
_TAMASHEQ = (("In-", "إن "), ("Tin-", "تين "), ("Te-n-", "تن "))
_TAMASHEQ_STEMS = (
    ("Assalan", "أسلان"), ("Ahara", "أهارا"), ("Zaouin", "زاوين"), ("Tekouat", "تكوات"), ("Amassin", "أماسين"),
    ("Afarag", "أفراغ"), ("Eggar", "إغار"), ("Tafok", "تافوك"), ("Azarif", "أزاريف"), ("Emellen", "إملن"),
)  # fmt: skip


class _Names:
    """Names that no other place of the country has, each in French spelling and in Arabic."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()

    def area(self) -> tuple[str, str]:
        return self._fresh(0.15)

    def town(self, northern: bool) -> tuple[str, str]:
        return self._fresh(0.45 if northern else 0.05)

    def _fresh(self, tamasheq: float) -> tuple[str, str]:
        while True:
            name, arabic = self._drawn(tamasheq)
            if name not in self.used:
                self.used.add(name)
                return name, arabic

    def _drawn(self, tamasheq: float) -> tuple[str, str]:
        rng = self.rng
        if rng.random() < tamasheq:
            head, stem = rng.choice(_TAMASHEQ), rng.choice(_TAMASHEQ_STEMS)
            tail = rng.choice([("", ""), ("", ""), *_MIDDLES])
            return head[0] + stem[0] + tail[0], head[1] + stem[1] + tail[1]
        parts = [rng.choice(_SYLLABLES)]
        if rng.random() < 0.55:
            parts.append(rng.choice(_MIDDLES))
        parts.append(rng.choice(_ENDINGS))
        return "".join(part[0] for part in parts), "".join(part[1] for part in parts)


# How one name is written by others: English map, Bambara spelling, a clerk in a hurry.
_RESPELT = (
    ("ou", "u"), ("dia", "ja"), ("dougou", "dugu"), ("gou", "gu"), ("é", "e"), ("ss", "s"), ("In-", "I-n-"),
    ("Tin-", "Ti-n-"), ("k", "c"), ("wé", "oué"), ("y", "i"), ("mb", "nb"), ("bougou", "bugu"), ("n", "nn"),
)  # fmt: skip


def respelt(rng: random.Random, name: str) -> tuple[str, ...]:
    """One to three other spellings of a name, none equal to it."""
    found: dict[str, None] = {}
    for _try in range(12):
        old, new = rng.choice(_RESPELT)
        if old in name:
            found[name.replace(old, new, 1)] = None
    found.pop(name, None)
    return tuple(found)[: rng.randint(1, 3)]


# Towns and sites -------------------------------------------------------------------------------------------------


def _towns(
    rng: random.Random, names: _Names, areas: list[Area], commune_shapes: list[Any], codes: dict[int, str], river: Any,
    changed_on: date,
) -> list[Town]:  # fmt: skip
    """Each commune has its seat, which lends it its name; other towns lie more often near the river and in the south."""
    now = {area.code: area for area in areas if area.valid_to is None}
    made: list[Town] = []
    order = list(range(len(commune_shapes)))
    weight = [_pull(shape.centroid, river) * shape.area for shape in commune_shapes]
    chosen = order + rng.choices(order, weights=weight, k=TOWNS - len(order))
    seats: set[int] = set()
    for number, commune in enumerate(chosen, start=1):
        shape = commune_shapes[commune]
        shapely.prepare(shape)
        point = _point_in(rng, shape)
        area = now[codes[commune]]
        seat = commune not in seats
        seats.add(commune)
        name, name_ar = (area.name, area.name_ar) if seat else names.town(point.y > CENTRE[1] + SIZE[1] * 0.1)
        people = (
            int(rng.lognormvariate(8.6 if seat else 6.6, 0.8) * (1 + 2 * _pull(point, river)) // 10 * 10) + 50
        )
        cercle = now[area.parent]
        made.append(
            Town(
                key=f"{COUNTRY}-{number:04d}", name=name, name_ar=name_ar,
                spellings=respelt(rng, name) if rng.random() < 0.6 else (),
                lon=round(point.x, 5), lat=round(point.y, 5), country=COUNTRY, adm1=cercle.parent, adm2=cercle.code,
                adm3=area.code, population=people,
            )
        )  # fmt: skip
    return made


def _pull(point: Any, river: Any) -> float:
    """From 0.1 in the dry north to about 1 on the river."""
    south = 0.5 - (float(point.y) - CENTRE[1]) / SIZE[1]
    return 0.1 + 0.4 * max(0.0, south) + 0.5 * math.exp(-float(river.distance(point)) / 0.4)


def _point_in(rng: random.Random, shape: Any) -> Point:
    west, south, east, north = shape.bounds
    inner = shape.buffer(-0.01)
    while True:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if inner.contains(point):
            return point


_SITE_NAMES = {
    "school": "École de {}", "health_facility": "Centre de santé de {}", "market": "Marché de {}",
    "water_point": "Forage de {}", "religious": "Mosquée de {}", "displacement_site": "Site de déplacés de {}",
}  # fmt: skip


def _sites(rng: random.Random, towns: list[Town], begins: date) -> Iterator[ProtectedSite]:
    by_size = sorted(towns, key=lambda town: -town.population)
    for kind, count in SITES.items():
        hosts = rng.sample(by_size[: count * 2], count)
        for town in hosts:
            since = date(rng.randint(begins.year - 20, begins.year - 2), rng.randint(1, 12), 1)
            until = None
            if kind == "displacement_site":  # they come and go during the mission
                since = date(begins.year + rng.randint(-1, 1), rng.randint(1, 12), 1)
                until = date(since.year + 1, since.month, 1) if rng.random() < 0.4 else None
            elif kind in {"school", "health_facility"} and rng.random() < 0.12:  # closed by the conflict
                until = date(begins.year + rng.randint(0, 1), rng.randint(1, 12), 1)
            yield ProtectedSite(
                kind=kind, name=_SITE_NAMES[kind].format(town.name), lon=round(town.lon + rng.uniform(-0.004, 0.004), 5),
                lat=round(town.lat + rng.uniform(-0.004, 0.004), 5), valid_from=since, valid_to=until,
            )  # fmt: skip


# Into the register -----------------------------------------------------------------------------------------------


def write(country: Country, *, by: Person | str, at: datetime) -> None:
    """Load it all as a mission would load its gazetteer. Call it inside one transaction: one commit instead of hundreds."""
    actions.load_areas(
        by=by, at=at, source=SOURCE,
        areas=[
            AreaDraft(
                code=area.code, level=area.level, name=area.name, name_ar=area.name_ar, country=COUNTRY, parent_code=area.parent,
                wkb=shapely.to_wkb(area.shape), valid_from=area.valid_from, valid_to=area.valid_to, population=area.population,
            )
            for area in country.areas
        ],
    )  # fmt: skip
    actions.load_places(
        by=by, at=at, source=SOURCE,
        places=[
            PlaceDraft(
                source_key=town.key, name=town.name, lon=town.lon, lat=town.lat, country=COUNTRY,
                spellings=(town.name_ar, *town.spellings), feature="PPL", population=town.population,
            )
            for town in country.towns
        ],
    )  # fmt: skip
    for site in country.sites:
        actions.add_site(
            by=by, at=at, kind=site.kind, name=site.name, lon=site.lon, lat=site.lat, source=SOURCE,
            valid_from=site.valid_from, valid_to=site.valid_to,
        )  # fmt: skip
