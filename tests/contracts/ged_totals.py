"""Totals of a UCDP GED file computed straight from the file: the csv module and nothing of Constat.

    python tests/contracts/ged_totals.py FILE [REFUSED_ID ...]      prints the totals as JSON

So the figures of `constat totals` can be checked by somebody who does not trust Constat.
"""

import csv
import json
import sys
from collections import defaultdict

TYPES = {
    "1": 1, "2": 2, "3": 3,
    "State-based violence": 1, "Non-state violence": 2, "One-sided violence": 3,
}  # fmt: skip


def figures(row):
    if "best_death" in row:
        return int(row["low_death"]), int(row["best_death"]), int(row["high_death"])
    return int(row["low"]), int(row["best"]), int(row["high"])


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def contradicting(path):
    """Ids of the rows in which low <= best <= high does not hold: what an importer that checks must refuse."""
    return {row["id"] for row in rows(path) if not figures(row)[0] <= figures(row)[1] <= figures(row)[2]}


def totals(path, without=frozenset()):
    """{(country, year, type of violence): [low, best, high, events]} over the rows whose id is not in `without`."""
    found = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows(path):
        if row["id"] in without:
            continue
        cell = found[row["country"], int(row["year"]), TYPES[row["type_of_violence"]]]
        for index, figure in enumerate(figures(row)):
            cell[index] += figure
        cell[3] += 1
    return dict(found)


if __name__ == "__main__":
    table = totals(sys.argv[1], set(sys.argv[2:]))
    print(json.dumps([[*key, *table[key]] for key in sorted(table)]))
