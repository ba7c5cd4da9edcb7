"""What cells mean, what refuses a row, and that every row is accounted for whatever is in it."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from constat.apps.reports.draft import Draft
from constat.apps.reports.models import ImportBatch, ImportProblem, Report, ReportHarm
from constat.integrations.spreadsheet import values
from constat.integrations.spreadsheet.mapping import guess
from constat.integrations.spreadsheet.reading import EPOCH_1900, EPOCH_1904, Row
from constat.integrations.spreadsheet.rows import Reader
from constat.integrations.spreadsheet.sentences import REASONS
from constat.integrations.spreadsheet.targets import targets
from constat.integrations.spreadsheet.values import CellFault

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2026-02-01", "2026-02-01", "2026-02-01", "day"),
        ("01/02/2026", "2026-02-01", "2026-02-01", "day"),
        ("1.2.2026", "2026-02-01", "2026-02-01", "day"),
        ("2026-02-01 14:30", "2026-02-01", "2026-02-01", "day"),
        ("٠١/٠٢/٢٠٢٦", "2026-02-01", "2026-02-01", "day"),
        ("1er février 2026", "2026-02-01", "2026-02-01", "day"),
        ("12 March 2026", "2026-03-12", "2026-03-12", "day"),
        ("02/2026", "2026-02-01", "2026-02-28", "month"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("février 2026", "2026-02-01", "2026-02-28", "month"),
        ("فبراير 2026", "2026-02-01", "2026-02-28", "month"),
        ("2025", "2025-01-01", "2025-12-31", "longer"),
        ("46054", "2026-02-01", "2026-02-01", "day"),
    ],
)
def test_dates_as_people_write_them(text, start, end, precision):
    span = values.when(text, EPOCH_1900)

    assert (span.start.isoformat(), span.end.isoformat(), span.precision) == (start, end, precision)


def test_a_serial_number_counts_from_the_day_of_its_workbook():
    assert values.when("44592", EPOCH_1904).start == values.when("46054", EPOCH_1900).start


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/25/2026", "not_a_date"),
        ("31/02/2026", "not_a_date"),
        ("1/2/26", "date_ambiguous"),
        ("hier", "not_a_date"),
        ("12345", "not_a_date"),
    ],
)
def test_a_date_that_is_not_certain_is_refused(text, reason):
    with pytest.raises(CellFault) as fault:
        values.when(text, EPOCH_1900)

    assert fault.value.reason == reason


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("0", (0, 0, 0)), ("12", (12, 12, 12)), ("12,0", (12, 12, 12)), ("1 234", (1234, 1234, 1234)), ("١٢", (12, 12, 12)),
        ("5-10", (5, None, 10)), ("5 à 10", (5, None, 10)), ("10+", (10, None, None)), ("≥ 10", (10, None, None)),
        ("> 10", (11, None, None)), ("au moins 3", (3, None, None)),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, figures):
    assert values.count(text) == figures


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1,234", "number_ambiguous"), ("1.234", "number_ambiguous"), ("2,5", "not_a_number"), ("-3", "not_a_number"),
     ("plusieurs", "not_a_number"), ("10-5", "range_backwards"), ("1e9", "not_a_number"), ("9" * 30, "not_a_number")],
)  # fmt: skip
def test_a_number_that_is_not_certain_is_refused(text, reason):
    with pytest.raises(CellFault) as fault:
        values.count(text)

    assert fault.value.reason == reason


@pytest.mark.parametrize(
    ("text", "found"), [("16,27", 16.27), ("-0.04", -0.04), ("0,04 W", -0.04), ("12.5°N", 12.5)]
)
def test_degrees(text, found):
    assert values.degrees(text, 90) == found


@pytest.mark.parametrize("text", ["91", "nan", "inf", "16°16'12", "1e1"])
def test_what_is_no_position(text):
    with pytest.raises(CellFault):
        values.degrees(text, 90)


def test_headings_are_recognised_in_three_languages():
    for headers in (["Date", "Lieu", "Tués", "Blessés", "Récit"], ["DATE", "Place", "Killed", "Injured", "Narrative"],
                    ["التاريخ", "المكان", "القتلى", "الجرحى", "الوصف"]):  # fmt: skip
        assert list(guess(headers).columns) == ["date", "place", "killed", "injured", "words"]


def test_every_target_is_worded_in_three_languages_and_its_words_exist():
    for target in targets().values():
        assert set(target.labels) == {"fr", "en", "ar"}
        if target.words:
            values._words(target.words)


def read(cells, **options):
    mapping = options.pop("mapping", None) or guess(cells)
    reader = Reader(mapping=mapping, epoch=EPOCH_1900, today=TODAY, language="fr", **options)
    return list(reader.read(Row(2, cells, "")))


def reasons(found):
    return [one.reason for one in found]


def test_an_empty_number_is_not_known_and_never_zero():
    (draft,) = read({"Récit": "Un tir.", "Tués": "", "Blessés": "0"})

    assert [(line.harm, line.minimum, line.best, line.maximum) for line in draft.harms] == [
        ("injury", 0, 0, 0)
    ]


def test_a_range_of_its_own_columns():
    (draft,) = read({"Récit": "Un tir.", "Tués": "5", "Tués min": "3", "Tués max": ""})

    assert [(line.minimum, line.best, line.maximum) for line in draft.harms] == [(3, 5, None)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Tués": "5", "Tués min": "6"}, "range_backwards"),
        ({"Tués": "2", "Femmes": "2", "Hommes": "1"}, "sum_exceeds"),
        ({"Tués": "512", "Enlevés": "107", "Blessés": "167", "Détenus": "55", "Total": "812"}, "sum_exceeds"),
        ({"Date": "03/2027"}, "date_in_future"),
        ({"Date": "02/02/2026", "Date fin": "01/02/2026"}, "dates_backwards"),
        ({"Date fin": "01/02/2026"}, "date_half"),
        ({"Latitude": "12"}, "point_half"),
        ({"Canal": "pigeon"}, "unknown_code"),
        ({"En danger": "peut-être"}, "unknown_code"),
    ],
)
def test_what_refuses_a_row(cells, reason):
    (problem,) = read({"Récit": "Un tir.", **cells})

    assert problem.reason == reason
    assert problem.field in cells
    assert problem.message


def test_the_published_components_that_do_add_up_pass():
    (draft,) = read(
        {"Récit": "T1", "Tués": "543", "Enlevés": "107", "Blessés": "107", "Détenus": "55", "Total": "812"}
    )

    assert isinstance(draft, Draft)
    assert draft.warnings == ()


def test_parts_that_fall_short_are_a_warning_and_men_women_children_are_understood():
    (short,) = read({"Récit": "x", "Tués": "10", "Femmes": "3", "Hommes": "5"})
    (whole,) = read({"Récit": "x", "Tués": "10", "Femmes": "3", "Hommes": "5", "Enfants": "2"})

    assert reasons(short.warnings) == ["sum_short"]
    assert whole.warnings == ()
    assert [(line.sex, line.age_band, line.is_total) for line in whole.harms] == [
        ("unknown", "unknown", True), ("woman", "unknown", False), ("man", "unknown", False), ("unknown", "child", False),
    ]  # fmt: skip


def test_parts_without_a_total_say_at_least():
    (draft,) = read({"Récit": "x", "Femmes": "3", "Hommes": "5"})

    assert [(line.minimum, line.best, line.maximum) for line in draft.harms if line.is_total] == [
        (8, None, None)
    ]


def test_every_fault_of_a_row_is_listed_not_the_first_only():
    found = read({"Récit": "x", "Date": "hier", "Tués": "beaucoup", "Latitude": "100"})

    assert sorted(reasons(found)) == ["not_a_date", "not_a_number", "point_half", "point_outside"]


def test_the_words_stay_as_they_were_byte_for_byte():
    words = "  =Ils ont tiré…\r\n\tpuis  fui. "

    (draft,) = read({"Récit": words})

    assert draft.original == words.encode()


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["Récit", "Date", "Année", "Mois", "Jour", "Lieu", "Latitude", "Longitude", "Tués",
                                        "Tués min", "Tués max", "Femmes", "Enfants", "Total", "Canal", "En danger", "Langue"]),
                       st.text(max_size=15) | st.integers(-5, 3000).map(str) | st.dates().map(str), min_size=1))  # fmt: skip
def test_any_cells_make_one_draft_or_problems_with_known_reasons(cells):
    found = read(cells)

    if isinstance(found[0], Draft):
        assert len(found) == 1
    else:
        assert found
        assert {one.reason for one in found} <= REASONS
        assert all(one.row == 2 and one.message for one in found)


# --- the command ---------------------------------------------------------------------------------------------------


def run(path, **options):
    out = io.StringIO()
    call_command("import_reports", str(path), stdout=out, json=True, **options)
    return json.loads(out.getvalue())


LIST = "ref;Date;Lieu;Tués;Récit;Nom\nA1;01/02/2026;Gao;3;Un marché;Untel\nA2;02/02/2026;Gao;x;Un puits;Untel\nA3;;;;;Untel\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "liste.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.mark.django_db
def test_a_list_comes_in_and_every_row_is_accounted_for(file):
    result = run(file, map=["key="])

    assert [result[name] for name in ("rows", "imported", "unchanged", "changed", "refused")] == [
        3,
        1,
        0,
        0,
        2,
    ]
    assert [(one["row"], one["field"], one["reason"]) for one in result["problems"]] == [
        (3, "Tués", "not_a_number"), (4, "Récit", "words_or_harm_missing"),
    ]  # fmt: skip
    assert ImportBatch.objects.get().pk == result["batch"]
    assert ImportProblem.objects.count() == 2
    report = Report.objects.get()
    assert (report.clock != "", report.source, report.channel) == (True, None, "spreadsheet")


@pytest.mark.django_db
def test_sending_it_again_adds_nothing(file):
    run(file, map=["key="])
    again = run(file, map=["key="])

    assert (again["imported"], again["unchanged"]) == (0, 1)
    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_a_changed_row_under_its_key_is_listed_and_overwrites_nothing(file):
    run(file, source="hopital-gao")
    file.write_text(LIST.replace("Gao;3", "Gao;30"), encoding="utf-8")

    again = run(file, source="hopital-gao")

    assert (again["imported"], again["changed"]) == (0, 1)
    assert ReportHarm.objects.get().best == 3
    assert ImportProblem.objects.get(severity="changed").content["Tués"] == "30"


@pytest.mark.django_db
def test_keys_need_a_source(file):
    with pytest.raises(CommandError) as refusal:
        run(file)

    assert refusal.value.returncode == 1


@pytest.mark.django_db
def test_a_trial_writes_nothing(file):
    trial = run(file, map=["key="], dry_run=True)

    assert (trial["imported"], trial["batch"]) == (1, None)
    assert Report.objects.count() == ImportBatch.objects.count() == 0


@pytest.mark.django_db
def test_names_enter_no_table_unless_somebody_says_to_keep_the_column(file):
    run(file, map=["key="])

    assert "Untel" not in json.dumps(
        [*Report.objects.values("extra"), *ImportProblem.objects.values("content")], default=str
    )


@pytest.mark.django_db
def test_a_mapping_that_does_not_fit_is_refused_naming_the_column(file):
    with pytest.raises(CommandError, match="Village"):
        run(file, map=["place=Village"])


@pytest.mark.django_db
@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=20),
            st.text(max_size=6, alphabet="0123456789x-+,. "),
        ),
        max_size=6,
    )
)
def test_every_row_is_accounted_for_whatever_is_in_it(tmp_path_factory, lines):
    out = io.StringIO()
    csv.writer(out).writerows([["Récit", "Tués"], *lines])
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(out.getvalue().encode("utf-8"))

    result = run(path, dry_run=True)

    assert result["rows"] == result["imported"] + result["unchanged"] + result["changed"] + result["refused"]
    assert result["refused"] == len(
        {one["row"] for one in result["problems"] if one["severity"] == "refused"}
    )
