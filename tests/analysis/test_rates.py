"""Rates per operation: published intervals, coverage, the Simpson warning, reconciliation, and zeros handled."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

from constat.analysis.command import main
from constat.analysis.errors import InputError
from constat.analysis.rates.estimate import rate, ratio
from constat.analysis.rates.reconcile import Event, Scope, reconcile
from constat.analysis.rates.strata import Cell, compare, standardised
from tests.analysis.published import published, table_of


@pytest.mark.data
def test_every_published_row():
    """10 rows of poisson.test, to 1e-6: rates, ratios, intervals, p-values; infinite values are None."""
    rows = table_of("rates_expected_R_poisson_test.csv")
    assert len(rows) == 10
    for row in rows:
        x1, t1 = float(row["x1"]), float(row["t1"])
        found = rate(x1, t1) if row["kind"] == "rate" else ratio(x1, t1, float(row["x2"]), float(row["t2"]))
        for ours, theirs in ((found.value, row["est"]), (found.low, row["lo"]), (found.high, row["hi"])):
            if theirs == "Inf":
                assert ours is None
            else:
                assert ours == pytest.approx(float(theirs), abs=1e-6)
        if row["kind"] == "rate_ratio":
            assert found.p == pytest.approx(float(row["p"]), abs=1e-6)


def test_no_event_and_no_exposure():
    none = rate(0, 40)
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(-np.log(0.025) / 40)
    unknown = rate(0, 0)
    assert (unknown.value, unknown.high, unknown.reason) == (None, None, "no exposure")
    assert "events without exposure" in rate(3, 0).reason
    assert "any ratio fits" in ratio(0, 40, 0, 50).reason
    assert ratio(3, 40, 2, 0).value is None
    open_end = ratio(3, 40, 0, 55)
    assert (open_end.value, open_end.high) == (None, None)
    assert open_end.low == pytest.approx(0.568193113167479, abs=1e-9)


def test_mid_p_is_inside_exact_and_solves_its_equation():
    from scipy.stats import poisson

    for x in (0, 1, 3, 12, 45):
        exact, mid = rate(x, 1), rate(x, 1, method="midp")
        assert exact.low <= mid.low <= mid.value <= mid.high < exact.high
        assert poisson.cdf(x - 1, mid.high) + 0.5 * poisson.pmf(x, mid.high) == pytest.approx(0.025, abs=1e-9)
    exact, mid = ratio(12, 150, 5, 160), ratio(12, 150, 5, 160, method="midp")
    assert exact.low < mid.low < mid.value < mid.high < exact.high


@pytest.mark.parametrize(
    ("method", "never_below", "mean_at_most"), [("exact", 0.95, 0.99), ("midp", 0.91, 0.967)]
)
def test_intervals_cover_the_true_rate(method, never_below, mean_at_most):
    """Exact coverage, summed over all counts, at 60 means from 0.5 to 30: exact never below 95 %, mid-P 95 % on average."""
    from scipy.stats import poisson

    seen = np.arange(0, 80)
    each = [rate(int(x), 1, method=method) for x in seen]
    low, high = (np.array([getattr(r, end) for r in each]) for end in ("low", "high"))
    cover = [
        float(poisson.pmf(seen, mean)[(low <= mean) & (mean <= high)].sum())
        for mean in np.linspace(0.5, 30, 60)
    ]
    assert min(cover) >= never_below - 1e-9
    assert 0.945 <= np.mean(cover) <= mean_at_most


# Strata --------------------------------------------------------------------------------------------------------------


def reversal():
    """From 2010 to 2011 each tactic harms more often, and the total less: operations moved from air to ground."""
    return [
        Cell("2010", "air", 40, 200), Cell("2010", "ground", 20, 2000),
        Cell("2011", "air", 12, 40), Cell("2011", "ground", 54, 3600),
    ]  # fmt: skip


def test_a_planted_reversal_raises_the_warning():
    found = compare(reversal(), "2011", "2010")
    assert found.crude.value < 1
    assert found.adjusted.value > 1
    assert all(one.ratio.value > 1 for one in found.strata)
    assert [code for code, _ in found.warnings] == ["simpson-reversal"]
    mine, other = found.standardised
    assert mine.value > other.value


def test_a_total_that_fell_by_the_mix_alone_is_not_an_improvement():
    cells = [Cell("2010", "air", 60, 300), Cell("2010", "ground", 20, 2000), Cell("2011", "air", 20, 100),
             Cell("2011", "ground", 36, 3600)]  # fmt: skip
    found = compare(cells, "2011", "2010")
    assert found.crude.high < 1
    assert "simpson-composition" in [code for code, _ in found.warnings]


def test_an_honest_fall_raises_no_warning():
    cells = [Cell("2010", "air", 60, 300), Cell("2010", "ground", 40, 2000), Cell("2011", "air", 30, 300),
             Cell("2011", "ground", 20, 2000)]  # fmt: skip
    found = compare(cells, "2011", "2010")
    assert found.warnings == ()
    assert found.adjusted.value == pytest.approx(0.5)


def test_strata_that_disagree_and_strata_without_exposure_are_said():
    cells = [Cell("a", "x", 5, 100), Cell("a", "y", 60, 100), Cell("b", "x", 60, 100), Cell("b", "y", 5, 100)]
    assert "strata-differ" in [code for code, _ in compare(cells, "a", "b").warnings]
    cells = [Cell("a", "x", 5, 100), Cell("b", "x", 6, 100), Cell("a", "y", 2, 50), Cell("b", "y", 0, 0)]
    found = compare(cells, "a", "b")
    assert [code for code, _ in found.warnings] == ["stratum-without-exposure"]
    assert found.adjusted.value == pytest.approx(5 / 6)


def test_standardised_intervals_cover():
    """Fay and Feuer: the interval holds the true standardised rate in at least 94 % of 400 draws."""
    rng = np.random.default_rng(1)
    exposure, risk, weights = (
        np.array([100.0, 800.0, 50.0]),
        np.array([0.05, 0.01, 0.1]),
        np.array([400.0, 400, 200]),
    )
    true = float(np.sum(weights / weights.sum() * risk))
    inside = 0
    for _ in range(400):
        found = standardised(np.column_stack([rng.poisson(exposure * risk), exposure]), weights)
        inside += found.low <= true <= found.high
    assert inside / 400 >= 0.94


def test_mantel_haenszel_interval_covers_the_true_ratio():
    rng = np.random.default_rng(2)
    exposure = np.array([[100.0, 400], [900, 300], [200, 200]])
    base = np.array([0.1, 0.02, 0.05])
    inside = 0
    for _ in range(400):
        cells = []
        for k in range(3):
            cells.append(Cell("new", str(k), rng.poisson(exposure[k, 0] * base[k] * 0.6), exposure[k, 0]))
            cells.append(Cell("old", str(k), rng.poisson(exposure[k, 1] * base[k]), exposure[k, 1]))
        found = compare(cells, "new", "old").adjusted
        inside += found.low <= 0.6 <= found.high
    assert 0.925 <= inside / 400 <= 0.98


# Reconciliation ------------------------------------------------------------------------------------------------------


def two_series():
    """10 events both know (days and places differ a little), 3 of ours alone, 4 of theirs alone, each for a reason."""
    start = date(2024, 3, 1)
    ours = [Event(f"I{i}", start + timedelta(days=9 * i), 14 + 0.5 * i, -4.0, 3 + i) for i in range(10)]
    theirs = [
        Event(f"U{i}", start + timedelta(days=9 * i + (i % 3)), 14 + 0.5 * i + 0.05, -4.03, 3 + i % 2)
        for i in range(10)
    ]
    ours += [
        Event("I10", date(2025, 2, 1), 14.0, -4.0, 2),  # after their period
        Event("I11", date(2024, 4, 2), 13.1, -5.0, 0),  # nobody killed
        Event("I12", date(2024, 5, 2), 12.2, -6.0, 5),  # simply not there
    ]
    theirs += [
        Event("U10", date(2024, 3, 1), 14.01, -4.0, 1),  # the first event again, split
        Event("U11", date(2024, 6, 1), 25.0, -4.0, 1),  # outside our area
        Event("U12", date(2024, 5, 9), 12.2, -6.0, 4),  # a week after I12 at the same place
        Event("U13", date(2024, 4, 20), 10.5, -7.0, 9),  # not found by us
    ]
    ours_scope = Scope(date(2024, 1, 1), date(2025, 12, 31), (10.0, -12.0, 20.0, 4.0))
    return ours, theirs, ours_scope, Scope(date(2024, 1, 1), date(2024, 12, 31), None, 1)


def test_ten_both_three_ours_four_theirs():
    ours, theirs, our_scope, their_scope = two_series()
    found = reconcile(ours, theirs, max_days=3, max_km=25, our_scope=our_scope, their_scope=their_scope)
    assert found.counts == {"both": 10, "ours": 3, "theirs": 4}
    assert {p.ours for p in found.pairs} == {f"I{i}" for i in range(10)}
    assert {p.theirs for p in found.pairs} > {f"U{i}" for i in range(1, 10)}
    assert {a.key: a.reason for a in found.ours_only} == {
        "I10": "outside-period", "I11": "below-threshold", "I12": "date-just-beyond",
    }  # fmt: skip
    reasons = {a.key: a.reason for a in found.theirs_only}
    assert reasons["U11"] == "outside-area"
    assert reasons["U12"] == "date-just-beyond"
    assert reasons["U13"] == "not-found"
    # Both U0 and U10 tell of I0; the nearer one is its pair, the other a part of it.
    assert reasons["U0"] == "part-of-a-pair"
    assert sum(found.reasons()["theirs"].values()) == 4


def test_precision_widens_the_window_and_one_event_pairs_once():
    ours = [Event("a", date(2024, 3, 10), 14.0, -4.0, blur_km=60, blur_days=15)]
    theirs = [Event("x", date(2024, 3, 20), 14.5, -4.0), Event("y", date(2024, 3, 22), 14.5, -4.0)]
    assert reconcile(ours, theirs, max_days=1, max_km=5).counts == {"both": 1, "ours": 0, "theirs": 1}
    sharp = [Event("a", date(2024, 3, 10), 14.0, -4.0)]
    assert reconcile(sharp, theirs, max_days=1, max_km=5).counts == {"both": 0, "ours": 1, "theirs": 2}


def test_duplicate_keys_and_impossible_places_are_named():
    one = Event("a", date(2024, 3, 10), 14.0, -4.0)
    with pytest.raises(InputError, match="'a' stands twice"):
        reconcile([one, one], [])
    with pytest.raises(InputError, match="latitude 140"):
        reconcile([Event("b", date(2024, 3, 10), 140.0, -4.0)], [])
    assert reconcile([one], []).ours_only[0].reason == "not-found"


# Wrong input and the command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("events", "exposure"), [(-1, 10), (1.5, 10), (np.nan, 10), (1, -3), (1, np.inf)])
def test_what_is_not_a_count_or_an_exposure_is_refused(events, exposure):
    with pytest.raises(InputError):
        rate(events, exposure)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("period,events,operations\n2010,x,3\n", "'x' is not a number"),
        ("period,events,operations\n2010,-2,3\n", "-2 is less than 0"),
        ("period,events,operations\n2010,2.5,3\n", "a whole number is needed"),
        ("period,events,operations\n2010,2,nan\n", "'nan' is not a number"),
        ("period,events,operations\n2010,2,3\n2010,4,3\n", "stand on line 2 already"),
        ("period,events\n2010,2\n", "no column named exposure or operations"),
    ],
)
def test_wrong_files_are_named(tmp_path, capsys, text, said):
    (tmp_path / "r.csv").write_text(text)
    assert main(["rates", str(tmp_path / "r.csv"), "--json"]) == 1
    assert said in capsys.readouterr().err


def test_the_answer_of_the_command(tmp_path, capsys):
    rows = [f"{c.group},{c.stratum},{c.events},{c.exposure}" for c in reversal()]
    (tmp_path / "r.csv").write_text("\n".join(["period,tactic,events,operations", *rows]))
    assert main(["rates", str(tmp_path / "r.csv"), "--json", "--html", str(tmp_path / "a.html")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["warnings"][0]["code"] == "simpson-reversal"
    assert found["rates"][0]["rate"] == 0.2
    assert "mix of operations changed" in (tmp_path / "a.html").read_text()
    (tmp_path / "z.csv").write_text("period,events,operations\n2010,0,0\n")
    assert main(["rates", str(tmp_path / "z.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["refused"]


def test_reconciling_from_files(tmp_path, capsys):
    ours, theirs, _, _ = two_series()
    for name, rows in (("ours", ours), ("theirs", theirs)):
        lines = [f"{e.key},{e.day},{e.latitude},{e.longitude},{e.deaths}" for e in rows]
        (tmp_path / f"{name}.csv").write_text("\n".join(["id,date,latitude,longitude,deaths", *lines]))
    given = [
        "reconcile",
        str(tmp_path / "ours.csv"),
        str(tmp_path / "theirs.csv"),
        "--json",
        "--their-until",
        "2024-12-31",
    ]
    assert (
        main(
            [
                *given,
                "--their-least-deaths",
                "1",
                "--our-box",
                "10,-12,20,4",
                "--html",
                str(tmp_path / "a.html"),
            ]
        )
        == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert (found["both"], found["ours_only"], found["theirs_only"]) == (10, 3, 4)
    assert found["reasons"]["ours"] == {"outside-period": 1, "below-threshold": 1, "date-just-beyond": 1}
    assert "10 in both" in (tmp_path / "a.html").read_text()


@pytest.mark.data
def test_the_published_table_through_the_command(capsys):
    assert main(["rates", str(published("rates_expected_R_poisson_test.csv")), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rates"]
    assert [row["kind"] for row in rows].count("rate_ratio") == 4
    assert rows[2]["low"] == pytest.approx(0.00515560102413001, abs=1e-9)
