"""An invented country, drawn from a seed: Azerouna. Its outline, regions, cercles and communes, towns and protected sites.

It lies in the open Atlantic, where there is no land, so that no map of it can be taken for a map of somewhere. Pure: a seed
in, plain values out.

How it is drawn: 90 seed points give communes (Voronoi cells), communes are gathered into 24 cercles and cercles into 5
regions, so that every border of a larger area is a border of the smaller ones. Straight cell edges are then bent by one
smooth displacement of the whole plane: borders stay shared to the last digit, because both sides are bent alike.
"""

import math
import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy
import shapely
from shapely.geometry import MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

COUNTRY = "XDM"  # user-assigned code of ISO 3166: no country will ever have it
NAME, NAME_AR = "Azerouna", "أزرونة"
CENTRE = (-35.0, 12.0)  # degrees; the nearest land is more than 800 km away
COMMUNES, CERCLES, REGIONS, TOWNS = 90, 24, 5, 420

# Syllables with their Arabic writing: names sound at home in the Sahel and are the names of no place there.
FIRST = (("Tin-", "تين "), ("Ouro-", "أورو "), ("Dou", "دو"), ("Kobé", "كوبي"), ("Ansa", "أنسا"), ("Féré", "فيري"), ("Tala", "تالا"),
         ("Guindé", "غيندي"), ("Sarra", "سارا"), ("Imaz", "إيماز"), ("Bolé", "بولي"), ("Harou", "هارو"), ("Ména", "مينا"), ("Djiro", "جيرو"),
         ("Waga", "واغا"), ("Kéré", "كيري"), ("Tessou", "تيسو"), ("Nampa", "نامبا"), ("Azel", "أزيل"), ("Zori", "زوري"))  # fmt: skip
SECOND = (("wari", "واري"), ("ndougou", "ندوغو"), ("lit", "ليت"), ("bala", "بالا"), ("gara", "غارا"), ("kélou", "كيلو"), ("rouma", "روما"),
          ("chédi", "شيدي"), ("ssirou", "سيرو"), ("djé", "جي"), ("tamé", "تامي"), ("nkoro", "نكورو"), ("lawel", "لاويل"), ("bougha", "بوغا"),
          ("ména", "مينا"), ("zaré", "زاري"), ("fassi", "فاسي"), ("wélé", "ويلي"))  # fmt: skip
REGION_NAMES = (("Tazerkane", "تازركان"), ("Fleuve", "النهر"), ("Hamada", "الحمادة"), ("Plateau", "الهضبة"), ("Oued-Sud", "الوادي الجنوبي"))
NEW_REGION = ("Hamada-Est", "الحمادة الشرقية")
SITES = {"school": ("École de", 0.6), "health_facility": ("Centre de santé de", 0.28), "market": ("Marché de", 0.3),
         "water_point": ("Puits de", 0.5), "religious": ("Mosquée de", 0.5), "displacement_site": ("Site de déplacés de", 0.05)}  # fmt: skip


@dataclass(frozen=True)
class Area:
    """An administrative area. `polygon` in degrees, (lon, lat). `valid_to` is the first day on which it no longer holds."""

    code: str
    level: int
    name: str
    name_ar: str
    parent: str
    polygon: BaseGeometry
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Town:
    key: str
    name: str
    name_ar: str
    spellings: tuple[str, ...]
    lon: float
    lat: float
    adm1: str
    adm2: str
    adm3: str
    population: int
    feature: str  # GeoNames code: PPLA region seat, PPLA2 cercle seat, PPL


@dataclass(frozen=True)
class ProtectedSite:
    kind: str
    name: str
    town: Town
    lon: float
    lat: float
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Country:
    areas: tuple[Area, ...]
    towns: tuple[Town, ...]
    sites: tuple[ProtectedSite, ...]
    split_on: date = field(default=date(2000, 1, 1))

    def on(self, day: date, level: int) -> list[Area]:
        return [
            area
            for area in self.areas
            if area.level == level
            and (area.valid_from is None or area.valid_from <= day)
            and (area.valid_to is None or day < area.valid_to)
        ]


