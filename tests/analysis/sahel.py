"""Harm per 0.5-degree cell and month, and per country and month, as the published baseline scores count it."""

import csv
import gzip
import math

import numpy as np

from tests.analysis.published import published, table_of

FIRST_YEAR = 1989
COUNTRIES = ("Mali", "Burkina Faso", "Niger")
AFRICA = [
    "DZA",
    "AGO",
    "BEN",
    "BWA",
    "BFA",
    "BDI",
    "CMR",
    "CPV",
    "CAF",
    "TCD",
    "COM",
    "COD",
    "COG",
    "CIV",
    "DJI",
    "EGY",
    "GNQ",
    "ERI",
    "SWZ",
    "ETH",
    "GAB",
    "GMB",
    "GHA",
    "GIN",
    "GNB",
    "KEN",
    "LSO",
    "LBR",
    "LBY",
    "MDG",
    "MWI",
    "MLI",
    "MRT",
    "MUS",
    "MAR",
    "MOZ",
    "NAM",
    "NER",
    "NGA",
    "RWA",
    "STP",
    "SEN",
    "SYC",
    "SLE",
    "SOM",
    "ZAF",
    "SSD",
    "SDN",
    "TZA",
    "TGO",
    "TUN",
    "UGA",
    "ZMB",
    "ZWE",
]


def grid(*, onesided=False):
    """(cells, counts (471, 384), neighbours): months from January 1989; cells with an event since 2012 and those around them."""
    events = [r for r in table_of("ucdp_ged_sahel.csv") if r["country"] in COUNTRIES]
    where = [(math.floor(float(r["latitude"]) * 2), math.floor(float(r["longitude"]) * 2)) for r in events]
    near = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    active = {cell for cell, r in zip(where, events, strict=True) if int(r["year"]) >= 2012}
    cells = sorted({(a + i, b + j) for a, b in active for i, j in near})
    position = {cell: i for i, cell in enumerate(cells)}
    counts = np.zeros((len(cells), 384))
    for cell, r in zip(where, events, strict=True):
        if cell in position and (not onesided or r["type_of_violence"].startswith("One")):
            month = (int(r["year"]) - FIRST_YEAR) * 12 + int(r["month"]) - 1
            counts[position[cell], month] += int(r["best_death"])
    neighbours = [
        np.array([position[(a + i, b + j)] for i, j in near if (i or j) and (a + i, b + j) in position])
        for a, b in cells
    ]
    return cells, counts, neighbours


def events():
    """(471, 384): how many events stand behind the counts of `grid`."""
    cells, counts, _ = grid()
    position = {cell: i for i, cell in enumerate(cells)}
    found = np.zeros_like(counts)
    for r in table_of("ucdp_ged_sahel.csv"):
        cell = (math.floor(float(r["latitude"]) * 2), math.floor(float(r["longitude"]) * 2))
        if r["country"] in COUNTRIES and cell in position:
            found[position[cell], (int(r["year"]) - FIRST_YEAR) * 12 + int(r["month"]) - 1] += 1
    return found


def africa(column):
    """counts (54, months) from January 1989 of one column of the country-months."""
    with gzip.open(published("ucdp_ged_country_month_views2020.csv.gz"), "rt", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["isoab"] in AFRICA and int(r["year"]) >= FIRST_YEAR]
    names = sorted({r["isoab"] for r in rows})
    counts = np.zeros((len(names), 12 * 33))
    for r in rows:
        counts[names.index(r["isoab"]), (int(r["year"]) - FIRST_YEAR) * 12 + int(r["month"]) - 1] += float(
            r[column]
        )
    return counts
