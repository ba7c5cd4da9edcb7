"""Files that once gave a figure nobody asked for, or a traceback: each is read as it was meant, or named with its place."""

import json
from datetime import date, timedelta

import pytest

from constat.analysis.command import main

WEEKS = [(date(2021, 1, 4) + timedelta(7 * i), 2 + i % 5) for i in range(60)]
PLACES = "a 14 -4\nb 14.1 -4\nc 14.5 -4.2\nd 15 -3\ne 16 -3\n"
CASES = "".join(f"{'abcde'[i % 5]} 1 2024-{1 + i % 6:02d}-{1 + i % 27:02d}\n" for i in range(60))


@pytest.fixture
def ask(tmp_path, capsys):
    """ask("rates", "@", ..., files=[text]) -> (exit code, answer, error); @, @@, @@@ are the files in order."""

    def asked(*words, files):
        for number, content in enumerate(files, 1):
            (tmp_path / f"file{number}.csv").write_text(content, "utf-8")
        code = main(
            [str(tmp_path / f"file{len(w)}.csv") if set(w) == {"@"} else w for w in (*words, "--json")]
        )
        told = capsys.readouterr()
        return code, json.loads(told.out) if code == 0 else None, told.err

    return asked


def rows(names, lines, sign=","):
    return "\n".join([sign.join(names), *(sign.join(map(str, line)) for line in lines)]) + "\n"


@pytest.mark.parametrize(
    ("words", "content"),
    [
        (("rates", "@"), "group,events,exposure\na,3,120,5\nb,4,100\n"),
        (("chart", "@", "--method", "ears-c1"), rows(["date", "count"], WEEKS) + "2022-02-28,3,5\n"),
        (("totals", "@"), "min,best,max\n1,2,3\n1,2,3,4\n"),
        (("network", "@", "--nodes", "group"), "from,to,confidence\nA,B,0,8\n"),
    ],
)
def test_a_cell_too_many_is_never_dropped(ask, words, content):
    """An unquoted decimal comma cuts 120,5 in two: 120 would be read and 5 forgotten."""
    code, _, said = ask(*words, files=[content])
    line = 1 + next(
        i for i, row in enumerate(content.splitlines()) if row.count(",") > content.splitlines()[0].count(",")
    )
    assert code == 1 and f"line {line}" in said and "decimal comma" in said, said


def test_empty_cells_at_the_end_and_line_breaks_in_quotes_are_read(ask):
    code, found, said = ask(
        "rates", "@", files=['group,events,exposure\n"north, left\nbank",3,120,,\nb,4,100\n']
    )
    assert code == 0, said
    assert [one["group"] for one in found["rates"]] == ["north, left\nbank", "b"]


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(ask):
    code, _, said = ask("rates", "@", files=['group,events,exposure\na,3,120\n"b,4,100\nc,5,100\n'])
    assert code == 1 and "line 3" in said and "quotation mark" in said, said


def test_semicolons_between_columns_and_a_comma_in_a_name(ask):
    code, found, said = ask(
        "rates",
        "@",
        files=["group;events;exposure, hours\na;3;120\n"],
    )
    assert code == 1 and "exposure, hours" in said
    code, found, said = ask(
        "rates", "@", "--exposure", "exposure, hours", files=["group;events;exposure, hours\na;3;120\n"]
    )
    assert code == 0 and found["n"] == 3, said


def test_rows_newest_first_are_not_judged_as_if_oldest_came_last(ask):
    code, _, said = ask("chart", "@", "--method", "ears-c1", files=[rows(["date", "count"], WEEKS[::-1])])
    assert code == 1 and "line 3" in said and "oldest first" in said, said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2031,1,4", "future"),
        ("2020,13,4", "month"),
        ("2020,1.5,4", "1.5"),
        ("2020,x,4", "not a number"),
        ("-4,2,4", "-4"),
    ],
)
def test_year_and_month_in_two_columns_are_checked_like_a_date(ask, line, says):
    code, _, said = ask("chart", "@", "--method", "ears-c1", files=[f"year,month,count\n2019,12,3\n{line}\n"])
    assert code == 1 and "line 3" in said and says in said, said


