"""A place that is named inside a sentence is asked back, and never taken silently for the place itself."""

import pytest

from constat.apps.register.actions import add_place
from constat.apps.reports import places
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def tin_hama(chen):
    return add_place(by=chen, at=NOW, name="Tin Hama", lon=-0.04, lat=16.27)


def test_a_name_inside_a_sentence_is_offered(tin_hama):
    sure, found = places.resolved("près du puits de Tin-Hama, côté nord")
    assert sure == ""
    assert [key for key, _label in found] == [str(tin_hama.pk)]


def test_the_name_alone_is_the_place(tin_hama):
    assert places.resolved("tin hama")[0] == str(tin_hama.pk)


def test_a_sentence_without_a_name_offers_nothing(tin_hama):
    assert places.resolved("sur la route du marché, à midi") == ("", [])


def test_chosen_from_a_sentence_it_is_a_circle(tin_hama):
    assert places.columns(str(tin_hama.pk), "près du puits de Tin-Hama")["place_precision"] == "near_25km"


def test_a_beginning_proposes_the_name(tin_hama):
    assert [line.partition(",")[0] for line in places.beginnings("Tin")] == ["Tin Hama"]
