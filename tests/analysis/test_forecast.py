"""Forecasts: skill and calibration on published data, coverage on simulated truth, refusals. Long proofs: CONSTAT_PROVE=1."""

import os

import numpy as np
import pytest

from constat.analysis.errors import InputError
from constat.analysis.forecast import answers, baselines, figures, made, model, rolling, scores
from constat.analysis.forecast.files import Asked, read
from constat.analysis.forecast.panel import Panel, from_degrees
from tests.analysis import sahel
from tests.analysis.published import published, table_of

prove = pytest.mark.skipif(not os.environ.get("CONSTAT_PROVE"), reason="long proof: CONSTAT_PROVE=1")
SAHEL = ("country=Mali,Burkina Faso,Niger",)


def labels(n):
    return tuple(f"{2000 + i // 12}-{i % 12 + 1:02d}" for i in range(n))


def panel_of(counts, **more):
    return Panel(
        counts.astype(float), tuple(f"a{i:03d}" for i in range(len(counts))), labels(counts.shape[1]), **more
    )


def simulated(rng, areas=60, periods=84):
    """Known truth: each area is hit with its own steady chance, and then by a geometric number of people."""
    chance = rng.beta(0.6, 3, areas)
    draw = lambda n: (rng.random((areas, n)) < chance[:, None]) * rng.geometric(0.25, (areas, n))  # noqa: E731
    return chance, draw(periods), draw(2000)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture(scope="module")
def grid():
    cells, counts, _ = sahel.grid()
    return Panel(
        counts, tuple(map(str, cells)), tuple(str(i) for i in range(counts.shape[1])), "month",
        sahel.events(), np.array(cells, float),
    )  # fmt: skip


def window(panel, year):
    """Trained to October of the year before, as the published baselines; each month of the year is a horizon of 3 to 14."""
    start = (year - sahel.FIRST_YEAR) * 12
    known, truth = panel.until(start - 2), panel.counts[:, start : start + 12].T
    ours = model.predict(known, range(3, 15))
    simple = baselines.everyone(known.counts, known.neighbours)
    crps = {name: np.mean([scores.crps(s, y).mean() for y in truth]) for name, s in simple.items()}
    crps["model"] = np.mean([scores.crps(ours[3 + i], y).mean() for i, y in enumerate(truth)])
    inside = [scores.inside(ours[3 + i], y) for i, y in enumerate(truth)]
    return crps, inside


@pytest.mark.data
def test_skill_on_the_sahel_and_calibration_of_the_year(grid):
    table = table_of("fc_baseline_scores_sahel.csv")
    held = opened = 0.0
    for year in (2018, 2019):
        crps, inside = window(grid, year)
        ours = crps.pop("model")
        best = min(crps, key=crps.get)
        known = min(
            float(r["crps"])
            for r in table
            if r["task"] == "grid0.5_sahel3_all_best" and r["window"] == str(year)
        )
        print(f"{year}: model {ours:.5f}, best baseline {best} {crps[best]:.5f} ({ours / crps[best]:.4f}), as published "
              f"{known:.5f} ({ours / known:.4f})")  # fmt: skip
        assert ours <= 0.97 * crps[best]
        assert ours <= 0.97 * known
        held += sum((a * b).sum() for a, b in inside)
        opened += sum(b.sum() for _, b in inside)
    assert opened > 1000
    assert 0.86 <= held / opened <= 0.94


@pytest.mark.data
def test_what_came_later_changes_nothing(grid):
    start = (2019 - sahel.FIRST_YEAR) * 12 - 2
    other = grid.counts.copy()
    other[:, start:] = 77
    once = model.predict(grid.until(start), (1, 6))
    again = model.predict(
        Panel(other, grid.areas, grid.periods, "month", grid.events, grid.places).until(start), (1, 6)
    )
    for h in (1, 6):
        assert np.array_equal(once[h].chances, again[h].chances)


@pytest.mark.data
def test_weekly_intervals_hold_what_they_say_on_the_sahel():
    """Cells of two degrees; each horizon from 1 to 12 weeks, 12 past dates."""
    how = Asked("week", cell=2.0, where=SAHEL, since="2012-01-02", until="2020-12-27")
    panel = read(published("ucdp_ged_sahel.csv"), how)
    at = rolling.origins(panel, 12, number=10, every=20)
    past = rolling.accuracy(panel, (1, 6, 12), at)
    for a in past:
        print(a.horizon, a.by["model"])
        assert a.by["model"].n_open > 80
        assert 0.84 <= a.by["model"].covered_open <= 0.96
    whole = rolling.together([a.by["model"] for a in past])
    assert 0.86 <= whole.covered_open <= 0.94


@prove
@pytest.mark.data
def test_prove_intervals_at_each_horizon(grid):
    months = rolling.accuracy(grid, (1, 2, 3), range(27 * 12, 27 * 12 + 58, 2))
    how = Asked("week", cell=2.0, where=SAHEL, since="2012-01-02", until="2020-12-27")
    cells = read(published("ucdp_ged_sahel.csv"), how)
    weeks = rolling.accuracy(cells, range(1, 13), rolling.origins(cells, 12, number=24, every=8))
    ten = read(published("ucdp_weekly_battle_deaths_10.csv"), Asked("week"))
    countries = rolling.accuracy(ten, range(1, 13), rolling.origins(ten, 12, number=40, every=13))
    for a in (*months, *weeks, *countries):
        print(a.horizon, a.by["model"])
    assert all(0.86 <= a.by["model"].covered_open <= 0.94 for a in (*months, *weeks, *countries))