def draw(seed: int, since: date) -> Country:
    """The country as it is from `since` on; one region is split in two a year and a half later."""
    rng = random.Random(f"land {seed}")
    outline = _outline(rng)
    bend = _bending(rng)
    cells = _cells(rng, outline, COMMUNES)
    cercle_of = _gather([cell.centroid for cell in cells], rng, CERCLES)
    cercles = [_together([cell for cell, owner in zip(cells, cercle_of, strict=True) if owner == number]) for number in range(CERCLES)]
    region_of = _gather([one.centroid for one in cercles], rng, REGIONS)
    names = _names(rng)
    split_on = since + timedelta(days=540)
    areas, towns = _settle(rng, cells, cercle_of, region_of, bend, names)
    areas = _divide(areas, split_on)
    return Country(tuple(areas), tuple(towns), tuple(_sites(rng, towns, since)), split_on)


def _outline(rng: random.Random) -> Polygon:
    waves = [(rng.uniform(0.02, 0.09), rng.randrange(2, 9), rng.uniform(0, math.tau)) for _ in range(6)]
    ring = []
    for step in range(240):
        angle = math.tau * step / 240
        stretch = 1 + sum(size * math.sin(count * angle + phase) for size, count, phase in waves)
        ring.append((CENTRE[0] + 4.6 * stretch * math.cos(angle), CENTRE[1] + 3.6 * stretch * math.sin(angle)))
    return Polygon(ring)


def _bending(rng: random.Random):  # type: ignore[no-untyped-def]
    """A smooth displacement of the plane, a few kilometres to some tens: straight lines become border-like."""
    # Amplitude falls with frequency so that the sum of slopes stays below 1: a steeper plane would fold over itself.
    waves = []
    for number in range(16):
        by_lon, by_lat = rng.uniform(2, 24), rng.uniform(2, 24)
        waves.append((rng.uniform(0.4, 0.8) / 12 / (by_lon + by_lat), by_lon, by_lat, rng.uniform(0, math.tau), number % 2))

    def bend(points):  # type: ignore[no-untyped-def]
        moved = points.copy()
        for size, by_lon, by_lat, phase, axis in waves:
            moved[:, axis] += size * numpy.sin(by_lon * points[:, 0] + by_lat * points[:, 1] + phase)
        return moved.round(5)

    return bend


def _together(parts: list[BaseGeometry]) -> BaseGeometry:
    """The union on the grid the borders were rounded to: no slivers between neighbours."""
    return shapely.union_all(parts, grid_size=1e-5)


def _cells(rng: random.Random, outline: Polygon, count: int) -> list[BaseGeometry]:
    points: list[Point] = []
    while len(points) < count:
        # Best of six candidates: cells of similar size, as administrations draw them.
        tries = [Point(rng.uniform(*outline.bounds[::2]), rng.uniform(*outline.bounds[1::2])) for _ in range(6)]
        tries = [one for one in tries if outline.contains(one)]
        if tries:
            points.append(max(tries, key=lambda one: min((one.distance(other) for other in points), default=9)))
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=outline).geoms
    return [cell.intersection(outline) for cell in sorted(cells, key=lambda cell: (-cell.centroid.y, cell.centroid.x))]


def _gather(centres: list[Point], rng: random.Random, count: int) -> list[int]:
    """Nearest of `count` spread-out centres (k-means, a few rounds); numbered from north to south."""
    seeds = [(one.x, one.y) for one in rng.sample(centres, count)]
    for _ in range(12):
        owner = [min(range(count), key=lambda number: math.dist(seeds[number], (one.x, one.y))) for one in centres]
        for number in range(count):
            mine = [one for one, who in zip(centres, owner, strict=True) if who == number]
            if mine:
                seeds[number] = (sum(one.x for one in mine) / len(mine), sum(one.y for one in mine) / len(mine))
    order = sorted(range(count), key=lambda number: (-seeds[number][1], seeds[number][0]))
    return [order.index(who) for who in owner]


def _names(rng: random.Random) -> list[tuple[str, str]]:
    made = [(first + second, first_ar + second_ar) for first, first_ar in FIRST for second, second_ar in SECOND]
    rng.shuffle(made)
    twice = [(f"{name} {number}", f"{name_ar} {number}") for number in (2,) for name, name_ar in made]
    return [(name[:1].upper() + name[1:], name_ar) for name, name_ar in made] + twice


