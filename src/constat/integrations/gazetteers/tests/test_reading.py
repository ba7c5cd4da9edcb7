"""Bad rows are listed with their reason; what can be repaired is repaired and said; nothing else comes in."""

import csv
import gzip
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from constat.apps.register.models import AdminArea, Place
from constat.integrations.gazetteers import reading
from constat.integrations.gazetteers.errors import NotReadable, TooLarge, UnknownKind
from constat.integrations.gazetteers.importing import import_places
from constat.integrations.gazetteers.reading import read
from tests.cast import NOW

SQUARE = [[0, 10], [2, 10], [2, 12], [0, 12], [0, 10]]


def geonames(key="1", name="Ber", lat="16.8", lon="-2.5", country="ML", others="Berr,بير", people="900"):
    cells = [
        key,
        name,
        name,
        others,
        lat,
        lon,
        "P",
        "PPL",
        country,
        "",
        "",
        "",
        "",
        "",
        people,
        "",
        "",
        "Africa/Bamako",
        "2024-01-01",
    ]
    return "\t".join(cells)


def feature(ring=None, kind="Polygon", properties=None, coordinates=None):
    properties = (
        {"ADM1_FR": "Gao", "ADM1_PCODE": "ML07", "ADM0_PCODE": "ML"} if properties is None else properties
    )
    return {"type": "Feature", "properties": properties,
            "geometry": {"type": kind, "coordinates": coordinates or [ring or SQUARE]}}  # fmt: skip


def written(tmp_path, content, name="file"):
    path = tmp_path / name
    if isinstance(content, list):
        content = json.dumps({"type": "FeatureCollection", "features": content})
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(source):
    return [(one.row, one.field) for one in source.loaded.problems if one.severity == "refused"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (geonames(lat="abc"), "longitude"),
        (geonames(lat="nan"), "longitude"),
        (geonames(lon="inf"), "longitude"),
        (geonames(lat="190"), "longitude"),
        (geonames(lat="500000", lon="1800000"), "longitude"),
        (geonames(name=""), "name"),
        (geonames(name="…"), "name"),
        (geonames(name="x" * 201), "name"),
        (geonames(key="abc"), "geonameid"),
        (geonames(country="QQ"), "country"),
        (geonames() + "\textra", ""),
    ],
)
def test_a_bad_place_is_listed_and_the_others_come_in(tmp_path, row, column):
    source = read(written(tmp_path, "\n".join([geonames("7"), row, geonames("8")])))

    assert refused(source) == [(2, column)]
    assert [place.source_key for place in source.places] == ["7", "8"]
    assert all(one.message for one in source.loaded.problems)


def test_spellings_keep_the_scripts_of_the_region(tmp_path):
    source = read(written(tmp_path, gzip.compress(geonames(others="Gawo,GAQ,جاو,ガオ,Гао,ⴳⴰⵡ").encode())))

    assert source.places[0].spellings == ("Ber", "Gawo", "جاو", "ⴳⴰⵡ")


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (feature([[0, 10], [2, 10], [2, float("nan")], [0, 12], [0, 10]]), "geometry"),
        (feature([[10, 100], [10, 102], [12, 102], [10, 100]]), "geometry"),  # axes exchanged
        (feature([[0, 10], [2, 12], [2, 10], [0, 12], [0, 10]]), "geometry"),  # a bow tie
        (feature([[0, 10], [2, 10]]), "geometry"),
        (feature([["a", 10], [2, 10], [2, 12]]), "geometry"),
        (feature(kind="Point", coordinates=[0, 10]), "geometry"),
        (feature([0, 1, 2, 3]), "geometry"),
        (feature(properties={"name": "Gao"}), "code"),
        (feature(properties={"ADM1_PCODE": "ML07"}), "name"),
        (feature(properties={"ADM1_PCODE": "QQ07", "ADM1_FR": "Gao"}), "country"),
        (feature(properties={"ADM4_PCODE": "ML07010101", "ADM4_FR": "Gao"}), "level"),
        (feature(properties={"shapeName": "Gao", "shapeType": "ADM9", "shapeGroup": "MLI"}), "shapeType"),
        ("feature", ""),
        ({"type": "Feature"}, ""),
    ],
)
def test_a_bad_area_is_listed_and_the_others_come_in(tmp_path, bad, column):
    good = feature(properties={"ADM1_FR": "Kidal", "ADM1_PCODE": "ML08", "ADM0_PCODE": "ML"})

    source = read(written(tmp_path, [bad, good]))

    assert refused(source) == [(1, column)]
    assert [area.code for area in source.areas] == ["ML08"]


