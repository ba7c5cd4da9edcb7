"""Effect of a directive and change points: published estimates, planted effects, nothing found where nothing is."""

import json

import numpy as np
import pytest

from constat.analysis.command import main
from constat.analysis.errors import InputError
from constat.analysis.trend.breaks import change_points
from constat.analysis.trend.interrupted import effect
from tests.analysis.published import published, table_of

# Annual flow of the Nile at Aswan, 1871 to 1970 (Cobb 1978, Biometrika 65:243), in 10^8 cubic metres.
NILE = """1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100 1210 1150 1250
1260 1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456 824 702 1120 1100 832 764 821 768 845 864
862 698 845 744 796 1040 759 781 865 845 944 984 897 822 1010 771 676 649 846 812 742 801 1040 860 874 848 890 744 749 838
1050 918 986 797 923 975 815 1020 906 901 1170 912 746 919 718 714 740"""


def seatbelts():
    rows = table_of("its_uk_seatbelts.csv")
    return rows, {key: np.array([float(r[key]) for r in rows]) for key in ("DriversKilled", "drivers", "kms")}


@pytest.mark.data
def test_the_seat_belt_law_per_kilometre():
    rows, data = seatbelts()
    at = next(i for i, r in enumerate(rows) if r["law"] == "1")
    found = effect(data["DriversKilled"], at, exposure=data["kms"])
    assert found.ratio == pytest.approx(0.8714, abs=1e-4)
    assert (found.low, found.high) == (pytest.approx(0.8106, abs=1e-4), pytest.approx(0.9368, abs=1e-4))
    assert found.dispersion == pytest.approx(2.022, abs=1e-3)
    names = {"(Intercept)": "level", "law": "effect", "t": "trend", "sin(2 * pi * month/12)": "sin1",
             "cos(2 * pi * month/12)": "cos1", "sin(4 * pi * month/12)": "sin2", "cos(4 * pi * month/12)": "cos2"}  # fmt: skip
    for row in table_of("its_expected_R.csv"):
        ours = found.coefficients[names[row["term"]]]
        assert ours == (
            pytest.approx(float(row["estimate"]), abs=1e-7),
            pytest.approx(float(row["se"]), abs=1e-7),
        )
    assert found.verdict == "changed"
    assert found.placebo_p < 0.05


def monthly(seed, ratio=1.0, n=84, at=48, mean=40.0):
    mu = mean * np.exp(0.15 * np.sin(2 * np.pi * np.arange(n) / 12))
    mu[at:] *= ratio
    return np.random.default_rng(seed).negative_binomial(40, 40 / (40 + mu)).astype(float)


def test_a_planted_fall_of_30_percent_is_recovered():
    """Interval coverage of the true ratio over 60 series, and how often it is said."""
    found = [effect(monthly(seed, 0.7), 48, harmonics=1) for seed in range(60)]
    assert np.mean([f.low <= 0.7 <= f.high for f in found]) >= 0.87
    assert abs(np.mean(np.log([f.ratio for f in found])) - np.log(0.7)) < 0.05
    assert np.mean([f.verdict == "changed" for f in found]) >= 0.5


def test_nothing_is_called_a_change_where_nothing_changed():
    """At most one in ten of 60 null series is called changed."""
    found = [effect(monthly(seed), 48, harmonics=1) for seed in range(60)]
    assert np.mean([f.verdict == "changed" for f in found]) <= 0.1


def test_fewer_operations_are_not_an_effect_when_operations_are_known():
    rng = np.random.default_rng(5)
    operations = np.where(np.arange(72) < 40, 200.0, 100.0) * rng.uniform(0.9, 1.1, 72)
    y = rng.poisson(0.1 * operations).astype(float)
    assert effect(y, 40, harmonics=0).ratio < 0.7
    told = effect(y, 40, exposure=operations, harmonics=0)
    assert told.verdict == "not shown"
    assert told.low < 1 < told.high


