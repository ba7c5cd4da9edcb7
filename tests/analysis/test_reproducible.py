"""Every figure comes out again, to the last digit, from the same file, seed and version: two fresh processes, same bytes."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from constat.analysis.command import QUESTIONS


def write(path, names, rows):
    path.write_text("\n".join([names, *(",".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
    return str(path)


EVENTS = [
    (f"e{i}", f"2019-{1 + i % 12:02d}-{1 + i % 28:02d}", 14 + i / 50, -4 + i / 60, i % 5) for i in range(30)
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """One small file for each question, made once and never changed."""
    rng, folder = np.random.default_rng(1), tmp_path_factory.mktemp("snapshot")
    months = [f"{2015 + m // 12}-{m % 12 + 1:02d}" for m in range(60)]
    patterns = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1) if a or b or c]
    places = [(f"p{i}", 14 + i / 10, -4 + (i * 7 % 10) / 10) for i in range(10)]
    cases = [(f"p{rng.integers(10)}", 1, f"2019-{1 + i % 12:02d}-{1 + i % 28:02d}") for i in range(60)]
    return {
        "harm": write(
            folder / "harm.csv", "area,month,deaths",
            [(f"a{a}", m, rng.poisson(1.2)) for a in range(4) for m in months],
        ),
        "series": write(folder / "series.csv", "month,count", [(m, rng.poisson(6)) for m in months]),
        "lists": write(folder / "lists.csv", "a,b,c,count", [(*p, int(rng.integers(4, 30))) for p in patterns]),
        "cases": write(folder / "cases.csv", "place,count,date", cases),
        "places": write(folder / "places.csv", "place,latitude,longitude", places),
        "points": write(
            folder / "points.csv", "x,y,day",
            [(round(rng.uniform(0, 20), 3), round(rng.uniform(0, 20), 3), int(rng.integers(0, 200))) for _ in range(60)],
        ),
        "table": write(folder / "table.csv", "area,sex,count", [(a, x, 2 + 7 * i) for i, a in enumerate("nsw") for x in "mf"]),
        "released": write(
            folder / "released.csv", "area,sex,count",
            [("n", "m", ""), ("n", "f", 9), ("n", "total", 11), ("s", "m", 12), ("s", "f", 8), ("s", "total", 20)],
        ),
        "operations": write(
            folder / "operations.csv", "period,tactic,events,operations",
            [("before", "raid", 8, 100), ("before", "fire", 9, 60), ("after", "raid", 5, 110), ("after", "fire", 6, 90)],
        ),
        "ours": write(folder / "ours.csv", "id,date,latitude,longitude,deaths", EVENTS[:20]),
        "theirs": write(folder / "theirs.csv", "id,date,latitude,longitude,deaths", EVENTS[10:]),
        "dated": write(
            folder / "dated.csv", "date,kind,area",
            [(f"2019-{1 + i % 12:02d}-{1 + i * 7 % 28:02d}", "violence" if i % 3 else "harm", f"a{i % 4}") for i in range(120)],
        ),
        "reports": write(
            folder / "reports.csv", "report,incident,min,best,max,areas",
            [(f"r{i}", f"i{i // 2}", 1, 2 + i % 3, 5 + i % 4, "x:0.4|y:0.6") for i in range(30)],
        ),
    }  # fmt: skip


# question -> words, with names of the snapshot in braces.
COMMANDS = {
    "forecast": "{harm} --unit month --horizon 1",
    "score": "{harm} --unit month --horizon 1 --origins 3",
    "totals": "{reports}",
    "undercount": "{lists} --method loglinear --seed 7",
    "clusters": "--cases {cases} --places {places} --model permutation --max-km 50 --max-days 60 --window retrospective "
    "--replicates 19 --seed 7",
    "knox": "{ours} --km 5 50 --days 7 30 --replicates 19 --seed 7",
    "chart": "{series} --method ears-c1",
    "effect": "{series} --at 2018-01",
    "rates": "{operations} --group period --stratum tactic",
    "reconcile": "{ours} {theirs}",
    "suppress": "{table} --k 5",
    "attack": "{released} --k 5",
    "reprisal": "{dated} --method hawkes --cause harm --effect violence --seed 7",
}  # fmt: skip
CODE = """
import contextlib, io, json, sys
from constat.analysis.command import main
for line in sys.stdin:
    words, out = json.loads(line), io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(words)
    print(json.dumps([words[0], code, out.getvalue()]))
"""
# How long it took is not a figure of the answer.
CLOCK = re.compile(r'"seconds": [0-9.e-]+')


def fresh(snapshot, hashing):
    """question -> (exit code, answer), in a process of its own whose sets and dictionaries hash their own way."""
    lines = "\n".join(
        json.dumps([question, *words.format(**snapshot).split(), "--json"])
        for question, words in COMMANDS.items()
    )
    done = subprocess.run(
        [sys.executable, "-c", CODE], input=lines, capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONHASHSEED": hashing},
    )  # fmt: skip
    return {
        name: (code, CLOCK.sub('"seconds": 0', out))
        for name, code, out in map(json.loads, done.stdout.splitlines())
    }


@pytest.fixture(scope="module")
def twice(snapshot):
    return fresh(snapshot, "1"), fresh(snapshot, "2")


@pytest.mark.parametrize("question", COMMANDS)
def test_the_same_bytes_twice(question, twice):
    assert question in QUESTIONS
    (code, first), (again, second) = (run[question] for run in twice)
    assert (code, again) == (0, 0)
    assert first.encode() == second.encode()
    assert json.loads(first or "{}").get("refused") in (False, None)
