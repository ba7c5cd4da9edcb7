"""A forecast with what belongs to it: the baselines beside it and its past accuracy. Without those there is none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from constat.analysis.errors import InputError
from constat.analysis.forecast import baselines, model, rolling
from constat.analysis.forecast.panel import Panel
from constat.analysis.forecast.rolling import Accuracy
from constat.analysis.forecast.spread import Spread

# One week to three months; further ahead nothing was shown to beat the past year drawn again.
LONGEST = {"week": 13, "month": 3}
LEAST_HARMED = 20


@dataclass(frozen=True)
class Forecast:
    """spreads, per horizon 1..N, over the areas of the panel; baselines: name -> spread, the same at every horizon."""

    panel: Panel
    horizons: tuple[int, ...]
    spreads: Mapping[int, Spread] = field(default_factory=dict)
    baselines: Mapping[str, Spread] = field(default_factory=dict)
    accuracy: tuple[Accuracy, ...] = ()
    refused: bool = False
    reason: str = ""
    warnings: tuple[str, ...] = ()


def make(panel: Panel, horizon: int, *, progress: Callable[[int, int], None] | None = None) -> Forecast:
    """The next `horizon` periods. Refused where the past is too short or too quiet to say how good the forecast would be."""
    longest = LONGEST[panel.unit]
    if not 1 <= horizon <= longest:
        raise InputError(f"horizon {horizon}: from 1 to {longest} {panel.unit}s ahead.")
    horizons = tuple(range(1, horizon + 1))
    at = rolling.origins(panel, horizon)
    reason = refusal(panel, horizon, len(at))
    if reason:
        return Forecast(panel, horizons, refused=True, reason=reason)
    past = rolling.accuracy(panel, horizons, at, progress=progress)
    return Forecast(
        panel, horizons, model.predict(panel, horizons),
        baselines.everyone(panel.counts, panel.neighbours, baselines.WINDOWS[panel.unit]), tuple(past), warnings=tuple(_warnings(panel, past)),
    )  # fmt: skip


def refusal(panel: Panel, horizon: int, origins: int) -> str:
    """Why there is no forecast; nothing where there can be one."""
    periods = panel.counts.shape[1]
    if not panel.counts.any():
        return "No harm is recorded in any area and period: nothing can be learnt about when there will be."
    if origins < rolling.LEAST_ORIGINS:
        _, apart = rolling.ORIGINS[panel.unit]
        needed = model.SETTINGS[panel.unit].least + (rolling.LEAST_ORIGINS - 1) * apart + horizon
        return (
            f"{periods} {panel.unit}s of history: too short to show how good the forecast would have been "
            f"({needed} are needed for this horizon)."
        )
    least = model.SETTINGS[panel.unit].least
    harmed = int((panel.counts[:, :least] > 0).sum())
    recent = int((panel.counts > 0).sum())
    if recent < LEAST_HARMED:
        return f"{recent} area-{panel.unit}s with harm in all: {LEAST_HARMED} are needed to learn from."
    if harmed == 0 and not (panel.counts[:, : periods - horizon] > 0).any():
        return "All harm falls in the last periods: there is nothing before to score a forecast on."
    return ""


def _warnings(panel: Panel, past: list[Accuracy]) -> list[str]:
    found = [
        f"{a.horizon} {panel.unit}(s) ahead, {a.best_baseline} was at least as good in the past: read it first."
        for a in past
        if a.skill is not None and a.skill <= 0
    ]
    if len(panel.areas) == 1:
        found.append("One area: nothing is learnt from others, and there is no baseline with neighbours.")
    elif panel.places is None:
        found.append("The areas have no coordinates: what happens next door is not used.")
    return found
