"""Files of GeoNames, OCHA and geoBoundaries as they are published, read from a folder outside the repository."""

from datetime import date
from pathlib import Path

import pytest

from constat.apps.register.models import AdminArea, Place, PlaceName
from constat.apps.register.queries import areas_at, find_places, outlines
from constat.integrations.gazetteers.importing import import_places
from tests.cast import NOW

DATA = Path(__file__).resolve().parents[6] / "shared" / "data"
ON = date(2026, 3, 2)
pytestmark = [pytest.mark.django_db, pytest.mark.data]


def load(name, **options):
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside this repository")
    outcome = import_places(path=path, filename=name, by="system", at=NOW, **options)
    assert outcome.rows == outcome.imported + outcome.unchanged + outcome.changed + outcome.refused
    return outcome


@pytest.fixture
def mali():
    for level in (0, 1, 2):
        assert load(f"geo_mali_adm{level}.geojson").refused == 0


def test_areas_come_in_once_and_change_nothing_the_second_time(mali):
    assert AdminArea.objects.count() == 1 + 9 + 50

    again = load("geo_mali_adm2.geojson")

    assert (again.imported, again.unchanged, again.changed) == (0, 50, 0)


@pytest.mark.parametrize(
    ("town", "lon", "lat", "adm1", "adm2"),
    [
        ("Tombouctou", -3.004, 16.767, "ML06", "Tombouctou"),
        ("Gao", -0.04, 16.27, "ML07", "Gao"),
        ("Kidal", 1.41, 18.44, "ML08", "Kidal"),
        ("Mopti", -4.19, 14.49, "ML05", "Mopti"),
        ("Sikasso", -5.67, 11.32, "ML03", "Sikasso"),
        ("Bamako", -7.99, 12.65, "ML09", "Bamako"),
    ],
)
def test_towns_lie_in_their_areas(mali, town, lon, lat, adm1, adm2):
    found = areas_at(lon, lat, on=ON)

    assert (found.country, found.adm1) == ("MLI", adm1)
    assert dict(found.names)[found.adm2] == adm2


def test_outside_the_country_there_is_no_area(mali):
    assert not areas_at(2.35, 48.85, on=ON)


def test_outlines_fit_a_slow_line(mali):
    assert 2_000 < len(outlines(2, on=ON).encode()) <= 150 * 1024


def test_pcodes_complete_and_never_hide_an_outline(mali):
    outcome = load("geo_pcodes_adm1_adm2.csv")

    assert outcome.rows == 2106
    assert outcome.refused == 0
    assert AdminArea.objects.filter(code="ML10").exists()
    assert areas_at(-0.04, 16.27, on=ON).adm1 == "ML07"


@pytest.fixture
def gazetteer(mali):
    outcome = load("geo_geonames_ML.tsv.gz")
    assert outcome.rows == 24312
    return outcome


def test_places_are_found_by_their_spellings(gazetteer):
    assert gazetteer.refused == 0
    for words, name in [
        ("Tombouctou", "Timbuktu"),
        ("Timbuktu", "Timbuktu"),
        ("Menaka", "Ménaka"),
        ("Ménaka", "Ménaka"),
        ("Anefis", "Anefis"),
        ("Anéfis", "Anefis"),
        ("Gao", "Gao"),
        ("Kidal", "Kidal"),
        ("جاو", "Gao"),
        ("كيدال", "Kidal"),
        ("تمبكتو", "Timbuktu"),
        ("Segou", "Ségou"),
    ]:
        hits = find_places(words)
        assert name in [hit.name for hit in hits[:5]], (
            words,
            [(hit.name, hit.score, hit.reason) for hit in hits],
        )
        assert all(hit.score <= hits[0].score for hit in hits)

    gao = find_places("Gao", within="ML07")[0]
    assert gao.codes["adm1"] == "ML07"
    assert "Gao" in gao.area
    assert find_places("Gao", near=(-0.04, 16.27))[0].codes["adm1"] == "ML07"
    assert find_places("") == find_places("؟؟") == []

    before = (Place.objects.count(), PlaceName.objects.count())
    again = load("geo_geonames_ML.tsv.gz")
    assert again.unchanged == 24312
    assert (Place.objects.count(), PlaceName.objects.count()) == before
