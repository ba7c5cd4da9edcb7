"""The map: nobody sees a place nearer than they may, and nobody can find it out by moving the box."""

import json

import pytest
from django.urls import reverse

from constat.apps.desk.filters import Filters
from constat.apps.desk.queries.map import MOST_SINGLE, Box, drawn
from constat.apps.desk.queries.map_table import table
from constat.apps.desk.scopes import Scope
from constat.apps.desk.tests.mission import NOW, areas, incident
from tests.cast import client_for, viewer_for

pytestmark = pytest.mark.django_db
WORLD = Box(-180, -90, 180, 90)


def features(person, box=WORLD, zoom=6, filters=None):
    filters = filters or Filters()
    return drawn(viewer_for(person), box=box, zoom=zoom, filters=filters, at=NOW).features


def test_an_exact_place_is_a_point_for_who_may_know_it_and_a_circle_for_the_rest(dara, military):
    areas()
    incident(lon=0.5123, lat=0.5178)
    [exact] = features(dara)
    assert (exact["properties"]["kind"], exact["geometry"]["coordinates"]) == ("point", [0.5123, 0.5178])
    [coarse] = features(military)
    assert (coarse["properties"]["kind"], coarse["geometry"]["coordinates"]) == ("circle", [0.51, 0.52])
    assert coarse["properties"]["radius_km"] > 0


def test_an_area_is_drawn_as_its_outline_and_never_as_a_point(dara):
    areas()
    incident(place_precision="admin2", lon=0.3, lat=0.5)
    incident(place_precision="admin1", lon=0.5, lat=0.5)
    found = {one["properties"]["label"]: one for one in features(dara)}
    assert set(found) == {"Cercle Un", "Région Un"}
    assert {one["geometry"]["type"] for one in found.values()} <= {"Polygon", "MultiPolygon"}


def test_an_area_without_an_outline_is_a_wide_circle(dara):
    areas()
    from constat.apps.register.models import AdminArea

    AdminArea.objects.update(geometry=None)
    incident(place_precision="admin1")
    [one] = features(dara)
    assert one["properties"]["kind"] == "circle"
    assert one["properties"]["radius_km"] >= 100


def test_who_may_know_no_place_sees_areas_only(esi, dara):
    areas()
    incident(sensitivity=0)
    [one] = features(esi)
    assert (one["properties"]["kind"], one["properties"]["label"]) == ("area", "Cercle Un")


def test_moving_the_edge_of_the_box_tells_a_coarse_viewer_nothing(military):
    """Two places of one grid cell are inside any box together or not at all."""
    areas()
    incident(lon=0.5061, lat=0.5)
    incident(lon=0.5139, lat=0.5)
    for west in (0.5, 0.504, 0.5062, 0.51, 0.5138, 0.514, 0.52):
        shown = features(military, Box(west, 0.4, 0.9, 0.6))
        assert sum(one["properties"]["count"] for one in shown) in {0, 2}, west
        rows = table(viewer_for(military), filters=Filters(), box=Box(west, 0.4, 0.9, 0.6), at=NOW).rows
        assert len(rows) in {0, 2}, west


def test_many_incidents_are_counted_in_groups_that_stand_on_the_grid(dara):
    areas()
    for number in range(MOST_SINGLE + 5):
        incident(lon=0.5 + (number % 7) * 0.0013, lat=0.5)
    found = drawn(viewer_for(dara), box=WORLD, zoom=4, filters=Filters(), at=NOW)
    assert found.grouped
    assert sum(one["properties"]["count"] for one in found.features) == MOST_SINGLE + 5
    assert {one["properties"]["kind"] for one in found.features} == {"cluster"}


def test_scopes_are_never_mixed(dara):
    areas()
    incident(involvement="confirmed")
    incident(involvement="not_alleged", lon=0.7)
    assert len(features(dara, filters=Filters(Scope.OWN))) == 1
    assert len(features(dara, filters=Filters(Scope.ALL))) == 2


def test_closed_compartments_and_merged_incidents_are_not_drawn(dara, child_adviser):
    areas()
    kept = incident()
    incident(compartment="child", sensitivity=3)
    incident(state="merged", merged_into=kept)
    assert len(features(dara)) == 1


def test_the_table_has_the_incidents_of_the_map_and_those_without_a_place(dara):
    areas()
    here, away = incident(), incident(lon=1.5, adm1="T2", adm2="")
    nowhere = incident(lon=None, lat=None, place_precision="unknown", country="", adm1="", adm2="")
    viewer = viewer_for(dara)
    whole = table(viewer, filters=Filters(), box=None, at=NOW)
    assert {row.code for row in whole.rows} == {here.code, away.code, nowhere.code}
    assert whole.placeless.n == 1
    part = table(viewer, filters=Filters(), box=Box(0, 0, 1, 1), at=NOW)
    assert [row.code for row in part.rows] == [here.code]


def test_pages_of_the_table_meet_without_gap_also_at_records_without_a_date(dara):
    made = {incident(starts_on=None, ends_on=None).code for _ in range(4)} | {
        incident().code for _ in range(5)
    }
    viewer, seen, before = viewer_for(dara), [], ""
    while True:
        page = table(viewer, filters=Filters(), box=None, at=NOW, before=before, limit=2)
        seen += [row.code for row in page.rows]
        before = page.next
        if not before:
            break
    assert len(seen) == len(made)
    assert set(seen) == made


@pytest.mark.parametrize("bbox", ["", "a,b,c,d", "1,2,3", "3,0,1,1", "nan,0,1,1", "0,0,inf,1"])
def test_a_box_that_is_none_is_refused(dara, bbox):
    assert client_for(dara).get(reverse("desk:map-data"), {"bbox": bbox}).status_code == 400


def test_the_map_answers_with_geojson_in_few_queries(dara, django_assert_max_num_queries):
    areas()
    for number in range(20):
        incident(lon=number / 20, place_precision="exact" if number % 2 else "admin1")
    client = client_for(dara)
    client.get(reverse("desk:map-data"), {"bbox": "0,0,2,1", "period": "all"})
    with django_assert_max_num_queries(12):
        response = client.get(reverse("desk:map-data"), {"bbox": "0,0,2,1", "zoom": "7", "period": "all"})
    assert response.headers["Content-Type"] == "application/geo+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert json.loads(response.content)["type"] == "FeatureCollection"
