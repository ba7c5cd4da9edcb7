"""A list comes in through the pages: the file, its columns, a trial with every problem, the import."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from constat.apps.reports.models import ImportBatch, ImportProblem, Report

pytestmark = pytest.mark.django_db

LIST = "Jour;Localité;Tués;Récit;Téléphone\n25/02/2026;Gao;3;Marché touché.;+000 1\n26/02/2026;Ménaka;x;Tir.;+000 2\n"


@pytest.fixture
def importer(cast, client_for):
    from tests.cast import make_person

    person = make_person("ousmane", role="analyst", section="civilian_harm_cell")
    return client_for(person)


def upload(client, content, name="liste.csv"):
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    return client.post("/imports/", {"file": SimpleUploadedFile(name, data)})


def chosen(page):
    """The form of the columns as the browser would send it back."""
    return {
        name: (re.search(r'value="(\w*)" selected', body) or [None, ""])[1]
        for name, body in re.findall(r'<select name="(column_\d+)".*?>(.*?)</select>', page, re.DOTALL)
    }


def test_a_list_is_mapped_tried_and_imported(importer):
    columns = upload(importer, LIST).url
    page = importer.get(columns).content.decode()
    fields = chosen(page)
    assert list(fields.values()) == ["day", "place", "killed", "words", ""]

    check = importer.post(columns, {**fields, "column_0": "date", "source": ""}).url
    trial = importer.get(check).content.decode()
    assert Report.objects.count() == 0
    assert "“x”" in trial or "« x »" in trial or "«" in trial
    done = importer.post(check)

    report = Report.objects.get()
    batch = ImportBatch.objects.get()
    assert done.status_code == 302
    assert done.url.endswith(f"/reports/imports/{batch.pk}/")
    assert bytes(report.original).decode() == "Marché touché."
    assert (batch.rows, batch.imported, batch.refused) == (2, 1, 1)
    assert batch.by.username == "ousmane"
    assert batch.mapping["columns"]["date"] == "Jour"


def test_a_column_nobody_explained_enters_no_table(importer):
    columns = upload(importer, LIST).url
    fields = chosen(importer.get(columns).content.decode())
    importer.post(importer.post(columns, {**fields, "column_0": "date", "source": ""}).url)

    assert Report.objects.get().extra == {}
    assert "Téléphone" not in ImportProblem.objects.get().content


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(200), b"%PDF-1.7\n", b"", b"PK\x03\x04garbage"]
)
def test_something_else_is_refused_with_a_sentence_and_not_kept(importer, settings, content):
    before = set((settings.HOME / "evidence" / "imports").glob("*"))

    page = upload(importer, content)

    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert set((settings.HOME / "evidence" / "imports").glob("*")) == before


def test_a_wrong_choice_keeps_what_was_entered(importer):
    columns = upload(importer, LIST).url
    fields = chosen(importer.get(columns).content.decode())

    page = importer.post(columns, {**fields, "column_0": "place", "source": "hopital-gao"})

    assert page.status_code == 422
    assert chosen(page.content.decode())["column_0"] == "place"
    assert "hopital-gao" in page.content.decode()


def test_a_file_of_ged_needs_no_mapping(importer):
    header = "id,year,month,day,country,type_of_violence,conflict_name,side_a,side_b,latitude,longitude,low_death,best_death,high_death"
    row = "1,2020,1,2,Mali,State-based violence,Mali: Government,Government of Mali,JNIM,16.2,-0.04,1,2,3"
    columns = upload(importer, f"{header}\n{row}\n").url

    check = importer.get(columns).url
    importer.post(check)

    assert Report.objects.get().source.code == "ucdp_ged"


def test_a_file_is_open_only_to_the_session_that_sent_it(importer, client_for):
    from tests.cast import make_person

    columns = upload(importer, LIST).url
    other = client_for(make_person("pauline", role="analyst", section="civilian_harm_cell"))

    assert other.get(columns).status_code == 404
    assert other.get(columns + "check/").status_code == 404


@pytest.mark.parametrize("name", ["farid", "esi", "military"])
def test_nobody_else_sees_the_door(cast, client_for, name):
    assert client_for(getattr(cast, name)).get("/imports/").status_code in (403, 404)
