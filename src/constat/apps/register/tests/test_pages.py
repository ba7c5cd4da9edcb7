"""The pages of the register: who may open them, what they say, what their forms write."""

from datetime import date

import pytest
import shapely
from django.urls import reverse

from constat.apps.register.actions import add_actor, add_site, load_areas, load_places
from constat.apps.register.drafts import AreaDraft, PlaceDraft
from constat.apps.register.models import Actor, ActorRelation, Place, Site, Unit
from tests.cast import NOW

pytestmark = pytest.mark.django_db
READ = ["home", "sites", "actors", "units"]
EDIT = ["add-place", "add-site", "add-actor", "relate-actors", "add-unit"]


@pytest.fixture
def country():
    box = shapely.box
    load_areas(
        by="system", at=NOW, source="test",
        areas=[
            AreaDraft("XXT", 0, "Pays", "XXT", wkb=shapely.to_wkb(box(0, 10, 4, 12))),
            AreaDraft("XT01", 1, "Ouest", "XXT", "XXT", name_ar="الغرب", wkb=shapely.to_wkb(box(0, 10, 2, 12))),
            AreaDraft("XT02", 1, "Est", "XXT", "XXT", wkb=shapely.to_wkb(box(2, 10, 4, 12))),
        ],
    )  # fmt: skip
    load_places(
        by="system", at=NOW, source="test",
        places=[
            PlaceDraft("1", "Anéfis", 1, 11, "XXT", ("Anefif", "أنفيف"), "PPL", 1200),
            PlaceDraft("2", "Ber", 3, 11, "XXT", (), "PPL"),
        ],
    )  # fmt: skip


@pytest.mark.parametrize("route", READ)
def test_readers_of_the_register_open_it(route, country, amina, farid, client_for):
    assert client_for(amina).get(reverse(f"register:{route}")).status_code == 200
    assert client_for(farid).get(reverse(f"register:{route}")).status_code == 404


@pytest.mark.parametrize("route", EDIT)
def test_only_editors_write(route, country, amina, chen, client_for):
    assert client_for(chen).get(reverse(f"register:{route}")).status_code == 200
    assert client_for(amina).get(reverse(f"register:{route}")).status_code == 404
    assert client_for(amina).post(reverse(f"register:{route}"), {}).status_code == 404


@pytest.mark.parametrize("words", ["anefis", "Anefif", "أنفيف", "anefiss"])
def test_a_place_is_found_from_the_home_page(words, country, amina, client_for):
    page = client_for(amina).get(reverse("register:home"), {"q": words})

    assert "Anéfis" in page.content.decode()


def test_nothing_found_is_said(country, amina, client_for):
    page = client_for(amina).get(reverse("register:home"), {"q": "Qqqqqq"})

    assert page.context["page"].hits == ()
    assert 'class="empty"' in page.content.decode()


def test_the_home_page_draws_areas_as_links(country, amina, client_for):
    text = client_for(amina).get(reverse("register:home")).content.decode()

    assert text.count("</title><path d=") == 2
    assert reverse("register:area", args=["XT01"]) in text


def test_area_and_place_pages(country, amina, client_for):
    client = client_for(amina)

    area = client.get(reverse("register:area", args=["XT01"])).content.decode()
    place = client.get(reverse("register:place", args=[Place.objects.get(name="Anéfis").pk])).content.decode()

    assert "Anéfis" in area
    assert "الغرب" in area
    assert "أنفيف" in place
    assert "Ouest" in place
    assert client.get(reverse("register:area", args=["NOPE"])).status_code == 404
    assert client.get(reverse("register:place", args=[999999])).status_code == 404


