"""Which area holds a point on a day, and what a load may change."""

import json
from datetime import date

import pytest
import shapely

from constat.apps.access.errors import NotAllowed
from constat.apps.register.actions import add_site, load_areas, load_places
from constat.apps.register.drafts import AreaDraft, PlaceDraft
from constat.apps.register.models import AdminArea, Place
from constat.apps.register.queries import areas_at, outlines, sites_near
from tests.cast import NOW, viewer_for

pytestmark = pytest.mark.django_db
SPLIT = date(2025, 7, 1)
BEFORE, AFTER = date(2025, 6, 30), SPLIT


def box(*sides):
    return shapely.to_wkb(shapely.box(*sides))


def load(*areas, **options):
    return load_areas(by="system", at=NOW, areas=areas, source="test", **options)


@pytest.fixture
def split():
    load(
        AreaDraft("XXT", 0, "Pays", "XXT", wkb=box(0, 10, 4, 12)),
        AreaDraft("R1", 1, "Grande", "XXT", "XXT", wkb=box(0, 10, 4, 12), valid_to=SPLIT),
        AreaDraft("R1", 1, "Grande", "XXT", "XXT", wkb=box(0, 10, 2, 12), valid_from=SPLIT),
        AreaDraft("R2", 1, "Nouvelle", "XXT", "XXT", wkb=box(2, 10, 4, 12), valid_from=SPLIT),
    )


def test_a_point_follows_the_division_of_its_day(split):
    assert areas_at(3, 11, on=BEFORE).adm1 == "R1"
    assert areas_at(3, 11, on=AFTER).adm1 == "R2"
    assert areas_at(1, 11, on=AFTER).adm1 == "R1"
    assert areas_at(3, 11, on=AFTER).country == "XXT"
    assert not areas_at(9, 11, on=AFTER)


def test_a_point_on_a_common_border_has_one_answer(split):
    assert areas_at(2, 11, on=AFTER).adm1 == "R1"


def test_a_change_is_seen_at_once(split):
    assert areas_at(1, 11, on=AFTER).adm2 == ""

    load(AreaDraft("C1", 2, "Cercle", "XXT", "R1", wkb=box(0, 10, 2, 11.5)))

    assert areas_at(1, 11, on=AFTER).adm2 == "C1"


def test_the_parent_answers_where_its_outline_is_unknown():
    load(
        AreaDraft("R1", 1, "Grande", "XXT", "XXT"),
        AreaDraft("C1", 2, "Cercle", "XXT", "R1", wkb=box(0, 10, 2, 12)),
    )

    assert areas_at(1, 11, on=AFTER).codes() == {"country": "XXT", "adm1": "R1", "adm2": "C1", "adm3": ""}


def test_loading_again_adds_nothing(split):
    again = load(AreaDraft("R2", 1, "Nouvelle", "XXT", "XXT", wkb=box(2, 10, 4, 12), valid_from=SPLIT))

    assert (again.imported, again.unchanged, AdminArea.objects.count()) == (0, 1, 4)


def test_an_outline_is_not_moved_without_a_day(split):
    moved = load(AreaDraft("R2", 1, "Nouvelle", "XXT", "XXT", wkb=box(2, 10, 5, 12), row=7))

    assert moved.refused == 1
    assert moved.problems[0].row == 7
    assert areas_at(4.5, 11, on=AFTER).adm1 == ""


def test_a_new_outline_ends_the_old_one_on_its_day(split):
    load(AreaDraft("R2", 1, "Nouvelle", "XXT", "XXT", wkb=box(2, 10, 5, 12), valid_from=date(2026, 1, 1)))

    assert areas_at(4.5, 11, on=date(2025, 12, 31)).adm1 == ""
    assert areas_at(4.5, 11, on=date(2026, 1, 1)).adm1 == "R2"
    assert AdminArea.objects.filter(code="R2", valid_to=date(2026, 1, 1)).count() == 1


def test_an_older_outline_cannot_follow_a_newer_one(split):
    late = load(
        AreaDraft("R2", 1, "Nouvelle", "XXT", "XXT", wkb=box(2, 10, 5, 12), valid_from=date(2024, 1, 1))
    )

    assert late.refused == 1


def test_a_place_is_not_moved():
    def places(lon, *spellings):
        draft = PlaceDraft("1", "Ber", lon, 11, "XXT", spellings)
        return load_places(by="system", at=NOW, places=[draft], source="test")

    assert places(3).imported == 1
    assert places(3).unchanged == 1
    assert places(3, "Berr").changed == 1
    assert places(3.5).refused == 1
    assert Place.objects.get().lon == 3


def test_one_event_for_a_file(split, one_event):
    with one_event("register.load_areas"):
        load(AreaDraft("C1", 2, "Cercle", "XXT", "R1"), filename="cercles.geojson")


def test_loading_needs_the_post(amina):
    with pytest.raises(NotAllowed):
        load_areas(by=amina, at=NOW, areas=[], source="test")


def test_neighbours_keep_one_border_and_the_budget():
    left = shapely.Polygon(
        [(0, 10), (2, 10), *[(2 + 0.02 * (i % 2), 10 + i / 200) for i in range(1, 400)], (2, 12), (0, 12)]
    )
    right = shapely.box(0, 10, 4, 12).difference(left)
    load(
        AreaDraft("R1", 1, "Ouest", "XXT", "XXT", wkb=shapely.to_wkb(left)),
        AreaDraft("R2", 1, "Est", "XXT", "XXT", wkb=shapely.to_wkb(right)),
    )

    text = outlines(1, on=AFTER, budget=3000)
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in json.loads(text)["features"]]

    assert len(text.encode()) <= 3000
    assert len(outlines(1, on=AFTER)) > len(text)
    assert shapely.coverage_is_valid(shapes)


def test_sites_near_a_point_on_a_day(chen, farid):
    def site(name, lon, until=None):
        add_site(
            by=chen,
            at=NOW,
            kind="school",
            name=name,
            lon=lon,
            lat=11,
            source="test",
            valid_from=date(2024, 1, 1),
            valid_to=until,
        )

    site("près", 1.001)
    site("loin", 2)
    site("fermée", 1.002, date(2025, 1, 1))

    def names(on, who=chen):
        return [hit.name for hit in sites_near(1, 11, viewer=viewer_for(who), on=on)]

    assert names(date(2024, 6, 1)) == ["près", "fermée"]
    assert names(date(2025, 6, 1)) == ["près"]
    assert names(date(2023, 6, 1)) == []
    assert names(date(2024, 6, 1), farid) == []
