"""What happened between the first shout and the last shot: the funnel of escalation of force, counted.

Each encounter is a row of steps in the order in which they were taken. The funnel says how many encounters reached each
step, how they ended, by day and by night, and how many went to fire without a warning first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from constat.rules.vocabulary import vocabulary

FIRE = "fire"  # extra.kind of the steps of vocabulary "force_step" that are shots at somebody
WARNING = "warning"
FORCE_FROM = "less_lethal"  # from this step on somebody was hit, gassed or shot near


@dataclass(frozen=True)
class Encounter:
    """steps: codes of vocabulary "force_step" in order. outcome: "force_outcome". light: "light"."""

    steps: tuple[str, ...]
    outcome: str = "unknown"
    light: str = "unknown"


@dataclass(frozen=True)
class Stage:
    """One step of the funnel. `reached`: encounters in which it was taken. `ended`: for how many of them it was the
    gravest. `outcomes`, `light`: of the encounters that ended there."""

    step: str
    reached: int
    ended: int
    outcomes: Mapping[str, int]
    light: Mapping[str, int]


@dataclass(frozen=True)
class Funnel:
    """`unwarned`: encounters that came to fire although no warning of any kind is recorded before it."""

    encounters: int
    stages: tuple[Stage, ...]
    unwarned: int


def funnel(encounters: Iterable[Encounter]) -> Funnel:
    every = [one for one in encounters if one.steps]
    last = [(gravest(one.steps), one) for one in every]
    stages = []
    for code in vocabulary("force_step"):
        ended = [one for step, one in last if step == code]
        stages.append(
            Stage(
                step=code,
                reached=sum(code in one.steps for one in every),
                ended=len(ended),
                outcomes=Counter(one.outcome for one in ended),
                light=Counter(one.light for one in ended),
            )
        )
    return Funnel(len(every), tuple(stages), sum(unwarned(one.steps) for one in every))


def gravest(steps: Sequence[str]) -> str:
    """The step of the highest rank."""
    return max(steps, key=_rank)


def unwarned(steps: Sequence[str]) -> bool:
    """Came to fire, and before the first shot nothing warned."""
    kinds = [str(vocabulary("force_step")[step].extra["kind"]) for step in steps]
    return FIRE in kinds and WARNING not in kinds[: kinds.index(FIRE)]


def used_force(steps: Iterable[str]) -> bool:
    """Less-lethal means, a warning shot, or more."""
    return any(_rank(step) >= _rank(FORCE_FROM) for step in steps)


def _rank(step: str) -> int:
    return vocabulary("force_step")[step].rank or 0
