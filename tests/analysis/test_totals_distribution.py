"""Totals: bounds, what joining reports keeps, places that are not sure, and the distribution against its own simulation."""

import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constat.analysis.command import main
from constat.analysis.errors import InputError
from constat.analysis.totals import ranges, spread
from constat.analysis.totals.ranges import Incident, join, report
from constat.rules.tally import Range
from tests.analysis.published import published

counts = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)).map(sorted)
figures = st.tuples(counts, st.booleans(), st.booleans()).map(
    lambda given: Range(given[0][0], given[0][1] if given[1] else None, given[0][2] if given[2] else None)
)
closed = counts.map(lambda c: Range(*c))


def incident(key, one, areas=None):
    return Incident(key, one, areas or {"x": 1.0}, (key,))


@given(st.lists(figures, min_size=1, max_size=6))
def test_joining_never_falls_below_the_largest_single_report(given):
    whole = join(given)
    assert whole.min == max(one.min for one in given)
    assert whole.best is None or whole.best >= whole.min
    if whole.max is None:
        assert any(one.max is None for one in given)
    else:
        assert whole.max == max(one.max for one in given)
    # The order in which reports came says nothing.
    assert join(given[::-1]) == whole
    # One more copy of a report adds nobody.
    assert join([*given, given[0]]).min == whole.min
    assert join([*given, given[0]]).max == whole.max


@given(st.lists(closed, max_size=8))
@settings(max_examples=50, deadline=None)
def test_a_total_carries_the_sums_and_stays_between_them(given):
    found = spread.over([incident(str(i), one) for i, one in enumerate(given)])
    assert (found.tally.min, found.tally.max) == (sum(r.min for r in given), sum(r.max for r in given))
    assert found.first == found.tally.min
    assert found.chances.size == found.tally.max - found.tally.min + 1
    assert found.chances.sum() == pytest.approx(1, abs=1e-9)
    values = [*found.quantiles.values()]
    assert values == sorted(values)
    for level, value in found.quantiles.items():
        assert found.tally.min <= value <= found.tally.max
        assert found.tally.min <= found.together[level] <= found.tally.max
    assert found.together[0.975] - found.together[0.025] >= 0


def shares(draw):
    weights = draw(st.lists(st.integers(0, 10), min_size=3, max_size=3).filter(any))
    return {area: w / sum(weights) for area, w in zip("xyz", weights, strict=True) if w}


