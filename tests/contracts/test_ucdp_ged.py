"""The published files of UCDP GED go in, every row accounted for, and the totals come out as anybody can compute them."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from constat.apps.access.models import Event
from constat.apps.reports.models import ImportBatch, ImportProblem, Report, ReportHarm
from tests.contracts import ged_totals

DATA = Path("/work/shared/data")
SAHEL, CAR = DATA / "ucdp_ged_sahel.csv", DATA / "ucdp_ged_v231_car.csv"
EXPECTED = {SAHEL: (4522, 16), CAR: (1848, 20)}  # rows, rows that contradict themselves

pytestmark = [pytest.mark.django_db, pytest.mark.data]
both = pytest.mark.parametrize("path", [SAHEL, CAR], ids=["short columns", "native columns"])


@pytest.fixture(autouse=True)
def _files_are_here():
    for path in (SAHEL, CAR):
        if not path.exists():
            pytest.skip(f"{path} is not on this machine: the real files of UCDP GED could not be checked")


def run(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, json=True, **options)
    return json.loads(out.getvalue())


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def refused_ids(result, path):
    source = read(path)
    return {
        source[row - 2]["id"]
        for row in {one["row"] for one in result["problems"] if one["severity"] == "refused"}
    }


@both
def test_every_row_is_accounted_for(path):
    result = run("import_ucdp", str(path))

    rows, contradicting = EXPECTED[path]
    assert result["rows"] == rows == len(read(path))
    assert result["refused"] == contradicting
    assert result["imported"] == rows - contradicting == Report.objects.count()
    assert result["unchanged"] == result["changed"] == 0
    assert refused_ids(result, path) == ged_totals.contradicting(path)
    assert {one["reason"] for one in result["problems"]} == {"range_backwards"}
    batch = ImportBatch.objects.get()
    assert (batch.pk, batch.rows, batch.imported, batch.refused) == (
        result["batch"],
        rows,
        rows - contradicting,
        contradicting,
    )


@both
def test_a_refused_row_stays_with_its_content_and_its_file(path, settings):
    result = run("import_ucdp", str(path))

    source = read(path)
    for problem in ImportProblem.objects.all():
        assert problem.content == source[problem.row - 2]
        assert problem.message
        assert problem.field in {"low", "high", "low_death", "high_death"}
    kept = Path(settings.HOME) / "evidence" / "imports" / result["sha256"]
    assert kept.read_bytes() == path.read_bytes()


@both
def test_totals_equal_those_computed_straight_from_the_file(path):
    result = run("import_ucdp", str(path))
    refused = refused_ids(result, path)

    table = run("totals", scope="all", by="country,year,type_of_violence")

    ours = {
        (row["country"], row["year"], row["type_of_violence"]): [
            row["min"],
            row["best"],
            row["max"],
            row["n"],
        ]
        for row in table["rows"]
    }
    assert ours == ged_totals.totals(path, refused)
    assert len(ours) == len(table["rows"])
    assert table["total"]["n"] == result["imported"]
    assert table["total"]["tiers"]["incidents"]["n"] == 0
    assert run("totals", scope="own", by="country")["rows"] == []


def test_totals_of_both_files_together():
    refused = refused_ids(run("import_ucdp", str(SAHEL)), SAHEL) | refused_ids(
        run("import_ucdp", str(CAR)), CAR
    )

    table = run("totals", scope="all", by="country,year,type_of_violence")

    expected = ged_totals.totals(SAHEL, refused) | ged_totals.totals(CAR, refused)
    assert {(row["country"], row["year"], row["type_of_violence"]): row["best"] for row in table["rows"]} == {
        key: figures[1] for key, figures in expected.items()
    }


@both
def test_the_file_equals_what_came_in_and_what_was_refused(path):
    first = run("import_ucdp", str(path))["totals"]
    again = run("import_ucdp", str(path))["totals"]

    whole = [sum(ged_totals.figures(row)[index] for row in read(path)) for index in range(3)]
    assert [first["file"][name] for name in ("low", "best", "high")] == whole
    for totals in (first, again):
        for name in ("rows", "low", "best", "high"):
            parts = [totals[fate][name] for fate in ("imported", "unchanged", "changed", "refused")]
            assert totals["file"][name] == sum(parts)
    assert again["imported"]["rows"] == 0
    assert again["unchanged"] == first["imported"]


@both
def test_sending_the_file_again_adds_nothing(path):
    first = run("import_ucdp", str(path))
    before = (Report.objects.count(), ReportHarm.objects.count())

    again = run("import_ucdp", str(path))

    assert (Report.objects.count(), ReportHarm.objects.count()) == before
    assert again["imported"] == again["changed"] == 0
    assert again["unchanged"] == first["imported"]
    assert again["refused"] == first["refused"]


@both
def test_a_changed_row_is_listed_and_overwrites_nothing(path, tmp_path):
    run("import_ucdp", str(path))
    rows = read(path)
    high = "high" if "high" in rows[0] else "high_death"
    rows[10][high] = str(int(rows[10][high]) + 1000)
    before = list(ReportHarm.objects.order_by("pk").values_list("minimum", "best", "maximum"))

    result = run("import_ucdp", str(written(tmp_path / "changed.csv", rows)))

    assert result["changed"] == 1
    assert result["imported"] == 0
    changed = [one for one in result["problems"] if one["severity"] == "changed"]
    assert [one["row"] for one in changed] == [12]
    assert list(ReportHarm.objects.order_by("pk").values_list("minimum", "best", "maximum")) == before
    kept = ImportProblem.objects.get(batch_id=result["batch"], severity="changed")
    assert kept.content[high] == rows[10][high]


def test_a_trial_writes_nothing_and_says_the_same():
    trial = run("import_ucdp", str(CAR), dry_run=True)

    assert (
        Report.objects.count()
        == ImportBatch.objects.count()
        == ImportProblem.objects.count()
        == Event.objects.count()
        == 0
    )
    real = run("import_ucdp", str(CAR))
    for name in ("sha256", "rows", "imported", "unchanged", "changed", "refused", "problems", "totals"):
        assert trial[name] == real[name]
    assert trial["batch"] is None
    assert trial["dry_run"] is True


def test_the_original_words_and_every_column_are_kept():
    run("import_ucdp", str(CAR))

    first = read(CAR)[0]
    report = Report.objects.get(external_key=first["id"])
    assert report.extra == first
    assert first["source_article"].encode() in bytes(report.original)
    assert report.original_language == "en"
    assert (report.date_precision, report.place_precision, report.event_clarity) == ("day", "exact", "clear")
    assert (report.channel, report.compartment, report.sensitivity) == ("external_dataset", "general", 1)
    assert report.source.code == "ucdp_ged"
    assert (report.reliability, report.credibility) == ("B", "6")
    assert report.sources_stated == 1
    assert (report.lon, report.lat, report.country) == (18.583333, 4.366667, "CAF")
    assert (report.state, report.clock, report.receipt if hasattr(report, "receipt") else None) == (
        "received",
        "",
        None,
    )


def test_a_number_of_sources_that_is_not_known_stays_not_known():
    run("import_ucdp", str(CAR))

    unknown = [row["id"] for row in read(CAR) if row["number_of_sources"] == "-1"]
    assert Report.objects.filter(sources_stated__isnull=True).count() == len(
        set(unknown) - ged_totals.contradicting(CAR)
    )


def test_who_the_dead_were_is_beside_the_total_never_in_it():
    run("import_ucdp", str(CAR))

    source = {row["id"]: row for row in read(CAR)}
    for report in Report.objects.prefetch_related("harms").filter(external_key__in=list(source)[:300]):
        total = [line for line in report.harms.all() if line.is_total]
        parts = [line for line in report.harms.all() if not line.is_total]
        row = source[report.external_key]
        assert [(line.minimum, line.best, line.maximum) for line in total] == [ged_totals.figures(row)]
        assert sum(line.best for line in parts) == total[0].best
        civilians = sum(line.best for line in parts if line.status == "civilian")
        assert civilians == int(row["deaths_civilians"]) + (
            int(row["deaths_b"]) if row["type_of_violence"] == "3" else 0
        )


def test_precision_is_unknown_where_the_file_does_not_say():
    run("import_ucdp", str(SAHEL))

    assert set(Report.objects.values_list("date_precision", "place_precision", "event_clarity")) == {
        ("unknown",) * 3
    }
    first = read(SAHEL)[0]
    report = Report.objects.get(external_key=first["id"])
    assert report.starts_on == report.ends_on
    assert report.starts_on.isoformat() == "1990-12-20"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("country", "Atlantis", "unknown_value"),
        ("type_of_violence", "4", "unknown_value"),
        ("where_prec", "9", "unknown_value"),
        ("date_prec", "", "unknown_value"),
        ("event_clarity", "3", "unknown_value"),
        ("best", "", "number_missing"),
        ("best", "7.5", "not_a_number"),
        ("low", "-1", "not_a_number"),
        ("deaths_civilians", "999", "sum_differs"),
        ("latitude", "nan", "not_a_number_or_outside"),
        ("longitude", "200", "point_outside"),
        ("date_start", "1991-13-01", "not_a_date"),
        ("date_start", "2093-01-01", "dates_backwards"),
        ("year", "1980", "year_differs"),
        ("number_of_sources", "-2", "not_a_number"),
        ("id", "=1+1", "key_unreadable"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_naming_field_and_value(tmp_path, column, value, reason):
    row = {**read(CAR)[1], column: value}

    result = run("import_ucdp", str(written(tmp_path / "one.csv", [row, read(CAR)[0]])))

    assert (result["refused"], result["imported"]) == (1, 1)
    (problem,) = result["problems"]
    assert problem["row"] == 2
    assert problem["reason"] == reason.replace("not_a_number_or_outside", "point_outside")
    assert problem["message"]


def test_a_file_of_something_else_is_refused_as_a_whole(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("name,lon,lat\nGao,-0.04,16.27\n", encoding="utf-8")

    with pytest.raises(CommandError) as refusal:
        call_command("import_ucdp", str(path))

    assert refusal.value.returncode == 1
    assert "UCDP GED" in str(refusal.value)
    assert ImportBatch.objects.count() == 0
