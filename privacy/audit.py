"""Try to catch a release that loses more privacy than it says.

An audit can show that a mechanism is *not* private; it can never prove that it is. It runs the
release many times on two neighbouring data sets and looks for an event that is too much likelier on
one than on the other. Half of the runs choose the event, the other half judge it, so that the
choice cannot flatter the verdict.
"""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
CANDIDATES = 41


def loss_lower_bound(with_person: Floats, without: Floats, alpha: float = 1e-4) -> float:
    """Return an epsilon that the release exceeds with confidence ``1 - alpha``.

    Parameters
    ----------
    with_person, without : float64, (n,)
        One number computed from each output of the release, on a data set and on the same without
        one person. ``-inf`` may stand for what was not shown.
    alpha : float
        Probability that a release which keeps its promise is said to exceed it.

    Returns
    -------
    float
        At least 0; above the promised epsilon means the promise is broken.

    Raises
    ------
    ValueError
        If there are fewer than four outputs of either.

    References
    ----------
    Clopper & Pearson (1934), The use of confidence or fiducial limits.
    """
    if min(with_person.size, without.size) < 4:
        raise ValueError("give at least four outputs of each, to choose from and to judge by")
    halves = [np.array_split(values, 2) for values in (with_person, without)]
    (choose_in, judge_in), (choose_out, judge_out) = halves
    best, verdict = -math.inf, 0.0
    for threshold in _thresholds(choose_in, choose_out):
        for above in (True, False):
            for swap in (False, True):
                pair = (choose_out, choose_in) if swap else (choose_in, choose_out)
                score = _log_ratio(*pair, threshold, above, alpha)
                if score > best:
                    best = score
                    judges = (judge_out, judge_in) if swap else (judge_in, judge_out)
                    verdict = _log_ratio(*judges, threshold, above, alpha)
    return max(0.0, verdict)


def _thresholds(first: Floats, second: Floats) -> Floats:
    """Return values at which an output may be split, spread over what was seen."""
    seen = np.sort(np.concatenate([first, second]))
    at = np.linspace(0, seen.size - 1, CANDIDATES).astype(np.int64)
    finite = seen[np.isfinite(seen)]
    lowest = [finite[0]] if finite.size else []
    chosen: Floats = np.unique(np.concatenate([seen[at], lowest]))
    return chosen


def _log_ratio(
    likelier: Floats, rarer: Floats, threshold: float, above: bool, alpha: float
) -> float:
    """Return a lower bound of ``log(P(likelier in event) / P(rarer in event))``."""
    from scipy.stats import beta

    hits = [int(np.count_nonzero((v >= threshold) == above)) for v in (likelier, rarer)]
    low = float(beta.ppf(alpha / 2, hits[0], likelier.size - hits[0] + 1)) if hits[0] else 0.0
    n = rarer.size
    high = float(beta.ppf(1 - alpha / 2, hits[1] + 1, n - hits[1])) if hits[1] < n else 1.0
    return math.log(low / high) if low > 0 else -math.inf