def test_iso_weeks_are_read(ask):
    named = [(f"{day.isocalendar().year}-W{day.isocalendar().week:02d}", count) for day, count in WEEKS]
    _, plain, _ = ask("chart", "@", "--method", "ears-c2", files=[rows(["week", "count"], WEEKS)])
    code, found, said = ask("chart", "@", "--method", "ears-c2", files=[rows(["week", "count"], named)])
    assert code == 0, said
    assert [p["upperbound"] for p in found["points"]] == [p["upperbound"] for p in plain["points"]]
    assert found["points"][-1]["label"] == named[-1][0]
    code, _, said = ask("chart", "@", "--method", "ears-c2", files=["week,count\n2021-W54,3\n2022-W01,3\n"])
    assert code == 1 and "line 2" in said


@pytest.mark.parametrize(
    "option", [("--expected", "nan"), ("--expected", "inf"), ("--expected", "-1"), ("--threshold", "inf")]
)
def test_a_cusum_takes_finite_numbers(ask, option):
    code, _, said = ask("chart", "@", "--method", "cusum", *option, files=[rows(["date", "count"], WEEKS)])
    assert code == 1 and option[0] in said, said


@pytest.mark.parametrize(
    "option", [("--shortest", "nan"), ("--shortest", "0"), ("--breaks-wanted", "-1"), ("--level", "nan")]
)
def test_change_points_take_possible_options(ask, option):
    code, _, said = ask("effect", "@", "--find", *option, files=[rows(["date", "count"], WEEKS)])
    assert code == 1 and option[0].removeprefix("--").split("-")[0] in said.lower(), said


def test_dates_the_other_way_round_are_not_taken_for_groups(ask):
    """Without names the third column is a date or a group: 15/03/2024 was a group, and every date was lost."""
    turned = "".join(
        f"{p} {n} {d[8:]}/{d[5:7]}/{d[:4]}\n" for p, n, d in (row.split() for row in CASES.splitlines())
    )
    controls = "a 5\nb 7\nc 20\nd 10\ne 9\n"
    code, _, said = ask("clusters", "--cases", "@", "--places", "@@", "--model", "bernoulli", "--controls", "@@@",
                        "--replicates", "19", files=[turned, PLACES, controls])  # fmt: skip
    assert code == 1 and "line 1" in said and "01/01/2024" in said, said


def test_controls_are_dated_as_finely_as_cases(ask):
    code, _, said = ask("clusters", "--cases", "@", "--places", "@@", "--model", "bernoulli", "--controls", "@@@",
                        "--replicates", "19", files=[CASES, PLACES, "a 5 2024-01\nb 3 2024-02\n"])  # fmt: skip
    assert code == 1 and "file3.csv" in said and "month" in said, said


def test_without_controls_there_is_nothing_to_compare_with(ask):
    code, found, said = ask("clusters", "--cases", "@", "--places", "@@", "--model", "bernoulli", "--controls", "@@@",
                            "--replicates", "19", files=[CASES, PLACES, "a 0 2024-01-01\n"])  # fmt: skip
    assert code == 0, said
    assert found["refused"] and "control" in found["reason"] and found["clusters"] == []


def test_a_place_with_cases_and_nobody_at_risk_is_named(ask):
    code, _, said = ask("clusters", "--cases", "@", "--places", "@@", "--model", "poisson", "--population", "@@@",
                        "--replicates", "19", files=[CASES, PLACES, "b 200\nc 100\nd 400\ne 50\n"])  # fmt: skip
    assert code == 1 and "'a'" in said and "file3.csv" in said, said


def test_places_with_decimal_commas_do_not_move(ask):
    code, _, said = ask("clusters", "--cases", "@", "--places", "@@", "--replicates", "19",
                        files=[CASES.replace(" ", ","), "a,14,5,4,2\nb,14,1,4,3\nc,15,0,3,9\nd,15,5,4,1\ne,14,9,4,0\n"])  # fmt: skip
    assert code == 1 and "file2.csv, line 1" in said, said


