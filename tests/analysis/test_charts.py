"""Control charts against the published bounds, week by week; simulated truth; breaks in recording; refusals."""

import json

import numpy as np
import pytest

from constat.analysis.command import main
from constat.analysis.errors import InputError
from constat.analysis.trend import charts
from tests.analysis.published import published, table_of


def series_of(name):
    if name == "salmonella_agona":
        return np.array([float(r["observed"]) for r in table_of("ctrl_salmonella_agona.csv")])
    return np.array(
        [float(r["events"]) for r in table_of("ctrl_sahel_weekly_from_ged211.csv") if r["series"] == name]
    )


METHODS = {
    "farrington_b3w3_a0.01": charts.farrington,
    "farringtonFlexible_noufaily_nbPlugin_b3w3": charts.farrington_flexible,
    "ears_C1": lambda y, watch: charts.ears(y, "ears-c1", watch=watch),
    "ears_C2": lambda y, watch: charts.ears(y, "ears-c2", watch=watch),
    "ears_C3": lambda y, watch: charts.ears(y, "ears-c3", watch=watch),
    "cusum_poisson_lr_x2_h5": charts.cusum,
}


@pytest.mark.data
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("series", ["salmonella_agona", "mali_events"])
def test_every_published_week(series, method):
    """Alarms identical, upper bound within 1e-3: 100 weeks of Salmonella, 156 of Mali, six methods."""
    rows = [
        r
        for r in table_of("ctrl_expected_R_surveillance.csv")
        if (r["series"], r["method"]) == (series, method)
    ]
    found = METHODS[method](series_of(series), watch=[int(r["index"]) - 1 for r in rows])
    assert len(rows) == {"salmonella_agona": 100, "mali_events": 156}[series]
    for point, row in zip(found.points, rows, strict=True):
        assert point.observed == float(row["observed"])
        assert point.upper == pytest.approx(float(row["upperbound"]), rel=1e-3, abs=1e-9)
        assert point.alarm == (row["alarm"] == "1")


def weekly(seed, n=260, mean=6.0, dispersion=1.5):
    rng = np.random.default_rng(seed)
    mu = mean * np.exp(0.3 * np.sin(2 * np.pi * np.arange(n) / 52))
    return rng.negative_binomial(mu / (dispersion - 1), 1 / dispersion).astype(float)


@pytest.mark.parametrize(
    ("chart", "most"),
    [
        (charts.farrington, 0.02),
        (charts.farrington_flexible, 0.025),
        (lambda y, watch: charts.ears(y, "ears-c1", watch=watch), 0.06),
        (lambda y, watch: charts.ears(y, "ears-c2", watch=watch), 0.06),
    ],
)
def test_false_alarms_are_few_and_outbreaks_are_seen(chart, most):
    """Quiet seasonal series: few alarms. The same with 30 more in one week: an alarm that week."""
    quiet, seen = [], 0
    for seed in range(6):
        y = weekly(seed)
        quiet += [point.alarm for point in chart(y, watch=range(170, 260)).points]
        y[240] += 30
        seen += chart(y, watch=[240]).points[0].alarm
    assert np.mean(quiet) <= most
    assert seen == 6


def test_cusum_adds_up_a_small_lasting_rise():
    rng = np.random.default_rng(2)
    y = rng.poisson(4, 150).astype(float)
    assert len(charts.cusum(y, watch=range(100, 150)).alarms) <= 1
    y[120:] = rng.poisson(8, 30)
    alarms = charts.cusum(y, watch=range(100, 150)).alarms
    assert alarms
    assert 120 <= alarms[0] <= 128


def test_the_sum_of_c3_with_this_week_is_beside_the_bound_that_forgets_it():
    """The published bound moves with this week's count and is a week late; the rule of two sees the week itself."""
    y = np.array([2, 3, 2, 1, 2, 3, 2, 2, 3, 2, 1, 2, 30, 2, 2], float)
    points = charts.ears(y, "ears-c3").points
    week = next(p for p in points if p.index == 12)
    assert not week.alarm
    assert week.rule_of_two
    assert week.statistic > 20
    assert next(p for p in points if p.index == 13).alarm


# Comparability -------------------------------------------------------------------------------------------------------


