"""What weighs how much when ways are ranked, in seconds of travel; visible, and to be changed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import NamedTuple

from routing.errors import RoutingError
from routing.gtfs.values import parse_number

UNIT = "seconds of travel"


class InvalidWeightsError(RoutingError, ValueError):
    """Weights that cannot be read or are out of bounds."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How many seconds of travel one unit of each kind weighs; travelling itself is 1.

    Parameters
    ----------
    waiting, walking : float
        A second between the time asked for and leaving (arriving); a second on foot, besides
        being one of travel. 0 to 10.
    transfer : float
        A change between vehicles. This and the following 0 to 36000.
    price : float
        One of the currency's main unit, such as a euro.
    co2 : float
        A kilogram of CO2 equivalents per person.
    effort : float
        A kilometre of effort: what a kilometre walked on the level asks of the body.
    """

    waiting: float = 0.5
    walking: float = 0.4
    transfer: float = 240.0
    price: float = 0.0
    co2: float = 60.0
    effort: float = 60.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value, most = getattr(self, field.name), _MOST.get(field.name, 36_000.0)
            if not 0 <= value <= most:
                raise InvalidWeightsError(f"{field.name}:{value} is outside 0..{most:g}")

    @property
    def of_drawn(self) -> tuple[float, float, float]:
        """Of these, what is known of drawn ways alone: price, CO2 and effort."""
        return self.price, self.co2, self.effort

    def as_dict(self) -> dict[str, float]:
        """Return the weights by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


_MOST = {"waiting": 10.0, "walking": 10.0}
NAMES = tuple(field.name for field in fields(Weights))
DEFAULT = Weights()


def parse_weights(text: str, usual: Weights = DEFAULT) -> Weights:
    """Read weights that differ from the usual ones.

    Parameters
    ----------
    text : str
        Such as ``walking:1,price:600``.
    usual : Weights
        What holds for those not named.

    Raises
    ------
    InvalidWeightsError
        A name is unknown or comes twice, or a value is no number within bounds.

    Examples
    --------
    >>> parse_weights("transfer:600,price:300").transfer
    600.0
    """
    given: dict[str, float] = {}
    for pair in text.split(","):
        name, _, number = pair.partition(":")
        if name not in NAMES or name in given:
            raise InvalidWeightsError(f"'{pair}' is no NAME:NUMBER; names are {', '.join(NAMES)}")
        given[name] = parse_number(number)
    return replace(usual, **given)


class Cost(NamedTuple):
    """What a way weighs, in seconds of travel.

    ``parts`` are ``travel`` and the names of the weights. A part is ``None`` where what it counts
    is not known and weighs something; it then counts in ``total`` as much as the largest that is
    known of the ways beside it, so that not to be known is never an advantage.
    """

    total: float
    parts: Mapping[str, float | None]


class Reason(StrEnum):
    """Why a way is shown: what no other way shown beats, and not all have in common."""

    LOWEST_COST = "LOWEST_COST"
    FASTEST = "FASTEST"
    EARLIEST_ARRIVAL = "EARLIEST_ARRIVAL"
    LATEST_DEPARTURE = "LATEST_DEPARTURE"
    FEWEST_TRANSFERS = "FEWEST_TRANSFERS"
    LEAST_WALKING = "LEAST_WALKING"
    CHEAPEST = "CHEAPEST"
    LOWEST_CO2 = "LOWEST_CO2"
    LEAST_EFFORT = "LEAST_EFFORT"
    DIFFERENT_MODE = "DIFFERENT_MODE"
    """A means of transport that no other way shown uses."""
    OTHER_TIME = "OTHER_TIME"
    """None of the others; it leaves and arrives at other times than every other way shown."""
    FURTHER_CHOICE = "FURTHER_CHOICE"
    """None of the others; no way of its kind is better in everything, and few weigh less."""
    ONLY_WAY = "ONLY_WAY"
    """No other way is shown."""
