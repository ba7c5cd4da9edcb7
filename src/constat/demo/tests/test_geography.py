"""The invented country hangs together, is the same for a seed, and lies where there is no land."""

from datetime import date, timedelta

import pytest
import shapely

from constat.apps.register.models import AdminArea, Place, PlaceName, Site
from constat.apps.register.queries import areas_at, find_places
from constat.demo import geography
from tests.cast import NOW

BEGINS = date(2025, 1, 1)


@pytest.fixture(scope="module")
def country():
    return geography.draw(1, begins=BEGINS)


def test_it_is_the_same_for_a_seed_and_another_for_another(country):
    assert geography.draw(1, begins=BEGINS) == country
    assert geography.draw(2, begins=BEGINS).towns != country.towns


@pytest.mark.parametrize(("level", "before", "after"), [(0, 1, 1), (1, 6, 7), (2, 24, 24), (3, 90, 90)])
def test_neighbours_share_their_borders_exactly(country, level, before, after):
    for day, count in ((country.changed_on - timedelta(days=1), before), (country.changed_on, after)):
        areas = country.level(level, day)
        assert len(areas) == count
        assert len({area.code for area in areas}) == count
        assert shapely.coverage_is_valid([area.shape for area in areas])
        assert sum(area.shape.area for area in areas) == pytest.approx(country.level(0, day)[0].shape.area)


def test_it_lies_far_from_any_land(country):
    west, south, east, north = country.areas[0].shape.bounds
    assert west > -37
    assert east < -25
    assert south > 4
    assert north < 12.5


def test_names_are_many_and_written_in_two_scripts(country):
    assert len(country.towns) == geography.TOWNS
    assert len({town.name for town in country.towns}) == geography.TOWNS
    assert all("\u0600" < town.name_ar[0] < "\u0700" for town in country.towns)
    assert sum(bool(town.spellings) for town in country.towns) > 150
    assert all(town.name not in town.spellings for town in country.towns)


@pytest.mark.django_db
def test_it_is_written_through_the_register(country):
    geography.write(country, by="system", at=NOW)

    assert AdminArea.objects.count() == len(country.areas)
    assert (Place.objects.count(), Site.objects.count()) == (geography.TOWNS, len(country.sites))
    assert PlaceName.objects.count() > 2 * geography.TOWNS * 0.9
    for town in country.towns[::40]:
        found = areas_at(town.lon, town.lat, on=country.changed_on)
        assert (found.country, found.adm1, found.adm2, found.adm3) == (
            town.country,
            town.adm1,
            town.adm2,
            town.adm3,
        )
        for spelling in (town.name, town.name_ar, *town.spellings):
            assert town.name in [hit.name for hit in find_places(spelling)[:3]], spelling
    moved = next(
        area for area in country.areas if area.level == 1 and area.valid_from and area.code.endswith("07")
    )
    inside = moved.shape.representative_point()
    assert areas_at(inside.x, inside.y, on=country.changed_on).adm1 == moved.code
    assert areas_at(inside.x, inside.y, on=country.changed_on - timedelta(days=1)).adm1 != moved.code