def test_an_open_ring_is_closed_and_a_small_loop_cut_with_a_note(tmp_path):
    loop = [[0, 10], [2, 10], [2.0001, 10.0001], [2.0001, 10], [2, 10.0001], [2, 12], [0, 12], [0, 10]]

    source = read(written(tmp_path, [feature(SQUARE[:-1]), feature(loop)]))

    assert len(source.areas) == 2
    assert [(one.row, one.severity) for one in source.loaded.problems] == [(1, "note"), (2, "note")]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"ADM1_FR": "Gao", "ADM1_PCODE": "ML07", "ADM0_PCODE": "ML"}, (1, "ML07", "Gao", "MLI", "MLI")),
        (
            {"admin2Name": "Ansongo", "admin2Pcod": "ML0701", "admin1Pcod": "ML07"},
            (2, "ML0701", "Ansongo", "ML07", "MLI"),
        ),
        (
            {"adm2": "Ansongo", "adm2_pcode": "ML0701", "adm1_pcode": "ML07", "country_pcode": "ML"},
            (2, "ML0701", "Ansongo", "ML07", "MLI"),
        ),
        (
            {"adm3_name": "Bara", "adm3_pcode": "ML070101", "adm2_pcode": "ML0701"},
            (3, "ML070101", "Bara", "ML0701", "MLI"),
        ),
        (
            {
                "shapeName": "Gao",
                "shapeISO": "ML-7",
                "shapeID": "x",
                "shapeGroup": "MLI",
                "shapeType": "ADM1",
            },
            (1, "ML-7", "Gao", "MLI", "MLI"),
        ),
        ({"country": "Mali", "country_pcode": "ML"}, (0, "MLI", "Mali", "", "MLI")),
    ],
)
def test_property_names_of_the_publishers_are_known(tmp_path, properties, expected):
    (area,) = read(written(tmp_path, [feature(properties=properties)])).areas

    assert (area.level, area.code, area.name, area.parent_code, area.country) == expected


def test_a_table_of_pcodes(tmp_path):
    text = (
        "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n#country,#geo+level,#adm+code,#adm+name,,\n"
        "MLI,1,ML07,Gao,MLI,2021-12-20\nMLI,x,ML08,Kidal,MLI,\nMLI,1,ML07,Gao,MLI,\nMLI,1,ML09,,MLI,\nMLI,1,ML10,Ménaka,MLI,20/12\n"
    )

    source = read(written(tmp_path, text))

    assert [(area.code, str(area.valid_from)) for area in source.areas] == [("ML07", "2021-12-20")]
    assert refused(source) == [(4, "Admin Level"), (5, "P-Code"), (6, "Name"), (7, "Valid from date")]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\xff\xfe\x00", NotReadable),
        (b"\x1f\x8bdamaged", NotReadable),
        (b"{", NotReadable),
        (b"[" * 100_000, NotReadable),
        (b"a,b\n1,2\n", UnknownKind),
        (b"", UnknownKind),
        (b'{"type": "Topology"}', UnknownKind),
        (b'{"type": "FeatureCollection", "crs": {"name": "EPSG:32630"}, "features": []}', NotReadable),
    ],
)
def test_a_file_that_is_no_gazetteer_is_refused_whole(tmp_path, content, error):
    with pytest.raises(error):
        read(written(tmp_path, content))


def test_a_small_file_that_unpacks_to_a_huge_one_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)

    with pytest.raises(TooLarge):
        read(written(tmp_path, gzip.compress(b"a" * 100_000)))


@pytest.mark.django_db
def test_a_trial_writes_nothing_and_counts_the_same(tmp_path):
    path = written(tmp_path, "\n".join([geonames("7"), geonames("8", lat="x")]))
    common = {"path": path, "filename": "ML.txt", "by": "system", "at": NOW}

    trial = import_places(**common, dry_run=True)
    assert Place.objects.count() == 0
    real = import_places(**common)

    assert (
        (trial.rows, trial.imported, trial.refused) == (real.rows, real.imported, real.refused) == (2, 1, 1)
    )
    assert import_places(**common).unchanged == 1


@pytest.mark.django_db
def test_the_command_prints_json_and_fails_on_what_is_no_file(tmp_path, capsys):
    path = written(tmp_path, [feature(), feature(kind="Point", coordinates=[1, 2])])

    call_command("import_places", str(path), "--json")

    said = json.loads(capsys.readouterr().out)
    assert {name: said[name] for name in ("rows", "imported", "unchanged", "changed", "refused")} == {
        "rows": 2, "imported": 1, "unchanged": 0, "changed": 0, "refused": 1,
    }  # fmt: skip
    assert said["problems"][0]["row"] == 2
    with pytest.raises(CommandError):
        call_command("import_places", str(tmp_path / "absent"))
    with pytest.raises(CommandError):
        call_command("import_places", str(written(tmp_path, "a,b\n", "other")))


@pytest.mark.django_db
def test_the_page_loads_keeps_and_lists(dara, amina, client_for):
    content = json.dumps(
        {"type": "FeatureCollection", "features": [feature(), feature(properties={"=cmd": "x"})]}
    ).encode()
    client = client_for(dara)

    response = client.post(
        reverse("gazetteers:upload"), {"file": SimpleUploadedFile("adm1.geojson", content)}, follow=True
    )

    assert response.status_code == 200
    assert AdminArea.objects.get().code == "ML07"
    sha256 = response.context["outcome"].sha256
    rows = list(
        csv.reader(
            io.StringIO(client.get(reverse("gazetteers:problems", args=[sha256])).content.decode("utf-8-sig"))
        )
    )
    assert [row[:2] for row in rows] == [["row", "severity"], ["2", "refused"]]
    assert client.get(reverse("gazetteers:outcome", args=["0" * 64])).status_code == 404
    assert client_for(amina).get(reverse("gazetteers:outcome", args=[sha256])).status_code == 404
    assert client_for(amina).get(reverse("gazetteers:upload")).status_code == 404
    wrong = client.post(reverse("gazetteers:upload"), {"file": SimpleUploadedFile("x", b"a,b")})
    assert wrong.status_code == 422
