"""Could this report be about that incident? A score with its reasons, for a person who decides.

Method: probabilistic record linkage (Fellegi and Sunter, "A theory for record linkage", JASA 64, 1969). Each thing the
two accounts say (when, where, who, what, how many, in which words, from whom) adds the logarithm to base 2 of
m / u: how often two accounts of ONE event agree like this, over how often two accounts of DIFFERENT events do, among
candidates already chosen by date and area. What one side does not say adds nothing: unknown is not disagreement.

Precision is respected: a date known to the month cannot be "the same day", and a place known to its region has no
distance, only its region. So a coarse place is never close to anything.

Nothing here links, merges or refuses; there is no threshold that acts. `SHOWN_FROM` only folds the unlikely away.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz

# Odds that a candidate of the window is the same event before anything is compared: some twenty to a hundred candidates
# stand in a window, and most reports are about something new. "Same day, same village, nothing else known" then reads 70 %.
PRIOR = math.log2(1 / 60)
# Shown to the user beside the list. Below it a candidate is listed only when asked for.
SHOWN_FROM = 0.15

# A place known no better than this has no distance: half a cercle of the Sahel is some 50 km across.
COARSE_KM = 30.0
EARTH_KM = 6371.0088
# A word in every text of the pool is worth nothing; a very rare one is worth at most this, so that one strange word
# (a typing error, a rare name) cannot carry a match alone.
RAREST = 5.0
FEWEST_WORDS = 4
SPELLING = 86.0  # of 100, rapidfuzz ratio: one letter in seven may differ
NAMES_ALIKE = 82.0

# (m, u) of each kind of agreement. m: share of pairs of accounts of one event that agree like this; u: share of pairs
# of different events inside the window (about a week, one region) that do. They were set from the field's experience
# that reports of one event differ mostly in place spelling and count, then checked on planted duplicates
# (tests/analysis/test_suggestion.py, which prints recall and precision). They are NOT fitted to any mission: a
# mission that has some hundred decided pairs should replace them with its own shares.
SHARES: Mapping[str, tuple[float, float]] = {
    # when
    "same_day": (0.70, 0.09),
    "one_day_apart": (0.14, 0.14),
    "days_apart": (0.09, 0.25),
    "week_apart": (0.04, 0.32),
    "dates_apart": (0.01, 0.40),
    "dates_compatible": (0.95, 0.60),  # at least one date is coarse: it fits, which is worth little
    # where
    "near": (0.62, 0.03),  # within 3 km, or within what both precisions leave open
    "some_km": (0.18, 0.06),  # within 10 km
    "same_surroundings": (0.12, 0.16),  # within 30 km
    "far": (0.08, 0.75),
    "same_place_name": (0.75, 0.05),
    "same_area_3": (0.80, 0.10),
    "same_area_2": (0.85, 0.25),
    "same_area_1": (0.93, 0.60),
    "same_area_0": (0.99, 0.95),
    "other_area": (0.05, 0.50),
    # who and what
    "same_actor": (0.70, 0.22),
    "other_actor": (0.30, 0.78),
    "same_type": (0.62, 0.16),
    "other_type": (0.38, 0.84),
    "same_weapon": (0.70, 0.35),
    # how many: rarer for larger figures, see `_counts`
    "same_count": (0.40, 0.14),
    "same_large_count": (0.40, 0.03),
    "overlapping_count": (0.42, 0.40),
    "different_count": (0.18, 0.46),
    # words and copying
    "same_words": (0.35, 0.004),
    "many_words": (0.30, 0.03),
    "some_words": (0.20, 0.15),
    "same_source": (0.30, 0.01),
}


def weight(code: str) -> float:
    """Bits for (positive) or against (negative) the two being one event."""
    m, u = SHARES[code]
    return math.log2(m / u)


@dataclass(frozen=True)
class Account:
    """What a report says, or what an incident holds, in comparable form.

    first, last: bounds of the date; slack_days: how far outside them the true date may lie (0: known to the day).
    lon, lat with radius_km: the true place lies within; radius None: no place that can be measured from.
    areas: administrative codes from the country down, only as deep as the place is known.
    counts: harm code -> (min, best, max). texts: sets of folded words, one set per account that was heard.
    sources: keys of who speaks or is copied. harm codes, actors and types are codes, never labels.
    """

    key: str
    first: date | None = None
    last: date | None = None
    slack_days: int = 0
    lon: float | None = None
    lat: float | None = None
    radius_km: float | None = None
    areas: tuple[str, ...] = ()
    place_name: str = ""
    actors: frozenset[str] = frozenset()
    incident_type: str = ""
    weapon: str = ""
    counts: Mapping[str, tuple[int, int | None, int | None]] = field(default_factory=dict)
    texts: tuple[frozenset[str], ...] = ()
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reason:
    """One thing the two accounts agree or disagree on. `args` are codes and numbers; the page words them."""

    code: str
    args: Mapping[str, object]
    weight: float

    @property
    def speaks_for(self) -> bool:
        return self.weight > 0


@dataclass(frozen=True)
class Suggestion:
    """`score`: 0..1, higher is likelier to be one event. `reasons`: strongest first, those against included."""

    incident_key: str
    score: float
    reasons: tuple[Reason, ...]


def suggest(
    report: Account, incidents: Iterable[Account], *, rarity: Mapping[str, float] | None = None, limit: int = 5,
    shown_from: float = 0.0,
) -> tuple[Suggestion, ...]:  # fmt: skip
    """The likeliest incidents first; ties keep the order of keys, so that the same data give the same list.

    rarity: weight of each word (see `rarity_of`); without it every word counts the same.
    """
    scored = [compare(report, incident, rarity=rarity) for incident in incidents]
    kept = [one for one in scored if one.score >= shown_from]
    return tuple(sorted(kept, key=lambda one: (-one.score, one.incident_key))[:limit])


def compare(one: Account, other: Account, *, rarity: Mapping[str, float] | None = None) -> Suggestion:
    """Score of the pair; the same whichever is given first."""
    found = [
        _when(one, other),
        *_where(one, other),
        *_who(one, other),
        *_what(one, other),
        _counts(one, other),
        _words(one, other, rarity),
        _copying(one, other),
    ]
    reasons = tuple(sorted((r for r in found if r), key=lambda r: (-abs(r.weight), r.code)))
    bits = PRIOR + sum(reason.weight for reason in reasons)
    return Suggestion(other.key, round(1 / (1 + 2**-bits), 4), reasons)


def _reason(code: str, **args: object) -> Reason:
    return Reason(code, args, weight(code))


# When ----------------------------------------------------------------------------------------------------------


def day_gap(one: Account, other: Account) -> int | None:
    """Days between the two at the least, once both precisions are allowed for; 0 when they can be the same day."""
    if one.first is None or other.first is None:
        return None
    gap = max((one.first - (other.last or other.first)).days, (other.first - (one.last or one.first)).days, 0)
    return max(gap - one.slack_days - other.slack_days, 0)


def _when(one: Account, other: Account) -> Reason | None:
    gap = day_gap(one, other)
    if gap is None:
        return None
    if gap == 0:
        return _reason("dates_compatible") if _span(one) + _span(other) > 2 else _reason("same_day")
    if gap == 1:
        return _reason("one_day_apart", days=1)
    if gap <= 3:
        return _reason("days_apart", days=gap)
    return _reason("week_apart" if gap <= 7 else "dates_apart", days=gap)


def _span(account: Account) -> int:
    """How many days wide the date is. One event reported as "the night of the 3rd" is two days wide and still a day."""
    if account.first is None:
        return 0
    return ((account.last or account.first) - account.first).days + 2 * account.slack_days


# Where ---------------------------------------------------------------------------------------------------------


def distance_km(one: Account, other: Account) -> float | None:
    """Great-circle distance of the two representative points; None where a place is coarse or absent."""
    here, there = _point(one), _point(other)
    if here is None or there is None:
        return None
    (lon1, lat1), (lon2, lat2) = here, there
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(half, 1.0)))


def _point(account: Account) -> tuple[float, float] | None:
    """(longitude, latitude) in radians, of a place known well enough to measure from."""
    if (
        account.lon is None
        or account.lat is None
        or account.radius_km is None
        or account.radius_km > COARSE_KM
    ):
        return None
    return math.radians(account.lon), math.radians(account.lat)


def _where(one: Account, other: Account) -> list[Reason | None]:
    """Distance where both places are sharp. Where one is blurred its name says more than its point; where one is coarse,
    the name and the area are all there is (two villages of one name in two regions are two villages)."""
    away = distance_km(one, other)
    if away is None:
        return [_named_alike(one, other), _areas(one, other)]
    blur = (one.radius_km or 0.0) + (other.radius_km or 0.0)
    if away <= 3 and blur <= 12:
        return [_reason("near", km=round(away))]
    if away <= 10 and blur <= 20:
        return [_reason("some_km", km=round(away))]
    if away <= max(COARSE_KM, blur):
        # Blurred places that overlap say "surroundings", not "near": blur cannot make anything closer than it is sharp.
        return [
            (_named_alike(one, other) if blur > 12 else None) or _reason("same_surroundings", km=round(away))
        ]
    return [_reason("far", km=round(away))]


def _named_alike(one: Account, other: Account) -> Reason | None:
    if not one.place_name or not other.place_name:
        return None
    alike = fuzz.ratio(one.place_name, other.place_name) >= NAMES_ALIKE
    return _reason("same_place_name", name=other.place_name) if alike else None


def _areas(one: Account, other: Account) -> Reason | None:
    """Agreement at the deepest level that both know. Nothing is said where one side knows no area at all."""
    depth = min(len(one.areas), len(other.areas))
    if depth == 0:
        return None
    if one.areas[:depth] == other.areas[:depth]:
        return _reason(f"same_area_{min(depth - 1, 3)}", area=one.areas[depth - 1])
    return _reason("other_area")


# Who, what, how many -------------------------------------------------------------------------------------------


def _who(one: Account, other: Account) -> list[Reason]:
    if not one.actors or not other.actors:
        return []
    shared = sorted(one.actors & other.actors)
    return [_reason("same_actor", actors=tuple(shared)) if shared else _reason("other_actor")]


def _what(one: Account, other: Account) -> list[Reason]:
    found = []
    if one.incident_type and other.incident_type:
        same = one.incident_type == other.incident_type
        found.append(_reason("same_type", type=one.incident_type) if same else _reason("other_type"))
    if one.weapon and one.weapon == other.weapon:
        found.append(_reason("same_weapon", weapon=one.weapon))
    return found


def _counts(one: Account, other: Account) -> Reason | None:
    """The harm that says most. Three killed twice is common; nineteen killed twice is hardly chance."""
    found = [
        _count(harm, one.counts[harm], other.counts[harm])
        for harm in sorted(one.counts.keys() & other.counts.keys())
    ]
    return max(found, key=lambda reason: (abs(reason.weight), reason.code), default=None)


def _count(
    harm: str, one: tuple[int, int | None, int | None], other: tuple[int, int | None, int | None]
) -> Reason:
    low1, high1 = one[0], one[2]
    low2, high2 = other[0], other[2]
    both = {"harm": harm, "low": max(low1, low2), "high": _lesser(high1, high2)}
    if one[1] is not None and one[1] == other[1] and one[1] > 0:
        return _reason("same_large_count" if one[1] >= 6 else "same_count", harm=harm, n=one[1])
    if (high2 is None or low1 <= high2) and (high1 is None or low2 <= high1):
        return _reason("overlapping_count", **both)
    return _reason("different_count", harm=harm, one=low1, other=low2)


def _lesser(one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return min(known, default=None)


# Words and sources ---------------------------------------------------------------------------------------------


def rarity_of(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weight of each word in a pool of texts: log2(texts / texts that have it), capped at `RAREST`."""
    seen: dict[str, int] = {}
    for words in texts:
        for word in words:
            seen[word] = seen.get(word, 0) + 1
    return {word: min(math.log2(len(texts) / n) if n else 0.0, RAREST) for word, n in seen.items()}


