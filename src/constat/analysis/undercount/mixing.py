"""Do chains agree? Split R-hat and effective sample size (Vehtari, Gelman, Simpson, Carpenter & Buerkner 2021)."""

import numpy as np

from constat.analysis.undercount.result import Floats


def diagnose(draws: Floats) -> tuple[float, float]:
    """(R-hat, ESS) of draws (chains, length), both rank-normalised; R-hat is the larger of location and spread."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    def normal_scores(values: Floats) -> Floats:
        ranks = rankdata(values, method="average").reshape(values.shape)
        scores: Floats = ndtri((ranks - 0.375) / (values.size + 0.25))
        return scores

    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, half : 2 * half]])
    location = normal_scores(parts)
    folded = normal_scores(np.abs(parts - np.median(parts)))
    return max(_rhat(location), _rhat(folded)), _ess(location)


def _rhat(parts: Floats) -> float:
    length = parts.shape[1]
    within = float(parts.var(axis=1, ddof=1).mean())
    between = float(parts.mean(axis=1).var(ddof=1))
    if within <= 0.0:
        return 1.0 if between <= 0.0 else float("inf")
    return float(np.sqrt((length - 1) / length + between / within))


def _ess(parts: Floats) -> float:
    length = parts.shape[1]
    size = 1 << (2 * length - 1).bit_length()
    centred = parts - parts.mean(axis=1, keepdims=True)
    wave = np.fft.rfft(centred, size, axis=1)
    acov = np.fft.irfft(wave * np.conj(wave), size, axis=1)[:, :length] / length
    within = float((acov[:, 0] * length / (length - 1)).mean())
    total = within * (length - 1) / length + float(parts.mean(axis=1).var(ddof=1))
    if total <= 0.0:
        return float(parts.size)
    rho = 1.0 - (within - acov.mean(axis=0)) / total
    rho[0] = 1.0
    pairs = rho[: length // 2 * 2].reshape(-1, 2).sum(axis=1)
    stop = int(np.argmax(pairs < 0.0)) if (pairs < 0.0).any() else len(pairs)
    tau = -1.0 + 2.0 * float(np.minimum.accumulate(pairs[:stop]).sum())
    return float(parts.size / max(tau, 1.0 / np.log10(parts.size)))
