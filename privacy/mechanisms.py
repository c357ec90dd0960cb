"""Integer noise from OpenDP, with the privacy map that says what it costs.

Neighbouring tables differ by all trips of one person. Only whole numbers are added: textbook
floating-point Laplace noise leaks through its low bits (Mironov 2012).
"""

import functools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from privacy import budget
from privacy.errors import MechanismError


@dataclass(frozen=True)
class DiscreteLaplace:
    """Discrete Laplace noise fitted to a sensitivity and a privacy loss.

    Attributes
    ----------
    sensitivity : int
        Largest L1 change of the counts by one person.
    epsilon_micro : int
        Promised loss in millionths, at least what OpenDP's map gives for ``scale``.
    scale : float
        P(noise = k) is proportional to ``exp(-|k| / scale)``.
    """

    sensitivity: int
    epsilon_micro: int
    scale: float

    @property
    def error_95(self) -> int:
        """Smallest k such that at most 5 % of the noise lies outside -k..k."""
        ratio = math.exp(-1 / self.scale)
        # P(|X| > k) = 2 ratio^(k + 1) / (1 + ratio)
        return max(0, math.ceil(math.log(0.05 * (1 + ratio) / 2) / math.log(ratio) - 1))


def discrete_laplace(sensitivity: int, epsilon_micro: int) -> DiscreteLaplace:
    """Find the noise that keeps a promise: scale = sensitivity / epsilon, checked by OpenDP.

    Privacy: pure epsilon-DP, ``loss(d) = d / scale`` for tables at L1 distance d. Error: standard
    deviation about ``sqrt(2) * scale``. Proof: ``privacy/proofs/discrete_laplace.md``.

    Parameters
    ----------
    sensitivity : int
        At least 1; the month's cap.
    epsilon_micro : int
        At least 1; millionths of epsilon.

    Returns
    -------
    DiscreteLaplace
        Whose loss by OpenDP's map does not exceed the promise.

    Raises
    ------
    MechanismError
        If an argument is not a positive whole number.
    """
    for name, value in (("sensitivity", sensitivity), ("epsilon_micro", epsilon_micro)):
        if type(value) is not int or value < 1:
            raise MechanismError(f"{name} is {value!r}; give a whole number of at least 1")
    promised = budget.epsilon(epsilon_micro)
    scale = float(sensitivity / promised)
    while Fraction(loss(scale, sensitivity)) > promised:  # the map rounds up, against us
        scale *= 1 + 2**-48
    return DiscreteLaplace(sensitivity, epsilon_micro, scale)


def loss(scale: float, distance: int) -> float:
    """Return OpenDP's privacy loss of the noise for tables at an L1 distance, rounded up."""
    return float(_measurement(scale).map(distance))


def add_noise(counts: npt.NDArray[np.int64], mechanism: DiscreteLaplace) -> npt.NDArray[np.int64]:
    """Add independent noise to every count of the public domain, zeros included.

    Parameters
    ----------
    counts : int64, any shape
        Exact counts; not modified.
    mechanism : DiscreteLaplace
        The noise.

    Returns
    -------
    int64, same shape
        Noisy counts; negative ones stay negative, so that sums are not biased.
    """
    noisy = _measurement(mechanism.scale)(counts.ravel().tolist())
    return np.array(noisy, dtype=np.int64).reshape(counts.shape)


@functools.lru_cache(maxsize=64)
def _measurement(scale: float) -> Any:
    """Build OpenDP's measurement; it checks domain and metric itself."""
    import opendp.prelude as dp

    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    return dp.m.make_laplace(*space, scale=scale)
