"""Colours that keep their order for colour-blind eyes, with the legend that explains them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from maps.errors import BadLayerError

SEQUENTIAL = ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494")
"""Light to dark, yellow to blue. ColorBrewer YlGnBu (Brewer, Harrower & Penn State, Apache-2.0)."""

DIVERGING = ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788")
"""Orange for too little, purple for too much. ColorBrewer PuOr."""

QUALITATIVE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""For trucks or groups without order. Okabe & Ito (2008)."""

MISSING = "#9aa3a8"
"""Outline of what is not shown: suppressed, closed or unknown."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of values, each with a colour.

    Parameters
    ----------
    breaks : tuple of float
        Ascending lower bounds of every class but the first.
    colours : tuple of str
        ``#rrggbb`` per class; one more than ``breaks``.

    Raises
    ------
    BadLayerError
        When the numbers of breaks and colours do not fit, or breaks do not ascend.
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]

    def __post_init__(self) -> None:
        """Reject scales that leave a value without exactly one colour."""
        if len(self.colours) != len(self.breaks) + 1:
            raise BadLayerError(
                f"{len(self.breaks)} breaks make {len(self.breaks) + 1} classes, not"
                f" {len(self.colours)} colours"
            )
        if any(b <= a for a, b in pairwise(self.breaks)):
            raise BadLayerError(f"breaks {self.breaks} do not ascend")

    def colour(self, value: float | None) -> str | None:
        """Return the colour of ``value``; None for a value that is not shown."""
        if value is None:
            return None
        return self.colours[bisect_right(self.breaks, value)]

    def legend(self, unit: str = "") -> list[tuple[str, str]]:
        """Return (colour, text) per class, lowest first; texts are whole numbers and ``unit``."""
        ends = [f"{bound:g}" for bound in self.breaks]
        if not ends:
            return [(self.colours[0], unit.strip())]
        texts = [f"< {ends[0]}"]
        texts += [f"{low} – < {high}" for low, high in pairwise(ends)]
        texts.append(f"≥ {ends[-1]}")
        return list(zip(self.colours, (f"{text} {unit}".strip() for text in texts), strict=True))


def sequential_scale(values: Iterable[float | None], colours: Sequence[str] = SEQUENTIAL) -> Scale:
    """Cut shown values into classes of about equal membership, at round bounds.

    Parameters
    ----------
    values : iterable of float or None
        None where a value is not shown.
    colours : sequence of str
        Lowest class first.

    Returns
    -------
    Scale
        With fewer classes where values repeat; one class for none at all.
    """
    shown = sorted(value for value in values if value is not None)
    breaks: list[float] = []
    for k in range(1, len(colours)):
        if shown:
            bound = _round_to_two(shown[min(k * len(shown) // len(colours), len(shown) - 1)])
            if bound > shown[0] and (not breaks or bound > breaks[-1]):
                breaks.append(bound)
    spread = [colours[i] for i in _evenly(len(breaks) + 1, len(colours))]
    return Scale(tuple(breaks), tuple(spread))


def _round_to_two(value: float) -> float:
    """Round to two leading digits, so that a legend can be read."""
    return float(f"{value:.2g}")


def _evenly(count: int, available: int) -> list[int]:
    """Pick ``count`` of ``available`` positions, both ends included where there are two."""
    if count == 1:
        return [available // 2]
    return [round(i * (available - 1) / (count - 1)) for i in range(count)]