def test_a_known_truth_is_covered_and_nearly_matched(rng):
    chance, past, future = simulated(rng)
    panel = panel_of(past)
    ours = model.predict(panel, (1,))[1]
    low, high = scores.interval(ours)
    opened = high > 0
    covered = ((future >= low[:, None]) & (future <= high[:, None]))[opened].mean()
    assert opened.sum() > 15
    assert 0.88 <= covered <= 0.95
    # What nobody can know better than: the truth itself.
    levels = np.arange(200)
    truth = (1 - chance)[:, None] + chance[:, None] * (1 - 0.75 ** levels[None, :])
    from constat.analysis.forecast.spread import of_cdf

    exact = of_cdf(levels, truth)
    mean = lambda spread: np.mean([scores.crps(spread, future[:, i]).mean() for i in range(0, 2000, 20)])  # noqa: E731
    best = min(mean(s) for s in baselines.everyone(past.astype(float)).values())
    assert mean(exact) < mean(ours) < min(1.06 * mean(exact), best)


def test_what_spreads_from_next_door_is_seen(rng):
    """Harm walks from cell to cell: the neighbour of a cell hit last month is likelier hit than a far one."""
    side, months = 8, 72
    counts = np.zeros((side * side, months))
    at = 0
    for t in range(months):
        counts[at, t] = 1 + rng.poisson(4)
        row, column = divmod(at, side)
        move = [(row, column), (row, (column + 1) % side), ((row + 1) % side, column)][rng.integers(3)]
        at = move[0] * side + move[1]
    places = np.array([divmod(i, side) for i in range(side * side)], float)
    ours = model.predict(panel_of(counts, places=places), (1,))[1].chance_above(0)
    last = int(np.argmax(counts[:, -1]))
    beside = panel_of(counts, places=places).neighbours[last]
    assert ours[beside].mean() > 1.5 * np.median(ours)


def test_a_forecast_carries_baselines_and_past_accuracy(rng, tmp_path):
    _, past, _ = simulated(rng, 20, 60)
    found = made.make(panel_of(past), 2)
    assert not found.refused
    given = answers.forecast(found)
    assert len(given["forecasts"]) == 40
    row = given["forecasts"][-1]
    assert (row["period"], row["horizon"], row["area"]) == ("2005-02", 2, "a019")
    assert set(row["baselines"]) == {"zero", "last", "bootstrap", "conflictology"}
    assert row["past_accuracy"]["n"] == 20 * row["past_accuracy"]["origins"] >= 60
    for row in given["forecasts"]:
        assert 0 <= row["low"] <= row["high"]
        assert (
            row["most_likely"]
            == row["quantiles"]["0.5"]
            <= row["worst_plausible"]
            == row["quantiles"]["0.95"]
        )
    for past_one in given["accuracy"]:
        assert set(past_one["scores"]) == {"model", "zero", "last", "bootstrap", "conflictology"}
        assert all({"crps", "ign", "mis", "covered"} <= set(s) for s in past_one["scores"].values())
    figures.write_page(found, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "<svg" in text
    assert "Past accuracy" in text


def test_where_a_baseline_was_better_it_says_so(rng):
    counts = rng.poisson(3, (3, 80)) * (np.arange(80) % 2)
    found = made.make(panel_of(counts), 1)
    best = found.accuracy[0].best_baseline
    assert any(best in warning for warning in found.warnings) == (found.accuracy[0].skill <= 0)


def test_one_area_is_answered_with_a_warning(rng):
    found = made.make(panel_of(rng.poisson(2, (1, 70))), 1)
    assert not found.refused
    assert any("One area" in warning for warning in found.warnings)
    assert "conflictology_neighbours" not in found.baselines


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (np.zeros((5, 80)), "No harm is recorded"),
        (np.ones((5, 30)), "too short"),
        (np.pad(np.ones((5, 2)), ((0, 0), (10, 68))), "with harm in all"),
        (np.pad(np.ones((30, 1)), ((0, 0), (79, 0))), "in the last periods"),
    ],
)
def test_refused_with_a_reason(counts, said, tmp_path):
    found = made.make(panel_of(counts), 3)
    assert found.refused
    assert said in found.reason
    given = answers.forecast(found)
    assert given["forecasts"] == []
    figures.write_page(found, tmp_path / "page.html")
    assert "Not answered" in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.parametrize("horizon", [0, 4])
def test_a_horizon_beyond_what_was_shown_is_refused(horizon):
    with pytest.raises(InputError, match="from 1 to 3 months"):
        made.make(panel_of(np.ones((5, 80))), horizon)


@pytest.mark.parametrize("value", [float("nan"), -1.0, 0.5])
def test_what_is_not_a_count_is_named(value):
    counts = np.ones((3, 50))
    counts[1, 7] = value
    with pytest.raises(InputError, match="area a001, period 2000-08"):
        panel_of(counts)


def test_areas_twice_and_places_that_are_none():
    with pytest.raises(InputError, match="'a' stands twice"):
        Panel(np.ones((2, 3)), ("a", "a"), labels(3))
    with pytest.raises(InputError, match="two finite coordinates"):
        panel_of(np.ones((2, 3)), places=np.array([[0.0, np.nan], [1, 1]]))
    with pytest.raises(InputError, match="same coordinates"):
        from_degrees([1, 1, 1], [2, 2, 2])
