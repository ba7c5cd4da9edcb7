"""Load whole files of areas or places: one transaction, one event per file, every row accounted for.

A load adds; it never moves what is there. An area whose outline or name changed needs the day from which the new one
holds, then the old row ends on that day. A place whose position changed is refused and listed: somebody decides whether
it is another place.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import shapely
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from constat.analysis.names import fold
from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.register.actions import _gate
from constat.apps.register.actions.places import names_of
from constat.apps.register.drafts import AreaDraft, Loaded, PlaceDraft
from constat.apps.register.models import AdminArea, Place, PlaceName
from constat.apps.register.queries.areas import areas_of
from constat.rules.permissions import Permission

MOVED = 0.0002  # degrees, about 20 m: less is rounding of the source
BATCH = 2000


def load_areas(
    *, by: Person | str, at: datetime, areas: Sequence[AreaDraft], source: str, filename: str = "", sha256: str = "",
    loaded: Loaded | None = None,
) -> Loaded:  # fmt: skip
    """`loaded` brings the rows that were refused while reading; its counts go into the event and come back completed."""
    _gate.require(by, Permission.REGISTER_IMPORT, at=at)
    loaded = loaded or Loaded()
    with transaction.atomic():
        there: dict[str, list[AdminArea]] = {}
        codes = sorted({area.code for area in areas})
        for start in range(0, len(codes), BATCH):
            for row in AdminArea.objects.filter(code__in=codes[start : start + BATCH]):
                there.setdefault(row.code, []).append(row)
        for draft in areas:
            loaded.rows += 1
            _load_area(draft, there.setdefault(draft.code, []), source, loaded)
        _event(by, at, "register.load_areas", filename or source, sha256, loaded)
    return loaded


def _load_area(draft: AreaDraft, there: list[AdminArea], source: str, loaded: Loaded) -> None:
    same_day = next((row for row in there if row.valid_from == draft.valid_from), None)
    current = next((row for row in there if row.valid_to is None), None)
    if same_day or (draft.wkb is None and current):
        _complete(draft, same_day or current, loaded)  # type: ignore[arg-type]
        return
    if current and draft.valid_from is None:
        _complete(draft, current, loaded)
        return
    if current and draft.valid_from:
        if current.valid_from and draft.valid_from <= current.valid_from:
            loaded.refuse(
                draft.row,
                "valid_from",
                _("This area has a newer outline already; an older one cannot follow it."),
            )
            return
        current.valid_to = draft.valid_from
        current.save(update_fields=["valid_to"])
    there.append(_created(draft, source))
    loaded.imported += 1


def _created(draft: AreaDraft, source: str) -> AdminArea:
    row = AdminArea(
        code=draft.code, level=draft.level, name=draft.name, name_ar=draft.name_ar, folded=fold(draft.name)[:120],
        country=draft.country, parent_code=draft.parent_code, valid_from=draft.valid_from, valid_to=draft.valid_to,
        population=draft.population, source=source[:200],
    )  # fmt: skip
    if draft.wkb:
        _draw(row, draft.wkb)
    row.save(force_insert=True)
    return row


def _draw(row: AdminArea, wkb: bytes) -> None:
    shape = shapely.from_wkb(wkb)
    row.geometry = wkb
    row.min_lon, row.min_lat, row.max_lon, row.max_lat = shape.bounds
    inside = shape.representative_point()
    row.lon, row.lat = inside.x, inside.y


def _complete(draft: AreaDraft, row: AdminArea, loaded: Loaded) -> None:
    """The area is there: it may gain what it lacked, or an end; anything else that differs is refused."""
    if draft.wkb and row.geometry and not _same_shape(draft.wkb, bytes(row.geometry)):
        message = _(
            "The outline of %(code)s differs from the one in the register. Say from which day the new one holds."
        )
        loaded.refuse(draft.row, "geometry", message % {"code": draft.code})
        return
    changed = []
    if draft.wkb and not row.geometry:
        _draw(row, draft.wkb)
        changed += ["geometry", "min_lon", "min_lat", "max_lon", "max_lat", "lon", "lat"]
    for name in ("parent_code", "name_ar", "population", "valid_to"):
        value = getattr(draft, name)
        if value and not getattr(row, name):
            setattr(row, name, value)
            changed.append(name)
    if fold(draft.name) != row.folded:
        note = _("Here %(code)s is called %(name)s; the register keeps %(kept)s.")
        loaded.note(draft.row, "name", note % {"code": draft.code, "name": draft.name, "kept": row.name})
    if changed:
        row.save(update_fields=changed)
        loaded.changed += 1
    else:
        loaded.unchanged += 1


def _same_shape(one: bytes, other: bytes) -> bool:
    return one == other or bool(
        shapely.from_wkb(one).normalize().equals_exact(shapely.from_wkb(other).normalize(), 1e-6)
    )


def load_places(
    *, by: Person | str, at: datetime, places: Iterable[PlaceDraft], source: str, filename: str = "", sha256: str = "",
    loaded: Loaded | None = None,
) -> Loaded:  # fmt: skip
    """Each place gets the codes of the areas that hold it on the day of `at`. `source`: short name, part of each key."""
    _gate.require(by, Permission.REGISTER_IMPORT, at=at)
    loaded = loaded or Loaded()
    with transaction.atomic():
        there = {row.source_key: row for row in Place.objects.filter(source=source)}
        spelt: dict[int, set[str]] = {}
        for place_id, folded in PlaceName.objects.filter(place__source=source).values_list(
            "place_id", "folded"
        ):
            spelt.setdefault(place_id, set()).add(folded)
        new: dict[str, PlaceDraft] = {}
        more: list[PlaceName] = []
        for draft in places:
            loaded.rows += 1
            row = there.get(draft.source_key)
            if draft.source_key in new:
                loaded.refuse(
                    draft.row,
                    "key",
                    _("The key %(key)s stands twice in the file.") % {"key": draft.source_key},
                )
            elif row is None:
                new[draft.source_key] = draft
                loaded.imported += 1
            else:
                more += _seen_again(draft, row, spelt.get(row.pk, set()), loaded)
        _create_places(list(new.values()), source, at)
        PlaceName.objects.bulk_create(more, batch_size=BATCH)
        _event(by, at, "register.load_places", filename or source, sha256, loaded)
    return loaded


def _seen_again(draft: PlaceDraft, row: Place, spelt: set[str], loaded: Loaded) -> list[PlaceName]:
    if abs(draft.lon - row.lon) > MOVED or abs(draft.lat - row.lat) > MOVED:
        message = _(
            "%(name)s lies elsewhere in the register. A place is not moved: add the new one under a key of its own."
        )
        loaded.refuse(draft.row, "lon", message % {"name": draft.name})
        return []
    more = [name for name in names_of(row, (draft.name, *draft.spellings)) if name.folded not in spelt]
    if more:
        loaded.changed += 1
    else:
        loaded.unchanged += 1
    return more


def _create_places(drafts: list[PlaceDraft], source: str, at: datetime) -> None:
    areas = areas_of([(draft.lon, draft.lat) for draft in drafts], on=at.date())
    rows = [
        Place(
            source=source, source_key=draft.source_key, name=draft.name[:200], feature=draft.feature, lon=draft.lon,
            lat=draft.lat, population=draft.population, country=draft.country or found.country,
            adm1=found.adm1, adm2=found.adm2, adm3=found.adm3,
        )
        for draft, found in zip(drafts, areas, strict=True)
    ]  # fmt: skip
    before = Place.objects.aggregate(last=Max("pk"))["last"] or 0
    Place.objects.bulk_create(rows, batch_size=BATCH)
    # Not every database gives the keys of many rows back in order: they are read again by their own keys.
    keys = dict(Place.objects.filter(source=source, pk__gt=before).values_list("source_key", "pk"))
    names: list[PlaceName] = []
    for row, draft in zip(rows, drafts, strict=True):
        row.pk = keys[draft.source_key]
        names += names_of(row, (draft.name, *draft.spellings))
    PlaceName.objects.bulk_create(names, batch_size=BATCH)


def _event(by: Person | str, at: datetime, verb: str, filename: str, sha256: str, loaded: Loaded) -> None:
    counts = {name: getattr(loaded, name) for name in ("rows", "imported", "unchanged", "changed", "refused")}
    log.record(
        by=by,
        verb=verb,
        object_type="gazetteer",
        object_key=filename,
        at=at,
        details={"sha256": sha256, **counts},
    )