def _words(one: Account, other: Account, rarity: Mapping[str, float] | None) -> Reason | None:
    """The best pair of texts. Few shared words is no disagreement: the other account may be in another language."""
    best, shared = 0.0, frozenset[str]()
    for mine in one.texts:
        for theirs in other.texts:
            if min(len(mine), len(theirs)) < FEWEST_WORDS:
                continue
            value, words = overlap(mine, theirs, rarity)
            if (value, sorted(words)) > (best, sorted(shared)):
                best, shared = value, words
    code = (
        "same_words" if best >= 0.6 else "many_words" if best >= 0.35 else "some_words" if best >= 0.2 else ""
    )
    if not code:
        return None
    telling = sorted(shared, key=lambda word: (-(rarity or {}).get(word, 1.0), word))[:4]
    return _reason(code, words=tuple(telling), share=round(best, 2))


def overlap(
    mine: frozenset[str], theirs: frozenset[str], rarity: Mapping[str, float] | None = None
) -> tuple[float, frozenset[str]]:
    """(0..1, the shared words): weight shared over the geometric mean of both weights. Near spellings are shared."""

    def value(words: Iterable[str]) -> float:
        # A word outside the pool is as rare as can be; without a pool all words are alike.
        return sum(1.0 if rarity is None else rarity.get(word, RAREST) for word in words)

    exact = mine & theirs
    near = _near_spellings(mine - exact, theirs - exact)
    shared = exact | near
    whole = math.sqrt(value(mine) * value(theirs))
    return (min(value(shared) / whole, 1.0) if whole else 0.0), shared


def _near_spellings(mine: frozenset[str], theirs: frozenset[str]) -> frozenset[str]:
    """Words of `mine` that `theirs` spells almost the same. Short words are left out: too many are near by chance."""
    found: set[str] = set()
    others: dict[str, list[str]] = {}
    for word in theirs:
        if len(word) >= 5:
            others.setdefault(word[0], []).append(word)
    for word in mine:
        if len(word) >= 5 and any(fuzz.ratio(word, near) >= SPELLING for near in others.get(word[0], ())):
            found.add(word)
    return frozenset(found)


def _copying(one: Account, other: Account) -> Reason | None:
    shared = one.sources & other.sources
    return _reason("same_source", sources=tuple(sorted(shared))) if shared else None
