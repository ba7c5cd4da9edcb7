"""The model of an incident: when, where, who, how many, what kind, in which words; each only as sharp as it is known.

After the idea of MELTT (Donnay, Dunford, McGrath, Backer, Cunningham, Journal of Conflict Resolution 63, 2019): candidates within
a window of time and space, compared on what each source codes in its own words. Here the comparisons carry weights fitted to
the file (see `weights`), agreement weighs by how much else happened near, and what one source calls a thing is learned from
what others call it ("Séléka" beside "ex-rebels"; "210-180-140" beside "light brown").
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constat.analysis.errors import InputError
from constat.analysis.linkage import decisions, parts
from constat.analysis.linkage import weights as weighing
from constat.analysis.linkage.accounts import Floats, Incidents, Ints, counts_alike, distance
from constat.analysis.linkage.grouping import Known
from constat.analysis.linkage.link import ASKED, WORDED, Compared, answer, refused
from constat.analysis.linkage.records import Records, load
from constat.analysis.linkage.result import Linkage

ROLES: Mapping[str, tuple[str, ...]] = {
    "first": ("date_start", "start_date", "date", "event_date", "incident_date", "date_from", "first_date", "day", "date_debut"),
    "last": ("date_end", "end_date", "enddate", "date_to", "last_date", "date_fin"),
    "date_prec": ("date_prec", "date_precision", "time_precision", "time_prec"),
    "lat": ("latitude", "lat", "y"),
    "lon": ("longitude", "lon", "lng", "long", "x"),
    "where_prec": ("where_prec", "geo_precision", "place_precision", "location_precision", "place_prec"),
    "radius": ("radius_km", "place_radius_km"),
    "place": ("where_coordinates", "place", "place_name", "village", "location", "locality", "town", "site", "lieu", "localite"),
    "low": ("low", "deaths_low", "killed_min", "min", "fatalities_low", "deaths_min"),
    "best": ("best", "deaths", "deaths_best", "fatalities", "killed", "casualties", "dead", "morts", "tues", "victims"),
    "high": ("high", "deaths_high", "killed_max", "max", "fatalities_high", "deaths_max"),
    "text": ("text", "description", "summary", "words", "headline", "source_headline", "narrative", "notes", "texte"),
}  # fmt: skip
# Said in the words of each source: compared by what others call the same thing.
CALLED: tuple[str, ...] = (
    "actor", "actors", "side_a", "side_b", "perpetrator", "actor1", "actor2", "actor_1", "actor_2", "victims_group", "target", "auteur",
    "type", "event_type", "incident_type", "type_of_violence", "weapon", "arme", "adm_1", "adm_2", "adm1", "adm2", "admin1", "admin2",
    "region", "cercle", "district", "province", "dyad_name",
)  # fmt: skip
# How sharply a source knows the day and the place is itself something that sources agree on, as far as the file shows it.
SHARPNESS = ("date_prec", "where_prec")
CALLED_ENDINGS = ("_tax", "_type", "_category", "_class", "_kind", "_actor")

# Days outside which the true date hardly lies, by UCDP date precision 1..5; kilometres by where precision 1..7 (Högbladh,
# UCDP GED Codebook 23.1: 1 exact; 2 near or to some days; 3 week, second-order division; 4 month, first-order; 5 year, fuzzy;
# 6 country).
SLACK_DAYS = {1: 0, 2: 3, 3: 7, 4: 31, 5: 183}
RADIUS_KM = {1: 2, 2: 25, 3: 60, 4: 150, 5: 100, 6: 500, 7: 500}
# Pairs further apart than this, beyond what their precision leaves open, are not compared.
WINDOW_DAYS, WINDOW_KM = 31, 75.0
MOST_PAIRS = 4_000_000
# A wrong join hides an incident, a missed one stands in the review: the first counts twice, so join where right is twice as likely.
THRESHOLD = 2 / 3


@dataclass(frozen=True)
class Level:
    name: str


@dataclass(frozen=True)
class Comparison:
    name: str
    levels: tuple[Level, ...]


def link_incidents(
    paths: Sequence[str | Path], *, truth_column: str = "", known: str | Path | None = None, within: str = "auto",
    episodes: str = "auto", threshold: float = THRESHOLD, pairs: int = WORDED, questions: int = ASKED, seed: int = 1, threads: int = 2,
    progress: Callable[[str], None] | None = None, today: date = date.max,
) -> Linkage:  # fmt: skip
    """Which records of these files are one incident. Arguments as in link.link_persons.

    episodes: "apart" when a record of one day and one of several days are different units, asked about and never joined by itself,
    "joined" when they may be one, "auto" to see from the file (see `units`).
    within: also "parts": a source does not repeat itself, but may tell in parts what another tells as one (see `parts`).

    InputError: no date, a date that is none or after `today`, an end before its beginning, coordinates outside the Earth or in
    two orders, a count that is none or negative, a minimum above its maximum, an id twice in a source.
    """
    records = load(
        paths,
        {**ROLES, **{name: (name,) for name in CALLED}},
        truth=truth_column,
        threads=threads,
        today=today,
    )
    _add_called(records, truth_column)
    if "first" not in records:
        raise InputError(
            f"{records.files[0][0]}: no column holds the date of the incident; here stand {', '.join(records.unused)}."
        )
    given = read(records)
    if given.n < 2:
        return refused("incident", records, "There is one record: nothing to compare it with.")
    left, right = near_pairs(given)
    if not len(left):
        return refused(
            "incident",
            records,
            "No two records lie within the window of time and space: nothing was compared.",
        )
    if within == "auto":
        within = "never" if never_twice(given, left, right) else "allowed"
    compared = compare(given, left, right, seed=seed, across=within != "allowed")
    if within == "parts" and len(compared.left):
        given, compared = in_parts(records, given, compared, left, right, known=known, seed=seed)
    if not len(compared.left):
        return refused(
            "incident",
            records,
            "Sources do not repeat themselves, and no two sources have a record near one another.",
        )
    return answer(
        "incident",
        records,
        replace(compared, units=units(given, compared, episodes)),
        known=known,
        within=within,
        threshold=threshold,
        pairs=pairs,
        questions=questions,
    )


def in_parts(
    records: Records, given: Incidents, compared: Compared, left: Ints, right: Ints, *, known: str | Path | None, seed: int
) -> tuple[Incidents, Compared]:  # fmt: skip
    """What sources tell in parts compared as one record, and said of every part. See `parts`."""
    people = decisions.read(known, records) if known else Known()
    decided = frozenset(row for pair in (*people.together, *people.apart) for row in pair)
    told = parts.find(given, compared, who=_who(given.called), decided=decided)
    if not told:
        return given, compared
    made = parts.as_one(given, told)
    gone = np.array([row for one in told for row in one.rows[1:]])
    keep = ~(np.isin(left, gone) | np.isin(right, gone))
    return made, parts.shared(compare(made, left[keep], right[keep], seed=seed, across=True), told)


def never_twice(given: Incidents, left: Ints, right: Ints) -> bool:
    """Whether sources do not repeat themselves: close pairs are much rarer within one than across two."""
    gap = np.maximum(given.first[left] - given.last[right], given.first[right] - given.last[left])
    away = distance(given, left, right)
    close = (gap <= 2) & (np.isnan(away) | (away <= 3 + given.radius[left] + given.radius[right]))
    same = given.source[left] == given.source[right]
    sizes = np.bincount(given.source).astype(float)
    within = float((sizes * (sizes - 1)).sum() / 2)
    across = given.n * (given.n - 1) / 2 - within
    if not within or not across or (close & ~same).sum() < 10:
        return False
    return bool((close & same).sum() / within <= 0.6 * (close & ~same).sum() / across)


# So many likely pairs of a day and an episode must be expected by chance before their absence says anything; then so few prove it.
CHANCE_PAIRS, PROVEN = 5.0, 0.5


def units(given: Incidents, compared: Compared, episodes: str) -> Ints | None:
    """0 for a record of one day, 1 for one of several days, -1 where the dates are vague; None where it does not matter.

    Donnay and others (2019) hold events and episodes to be different units and leave such matches to people. An end may
    also only say how vague the beginning is: then sources mix freely. "auto" tells the two apart: units are kept apart where likely
    pairs mix them at most half as often as chance would.
    """
    made = np.where(given.slack > 0, -1, (given.last > given.first).astype(np.int64))
    if episodes == "joined" or not (made == 1).any():
        return None
    if episodes == "apart":
        return made
    one, other = made[compared.left], made[compared.right]
    p = weighing.probability(compared.bits) * ((one >= 0) & (other >= 0))
    total = float(p.sum())
    lasting = float((p * (one + other)).sum()) / 2 / max(total, 1e-9)
    by_chance = 2 * lasting * (1 - lasting) * total
    mixed = float(p[one != other].sum())
    return made if by_chance >= CHANCE_PAIRS and mixed <= PROVEN * by_chance else None


# Reading -------------------------------------------------------------------------------------------------------


def _add_called(records: Records, truth: str) -> None:
    """Columns such as damage_tax or event_class are compared too: their endings say that they hold a kind of thing."""
    for name in [one for one in records.unused if one.lower().endswith(CALLED_ENDINGS) and one != truth]:
        parts = [
            f'SELECT "{name}" AS v, __row + {first} AS row FROM file_{i}'  # noqa: S608
            for i, (_, first, _) in enumerate(records.files)
            if name in _columns(records, i)
        ]
        records.connection.execute(f'ALTER TABLE records ADD COLUMN "{name}" VARCHAR')
        records.connection.execute(
            f'UPDATE records SET "{name}" = x.v FROM ({" UNION ALL ".join(parts)}) x WHERE x.row = records.row'  # noqa: S608
        )
        dict.__setitem__(records.columns, name, name)  # type: ignore[index]


def _columns(records: Records, i: int) -> set[str]:
    return {one[0] for one in records.connection.execute(f"DESCRIBE file_{i}").fetchall()}


def read(records: Records) -> Incidents:
    """The rows as numbers. InputError names file, row and column."""
    from constat.analysis.names import fold

    n = records.n
    first, first_slack = _days(records, "first")
    last, last_slack = _days(records, "last") if "last" in records else (first.copy(), first_slack)
    last = np.where(np.isnan(last), first, last)
    first = np.where(np.isnan(first), last, first)
    for row in np.flatnonzero(np.isnan(first))[:1].tolist():
        raise InputError(
            f"{_at(records, row, 'first')}: no date stands here. A record without a date cannot be compared."
        )
    for row in np.flatnonzero(last < first)[:1].tolist():
        raise InputError(f"{_at(records, row, 'last')}: the incident ends before it begins.")
    slack = np.maximum(first_slack, last_slack) + _classes(records, "date_prec", SLACK_DAYS)
    lat, lon = _coordinates(records)
    radius = _numbers(records, "radius", least=0) if "radius" in records else np.full(n, np.nan)
    radius = np.where(np.isnan(radius), _classes(records, "where_prec", RADIUS_KM), radius)
    counts = {
        role: _numbers(records, role, least=0, whole=True) if role in records else np.full(n, np.nan)
        for role in ("low", "best", "high")
    }
    for row in np.flatnonzero(counts["low"] > counts["high"])[:1].tolist():
        raise InputError(f"{_at(records, row, 'low')}: the minimum is above the maximum.")
    place, places = _coded(records.column("place") if "place" in records else [None] * n)
    called, names = {}, {}
    for one in [*CALLED, *(name for name in records.columns if name.lower().endswith(CALLED_ENDINGS))]:
        if one in records and one not in called:
            codes, values = _coded(records.column(one))
            if 1 < len(values) <= max(50, n // 2):
                called[one], names[one] = codes, values
    roles = [role for role in SHARPNESS if role in records]
    sharp = [records.column(role) for role in roles]
    if sharp:
        codes, values = _coded(
            [
                " ".join(f"{role} {one}" for role, one in zip(roles, row, strict=True))
                for row in zip(*sharp, strict=True)
            ]
        )
        if len(values) > 1:
            called["precision"], names["precision"] = codes, values
    texts = records.column("text") if "text" in records else [None] * n
    words = tuple(frozenset(w for w in fold(one or "").split() if len(w) > 3) for one in texts)
    source = np.unique(np.array([one or "" for one in records.column("source")]), return_inverse=True)[1]
    return Incidents(
        first, last, slack, lat, lon, radius, counts["low"], counts["best"], counts["high"], place, places, called, names, words, source
    )  # fmt: skip


def _at(records: Records, row: int, role: str) -> str:
    return f"{records.where(row)}, column {records.columns.get(role, role)}"


_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[T ].*)?$")


def _days(records: Records, role: str) -> tuple[Floats, Floats]:
    """(days since 1970, slack): a month without its day is its middle with half a month of slack."""
    today, epoch = records.today.toordinal(), date(1970, 1, 1).toordinal()
    when, slack = np.full(records.n, np.nan), np.zeros(records.n)
    for row, value in enumerate(records.column(role)):
        if value is None:
            continue
        found = _DATE.match(value)
        try:
            year, month, day = (
                (int(part) if part else None for part in found.groups()) if found else (None, None, None)
            )
            made = date(year or 0, month or 7, day or (15 if month else 1)).toordinal()
        except ValueError:
            raise InputError(
                f"{_at(records, row, role)}: {value!r} is not a date. Write 2019-03-31, 2019-03 or 2019."
            ) from None
        if made > today:
            raise InputError(
                f"{_at(records, row, role)}: {value} lies in the future (today is {records.today})."
            )
        when[row], slack[row] = made - epoch, 0 if day else 15 if month else 183
    return when, slack


def _numbers(records: Records, role: str, *, least: float, whole: bool = False) -> Floats:
    made = np.full(records.n, np.nan)
    for row, value in enumerate(records.column(role)):
        if value is None:
            continue
        try:
            made[row] = float(value)
        except ValueError:
            raise InputError(f"{_at(records, row, role)}: {value!r} is not a number.") from None
        if not math.isfinite(made[row]):
            raise InputError(
                f"{_at(records, row, role)}: {value!r} is not a number. Leave it empty where it is unknown."
            )
        if made[row] < least:
            raise InputError(f"{_at(records, row, role)}: {value} is less than {least:g}.")
        if whole and made[row] != round(made[row]):
            raise InputError(
                f"{_at(records, row, role)}: {value} is no count of people: give a whole number."
            )
    return made


def _classes(records: Records, role: str, meaning: Mapping[int, int]) -> Floats:
    """What a precision class leaves open; class 1 where the file has none."""
    if role not in records:
        return np.full(records.n, float(meaning[1]))
    found = np.nan_to_num(_numbers(records, role, least=0), nan=1.0)
    for row in np.flatnonzero(~np.isin(found, list(meaning)))[:1].tolist():
        raise InputError(
            f"{_at(records, row, role)}: {found[row]:g} is no class of precision; they are {', '.join(map(str, meaning))}."
        )
    return np.array([float(meaning[int(one)]) for one in found])


def _coordinates(records: Records) -> tuple[Floats, Floats]:
    """Latitude and longitude. InputError where a row has them in the other order than the rest."""
    if "lat" not in records or "lon" not in records:
        return np.full(records.n, np.nan), np.full(records.n, np.nan)
    lat, lon = (_numbers(records, role, least=-1e9) for role in ("lat", "lon"))
    for row in np.flatnonzero(np.isnan(lat) != np.isnan(lon))[:1].tolist():
        raise InputError(f"{_at(records, row, 'lat')}: one coordinate stands without the other.")
    for row in np.flatnonzero((np.abs(lat) > 90) | (np.abs(lon) > 180))[:1].tolist():
        raise InputError(
            f"{_at(records, row, 'lat')}: {lat[row]:g}, {lon[row]:g} is no place on Earth. Latitude is -90 to 90."
        )
    known = ~np.isnan(lat)
    if known.sum() >= 3:
        mid_lat, mid_lon = float(np.median(lat[known])), float(np.median(lon[known]))
        as_is = np.abs(lat - mid_lat) + np.abs(lon - mid_lon)
        turned = np.abs(lon - mid_lat) + np.abs(lat - mid_lon)
        # Two orders are told apart where the rest lies far from its own mirror image.
        if abs(mid_lat - mid_lon) > 4:
            for row in np.flatnonzero(known & (turned * 4 < as_is) & (np.abs(lon) <= 90))[:1].tolist():
                raise InputError(
                    f"{_at(records, row, 'lat')}: {lat[row]:g}, {lon[row]:g} stand in the other order than in the rest of the file."
                )
    return lat, lon


def _coded(values: Sequence[str | None]) -> tuple[Ints, tuple[str, ...]]:
    """(code of each row, the folded values); -1 for nothing. Values that fold to nothing keep their signs: "#ff0000" is a value."""
    from constat.analysis.names import fold

    codes: dict[str, int] = {}
    made = [-1 if one is None else codes.setdefault(fold(one) or one, len(codes)) for one in values]
    return np.array(made, np.int64), tuple(codes)


# Candidates ----------------------------------------------------------------------------------------------------


def near_pairs(given: Incidents) -> tuple[Ints, Ints]:
    """Pairs within the window, left < right. The window of days narrows when the file would bring more than MOST_PAIRS."""
    order = np.argsort(given.first, kind="stable")
    days = float(WINDOW_DAYS)
    begin = (given.first - given.slack)[order]
    reach = (given.last + given.slack)[order]
    while True:
        stop = np.searchsorted(begin, np.maximum.accumulate(reach) * 0 + reach + days, side="right")
        # `begin` is not sorted where slack differs: sort by it instead.
        if (np.diff(begin) < 0).any():
            order = np.argsort(given.first - given.slack, kind="stable")
            begin, reach = (given.first - given.slack)[order], (given.last + given.slack)[order]
            continue
        many = np.maximum(stop - np.arange(given.n) - 1, 0)
        if many.sum() <= 5 * MOST_PAIRS or days <= 3:
            break
        days = max(days / 2, 3)
    here = np.repeat(np.arange(given.n), many)
    there = here + 1 + np.arange(len(here)) - np.repeat(np.cumsum(many) - many, many)
    a, b = order[here], order[there]
    away = distance(given, a, b)
    room = WINDOW_KM + given.radius[a] + given.radius[b]
    keep = np.isnan(away) | (away <= room)
    a, b = a[keep], b[keep]
    return np.minimum(a, b), np.maximum(a, b)


# Comparing -----------------------------------------------------------------------------------------------------

_GAPS = (0, 1, 2, 4, 7, 14, 31, 62)
_KM = (0.05, 1, 3, 6, 12, 25, 50, 100, 200)
SHARP, BLURRED, VAGUE = "known to the day", "known to some days", "known to the month or worse"


def _ladder(edges: Sequence[float], unit: str) -> tuple[Level, ...]:
    return tuple(Level(f"within {edge:g} {unit}" if edge else f"0 {unit}") for edge in edges)


def _steps(values: Floats, edges: Sequence[float]) -> NDArray[np.int8]:
    """Levels: the best for values up to the first edge, 0 beyond the last; -1 for NaN."""
    made = (len(edges) - np.searchsorted(np.asarray(edges, float), values, side="left")).astype(np.int8)
    return np.where(np.isnan(values), np.int8(-1), made)


def _columns_of(given: Incidents, a: Ints, b: Ints) -> tuple[list[Comparison], NDArray[np.int8]]:
    """Levels of the pairs. One comparison per class of precision: a day apart means one thing of sharp dates, another of vague ones."""
    made: list[tuple[Comparison, NDArray[np.int8]]] = []
    gap = np.maximum(np.maximum(given.first[a] - given.last[b], given.first[b] - given.last[a]), 0.0)
    blur = np.maximum(given.slack[a], given.slack[b])
    for name, inside in ((SHARP, blur < 3), (BLURRED, (blur >= 3) & (blur < 15)), (VAGUE, blur >= 15)):
        made.append(
            (
                Comparison(f"days apart, {name}", _ladder(_GAPS, "days")),
                np.where(inside, _steps(gap, _GAPS), -1),
            )
        )
    away = distance(given, a, b)
    named = _named_alike(given, a, b)
    wide = np.maximum(given.radius[a], given.radius[b])
    for name, inside in (
        ("sharp", wide <= 5),
        ("near a known point", (wide > 5) & (wide <= 40)),
        ("an area", wide > 40),
    ):
        made.append(
            (
                Comparison(f"kilometres apart, {name}", _where_levels()),
                np.where(inside, _where(away, named), -1),
            )
        )
    made.append((Comparison("deaths", _COUNTS), _counts(given, a, b)))
    if any(given.words):
        made.append(
            (
                Comparison("words", tuple(map(Level, ("mostly the same", "many shared", "some shared")))),
                _texts(given, a, b),
            )
        )
    return [one for one, _ in made], np.stack([levels for _, levels in made], axis=1).astype(np.int8)


def _where_levels() -> tuple[Level, ...]:
    """Distance and name stand in one ladder, for a name that agrees says little more where the points agree."""
    ladder = [
        Level(f"within {edge:g} km, {name}") for edge in _KM for name in ("same name", "another name or none")
    ]
    return (*ladder, Level("farther, same name"))


def _where(away: Floats, named: NDArray[np.int8]) -> NDArray[np.int8]:
    step = np.searchsorted(np.asarray(_KM), away, side="left")
    position = np.where(step < len(_KM), 2 * step + (named < 1), 2 * len(_KM) + (named < 1))
    made = (2 * len(_KM) + 1 - position).astype(np.int8)
    return np.where(np.isnan(away), np.where(named == 1, 1, np.where(named == 0, 0, -1)), made).astype(
        np.int8
    )


def _named_alike(given: Incidents, a: Ints, b: Ints) -> NDArray[np.int8]:
    """1 where the names of the places agree in some spelling, 0 where they do not, -1 where one is missing. Each pair of names once."""
    from rapidfuzz.distance import JaroWinkler

    from constat.analysis.names import sound

    if not given.places:
        return np.full(len(a), -1, np.int8)
    sounds = [sound(one) for one in given.places]
    low, high = np.minimum(given.place[a], given.place[b]), np.maximum(given.place[a], given.place[b])
    codes, where = np.unique(low * (len(sounds) + 1) + high, return_inverse=True)
    alike = np.full(len(codes), -1, np.int8)
    for i, code in enumerate(codes.tolist()):
        one, other = divmod(code, len(sounds) + 1)
        if one >= 0 and low.size and one < len(sounds):
            x, y = sounds[one], sounds[other]
            alike[i] = (
                one == other
                or x == y
                or bool(x and y and (JaroWinkler.similarity(x, y) >= 0.88 or _holds(x, y)))
            )
    found = alike[where]
    return np.where((given.place[a] < 0) | (given.place[b] < 0), np.int8(-1), found)


def _holds(one: str, other: str) -> bool:
    """Bangui, Bangui city: one name begins the other."""
    return min(len(one), len(other)) >= 4 and (one.startswith(other) or other.startswith(one))


_COUNTS = tuple(
    map(Level, ("the same number and the same range", "the same range", "the same number, ten or more", "the same number, four to nine", "the same number", "near, and large", "ranges meet",
                "near", "within a factor of two"))
)  # fmt: skip


def _counts(given: Incidents, a: Ints, b: Ints) -> NDArray[np.int8]:
    best = np.where(np.isnan(given.best), given.low, given.best)
    low = np.where(np.isnan(given.low), best, given.low)
    high = np.where(np.isnan(given.high), best, given.high)
    return counts_alike(best, low, high, a, b)


def _texts(given: Incidents, a: Ints, b: Ints) -> NDArray[np.int8]:
    """Share of the rarer words that two accounts have in common (cosine of inverse frequencies); -1 under four words."""
    from scipy.sparse import csr_array

    seen: dict[str, int] = {}
    for words in given.words:
        for word in words:
            seen[word] = seen.get(word, 0) + 1
    index = {word: i for i, word in enumerate(sorted(seen))}
    rows = np.repeat(np.arange(given.n), [len(words) for words in given.words])
    columns = np.array([index[word] for words in given.words for word in sorted(words)], np.int64)
    value = np.array(
        [math.log(given.n / seen[word]) + 0.1 for words in given.words for word in sorted(words)]
    )
    table = csr_array((value, (rows, columns)), shape=(given.n, max(len(index), 1)))
    norm = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    alike = np.zeros(len(a))
    for start in range(0, len(a), 200_000):
        part = slice(start, start + 200_000)
        product = np.asarray(table[a[part]].multiply(table[b[part]]).sum(axis=1)).ravel()
        alike[part] = product / np.maximum(norm[a[part]] * norm[b[part]], 1e-9)
    few = np.array([len(words) < 4 for words in given.words])
    made = np.select([alike >= 0.6, alike >= 0.35, alike >= 0.2], [3, 2, 1], 0)
    return np.where(few[a] | few[b], -1, made).astype(np.int8)


# Weighing ------------------------------------------------------------------------------------------------------


def compare(given: Incidents, left: Ints, right: Ints, *, seed: int, across: bool = False) -> Compared:
    """Weights of the candidate pairs, all inside the window. across: sources do not repeat themselves.

    Incidents come in waves: two that are near in time are near in space more often than chance, without being one. So u is not
    measured on random pairs but on strangers inside the same window: two records of one source where sources do not repeat
    themselves; else pairs that are far apart in time (for places) or in space (for dates).
    """
    comparisons, levels = _columns_of(given, left, right)
    u = _strangers(given, left, right, comparisons, levels, across=across)
    keep = given.source[left] != given.source[right] if across else np.ones(len(left), bool)
    left, right, levels = left[keep], right[keep], levels[keep]
    crowd = _crowd(given.n, left, right)
    start = min(max(given.n / 10, 1.0), len(left) / 4)
    compete = _competing(given, left, right) if across else weighing.probability
    made = weighing.fit(levels, u, float(len(left)), rarity=crowd, start=start, clean=True, chance=compete)
    # What is called alike is learned from what else agrees. Where pairs exclude one another it may learn from itself as well;
    # where they do not, it would talk itself into anything.
    beside = np.zeros(len(left))
    called: dict[str, Floats] = {}
    for again in range(4 if across else 1):
        chance = compete(made.weights(levels, crowd + beside))
        called = _who_once({name: _called(given, name, left, right, chance) for name in given.called})
        beside = sum(called.values(), np.zeros(len(left)))
        if across and again < 3:
            made = weighing.fit(
                levels,
                u,
                float(len(left)),
                rarity=crowd + beside,
                start=max(made.matches, 1.0),
                clean=True,
                chance=compete,
            )
    alone = made.weights(levels, crowd + beside)
    likely = np.clip(compete(alone), 1e-12, 1 - 1e-12)
    bits = np.log2(likely / (1 - likely)) if across else alone
    extra = [("how much else happened near", crowd), *called.items()]
    if across:
        extra.append((parts.RIVALS, bits - alone))
    return Compared(left, right, levels, bits, comparisons, made, np.zeros(len(left)), extra)


def _competing(given: Incidents, left: Ints, right: Ints) -> Callable[[Floats], Floats]:
    """A source that does not repeat itself holds at most one twin of a record: those that fit share one probability."""
    sources = int(given.source.max()) + 1
    rows = np.unique(left * sources + given.source[right], return_inverse=True)[1]
    columns = np.unique(right * sources + given.source[left], return_inverse=True)[1]

    def chance(bits: Floats) -> Floats:
        odds = np.exp2(np.clip(bits, -200, 200))
        others = np.bincount(rows, weights=odds)[rows] + np.bincount(columns, weights=odds)[columns] - odds
        made: Floats = odds / (1.0 + others)
        return made

    return chance


# So many pairs of one source must stand in the window for them to say how strangers agree.
ENOUGH_STRANGERS = 300


def _strangers(
    given: Incidents, left: Ints, right: Ints, comparisons: Sequence[Comparison], levels: NDArray[np.int8], *, across: bool
) -> list[Floats]:  # fmt: skip
    same = given.source[left] == given.source[right]
    if across and same.sum() >= ENOUGH_STRANGERS:
        return [_shares(levels[same, j], len(one.levels) + 1) for j, one in enumerate(comparisons)]
    gap = np.maximum(given.first[left] - given.last[right], given.first[right] - given.last[left])
    late = gap > 7 + given.slack[left] + given.slack[right]
    away = distance(given, left, right) > 25 + given.radius[left] + given.radius[right]
    made = []
    for j, one in enumerate(comparisons):
        apart = (
            away
            if one.name.startswith("days")
            else late
            if one.name.startswith("kilometres")
            else away | late
        )
        made.append(_shares(levels[apart, j], len(one.levels) + 1))
    return made


def _shares(levels: NDArray[np.int8], n: int) -> Floats:
    seen = levels[levels >= 0]
    many: Floats = np.bincount(seen, minlength=n)[:n].astype(np.float64)
    return (many + 0.2) / (len(seen) + 0.2 * n)


def _crowd(n: int, left: Ints, right: Ints) -> Floats:
    """Bits for a pair with few candidates around it, against many: a record has its few twins however many stand near."""
    many = np.bincount(left, minlength=n) + np.bincount(right, minlength=n)
    one = 1.0 / ((many[left] + many[right]) / 2 + 2.0)
    made: Floats = np.log2(one / one.mean())
    return made


def _who(called: Iterable[str]) -> list[str]:
    """Of the attributes, those that name somebody."""
    starts, ends = ("side_", "actor", "dyad", "perpetrator"), "_actor"
    return [name for name in called if name.lower().startswith(starts) or name.lower().endswith(ends)]


def _who_once(called: dict[str, Floats]) -> dict[str, Floats]:
    """Several columns of actors are one statement: a quarter of each counts beside the strongest."""
    who = _who(called)
    if len(who) < 2:
        return called
    bits = np.stack([called[name] for name in who])
    strongest = np.abs(bits).argmax(axis=0)
    for i, name in enumerate(who):
        called[name] = np.where(strongest == i, bits[i], bits[i] / 4)
    return called


# Before the file says otherwise, records of one incident call a thing alike this often; the file says so after so many pairs.
ALIKE, PERSUADED = 0.6, 6.0


def _called(given: Incidents, name: str, left: Ints, right: Ints, chance: Floats) -> Floats:
    """Bits for "one says x, the other y": how often likely pairs say so, against unlikely pairs of the same window.

    A pair does not persuade itself. Strangers of one window share actors too (it is one conflict): so the base is what unlikely
    pairs say, not chance.
    """
    codes = given.called[name]
    size = len(given.names[name])
    x, y = codes[left], codes[right]
    seen = (x >= 0) & (y >= 0)
    x, y, p = x[seen], y[seen], chance[seen]
    made = np.zeros(len(left))
    if not len(x):
        return made
    same = _same_words(given.names[name])
    share = np.bincount(codes[codes >= 0], minlength=size) / max((codes >= 0).sum(), 1)
    key = np.minimum(x, y) * size + np.maximum(x, y)  # one table, whoever says which
    keys, where = np.unique(key, return_inverse=True)
    a, b = keys // size, keys % size
    expected = np.where(a == b, 1.0, 2.0) * share[a] * share[b]
    apart = np.bincount(where, weights=1 - p)
    strangers = (apart + PERSUADED * expected) / (apart.sum() + PERSUADED)
    alike = same[a] == same[b]
    rows = np.bincount(x, weights=p, minlength=size) + np.bincount(y, weights=p, minlength=size)
    # Pairs of these two values among matches, were they as common there as their single values make them.
    of_alike = float(strangers[alike].sum())
    prior = strangers * (1 - ALIKE) + np.where(alike, ALIKE * strangers / max(of_alike, 1e-9), 0.0)
    joint = np.bincount(where, weights=p)
    total = float(p.sum())
    strength = PERSUADED * total / np.maximum(np.minimum(rows[a], rows[b]) + PERSUADED, 1e-9)
    mine = p * 1.0
    matched = (joint[where] - mine + strength[where] * prior[where]) / (total - mine + strength[where])
    made[seen] = np.clip(np.log2(matched / strangers[where]), -4.0, 7.0)
    return made


def _same_words(names: Sequence[str]) -> Ints:
    """Number of the group of names that read alike: sound equal, or one made of words of the other."""
    from constat.analysis.names import sound

    keys: dict[str, int] = {}
    return np.array([keys.setdefault(sound(one) or one, len(keys)) for one in names], np.int64)
