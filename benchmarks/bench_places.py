"""Finding a place by a spelling that is not in the list: how often the right one comes first, and how fast.

Work: the 2,688 spelling variants of populated places of Mali in GeoNames. Each variant is taken out; the places are then
known by their main name only (12,397 different names). Half of the variants (by hash) was used to find the weights of
constat.analysis.names, the other half is measured here. A name that several places share counts as found when the name is.

    python benchmarks/bench_places.py [FOLDER OF DATA] [HOW MANY VARIANTS]

Baselines in the same run: exact comparison of folded names; rapidfuzz WRatio, plain and on folded names; and rapidfuzz's
normalised Levenshtein distance on folded names.
"""

import csv
import gzip
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from constat.analysis.names import NameList, fold

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
VARIANTS, PLACES = "names_mali_toponym_variants_open.csv", "geo_geonames_ML.tsv.gz"


@dataclass(frozen=True)
class Result:
    method: str
    first: float
    among_five: float
    ms: float


def work(data: Path, most: int) -> tuple[list[str], list[tuple[str, int]]]:
    """Main names without repetition, and (variant, position of the right name) of the half that is for measuring."""
    with gzip.open(data / PLACES, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    position: dict[str, int] = {}
    names: list[str] = []
    right: dict[str, int] = {}
    for row in rows:
        if row[6] != "P":
            continue
        key = fold(row[1]).replace(" ", "")
        if key not in position:
            position[key] = len(names)
            names.append(row[1])
        right[row[0]] = position[key]
    asked = []
    with (data / VARIANTS).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            held_out = zlib.crc32(row["variant"].encode()) % 2 == 1
            if held_out and row["geonameid"] in right:
                at = right[row["geonameid"]]
                if fold(row["variant"]).replace(" ", "") != fold(names[at]).replace(" ", ""):
                    asked.append((row["variant"], at))
    return names, asked[:most]


def measured(method: str, asked: list[tuple[str, int]], find: Callable[[str], list[int]]) -> Result:
    first = five = 0
    start = time.process_time()
    for variant, right in asked:
        found = find(variant)[:5]
        first += found[:1] == [right]
        five += right in found
    ms = (time.process_time() - start) * 1000 / len(asked)
    return Result(method, first / len(asked), five / len(asked), ms)


def run(data: Path = DATA, most: int = 10_000) -> list[Result]:
    names, asked = work(data, most)
    ours = NameList(names)
    keys = [fold(name).replace(" ", "") for name in names]
    exact: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        exact.setdefault(key, []).append(i)

    def key(text: str) -> str:
        return fold(text).replace(" ", "")

    return [
        measured("constat.analysis.names", asked, lambda q: [one.index for one in ours.rank(q, limit=5)]),
        measured("exact, folded", asked, lambda q: exact.get(key(q), [])),
        measured("rapidfuzz WRatio", asked, lambda q: [i for _n, _s, i in process.extract(q, names, scorer=fuzz.WRatio, limit=5)]),
        measured(
            "rapidfuzz WRatio, folded", asked,
            lambda q: [i for _n, _s, i in process.extract(key(q), keys, scorer=fuzz.WRatio, limit=5)],
        ),
        measured(
            "rapidfuzz Levenshtein, folded", asked,
            lambda q: [i for _n, _s, i in process.extract(key(q), keys, scorer=Levenshtein.normalized_similarity, limit=5)],
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    results = run(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
    print(f"{'method':32} {'first':>7} {'in five':>8} {'ms':>7}")
    for one in results:
        print(f"{one.method:32} {one.first:7.3f} {one.among_five:8.3f} {one.ms:7.2f}")
