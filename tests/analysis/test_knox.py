"""Knox and near repeat: the published counts, the truth of simulated bursts, and places that are not points."""

import json

import numpy as np
import pytest

from constat.analysis.clusters import files, tables
from constat.analysis.clusters.knox import knox, near_repeat
from constat.analysis.command import main
from constat.analysis.errors import InputError
from tests.analysis.published import published, table_of


@pytest.mark.data
def test_every_published_cell():
    """15 cells: observed exactly, expected within 1e-6, p within Monte Carlo errors."""
    arson = table_of("knox_chicago_arson.csv")
    x, y = (np.array([float(r[k]) for r in arson]) / 1000 for k in ("x_m", "y_m"))
    day = np.array([np.datetime64(r["date"]).astype(int) for r in arson])
    cases = files.read_cases(published("scan_mali_retro.cas.txt"))
    places = files.read_places(published("scan_mali_retro.geo.txt"))
    whole = cases.count.astype(int)
    at = np.repeat(tables.positions(cases.place, places, "cases"), whole)
    known = table_of("knox_expected_R_surveillance.csv")
    found = {
        "chicago_arson": knox(x, y, day, km=(0.2, 0.4, 0.6), days=(1, 2, 14), plane=True),
        "mali_2017_2020_km_equirect15N": knox(
            places.one[at], places.two[at], np.repeat(cases.day, whole), km=(10, 25), days=(7, 14, 28)
        ),
    }
    assert len(known) == 15
    for row in known:
        result = found[row["data"]]
        km = float(row["eps_s"]) / (1000 if row["data"] == "chicago_arson" else 1)
        cell = next(c for c in result.cells if abs(c.km - km) < 1e-9 and c.days == float(row["eps_t_days"]))
        assert result.n == int(row["n"])
        assert cell.observed == int(row["observed"])
        assert cell.expected == pytest.approx(float(row["expected"]), abs=1e-6)
        assert cell.p == pytest.approx(float(row["p_mc_B999"]), abs=0.003)


def events(seed, n=120, km=60.0, days=200):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, km, n), rng.uniform(0, km, n), rng.integers(0, days, n)


def test_events_without_bursts_pass_as_often_as_they_should():
    low = [
        knox(*events(seed), km=(8,), days=(10,), plane=True, replicates=199).cells[0].p <= 0.05
        for seed in range(200)
    ]
    assert 0.01 <= np.mean(low) <= 0.09


def test_planted_repeats_are_found_in_their_band_only():
    x, y, day = events(1)
    rng = np.random.default_rng(9)
    mother = rng.integers(0, 120, 40)
    x, y = np.append(x, x[mother] + rng.normal(0, 0.5, 40)), np.append(y, y[mother] + rng.normal(0, 0.5, 40))
    day = np.append(day, day[mother] + rng.integers(1, 6, 40))
    bands = near_repeat(x, y, day, km=(2, 10, 20), days=(7, 14, 28), plane=True)
    first = bands.cells[0]
    assert (first.km_from, first.days_from, first.p) == (0, 0, 0.001)
    assert first.ratio > 5
    far = [c for c in bands.cells if c.km_from >= 10 and c.days_from >= 14]
    assert all(c.p > 0.01 for c in far)
    assert (
        sum(c.observed for c in bands.cells)
        == knox(x, y, day, km=(20,), days=(28,), plane=True).cells[0].observed
    )


def test_counts_agree_with_looking_at_every_pair():
    x, y, day = events(4, n=40)
    cell = knox(x, y, day, km=(9.0,), days=(12,), plane=True, replicates=19).cells[0]
    near = late = both = 0
    for i in range(40):
        for j in range(i):
            a, b = np.hypot(x[i] - x[j], y[i] - y[j]) <= 9, abs(day[i] - day[j]) <= 12
            near, late, both = near + a, late + b, both + (a and b)
    assert (cell.near_space, cell.near_time, cell.observed) == (near, late, both)
    assert cell.expected == pytest.approx(near * late / (40 * 39 / 2))


def test_events_at_the_centre_of_a_region_are_left_out_and_counted():
    x, y, day = events(2, n=50)
    blur = np.zeros(50)
    blur[:20] = 90.0
    x[:20], y[:20] = 30.0, 30.0
    day[:20] = np.arange(20)
    naive = knox(x, y, day, km=(5,), days=(7,), plane=True)
    assert naive.cells[0].p <= 0.01
    found = knox(x, y, day, km=(5,), days=(7,), plane=True, blur_km=blur)
    assert (found.n, found.left_out, found.limit_km) == (30, 20, 5)
    assert found.cells[0].p > 0.05


@pytest.mark.parametrize(
    ("x", "y", "day", "why"),
    [
        ([0.0, 1, 2], [0.0, 1, 2], [1, 2, 3], "fewer than 5"),
        ([0.0, 1, 2, 3, 4], [0.0] * 5, [7] * 5, "on one day"),
        ([1.0] * 6, [1.0] * 6, [1, 2, 3, 4, 5, 6], "at one point"),
    ],
)
def test_too_little_is_refused_with_the_reason(x, y, day, why):
    found = knox(np.array(x), np.array(y), np.array(day), km=(5,), days=(7,), plane=True)
    assert found.refused
    assert why in found.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"one": np.array([np.nan, 1, 2, 3, 4])}, "not finite"),
        ({"km": ()}, "one distance"),
        ({"days": (-1,)}, "days -1"),
        ({"replicates": 2}, "cannot give a p-value"),
        ({"two": np.array([1.0])}, "one length"),
    ],
)
def test_wrong_input_is_named(change, said):
    given = {
        "one": np.arange(5.0),
        "two": np.arange(5.0),
        "day": np.arange(5),
        "km": (1,),
        "days": (1,),
    } | change
    with pytest.raises(InputError, match=said):
        knox(given.pop("one"), given.pop("two"), given.pop("day"), plane=True, **given)


@pytest.mark.data
def test_the_answer_of_the_command(tmp_path, capsys):
    page = tmp_path / "a.html"
    assert (
        main(
            [
                "knox",
                str(published("knox_chicago_arson.csv")),
                "--km",
                "0.2",
                "--days",
                "1",
                "--json",
                "--html",
                str(page),
            ]
        )
        == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["observed"], round(found["expected"], 6), found["p"]) == (
        522,
        14,
        0.703223,
        0.001,
    )
    assert "522 events" in page.read_text()


def test_a_file_with_latitude_beyond_the_pole_is_refused(tmp_path, capsys):
    (tmp_path / "e.csv").write_text("date,latitude,longitude\n2024-01-01,14.2,-4\n2024-01-02,142,-4\n")
    assert main(["knox", str(tmp_path / "e.csv"), "--km", "5", "--days", "7"]) == 1
    assert "latitude 142" in capsys.readouterr().err