def test_knox_does_not_cut_a_count(ask):
    events = "latitude,longitude,date,count\n" + "".join(
        f"{14 + i / 10},-4,2024-01-{i + 1:02d},{1.5 if i == 3 else 1}\n" for i in range(8)
    )
    code, _, said = ask("knox", "@", "--km", "20", "--days", "5", files=[events])
    assert code == 1 and "1.5" in said and "line 5" in said, said


def test_rates_of_years_to_come_and_absurd_factors(ask):
    code, _, said = ask("rates", "@", files=["year,events,exposure\n2025,3,120\n2031,3,120\n"])
    assert code == 1 and "line 3" in said and "future" in said, said
    code, _, said = ask("rates", "@", "--per", "inf", files=["events,exposure\n3,120\n"])
    assert code == 1 and "--per" in said, said


OURS = "id,date,latitude,longitude,deaths\n1,2024-01-01,14,-4,3\n2,2024-02-01,14.5,-4,5\n3,2024-02-03,14.2,-4.1,5\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1,2024-02-01,14.5,-4,5", "already"),
        ("4,2024-02-01,-4,14.5,5", "exchanged"),
        ("4,2024-02-01,99,14.5,5", "latitude 99"),
    ],
)
def test_reconcile_names_file_and_line(ask, line, says):
    code, _, said = ask("reconcile", "@", "@@", files=[OURS, OURS + line + "\n"])
    assert code == 1 and "file2.csv, line 5" in said and says in said, said


def test_reconcile_knows_the_precision_codes(ask):
    coded = OURS.replace("deaths", "where_prec")
    assert ask("reconcile", "@", "@@", files=[coded, coded])[0] == 0
    code, _, said = ask("reconcile", "@", "@@", files=[coded, coded.replace("14.5,-4,5", "14.5,-4,9")])
    assert code == 1 and "file2.csv, line 3" in said and "1 to 7" in said, said
    code, _, said = ask("reconcile", "@", "@@", "--our-least-deaths", "nan", files=[OURS, OURS])
    assert code == 1 and "--our-least-deaths" in said, said


def test_a_range_no_machine_can_hold_is_named(ask):
    code, _, said = ask("totals", "@", files=["min,best,max\n1,2,3\n0,5,1000000000000\n"])
    assert code == 1 and "line 3" in said, said


def test_no_replicates_is_not_the_usual_number(ask):
    events = "date,kind,area\n" + "".join(
        f"2023-{1 + i % 12:02d}-{1 + i % 28:02d},{'harm' if i % 2 else 'violence'},{'abcd'[i % 4]}\n"
        for i in range(120)
    )
    code, _, said = ask("reprisal", "@", "--method", "study", "--replicates", "0", files=[events])
    assert code == 1 and "0 replicates" in said, said


def test_a_gazetteer_cut_short_is_named(tmp_path, capsys):
    import gzip

    path = tmp_path / "places.tsv.gz"
    path.write_bytes(
        gzip.compress(("name\tcode\n" + "".join(f"Village {i}\t{i}\n" for i in range(5000))).encode())[:2000]
    )
    assert main(["place", "Gao", "--places", str(path)]) == 1
    assert "places.tsv.gz" in capsys.readouterr().err


def test_french_names_of_columns_are_read(ask):
    """Whoever keeps the register in French need not rename columns first."""
    code, found, said = ask("rates", "@", files=["groupe;événements;opérations\na;3;120\nb;4;100\n"])
    assert code == 0 and found["n"] == 7 and [one["group"] for one in found["rates"]] == ["a", "b"], said
    code, found, said = ask(
        "chart", "@", "--method", "ears-c1", files=[rows(["semaine", "nombre"], WEEKS, ";")]
    )
    assert code == 0 and found["n"] == 60, said
    code, found, said = ask(
        "totals", "@", files=["incident;minimum;estimation;maximum;cercle\na;1;2;3;Koro\n"]
    )
    assert code == 0 and found["total"]["max"] == 3, said
    cases = "lieu;nombre;date\n" + CASES.replace(" ", ";")
    code, found, said = ask("clusters", "--cases", "@", "--places", "@@", "--replicates", "19",
                            files=[cases, "lieu;latitude;longitude\n" + PLACES.replace(" ", ";")])  # fmt: skip
    assert code == 0 and found["n"] == 60, said