@given(st.lists(st.tuples(closed, st.composite(shares)()), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_expected_counts_of_areas_sum_to_the_total(given):
    found = [incident(str(i), one, areas) for i, (one, areas) in enumerate(given)]
    whole, areas = spread.over(found), spread.by_area(found)
    assert sum(one.expected for one in areas.values()) == pytest.approx(whole.expected, abs=1e-9)
    assert sum(one.tally.min for one in areas.values()) <= whole.tally.min
    assert sum(one.tally.max for one in areas.values()) >= whole.tally.max
    for one in areas.values():
        assert one.chances.sum() == pytest.approx(1, abs=1e-9)
        assert one.expected == pytest.approx(one.first + np.arange(one.chances.size) @ one.chances, abs=1e-8)


def test_the_distribution_is_that_of_every_combination():
    given = [Range(1, 2, 4), Range(0, None, 2), Range(3, 3, 3)]
    expected = {}
    for figures_ in product(*(range(r.min, r.max + 1) for r in given)):
        chance = np.prod([spread.chances(r)[k - r.min] for r, k in zip(given, figures_, strict=True)])
        expected[sum(figures_)] = expected.get(sum(figures_), 0) + chance
    found = spread.over([incident(str(i), one) for i, one in enumerate(given)])
    assert {found.first + i: p for i, p in enumerate(found.chances)} == pytest.approx(expected)
    assert spread.chances(Range(1, 2, 4)).tolist() == pytest.approx(np.array([1, 2, 4 / 3, 2 / 3]) / 5)


def test_its_intervals_hold_a_simulated_truth():
    """Truth drawn from what the ranges and places say; 95 % intervals of the total and of an area hold 95 %."""
    rng = np.random.default_rng(8)
    tops = rng.integers(0, 12, (60, 3))
    tops.sort(axis=1)
    found = [
        incident(str(i), Range(*map(int, row)), {"x": 0.3, "y": 0.7} if i % 3 else {"x": 1.0})
        for i, row in enumerate(tops)
    ]
    whole, x = spread.over(found), spread.by_area(found)["x"]
    figures_ = np.stack(
        [
            one.range.min + rng.choice(spread.chances(one.range).size, 2000, p=spread.chances(one.range))
            for one in found
        ]
    )
    there = rng.random(figures_.shape) < np.array([one.areas["x"] for one in found])[:, None]
    hit = np.array(
        [
            ((one.quantiles[0.025] <= truth) & (truth <= one.quantiles[0.975])).sum()
            for one, truth in ((whole, figures_.sum(axis=0)), (x, (figures_ * there).sum(axis=0)))
        ]
    )
    assert (hit / 2000 >= 0.94).all()
    assert (hit / 2000 <= 0.98).all()
    # All incidents wrong in the same direction: wider.
    assert whole.together[0.025] < whole.quantiles[0.025] < whole.quantiles[0.975] < whole.together[0.975]


def test_a_long_sum_by_transform_is_the_direct_one():
    rng = np.random.default_rng(2)
    a, b = rng.random(2500), rng.random(2500)
    a, b = a / a.sum(), b / b.sum()
    assert np.abs(spread._convolved(a, b) - np.convolve(a, b)).max() < 1e-12


def reports(*rows):
    return [report(key, group, figures, **more) for key, group, figures, more in rows]


def test_duplicates_join_and_parts_add():
    found = ranges.incidents(
        reports(
            ("a", "1", (3, 4, 6), {"part": "market"}), ("b", "1", (2, 5, None), {"part": "market"}),
            ("c", "1", (1, None, 2), {"part": "road"}), ("d", "2", (0, 0, 0), {}),
        )
    )  # fmt: skip
    assert [one.range for one in found] == [Range(4, None, None), Range(0, 0, 0)]
    assert found[0].reports == ("a", "b", "c")
    assert not found[0].contradicts
    found = ranges.incidents(reports(("a", "1", (1, 1, 2), {}), ("b", "1", (9, 9, 12), {})))
    assert found[0].contradicts
    assert found[0].range == Range(9, 9, 12)


def test_reports_that_place_an_incident_elsewhere_share_it():
    found = ranges.incidents(
        reports(
            ("a", "1", (4, 4, 4), {"areas": {"x": 1.0}}),
            ("b", "1", (4, 4, 4), {"areas": {"x": 0.5, "y": 0.5}}),
        )
    )
    assert found[0].areas == {"x": 0.75, "y": 0.25}
    areas = spread.by_area(found)
    assert (areas["x"].expected, areas["y"].expected) == (3.0, 1.0)
    assert (areas["x"].tally.min, areas["x"].tally.max) == (0, 4)


HEAD = "report,incident,date,min,best,max,areas"


def ask(capsys, tmp_path, *rows, words=()):
    path = tmp_path / "reports.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", "utf-8")
    code = main(["totals", str(path), "--json", *words])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_the_command(capsys, tmp_path):
    rows = (
        "r1,i1,2019-03-23,1,2,4,Bankass",
        "r2,i1,2019-03-24,2,,5,Bankass:0.5|Koro:0.5",
        "r3,i2,2019-04-01,3,,,",
    )
    code, out, _ = ask(capsys, tmp_path, *rows, words=("--html", str(tmp_path / "t.html")))
    given = json.loads(out)
    assert code == 0
    assert (given["n_reports"], given["n_incidents"], given["n_joined"]) == (3, 2, 1)
    total = given["total"]
    assert (total["min"], total["best"], total["max"], total["n_max_open"]) == (5, 5, None, 1)
    assert [area["area"] for area in given["areas"]] == ["(not located)", "Bankass", "Koro"]
    assert sum(area["expected"] for area in given["areas"]) == pytest.approx(total["expected"])
    assert "no upper end" in (tmp_path / "t.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("r2,i1,2019-03-24,nan,2,3,x", "line 3, column min: 'nan' is not a number"),
        ("r2,i1,2019-03-24,-1,2,3,x", "line 3, column min: -1 is less than 0"),
        ("r2,i1,2019-03-24,1.5,2,3,x", "line 3, column min: 1.5 is not a whole number"),
        ("r2,i1,2019-03-24,4,2,3,x", "line 3"),
        ("r2,i1,2019-03-24,,2,3,x", "line 3, column min: nothing stands here"),
        ("r2,i1,2099-03-24,1,2,3,x", "line 3, column date: 2099-03-24 lies in the future"),
        ("r1,i1,2019-03-24,1,2,3,x", "line 3: report r1 stands in reports.csv, line 2 too"),
        ("r2,i1,2019-03-24,1,2,3,x:0.5|y:0.4", "line 3: the chances of the areas do not sum to 1"),
        ("r2,i1,2019-03-24,1,2,3,x:0.5|x:0.5", "line 3, column areas: x stands twice"),
        ("r2,i1,2019-03-24,1,2,3,x|y", "write AREA:CHANCE"),
    ],
)
def test_bad_rows_are_named(capsys, tmp_path, row, said):
    code, _, err = ask(capsys, tmp_path, "r1,i1,2019-03-23,1,2,4,x", row)
    assert code == 1
    assert said in err


def test_no_minimum_is_named():
    with pytest.raises(InputError, match="no minimum"):
        report("a", "1", (None, 2, 3), where="row 4")


@pytest.mark.data
def test_the_sahel_with_the_ranges_of_its_source(capsys):
    """One row of the source has its best estimate above its maximum: refused by line, or widened and named."""
    path = str(published("ucdp_ged_sahel.csv"))
    assert main(["totals", path, "--json"]) == 1
    assert "line 2355" in capsys.readouterr().err
    assert main(["totals", path, "--widen", "--json"]) == 0
    given = json.loads(capsys.readouterr().out)
    total = given["total"]
    assert given["widened"]
    assert (
        total["min"]
        < total["quantiles"]["0.025"]
        < total["expected"]
        < total["quantiles"]["0.975"]
        < total["max"]
    )
    assert total["min"] < total["best"] < total["max"]
    assert sum(area["expected"] for area in given["areas"]) == pytest.approx(total["expected"])