def _settle(rng, cells, cercle_of, region_of, bend, names):  # type: ignore[no-untyped-def]
    """Codes, names and bent borders for every level, and the towns inside."""
    bent = [shapely.transform(shapely.segmentize(cell, 0.06), bend) for cell in cells]
    taken = iter(names)
    areas = [Area(f"XD{number + 1:02}", 1, name, arabic, COUNTRY, Polygon()) for number, (name, arabic) in enumerate(REGION_NAMES)]
    towns: list[Town] = []
    counts: dict[str, int] = {}
    code_of_cercle: dict[int, str] = {}
    for number, region in enumerate(region_of):
        parent = areas[region].code
        counts[parent] = counts.get(parent, 0) + 1
        code_of_cercle[number] = f"{parent}{counts[parent]:02}"
    communes: list[Area] = []
    for cell, polygon, cercle in zip(cells, bent, cercle_of, strict=True):
        parent = code_of_cercle[cercle]
        counts[parent] = counts.get(parent, 0) + 1
        here = _towns(rng, polygon, taken, TOWNS // COMMUNES + rng.randrange(-1, 3), parent, f"{parent}{counts[parent]:02}")
        towns += here
        communes.append(Area(f"{parent}{counts[parent]:02}", 3, here[0].name, here[0].name_ar, parent, polygon))
    cercles = []
    for number, code in code_of_cercle.items():
        inside = [area for area in communes if area.parent == code]
        seat = max((town for town in towns if town.adm2 == code), key=lambda town: town.population)
        cercles.append(Area(code, 2, seat.name, seat.name_ar, areas[region_of[number]].code, _together([area.polygon for area in inside])))
    areas = [replace(area, polygon=_together([one.polygon for one in cercles if one.parent == area.code])) for area in areas]
    whole = Area(COUNTRY, 0, NAME, NAME_AR, "", _together([area.polygon for area in areas]))
    return [whole, *areas, *cercles, *communes], towns


def _towns(rng, polygon, taken, count, adm2, adm3):  # type: ignore[no-untyped-def]
    made: list[Town] = []
    while len(made) < count:
        place = Point(rng.uniform(*polygon.bounds[::2]), rng.uniform(*polygon.bounds[1::2]))
        if not polygon.buffer(-0.02).contains(place):
            continue
        name, arabic = next(taken)
        seat = not made
        made.append(
            Town(
                key=f"{adm3}{len(made) + 1:02}", name=name, name_ar=arabic, spellings=spellings(name),
                lon=round(place.x, 4), lat=round(place.y, 4), adm1=adm2[:4], adm2=adm2, adm3=adm3,
                population=int(rng.paretovariate(1.1) * (2500 if seat else 350)) % 180_000 + 120,
                feature="PPLA3" if seat else "PPL",
            )
        )  # fmt: skip
    return made


def spellings(name: str) -> tuple[str, ...]:
    """How others write it: without accents, in the English manner, run together."""
    plain = name.translate(str.maketrans("éèêÉ", "eeeE"))
    english = plain.replace("ou", "u").replace("Ou", "U").replace("dj", "j").replace("Dj", "J").replace("ch", "sh").replace("gh", "g")
    joined = plain.replace("-", " ")
    return tuple(dict.fromkeys(one for one in (plain, english, joined) if one != name))


def _divide(areas: list[Area], on: date) -> list[Area]:
    """The region Hamada is split in two: its eastern cercles become a region of their own; codes change with the date."""
    old = next(area for area in areas if area.name == "Hamada")
    cercles = sorted((area for area in areas if area.level == 2 and area.parent == old.code), key=lambda area: area.polygon.centroid.x)
    leaving = {area.code for area in cercles[len(cercles) // 2 :]} if len(cercles) > 1 else set()
    if not leaving:
        return areas
    new_code = f"XD{REGIONS + 1:02}"
    result = []
    for area in areas:
        if area is old:
            result.append(replace(area, valid_to=on))
            rest = _together([one.polygon for one in cercles if one.code not in leaving])
            result.append(replace(area, polygon=rest, valid_from=on))
            east = _together([one.polygon for one in cercles if one.code in leaving])
            result.append(Area(new_code, 1, *NEW_REGION, COUNTRY, east, valid_from=on))
        elif area.code in leaving:
            result += [replace(area, valid_to=on), replace(area, parent=new_code, valid_from=on)]
        else:
            result.append(area)
    return result


def _sites(rng: random.Random, towns: list[Town], since: date) -> list[ProtectedSite]:
    made = []
    for town in towns:
        for kind, (word, chance) in SITES.items():
            if rng.random() < chance * (1.6 if town.population > 3000 else 0.7):
                opened = since - timedelta(days=rng.randrange(200, 6000))
                closed = since + timedelta(days=rng.randrange(100, 1000)) if rng.random() < 0.12 else None
                made.append(
                    ProtectedSite(kind, f"{word} {town.name}", town, round(town.lon + rng.gauss(0, 0.006), 4),
                                  round(town.lat + rng.gauss(0, 0.006), 4), opened, closed)
                )  # fmt: skip
    return made