def test_a_change_in_recording_is_kept_apart_or_refused():
    y = monthly(2)
    y[20:] = np.round(y[20:] * 1.8)
    assert effect(y, 48, breaks=[20], harmonics=1).verdict == "not shown"
    refused = effect(y, 48, breaks=[48])
    assert refused.refused
    assert "recording changed on the same date" in refused.reason


@pytest.mark.parametrize(
    ("y", "at", "why"),
    [
        (np.ones(30), 4, "on each side"),
        (np.zeros(40), 20, "too few to expect"),
        (np.append(np.full(20, 5.0), np.zeros(20)), 20, "Nothing was counted after"),
    ],
)
def test_too_little_is_refused_with_the_reason(y, at, why):
    found = effect(y, at)
    assert found.refused
    assert why in found.reason


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"counts": np.array([1.0, np.nan])}, "Value 2"),
        ({"at": 99}, "outside the series"),
        ({"exposure": np.zeros(40)}, "Exposure 1 is 0"),
        ({"exposure": np.ones(3)}, "3 exposures for 40"),
        ({"breaks": [77]}, "A break at position 77"),
    ],
)
def test_wrong_input_is_named(given, said):
    arguments = {"counts": np.full(40, 5.0), "at": 20} | given
    with pytest.raises(InputError, match=said):
        effect(arguments.pop("counts"), arguments.pop("at"), **arguments)


# Change points -------------------------------------------------------------------------------------------------------


def test_the_nile_in_1898():
    found = change_points(np.array(NILE.split(), float))
    assert [(1871 + b.after, 1871 + b.low, 1871 + b.high) for b in found.breaks] == [(1898, 1895, 1902)]


@pytest.mark.data
def test_uk_drivers_in_october_1973_and_january_1983():
    _, data = seatbelts()
    y = np.log10(data["drivers"])
    x = np.column_stack([np.ones(180), y[11:-1], y[:-12]])
    found = change_points(y[12:], x, shortest=0.1, number=2)
    assert [((b.after + 12) // 12 + 1969, (b.after + 12) % 12 + 1) for b in found.breaks] == [
        (1973, 10),
        (1983, 1),
    ]


def test_planted_changes_are_dated_and_their_intervals_cover():
    """One change of two standard deviations in 120 values: the interval holds the date in 95 % of series, nearly."""
    inside = right = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        y = rng.normal(10, 1, 120)
        y[70:] += 1.5
        found = change_points(y)
        right += len(found.breaks) == 1
        inside += any(b.low <= 69 <= b.high for b in found.breaks)
    assert right >= 90
    assert inside >= 92


def test_a_level_series_has_no_change():
    found = [change_points(np.random.default_rng(seed).normal(5, 1, 100)).breaks for seed in range(60)]
    assert np.mean([len(b) > 0 for b in found]) <= 0.08


def test_series_that_cannot_be_cut_are_refused():
    assert change_points(np.arange(6.0)).refused
    assert "equal" in change_points(np.full(50, 3.0)).reason
    with pytest.raises(InputError, match="finite"):
        change_points(np.array([1.0, np.nan] * 10))


# The command ---------------------------------------------------------------------------------------------------------


@pytest.mark.data
def test_the_answers_of_the_command(tmp_path, capsys):
    path, page = str(published("its_uk_seatbelts.csv")), tmp_path / "e.html"
    given = [
        "effect",
        path,
        "--column",
        "DriversKilled",
        "--exposure",
        "kms",
        "--at",
        "1983-02",
        "--json",
        "--html",
        str(page),
    ]
    assert main(given) == 0
    found = json.loads(capsys.readouterr().out)
    assert (round(found["rate_ratio"], 4), round(found["low"], 4), round(found["high"], 4)) == (
        0.8714,
        0.8106,
        0.9368,
    )
    assert "169 rows before, 23 after" in page.read_text()
    assert (
        main(["effect", path, "--column", "drivers", "--find", "--json", "--html", str(tmp_path / "b.html")])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["breaks"]
    assert main(["effect", path, "--column", "drivers"]) == 1
    assert "--at" in capsys.readouterr().err