def test_no_week_is_compared_with_one_recorded_another_way():
    """Recording doubled the counts at 200. Unfenced, every chart cries; fenced, none compares across."""
    y = weekly(3, n=240)
    y[200:] *= 3
    for chart in (charts.farrington, charts.farrington_flexible):
        assert len(chart(y, watch=range(200, 240)).alarms) > 5
        fenced = chart(y, watch=range(200, 240), breaks=[200])
        assert fenced.alarms == ()
        assert all(p.upper is None and "comparable" in p.reason for p in fenced.points)
    fenced = charts.ears(y, "ears-c1", watch=range(196, 240), breaks=[200])
    assert [p.index for p in fenced.points if p.reason] == list(range(200, 207))
    assert len(charts.cusum(y, watch=range(150, 240)).alarms) > 10
    assert len(charts.cusum(y, watch=range(150, 240), breaks=[200]).alarms) < len(
        charts.cusum(y, watch=range(150, 240)).alarms
    )


# Refusals and wrong input --------------------------------------------------------------------------------------------


def test_a_short_series_is_refused_with_what_it_needs():
    for chart, need in ((charts.farrington, "159"), (charts.farrington_flexible, "159")):
        found = chart(np.ones(100))
        assert found.refused
        assert need in found.reason
    assert charts.ears(np.ones(5), "ears-c2").refused
    assert charts.cusum(np.ones(8)).refused


def test_a_series_of_zeros_raises_no_alarm_and_says_why():
    for chart in (charts.farrington, charts.farrington_flexible, charts.cusum):
        found = chart(np.zeros(200))
        assert found.alarms == ()
        assert all(p.upper is None and p.reason for p in found.points)
    assert charts.ears(np.zeros(30), "ears-c1").alarms == ()


def test_a_flat_past_and_one_more():
    assert charts.ears(np.array([2.0] * 20 + [3]), "ears-c1").alarms == (20,)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([1, np.nan, 2], "Value 2"),
        ([1, 2, -4], "Value 3 of the series is -4"),
        ([], "empty"),
        ([np.inf], "Value 1"),
    ],
)
def test_what_is_not_a_count_is_named(counts, said):
    with pytest.raises(InputError, match=said):
        charts.farrington(np.array(counts, float))


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        (
            "week_ending,events\n2024-01-07,1\n2024-01-21,2\n2024-01-28,2\n2024-02-04,2\n",
            (),
            "line 3: 2024-01-21 follows",
        ),
        (
            "week_ending,events\n2024-01-07,1\n2024-01-07,2\n2024-01-14,2\n2024-01-21,2\n2024-01-28,1\n",
            (),
            "line 3",
        ),
        ("week_ending,events\n2024-01-07,1\n2999-01-14,2\n", (), "lies in the future"),
        ("week_ending,events\n2024-01-07,x\n", (), "'x' is not a number"),
        ("week_ending,events\n2024-01-07,-1\n", (), "-1 is less than 0"),
        ("a,b\n2024-01-07,1\n", (), "which column holds the counts"),
        ("series,week_ending,events\nm,2024-01-07,1\nn,2024-01-07,1\n", (), "choose one with --series"),
        ("index,observed\n1,2\n3,4\n", (), "3 follows 1"),
        ("index,observed\n1,2\n2,4\n", ("--watch", "9"), "--watch 9"),
    ],
)
def test_wrong_files_are_named_and_not_guessed(tmp_path, capsys, text, more, said):
    (tmp_path / "s.csv").write_text(text)
    assert main(["chart", str(tmp_path / "s.csv"), "--method", "ears-c1", *more]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.data
def test_the_answer_of_the_command(tmp_path, capsys):
    page = tmp_path / "c.html"
    path = str(published("ctrl_sahel_weekly_from_ged211.csv"))
    given = ["chart", path, "--series", "mali_events", "--method", "farrington-flexible", "--watch", "156"]
    assert main([*given, "--json", "--html", str(page)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["watched"], len(found["alarms"])) == (469, 156, 2)
    assert found["points"][0]["index"] == 314
    assert found["points"][0]["upperbound"] == 6
    assert "469 rows" in page.read_text()


def test_lines_are_not_joined_across_a_break():
    from constat.analysis.trend.figures import chart_figure
    from constat.analysis.trend.series import Series

    y = weekly(1, n=60)
    data = Series("s", y, tuple(map(str, range(60))))
    spec = chart_figure(charts.ears(y, "ears-c1", breaks=[30]), data)
    parts = {row["at"]: row["part"] for row in spec["data"]["values"]}
    assert parts[30] == 0
    assert parts[31] == 1
    lines = [layer for layer in spec["layer"] if layer["mark"]["type"] in ("line", "area")]
    assert all(layer["encoding"]["detail"]["field"] == "part" for layer in lines)
