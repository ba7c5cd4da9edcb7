"""Add a place or a site that nobody had; end a site. Nothing is moved: what moved ends, and begins anew elsewhere."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.analysis.names import fold, sound
from constat.apps.access import log
from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.register.actions import _gate
from constat.apps.register.errors import NoSuchEntry, RefusedEntry
from constat.apps.register.models import Place, PlaceName, Site
from constat.apps.register.queries.areas import areas_at
from constat.rules.permissions import Permission

MISSION = "mission"  # Place.source of what people of the mission added


def add_place(
    *,
    by: Person | str,
    at: datetime,
    name: str,
    lon: float,
    lat: float,
    spellings: Sequence[str] = (),
    population: int | None = None,
) -> Place:
    """A place nobody had. Raises RefusedEntry, also when the same name already stands within about 100 m."""
    _gate.require(by, Permission.REGISTER_EDIT, at=at)
    name = _gate.said(name, field="name")
    _gate.point(lon, lat)
    with transaction.atomic():
        close = Place.objects.filter(
            lon__range=(lon - 0.001, lon + 0.001), lat__range=(lat - 0.001, lat + 0.001)
        )
        if close.filter(names__folded=fold(name)).exists():
            raise RefusedEntry(_("This place is already in the register, at the same point."), field="name")
        areas = areas_at(lon, lat, on=at.date())
        place = Place.objects.create(
            source=MISSION, source_key=next_code("P", at.year), name=name, lon=lon, lat=lat, population=population, **areas.codes()
        )  # fmt: skip
        PlaceName.objects.bulk_create(names_of(place, (name, *spellings)))
        log.record(by=by, verb="register.add_place", object_type="place", object_key=place.source_key, at=at)
    return place


def names_of(place: Place, spellings: Sequence[str]) -> list[PlaceName]:
    """One row per spelling that is not the same but for accents or case. A script that cannot be read gives none."""
    rows: dict[str, PlaceName] = {}
    for spelling in spellings:
        spelling = " ".join(spelling.split())[:200]
        key = fold(spelling)[:200]
        if key and key not in rows:
            rows[key] = PlaceName(place=place, name=spelling, folded=key, sound=sound(spelling)[:200])
    return list(rows.values())


def add_site(
    *, by: Person | str, at: datetime, kind: str, name: str, lon: float, lat: float, source: str,
    valid_from: date | None = None, valid_to: date | None = None,
) -> Site:  # fmt: skip
    """A protected site and the days on which it stands there. `source` says who told."""
    _gate.require(by, Permission.REGISTER_EDIT, at=at)
    _gate.known("site_type", kind, field="kind")
    name, source = _gate.said(name, field="name"), _gate.said(source, field="source")
    _gate.point(lon, lat)
    _gate.in_order(valid_from, valid_to)
    with transaction.atomic():
        areas = areas_at(lon, lat, on=valid_from or at.date())
        site = Site.objects.create(
            kind=kind, name=name, lon=lon, lat=lat, place_precision="exact", source=source,
            valid_from=valid_from, valid_to=valid_to, **areas.codes(),
        )  # fmt: skip
        log.record(
            by=by,
            verb="register.add_site",
            object_type="site",
            object_key=site.pk,
            at=at,
            details={"kind": kind},
        )
    return site


def end_site(*, by: Person | str, at: datetime, site: int, on: date) -> Site:
    """From `on` the site no longer stands there. An end once written is not moved."""
    _gate.require(by, Permission.REGISTER_EDIT, at=at)
    with transaction.atomic():
        row = Site.objects.select_for_update().filter(pk=site).first()
        if row is None:
            raise NoSuchEntry(_("There is no such site in the register."))
        if row.valid_to is not None:
            raise RefusedEntry(_("This site has already ended."), field="valid_to")
        _gate.in_order(row.valid_from, on)
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        log.record(
            by=by,
            verb="register.end_site",
            object_type="site",
            object_key=row.pk,
            at=at,
            details={"on": on.isoformat()},
        )
    return row
