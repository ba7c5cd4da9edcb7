"""The invented country in the register, and where each account of the demo lies in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from constat.apps.access.models import Person
from constat.apps.register import actions as register
from constat.apps.register.models import Place
from constat.apps.register.queries.areas import areas_of
from constat.demo import geography
from constat.demo.mission import PARTIES, Account

UNITS = (("bataillon-1", "1er bataillon", "mission-force"), ("bataillon-2", "2e bataillon", "mission-force"),
         ("escadron-helicos", "Escadron d’hélicoptères", "mission-force"), ("police-1", "Unité de police constituée 1", "mission-police"))  # fmt: skip


class LandRefused(Exception):
    """The register refused part of the drawing: the demo would have holes nobody meant."""


@dataclass(frozen=True)
class Land:
    towns: tuple[geography.Town, ...]
    place_ids: dict[str, int]
    area_codes: dict[
        tuple[str, bool], tuple[str, str, str]
    ]  # (town key, after the split) -> adm1, adm2, adm3
    changed_on: date

    def where(self, account: Account) -> dict[str, Any]:
        """Columns of the report: the place of the register when the teller was close to it, the areas as they were that day."""
        adm1, adm2, adm3 = self.area_codes[account.town.key, account.starts_on >= self.changed_on]
        near = account.place_precision in {"exact", "near_25km"}
        return {
            "place_id": self.place_ids[account.town.key] if near else None,
            "country": geography.COUNTRY,
            "adm1": adm1,
            "adm2": adm2,
            "adm3": adm3 if near else "",
        }

    def office_of(self, account: Account) -> str:
        """Who takes the call: the north for the dry half, the river's office or the east's for the rest."""
        if account.town.lat > geography.CENTRE[1] + 1:
            return "nord"
        return "fleuve" if account.town.lon < geography.CENTRE[0] else "est"


def lay_out(seed: int, *, by: Person, at: datetime) -> Land:
    """Draw the country and write it, with its actors, own units and protected sites."""
    country = geography.draw(seed, begins=at.date())
    geography.write(country, by=by, at=at)
    for party in PARTIES:
        register.add_actor(
            by=by, at=at, kind=party.kind, name=party.name, code=party.code, name_ar=party.name_ar, is_own=party.is_own,
            also_known_as="\n".join(party.spoken.values()), source=geography.SOURCE,
        )  # fmt: skip
    for code, name, actor in UNITS:
        register.add_unit(by=by, at=at, name=name, actor=actor, code=code)
    points = [(town.lon, town.lat) for town in country.towns]
    codes: dict[tuple[str, bool], tuple[str, str, str]] = {}
    for after, day in ((False, at.date()), (True, country.changed_on)):
        for town, found in zip(country.towns, areas_of(points, on=day), strict=True):
            codes[town.key, after] = (found.adm1, found.adm2, found.adm3)
    ids = dict(Place.objects.filter(source=geography.SOURCE).values_list("source_key", "pk"))
    if len(ids) != len(country.towns):
        raise LandRefused(f"{len(country.towns) - len(ids)} towns of the drawing are not in the register.")
    return Land(country.towns, ids, codes, country.changed_on)
