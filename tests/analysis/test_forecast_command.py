"""`constat analyse forecast` and `score`: what they read, what they refuse and by which line, and the keys of the answer."""

import json

import numpy as np
import pytest

from constat.analysis.command import main
from constat.analysis.forecast import files
from constat.analysis.forecast.files import Asked, read


def rows_of(rng, areas=4, months=50):
    return [
        (f"area-{a}", f"{2018 + m // 12}-{m % 12 + 1:02d}", int(rng.random() < 0.4) * int(rng.integers(1, 9)))
        for a in range(areas)
        for m in range(months)
    ]


def write(path, names, rows):
    path.write_text("\n".join([names, *(",".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
    return path


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.fixture
def table(rng, tmp_path):
    return write(tmp_path / "harm.csv", "area,month,deaths", rows_of(rng))


def asked(capsys, *words):
    code = main([*map(str, words)])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_the_keys_of_a_forecast(capsys, table, tmp_path):
    code, out, _ = asked(
        capsys, "forecast", table, "--unit", "month", "--horizon", 2, "--json", "--html", tmp_path / "a.html"
    )
    given = json.loads(out)
    assert code == 0
    assert {"question", "method", "unit", "horizon", "areas", "periods", "first_period", "last_period", "n", "refused",
            "reason", "warnings", "accuracy", "forecasts"} <= set(given)  # fmt: skip
    row = given["forecasts"][0]
    assert {"area", "period", "horizon", "expected", "chance_of_any", "most_likely", "worst_plausible", "low", "high",
            "quantiles", "past_accuracy", "baselines"} == set(row)  # fmt: skip
    assert (given["last_period"], row["period"], given["forecasts"][-1]["period"]) == (
        "2022-02",
        "2022-03",
        "2022-04",
    )
    assert (tmp_path / "a.html").exists()


def test_too_short_a_history_is_refused_with_the_reason(capsys, rng, tmp_path):
    table = write(tmp_path / "short.csv", "area,month,deaths", rows_of(rng, months=20))
    code, out, _ = asked(capsys, "forecast", table, "--json")
    given = json.loads(out)
    assert (code, given["refused"], given["forecasts"]) == (0, True, [])
    assert "too short" in given["reason"]
    code, out, _ = asked(capsys, "score", table, "--json")
    assert json.loads(out)["refused"]


@pytest.mark.parametrize(
    ("line", "row", "said"),
    [
        (5, "area-0,2018-04,nan", "line 5, column deaths: 'nan' is not a number"),
        (5, "area-0,2018-04,-3", "line 5, column deaths: -3 is less than 0"),
        (5, "area-0,2018-04,1.5", "line 5, column deaths: 1.5 is not a whole number"),
        (5, "area-0,2018-03,1", "line 5, column deaths: area-0 in 2018-03 stands in an earlier line"),
        (5, "area-0,2099-01,1", "line 5, column month: 2099-01 lies in the future"),
        (5, "area-0,2018-13,1", "line 5, column month: '2018-13' is not a day"),
        (5, "area-0,spring,1", "line 5, column month: 'spring' is not a date"),
        (5, ",2018-04,1", "line 5, column area: nothing stands here"),
        (5, "other,2018-04,1", "no row for area-0 in 2018-04"),
    ],
)
def test_bad_rows_are_named(capsys, table, line, row, said):
    lines = table.read_text("utf-8").splitlines()
    lines[line - 1] = row
    table.write_text("\n".join(lines), "utf-8")
    code, _, err = asked(capsys, "forecast", table, "--json")
    assert code == 1
    assert said in err


EVENTS = "id,date,latitude,longitude,deaths"


@pytest.mark.parametrize(
    ("row", "options", "said"),
    [
        ("1,2019-03-01,14,-3,2", [], "column id: the same event stands in line 2"),
        ("9,2019-03-01,-3,104,2", ["--cell", "0.5"], None),
        ("9,2019-03-01,104,-3,2", ["--cell", "0.5"], "is no place on Earth; are latitude and longitude"),
        ("9,2019-03,14,-3,2", ["--unit", "week"], "too coarse for weeks"),
        ("9,2019,14,-3,2", [], "too coarse for months"),
    ],
)
def test_bad_events_are_named(capsys, tmp_path, row, options, said):
    table = tmp_path / "events.csv"
    table.write_text("\n".join([EVENTS, "1,2019-01-05,14,-3,2", "2,2019-02-05,14.2,-3,4", row]), "utf-8")
    code, out, err = asked(capsys, "forecast", table, "--json", *options)
    if said is None:
        assert code == 0
        assert json.loads(out)["refused"]
    else:
        assert code == 1
        assert f"line 4, {said}" in err or said in err


def test_events_become_cells_and_their_neighbours(tmp_path):
    table = write(
        tmp_path / "e.csv", EVENTS, [(1, "2019-01-05", 14.1, -3.2, 2), (2, "2019-03-09", 14.2, -3.4, 4)]
    )
    panel = read(table, Asked("month", cell=0.5))
    assert panel.counts.shape == (9, 3)
    assert panel.counts[panel.areas.index("14 -3.5")].tolist() == [2, 0, 4]
    assert sorted(map(len, panel.neighbours)) == [3, 3, 3, 3, 5, 5, 5, 5, 8]
    # Not yet complete in March: the event and its month are left out.
    assert read(table, Asked("month", cell=0.5, until="2019-03-30")).periods == ("2019-01", "2019-02")


def test_a_cell_known_only_later_is_not_there_yet(tmp_path):
    table = write(tmp_path / "e.csv", EVENTS, [(1, "2019-01-05", 14.1, -3.2, 2), (2, "2019-06-09", 2, 2, 4)])
    assert len(read(table, Asked("month", cell=0.5, until="2019-03-31")).areas) == 9


def test_weeks_of_a_year_are_laid_end_to_end(tmp_path):
    rows = [("x", 2015, w, w) for w in range(50, 54)] + [("x", 2016, w, w) for w in (1, 2)]
    panel = read(write(tmp_path / "w.csv", "area,year,week,count", rows), Asked("week"))
    assert panel.periods == ("2015-W50", "2015-W51", "2015-W52", "2015-W53", "2016-W01", "2016-W02")
    assert files.after("2015-W53", 2, "week") == "2016-W02"
    assert files.after("2019-11", 3, "month") == "2020-02"


def test_scores_of_somebody_elses_forecasts(capsys, tmp_path, rng):
    import scoringrules

    draws, y = rng.poisson(4, (30, 50)), rng.poisson(4, 30)
    rows = [(i, 1 + i % 2, y[i], *draws[i]) for i in range(30)]
    names = "area,horizon,observed," + ",".join(f"draw_{j}" for j in range(50))
    code, out, _ = asked(
        capsys, "score", write(tmp_path / "f.csv", names, rows), "--json", "--html", tmp_path / "s.html"
    )
    given = json.loads(out)["models"][0]
    assert code == 0
    assert given["crps"] == pytest.approx(scoringrules.crps_ensemble(y, draws).mean(), abs=1e-6)
    assert {row["horizon"] for row in given["by_horizon"]} == {"1", "2"}
    assert len(given["ranks"]) == 10
    long = [(i, 1 + i % 2, y[i], j, draws[i, j]) for i in range(30) for j in range(50)]
    _, out, _ = asked(
        capsys, "score", write(tmp_path / "l.csv", "area,horizon,observed,draw,value", long), "--json"
    )
    assert json.loads(out)["models"][0] == given


def test_scores_of_models_on_other_rows_are_not_compared(capsys, tmp_path):
    rows = [("ours", "a", 1, 0, 1, 2), ("ours", "b", 1, 0, 1, 2), ("theirs", "a", 1, 0, 0, 0)]
    path = write(tmp_path / "f.csv", "model,area,observed,d1,d2,d3", rows)
    given = json.loads(asked(capsys, "score", path, "--json")[1])
    assert not given["comparable"]
    assert given["warnings"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,1,0,nan,1", "line 3, column d2: 'nan' is not a number"),
        ("a,-1,0,1,1", "line 3, column observed: -1 is less than 0"),
        ("x,1,0,1,1", "line 3, column observed: the same forecast stands in line 2"),
    ],
)
def test_bad_forecasts_are_named(capsys, tmp_path, row, said):
    path = tmp_path / "f.csv"
    path.write_text(f"area,observed,d1,d2,d3\nx,2,0,1,2\n{row}\n", "utf-8")
    code, _, err = asked(capsys, "score", path, "--json")
    assert code == 1
    assert said in err


def test_score_by_rolling_origin(capsys, table, tmp_path):
    words = (
        "score",
        table,
        "--horizon",
        2,
        "--origins",
        3,
        "--every",
        2,
        "--json",
        "--html",
        tmp_path / "s.html",
    )
    code, out, _ = asked(capsys, *words)
    given = json.loads(out)
    assert code == 0
    assert given["origins"] == ["2021-08", "2021-10", "2021-12"]
    assert [row["horizon"] for row in given["by_horizon"]] == [1, 2]
    assert given["by_horizon"][0]["n"] == 12
    assert "<svg" in (tmp_path / "s.html").read_text("utf-8")