def test_a_place_is_added_with_its_spellings(country, chen, client_for, one_event):
    given = {
        "name": "Tin-Afarag",
        "spellings": "Tinafarag\nتين أفراغ\n",
        "lon": "3.5",
        "lat": "10.5",
        "population": "",
    }
    with one_event("register.add_place"):
        response = client_for(chen).post(reverse("register:add-place"), given)

    place = Place.objects.get(name="Tin-Afarag")
    assert response.status_code == 302
    assert (place.adm1, place.source) == ("XT02", "mission")
    assert place.names.count() == 3


def test_the_same_place_is_not_added_twice(country, chen, client_for):
    given = {"name": "ANEFIS", "lon": "1.0001", "lat": "11", "spellings": "", "population": ""}

    response = client_for(chen).post(reverse("register:add-place"), given)

    assert response.status_code == 422
    assert Place.objects.count() == 2


def test_exchanged_coordinates_are_refused(country, chen, client_for):
    given = {"name": "Loin", "lon": "11", "lat": "100", "spellings": "", "population": ""}

    response = client_for(chen).post(reverse("register:add-place"), given)

    assert response.status_code == 422
    assert "lat" in response.context["form"].errors


def test_a_site_is_added_shown_and_ended_once(country, chen, client_for, one_event):
    client = client_for(chen)
    given = {"kind": "school", "name": "École de Ber", "lon": "3", "lat": "11", "source": "Visite", "valid_from_day": "1",
             "valid_from_month": "9", "valid_from_year": "2024"}  # fmt: skip
    with one_event("register.add_site"):
        assert client.post(reverse("register:add-site"), given).status_code == 302
    site = Site.objects.get()
    assert (site.adm1, site.valid_from) == ("XT02", date(2024, 9, 1))
    assert "École de Ber" in client.get(reverse("register:sites")).content.decode()

    end = {"on_day": "1", "on_month": "3", "on_year": "2025"}
    with one_event("register.end_site"):
        assert client.post(reverse("register:end-site", args=[site.pk]), end).status_code == 302
    assert client.get(reverse("register:sites")).context["page"].sites == ()
    assert "École de Ber" in client.get(reverse("register:sites"), {"ended": "on"}).content.decode()
    assert client.post(reverse("register:end-site", args=[site.pk]), end).status_code == 422


def test_actors_relations_and_units(country, chen, client_for):
    client = client_for(chen)
    add_actor(by="system", at=NOW, kind="unidentified", name="Milice du fleuve", code="militia-river")

    client.post(
        reverse("register:add-actor"),
        {"kind": "unidentified", "name": "Groupe du nord", "also_known_as": "GN\nشمال"},
    )
    relation = {
        "actor": "groupe-du-nord",
        "other": "militia-river",
        "relation": "opposed_to",
        "basis": "Communiqué",
    }
    assert client.post(reverse("register:relate-actors"), relation).status_code == 302
    assert (
        client.post(reverse("register:relate-actors"), relation | {"other": "groupe-du-nord"}).status_code
        == 422
    )
    assert (
        client.post(
            reverse("register:add-unit"), {"name": "1re compagnie", "actor": "militia-river"}
        ).status_code
        == 302
    )

    assert (Actor.objects.count(), ActorRelation.objects.count(), Unit.objects.count()) == (2, 1, 1)
    text = client.get(reverse("register:actors"), {"q": "شمال"}).content.decode()
    assert "Groupe du nord" in text
    assert "1re compagnie" in client.get(reverse("register:units")).content.decode()


def test_a_page_of_sites_asks_few_questions(country, amina, client_for, django_assert_max_num_queries):
    for n in range(30):
        add_site(by="system", at=NOW, kind="market", name=f"Marché {n}", lon=1, lat=11, source="test")
    client = client_for(amina)
    with django_assert_max_num_queries(14):
        client.get(reverse("register:sites"))


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_pages_speak_three_languages(language, country, chen, client_for):
    client = client_for(chen)
    client.cookies["django_language"] = language
    for route in READ + EDIT:
        assert f'lang="{language}"' in client.get(reverse(f"register:{route}")).content.decode()
