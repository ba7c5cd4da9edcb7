"""Coarsening, thresholds and safe cells, row by row of disclosure.md."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from constat.rules.disclosure import (
    Area,
    Audience,
    CoarsePlace,
    coarsen_place,
    coarsen_time,
    public_cell,
    spreadsheet_original,
    spreadsheet_safe,
    threshold,
)
from tests.spec.table import number, rows, titles

pytestmark = pytest.mark.onedb

PLACES = rows("disclosure.md", "Place")
TIMES = rows("disclosure.md", "Time")
CELLS = rows("disclosure.md", "Public cells")
SHEET = rows("disclosure.md", "Spreadsheet cells")
AREAS = (
    Area("MLI", 0),
    Area("ML0501-Q1", 4, 900),
    Area("ML05", 2, 350_000),
    Area("ML-5", 1, 2_000_000),
    Area("ML0501", 3, 12_000),
)


def shown(place: CoarsePlace) -> str:
    if place.kind == "area":
        return f"area {place.area}"
    if place.kind == "withheld":
        return "withheld"
    circle = f" {place.radius_km:g} km" if place.radius_km else ""
    return f"{place.kind} {place.longitude} {place.latitude}{circle}"


@pytest.mark.parametrize("row", PLACES, ids=titles(PLACES))
def test_place(row):
    point = Decimal(row["longitude"]), Decimal(row["latitude"])
    assert shown(coarsen_place(*point, row["precision"], Audience(row["audience"]), AREAS)) == row["answer"]


@pytest.mark.parametrize("row", TIMES, ids=titles(TIMES))
def test_time(row):
    moment = datetime.fromisoformat(row["moment"]).replace(tzinfo=UTC)
    found = coarsen_time(moment, Audience(row["audience"]), row["precision"])
    assert found.text == row["answer"]
    assert found.start <= moment.date() <= found.end


@pytest.mark.parametrize("row", CELLS, ids=titles(CELLS))
def test_public_cell(row):
    about = row["about"]
    k = threshold(child=True) if about == "children" else threshold("" if about == "deaths" else about)
    assert public_cell(number(row["count"]), k).value == row["cell"]


@pytest.mark.parametrize("row", SHEET, ids=titles(SHEET))
def test_spreadsheet(row):
    value, cell = (row[name].replace("⇥", "\t") for name in ("value", "cell"))
    assert spreadsheet_safe(value) == cell
    assert spreadsheet_original(cell) == value
