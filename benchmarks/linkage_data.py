"""Records made with a known answer: several sources that each saw a part of real incidents; a million persons with slips."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SLACK = {1: 0, 2: 3, 3: 7, 4: 15, 5: 90}
RADIUS = {1: 1.0, 2: 15.0, 3: 40.0, 4: 90.0, 5: 40.0, 6: 200.0, 7: 200.0}
ALIASES = ("{0}", "{0} fighters", "armed men said to be {1}", "{1} (armed group)", "elements of {1}")


@dataclass(frozen=True)
class Made:
    header: tuple[str, ...]
    rows: list[list[object]]
    true_pairs: int


def incidents(path: Path, seed: int, *, precision: bool = True, parts: float = 0.0) -> Made:
    """3-5 sources over the incidents of a UCDP GED file. Each source sees an incident with its own probability 0.2-0.8.

    Dates and places err as date_prec and where_prec say; deaths are drawn in [low, high]; each source has its own names for
    actors and its own spelling of places. parts: how often a source tells in two records, which share the dead, an incident of two
    dead or more. The column `truth` is the incident's id in GED.
    """
    random = np.random.default_rng(seed)
    with path.open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    sources = int(random.integers(3, 6))
    detection = random.uniform(0.2, 0.8, sources)
    called = [{} for _ in range(sources)]
    header = [
        "id",
        "source",
        "date",
        "latitude",
        "longitude",
        "place",
        "deaths_low",
        "deaths",
        "deaths_high",
        "side_a",
        "side_b",
        "truth",
    ]
    if precision:
        header[5:5] = ["date_prec", "where_prec"]
    rows: list[list[object]] = []
    for event in events:
        sharp, where = int(event["date_prec"]), int(event["where_prec"])
        first, last = date.fromisoformat(event["date_start"][:10]), date.fromisoformat(event["date_end"][:10])
        low, high = sorted((int(event["low"]), max(int(event["high"]), int(event["best"]))))
        for s in np.flatnonzero(random.random(sources) < detection).tolist():
            inside = first + timedelta(days=int(random.integers(0, (last - first).days + 1)))
            slip = int(random.integers(-SLACK[sharp], SLACK[sharp] + 1))
            if sharp == 1 and random.random() < 0.15:
                slip = int(random.integers(-1, 2))
            when = min(inside + timedelta(days=slip), date(2024, 1, 1))
            far = RADIUS[where] * random.rayleigh(0.4)
            turn = random.uniform(0, 2 * np.pi)
            lat = float(event["latitude"]) + far * np.sin(turn) / 110.6
            lon = float(event["longitude"]) + far * np.cos(turn) / (
                111.3 * np.cos(np.radians(float(event["latitude"])))
            )
            best = int(random.integers(low, high + 1))
            shares = [(min(low, best), best, max(high, best))]
            if parts and best >= 2 and random.random() < parts:
                cut = int(random.integers(1, best))
                ends = (min(shares[0][0], best), max(high, best))
                shares = [
                    (min(ends[0] * one // best, one), one, max(-(-ends[1] * one // best), one))
                    for one in (cut, best - cut)
                ]
            for i, (least, told, most) in enumerate(shares):
                if i:  # the other part: said of a place near by, at times of the next day
                    when = min(when + timedelta(days=int(random.random() < 0.3)), date(2024, 1, 1))
                    lat, lon = lat + 0.02 * random.normal(), lon + 0.02 * random.normal()
                row: list[object] = [
                    f"{s}-{len(rows)}", f"source {s}", when.isoformat(), round(lat, 5), round(lon, 5),
                    _spelled(event["where_coordinates"], random), least, told, most, _called(event["side_a"], called[s], random),
                    _called(event["side_b"], called[s], random), event["id"],
                ]  # fmt: skip
                if precision:
                    row[5:5] = [sharp, where]
                rows.append(row)
    many = np.unique([str(row[-1]) for row in rows], return_counts=True)[1]
    order = random.permutation(len(rows))
    return Made(tuple(header), [rows[i] for i in order], int((many * (many - 1) // 2).sum()))


def _called(name: str, known: dict[str, str], random: np.random.Generator) -> str:
    """One source calls an actor by one name of its own, and now and then says nothing."""
    if name not in known:
        short = "".join(word[0] for word in name.split()) if len(name.split()) > 1 else name[:4]
        known[name] = str(random.choice(ALIASES)).format(name, short)
    return "" if random.random() < 0.1 else known[name]


def _spelled(name: str, random: np.random.Generator) -> str:
    """A place as somebody else writes it: a suffix dropped, a letter changed, or nothing."""
    name = name.split("(")[0].replace(" city", "").replace(" town", "").replace(" village", "").strip()
    if random.random() < 0.08:
        return ""
    if len(name) > 4 and random.random() < 0.35:
        at = int(random.integers(1, len(name) - 1))
        for old, new in (
            ("ou", "u"),
            ("k", "c"),
            ("c", "k"),
            ("é", "e"),
            ("y", "i"),
            ("ss", "s"),
            ("a", "ah"),
        ):
            if old in name and random.random() < 0.5:
                return name.replace(old, new, 1)
        name = name[:at] + name[at + 1 :] if random.random() < 0.5 else name[:at] + name[at] + name[at:]
    return name


def write(made: Made, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(made.header)
        out.writerows(made.rows)
    return path


def persons(n: int, seed: int, names: Sequence[str] = ()) -> Made:
    """n records of 0.8 n people: a quarter of the name fields with a slip, a tenth of the dates missing or turned round."""
    random = np.random.default_rng(seed)
    people = int(0.8 * n)
    syllables = np.array(["ba", "be", "bou", "ca", "da", "dia", "di", "fa", "ga", "ha", "i", "ka", "ke", "la", "li", "ma", "mo", "na",
                          "o", "ra", "ri", "sa", "si", "ta", "tou", "tra", "ya", "za", "cham", "lo", "der", "son", "ren", "vil"])  # fmt: skip

    def vocabulary(size: int) -> list[str]:
        parts = random.integers(0, len(syllables), (size, 4))
        length = random.integers(2, 5, size)
        return sorted({"".join(syllables[row[:k]]) for row, k in zip(parts, length, strict=True)})

    given, surname, towns = vocabulary(3000), vocabulary(20000), vocabulary(2000)

    def draw(words: list[str], power: float) -> np.ndarray:
        share = 1.0 / np.arange(1, len(words) + 1) ** power
        return random.permutation(len(words))[random.choice(len(words), people, p=share / share.sum())]

    g, s, t = draw(given, 0.8), draw(surname, 0.7), draw(towns, 0.6)
    days = random.integers(0, 365 * 80, people)
    born = np.datetime64("1940-01-01") + days
    who = np.concatenate([np.arange(people), random.integers(0, people, n - people)])
    dates = np.array([str(one) for one in born])
    rows: list[list[object]] = []
    fate = random.random((n, 3))
    for i, one in enumerate(who.tolist()):
        first, last, day = given[g[one]], surname[s[one]], dates[one]
        if fate[i, 0] < 0.25:
            first = _slip(first, random)
        if fate[i, 1] < 0.25:
            last = _slip(last, random)
        if fate[i, 2] < 0.05:
            day = ""
        elif fate[i, 2] < 0.10 and int(day[8:]) <= 12:
            day = f"{day[:5]}{day[8:]}-{day[5:7]}"
        rows.append([i, first, last, day, towns[t[one]], one])
    many = np.bincount(who)
    return Made(
        ("id", "given_name", "surname", "date_of_birth", "city", "truth"),
        rows,
        int((many * (many - 1) // 2).sum()),
    )


def _slip(word: str, random: np.random.Generator) -> str:
    at, kind = int(random.integers(0, len(word))), int(random.integers(0, 4))
    letter = "abcdefghijklmnopqrstuvwxyz"[int(random.integers(0, 26))]
    if kind == 0:
        return word[:at] + letter + word[at + 1 :]
    if kind == 1:
        return word[:at] + letter + word[at:]
    if kind == 2 and len(word) > 2:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
