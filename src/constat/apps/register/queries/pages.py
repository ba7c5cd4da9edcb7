"""The pages of the register as frozen objects."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from constat.analysis.names import fold
from constat.apps.register.models import Actor, ActorRelation, AdminArea, Place, Site, Unit
from constat.apps.register.queries.places import PlaceHit, area_names, find_places
from constat.apps.register.queries.sites import standing
from constat.rules.visibility import Viewer

PAGE = 50
MOST_RELATIONS = 500


@dataclass(frozen=True, slots=True)
class AreaLine:
    code: str
    level: int
    name: str
    name_ar: str
    valid_from: date | None
    valid_to: date | None
    population: int | None
    drawn: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    """`hits` is None when nobody searched. `levels`: (level as text, how many areas hold today)."""

    words: str
    hits: tuple[PlaceHit, ...] | None
    places: int
    spellings_hint: bool
    levels: tuple[tuple[str, int], ...]
    sites: int
    actors: int
    units: int
    regions: tuple[AreaLine, ...]
    bounds: str
    may_edit: bool
    may_import: bool


def home_page(viewer: Viewer, *, words: str, on: date) -> HomePage:
    held = AdminArea.objects.filter(_holding(on))
    levels = held.values("level").annotate(n=Count("pk")).order_by("level").values_list("level", "n")
    boxes = list(
        held.filter(level__lte=1, min_lon__isnull=False).values_list(
            "min_lon", "min_lat", "max_lon", "max_lat"
        )
    )
    bounds = ""
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        bounds = f"{min(west)},{min(south)},{max(east)},{max(north)}"
    hits = tuple(find_places(words, viewer, limit=30)) if words.strip() else None
    return HomePage(
        words=words,
        hits=hits,
        places=Place.objects.count(),
        spellings_hint=bool(hits and all(hit.reason != "exact" for hit in hits)),
        levels=tuple((str(level), n) for level, n in levels),
        sites=Site.objects.filter(standing(on)).count(),
        actors=Actor.objects.count(),
        units=Unit.objects.count(),
        regions=tuple(_line(area) for area in held.filter(level=1).defer("geometry").order_by("name")),
        bounds=bounds,
        may_edit="register.edit" in viewer.permissions,
        may_import="register.import" in viewer.permissions,
    )


def _holding(on: date) -> Q:
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    return begun & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def _line(area: AdminArea) -> AreaLine:
    return AreaLine(
        area.code,
        area.level,
        area.name,
        area.name_ar,
        area.valid_from,
        area.valid_to,
        area.population,
        area.min_lon is not None,
    )


@dataclass(frozen=True, slots=True)
class AreaPage:
    """One code with all its versions, newest first; its parts and largest places now."""

    code: str
    level: str
    versions: tuple[AreaLine, ...]
    source: str
    parent: AreaLine | None
    parts: tuple[AreaLine, ...]
    places: tuple[tuple[int, str, int | None], ...]
    sites: int
    bounds: str

    @property
    def now(self) -> AreaLine:
        return self.versions[0]


def area_page(viewer: Viewer, *, code: str, on: date) -> AreaPage | None:
    rows = list(
        AdminArea.objects.filter(code=code).defer("geometry").order_by(F("valid_from").desc(nulls_last=True))
    )
    if not rows:
        return None
    newest = rows[0]
    column = ["country", "adm1", "adm2", "adm3"][newest.level]
    key = newest.country if newest.level == 0 else code
    within = Place.objects.filter(**{column: key})
    parts = AdminArea.objects.filter(_holding(on), parent_code__in={code, key}, level=newest.level + 1).defer(
        "geometry"
    )
    parent = AdminArea.objects.filter(code=newest.parent_code).defer("geometry").order_by("pk").last()
    bounds = ""
    if newest.min_lon is not None:
        bounds = f"{newest.min_lon},{newest.min_lat},{newest.max_lon},{newest.max_lat}"
    return AreaPage(
        code=code,
        level=str(newest.level),
        versions=tuple(_line(row) for row in rows),
        source=newest.source,
        parent=_line(parent) if parent else None,
        parts=tuple(_line(row) for row in parts.order_by("name")),
        places=tuple(
            within.annotate(people=Coalesce("population", 0))
            .order_by("-people", "name")
            .values_list("pk", "name", "population")[:PAGE]
        ),
        sites=Site.objects.filter(standing(on), **{column: key}).count(),
        bounds=bounds,
    )


@dataclass(frozen=True, slots=True)
class PlacePage:
    id: int
    name: str
    spellings: tuple[str, ...]
    areas: tuple[tuple[str, str], ...]  # (code, name), commune to country
    lon: float
    lat: float
    population: int | None
    source: str
    source_key: str


def place_page(viewer: Viewer, *, place: int) -> PlacePage | None:
    row = Place.objects.filter(pk=place).first()
    if row is None:
        return None
    codes = [code for code in (row.adm3, row.adm2, row.adm1, row.country) if code]
    names = area_names(codes)
    return PlacePage(
        id=row.pk,
        name=row.name,
        spellings=tuple(row.names.exclude(name=row.name).order_by("pk").values_list("name", flat=True)),
        areas=tuple((code, names[code]) for code in codes if code in names),
        lon=row.lon,
        lat=row.lat,
        population=row.population,
        source=row.source,
        source_key=row.source_key,
    )


@dataclass(frozen=True, slots=True)
class SiteLine:
    id: int
    kind: str
    name: str
    area: str
    valid_from: date | None
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class SitesPage:
    kind: str
    ended: bool
    sites: tuple[SiteLine, ...]
    number: int
    newer: int | None
    older: int | None
    may_edit: bool


def sites_page(viewer: Viewer, *, kind: str, ended: bool, number: int, on: date) -> SitesPage:
    rows = Site.objects.all() if ended else Site.objects.filter(standing(on))
    if kind:
        rows = rows.filter(kind=kind)
    page = Paginator(rows.order_by("name", "pk"), PAGE).get_page(number)
    names = area_names(code for row in page for code in (row.adm2, row.adm1))
    return SitesPage(
        kind=kind,
        ended=ended,
        sites=tuple(
            SiteLine(
                row.pk, row.kind, row.name, ", ".join(names[code] for code in (row.adm2, row.adm1) if code in names),
                row.valid_from, row.valid_to, row.source,
            )
            for row in page
        ),
        number=page.number,
        newer=page.previous_page_number() if page.has_previous() else None,
        older=page.next_page_number() if page.has_next() else None,
        may_edit="register.edit" in viewer.permissions,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RelationLine:
    actor: str
    relation: str
    other: str
    valid_from: date | None
    valid_to: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class ActorLine:
    code: str
    kind: str
    name: str
    name_ar: str
    also: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class ActorsPage:
    words: str
    actors: tuple[ActorLine, ...]
    relations: tuple[RelationLine, ...]
    may_edit: bool


def actors_page(viewer: Viewer, *, words: str) -> ActorsPage:
    actors = Actor.objects.order_by("-is_own", "name")
    key = fold(words)
    shown = [row for row in actors if not key or key in fold(f"{row.name} {row.name_ar} {row.also_known_as}")]
    relations = ActorRelation.objects.select_related("actor", "other").order_by(
        "actor__name", "valid_from", "pk"
    )
    return ActorsPage(
        words=words,
        actors=tuple(
            ActorLine(
                row.code, row.kind, row.name, row.name_ar, tuple(row.also_known_as.splitlines()), row.is_own
            )
            for row in shown
        ),
        relations=tuple(
            RelationLine(
                row.actor.name, row.relation, row.other.name, row.valid_from, row.valid_to, row.basis
            )
            for row in relations[:MOST_RELATIONS]
        ),
        may_edit="register.edit" in viewer.permissions,
    )


@dataclass(frozen=True, slots=True)
class UnitLine:
    code: str
    name: str
    actor: str
    parent: str
    contributor: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class UnitsPage:
    units: tuple[UnitLine, ...]
    may_edit: bool


def units_page(viewer: Viewer) -> UnitsPage:
    rows = Unit.objects.select_related("actor", "parent").order_by("actor__name", "name")
    return UnitsPage(
        units=tuple(
            UnitLine(
                row.code, row.name, row.actor.name, row.parent.name if row.parent else "", row.contributor,
                row.valid_from, row.valid_to,
            )
            for row in rows
        ),
        may_edit="register.edit" in viewer.permissions,
    )  # fmt: skip
