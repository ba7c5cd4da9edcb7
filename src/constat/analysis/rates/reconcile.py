"""Our record beside an outside series (UCDP, ACLED, a partner): what both have, what one side has, and why.

Events are paired one to one: near in days and kilometres once the precision of each is allowed for, the whole set of pairs
being the one of least total distance (assignment problem, Kuhn 1955). What stays alone gets the first reason that holds:
outside the other's period, outside its area, below its threshold of deaths, counted inside another pair (a split or merged
event), just beyond the window in date or in place, or none of these, which is the list to work on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from constat.analysis.clusters.tables import distance
from constat.analysis.errors import InputError

FAR = 3.0
REASONS = (
    "outside-period",
    "outside-area",
    "below-threshold",
    "part-of-a-pair",
    "date-just-beyond",
    "place-just-beyond",
    "not-found",
)


@dataclass(frozen=True)
class Event:
    """One event of a series. blur_km, blur_days: how far the true place and day may lie from those given."""

    key: str
    day: date
    latitude: float
    longitude: float
    deaths: float | None = None
    blur_km: float = 0.0
    blur_days: int = 0


@dataclass(frozen=True)
class Scope:
    """What a series claims to hold: its period, its box (south, west, north, east), the least deaths of an event."""

    first: date | None = None
    last: date | None = None
    box: tuple[float, float, float, float] | None = None
    least_deaths: float = 0.0


@dataclass(frozen=True)
class Pair:
    ours: str
    theirs: str
    days: float
    km: float
    deaths_differ: float | None


@dataclass(frozen=True)
class Alone:
    """key: the event; reason: of REASONS; near: the event of the other side that the reason is about, if any."""

    key: str
    reason: str
    near: str | None = None


@dataclass(frozen=True)
class Reconciliation:
    pairs: tuple[Pair, ...]
    ours_only: tuple[Alone, ...]
    theirs_only: tuple[Alone, ...]

    @property
    def counts(self) -> dict[str, int]:
        return {"both": len(self.pairs), "ours": len(self.ours_only), "theirs": len(self.theirs_only)}

    def reasons(self) -> dict[str, dict[str, int]]:
        """Number alone by reason, for each side."""
        sides = {"ours": self.ours_only, "theirs": self.theirs_only}
        return {side: dict(Counter(alone.reason for alone in rows)) for side, rows in sides.items()}


def reconcile(
    ours: Sequence[Event], theirs: Sequence[Event], *, max_days: int = 3, max_km: float = 25.0,
    our_scope: Scope | None = None, their_scope: Scope | None = None,
) -> Reconciliation:  # fmt: skip
    """Pair two series of events. max_days, max_km: between two exact accounts of one event; their blur is added."""
    for name, rows in (("our series", ours), ("the other series", theirs)):
        twice = [key for key, n in Counter(row.key for row in rows).items() if n > 1]
        if twice:
            raise InputError(f"In {name} the key {twice[0]!r} stands twice.")
        for row in rows:
            if not (abs(row.latitude) <= 90 and abs(row.longitude) <= 180):
                raise InputError(
                    f"In {name} {row.key!r} is at latitude {row.latitude:g}, longitude {row.longitude:g}."
                )
    if not ours or not theirs:
        none = np.empty((len(ours), len(theirs)))
        return _told(ours, theirs, [], none, none, our_scope or Scope(), their_scope or Scope())
    days, km = _apart(ours, theirs)
    share = np.maximum(days / max_days if max_days else np.where(days > 0, np.inf, 0.0), km / max_km)
    from scipy.optimize import linear_sum_assignment

    # Beyond the window a pair costs more than any number of pairs inside: it is made only for want of partners, then dropped.
    cost = np.where(share <= 1, share, 10.0 * min(share.shape) + 10.0)
    rows, columns = linear_sum_assignment(cost)
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if share[i, j] <= 1]
    return _told(
        ours,
        theirs,
        pairs,
        days / max(max_days, 1),
        km / max_km,
        our_scope or Scope(),
        their_scope or Scope(),
    )


def _apart(ours: Sequence[Event], theirs: Sequence[Event]) -> tuple[np.ndarray, np.ndarray]:
    """Days and km between every two events beyond what their blur leaves open."""
    days = np.abs(
        np.array([row.day.toordinal() for row in ours])[:, None]
        - np.array([row.day.toordinal() for row in theirs])
    )
    lat1, lon1, blur1, slack1 = (np.array([getattr(r, k) for r in ours], float)[:, None] for k in _FIELDS)
    lat2, lon2, blur2, slack2 = (np.array([getattr(r, k) for r in theirs], float) for k in _FIELDS)
    km = distance(lat1, lon1, lat2, lon2, False)
    return np.maximum(days - slack1 - slack2, 0.0), np.maximum(km - blur1 - blur2, 0.0)


_FIELDS = ("latitude", "longitude", "blur_km", "blur_days")


def _told(
    ours: Sequence[Event], theirs: Sequence[Event], pairs: list[tuple[int, int]], days: np.ndarray, km: np.ndarray,
    our_scope: Scope, their_scope: Scope,
) -> Reconciliation:  # fmt: skip
    mine, other = {i for i, _ in pairs}, {j for _, j in pairs}
    made = []
    for i, j in pairs:
        known = (ours[i].deaths, theirs[j].deaths)
        differ = known[0] - known[1] if known[0] is not None and known[1] is not None else None
        apart = abs((ours[i].day - theirs[j].day).days)
        away = float(
            distance(ours[i].latitude, ours[i].longitude, theirs[j].latitude, theirs[j].longitude, False)
        )
        made.append(Pair(ours[i].key, theirs[j].key, apart, away, differ))
    only = tuple(
        _alone(ours[i], their_scope, theirs, days[i], km[i], other) for i in range(len(ours)) if i not in mine
    )
    rest = tuple(
        _alone(theirs[j], our_scope, ours, days[:, j], km[:, j], mine)
        for j in range(len(theirs))
        if j not in other
    )
    return Reconciliation(tuple(made), only, rest)


def _alone(
    row: Event, scope: Scope, others: Sequence[Event], days: np.ndarray, km: np.ndarray, paired: set[int]
) -> Alone:
    if (scope.first is not None and row.day < scope.first) or (
        scope.last is not None and row.day > scope.last
    ):
        return Alone(row.key, "outside-period")
    if scope.box is not None:
        south, west, north, east = scope.box
        if not (south <= row.latitude <= north and west <= row.longitude <= east):
            return Alone(row.key, "outside-area")
    if row.deaths is not None and row.deaths < scope.least_deaths:
        return Alone(row.key, "below-threshold")
    if not len(others):
        return Alone(row.key, "not-found")
    for reason, near in (
        ("part-of-a-pair", (days <= 1) & (km <= 1)),
        ("date-just-beyond", (days <= FAR) & (km <= 1)),
        ("place-just-beyond", (days <= 1) & (km <= FAR)),
    ):
        hits = [k for k in np.flatnonzero(near).tolist() if reason != "part-of-a-pair" or k in paired]
        free = [k for k in hits if k not in paired] or hits
        if free:
            best = min(free, key=lambda k: float(days[k] + km[k]))
            return Alone(row.key, reason, others[best].key)
    return Alone(row.key, "not-found")
