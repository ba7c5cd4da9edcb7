"""The figures of published statements, entered as counts and as cases, come out of the same code that will publish ours."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from constat.apps.incidents.models import HarmLine
from constat.apps.incidents.queries import OWN_INVOLVEMENTS
from constat.apps.publication import compose
from constat.apps.publication.compose.note import change_sentence
from constat.apps.publication.compose.periods import month
from constat.apps.publication.compose.queue_statement import Content
from constat.apps.publication.compose.queue_statement import compose as write
from constat.apps.publication.composed import texts
from constat.rules.cells import CellsDisagree, printed
from constat.rules.percentages import percent_change, rounding_residual, share
from constat.rules.queue import Balance, QueueUnbalanced
from constat.rules.tally import Line, Range, check_components, exactly, roll_up
from constat.ui.documents import render_html
from tests.golden.cases import Cases

pytestmark = pytest.mark.golden

DATA = tomllib.loads(Path(__file__).with_name("published.toml").read_text("utf-8"))
LANGUAGES = ("fr", "en", "ar")


def of(name: str) -> list:
    return [pytest.param(row, id=row["set"]) for row in DATA[name]]


# Months of the coalition -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", of("queue"))
def test_a_month_as_counts(row):
    sheet = Balance(row["carried"], row["new"], row["reopened"], row["closed"], row["open"])
    assert sheet.closed_total == sum(row["closed"].values())
    with pytest.raises(QueueUnbalanced) as error:
        Balance(row["carried"], row["new"], row["reopened"], row["closed"], row["open"] + 1)
    assert error.value.facts["difference"] == 1


@pytest.mark.parametrize("row", of("queue"))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_as_cases(row, language, dara):
    Cases(dara).queue(row)
    found = compose.queue_statement(
        compose.NODE, month=row["month"], language=language, at=datetime(2026, 3, 2, tzinfo=UTC)
    )
    values = {one.name: one.value for one in found.figures}
    assert {name: values[name] for name in ("carried", "new", "reopened", "open")} == {
        name: row[name] for name in ("carried", "new", "reopened", "open")
    }
    assert {name: values.get(f"closed.{name}", 0) for name in row["closed"]} == row["closed"]
    assert values["finding.not_enough_evidence"] == row["closed"]["insufficient_evidence"]
    if "deaths" in row:
        assert values["deaths.credible"] == row["deaths"]
    assert len(found.rows) == sum(row["closed"].values())


@pytest.mark.parametrize("row", of("rate"))
def test_rates_carry_numerator_denominator_and_unit(row):
    for name in ("reports", "credible"):
        assert share(row[name], row["denominator"], 2) == Decimal(row[f"{name}_percent"])
    at = datetime(2017, 4, 15, tzinfo=UTC)
    sheet = Balance(43, 27, 0, {"credible": 9, "insufficient_evidence": 17, "duplicate": 2}, 42)
    content = Content(
        sheet, row["reports"], row["credible"],
        denominators=[compose.Denominator(row["unit"], row["denominator"], "Force"),
                      compose.Denominator("strikes", row["strikes"], "Force")],
    )  # fmt: skip
    found = write(month("2017-03"), "en", at, content)
    rate = found.figure("rate.0.credible")
    assert (rate.value, rate.numerator, rate.denominator, rate.unit, rate.n) == (
        Decimal("0.24"), 102, 42089, "engagements", 396,
    )  # fmt: skip
    said = render_html(found.document).decode()
    assert all(text in said for text in ("0.94%", "0.24%", "42,089", "engagements", "42 open."))


# A quarter of the mission ----------------------------------------------------------------------------------------


HARMS = {
    "killed": "death",
    "abducted": "abduction",
    "injured": "injury_serious",
    "detained": "detention_arbitrary",
}
KINDS = ["extremist_group", "community_militia", "host_armed_forces", "host_police"]


@pytest.mark.parametrize("row", of("quarter"))
def test_a_quarter_as_counts(row):
    parts = {name: row[name] for name in HARMS}
    assert check_components(row["total"], parts).agrees
    assert percent_change(row["before"]["total"], row["total"]) == Decimal(row["change_total"])
    assert percent_change(row["before"]["killed"], row["killed"]) == Decimal(row["change_killed"])


@pytest.mark.parametrize("row", of("quarter"))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quarter_as_cases(row, language, dara):
    cases = Cases(dara)
    earlier = {"killed": row["before"]["killed"], "injured": row["before"]["total"] - row["before"]["killed"]}
    cases.quarter(date(2021, 10, 1), earlier, HARMS, KINDS)
    cases.quarter(date(2022, 1, 1), {name: row[name] for name in HARMS}, HARMS, KINDS)
    found = compose.note(
        compose.NODE, quarter=row["quarter"], language=language, at=datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert {name: found.figure(name).value for name in (*HARMS, "total")} == {
        name: row[name] for name in (*HARMS, "total")
    }
    assert found.figure("change.total").value == Decimal(row["change_total"])
    assert found.figure("change.killed").value == Decimal(row["change_killed"])
    assert found.figure("change.total").before == row["before"]["total"]
    # Groups and regions are the same people, cut two ways.
    for cut in ("group", "region"):
        parts = [
            one.value
            for one in found.figures
            if one.name.startswith(f"{cut}.") and one.name.endswith(".total")
        ]
        assert sum(parts) == row["total"]
    words = {"fr": "a plus que doublé", "en": "more than doubled", "ar": "تضاعف أكثر من مرتين"}[language]
    assert any(words in text for text in texts(found.document))


@pytest.mark.parametrize("row", of("copy"))
def test_the_press_copy_is_flagged(row):
    parts = {name: row[name] for name in HARMS}
    check = check_components(row["stated"], parts)
    assert not check.agrees and (check.sum, check.difference) == (row["sum"], row["sum"] - row["stated"])
    with pytest.raises(CellsDisagree):
        printed(parts, row["stated"], 5)


def test_a_doubled_that_is_no_doubling_is_flagged():
    from constat.rules.wording import faults

    assert faults("Le nombre de tués a doublé.", "fr", 128, 543)
    assert faults("The number of victims doubled (+151 per cent).", "en", 323, 812)
    assert not faults("The number of victims more than doubled (+151 per cent).", "en", 323, 812)
    for language in LANGUAGES:
        assert change_sentence("x", 128, 543, language)


# Other series ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", of("share"))
def test_a_rounding_residual_is_stated(row):
    assert sum(row["parts"]) == row["total"]
    assert rounding_residual(row["printed"]) == row["residual"]


@pytest.mark.parametrize("row", of("share_of"))
def test_a_share(row):
    assert share(row["part"], row["whole"], 1) == Decimal(row["percent"])


@pytest.mark.parametrize("row", of("event"))
def test_an_event_rolled_up_by_status(row):
    lines = [
        Line("death", exactly(row["on_site_civilians"]), status="civilian"),
        Line("death", exactly(row["in_evacuation"]), status="civilian"),
        Line("death", exactly(row["fighters"]), status="participating_in_hostilities"),
    ]
    by_status = roll_up(lines, "status")
    assert by_status[("civilian",)].best == row["civilians"]
    assert sum(tally.best or 0 for tally in by_status.values()) == row["killed"]
    assert row["on_site"] == row["on_site_civilians"] + row["fighters"]


@pytest.mark.parametrize("row", of("event"))
def test_an_event_as_a_case_counts_its_civilians_only(row, dara):
    cases = Cases(dara)
    day = datetime(2021, 1, 3, tzinfo=UTC)
    made = cases.incident(
        day, grade="confirmed", graded_by=dara, graded_at=day + timedelta(days=80), starts_on=day.date()
    )
    # "At least 22": the total has no upper end; the fighters are three by allegation.
    HarmLine.objects.create(
        incident=made, harm="death", minimum=row["killed"], best=row["killed"], maximum=None
    )
    HarmLine.objects.create(
        incident=made, harm="death", status="participating_in_hostilities", minimum=row["fighters"],
        best=row["fighters"], maximum=row["fighters"], is_total=False,
    )  # fmt: skip
    found = compose.note(compose.NODE, quarter="2021-Q1", language="fr", at=datetime(2021, 4, 20, tzinfo=UTC))
    killed = found.figure("killed")
    assert (killed.value, killed.low, killed.high, killed.n) == (row["civilians"], row["civilians"], None, 1)
    assert made.involvement in OWN_INVOLVEMENTS


@pytest.mark.parametrize("row", of("response"))
def test_a_response_rate_says_who_counts_as_anyone(row):
    answered = row["alerts"] * row["percent_any"] // 100
    own = row["alerts"] * row["percent_mission"] // 100
    assert share(answered, row["alerts"]) == row["percent_any"]
    assert share(own, row["alerts"]) == row["percent_mission"] != row["percent_any"]


@pytest.mark.parametrize("row", of("mean"))
def test_a_mean_of_payments(row):
    assert (Decimal(row["amount"]) / row["payments"]).quantize(Decimal("0.01")) == Decimal(row["mean"])


def test_ranges_never_narrow_by_adding():
    lines = [Line("death", Range(1, None, 3)), Line("death", Range(2, 2, None))]
    tally = roll_up(lines, "harm")[("death",)]
    assert (tally.min, tally.best, tally.max, tally.n) == (3, 3, None, 2)
