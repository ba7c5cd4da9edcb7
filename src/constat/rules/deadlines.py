"""The clocks of the work. None of them is a regulation: they are defaults a mission changes (`clock.toml`).

A clock stops only for a named reason, and the time it stood still is reported. Time is always an argument.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from constat.rules.speech import RuleError
from constat.rules.vocabulary import vocabulary


class DeadlineError(RuleError):
    """The tree of this module."""


class TimeWithoutZone(DeadlineError):
    """A time without its zone: two offices would read two different deadlines."""


class PauseBackwards(DeadlineError):
    """A pause that ends before it starts."""


class NotExtendable(DeadlineError):
    """An extension was asked of a clock that has none."""


class ClockState(StrEnum):
    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PAUSED = "paused"


@dataclass(frozen=True)
class Clock:
    """`limit`: time allowed. `extended`: the longer limit a written reason buys, where there is one.
    `warning`: how long before the end the work is shown as due soon."""

    code: str
    limit: timedelta
    extended: timedelta | None
    warning: timedelta

    def label(self, language: str) -> str:
        return vocabulary("clock").label(self.code, language)


def clock(code: str, *, limit: timedelta | None = None, extended: bool = False) -> Clock:
    """The clock of that code. `limit`: the mission's own. `extended`: run to the longer limit."""
    term = vocabulary("clock")[code]
    longer = timedelta(hours=term.extra["extended_hours"]) if "extended_hours" in term.extra else None
    if extended and longer is None:
        raise NotExtendable("not_extendable", clock=term)
    allowed = limit or (longer if extended and longer else timedelta(hours=term.extra["hours"]))
    # A fifth of the time is left when the desk starts to warn: 5 hours of a day, 6 days of a month.
    return Clock(code, allowed, longer, allowed / 5)


@dataclass(frozen=True)
class Pause:
    """A clock that stands still from `start` to `end` (None: still standing), for a named reason."""

    start: datetime
    end: datetime | None
    reason: str

    def __post_init__(self) -> None:
        vocabulary("pause_reason").check(self.reason, new=False)
        _aware(self.start)
        if self.end is not None:
            _aware(self.end)
            if self.end < self.start:
                raise PauseBackwards("pause_backwards", start=self.start, end=self.end)


@dataclass(frozen=True)
class ClockReading:
    """`elapsed`: time that counted. `paused`: time that did not. `remaining`: negative when overdue."""

    due: datetime
    elapsed: timedelta
    paused: timedelta
    remaining: timedelta
    state: ClockState


def due(started: datetime, timer: Clock, pauses: Iterable[Pause], now: datetime) -> datetime:
    """When the time is up, as seen at `now`. Never earlier for a later `now` or for one more pause."""
    return _due(started, timer, _intervals(started, pauses, now))


def reading(
    started: datetime,
    timer: Clock,
    pauses: Iterable[Pause],
    now: datetime,
    finished: datetime | None = None,
) -> ClockReading:
    """Read the clock at `now`, or at the moment the work was `finished`."""
    _aware(now)
    at = min(now, _aware(finished)) if finished else now
    pauses = tuple(pauses)
    intervals = _intervals(started, pauses, at)
    end = _due(started, timer, intervals)
    paused = _sum(stop - start for start, stop in intervals)
    elapsed = max(at - started, timedelta(0)) - paused
    state = _state(end - at, timer, any(_standing(pause, at) for pause in pauses))
    return ClockReading(end, elapsed, paused, end - at, state)


def _state(remaining: timedelta, timer: Clock, standing: bool) -> ClockState:
    # The last second belongs to the person who works: a clock is broken one second after it is due.
    if remaining < timedelta(0):
        return ClockState.OVERDUE
    if standing:
        return ClockState.PAUSED
    return ClockState.DUE_SOON if remaining <= timer.warning else ClockState.ON_TIME


def _due(started: datetime, timer: Clock, intervals: Sequence[tuple[datetime, datetime]]) -> datetime:
    end = started + timer.limit
    for start, stop in intervals:
        # A pause declared after the time was up does not undo the breach.
        if start > end:
            break
        end += stop - start
    return end


def _intervals(started: datetime, pauses: Iterable[Pause], now: datetime) -> list[tuple[datetime, datetime]]:
    """The pauses between `started` and `now`, in order, overlapping ones counted once."""
    _aware(started), _aware(now)
    clipped = sorted((max(p.start, started), min(p.end or now, now)) for p in pauses)
    merged: list[tuple[datetime, datetime]] = []
    for start, stop in clipped:
        if stop <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def _standing(pause: Pause, at: datetime) -> bool:
    return pause.start <= at and (pause.end is None or at < pause.end)


def _sum(spans: Iterable[timedelta]) -> timedelta:
    return sum(spans, timedelta(0))


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise TimeWithoutZone("time_without_zone", moment=moment)
    return moment
