"""What an estimator hands back. Frozen; JSON by `as_json`."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

POINTS = (0.025, 0.5, 0.975)
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """Total number of people, seen and unseen.

    `n`: people seen. `quantiles`: of the total, at 0.025, 0.5 and 0.975 (for maximum likelihood: lower limit, point
    estimate, upper limit). `chains`, `rhat`, `ess`: of the sampler, else None. When `refused`, there is no figure at all
    and `reason` says why. `warnings`: what a reader must be told beside the figure. `draws`: posterior draws of the
    total, one row per chain, or None. `details`: method's own figures (model chosen, weights of graphs, ...).
    """

    method: str
    n: int
    quantiles: dict[str, float] | None = None
    mean: float | None = None
    chains: int | None = None
    rhat: float | None = None
    ess: float | None = None
    seconds: float = 0.0
    refused: bool = False
    reason: str = ""
    warnings: tuple[str, ...] = ()
    draws: Floats | None = field(default=None, repr=False, compare=False)
    details: dict[str, object] = field(default_factory=dict, compare=False)

    def as_json(self) -> dict[str, object]:
        def short(value: float | None, digits: int) -> float | None:
            return None if value is None else round(value, digits)

        return {
            "method": self.method,
            "n": self.n,
            "quantiles": None
            if self.quantiles is None
            else {k: round(v, 2) for k, v in self.quantiles.items()},
            "mean": short(self.mean, 2),
            "chains": self.chains,
            "rhat": short(self.rhat, 4),
            "ess": short(self.ess, 1),
            "seconds": round(self.seconds, 3),
            "refused": self.refused,
            "reason": self.reason,
            "warnings": list(self.warnings),
            "details": self.details,
        }


@dataclass(frozen=True)
class Pooled:
    """One answer over several tables of the same population. `n`: mean number of people seen."""

    n: float
    quantiles: dict[str, float]
    mean: float
    tables: int
    within: float
    between: float
    degrees: float


def spread(total: Floats) -> dict[str, float]:
    """Quantiles of draws at the three points everybody prints."""
    return {str(p): float(q) for p, q in zip(POINTS, np.quantile(total, POINTS), strict=True)}


def refusal(method: str, n: int, reason: str, *, seconds: float = 0.0, **more: object) -> Estimate:
    return Estimate(method=method, n=n, refused=True, reason=reason, seconds=seconds, **more)  # type: ignore[arg-type]
